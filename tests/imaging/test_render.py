from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.imaging import shaping
from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.fonts import bundled_fonts, find_fonts
from str_pipelines.imaging.ground import border_distance, grain
from str_pipelines.imaging.light import luma
from str_pipelines.imaging.painter import Painter
from str_pipelines.imaging.paste import Paster
from str_pipelines.imaging.render import Renderer, RenderOptions, choose_ink
from str_pipelines.imaging.seam import seam_width
from str_pipelines.imaging.shaping import SHAPES
from str_pipelines.records import Refused

FONTS = bundled_fonts()
RENDER = Renderer(FONTS)
PLAIN = RenderOptions(effects=0, curve=0, weight=0, gradient=0, texture=0, soak=0, poisson=0, jpeg=0, jitter=0)
REASONS = {"text_blank", "quad_malformed", "quad_degenerate", "quad_outside", "quad_too_small", "text_too_long"}
QUAD = np.array([(40, 42), (160, 38), (162, 74), (41, 78)], np.float64)
TALL = np.array([(90, 20), (126, 20), (126, 140), (90, 140)], np.float64)


def wall(colour: tuple[float, float, float] = (90, 120, 150), shape: tuple[int, int] = (160, 240)) -> np.ndarray:
    return np.clip(np.array(colour) + grain(shape, 3, 1)[..., None], 0, 255).astype(np.uint8)


