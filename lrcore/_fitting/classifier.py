"""What all classifiers share: the flow of a fit, its warnings, and the way from score to label."""

import warnings
from abc import ABCMeta, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from lrcore._validation import (
    Floats,
    as_count,
    as_positive,
    check_flag,
    check_labels,
    check_numbers,
)
from lrcore.activations import sigmoid, softmax
from lrcore.optimizers import adam, gradient_descent, momentum

from .objectives import Objective
from .rows import Data, Labels, Rows

FIRST_ORDER = {"gd": gradient_descent, "sgd": gradient_descent, "momentum": momentum, "adam": adam}
_ROWS_PER_SGD_STEP = 32


class Classifier(ClassifierMixin, BaseEstimator, metaclass=ABCMeta):
    """The flow of a fit; a subclass fills in the model, by the four abstract methods."""

    solver: str
    learning_rate: float
    max_iter: int
    tol: float | None
    batch_size: int | None
    random_state: Any
    verbose: bool
    classes_: NDArray[Any]
    n_iter_: int
    loss_history_: list[float]
    _solvers: tuple[str, ...] = tuple(FIRST_ORDER)
    _two_classes_only = True

    @abstractmethod
    def _objective(self, rows: Data) -> Objective:
        """Return the loss, as a function of one vector of parameters."""

    @abstractmethod
    def _start(self, objective: Any, rng: np.random.RandomState) -> Floats:
        """Return the parameters at which the search begins."""

    @abstractmethod
    def _store(self, objective: Any, theta: Floats) -> None:
        """Keep the parameters that were found, as attributes."""

    @abstractmethod
    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Score samples."""

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Find the parameters that make the loss smallest.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.
        y : array_like, shape (n_samples,)
            Labels, numbers or strings, of as many kinds as there are classes.
        sample_weight : array_like, shape (n_samples,), optional
            How often each row counts: 0 drops a row, 2 counts it twice.

        Returns
        -------
        object
            The fitted estimator itself.

        Raises
        ------
        ValueError
            If an argument or a parameter of the estimator is out of range.
        """
        self._check_parameters()
        inputs, targets, weights = self._checked_rows(X, y, sample_weight)
        self.classes_, labels = self._checked_classes(targets, weights)
        kept = weights > 0
        if not kept.all():  # else there is no need of a copy
            inputs, labels, weights = inputs[kept], labels[kept], weights[kept]
        shares = weights / weights.max()  # first, lest the sum of huge weights overflow
        shares /= shares.sum()
        with np.errstate(over="ignore"):
            n_rows = weights.sum()
        return self._fit_to(Rows(inputs, labels, shares), n_rows)

    def _fit_to(self, rows: Data, n_rows: float) -> Self:
        """Find the minimum for rows that were checked; `n_rows` counts each by its weight."""
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a ConvergenceWarning says it below
            objective, theta = self._solve(rows)
            problem = "" if self.tol is None else self._problem(objective, theta)
            self._conclude(objective, theta, n_rows, problem)
        if problem:
            warnings.warn(problem, ConvergenceWarning, stacklevel=3)
        return self

    def _check_parameters(self) -> None:
        as_positive("learning_rate", self.learning_rate)
        as_count("max_iter", self.max_iter, least=1)
        if not isinstance(self.solver, str) or self.solver not in self._solvers:
            raise ValueError(
                f"solver: expected one of {', '.join(self._solvers)}, got {self.solver!r}"
            )
        if self.tol is not None:
            as_positive("tol", self.tol)
        check_flag("verbose", self.verbose)
        self._rng()
        if self.batch_size is not None:
            as_count("batch_size", self.batch_size, least=1)
            if self.solver in ("newton", "gd"):
                raise ValueError(
                    f"batch_size: expected None for solver={self.solver!r}, which uses "
                    f"all rows at each step, got {self.batch_size}"
                )

    def _checked_rows(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, **options: Any
    ) -> tuple[Floats, NDArray[Any], Floats]:
        """Return inputs, labels, and each row's weight."""
        check_labels("y", y)
        check_numbers("sample_weight", sample_weight)
        inputs, targets = self._checked_inputs(X, y, **options)
        try:
            if not _are_few_whole_numbers(targets):  # else a check would cost a tenth of a fit
                check_classification_targets(targets)
        except ValueError as error:
            raise ValueError(f"y: expected labels. {error}") from error
        weights = _check_sample_weight(
            sample_weight, inputs, dtype=np.float64, ensure_non_negative=True
        )
        return inputs, targets, weights

    def _checked_classes(self, y: NDArray[Any], weights: Floats) -> tuple[NDArray[Any], Labels]:
        """Return the classes in order, and the index of each label's class."""
        classes, indices = np.unique(y, return_inverse=True)
        if self._two_classes_only and len(classes) > 2:
            # the first sentence is scikit-learn's own, which its common tests look for
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(y)}. y: expected two classes, got {len(classes)}"
            )
        if len(classes) < 2:
            wanted = "two classes" if self._two_classes_only else "two classes or more"
            raise ValueError(f"y: expected {wanted}, got only one class: {classes[0]}")
        for label, weight in zip(classes, np.bincount(indices, weights), strict=True):
            if not weight > 0:
                raise ValueError(
                    "sample_weight: expected a positive weight in each class, "
                    f"got none in class {label}"
                )
        return classes, indices

    def _checked_inputs(self, *X_and_y: ArrayLike | None, **options: Any) -> Any:
        if scipy.sparse.issparse(X_and_y[0]):
            raise ValueError(
                "X: expected a dense array, got a sparse one, which is not supported: "
                "use X.toarray()"
            )
        check_numbers("X", X_and_y[0])
        # row after row in memory, however it came: a fit passes over the rows
        return validate_data(self, *X_and_y, dtype=np.float64, order="C", **options)

    def _solve(self, rows: Data) -> tuple[Objective, Floats]:
        """Take steps along the gradient, from a start that may be random."""
        objective = self._objective(rows)
        rng = self._rng()
        return objective, self._walk(objective, self._start(objective, rng), self.max_iter, rng)

    def _rng(self) -> np.random.RandomState:
        try:
            return check_random_state(self.random_state)
        except ValueError as error:
            raise ValueError(
                "random_state: expected None, a whole number from 0 to 2**32 - 1 or a RandomState, "
                f"got {self.random_state!r}"
            ) from error

    def _walk(
        self, objective: Objective, start: Floats, n_passes: int, rng: np.random.RandomState
    ) -> Floats:
        """Take steps along the gradient, of all rows or of one mini-batch after the other."""
        n_samples = len(objective.rows)
        steps_per_pass = -(-n_samples // self._rows_per_step(n_samples))
        batches = _shuffled_batches(n_samples, self._rows_per_step(n_samples), rng)
        self.loss_history_ = []

        def value_and_gradient(theta: Floats) -> tuple[float, Floats]:
            part = objective if steps_per_pass == 1 else objective.of_rows(next(batches))
            return part.value_and_gradient(theta)

        def before_each_step(step: int, theta: Floats, loss: float, gradient: Floats) -> bool:
            if step % steps_per_pass:
                return False
            if steps_per_pass > 1:  # loss and gradient are those of a batch
                loss, gradient = objective.value_and_gradient(theta)
            self.loss_history_.append(loss)
            self._report(step // steps_per_pass, theta, loss, gradient)
            return self.tol is not None and bool(np.max(np.abs(gradient)) <= self.tol)

        theta, _ = FIRST_ORDER[self.solver](
            value_and_gradient,
            start,
            learning_rate=self.learning_rate,
            n_iter=n_passes * steps_per_pass,
            callback=before_each_step,
        )
        self.n_iter_ = len(self.loss_history_)
        self._store(objective, theta)
        return theta

    def _rows_per_step(self, n_samples: int) -> int:
        default = _ROWS_PER_SGD_STEP if self.solver == "sgd" else n_samples
        return min(self.batch_size or default, n_samples)

    def _report(self, iteration: int, theta: Floats, loss: float, gradient: Floats) -> None:
        if self.verbose and (self.solver == "newton" or iteration % 100 == 0):
            print(f"iteration {iteration:5d}   loss {loss:.6f}")

    def _problem(self, objective: Any, theta: Floats) -> str:
        """Say in words why `theta` is not the one minimum of the loss; an empty string if it is."""
        loss, gradient = objective.value_and_gradient(theta)
        largest = np.max(np.abs(gradient))
        if largest <= self.tol:  # nan is not
            return ""
        return (
            f"not converged after {self.n_iter_} iterations: the largest entry of the gradient "
            f"is {largest:.1e}, above tol={self.tol:.1e}; the loss was "
            f"{self.loss_history_[0]:.6g} at the start and is {loss:.6g} now. "
            f"Try {self._advice(objective, loss)}."
        )

    def _conclude(self, objective: Any, theta: Floats, n_rows: float, problem: str) -> None:
        """Do what is left to do at the end of a fit; `n_rows` counts each row by its weight."""

    def _advice(self, objective: Objective, loss: float) -> str:
        if self._rows_per_step(len(objective.rows)) < len(objective.rows):
            newton = "solver='newton', or " if "newton" in self._solvers else ""
            return (
                f"{newton}batch_size=None with another solver: on mini-batches a step "
                "of constant length never settles. tol=None makes max_iter passes and does not ask"
            )
        recent = [*self.loss_history_[-10:], loss]
        rose = np.max(np.diff(recent)) > 1e-9 or not loss < self.loss_history_[0]
        if self.solver != "newton" and (rose or self.n_iter_ < self.max_iter):
            return "a smaller learning_rate: the step is too long for the loss to fall"
        return "more iterations (max_iter)"

    @contextmanager
    def _unchanged_by_errors(self) -> Iterator[None]:
        """Leave the estimator as it was, should anything go wrong."""
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            self.__dict__ = before
            raise

    def _fitted_rows(self, X: ArrayLike) -> Floats:
        """Return the rows to predict for, checked against those of fit."""
        check_is_fitted(self)
        return np.asarray(self._checked_inputs(X, reset=False))

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Give the probability of each class.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            Probabilities, in the order of ``classes_``; each row sums to 1.
        """
        scores = self.decision_function(X)
        if scores.ndim == 2:
            return np.asarray(softmax(scores))
        return np.column_stack([sigmoid(-scores), sigmoid(scores)])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Name the most likely class of each sample.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples,)
            Labels out of ``classes_``; the first one of those that are equally likely.
        """
        scores = self.decision_function(X)
        indices = np.argmax(scores, axis=1) if scores.ndim == 2 else (scores > 0).astype(int)
        return np.asarray(self.classes_[indices])

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = not self._two_classes_only
        return tags


def _are_few_whole_numbers(y: NDArray[Any]) -> bool:
    """Say whether these are labels at first sight: whole numbers, of fewer kinds than half of y."""
    whole = y.ndim == 1 and y.dtype.kind in "biu" and len(y) > 0
    return whole and 2 * (int(y.max()) - int(y.min())) < len(y)


def _shuffled_batches(
    n_samples: int, batch_size: int, rng: np.random.RandomState
) -> Iterator[NDArray[np.intp]]:
    """Yield the rows of one mini-batch after the other, in a new order at each pass."""
    while True:
        order = rng.permutation(n_samples)
        for start in range(0, n_samples, batch_size):
            yield order[start : start + batch_size]
