"""What the linear classifiers share: units of measure, Newton's method, and flaws of a minimum."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.linalg
from sklearn.utils.validation import check_is_fitted

from lrcore._validation import Floats, as_positive, check_flag
from lrcore.optimizers import _newton_step

from .classifier import FIRST_ORDER, Classifier
from .objectives import LinearObjective, Logistic, Objective, Softmax
from .rows import Data, Units
from .search import minimize
from .summary import standard_errors

_DEPENDENT = 1e-7  # below this share, a column's own part is lost in the rounding of a Hessian
_DEFINITE = 1e-5  # above this share of curvature, no column is nearly dependent on others
_COLLINEAR = (
    "the columns of X (with the column of ones for the bias) are linearly dependent, or so nearly "
    "that the digits of a float cannot tell them apart: many weights fit equally well, and what is "
    "returned is one choice of them. Drop a column, or set l2 > 0."
)
_SEPARATED = (
    "{}, so without a penalty the likelihood has no maximum and the weights grow without end, in "
    "the direction {}; what is returned is where the fit stopped. Set l2 > 0."
)
_OVERFLOW = (
    "the weights are larger than the largest float: the columns of X are too small. Measure them "
    "in other units."
)
_LEAST_SCALE = 1e-150  # its square is a float, and so is one over it
_NAMED = 3  # columns that are named when a direction is told


class LinearClassifier(Classifier):
    """A classifier of linear scores: Newton's method, and the flaws that a minimum may have."""

    coef_: Floats
    intercept_: Floats
    _solvers = ("newton", *FIRST_ORDER)

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

    @abstractmethod
    def _scores(self, *, free: bool) -> Logistic | Softmax:
        """Return what the loss makes of scores; `free` of parameters that change nothing or not."""

    def _check_parameters(self) -> None:
        as_positive("l2", self.l2, zero_allowed=True)
        check_flag("fit_intercept", self.fit_intercept)
        super()._check_parameters()

    def _objective(self, rows: Data) -> LinearObjective:
        return self._in_units(rows, Units.none(rows.n_features), free=False)

    def _in_units(self, rows: Data, units: Units, *, free: bool) -> LinearObjective:
        # a square that overflows would make nan of the penalty on a weight of zero
        penalty = np.minimum((np.sqrt(float(self.l2)) / units.scale) ** 2, np.finfo(np.float64).max)
        return LinearObjective(rows, self._scores(free=free), penalty, units, self.fit_intercept)

    def _start(self, objective: LinearObjective, rng: np.random.RandomState) -> Floats:
        return np.zeros(objective.n_params)

    def _solve(self, rows: Data) -> tuple[Objective, Floats]:
        return self._newton(rows) if self.solver == "newton" else super()._solve(rows)

    def _newton(self, rows: Data) -> tuple[Objective, Floats]:
        units = Units.of(rows, about_zero=not self.fit_intercept)
        if self.l2:  # else the penalty on a weight for such columns overflows
            least = _LEAST_SCALE * np.sqrt(float(self.l2))
            units = replace(units, scale=np.maximum(units.scale, least))
        objective = self._in_units(rows, units, free=True)
        if rows.are_few or units.are_far:
            objective = objective.with_copied_rows()
        theta, self.loss_history_ = minimize(
            objective, tol=self.tol, max_iter=self.max_iter, callback=self._report
        )
        self.n_iter_ = len(self.loss_history_)
        self._keep(*units.weights(*objective.in_units(theta)))
        self._units = units
        return objective, theta

    def _store(self, objective: LinearObjective, theta: Floats) -> None:
        self._keep(*objective.weights(theta))

    def _keep(self, W: Floats, b: Floats) -> None:
        self.coef_, self.intercept_ = W.T.copy(), b.copy()

    def _problem(self, objective: LinearObjective, theta: Floats) -> str:
        if not np.isfinite(self.coef_).all():
            return _OVERFLOW
        if objective.penalty.any():
            return super()._problem(objective, theta)
        if objective.margins(theta)[0] > 0:
            return self._separated(objective, theta, but_for_some=False)
        problem = super()._problem(objective, theta)
        if problem:
            return problem
        step, definite = _next_step(objective, theta)
        if definite and np.max(np.abs(step)) <= 1e-4:
            return ""
        if _is_collinear(objective):
            return _COLLINEAR
        # near a minimum the next step of Newton's method points anywhere; where the loss falls for
        # ever, it points to where no row loses and some row gains
        worst, best = objective.margins(-step)
        if best > 0 and worst >= -1e-6 * best:
            return self._separated(objective, -step, but_for_some=True)
        return ""

    def _separated(self, objective: LinearObjective, theta: Floats, *, but_for_some: bool) -> str:
        two = len(self.classes_) == 2
        who = "a plane separates the two classes" if two else "planes separate the classes"
        if but_for_some:
            some = "planes separate some of the classes, but for rows that lie on them"
            who = f"{who}, but for rows that lie on it" if two else some
        direction = _in_words(objective.in_units(theta)[0], self._names())
        standardized = " (columns standardized)" if self.solver == "newton" else ""
        return _SEPARATED.format(who, direction + standardized)

    def _names(self) -> list[str]:
        names = getattr(self, "feature_names_in_", [f"x{j}" for j in range(self.n_features_in_)])
        return [str(name) for name in names]

    def _conclude(
        self, objective: LinearObjective, theta: Floats, n_rows: float, problem: str
    ) -> None:
        self._no_maximum = self._why_no_maximum(problem)
        if not self._no_maximum:
            loss, _ = objective.value_and_gradient(theta)
            self._log_likelihood = float(-n_rows * loss)
            hessian = n_rows * objective.hessian(theta)
            self._errors = standard_errors(hessian, self._units, objective.scores.basis)

    def _why_no_maximum(self, problem: str) -> str:
        if self.l2 > 0:
            return f"has a penalty (l2={self.l2})"
        if self.solver != "newton":
            return f"was made by solver={self.solver!r}: use 'newton'"
        if self.tol is None:
            return "was made with tol=None, which checks nothing"
        return "ended with a ConvergenceWarning" if problem else ""

    def _check_maximum(self) -> None:
        check_is_fitted(self)
        if self._no_maximum:
            raise AttributeError(
                "standard_errors_, log_likelihood_ and summary() belong to a maximum of the "
                f"likelihood, and this fit {self._no_maximum}"
            )

    @property
    def log_likelihood_(self) -> float:
        """Logarithm of the likelihood of the data, in nats, at the maximum."""
        self._check_maximum()
        return self._log_likelihood

    @property
    def standard_errors_(self) -> Floats:
        """Standard errors: for each row of ``coef_`` of its weights, and last of its bias."""
        self._check_maximum()
        return self._errors


