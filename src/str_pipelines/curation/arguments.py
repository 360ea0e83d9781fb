"""What the commands on sets of words take, and how they say what went wrong."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path

from str_pipelines.curation.check import check
from str_pipelines.curation.commands import COMMANDS
from str_pipelines.curation.forms import FORMS
from str_pipelines.curation.hashes import NEAREST
from str_pipelines.storage.tables import ROW_GROUP

SETS = """
A set is a folder with a word LMDB of any tool (image-000000001, label-000000001, num-samples), or a tree of them.
What is made is a set of ours: LMDBs that these tools read, a sidecar, checksums, and what was turned away with the
reason. It appears when it is whole; an interrupted command, given again, goes on where it stopped.
"""
FORM = """lmdb (ours), tsv (pictures and labels.tsv), odgt (TextSR's listing), odgt-textzoom (TextZoom's), tar
(WebDataset), parquet (Hugging Face), or one LMDB with just the keys of crnn (also PARSeq's, CCD's), openocr (wh-),
fewer-labels (imagepath-), aster (lexicon-); default: lmdb"""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 when all went well, 1 with a line that says what did not."""
    args = _parser().parse_args(arguments)
    if args.command == "verify":
        return int(any([check(folder) for folder in args.folders]))
    try:
        COMMANDS[args.command](args)
    except (ValueError, OSError, RuntimeError) as error:
        sys.stderr.write(f"{args.command}: {error}\n")
        return 1
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m str_pipelines.storage",
        description="Verify, merge, split, filter, cut down and convert sets of words.",
        epilog=SETS,
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    verify = commands.add_parser("verify", help="read folders again, every byte, against their checksums")
    verify.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    _merge(commands.add_parser("merge", help="several sets into one, in their order"))
    _split(commands.add_parser("split", help="one set into several, by the hash of each id"))
    _filter(commands.add_parser("filter", help="keep words by charset, length, size or a list of ids"))
    _subset(commands.add_parser("subset", help="so many words, or those of a list of ids"))
    _convert(commands.add_parser("convert", help="from and to listings, tars, parquets and the keys of other tools"))
    return parser


def _merge(parser: ArgumentParser) -> None:
    parser.add_argument("sets", nargs="+", metavar="[NAME=]SET", help="with a name, every id is NAME/id in the result")
    _common(parser)


def _split(parser: ArgumentParser) -> None:
    parser.add_argument("set", type=Path, metavar="SET")
    parser.add_argument(
        "--shares", required=True, nargs="+", type=_share, metavar="NAME=SHARE", help="train=0.98 val=0.02"
    )
    parser.add_argument("--seed", type=int, default=0, help="another one parts otherwise; default: 0")
    _common(parser)


def _filter(parser: ArgumentParser) -> None:
    parser.add_argument("set", type=Path, metavar="SET")
    parser.add_argument("--charset", help="36, 62, 94 or a file: labels with other characters go")
    parser.add_argument("--either-case", action="store_true", help="the charset has its letters in both cases")
    parser.add_argument(
        "--length", type=_length, default=(0, None), metavar="FROM:TO", help="characters, as 1:25 or :25"
    )
    parser.add_argument(
        "--smallest", type=_size, default=(0, 0), metavar="WxH", help="pixels that a picture has at least"
    )
    parser.add_argument("--largest", type=_size, metavar="WxH", help="pixels that a picture has at most")
    parser.add_argument("--without", type=Path, metavar="FILE", help="ids that go, one a line")
    parser.add_argument("--not-in", nargs="+", type=Path, metavar="SET", help="words whose picture one of these has go")
    parser.add_argument(
        "--near",
        type=int,
        choices=range(NEAREST + 1),
        metavar="BITS",
        help=f"with --not-in: and those of the same label with a dHash so near, up to {NEAREST} of 64 bits",
    )
    _common(parser)


def _subset(parser: ArgumentParser) -> None:
    parser.add_argument("set", type=Path, metavar="SET")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--count", type=_count, help="so many, drawn by the hash of each id")
    which.add_argument("--ids", type=Path, metavar="FILE", help="ids, one a line; the order is that of the set")
    parser.add_argument("--seed", type=int, default=0, help="another one draws others; default: 0")
    _common(parser)


def _convert(parser: ArgumentParser) -> None:
    also = "also a listing (.tsv, .txt, .odgt), .tar, .parquet, or a folder of either"
    parser.add_argument("set", type=Path, metavar="SET", help=also)
    parser.add_argument("--plane", help="which pictures of an LMDB that has several: image_lr, say, of TextZoom's")
    parser.add_argument("--form", choices=["lmdb", *FORMS], default="lmdb", metavar="FORM", help=FORM)
    _common(parser)


def _common(parser: ArgumentParser) -> None:
    parser.add_argument("--into", type=Path, required=True, metavar="TARGET", help="a folder that is not there yet")
    parser.add_argument("--workers", type=_count, default=2, help="processes; the result is the same; default: 2")
    parser.add_argument(
        "--shard-size",
        type=_shard,
        default=10_000,
        metavar="N",
        help=f"words an LMDB, at most {ROW_GROUP}; default: 10000",
    )


def _share(said: str) -> tuple[str, float]:
    name, mark, share = said.partition("=")
    if not mark or not name.replace("_", "").replace("-", "").isalnum():
        raise ArgumentTypeError(f"{said!r}: a name of letters and digits, =, and a share is wanted, as train=0.9")
    return name, float(share)


def _length(said: str) -> tuple[int, int | None]:
    first, mark, last = said.partition(":")
    if not mark or not (first + last).isdigit():
        raise ArgumentTypeError(f"{said!r}: FROM:TO is wanted, as 1:25")
    return int(first or 0), int(last) if last else None


def _size(said: str) -> tuple[int, int]:
    width, mark, height = said.lower().partition("x")
    if not mark or not width.isdigit() or not height.isdigit():
        raise ArgumentTypeError(f"{said!r}: WIDTHxHEIGHT is wanted, as 32x8")
    return int(width), int(height)


def _shard(said: str) -> int:
    if _count(said) > ROW_GROUP:
        raise ArgumentTypeError(f"{said}: {ROW_GROUP} are the most; --form=crnn or openocr makes one LMDB of all")
    return int(said)


def _count(said: str) -> int:
    if not said.isdigit() or not int(said):
        raise ArgumentTypeError(f"{said!r}: a whole number above 0 is wanted")
    return int(said)
