"""Trained readers: from a folder and back, fused, in batches by width, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from str_pipelines.recognizers.networks import build, load_network, load_weights, start_from, write_checkpoint
from str_pipelines.recognizers.shape import WIDTHS, Shape, stretch
from str_pipelines.recognizers.trained import TrainedReader, as_tensor, fused, laid_out
from str_pipelines.records import Refused
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.zoo import load_reader

OPTIONS = {"channels": [8, 8, 16], "blocks": [1, 0, 0], "width": 16, "layers": 1, "heads": 2}


def checkpoint(folder: Path, name: str = "ctc", characters: str = "abc") -> Checkpoint:
    torch.manual_seed(0)
    folder.mkdir()
    write_checkpoint(folder, name, OPTIONS, characters, Shape(), build(name, OPTIONS, characters).state_dict())
    return Checkpoint.at(folder)


def pictures() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (h, w, 3), np.uint8) for h, w in ((20, 60), (40, 40), (33, 300), (90, 30), (20, 61))]


@pytest.mark.parametrize("name", ["ctc", "nrtr"])
def test_what_one_says_does_not_depend_on_the_others(tmp_path: Path, name: str) -> None:
    reader = load_reader(checkpoint(tmp_path / "reader", name))
    together, alone = reader.read(pictures()), [reader.read([each])[0] for each in pictures()]
    assert [text for text, _ in together] == [text for text, _ in alone]
    assert [chance for _, chance in together] == pytest.approx([chance for _, chance in alone], rel=1e-3)
    assert all(0 <= chance <= 1 for _, chance in together)
    assert reader.digest == Checkpoint.at(tmp_path / "reader").digest


@pytest.mark.parametrize("name", ["ctc", "nrtr"])
def test_what_it_sees_of_one_does_not_depend_on_the_others(tmp_path: Path, name: str) -> None:
    reader = TrainedReader.load(checkpoint(tmp_path / "reader", name))
    together = reader.features(pictures())
    assert together.shape == (5, OPTIONS["width"]) and together.dtype == np.float32
    alone = np.concatenate([reader.features([each]) for each in pictures()])
    np.testing.assert_allclose(together, alone, rtol=1e-3, atol=1e-4)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_fused_is_the_same_function(tmp_path: Path) -> None:
    network, shape = load_network(checkpoint(tmp_path / "reader"))
    images = as_tensor([shape.fit(pictures()[0])], torch.device("cpu"))
    with torch.inference_mode():
        before = network.eval()(images)
        after = fused(network)(images)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    assert torch.allclose(before, after, atol=1e-4)


def test_laid_out_is_the_same_function_at_every_width(tmp_path: Path) -> None:
    network, shape = load_network(checkpoint(tmp_path / "reader"))
    images = [as_tensor([shape.fit(each)], torch.device("cpu")) for each in pictures()]
    with torch.inference_mode():
        before = [fused(network.eval())(each) for each in images]
        after = [laid_out(network)(each) for each in images for _ in range(3)][::3]
    assert all(torch.allclose(one, other, atol=1e-4) for one, other in zip(before, after, strict=True))


def reshaped(saved: Checkpoint, shape: dict[str, object]) -> Checkpoint:
    """The checkpoint with something else as its shape."""
    config = saved.config()
    config["options"]["shape"] = shape
    (saved.path / "config.json").write_text(json.dumps(config))
    return Checkpoint.at(saved.path)


def test_an_older_reader_says_less_of_its_shape_and_sees_the_same(tmp_path: Path) -> None:
    saved = checkpoint(tmp_path / "reader")
    new = TrainedReader.load(saved)
    old = TrainedReader.load(reshaped(saved, {"height": 32, "widths": list(WIDTHS)}))
    assert old.shape == new.shape == Shape(32, WIDTHS, "exact", turn=True)
    assert old.turns and old.read(pictures()) == new.read(pictures())


def test_a_reader_sees_pictures_as_its_shape_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"widths": [64], "resampling": "bilinear", "turn": False}
    reader = TrainedReader.load(reshaped(checkpoint(tmp_path / "reader"), said))
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(reader.network, "read", lambda images: seen.append(images) or [("", 0.0)] * len(images))
    reader.read(pictures())
    expected = as_tensor([stretch(each, 64, 32, "bilinear") for each in pictures()], torch.device("cpu"))
    assert not reader.turns and torch.equal(torch.cat(seen).cpu(), expected)


def test_a_shape_that_is_none_is_told_with_its_file(tmp_path: Path) -> None:
    saved = checkpoint(tmp_path / "reader")
    for shape, said in (({"turned": False}, "turned"), ({"widths": []}, "ascending widths")):
        with pytest.raises(ValueError, match=f"config.json: .*{said}"):
            TrainedReader.load(reshaped(saved, shape))


def test_pictures_that_are_none_are_refused(tmp_path: Path) -> None:
    reader = TrainedReader.load(checkpoint(tmp_path / "reader"))
    for image, reason in (
        (np.zeros((4, 4), np.uint8), "word_malformed"),
        (np.zeros((0, 4, 3), np.uint8), "word_empty"),
        (np.zeros((3000, 3000, 3), np.uint8), "word_too_large"),
    ):
        with pytest.raises(Refused) as refused:
            reader.read([image])
        assert refused.value.reason == reason


@pytest.mark.parametrize(("name", "first"), [("ctc", 1), ("nrtr", 0)])
def test_another_alphabet_starts_from_what_fits(name: str, first: int, tmp_path: Path) -> None:
    """Characters that both know keep their rows, wherever they stand."""
    torch.manual_seed(0)
    old, new = build(name, OPTIONS, "abcd"), build(name, OPTIONS, "déa")
    write_checkpoint(tmp_path, name, OPTIONS, "abcd", Shape(), old.state_dict())
    fresh = {key: value.clone() for key, value in new.state_dict().items()}
    assert start_from(new, Checkpoint.at(tmp_path)) == ["é"]
    halves = {key: value.half().float() for key, value in old.state_dict().items() if value.is_floating_point()}
    for key, value in new.state_dict().items():
        if key in new.by_class:
            for ours, theirs in ((0, 3), (2, 0)):  # d and a
                assert torch.equal(value[first + ours], halves[key][first + theirs])
            assert torch.equal(value[first + 1], fresh[key][first + 1])
        elif value.is_floating_point():
            assert torch.equal(value, halves[key])


def test_names_that_are_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="did you mean 'ctc'"):
        build("ctx", {}, "abc")
    with pytest.raises(ValueError, match="did you mean 'width'"):
        build("ctc", {"widht": 3}, "abc")


def test_damaged_and_foreign_weights_are_named(tmp_path: Path) -> None:
    saved = checkpoint(tmp_path / "reader")
    with pytest.raises(ValueError, match="for another network: missing"):
        load_weights(build("nrtr", OPTIONS, "abc"), saved.path / "model.safetensors")
    (saved.path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ValueError, match="not a file of weights"):
        load_reader(Checkpoint.at(saved.path))
    (saved.path / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match="weights are not there"):
        load_reader(Checkpoint.at(saved.path))
