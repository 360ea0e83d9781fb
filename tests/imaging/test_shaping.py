from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.imaging.shaping import clusters, is_joined, is_stacked, room_taken, visual_runs


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Hamburg 12", ["Hamburg 12"]),
        ("שלום", ["שלום"]),
        ("שלום 12", ["12", "שלום "]),
        ("שלום 12:30", ["12:30", "שלום "]),
        ("ריאל 50% שלום", [" שלום", "50%", "ריאל "]),
        ("שלום abc 12", ["abc 12", "שלום "]),
        ("שלום 12 abc", ["abc", " ", "12", "שלום "]),
        ("abc שלום עולם def", ["abc ", "שלום עולם", " def"]),
        ("漢字", ["漢字"]),
    ],
)
def test_runs_come_in_the_order_in_which_they_are_seen(text: str, seen: list[str]) -> None:
    assert [run.text for run in visual_runs(text)] == seen


@given(st.text(st.sampled_from("ab1:% שּלםع٣क्ष漢é\u200d"), min_size=1, max_size=12))
def test_runs_and_clusters_lose_nothing(text: str) -> None:
    runs = sorted(visual_runs(text), key=lambda run: run.start)
    assert "".join(run.text for run in runs) == text
    starts = clusters(text)
    assert starts[0] == 0 and starts == sorted(set(starts)) and starts[-1] < len(text)


def test_clusters_hold_marks_and_what_a_virama_ties() -> None:
    assert clusters("Hill") == [0, 1, 2, 3]
    assert clusters("e\u0301t") == [0, 2]
    assert clusters("क्षत्रिय") == [0, 3, 7]


def test_which_scripts_join_and_which_stand_in_columns() -> None:
    assert all(map(is_joined, ("سلام", "שלום", "हिन्दी", "สวัสดี", "e\u0301")))
    assert not any(map(is_joined, ("Hamburg", "Жук", "é", "漢字", "한국", "٣")))
    assert all(map(is_stacked, ("漢字", "한국", "カナ", "5番"))) and not is_stacked("Hill") and not is_stacked("สวัสดี")


def test_marks_and_joiners_take_no_room() -> None:
    assert room_taken("e\u0301t") == 2 and room_taken("می\u200cخ") == 3
