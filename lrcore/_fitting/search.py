"""How the loss of a linear model is made small: by Newton's method, or on many rows by less.

A step of Newton's method looks at every row, and multiplies every pair of columns of each.  But the
loss is a mean over rows, and so are its derivatives: a sample of the rows already tells roughly
where the minimum is and how the loss curves there.  From there on L-BFGS needs the gradient only,
and only a few times, because it starts with nearly the right matrix.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from lrcore._validation import Floats
from lrcore.optimizers import lbfgs, newton

from .objectives import LinearObjective

_CHEAP = 2e7  # rows times parameters squared, up to which Newton's method on all rows is quickest
_SAMPLE = 8  # every eighth row is in the sample,
_ROWS_PER_PARAMETER = 10  # but at least so many: fewer would not show how the loss curves
_ROWS_TO_TRUST = 50  # with so many for each parameter, the sample's minimum is a good start
_STEPS_PER_MATRIX = 30  # after so many steps, how the loss curved at the first tells little
_SETTLED = 1e-3  # L-BFGS shrinks an error by a factor at each step, so the last step bounds it


def minimize(
    objective: LinearObjective,
    *,
    tol: float | None,
    max_iter: int,
    callback: Callable[..., Any] | None = None,
) -> tuple[Floats, list[float]]:
    """Return the parameters at the minimum, and the loss before each step over all rows."""
    n_samples = len(objective.rows)
    theta: Floats = np.zeros(objective.n_params)
    if tol is None or n_samples * objective.n_params**2 <= _CHEAP:
        return newton(
            objective.value_gradient_hessian, theta, tol=tol, max_iter=max_iter, callback=callback
        )
    wanted = max(n_samples // _SAMPLE, _ROWS_PER_PARAMETER * objective.n_params)
    sample, others = objective.sample(wanted)
    if others and len(sample.rows) >= _ROWS_TO_TRUST * objective.n_params:
        # a gradient smaller than the sample's own error is not worth a step
        guess, _ = minimize(sample, tol=0.1 / np.sqrt(len(sample.rows)), max_iter=20)
        # a sample that a plane separates has no minimum; its guess fails on rows it has not seen
        if others.value_and_gradient(guess)[0] < others.value_and_gradient(theta)[0]:
            theta = guess
    settled = _until_settled(tol, callback)
    losses: list[float] = []
    steps = _STEPS_PER_MATRIX
    while len(losses) < max_iter and steps == _STEPS_PER_MATRIX:
        theta, before_each = lbfgs(
            objective.value_and_gradient,
            theta,
            inverse_hessian=_inverse(sample.hessian(theta)),
            tol=None,
            max_iter=min(_STEPS_PER_MATRIX, max_iter - len(losses)),
            callback=settled,
        )
        losses += before_each
        steps = len(before_each)
    return theta, losses


def _inverse(hessian: Floats) -> Callable[[Floats], Floats]:
    """Return the product with the inverse of `hessian`, made definite where it is flat."""
    diagonal = np.diag(hessian)
    unit = 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))  # makes all units of measure alike
    alike = hessian * unit * unit[:, None]
    # as little as Cholesky needs: along columns that depend on others a small penalty is all that
    # curves the loss, and a ridge beside which it does not count would make the steps far too short
    factor = scipy.linalg.cho_factor(alike + 1e-9 * np.eye(len(unit)))
    return lambda v: np.asarray(unit * scipy.linalg.cho_solve(factor, unit * v))


def _until_settled(tol: float, callback: Callable[..., Any] | None) -> Callable[..., bool]:
    """Return a callback that stops once slope and last step are small.

    Where a plane separates the classes, steps never get small; but the loss does, as nowhere else.
    """
    before: list[Floats] = []

    def settled(_: int, theta: Floats, loss: float, gradient: Floats) -> bool:
        stop = callback is not None and callback(len(before), theta, loss, gradient)
        move = np.max(np.abs(theta - before[-1])) if before else np.inf
        before.append(theta)
        close = move <= _SETTLED * tol * np.max(np.abs(theta)) or loss <= tol
        return bool(stop or (close and np.max(np.abs(gradient)) <= tol))

    return settled
