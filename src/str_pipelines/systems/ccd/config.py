"""Sizes and settings of CCD. The defaults are the house's mini; `ENCODERS` has the published ones by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from str_pipelines.params import Names, Params
from str_pipelines.recognizers.training_config import RecognizerConfig, ValidationParams
from str_pipelines.recognizers.words_params import Shares, Widths, WordsParams
from str_pipelines.text.nearest import nearest
from str_pipelines.training.config import TrainParams

HEIGHT, WIDTH = 32, 128
"""Pixels of a picture, whatever its shape was (section 5 of the spec)."""
CHARACTERS = 26
"""Regions of a picture at most."""
LONGEST = 25


class EncoderParams(Params):
    """A vision transformer on 32 x 128 pixels; `inner` are the three blocks, counted from 1, that are segmented from.

    The defaults are the mini: 128 wide, 6 deep, 8 x 16 patches of 4 x 8 pixels.
    """

    width: int = Field(default=128, ge=8)
    depth: int = Field(default=6, ge=1)
    heads: int = Field(default=4, ge=1)
    patch: tuple[int, int] = (4, 8)
    inner: tuple[int, int, int] = (2, 4, 6)
    drop_path: float = Field(default=0.1, ge=0, lt=1)

    @model_validator(mode="after")
    def _fits(self) -> EncoderParams:
        if self.patch[0] != 4 or self.patch[1] not in (4, 8):
            raise ValueError(f"patches are 4 high and 4 or 8 wide, not {self.patch}")
        if self.width % self.heads or max(self.inner) > self.depth:
            raise ValueError(f"{self.width} wide, {self.heads} heads, blocks {self.inner} of {self.depth}: no encoder")
        return self

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of patches."""
        return HEIGHT // self.patch[0], WIDTH // self.patch[1]


def _published(width: int, heads: int) -> EncoderParams:
    return EncoderParams(width=width, depth=12, heads=heads, patch=(4, 4))


ENCODERS = {
    "mini": EncoderParams(),
    "tiny": _published(192, 3),
    "small": _published(384, 6),
    "base": _published(512, 8),
}
"""5.40, 21.41 and 37.99 million parameters as published; the mini has 1.2 million."""


def _named(value: Any) -> Any:
    if isinstance(value, str) and value not in ENCODERS:
        raise ValueError(f"there is no encoder {value!r}; did you mean {nearest(value, ENCODERS)!r}?")
    return ENCODERS[value] if isinstance(value, str) else value


Encoder = Annotated[EncoderParams, BeforeValidator(_named)]
"""mini, tiny, small, base, or sizes of one's own."""


def _five(chances: tuple[float, ...]) -> tuple[float, ...]:
    if len(chances) not in (0, 5) or not all(0 <= each <= 1 for each in chances):
        raise ValueError(f"five chances of 0 to 1 are wanted, or none, not {chances}")
    return chances


Chances = Annotated[Shares, AfterValidator(_five)]


class HeadParams(Params):
    """DINO's projection; `fixed_gain` as published for base. Published: 2048, 256 and 65,536 prototypes."""

    hidden: int = Field(default=512, ge=1)
    bottleneck: int = Field(default=128, ge=1)
    prototypes: int = Field(default=4096, ge=2)
    fixed_gain: bool = False


class NetworkParams(Params):
    """What is pretrained; `segmentation` are the channels of its head, 128 as published."""

    encoder: Encoder = EncoderParams()
    segmentation: int = Field(default=32, ge=2)
    head: HeadParams = HeadParams()


class ViewParams(Params):
    """The two views (5.1, 5.2). `clean` is the share of irregular views that are the picture as it was, unturned.

    Of the others all are coloured, but for `plain` of them, and moved: `scale` of either axis, `shift` in shares of
    the sides, `turn` and `shear` (x, y) in degrees to both sides.
    """

    clean: float = Field(default=0.3, ge=0, le=1)
    plain: float = Field(default=0.2, ge=0, le=1)
    scale: tuple[float, float] = (0.6, 1.1)
    shift: float = Field(default=0.02, ge=0)
    turn: float = Field(default=10.0, ge=0)
    shear: tuple[float, float] = (45.0, 10.0)


