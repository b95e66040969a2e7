"""Rows of data, a block at a time, and the units in which a fit looks at their columns.

A loss is a sum over rows, and so are its derivatives.  Who knows how to add up one block of rows
knows how to add up all of them, and need never hold more than a block's worth of anything else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lrcore._validation import Floats

Labels = NDArray[np.intp]
Block = tuple[Floats, Labels, Floats]

_BLOCK = 2**21  # bytes of X in a block: it stays in the cache while it is worked on
_FEW = 2_000_000  # entries of X up to which a copy in better units is cheaper than its avoidance
_ROWS_FOR_UNITS = 2000  # units of measure need not be exact: so many rows are enough


class Data(Protocol):
    """Rows that a fit can add up, wherever they are: in memory, in files, on other machines."""

    def __len__(self) -> int: ...

    @property
    def n_features(self) -> int:
        """Number of columns."""

    @property
    def are_few(self) -> bool:
        """Say whether a copy of the rows costs next to nothing."""

    def total(self, of_block: Callable[..., Any], add: Callable[..., Any] = operator.add) -> Any:
        """Add up what `of_block` makes of the inputs, classes and shares of each block."""

    def sample(self, wanted: int) -> tuple[Rows, Rows | None]:
        """Return some rows that stand for all, and as many others; or all rows, and no others."""

    def glance(self) -> Rows:
        """Return rows enough to see what the columns are measured in."""

    def in_units(self, units: Units) -> Data:
        """Return the same rows with their columns in `units`."""


@dataclass(frozen=True)
class Rows:
    """Inputs, the index of each row's class, and each row's share of the loss, in memory."""

    X: Floats
    y: Labels
    shares: Floats

    def __len__(self) -> int:
        return len(self.X)

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return self.X.shape[1]

    @property
    def are_few(self) -> bool:
        """Say whether a copy of the rows costs next to nothing."""
        return self.X.size <= _FEW

    def blocks(self) -> Iterator[Block]:
        """Cut the rows into blocks that fit the cache: a pass then reads each from memory once."""
        size = max(1, _BLOCK // max(1, self.X.itemsize * self.X.shape[1]))
        for start in range(0, len(self), size):
            rows = slice(start, start + size)
            yield self.X[rows], self.y[rows], self.shares[rows]

    def total(self, of_block: Callable[..., Any], add: Callable[..., Any] = operator.add) -> Any:
        """Add up what `of_block` makes of the inputs, classes and shares of each block."""
        return reduce(add, (of_block(*block) for block in self.blocks()))

    def some(self, rows: slice | NDArray[np.intp]) -> Rows:
        """Return some of the rows, with shares that make their loss an estimate of the whole."""
        X, shares = self.X[rows], self.shares[rows]
        return Rows(X, self.y[rows], shares * (len(self) / len(X)))

    def sample(self, wanted: int) -> tuple[Rows, Rows | None]:
        """Return so many rows or more, evenly spaced, and as many others; or all of them."""
        step = len(self) // max(1, wanted)
        if step < 2:
            return self, None
        return self.some(slice(0, None, step)), self.some(slice(1, None, step))

    def glance(self) -> Rows:
        """Return rows enough to see what the columns are measured in."""
        return self.sample(_ROWS_FOR_UNITS)[0]

    def in_units(self, units: Units) -> Rows:
        """Return a copy with its columns in `units`."""
        return replace(self, X=units.columns(self.X))


@dataclass(frozen=True)
class Units:
    """Where each column has its zero, and what it counts as one.

    The same scores come from ``w @ x + b`` and from ``(scale * w) @ ((x - centre) / scale) +
    (b + w @ centre)``.  In the second form all columns are alike, which is what a solver needs; and
    the parameters are changed more cheaply than the rows.
    """

    centre: Floats
    scale: Floats

    @classmethod
    def of(cls, rows: Data, *, about_zero: bool) -> Units:
        """Measure some of the rows: means and standard deviations, or root mean squares."""
        some = rows.glance()
        centre, scale = _centre_and_scale(some.X, some.shares / some.shares.sum())
        if about_zero:
            centre, scale = np.zeros_like(centre), np.hypot(centre, scale)
        return cls(centre, np.where(scale > 0, scale, 1.0))

    @classmethod
    def none(cls, n_features: int) -> Units:
        """Leave the columns as they are."""
        return cls(np.zeros(n_features), np.ones(n_features))

    @cached_property
    def change_nothing(self) -> bool:
        """Say whether these are the units in which the columns came."""
        return not self.centre.any() and bool(np.all(self.scale == 1.0))

    def columns(self, X: Floats) -> Floats:
        """Return the columns of `X` in these units."""
        if self.change_nothing:
            return X
        A = np.empty(X.shape, order="F")  # column after column, as sums over rows go
        np.subtract(X.T, self.centre[:, None], out=A.T)
        A /= self.scale  # in place: to touch new memory takes longer than to divide
        return A

    def weights(self, V: Floats, c: Floats) -> tuple[Floats, Floats]:
        """Return weights and biases for columns as they came, given those for these units."""
        if self.change_nothing:
            return V, c
        W = V / self.scale[:, None]
        return W, c - self.centre @ W

    def parameters(self, W: Floats, b: Floats) -> tuple[Floats, Floats]:
        """Return weights and biases for these units, given those for columns as they came."""
        return W * self.scale[:, None], b + self.centre @ W

    def slopes(self, grad_W: Floats, grad_b: Floats) -> Floats:
        """Return the slopes for weights in these units, given those for columns as they came."""
        if self.change_nothing:
            return grad_W
        return (grad_W - np.outer(self.centre, grad_b)) / self.scale[:, None]

    @property
    def are_far(self) -> bool:
        """Say whether rounding would show if only the parameters were changed."""
        far = np.abs(self.centre) > 1e4 * self.scale
        return bool(np.any(far | (self.scale < 1e-100) | (self.scale > 1e100)))


def _centre_and_scale(X: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each column; exact for a constant one."""
    columns = np.ascontiguousarray(X.T)  # a sum over rows is then one over neighbours in memory
    centre = np.where(columns.max(axis=1) == columns.min(axis=1), X[0], columns @ shares)
    spread = np.abs(columns - centre[:, None])
    largest = np.where(spread.any(axis=1), spread.max(axis=1), 1.0)
    # largest * (spread / largest) = spread: no square over- or underflows
    return centre, largest * np.sqrt((spread / largest[:, None]) ** 2 @ shares)
