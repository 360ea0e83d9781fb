from __future__ import annotations

import shutil
import string
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from str_pipelines.imaging.fonts import bundled_fonts, covers, find_fonts, font_name, fonts_digest

FONTS = {path.stem: path for path in bundled_fonts()}
DEJAVU = FONTS["DejaVuSans-Bold"]
ABSENT = (0x378, 0xFFFF, 0x10FFFE)


def bars(*rectangles: tuple[int, int, int, int]) -> object:
    pen = TTGlyphPen(None)
    for x0, y0, x1, y1 in rectangles:
        pen.moveTo((x0, y0))
        for corner in ((x0, y1), (x1, y1), (x1, y0)):
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def frame(mark: int) -> object:
    return bars((0, 0, 500, 60), (0, 640, 500, 700), (0, 0, 60, 700), (440, 0, 500, 700), (200, mark, 300, mark + 80))


def built(path: Path, glyphs: dict[str, object], characters: dict[int, str]) -> Path:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(characters)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (600, 0) for name in glyphs})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Built", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def test_bundled_fonts_come_one_file_a_face_in_the_order_of_their_names() -> None:
    paths = bundled_fonts()
    names = [path.name for path in paths]
    assert names == sorted(names) and len({path.stem for path in paths}) == len(paths) >= 70
    assert {"Lato-Bold", "FredokaOne-Regular", "STIXGeneral", "cmr10", "DejaVuSans"} <= set(FONTS)
    assert all(path.is_file() for path in paths) and paths == bundled_fonts()


def test_most_bundled_fonts_draw_ascii_and_none_draws_chinese() -> None:
    letters = string.ascii_letters + string.digits
    whole = [path for path in FONTS.values() if covers(path, letters)]
    assert set(FONTS.values()) - set(whole) == {FONTS["DejaVuSansDisplay"], FONTS["DejaVuSerifDisplay"]}
    assert not any(covers(path, "中") for path in FONTS.values())


def test_spaces_need_no_ink_but_everything_else_does() -> None:
    assert covers(DEJAVU, "a b\tc") and covers(DEJAVU, "Café Ωж")
    assert not covers(DEJAVU, "a\x07") and not covers(DEJAVU, "\u0378") and not covers(DEJAVU, "\ufe00")


def test_tex_faces_are_believed_only_where_they_draw_what_the_character_says() -> None:
    assert covers(FONTS["cmr10"], "Hello,5%") and not any(covers(FONTS["cmr10"], c) for c in "<>|{}\\£©")


def test_the_last_resort_covers_nothing() -> None:
    font = DEJAVU.with_name("LastResortHE-Regular.ttf")
    assert font not in bundled_fonts() and not any(covers(font, c) for c in "Ag5%é中")


def test_one_drawing_for_many_characters_is_a_stand_in(tmp_path: Path) -> None:
    box, letter = bars((50, 0, 450, 700)), bars((0, 0, 80, 700), (0, 0, 400, 80))
    font = built(
        tmp_path / "boxes.ttf",
        {".notdef": bars((0, 0, 9, 9)), "box": box, "letter": letter},
        {**{ord(c): "box" for c in "abcdef"}, ord("L"): "letter", ord("l"): "letter"},
    )
    assert not any(covers(font, c) for c in "abcdef")
    assert covers(font, "L") and covers(font, "l")  # small capitals: the two cases may look the same


def test_boxes_that_tell_their_code_point_are_no_letters(tmp_path: Path) -> None:
    glyphs = {".notdef": bars((0, 0, 9, 9)), "H": bars((0, 0, 80, 700), (400, 0, 480, 700), (80, 300, 400, 380))}
    boxes = {code: f"box{place}" for place, code in enumerate((*ABSENT, ord("A"), ord("K")))}
    glyphs |= {name: frame(100 * place + 70) for place, name in enumerate(boxes.values())}
    font = built(tmp_path / "codes.ttf", glyphs, {**boxes, ord("H"): "H"})
    assert covers(font, "H") and not covers(font, "A") and not covers(font, "K")


def test_folders_are_searched_and_files_taken_as_named(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for place, stem in (("b.ttf", "Lato-Bold"), ("inner/a.ttf", "cmr10")):
        shutil.copy(FONTS[stem], tmp_path / place)
    assert find_fonts([str(tmp_path)]) == (tmp_path / "b.ttf", tmp_path / "inner/a.ttf")
    assert find_fonts([str(DEJAVU), str(DEJAVU)]) == (DEJAVU,)
    assert find_fonts() == bundled_fonts()


def test_what_is_no_font_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"OTTO but not really")
    with pytest.raises(ValueError, match=r"broken\.ttf"):
        find_fonts([str(tmp_path)])
    with pytest.raises(ValueError, match="empty"):
        (tmp_path / "empty").mkdir()
        find_fonts([str(tmp_path / "empty")])
    with pytest.raises(FileNotFoundError, match=r"nowhere\.otf: no such font .*\(one with a blank in its name"):
        find_fonts([str(tmp_path / "nowhere.otf")])


def test_the_name_is_family_and_style() -> None:
    assert font_name(DEJAVU) == "DejaVu Sans Bold" and font_name(FONTS["Lato-Thin"]) == "Lato Hairline"


def test_the_digest_follows_content_and_order_but_not_place(tmp_path: Path) -> None:
    one, two = FONTS["cmr10"], FONTS["cmss10"]
    moved = tmp_path / "moved.ttf"
    shutil.copy(one, moved)
    assert fonts_digest((one, two)) == fonts_digest((moved, two)) != fonts_digest((two, one))
    assert fonts_digest((one,)) != fonts_digest((two,))


def test_a_face_of_a_collection_is_named_by_its_number(tmp_path: Path) -> None:
    collection = TTCollection()
    collection.fonts = [TTFont(FONTS["cmr10"]), TTFont(FONTS["cmss10"])]
    collection.save(tmp_path / "both.ttc")
    first, second = find_fonts([str(tmp_path), f"{tmp_path}/both.ttc#1"])
    assert (font_name(first), font_name(second)) == (font_name(FONTS["cmr10"]), font_name(FONTS["cmss10"]))
    assert fonts_digest((first,)) != fonts_digest((second,))
    with pytest.raises(ValueError, match=r"both\.ttc#7"):
        find_fonts([f"{tmp_path}/both.ttc#7"])


def test_marks_and_joiners_are_covered_with_their_script() -> None:
    assert covers(FONTS["DejaVuSans"], "e\u0301") and covers(FONTS["DejaVuSans"], "می\u200cخواهم")
    assert not covers(FONTS["Lato-Regular"], "سلام") and not covers(FONTS["DejaVuSans"], "हिन्दी")
