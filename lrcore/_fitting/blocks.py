"""Rows that are read block by block, anew at each pass, because memory does not hold them all."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrcore._validation import Floats

from .rows import Rows, Units

Checked = tuple[Floats, NDArray[Any], Floats]  # inputs, labels, weights

_SAMPLE = 2**22  # entries of X that a sample may have: 32 megabytes
_ROWS_IN_SAMPLE = 10_000  # but at least so many rows


@dataclass(frozen=True)
class Elsewhere:
    """Rows that are not in memory, but for a sample of them."""

    n_rows: int
    kept: Rows

    def __len__(self) -> int:
        return self.n_rows

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return self.kept.n_features

    @property
    def are_few(self) -> bool:
        """Say that a copy of the rows would cost much."""
        return False

    def sample(self, wanted: int) -> tuple[Rows, Rows | None]:
        """Return half of the kept rows, or less, and as many of the other half."""
        return self.kept.sample(min(wanted, len(self.kept) // 2))

    def glance(self) -> Rows:
        """Return rows enough to see what the columns are measured in."""
        return self.kept.glance()


@dataclass(frozen=True)
class Blocks(Elsewhere):
    """Blocks of rows that are read at each pass."""

    read: Callable[[], Iterable[Rows]]

    def total(self, of_block: Callable[..., Any], add: Callable[..., Any] = operator.add) -> Any:
        """Add up what `of_block` makes of the inputs, classes and shares of each block."""
        return reduce(add, (rows.total(of_block, add) for rows in self.read()))

    def in_units(self, units: Units) -> Blocks:
        """Return the same rows, with their columns in `units` at each pass."""

        def read() -> Iterator[Rows]:
            return (rows.in_units(units) for rows in self.read())

        return Blocks(self.n_rows, self.kept.in_units(units), read)


class Reader:
    """The caller's blocks, checked at each pass; an error names the block that it is about."""

    def __init__(
        self, blocks: Any, check: Callable[..., Checked], show: Callable[..., Iterable[Any]]
    ) -> None:
        if not callable(blocks) and not isinstance(blocks, Iterable):
            raise ValueError(
                "blocks: expected blocks that can be iterated, or a function that returns them, "
                f"got a {type(blocks).__name__}"
            )
        if not callable(blocks) and iter(blocks) is blocks:
            raise ValueError(
                "blocks: expected something that can be iterated again and again, since a fit "
                f"needs several passes, got a {type(blocks).__name__}, which can be read only "
                "once: pass a list, or the function that makes it, without calling it"
            )
        self.blocks = blocks
        self.check = check
        self.show = show
        self.seen: tuple[int, int] | None = None

    def __iter__(self) -> Iterator[Checked]:
        n_blocks = n_rows = 0
        for block in self._read():
            with naming(n_blocks):
                checked = self.check(*_parts(block), reset=self.seen is None and n_blocks == 0)
            n_blocks, n_rows = n_blocks + 1, n_rows + len(checked[0])
            yield checked
        if n_blocks == 0 and self.seen is None:
            raise ValueError("blocks: expected at least one block, got none")
        if self.seen not in (None, (n_blocks, n_rows)):
            raise ValueError(
                f"blocks: expected the same rows at each pass, {self.seen[1]} in {self.seen[0]} "
                f"blocks, got {n_rows} in {n_blocks} blocks at a later pass: a function must open "
                "its source anew at each call"
            )
        self.seen = n_blocks, n_rows

    def rows(self, classes: NDArray[Any], total: float) -> Callable[[], Iterator[Rows]]:
        """Return what reads all blocks once more, each as the rows that count."""

        def read() -> Iterator[Rows]:
            for index, checked in enumerate(self):
                with naming(index):
                    rows = as_rows(checked, classes, total)
                yield rows

        return read

    def _read(self) -> Iterator[Any]:
        blocks = self.blocks() if callable(self.blocks) else self.blocks
        if not isinstance(blocks, Iterable):
            raise ValueError(
                "blocks: expected a function that returns blocks that can be iterated, "
                f"got a {type(blocks).__name__} from it"
            )
        n_blocks = self.seen[0] if self.seen else None
        iterator = iter(self.show(blocks, total=n_blocks))
        index = 0
        while True:
            with naming(index, what="could not be read: "):
                try:
                    block = next(iterator)
                except StopIteration:
                    return
            yield block
            index += 1


