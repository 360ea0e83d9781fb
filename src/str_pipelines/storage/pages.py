"""Walk the pages of an LMDB before LMDB does: it trusts every offset it reads, and a wrong one kills the process.

The layout is that of LMDB 0.9 (`MDB_page`, `MDB_node`, `MDB_db`, `MDB_meta` in its mdb.c).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Marks = NDArray[np.bool_]

PAGE_HEADER, NODE_HEADER = 16, 8
SIZES = [1 << power for power in range(9, 17)]
BRANCH, LEAF, KINDS = 1, 2, 0x6F  # flags of a page that say what it is
BIG, PLAIN = 1, 3  # flags of a node: its value has pages of its own; all that there may be with one value a key
NO_ROOT = 2**64 - 1
DEEPEST = 32  # LMDB's own limit
AT_ONCE = 4096  # pages looked at together


def check_pages(path: Path, page_bytes: int, last_page: int) -> None:
    """Whether every page that a reader may come to is in the file, and every key and value in its page.

    What the values are is not looked at; `verify` does that. A million records take about a second.

    Args:
        page_bytes, last_page: what LMDB says of the file, which is at least as long.

    Raises:
        ValueError: a page is damaged; its number is named.
    """
    if page_bytes not in SIZES:
        raise ValueError(f"pages of {page_bytes} bytes")
    pages: Bytes = np.memmap(path, np.uint8, "r", shape=(last_page + 1, page_bytes))
    root = _root(pages)
    level = np.array([] if root == NO_ROOT else [min(root, 1 << 62)], np.int64)
    ways = np.zeros(len(pages), np.int64)
    for _ in range(DEEPEST):
        if not len(level):
            return
        _demand((level > 1) & (level < len(pages)), level, "is none of the tree's")
        np.add.at(ways, level, 1)
        _demand(ways[level] == 1, level, "is reached twice")
        level = np.concatenate([_below(pages, level[at : at + AT_ONCE]) for at in range(0, len(level), AT_ONCE)])
    raise ValueError(f"more than {DEEPEST} pages one below the other")


def _root(pages: Bytes) -> int:
    """The first page of the tree, as the newer of the two meta pages has it."""
    metas = [page[PAGE_HEADER : PAGE_HEADER + 136].tobytes() for page in pages[:2]]
    newest = max(metas, key=lambda meta: int.from_bytes(meta[128:136], "little"))
    if int.from_bytes(newest[76:78], "little"):
        raise ValueError("keys of a special kind, or several values a key")
    return int.from_bytes(newest[112:120], "little")


def _below(pages: Bytes, numbers: Numbers) -> Numbers:
    """The pages to which these ones lead, once it is sure that everything in these is where it may be."""
    chosen = pages[numbers]
    _demand(_field(chosen, 0, 8) == numbers, numbers, "says that it is another one")
    kinds, lower, upper = (_field(chosen, at, 2) for at in (10, 12, 14))
    branch = kinds & KINDS == BRANCH
    _demand(branch | (kinds & KINDS == LEAF), numbers, "is neither branch nor leaf")
    counts = (lower - PAGE_HEADER) // 2
    sound = (lower % 2 == 0) & (counts >= np.where(branch, 2, 0)) & (lower <= upper) & (upper <= chosen.shape[1])
    _demand(sound, numbers, "has not the room that it says")
    return _nodes(chosen, numbers, branch, counts, len(pages))


def _nodes(chosen: Bytes, numbers: Numbers, branch: Marks, counts: Numbers, total: int) -> Numbers:
    """Check every node of these pages, and return where those of branches lead."""
    content, size = chosen.reshape(-1), chosen.shape[1]
    row = np.repeat(np.arange(len(chosen)), counts)
    order = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    page, leaf = numbers[row], ~branch[row]
    at = _number(content, row * size + PAGE_HEADER + 2 * order, 2)
    _demand(at + NODE_HEADER <= size, page, "has a key beyond its end")
    start = row * size + at
    low, flags, key = (_number(content, start + byte, width) for byte, width in ((0, 4), (4, 2), (6, 2)))
    apart = leaf & (flags & BIG > 0)
    end = at + NODE_HEADER + key + np.where(apart, 8, np.where(leaf, low, 0))
    _demand(end <= size, page, "has a key or value beyond its end")
    _demand(~leaf | (flags & ~PLAIN == 0), page, "has a value of an unknown kind")
    first = _number(content, (start + NODE_HEADER + key)[apart], 6)
    last = first + (PAGE_HEADER + low[apart] - 1) // size
    _demand((first > 1) & (last < total), page[apart], "leads to a value beyond the end of the file")
    return (low + (flags << 32))[~leaf]


def _demand(good: Marks, numbers: Numbers, fault: str) -> None:
    if not good.all():
        raise ValueError(f"page {numbers[~good][0]} {fault}")


def _field(pages: Bytes, at: int, width: int) -> Numbers:
    """The little-endian number at one offset of every page."""
    return pages[:, at : at + width].copy().view(f"<u{width}")[:, 0].astype(np.int64)


def _number(content: Bytes, starts: Numbers, width: int) -> Numbers:
    """The little-endian number at each of these offsets."""
    found = np.zeros(len(starts), np.int64)
    for byte in range(width):
        found |= content[starts + byte].astype(np.int64) << 8 * byte
    return found