class LossParams(Params):
    """Temperatures, the centre's decay, and from when on regions come from the network's own segmentation.

    `own_from` and `frozen` (prototypes do not move) are shares of the training: 30 and 1 of 98 million samples.
    `visible` is the least part of a character that both views show. With `reference` the loss has the faults of the
    published code in what is compared, in both losses and in the centre (the table of the README), for comparison.
    """

    student_temperature: float = Field(default=0.1, gt=0)
    teacher_temperature: float = Field(default=0.04, gt=0)
    centre: float = Field(default=0.9, ge=0, lt=1)
    own_from: float = Field(default=0.3, ge=0, le=1)
    frozen: float = Field(default=0.01, ge=0, le=1)
    visible: float = Field(default=0.5, ge=0, le=1)
    reference: bool = False


class ScheduleParams(Params):
    """What the loop does not know: momentum of the teacher and weight decay at the last step; the clip a tensor."""

    momentum: float = Field(default=0.9995, ge=0, le=1)
    final_decay: float = Field(default=0.4, ge=0)
    clip: float = Field(default=3.0, ge=0)


class PicturesParams(Params):
    """Words without labels: further LMDBs, or folders of them, by path, and the shares of all of them.

    `masks` are as many as `more`, or as many as there are sets, those of the catalog first: mask LMDBs, or folders of
    them that mirror those of the words, as in CCD's data_lmdb. What has none gets masks on the fly, by 2-means as
    `kmeans` does.
    """

    more: Names = ()
    masks: Names = ()
    ratios: Shares = ()
    length: int = Field(default=0, ge=0)
    seed: int = Field(default=0, ge=0)


class HeldParams(Params):
    """Of the pictures, `share` are held out, `count` of a set at most."""

    share: float = Field(default=0.05, gt=0, lt=1)
    count: int = Field(default=256, ge=1)


class PretrainParams(Params):
    """Parameters of `ccd.pretrain`."""

    network: NetworkParams = NetworkParams()
    pictures: PicturesParams = PicturesParams()
    views: ViewParams = ViewParams()
    loss: LossParams = LossParams()
    schedule: ScheduleParams = ScheduleParams()
    validation: HeldParams = HeldParams()
    train: TrainParams = TrainParams()


class LookParams(Params):
    """Parameters of `ccd.look`: how many words, and which."""

    count: int = Field(default=48, ge=1, le=1000)
    seed: int = Field(default=0, ge=0)


class PretrainConfig(Params):
    """What a worker's config.json says of `systems.ccd.pretrain_stage`.

    `steps` and `batches` are those of the whole training, `decay` is the weight decay that it begins with.
    """

    network: NetworkParams
    pictures: PicturesParams
    views: ViewParams
    loss: LossParams
    schedule: ScheduleParams
    validation: HeldParams
    sets: dict[str, Path]
    steps: int
    batches: int
    decay: float


class DecoderParams(Params):
    """NRTR's decoder behind two linear layers; `layers` 6, `width` 512 and `inner` 256 as published."""

    width: int = Field(default=192, ge=8)
    layers: int = Field(default=2, ge=1)
    heads: int = Field(default=4, ge=1)
    inner: int = Field(default=384, ge=8)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    beams: int = Field(default=1, ge=1)


PUBLISHED_DECODER = DecoderParams(width=512, layers=6, heads=8, inner=256)


class ReadWordsParams(WordsParams):
    """The words that are taught, in the one shape that CCD sees."""

    widths: Widths = (WIDTH,)

    @model_validator(mode="after")
    def _shape(self) -> ReadWordsParams:
        if self.height != HEIGHT or tuple(self.widths) != (WIDTH,):
            raise ValueError(f"CCD sees {HEIGHT} x {WIDTH} pixels: leave `height` and `widths` of words as they are")
        return self


class FinetuneParams(Params):
    """Parameters of `ccd.finetune_std` and `ccd.finetune_ard`.

    `portion` of the words, those of `more` too, are taught: the same ones every time. `scratch` forgets what was
    pretrained but its sizes: the arm that it is compared with. `chances` are those of the five groups of the published
    augmentation (section 10), which is then done on the device, after `words.augment`: 0.6 0.8 0.6 0.6 0.6 for small,
    0.4 0.7 0.7 0.7 0.5 for base.
    """

    decoder: DecoderParams = DecoderParams()
    scratch: bool = False
    portion: float = Field(default=1.0, gt=0, le=1)
    chances: Chances = ()
    words: ReadWordsParams = ReadWordsParams()
    validation: ValidationParams = ValidationParams()
    train: TrainParams = TrainParams()


class FinetuneConfig(RecognizerConfig):
    """What a worker's config.json says of `systems.ccd.finetune_stage`; `start` is a checkpoint of this system."""

    decoder: DecoderParams
    start: Path
    scratch: bool
    portion: float
    chances: Chances
