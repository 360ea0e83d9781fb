"""Whatever is done to a set, no picture, label or fact changes, and no word is lost or doubled."""

from __future__ import annotations

import json
import random
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from str_pipelines.curation.arguments import main
from str_pipelines.curation.forms import FORMS
from str_pipelines.storage.environments import close_all
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb
from tests.curation.samples import picture, real_word, real_words, run, said, write
from tests.making import entries_of, foreign

few = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
labels = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30), min_size=1, max_size=12)


@pytest.mark.parametrize("form", FORMS)
@few
@given(labels)
def test_there_and_back_is_the_same(tmp_path_factory: pytest.TempPathFactory, form: str, texts: list[str]) -> None:
    root = tmp_path_factory.mktemp("trip")
    words = write(root / "a", [real_word(number, text) for number, text in enumerate(texts)])
    assert main(["convert", str(root / "a"), "--form", form, "--into", str(root / "b")]) == 0
    back = run("convert", root / "b", root / "c")
    assert said(back) == said(words)
    assert not list(verify(back)) and not (root / "b.work").exists()
    if form in ("tar", "parquet"):
        assert list(back) == list(words)
        assert back.digest == words.digest


def test_several_files_of_a_form_are_read_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PER_TAR", "PER_PARQUET", "PER_FOLDER"):
        monkeypatch.setattr(f"str_pipelines.curation.forms.{name}", 6)
    monkeypatch.setattr("str_pipelines.curation.forms.PER_GROUP", 2)
    words = real_words(tmp_path / "a")
    for form in ("tsv", "tar", "parquet"):
        assert main(["convert", str(words.path), "--form", form, "--into", str(tmp_path / form)]) == 0
        assert said(run("convert", tmp_path / form, tmp_path / f"{form}_back")) == said(words)
    assert len(list((tmp_path / "tar").glob("*.tar"))) == len(list((tmp_path / "parquet/data").iterdir())) == 5


def test_a_tar_is_one_for_anybody(tmp_path: Path) -> None:
    words = list(real_words(tmp_path / "a"))
    assert main(["convert", str(tmp_path / "a"), "--form", "tar", "--into", str(tmp_path / "b")]) == 0
    with tarfile.open(tmp_path / "b/words-000000.tar") as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    assert len(files) == 3 * len(words)
    assert [files[f"{number:09d}.txt"].decode() for number in range(len(words))] == [word.label for word in words]
    assert json.loads(files["000000003.json"])["id"] == "set/3" and files["000000003.webp"] == words[3].image


def test_the_keys_of_other_tools_come_through(tmp_path: Path) -> None:
    entries = {b"num-samples": b"2"}
    for number in (1, 2):
        entries |= {b"image-%09d" % number: picture(number), b"label-%09d" % number: b"word%d" % number}
        entries |= {b"lexicon-%09d" % number: b"word%d other" % number}
    folder = foreign(tmp_path / "aster", entries)
    ours = run("convert", folder, tmp_path / "ours")
    written = list(ours)
    assert [word.facts for word in written] == [{"lexicon": "word1 other"}, {"lexicon": "word2 other"}]
    assert main(["convert", str(ours.path), "--form", "aster", "--into", str(tmp_path / "back")]) == 0
    close_all()  # LMDB allows no second one in a process
    assert entries_of(tmp_path / "back") == entries_of(folder)
    assert main(["convert", str(ours.path), "--form", "openocr", "--into", str(tmp_path / "wh")]) == 0
    assert dict(entries_of(tmp_path / "wh"))[b"wh-000000002"] == b"22_10"


def test_either_plane_of_textzoom(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planes = {b"image_hr-000000001": picture(1), b"image_lr-000000001": picture(2)}
    folder = foreign(tmp_path / "a", planes | {b"num-samples": b"1", b"label-000000001": b"x"})
    assert [word.image for word in run("convert", folder, tmp_path / "hr")] == [picture(1)]
    assert [word.image for word in run("convert", folder, "--plane", "image_lr", tmp_path / "lr")] == [picture(2)]
    assert main(["convert", str(folder), "--plane", "image_sr", "--into", str(tmp_path / "sr")]) == 1
    assert "no key 'image_sr-000000001'; another plane?" in capsys.readouterr().err


@pytest.mark.parametrize("said", [None, b"", b"x", b"-1", b"9", b"9" * 30])
def test_a_count_that_cannot_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: bytes | None
) -> None:
    folder = foreign(tmp_path / "a", {b"image-000000001": picture(1), b"label-000000001": b"x", b"num-samples": b"1"})
    foreign(folder, {b"num-samples": said})
    assert main(["convert", str(folder), "--into", str(tmp_path / "b")]) == 1
    assert ("there are 3 keys" if said and said.isdigit() else "this is no word LMDB") in capsys.readouterr().err


