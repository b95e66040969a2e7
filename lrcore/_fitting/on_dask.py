"""Rows that Dask holds: what is sent to them, what comes back, and a `fit` that uses it."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

try:
    import dask
    import dask.array
    import dask.dataframe
except ImportError as error:
    words = "lrcore.distributed needs Dask: pip install 'dask[array,dataframe]' distributed"
    raise ImportError(words) from error

from lrcore._validation import Floats

from .blocks import (
    Checked,
    Elsewhere,
    Survey,
    as_rows,
    joined,
    naming,
    room,
    that_count,
    weight_of_labels,
    with_more,
)
from .incremental import IncrementalClassifier
from .rows import Rows, Units

_AT_ONCE = 8  # so many sums are added up by one task

Lazy = Any  # a dask Delayed: what it stands for is computed where its data are


@dataclass(frozen=True)
class Cluster(Elsewhere):
    """Blocks of rows on other machines, each a lazy :class:`Rows`."""

    blocks: list[Lazy]

    def total(self, of_block: Callable[..., Any], add: Callable[..., Any] = operator.add) -> Any:
        """Add up what `of_block` makes of each block, in a tree whose last branch ends here."""
        sent = dask.delayed(of_block, traverse=False)
        sums = [dask.delayed(_total)(rows, sent, add) for rows in self.blocks]
        while len(sums) > 1:
            starts = range(0, len(sums), _AT_ONCE)
            sums = [dask.delayed(_sum)(sums[i : i + _AT_ONCE], add) for i in starts]
        return dask.compute(*sums)[0]

    def in_units(self, units: Units) -> Cluster:
        """Return the same rows, with their columns in `units` at each pass."""
        sent = dask.delayed(units, traverse=False)
        blocks = [dask.delayed(Rows.in_units)(rows, sent) for rows in self.blocks]
        return Cluster(self.n_rows, self.kept.in_units(units), blocks)


class OnDask(IncrementalClassifier):
    """A linear classifier whose `fit` takes what Dask holds."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Find the parameters that make the loss smallest, where the rows are.

        The work is done by the caller's scheduler: threads, or the current
        ``dask.distributed.Client``.  Each step of the search computes `X` anew: call its
        ``persist()`` first if the workers' memory can hold it.

        Parameters
        ----------
        X : dask array or dataframe, shape (n_samples, n_features)
            Inputs.
        y : dask array, series or dataframe of one column, shape (n_samples,)
            Labels, in blocks like those of `X`.
        sample_weight : dask array or series, shape (n_samples,), optional
            How often each row counts, in blocks like those of `X`.

        Returns
        -------
        object
            The fitted estimator itself.

        Raises
        ------
        ValueError
            If an argument is not Dask's, has another number of blocks than `X`, or a block is
            empty or does not fit the others: the message names the block.  If the solver takes
            mini-batches.  The estimator then is as it was before.
        """
        self._check_parameters()
        self._check_uses_all_rows()
        with self._unchanged_by_errors():
            given = _in_blocks(X=X, y=y, sample_weight=sample_weight)
            self._checked_inputs(_example(X))
            checker = dask.delayed(copy.copy(self), traverse=False)
            checked = [dask.delayed(_checked)(checker, i, *parts) for i, parts in enumerate(given)]
            survey = self._survey(checked)
            total, kept = self._learn_classes(survey)
            rows = [dask.delayed(as_rows)(block, self.classes_, total) for block in checked]
            return self._fit_to(Cluster(survey.n_rows, kept, rows), total)

    def _survey(self, checked: list[Lazy]) -> Survey:
        """Have a first look at all blocks, where they are."""
        looks = dask.compute(*(dask.delayed(_look)(block) for block in checked))
        lengths, labels, weights = zip(*looks, strict=True)
        classes: NDArray[Any] | None = None
        for index, more in enumerate(labels):
            with naming(index, of="y"):
                classes = with_more(classes, more, two_only=self._two_classes_only)
        kept = _sample(checked, lengths, self.n_features_in_)
        return Survey(sum(lengths), np.concatenate(labels), np.concatenate(weights), kept)


# What is done where a block is.


def _checked(estimator: OnDask, index: int, X: Any, y: Any, weights: Any = None) -> Checked:
    with naming(index, of="X"):
        return estimator._checked_rows(X, y, weights, reset=False)


def _look(block: Checked) -> tuple[int, NDArray[Any], Floats]:
    return len(that_count(block)[0]), *weight_of_labels(*block[1:])


def _some(block: Checked, every: slice) -> Checked:
    X, y, weights = that_count(block)
    return X[every], y[every], weights[every]


def _total(rows: Rows, of_block: Callable[..., Any], add: Callable[..., Any]) -> Any:
    return rows.total(of_block, add)


def _sum(parts: list[Any], add: Callable[..., Any]) -> Any:
    return reduce(add, parts)


# What is done here.


def _sample(checked: list[Lazy], lengths: Sequence[int], n_features: int) -> Checked:
    """Fetch every so many-th row of those that count."""
    step = -(-sum(lengths) // room(n_features)) or 1
    starts = np.cumsum([0, *lengths[:-1]])
    every = [slice(int(-start % step), None, step) for start in starts]
    return joined(list(dask.compute(*map(dask.delayed(_some), checked, every))))


def _in_blocks(**arguments: Any) -> list[tuple[Lazy, ...]]:
    """Return the first block of each argument, the second of each, and so on."""
    given = {name: _blocks_of(name, a) for name, a in arguments.items() if a is not None}
    for name, blocks in given.items():
        if len(blocks) != len(given["X"]):
            raise ValueError(
                f"{name}: expected as many blocks as X has, {len(given['X'])}, got {len(blocks)}"
            )
    return list(zip(*given.values(), strict=True))


def _blocks_of(name: str, collection: Any) -> list[Lazy]:
    if isinstance(collection, dask.array.Array):
        columns = dict.fromkeys(range(1, collection.ndim), -1)
        return list(collection.rechunk(columns).to_delayed().ravel())
    if isinstance(collection, dask.dataframe.DataFrame | dask.dataframe.Series):
        return list(collection.to_delayed())
    raise ValueError(
        f"{name}: expected a dask array or dataframe, got a {type(collection).__name__}: "
        "dask.array.from_array makes one, and lrcore itself fits what is in memory"
    )


def _example(X: Any) -> Any:
    """Return a row that has the columns of `X`."""
    if isinstance(X, dask.dataframe.DataFrame):
        return X._meta_nonempty
    return np.zeros((1, *X.shape[1:]))