def sign(ink: tuple[float, float, float] = (250, 240, 60)) -> np.ndarray:
    """A wall on which something is written in QUAD."""
    scene, mask = wall(), np.zeros((160, 240), bool)
    mask[46:72, 48:154] = ((np.arange(106) // 4) % 3 == 0)[None, :]
    scene[mask] = ink
    return scene


def test_a_word_is_a_pure_function_of_scene_quad_text_and_seed() -> None:
    scene = sign()
    before = scene.copy()
    painted = [RENDER(scene, QUAD, "Hamburg", seed).pixels for seed in (1, 1, 2)]
    again = Renderer(FONTS)
    assert np.array_equal(painted[0], painted[1]) and not np.array_equal(painted[0], painted[2])
    assert np.array_equal(painted[0], again(scene, QUAD, "Hamburg", 1).pixels)
    assert np.array_equal(scene, before) and painted[0].shape == scene.shape and painted[0].dtype == np.uint8


def test_a_window_is_enough() -> None:
    scene = sign()
    whole = RENDER(scene, QUAD, "Hamburg", 5).pixels[10:110, 10:200]
    window = RENDER(scene[10:110, 10:200], QUAD - 10, "Hamburg", 5).pixels
    assert np.abs(whole.astype(int) - window).max() <= 1


@pytest.mark.parametrize("render", [RENDER, Renderer(FONTS, replace(PLAIN, poisson=1))], ids=["all", "poisson"])
@pytest.mark.parametrize("scene", [wall(), sign()], ids=["wall", "sign"])
def test_nothing_changes_beyond_the_seam(scene: np.ndarray, render: Renderer) -> None:
    far = border_distance(scene.shape[:2], QUAD) < -seam_width(QUAD) - 1
    for seed in range(8):
        pixels = render(scene, QUAD, "Hamburg", seed).pixels
        assert np.array_equal(pixels[far], scene[far]) and not np.array_equal(pixels, scene)


def test_the_old_word_s_colour_is_used_again() -> None:
    plain = Renderer(FONTS, PLAIN)
    word = rectify(plain(sign(), QUAD, "Hamburg", 3).pixels, QUAD).reshape(-1, 3).astype(float)
    yellow = word[:, 0] - word[:, 2]
    assert np.percentile(yellow, 95) > 130 and np.percentile(yellow, 20) < -30


def test_the_old_word_is_gone() -> None:
    empty = Renderer(FONTS, PLAIN)(sign(), QUAD, ".", 3).pixels
    assert np.abs(empty[46:72, 48:80].astype(float) - (90, 120, 150)).mean() < 8


def test_tall_quads_are_written_downwards() -> None:
    bold = [path for path in FONTS if path.stem == "DejaVuSans-Bold"]
    render, paste = Renderer(bold, PLAIN), Paster(bold)
    drawn, flat = (upright(rectify(p(wall((20, 20, 20)), TALL, "Hills", 0).pixels, TALL)) for p in (render, paste))
    alike = [np.corrcoef(drawn.ravel(), turned.ravel())[0, 1] for turned in (flat, flat[::-1, ::-1])]
    assert drawn.shape == (36, 120, 3) and alike[0] > 0.7 > 0.4 > alike[1]


def test_fonts_and_colours_vary_with_the_seed() -> None:
    painted = [RENDER(wall(), QUAD, "Hamburg", seed) for seed in range(12)]
    assert len({p.facts["font"] for p in painted}) > 4
    assert len({tuple(np.round(p.pixels[44:72, 50:150].mean(axis=(0, 1)), -1)) for p in painted}) > 4


@settings(max_examples=60, deadline=None)
@given(
    old=st.none() | st.tuples(*[st.integers(0, 255)] * 3),
    level=st.integers(0, 255),
    spread=st.integers(0, 30),
    seed=st.integers(0, 99),
)
def test_ink_keeps_its_distance_from_the_ground(
    old: tuple[int, int, int] | None, level: int, spread: int, seed: int
) -> None:
    ground = np.clip(np.linspace(level - spread, level + spread, 50), 0, 255)[:, None].repeat(3, 1).astype(np.float32)
    before = None if old is None else np.array(old, np.float32)
    ink = choose_ink(before, ground, 45.0, np.random.default_rng(seed))
    dark, light = np.sort(luma(ground))[[5, 45]]
    assert (0 <= ink).all() and (ink <= 255).all()
    assert luma(ink) >= light + 44 or luma(ink) <= dark - 44


def test_legible_ink_is_left_alone() -> None:
    red, white = np.array([240, 30, 40], np.float32), np.full((9, 3), 250, np.float32)
    ink = choose_ink(red, white, 45, np.random.default_rng(0))
    assert np.abs(ink - (240, 30, 40)).max() < 25


@settings(max_examples=60, deadline=None)
@given(
    middle=st.tuples(st.floats(-10, 120), st.floats(-10, 80)),
    size=st.tuples(st.floats(4, 100), st.floats(4, 70)),
    angle=st.floats(-3.1, 3.1),
    bends=st.lists(st.floats(-9, 9), min_size=8, max_size=8),
    text=st.text(st.sampled_from("abgIW.-'& 5é"), min_size=1, max_size=12),
    seed=st.integers(0, 2**31),
)
def test_any_quad_is_painted_or_refused_with_a_reason(
    middle: tuple[float, float], size: tuple[float, float], angle: float, bends: list[float], text: str, seed: int
) -> None:
    scene = sign()[30:100, 30:140]
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    box = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2 * size
    try:
        pixels = RENDER(scene, (box + np.reshape(bends, (4, 2))) @ turn + middle, text, seed).pixels
    except Refused as refused:
        assert refused.reason in REASONS
    else:
        assert pixels.shape == scene.shape


def test_what_no_font_has_is_refused() -> None:
    with pytest.raises(Refused, match="no_font"):
        RENDER(wall(), QUAD, "漢字", 0)
    with pytest.raises(ValueError, match="font"):
        Renderer([])


def test_quads_beyond_the_picture_are_refused() -> None:
    for painter in (RENDER, Paster(FONTS)):
        with pytest.raises(Refused, match="quad_outside"):
            painter(wall(), QUAD + 500, "Hamburg", 0)


def test_the_digest_follows_fonts_and_options() -> None:
    other = replace(RenderOptions(), jitter=0.05)
    digests = {Renderer(FONTS).digest, Renderer(FONTS[:3]).digest, Renderer(FONTS, other).digest}
    assert len(digests) == 3 and Renderer(FONTS).digest == RENDER.digest


def test_painted_words_can_be_read() -> None:
    from str_pipelines.recognizers.rapidocr import PACKAGE, RapidOcrReader
    from str_pipelines.storage.digests import file_sha256

    model = PACKAGE / "models" / "PP-OCRv6_rec_small.onnx"
    if not Path(model).is_file():
        pytest.skip("the installed rapidocr has no PP-OCRv6_rec_small.onnx")
    judge = RapidOcrReader(model.name, file_sha256(model), "3.10.0")
    words = "Hamburg STATION market 1984 Coffee EXIT Platform garden Sunday HOTEL".split()
    images = [rectify(RENDER(sign(), QUAD, word, seed).pixels, QUAD) for seed, word in enumerate(words)]
    read = [text for text, _ in judge.read(images)]
    assert sum(a.lower() == b.lower() for a, b in zip(read, words, strict=True)) >= 9


def outline(quad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which pixels are in a quad, a pixel and a half of grace around it."""
    return border_distance((shape[0], shape[1]), quad) > -1.5


@pytest.mark.parametrize("painter", [Renderer(FONTS, PLAIN), RENDER, Paster(FONTS)], ids=["plain", "render", "paste"])
def test_the_mask_is_what_was_drawn_and_every_character_has_its_quad(painter: Painter) -> None:
    scene, words = wall(), ("Hamburg", "a.b", "Hill 5")
    for seed, (text, quad) in enumerate((text, quad) for text in words for quad in (QUAD, TALL)):
        painted = painter(scene, quad, text, seed)
        assert painted.mask is not None and painted.characters is not None
        assert painted.mask.shape == scene.shape[:2] and painted.mask.dtype == np.uint8
        assert painted.characters.shape == (len(text), 4, 2)
        change = np.abs(painted.pixels.astype(int) - scene).max(axis=2)
        assert change[painted.mask > 200].min() > 10 and painted.mask.max() > 200
        shares = [painted.mask[outline(c, scene.shape)].sum(dtype=int) for c in painted.characters]
        for character, share in zip(text, shares, strict=True):
            assert share > 0 or character.isspace()
        together = np.logical_or.reduce([outline(c, scene.shape) for c in painted.characters])
        assert painted.mask[~together].sum(dtype=int) < 0.01 * painted.mask.sum(dtype=int)
        assert border_distance(scene.shape[:2], quad)[painted.mask > 0].min() > -6


def test_without_effects_nothing_but_the_letters_changes_on_a_bare_wall() -> None:
    scene, plain = wall(), Renderer(FONTS, PLAIN)
    painted = plain(scene, QUAD, "Hamburg", 2)
    assert painted.mask is not None
    far = cv2.dilate(painted.mask, np.ones((7, 7), np.uint8)) == 0
    assert np.array_equal(painted.pixels[far], scene[far])


def test_characters_come_in_the_order_of_reading() -> None:
    characters = RENDER(wall(), QUAD, "Hamburg", 1).characters
    assert characters is not None and (np.diff(characters.mean(axis=1)[:, 0]) > 0).all()
    hebrew = Renderer([path for path in FONTS if path.stem == "DejaVuSans-Bold"])(wall(), QUAD, "שלום", 1).characters
    assert hebrew is not None and (np.diff(hebrew.mean(axis=1)[:, 0]) < 0).all()
    down = RENDER(wall(), TALL, "Hamburg", 1).characters
    assert down is not None and (np.diff(down.mean(axis=1)[:, 1]) > 0).all()


SYSTEM = Path("/usr/share/fonts")
OTHER_SCRIPTS = {
    "wqy-microhei.ttc": "银行大楼",
    "Amiri-Regular.ttf": "السلام",
    "Lohit-Devanagari.ttf": "क्षत्रिय",
    "Garuda.ttf": "สวัสดี",
}


@pytest.mark.parametrize("name", OTHER_SCRIPTS)
def test_a_script_is_drawn_where_a_font_has_it(name: str) -> None:
    found = sorted(SYSTEM.rglob(name))
    if not found or not SHAPES:
        pytest.skip(f"{name} is not installed below {SYSTEM}, or FriBiDi is not")
    text, render = OTHER_SCRIPTS[name], Renderer(find_fonts([str(found[0])]), PLAIN)
    for quad in (QUAD, TALL):
        painted = render(wall(), quad, text, 3)
        assert painted.mask is not None and painted.characters is not None
        assert (painted.mask > 127).sum() > 200 and len(painted.characters) == len(text)
        assert (outline(quad, painted.mask.shape) | (painted.mask == 0)).all()


def test_chinese_stands_upright_in_a_column() -> None:
    found = sorted(SYSTEM.rglob("wqy-microhei.ttc"))
    if not found:
        pytest.skip(f"no wqy-microhei.ttc below {SYSTEM}")
    render = Renderer(find_fonts([str(found[0])]), PLAIN)
    painted = render(wall((20, 20, 20)), TALL, "口一口", 0)
    alone = render(wall((20, 20, 20)), TALL, "口", 0)
    assert painted.characters is not None and painted.mask is not None and alone.mask is not None
    middles = painted.characters.mean(axis=1)
    assert (np.diff(middles[:, 1]) > 20).all() and np.ptp(middles[:, 0]) < 4
    dash = painted.characters[1].max(axis=0) - painted.characters[1].min(axis=0)
    assert dash[0] > 4 * dash[1]  # a dash that lay on its side would be high


def test_without_shaping_arabic_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaping, "SHAPES", False)
    for painter in (RENDER, Paster(FONTS)):
        with pytest.raises(Refused, match="needs_raqm.*apt-get install libfribidi0"):
            painter(wall(), QUAD, "سلام", 0)
