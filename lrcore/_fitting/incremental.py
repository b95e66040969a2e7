"""Fits of a linear model to rows that come one block after the other."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning

from lrcore._validation import Floats, check_labels
from lrcore.optimizers import newton

from .blocks import Blocks, Reader, Survey, as_rows, check_total
from .classifier import Classifier
from .linear import LinearClassifier
from .objectives import LinearObjective
from .rows import Data, Rows, Units


@dataclass(frozen=True)
class Parabola:
    """The loss of rows that are gone, summed over them: c + g.theta + theta.H theta / 2."""

    constant: float
    slopes: Floats
    hessian: Floats
    n_rows: float

    @classmethod
    def flat(cls, n_params: int) -> Parabola:
        """Return the parabola of no rows."""
        return cls(0.0, np.zeros(n_params), np.zeros((n_params, n_params)), 0.0)

    def value_gradient_hessian(self, theta: Floats) -> tuple[float, Floats, Floats]:
        """Return height, slopes and curvature at `theta`."""
        bent = self.hessian @ theta
        value = self.constant + self.slopes @ theta + 0.5 * theta @ bent
        return float(value), self.slopes + bent, self.hessian

    def with_rows(
        self, n_rows: float, theta: Floats, loss: float, gradient: Floats, hessian: Floats
    ) -> Parabola:
        """Add the parabola that touches the mean loss of so many more rows at `theta`."""
        bent = hessian @ theta
        constant = float(loss - gradient @ theta + 0.5 * theta @ bent)
        return Parabola(
            self.constant + n_rows * constant,
            self.slopes + n_rows * (gradient - bent),
            self.hessian + n_rows * hessian,
            self.n_rows + n_rows,
        )


@dataclass(frozen=True)
class AllRowsSoFar:
    """The mean loss of the rows at hand and of those before them, of which a parabola is left."""

    objective: LinearObjective  # of the rows at hand
    n_rows: float
    past: Parabola

    def value_gradient_hessian(self, theta: Floats) -> tuple[float, Floats, Floats]:
        # scaled up here, for the mean scales it down with the loss of the rows at hand
        penalty = self.objective.penalty * (self.n_all / self.n_rows)
        now = replace(self.objective, penalty=penalty).value_gradient_hessian(theta)
        before = self.past.value_gradient_hessian(theta)
        value, gradient, hessian = map(self._mean, before, now)
        return value, gradient, hessian

    def value_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        return self.value_gradient_hessian(theta)[:2]

    @property
    def rows(self) -> Data:
        return self.objective.rows

    @property
    def n_all(self) -> float:
        return self.past.n_rows + self.n_rows

    def _mean(self, sum_before: Any, mean_now: Any) -> Any:
        return (sum_before + self.n_rows * mean_now) / self.n_all


class IncrementalClassifier(LinearClassifier):
    """A linear classifier that need not see all rows at once."""

    def fit_blocks(self, blocks: Any, *, progress: bool = False) -> Self:
        """Find the parameters that make the loss smallest, for rows that are read block by block.

        The result is that of :meth:`fit` for all rows together.  Each step of the search is one
        pass over the blocks; memory holds one of them at a time, and a sample of all rows.

        Parameters
        ----------
        blocks : iterable or callable
            Yields ``(X, y)`` or ``(X, y, sample_weight)``, as :meth:`fit` takes them, and the same
            ones each time it is iterated: a list of slices of a ``numpy.memmap``, say.  A
            callable is called for each pass and returns what is then iterated: a function that
            opens the files one after the other and yields their rows.
        progress : bool, default False
            Whether to show a bar for each pass.

        Returns
        -------
        object
            The fitted estimator itself.

        Raises
        ------
        ValueError
            If `blocks` can be read only once or gives other rows at a later pass; or if a block
            cannot be read, is empty, or does not fit those before it: the message names the block.
            If the solver takes mini-batches, which it would have to draw from all rows.  The
            estimator then is as it was before.

        See Also
        --------
        partial_fit : one pass, for rows that cannot be read again.

        Notes
        -----
        :doc:`Chapter 16 </16_speed_and_scale>` of the book shows why sums over blocks are enough.
        """
        self._check_parameters()
        self._check_uses_all_rows()
        reader = Reader(blocks, self._checked_rows, _bar if progress else _no_bar)
        with self._unchanged_by_errors():
            survey = Survey.of(reader, two_only=self._two_classes_only)
            total, kept = self._learn_classes(survey)
            read = reader.rows(self.classes_, total)
            return self._fit_to(Blocks(survey.n_rows, kept, read), total)

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        r"""Learn from some more rows, which are not needed again.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.
        y : array_like, shape (n_samples,)
            Labels.
        classes : array_like, shape (n_classes,)
            All labels that will ever come.  Needed at the first call; later it may be left out.
        sample_weight : array_like, shape (n_samples,), optional
            How often each row counts.

        Returns
        -------
        object
            The estimator itself.

        Raises
        ------
        ValueError
            If an argument is out of range, a label is not one of `classes`, or `classes` is missing
            at the first call or differs later.  The estimator then is as it was before.

        Notes
        -----
        With ``solver="newton"`` the rows of each call leave behind the parabola that touches their
        loss at the minimum found, and the next call minimizes its own rows' loss plus the parabolas
        of all rows before:

        .. math:: L_t(\theta) + \sum_{s < t} \bigl[L_s(\theta_s) + \nabla L_s(\theta_s)^\top d_s
           + \tfrac12 d_s^\top H_s(\theta_s)\, d_s\bigr], \qquad d_s = \theta - \theta_s

        The first call is what :meth:`fit` does; after many, the result differs from that of one fit
        to all rows by less than the data leave open.  Of a :meth:`fit` before the first call
        nothing is left but the minimum and the number of rows: the loss is taken to curve for those
        rows as it does for the first ones given here.  The other solvers take one pass of their
        steps over the rows, from where they stand.  :doc:`Chapter 16 </16_speed_and_scale>` of the
        book compares a stream with a fit to all rows.

        References
        ----------
        D. J. Spiegelhalter, S. L. Lauritzen, "Sequential updating of conditional probabilities on
        directed graphical structures", Networks 20(5), 1990, pp. 579-605, section 4.2,
        doi:10.1002/net.3230200507.
        """
        self._check_parameters()
        with self._unchanged_by_errors():
            first = self._take_classes(classes)
            checked = self._checked_rows(X, y, sample_weight, reset=first)
            total = float(checked[2].sum())
            check_total(total)
            rows = as_rows(checked, self.classes_, total)
            with np.errstate(all="ignore"):
                learn = self._learn if self.solver == "newton" else self._step
                problem = learn(rows, total, first=first)
            self._no_maximum = "was made by partial_fit, which keeps no rows"
        if problem:
            warnings.warn(problem, ConvergenceWarning, stacklevel=2)
        return self

    def _learn_classes(self, survey: Survey) -> tuple[float, Rows]:
        """Take the classes from a first look; return the sum of all weights, and the sample."""
        self.classes_, _ = self._checked_classes(survey.labels, survey.weights)
        total = float(survey.weights.sum())
        check_total(total)
        return total, as_rows(survey.kept, self.classes_, float(survey.kept[2].sum()))

    def _conclude(
        self, objective: LinearObjective, theta: Floats, n_rows: float, problem: str
    ) -> None:
        super()._conclude(objective, theta, n_rows, problem)
        self._n_rows = n_rows
        self.__dict__.pop("_past", None)

    def _check_uses_all_rows(self) -> None:
        if self.solver == "sgd" or self.batch_size is not None:
            raise ValueError(
                "solver: expected one that uses all rows at each step, since mini-batches are "
                f"drawn from all rows at random, got solver={self.solver!r} with "
                f"batch_size={self.batch_size}: use partial_fit for each block"
            )

    def _take_classes(self, classes: ArrayLike | None) -> bool:
        """Check `classes`, and say whether this is the first call of partial_fit."""
        known = getattr(self, "classes_", None)
        check_labels("classes", classes)
        if known is None and classes is None:
            raise ValueError(
                "classes: expected the labels of all classes at the first call of partial_fit, "
                "got None"
            )
        if known is None:
            labels = np.unique(np.asarray(classes))
            self.classes_, _ = self._checked_classes(labels, np.ones(len(labels)))
        elif classes is not None and not np.array_equal(np.unique(np.asarray(classes)), known):
            raise ValueError(
                f"classes: expected those of the first call, {known.tolist()}, got {classes}"
            )
        return known is None

    def _learn(self, rows: Rows, n_rows: float, *, first: bool) -> str:
        """Minimize the loss of these rows and of the parabola that is left of those before.

        Return what is wrong with the minimum, in words.
        """
        past = getattr(self, "_past", None)
        if past is None:
            self._units = Units.of(rows, about_zero=not self.fit_intercept)
        objective = self._in_units(rows, self._units, free=True).with_copied_rows()
        unpenalized = replace(objective, penalty=np.zeros_like(objective.penalty))
        start = np.zeros(objective.n_params) if first else self._theta(objective, self._units)
        if past is None:
            past = Parabola.flat(objective.n_params)
            if not first:
                if not hasattr(self, "_n_rows"):
                    raise ValueError(
                        "solver: expected that of the first call of partial_fit, got 'newton', "
                        "which goes on from a fit, or from rows that it has seen itself"
                    )
                # at the minimum of a fit, the slopes of loss and penalty cancel
                loss, _, hessian = unpenalized.value_gradient_hessian(start)
                slopes = -objective.penalty_on_each * start
                past = past.with_rows(self._n_rows, start, loss, slopes, hessian)
        so_far = AllRowsSoFar(objective, n_rows, past)
        theta, self.loss_history_ = newton(
            so_far.value_gradient_hessian,
            start,
            tol=self.tol,
            max_iter=self.max_iter,
            callback=self._report,
        )
        self.n_iter_ = len(self.loss_history_)
        self._keep(*self._units.weights(*objective.in_units(theta)))
        self._past = past.with_rows(n_rows, theta, *unpenalized.value_gradient_hessian(theta))
        if self.tol is None:
            return ""
        # what is left of earlier rows curves everywhere, so only the first call may lack a minimum
        return (
            self._problem(objective, theta) if first else Classifier._problem(self, so_far, theta)
        )

    def _theta(self, objective: LinearObjective, units: Units) -> Floats:
        """Return the fitted parameters as the objective wants them, for columns in `units`."""
        V, c = units.parameters(self.coef_.T, self.intercept_)
        columns = np.vstack([V, c])[: objective.n_columns]
        return (columns @ objective.scores.basis).ravel()

    def _step(self, rows: Rows, n_rows: float, *, first: bool) -> str:
        """Take one pass of steps along the gradient over these rows, which ends where it ends."""
        objective = self._objective(rows)
        rng = self._rng()
        start = self._start(objective, rng) if first else self._theta(objective, objective.units)
        self._walk(objective, start, 1, rng)
        return ""


def _bar(blocks: Iterable[Any], total: int | None) -> Iterable[Any]:
    from tqdm.auto import tqdm

    return tqdm(blocks, total=total, unit="block")


def _no_bar(blocks: Iterable[Any], total: int | None) -> Iterable[Any]:
    return blocks