@contextmanager
def naming(index: int, *, of: str = "blocks", what: str = "") -> Iterator[None]:
    """Say in every error which block of which argument it is about."""
    try:
        yield
    except Exception as error:
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        message = f"block {index} of {of} (the first is 0): {what}{kind}{error}"
        raise ValueError(message) from error


def _parts(block: Any) -> tuple[Any, Any, Any]:
    if not isinstance(block, tuple | list) or len(block) not in (2, 3):
        size = f" of length {len(block)}" if isinstance(block, tuple | list) else ""
        raise ValueError(
            f"expected (X, y) or (X, y, sample_weight), got a {type(block).__name__}{size}"
        )
    return (*block, None) if len(block) == 2 else tuple(block)


@dataclass
class Survey:
    """What a first look at all rows tells; rows whose weight is zero are not counted or kept."""

    n_rows: int
    labels: NDArray[Any]
    weights: Floats
    kept: Checked

    @classmethod
    def of(cls, blocks: Iterable[Checked], *, two_only: bool) -> Survey:
        """Look at all rows once, and keep every one, or every second, or fourth, or eighth ..."""
        n_rows, step = 0, 1
        classes: NDArray[Any] | None = None
        found: list[tuple[NDArray[Any], Floats]] = []
        kept: list[Checked] = []
        for index, block in enumerate(blocks):
            found.append(weight_of_labels(*block[1:]))
            with naming(index):
                classes = with_more(classes, found[-1][0], two_only=two_only)
            X, y, weights = that_count(block)
            every = slice(-n_rows % step, None, step)
            kept.append((X[every].copy(), y[every].copy(), weights[every].copy()))
            n_rows += len(X)
            while n_rows // step > room(X.shape[1]):
                X, y, weights = joined(kept)
                kept, step = [(X[::2], y[::2], weights[::2])], 2 * step
        labels, weights = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return cls(n_rows, labels, weights, joined(kept))


def weight_of_labels(y: NDArray[Any], weights: Floats) -> tuple[NDArray[Any], Floats]:
    """Return the labels that occur, each with its weight."""
    labels, indices = np.unique(y, return_inverse=True)
    return labels, np.bincount(indices, weights).astype(np.float64)


def with_more(classes: NDArray[Any] | None, more: NDArray[Any], *, two_only: bool) -> NDArray[Any]:
    """Return the classes known so far and those of one more block."""
    if classes is None:
        return more
    if (classes.dtype.kind in "biuf") != (more.dtype.kind in "biuf"):
        raise ValueError(f"y: expected labels like {classes[0]!r} before, got {more[0]!r}")
    known = np.union1d(classes, more)
    if two_only and len(known) > 2:
        raise ValueError(f"y: expected two classes, got a third one: {known.tolist()}")
    return known


def room(n_features: int) -> int:
    """Return how many rows the sample may have."""
    return max(_ROWS_IN_SAMPLE, _SAMPLE // n_features)


def joined(parts: list[Checked]) -> Checked:
    """Put pieces of rows one behind the other."""
    X, y, weights = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return X, y, weights


def that_count(checked: Checked) -> Checked:
    """Return the rows whose weight is not zero."""
    X, y, weights = checked
    kept = weights > 0
    return checked if kept.all() else (X[kept], y[kept], weights[kept])


def as_rows(checked: Checked, classes: NDArray[Any], total: float) -> Rows:
    """Return the rows that count, with the indices of their classes and their shares of `total`."""
    X, y, weights = that_count(checked)
    indices = np.minimum(np.searchsorted(classes, y), len(classes) - 1)
    unknown = classes[indices] != y
    if unknown.any():
        raise ValueError(
            f"y: expected labels out of {classes.tolist()}, got {y[unknown][:1].tolist()[0]!r}"
        )
    return Rows(X, indices, weights / total)


def check_total(total: float) -> None:
    """Raise unless the sum of all weights is a positive number."""
    if not 0 < total < np.inf:
        raise ValueError(f"sample_weight: expected a positive, finite sum, got {total}")
