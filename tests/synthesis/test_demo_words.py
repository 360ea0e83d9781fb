from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import size_of
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.demo_words import demo_words


def test_three_sets_of_different_words(scenes: SceneLmdb, here: Execution) -> None:
    sets = demo_words(scenes, 3, here)
    assert sets.keys() == {"demo_plain", "demo_photographs", "demo_small"}
    labels = [word.label for words in sets.values() for word in words]
    assert len(labels) == 9 and all(labels) and len(set(labels)) > 6
    for words in sets.values():
        assert all(size_of(word.image) == word.size for word in words)
    assert {word.size[1] for word in sets["demo_small"]} == {7}
    assert {name: words.digest for name, words in demo_words(scenes, 3, here).items()} == {
        name: words.digest for name, words in sets.items()
    }
