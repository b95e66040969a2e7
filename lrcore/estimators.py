"""Classifiers with scikit-learn's contract, on top of this package's losses and optimizers."""

import warnings
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from ._validation import Floats, as_count, as_positive
from .activations import log_sigmoid, sigmoid, sigmoid_derivative
from .optimizers import _newton_step, adam, gradient_descent, momentum, newton

_FIRST_ORDER = {"gd": gradient_descent, "sgd": gradient_descent, "momentum": momentum, "adam": adam}
_ROWS_PER_SGD_STEP = 32
_DEPENDENT = 1e-7  # below this share, a column's own part is lost in the rounding of a Hessian
_COLLINEAR = (
    "the columns of X (with the column of ones for the bias) are linearly dependent, or so nearly "
    "that the digits of a float cannot tell them apart: many weights fit equally well, and what is "
    "returned is one choice of them. Drop a column, or set l2 > 0."
)
_SEPARATED = (
    "{}, so without a penalty the likelihood has no maximum and the weights grow without end; what "
    "is returned is where the fit stopped. Set l2 > 0."
)


class _MeanLogLoss:
    r"""The loss that is minimized, as a function of one vector of parameters.

    .. math:: L(\theta) = -\sum_i s_i \log\sigma\bigl((2y_i - 1)\, x_i^\top\theta\bigr)
       + \tfrac12 \sum_j \lambda_j \theta_j^2

    The shares s_i sum to one: they are 1/n_samples unless samples have weights.  A bias is the
    weight of a column of ones, and its lambda is zero.
    """

    def __init__(self, X: Floats, y: Floats, shares: Floats, penalty: Floats) -> None:
        self.X, self.y, self.shares, self.penalty = X, y, shares, penalty

    def value_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        z = self.X @ theta
        # log p for y = 1 and log(1 - p) = log sigma(-z) for y = 0, in one expression
        loss = -self.shares @ log_sigmoid((2 * self.y - 1) * z) + 0.5 * self.penalty @ theta**2
        gradient = self.X.T @ (self.shares * (sigmoid(z) - self.y)) + self.penalty * theta
        return float(loss), gradient

    def value_gradient_hessian(self, theta: Floats) -> tuple[float, Floats, Floats]:
        curvature = self.shares * sigmoid_derivative(self.X @ theta)
        hessian = (self.X.T * curvature) @ self.X + np.diag(self.penalty)
        return *self.value_and_gradient(theta), hessian

    def margins(self, theta: Floats) -> Floats:
        """Return the score of each row's own class: positive where `theta` is right."""
        return (2 * self.y - 1) * (self.X @ theta)

    def flaw(self, theta: Floats) -> str:
        """Say why the unpenalized loss has no single minimum, though its gradient is small."""
        lengths = np.linalg.norm(self.X, axis=0)
        unit_columns = self.X / np.where(lengths > 0, lengths, 1.0)
        if np.linalg.matrix_rank(unit_columns, rtol=_DEPENDENT) < len(theta):
            return _COLLINEAR
        # near a minimum the next step of Newton's method points anywhere; where the loss falls for
        # ever, it points to where no row loses and some row gains
        _, gradient, hessian = self.value_gradient_hessian(theta)
        gains = self.margins(-_newton_step(hessian, gradient))
        if gains.max() > 0 and gains.min() >= -1e-6 * gains.max():
            return _SEPARATED.format(
                "a plane separates the two classes, but for rows that lie on it"
            )
        return ""

    def of_rows(self, rows: NDArray[np.intp]) -> "_MeanLogLoss":
        """Estimate this loss from some of its rows."""
        shares = self.shares[rows] * (len(self.y) / len(rows))
        return _MeanLogLoss(self.X[rows], self.y[rows], shares, self.penalty)