@few
@given(st.integers(0, 40), st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 99))
def test_parts_are_disjoint_and_together_everything(
    tmp_path_factory: pytest.TempPathFactory, count: int, weights: list[int], seed: int
) -> None:
    root = tmp_path_factory.mktemp("split")
    words = real_words(root / "a", range(count))
    shares = [f"part{number}={weight / sum(weights)}" for number, weight in enumerate(weights)]
    given = ["--shares", *shares, "--seed", str(seed), "--into", str(root / "b")]
    assert main(["split", str(words.path), *given]) == 0
    parts = [list(WordLmdb.at(root / "b" / f"part{number}")) for number in range(len(weights))]
    assert sorted((word for part in parts for word in part), key=lambda word: int(word.id[4:])) == list(words)


def test_a_word_stays_in_its_part_when_the_set_grows(tmp_path: Path) -> None:
    for name, count in (("small", 20), ("large", 60)):
        real_words(tmp_path / name, random.Random(count).sample(range(count), count))
        given = ["--shares", "train=0.7", "val=0.3", "--into", str(tmp_path / f"{name}_parts")]
        assert main(["split", str(tmp_path / name), *given]) == 0
    small, large = (WordLmdb.at(tmp_path / f"{name}_parts/val") for name in ("small", "large"))
    assert 0 < len(small) < len(large)
    assert {word.id for word in small} <= {word.id for word in large}


def test_merged_sets_stand_one_after_the_other_whatever_the_number_of_workers(tmp_path: Path) -> None:
    first, second = real_words(tmp_path / "a", range(17)), real_words(tmp_path / "b", range(20, 50))
    merged = run("merge", first.path, second.path, tmp_path / "c")
    assert list(merged) == [*first, *second]
    given = [str(first.path), str(second.path), "--into", str(tmp_path / "d"), "--workers", "2", "--shard-size", "5"]
    assert main(["merge", *given]) == 0
    assert WordLmdb.at(tmp_path / "d").digest == merged.digest
    assert [each["digest"] for each in merged.manifest.made["sets"]] == [first.digest, second.digest]
    assert not list(verify(merged))


def test_sets_of_other_facts_can_be_merged_and_exported(tmp_path: Path) -> None:
    first = write(tmp_path / "a", [real_word(number) for number in range(3)])
    folder = foreign(tmp_path / "b", {b"num-samples": b"1", b"image-000000001": picture(1), b"label-000000001": b"x"})
    merged = run("merge", first.path, folder, tmp_path / "c")
    assert [sorted(word.facts) for word in merged] == [["angle", "box", "kind", "sure"]] * 3 + [[]]
    for form in ("tar", "parquet"):
        assert main(["convert", str(merged.path), "--form", form, "--into", str(tmp_path / form)]) == 0


def test_an_id_is_there_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = real_words(tmp_path / "a", range(3))
    assert main(["merge", str(words.path), str(words.path), "--into", str(tmp_path / "b")]) == 1
    assert "two words have the id 'set/0'; NAME=FOLDER" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]
    named = run("merge", words.path, f"x={words.path}", tmp_path / "b")
    assert [word.id for word in named] == ["set/0", "set/1", "set/2", "x/set/0", "x/set/1", "x/set/2"]


def test_what_a_filter_leaves_out_is_listed_with_its_reason(tmp_path: Path) -> None:
    texts = ["Exit", "a", "x" * 9, "naïve", "stop", "halt", "12"]
    words = write(tmp_path / "a", [real_word(number, text) for number, text in enumerate(texts)])
    (tmp_path / "ids.txt").write_text("set/5\nelsewhere\n")
    given = ["--charset", "36", "--length", "2:8", "--smallest", "21x8", "--largest", "25x99"]
    kept = run("filter", words.path, *given, "--without", tmp_path / "ids.txt", tmp_path / "b")
    assert [word.label for word in kept] == ["stop"]
    assert {(each.record, each.reason) for each in kept.rejections()} == {
        ("set/0", "label_outside_charset"),
        ("set/1", "label_too_short"),
        ("set/2", "label_too_long"),
        ("set/3", "label_outside_charset"),
        ("set/5", "id_listed"),
        ("set/6", "image_too_large"),
    }
    either = run("filter", words.path, "--charset", "36", "--either-case", "--smallest", "21x8", tmp_path / "c")
    assert ("set/0", "image_too_small") in {(each.record, each.reason) for each in either.rejections()}


