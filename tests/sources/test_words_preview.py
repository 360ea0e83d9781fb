"""A dry run says what the run will; parts of a listing are the whole of it; what was turned away can be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from str_pipelines.curation.arguments import main
from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.sources.words import ingest
from str_pipelines.sources.words_card import card, licences_of
from str_pipelines.sources.words_preview import preview
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb
from tests.sources.test_words import params, raw


@pytest.mark.parametrize("how", [{}, {"check": "header"}, {"limit": 4}, {"min_height": 24}, {"shard": "1/2"}])
def test_a_dry_run_counts_as_the_run_and_keeps_nothing(tmp_path: Path, here: Execution, how: dict[str, object]) -> None:
    wanted = params(raw(tmp_path / "raw"), **how)
    found = preview(wanted, here)
    assert not list(tmp_path.rglob("data.mdb"))
    done = card(ingest(wanted, here))
    assert (found.metrics, found.tables) == (done.metrics, done.tables)
    assert found.metrics["words"]["kept"] and "Nothing was kept" in found.text


@pytest.mark.parametrize(("parts", "size"), [(2, 10), (3, 1), (6, 2)])
def test_parts_merged_are_the_undivided_set(tmp_path: Path, here: Execution, parts: int, size: int) -> None:
    root = raw(tmp_path / "raw")
    rows = [f"{letter}.png\t{letter}" for letter in "abdef"]
    (root / "labels.tsv").write_text("\n".join([*rows, "nothing.png\tx", *(f"{row[0]}.png\tagain" for row in rows)]))
    whole, found = ingest(params(root), here), 0
    folders = []
    for part in range(parts):
        words = preview(params(root, shard=f"{part}/{parts}", shard_size=size), here).metrics["words"]
        found += int(words["kept"] + words["rejected"])
        if words["kept"]:
            folders.append(str(ingest(params(root, shard=f"{part}/{parts}", shard_size=size), here).path))
    assert found == 11, "every line belongs to one part"
    assert main(["merge", *folders, "--into", str(tmp_path / "merged"), "--workers", "1"]) == 0
    merged = WordLmdb.at(tmp_path / "merged")
    assert merged.digest == whole.digest and list(verify(merged)) == []


@pytest.mark.parametrize("said", ["2/2", "0/0", "-1/2", "1", "a/b", "1/2/3", "1.5/2"])
def test_a_part_that_there_is_not_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="i/n is wanted, with i from 0 to n - 1, as 3/16"):
        params(Path("raw"), shard=said)


def test_what_was_turned_away_can_be_looked_at(tmp_path: Path, here: Execution) -> None:
    words = ingest(params(raw(tmp_path / "raw"), shard_size=2), here)
    kept = {record: (reason, picture) for reason, record, picture in words.rejected_pictures()}
    assert {record: reason for record, (reason, _) in kept.items()} == {
        "b.png": "label_empty", "c.png": "image_truncated", "d.png": "label_control_character",
    }  # fmt: skip
    assert all(picture == (tmp_path / "raw" / record).read_bytes() for record, (_, picture) in kept.items())
    sheets = card(words).sheets
    assert sheets.keys() == {"words", "histograms", "rejected"}
    assert all(decode(png).size for png in sheets.values())
    assert list(verify(words)) == []
    folder = next(folder for folder in words.folders() if (folder / "rejected_pictures.parquet").is_file())
    data = bytearray((folder / "rejected_pictures.parquet").read_bytes())
    data[50] ^= 1
    (folder / "rejected_pictures.parquet").write_bytes(data)
    assert [fault.reason for fault in verify(words)] == ["file_differs"]


def test_the_licence_is_in_the_manifest_the_card_and_what_is_merged(tmp_path: Path, here: Execution) -> None:
    root = raw(tmp_path / "raw")
    silent = ingest(params(root), here)
    said = ingest(params(root, source={"kind": "tsv", "root": root, "licence": "CC BY 4.0"}), here)
    assert said.digest == silent.digest
    assert "Licence: not stated." in card(silent).text and "Licence: CC BY 4.0." in card(said).text
    sets = [f"a={silent.path}", f"b={said.path}"]
    assert main(["merge", *sets, "--into", str(tmp_path / "merged"), "--workers", "1"]) == 0
    assert licences_of(WordLmdb.at(tmp_path / "merged").manifest.made) == ["CC BY 4.0", "not stated"]
