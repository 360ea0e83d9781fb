"""Student and teacher of CCD: two views in, segmentation and characters' prototypes out (section 7 of the spec)."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from str_pipelines.systems.ccd import characters
from str_pipelines.systems.ccd.config import LossParams, NetworkParams
from str_pipelines.systems.ccd.head import DinoHead
from str_pipelines.systems.ccd.segmentation import SegmentationHead
from str_pipelines.systems.ccd.vit import VisionTransformer


class Characters(NamedTuple):
    """Where the characters of B pictures are: regions (B, H, W), and how much of each is in each patch of each view
    (B, 26, P); `chosen` (B, 26) are those that are compared."""

    regions: Tensor
    weights: tuple[Tensor, Tensor]
    chosen: Tensor


class Seen(NamedTuple):
    """What the student makes of both views: logits (2B, 2, H, W), the characters, their prototypes (2K, prototypes)."""

    logits: Tensor
    characters: Characters
    projected: Tensor


class Student(nn.Module):
    """Learns by gradient."""

    def __init__(self, params: NetworkParams, loss: LossParams) -> None:
        super().__init__()
        self.loss = loss
        self.backbone = VisionTransformer(params.encoder, params.encoder.drop_path)
        self.segmentation = SegmentationHead(params.encoder, params.segmentation)
        self.head = DinoHead(params.encoder.width, params.head, params.head.fixed_gain)

    def forward(self, views: Tensor, theta: Tensor, regions: Tensor | None) -> Seen:
        """Views (2B, 3, 32, 128), the regular ones first, and `theta` (B, 2, 3) between them.

        Without regions (B, 32, 128) of the mask, they are those of the segmentation of the regular view.
        """
        tokens, inner = self.backbone(views)
        logits = self.segmentation(inner)
        if regions is None:
            regions = characters.regions_of(logits[: len(theta)].detach())
        found = self.characters(regions, theta)
        pairs = characters.pair(tokens, found.weights, found.chosen)
        return Seen(logits, found, self.head(torch.cat([pairs.regular, pairs.irregular])))

    def characters(self, regions: Tensor, theta: Tensor) -> Characters:
        """Both views' weights of the characters, and which of them are compared."""
        grid, params = self.backbone.params.grid, self.loss
        if params.reference:
            weights = characters.published_counts(regions, theta, grid)
            return Characters(regions, weights, characters.published_choice(weights[0]))
        first = characters.counts(regions, grid)
        second = characters.counts(characters.warp_regions(regions, theta), grid)
        return Characters(regions, (first, second), characters.visible(first, second, theta, params.visible))


class Teacher(nn.Module):
    """Follows the student, without gradients; `centre` is what it answers on average."""

    centre: Tensor

    def __init__(self, params: NetworkParams) -> None:
        super().__init__()
        self.backbone = VisionTransformer(params.encoder)
        self.head = DinoHead(params.encoder.width, params.head, fixed_gain=True)
        self.register_buffer("centre", torch.zeros(params.head.prototypes))
        self.requires_grad_(False)

    @torch.no_grad()
    def forward(self, views: Tensor, found: Characters) -> tuple[Tensor, Tensor]:
        """Prototypes (K, prototypes) of the characters that the student found: in the regular and irregular view."""
        pairs = characters.pair(self.backbone.tokens(views), found.weights, found.chosen)
        regular, irregular = cast(Tensor, self.head(torch.cat([pairs.regular, pairs.irregular]))).chunk(2)
        return regular, irregular

    @torch.no_grad()
    def follow(self, student: Student, momentum: float) -> None:
        """Keep `momentum` of itself, and take the rest from the student: of encoder and head, not of the centre."""
        for mine, theirs in ((self.backbone, student.backbone), (self.head, student.head)):
            torch._foreach_lerp_(list(mine.parameters()), list(theirs.parameters()), 1 - momentum)

    @torch.no_grad()
    def begin_as(self, student: Student) -> None:
        """The student's weights."""
        self.backbone.load_state_dict(student.backbone.state_dict())
        self.head.load_state_dict(student.head.state_dict())