def test_a_subset_is_drawn_or_listed_and_keeps_the_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = [real_words(tmp_path / "tree" / name, numbers) for name, numbers in (("a", range(9)), ("b", range(9, 40)))]
    every = [word for words in tree for word in words]
    drawn = list(run("subset", tmp_path / "tree", "--count", 12, tmp_path / "b"))
    assert len(drawn) == 12 and drawn == [word for word in every if word in drawn]
    assert drawn != list(run("subset", tmp_path / "tree", "--count", 12, "--seed", 1, tmp_path / "c"))
    (tmp_path / "ids.txt").write_text("set/31\r\nset/4\n")
    assert list(run("subset", tmp_path / "tree", "--ids", tmp_path / "ids.txt", tmp_path / "d")) == [
        every[4],
        every[31],
    ]
    (tmp_path / "ids.txt").write_text("set/4\nset/99\n")
    assert (
        main(["subset", str(tmp_path / "tree"), "--ids", str(tmp_path / "ids.txt"), "--into", str(tmp_path / "e")]) == 1
    )
    assert "1 of 2 ids are not in the set, 'set/99' for one" in capsys.readouterr().err


def test_records_of_somebody_elses_cost_only_themselves(tmp_path: Path) -> None:
    entries: dict[bytes, bytes | None] = {b"num-samples": b"5"}
    for number in (1, 2, 3, 4):
        entries |= {b"image-%09d" % number: picture(number), b"label-%09d" % number: b"w%d" % number}
    entries |= {b"label-000000002": b"\xff", b"image-000000003": b"no picture", b"label-000000004": None}
    entries |= {b"image-000000005": picture(5)[:20], b"label-000000005": b"w5"}
    made = run("convert", foreign(tmp_path / "a", entries), tmp_path / "b")
    assert [(word.id, word.label) for word in made] == [("a/000000001", "w1")]
    assert [each.reason for each in made.rejections()] == [
        "label_not_text", "image_unreadable", "label_missing", "image_unreadable",
    ]  # fmt: skip


def test_a_set_without_labels_keeps_its_pictures(tmp_path: Path) -> None:
    keys = {b"image-%09d" % number: picture(number, "PNG") for number in (1, 2, 3)}
    foreign(tmp_path / "URD", {b"num-samples": b"3", **keys})
    words = run("convert", tmp_path / "URD", tmp_path / "b")
    assert [(word.image, word.label) for word in words] == [(image, "") for image in keys.values()]
    assert not list(words.rejections()) and not words.labelled
    assert not run("merge", f"one={tmp_path / 'URD'}", f"two={words.path}", tmp_path / "c").labelled
    labelled = real_words(tmp_path / "d", range(3))
    assert run("merge", words.path, labelled.path, tmp_path / "e").labelled


def test_what_a_form_cannot_say_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = {b"num-samples": b"2", b"image-000000001": picture(1), b"image-000000002": picture(2)}
    folder = foreign(tmp_path / "a", entries | {b"label-000000001": b"a\nb", b"label-000000002": b"c"})
    assert main(["convert", str(folder), "--form", "tsv", "--into", str(tmp_path / "b")]) == 0
    assert "1 words as tsv; turned away: 1 label_control_character" in capsys.readouterr().out
    [line] = (tmp_path / "b/rejections.jsonl").read_text().splitlines()
    assert json.loads(line)["record"] == "a/000000001"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["merge", "nowhere"], "no word LMDB there or below; `convert` makes one of other forms"),
        (["convert", "nowhere"], "nothing to read there; wanted is a word LMDB"),
        (["convert", "a.tgz"], "unpack it to .tar first"),
        (["split", "words", "--shares", "a=0.5", "b=0.6"], "shares are positive and 1 together, not 0.5 + 0.6"),
        (["split", "words", "--shares", "a=0.5", "a=0.5"], "every share has a name of its own"),
        (["subset", "words", "--count", "99"], "99 words are wanted, 5 are there"),
        (["filter", "words", "--charset", "39"], "did you mean"),
        (["filter", "words", "--without", "none.txt"], "none.txt"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    reason: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    real_words(tmp_path / "words", range(5))
    (tmp_path / "a.tgz").touch()
    assert main([*arguments, "--into", str(tmp_path / "target")]) == 1
    assert reason in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tgz", "words"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["split", "a", "--shares", "../x=1"], ["split", "a", "--shares", "x"], ["split", "a", "--shares", "x=much"],
        ["filter", "a", "--length", "5"], ["filter", "a", "--smallest", "32"], ["subset", "a", "--count", "0"],
        ["subset", "a"], ["convert", "a", "--form", "zip"], ["merge"], ["mince", "a"],
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_with_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*arguments, "--into", "target"])
    assert "usage: python -m str_pipelines.storage" in capsys.readouterr().err