def _next_step(objective: LinearObjective, theta: Floats) -> tuple[Floats, bool]:
    """Return the next step of Newton's method, and whether the loss is well curved all around."""
    _, gradient, hessian = objective.value_gradient_hessian(theta)
    unit = 1.0 / np.sqrt(np.diag(hessian))
    try:
        root = scipy.linalg.cholesky(hessian * unit * unit[:, None])
    except (scipy.linalg.LinAlgError, ValueError):  # a flat direction; a column without curvature
        return _newton_step(hessian, gradient), False
    return _newton_step(hessian, gradient), np.diag(root).min() ** 2 > _DEFINITE


def _is_collinear(objective: LinearObjective) -> bool:
    triangle = objective.triangle()
    lengths = np.linalg.norm(triangle, axis=0)
    unit_columns = triangle / np.where(lengths > 0, lengths, 1.0)
    return bool(np.linalg.matrix_rank(unit_columns, rtol=_DEPENDENT) < len(lengths))


def _in_words(V: Floats, names: list[str]) -> str:
    """Tell the direction of weights, one column of them for each score: its largest parts."""
    lengths = V[:, 0] if V.shape[1] == 1 else np.linalg.norm(V, axis=1)
    lengths = lengths / np.linalg.norm(V)
    falling = np.argsort(-np.abs(lengths), kind="stable")
    shown = [j for j in falling if abs(lengths[j]) >= 0.005]  # the others are "0.00", or rounding
    parts = " ".join(f"{lengths[j]:+.2f} {names[j]}" for j in shown[:_NAMED])
    return parts.removeprefix("+") + (" ..." if len(shown) > _NAMED else "")