class LogisticRegression(ClassifierMixin, BaseEstimator):
    r"""Classify into two classes: a linear score, a sigmoid, and the mean cross-entropy.

    .. math:: P(y = 1 \mid x) = \sigma(w^\top x + b), \qquad
       \min_{w, b}\; -\frac1n \sum_{i=1}^n \bigl[y_i \log p_i + (1 - y_i) \log(1 - p_i)\bigr]
       + \frac{\lambda}{2} \|w\|^2

    Parameters
    ----------
    l2 : float, default 0.0
        Strength :math:`\lambda` of the penalty ``l2/2 * ||w||^2`` on the mean loss; the bias is not
        penalized.  scikit-learn's ``C`` is ``1 / (l2 * n_samples)``.
    solver : {"newton", "gd", "sgd", "momentum", "adam"}, default "newton"
        How to find the minimum: Newton's method; gradient descent with all rows at each step, or
        with a few (sgd); gradient descent with momentum; Adam.
    learning_rate : float, default 0.1
        Step size of all solvers but newton.  On features of very different scales no step size is
        good: standardize them first.
    max_iter : int, default 1000
        The largest number of steps; with mini-batches, of passes over the rows.
    tol : float or None, default 1e-8
        Converged means that no entry of the gradient is larger.  With None, the solver makes
        `max_iter` iterations, and nothing is claimed or checked.
    batch_size : int, optional
        Rows for each step of sgd (32 if not given), momentum and adam (all if not given).
    fit_intercept : bool, default True
        Whether the model has a bias.
    random_state : int, numpy.random.RandomState or None
        Decides the order of the rows in mini-batches.
    verbose : bool, default False
        Whether to print the loss while fitting: at each iteration of newton, at every 100th of the
        others.

    Attributes
    ----------
    coef_ : ndarray, shape (1, n_features)
        Weights.
    intercept_ : ndarray, shape (1,)
        Bias.
    classes_ : ndarray, shape (2,)
        The labels, sorted; the second one is the positive class.
    n_iter_ : int
        Number of iterations made.
    loss_history_ : list of float
        The loss, penalty included, before each iteration; ``n_iter_`` entries.
    n_features_in_ : int
        Number of columns seen by fit.
    feature_names_in_ : ndarray, shape (n_features,)
        Column names, if fit was given a frame whose columns have names.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        If the minimum was not reached: too few iterations, too long a step, classes that a plane
        separates (without a penalty there is then no minimum), or linearly dependent columns
        (there are then many).

    Notes
    -----
    Newton's method standardizes the columns inside and undoes it in the result, so the units of
    measurement do not matter.  :doc:`Chapter 9 </09_a_classifier_you_can_use>` of the book builds
    the class step by step.

    References
    ----------
    D. R. Cox, "The regression analysis of binary sequences", Journal of the Royal Statistical
    Society B 20(2), 1958, pp. 215-242.

    Examples
    --------
    >>> hours = [[0.5], [1.0], [1.5], [2.0], [2.5], [3.0], [3.5], [4.0]]
    >>> passed = [0, 0, 0, 1, 0, 1, 1, 1]
    >>> model = LogisticRegression().fit(hours, passed)
    >>> print(f"weight {model.coef_[0, 0]:.4f}, bias {model.intercept_[0]:.4f}")
    weight 2.5646, bias -5.7703
    >>> model.predict([[1.0], [3.0]])
    array([0, 1])
    >>> print(model.predict_proba([[2.25]]).round(4))
    [[0.5 0.5]]
    """

    coef_: Floats
    intercept_: Floats
    classes_: NDArray[Any]
    n_iter_: int
    loss_history_: list[float]

    def __init__(
        self,
        *,
        l2: float = 0.0,
        solver: str = "newton",
        learning_rate: float = 0.1,
        max_iter: int = 1000,
        tol: float | None = 1e-8,
        batch_size: int | None = None,
        fit_intercept: bool = True,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.l2 = l2
        self.solver = solver
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.tol = tol
        self.batch_size = batch_size
        self.fit_intercept = fit_intercept
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Find the weights and the bias that make the loss smallest.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.
        y : array_like, shape (n_samples,)
            Labels of exactly two kinds, numbers or strings.
        sample_weight : array_like, shape (n_samples,), optional
            How often each row counts: 0 drops a row, 2 counts it twice.

        Returns
        -------
        LogisticRegression
            The fitted estimator itself.

        Raises
        ------
        ValueError
            If an argument or a parameter of the estimator is out of range.
        """
        self._check_parameters()
        rows, targets = validate_data(self, X, y, dtype=np.float64)
        weights = _check_sample_weight(
            sample_weight, rows, dtype=np.float64, ensure_non_negative=True
        )
        self.classes_, labels = _two_classes(targets, weights)
        kept = weights > 0
        shares = weights[kept] / weights.max()  # first, lest the sum of huge weights overflow
        solve = self._fit_newton if self.solver == "newton" else self._fit_first_order
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a ConvergenceWarning says it below
            objective, theta = solve(rows[kept], labels[kept], shares / shares.sum())
            problem = "" if self.tol is None else self._problem(objective, theta)
        if problem:
            warnings.warn(problem, ConvergenceWarning, stacklevel=2)
        return self

    def _check_parameters(self) -> None:
        as_positive("l2", self.l2, zero_allowed=True)
        as_positive("learning_rate", self.learning_rate)
        as_count("max_iter", self.max_iter, least=1)
        solvers = ["newton", *_FIRST_ORDER]
        if self.solver not in solvers:
            raise ValueError(f"solver: expected one of {', '.join(solvers)}, got {self.solver!r}")
        if self.tol is not None:
            as_positive("tol", self.tol)
        if self.batch_size is not None:
            as_count("batch_size", self.batch_size, least=1)
            if self.solver in ("newton", "gd"):
                raise ValueError(
                    f"batch_size: expected None for solver={self.solver!r}, which uses "
                    f"all rows at each step, got {self.batch_size}"
                )

    def _objective(self, X: Floats, y: Floats, shares: Floats, penalty: Floats) -> _MeanLogLoss:
        if self.fit_intercept:  # a bias is the weight of a column of ones
            X, penalty = np.column_stack([X, np.ones(len(X))]), np.append(penalty, 0.0)
        return _MeanLogLoss(X, y, shares, penalty)

    def _fit_newton(self, X: Floats, y: Floats, shares: Floats) -> tuple[_MeanLogLoss, Floats]:
        # w.x + b = (scale w).((x - centre)/scale) + (b + w.centre): the same model in better units
        centre, scale = _centre_and_scale(X, shares)
        if not self.fit_intercept:
            centre, scale = np.zeros_like(centre), np.hypot(centre, scale)
        scale = np.where(scale > 0, scale, 1.0)
        # a square that overflows would make nan of the penalty on a weight of zero
        penalty = np.minimum((np.sqrt(self.l2) / scale) ** 2, np.finfo(np.float64).max)
        objective = self._objective((X - centre) / scale, y, shares, penalty)
        theta, self.loss_history_ = newton(
            objective.value_gradient_hessian,
            np.zeros(objective.X.shape[1]),
            tol=self.tol,
            max_iter=self.max_iter,
            callback=self._report,
        )
        self._store(theta)
        self.coef_ = self.coef_ / scale
        self.intercept_ = self.intercept_ - self.coef_ @ centre
        return objective, theta

    def _fit_first_order(self, X: Floats, y: Floats, shares: Floats) -> tuple[_MeanLogLoss, Floats]:
        objective = self._objective(X, y, shares, np.full(X.shape[1], float(self.l2)))
        n_samples, n_params = objective.X.shape
        default = _ROWS_PER_SGD_STEP if self.solver == "sgd" else n_samples
        batch_size = min(self.batch_size or default, n_samples)
        steps_per_pass = -(-n_samples // batch_size)
        batches = _shuffled_batches(n_samples, batch_size, check_random_state(self.random_state))
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

        theta, _ = _FIRST_ORDER[self.solver](
            value_and_gradient,
            np.zeros(n_params),
            learning_rate=self.learning_rate,
            n_iter=self.max_iter * steps_per_pass,
            callback=before_each_step,
        )
        self._store(theta)
        return objective, theta

    def _report(self, iteration: int, theta: Floats, loss: float, gradient: Floats) -> None:
        if self.verbose and (self.solver == "newton" or iteration % 100 == 0):
            print(f"iteration {iteration:5d}   loss {loss:.6f}")

    def _store(self, theta: Floats) -> None:
        n_features = self.n_features_in_
        self.coef_ = theta[None, :n_features].copy()
        self.intercept_ = theta[n_features:].copy() if self.fit_intercept else np.zeros(1)
        self.n_iter_ = len(self.loss_history_)

    def _problem(self, objective: _MeanLogLoss, theta: Floats) -> str:
        """Say in words why `theta` is not the one minimum of the loss; an empty string if it is."""
        free = not objective.penalty.any()
        if free and objective.margins(theta).min() > 0:
            return _SEPARATED.format("a plane separates the two classes")
        loss, gradient = objective.value_and_gradient(theta)
        largest = np.max(np.abs(gradient))
        if not largest <= self.tol:  # nan is not converged either
            return (
                f"not converged after {self.n_iter_} iterations: the largest entry of the gradient "
                f"is {largest:.1e}, above tol={self.tol:.1e}; the loss was "
                f"{self.loss_history_[0]:.6g} at the start and is {loss:.6g} now. "
                f"Try {self._advice(objective, loss)}."
            )
        return objective.flaw(theta) if free else ""

    def _advice(self, objective: _MeanLogLoss, loss: float) -> str:
        default = _ROWS_PER_SGD_STEP if self.solver == "sgd" else np.inf
        if (self.batch_size or default) < len(objective.y):
            return (
                "solver='newton', or batch_size=None with another solver: on mini-batches a step "
                "of constant length never settles. tol=None makes max_iter passes and does not ask"
            )
        recent = [*self.loss_history_[-10:], loss]
        rose = np.max(np.diff(recent)) > 1e-9 or not loss < self.loss_history_[0]
        if self.solver != "newton" and (rose or self.n_iter_ < self.max_iter):
            return "a smaller learning_rate: the step is too long for the loss to fall"
        return "more iterations (max_iter)"

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Score samples: ``X @ w + b``, the log-odds of the second class.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples,)
            Scores in nats; positive where the second class is the more likely one.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.
        ValueError
            If `X` is not 2-D, holds nan or inf, or has another number of columns than in fit.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray(rows @ self.coef_[0] + self.intercept_[0])

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Give the probability of each class.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples, 2)
            Probabilities, in the order of ``classes_``; each row sums to 1.
        """
        z = self.decision_function(X)
        return np.column_stack([sigmoid(-z), sigmoid(z)])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Name the more likely class of each sample.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples,)
            Labels out of ``classes_``; the first one where both are equally likely.
        """
        positive = self.decision_function(X) > 0
        return np.asarray(self.classes_[positive.astype(int)])

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def _two_classes(y: NDArray[Any], weights: Floats) -> tuple[NDArray[Any], Floats]:
    """Return the two classes, and for each row 0.0 or 1.0."""
    check_classification_targets(y)
    classes, indices = np.unique(y, return_inverse=True)
    if len(classes) > 2:
        # the first sentence is scikit-learn's own, which its common tests look for
        raise ValueError(
            "Only binary classification is supported. The type of the target is "
            f"{type_of_target(y)}. y: expected two classes, got {len(classes)}"
        )
    if len(classes) < 2:
        raise ValueError(f"y: expected two classes, got only one class: {classes[0]}")
    for index, label in enumerate(classes):
        if not np.any(weights[indices == index] > 0):
            raise ValueError(
                "sample_weight: expected a positive weight in each class, "
                f"got none in class {label}"
            )
    return classes, indices.astype(np.float64)


def _centre_and_scale(X: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each column; exact for a constant one."""
    centre = np.where(X.max(axis=0) == X.min(axis=0), X[0], shares @ X)
    spread = np.abs(X - centre)
    largest = np.where(spread.any(axis=0), spread.max(axis=0), 1.0)
    # largest * (spread / largest) = spread: no square over- or underflows
    return centre, largest * np.sqrt(shares @ (spread / largest) ** 2)


def _shuffled_batches(n_samples: int, batch_size: int, rng: np.random.RandomState) -> Any:
    """Yield the rows of one mini-batch after the other, in a new order at each pass."""
    while True:
        order = rng.permutation(n_samples)
        for start in range(0, n_samples, batch_size):
            yield order[start : start + batch_size]
