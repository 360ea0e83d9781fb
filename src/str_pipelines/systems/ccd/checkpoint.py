"""CCD's networks as checkpoint folders, and back: an encoder that was pretrained, a reader, a masker, a restorer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from str_pipelines.recognizers.networks import shape_of, write_checkpoint
from str_pipelines.recognizers.shape import Shape
from str_pipelines.recognizers.trained import TrainedReader
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.ccd.config import (
    HEIGHT,
    WIDTH,
    DecoderParams,
    EncoderParams,
    HeadParams,
    LossParams,
    NetworkParams,
)
from str_pipelines.systems.ccd.decoder import Restorer, Segmenter
from str_pipelines.systems.ccd.downstream_config import PatchDecoderParams
from str_pipelines.systems.ccd.model import Student, Teacher
from str_pipelines.systems.ccd.reader import CcdNetwork, CcdOptions
from str_pipelines.systems.ccd.segmentation import SegmentationHead
from str_pipelines.systems.ccd.vit import VisionTransformer
from str_pipelines.training.state import load_weights, to_float16

NAME, WEIGHTS = "ccd", "model.safetensors"
SHAPE = Shape(HEIGHT, (WIDTH,))
"""Of the readers that are trained here."""
Weights = Mapping[str, Tensor]
TEACHER, STUDENT, SEGMENTATION = "teacher", "student", "segmentation"


def write_encoder(folder: Path, states: Mapping[str, Mapping[str, Tensor]], network: NetworkParams) -> None:
    """The weights of the encoders TEACHER and STUDENT and of SEGMENTATION, in 16 bits, into a folder that is there."""
    flat = {f"{name}.{key}": value for name, state in states.items() for key, value in state.items()}
    _write(folder, "encoder", network.model_dump(mode="json"), flat)


def write_reader(
    folder: Path,
    characters: str,
    encoder: EncoderParams,
    decoder: DecoderParams,
    weights: Weights,
    shape: Shape = SHAPE,
) -> None:
    """A reader for `zoo.load_reader`, in 16 bits, into a folder that is there."""
    options = {"encoder": encoder.model_dump(mode="json"), "decoder": decoder.model_dump(mode="json")}
    write_checkpoint(folder, NAME, options, characters, shape, weights)


def load_reader(checkpoint: Checkpoint) -> TrainedReader:
    """The reader of a checkpoint, on the GPU where there is one.

    Raises:
        FileNotFoundError, ValueError: its files are not there, or do not go together.
    """
    network = CcdNetwork(_options(checkpoint))
    load_weights(network, checkpoint.path / WEIGHTS)
    shape = shape_of(checkpoint, SHAPE)
    return TrainedReader(network, shape, checkpoint.digest, "cuda" if torch.cuda.is_available() else "cpu")


def is_reader(checkpoint: Checkpoint) -> bool:
    """Whether it is a whole reader, or else an encoder.

    Raises:
        ValueError: it is another system's.
    """
    config = checkpoint.config()
    if config.get("name") != NAME or config.get("kind") not in ("encoder", "reader"):
        raise ValueError(
            f"{checkpoint.path}: an encoder or a reader of {NAME} is wanted, this is {config.get('name')!r}, a "
            f"{config.get('kind')!r}"
        )
    return bool(config["kind"] == "reader")


def encoder_of(checkpoint: Checkpoint) -> EncoderParams:
    """The sizes of a checkpoint's encoder, whether that is all of it or not.

    Raises:
        ValueError: as `is_reader`.
    """
    return EncoderParams(**_network(checkpoint)["encoder"])


def load_encoder(checkpoint: Checkpoint) -> VisionTransformer:
    """The encoder of the teacher, in 32 bits: what finetuning begins with (section 10 of the spec).

    Raises:
        FileNotFoundError, ValueError: its weights are not there, or are for another network.
    """
    encoder = VisionTransformer(encoder_of(checkpoint))
    load_weights(encoder, checkpoint.path / WEIGHTS, TEACHER)
    return encoder


def load_backbone(checkpoint: Checkpoint) -> VisionTransformer:
    """The encoder of any checkpoint that has one to begin with: the teacher's, or a reader's.

    Raises:
        FileNotFoundError, ValueError: as `load_encoder`.
    """
    if not is_reader(checkpoint):
        return load_encoder(checkpoint)
    encoder = VisionTransformer(encoder_of(checkpoint))
    load_weights(encoder, checkpoint.path / WEIGHTS, "backbone")
    return encoder


def write_masker(folder: Path, encoder: EncoderParams, decoder: PatchDecoderParams, weights: Weights) -> None:
    """A masker for `zoo.load_masker`, in 16 bits, into a folder that is there."""
    _write(folder, "masker", {"encoder": encoder.model_dump(mode="json"), "decoder": decoder.model_dump()}, weights)


def write_restorer(
    folder: Path, encoder: EncoderParams, decoder: PatchDecoderParams, residual: bool, weights: Weights
) -> None:
    """A restorer, in 16 bits, into a folder that is there."""
    sizes = {"encoder": encoder.model_dump(mode="json"), "decoder": decoder.model_dump(), "residual": residual}
    _write(folder, "restorer", sizes, weights)


def load_masker_network(checkpoint: Checkpoint) -> Segmenter:
    """What `ccd.segment` trained, in 32 bits.

    Raises:
        FileNotFoundError, ValueError: it is something else, or its weights are not there or for another network.
    """
    sizes = _downstream(checkpoint, "masker")
    network = Segmenter(EncoderParams(**sizes["encoder"]), PatchDecoderParams(**sizes["decoder"]))
    load_weights(network, checkpoint.path / WEIGHTS)
    return network.eval()


def load_restorer(checkpoint: Checkpoint) -> Restorer:
    """What `ccd.restore` trained, in 32 bits.

    Raises:
        FileNotFoundError, ValueError: as `load_masker_network`.
    """
    sizes = _downstream(checkpoint, "restorer")
    decoder = PatchDecoderParams(**sizes["decoder"])
    network = Restorer(EncoderParams(**sizes["encoder"]), decoder, bool(sizes["residual"]))
    load_weights(network, checkpoint.path / WEIGHTS)
    return network.eval()


def load_segmenter(checkpoint: Checkpoint) -> tuple[VisionTransformer, SegmentationHead]:
    """The student's encoder and its segmentation, in 32 bits.

    Raises:
        FileNotFoundError, ValueError: as `load_encoder`.
    """
    params = NetworkParams(**_network(checkpoint))
    encoder, head = VisionTransformer(params.encoder), SegmentationHead(params.encoder, params.segmentation)
    load_weights(encoder, checkpoint.path / WEIGHTS, STUDENT)
    load_weights(head, checkpoint.path / WEIGHTS, SEGMENTATION)
    return encoder.eval(), head.eval()


def load_pretrained(checkpoint: Checkpoint) -> tuple[Student, Teacher]:
    """Student and teacher of an encoder, in 32 bits, but for their prototypes, which nobody needs afterwards.

    Raises:
        FileNotFoundError, ValueError: as `load_encoder`; or it is a reader.
    """
    if is_reader(checkpoint):
        raise ValueError(f"{checkpoint.path}: a reader; an encoder as `ccd.pretrain` makes it is wanted")
    sizes = NetworkParams(**_network(checkpoint) | {"head": HeadParams(prototypes=2)})
    student, teacher = Student(sizes, LossParams()), Teacher(sizes)
    teacher.backbone = load_encoder(checkpoint)
    student.backbone, student.segmentation = load_segmenter(checkpoint)
    return student, teacher


def _write(folder: Path, kind: str, network: Mapping[str, Any], weights: Weights) -> None:
    config = {"kind": kind, "name": NAME, "options": {"network": network}}
    (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    save_file(to_float16(weights), folder / WEIGHTS)


def _downstream(checkpoint: Checkpoint, kind: str) -> dict[str, Any]:
    config = checkpoint.config()
    if config.get("name") != NAME or config.get("kind") != kind:
        said = f"{config.get('name')!r}, a {config.get('kind')!r}"
        raise ValueError(f"{checkpoint.path}: a {kind} of {NAME} is wanted, this is {said}")
    return dict(config["options"]["network"])


def _network(checkpoint: Checkpoint) -> dict[str, Any]:
    is_reader(checkpoint)
    return dict(checkpoint.config()["options"]["network"])


def _options(checkpoint: Checkpoint) -> CcdOptions:
    network, characters = _network(checkpoint), checkpoint.config()["options"]["characters"]
    return CcdOptions(characters, EncoderParams(**network["encoder"]), DecoderParams(**network["decoder"]))
