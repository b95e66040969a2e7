"""Gradients of the mean losses, as a loop and as matrix algebra, and how to check them.

The loop says what is computed, one number at a time, and stays as the specification.  The function
beside it computes the same with whole arrays, and the tests hold it equal to the loop.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._validation import (
    Floats,
    as_double,
    as_floats,
    as_positive,
    check_not_empty,
    check_shape,
    check_unit_interval,
)
from .activations import sigmoid


def _logistic_arguments(
    X: ArrayLike, y: ArrayLike, w: ArrayLike, b: ArrayLike, l2: float
) -> tuple[Floats, Floats, Floats, float, float]:
    X, y, w = as_double("X", X, 2), as_double("y", y, 1), as_double("w", w, 1)
    check_not_empty("X", X)
    check_shape("y", y, X.shape[:1], "(one label for each row of X)")
    check_shape("w", w, X.shape[1:], "(one weight for each column of X)")
    check_unit_interval("y", y)
    return X, y, w, float(as_double("b", b, 0)), as_positive("l2", l2, zero_allowed=True)


@np.errstate(all="ignore")
def logistic_gradient_loop(
    X: ArrayLike, y: ArrayLike, w: ArrayLike, b: ArrayLike, *, l2: float = 0.0
) -> tuple[NDArray[np.float64], float]:
    r"""Differentiate the mean binary cross-entropy, one sample and one feature at a time.

    The specification of :func:`logistic_gradient`: the same arguments, the same result, slowly.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
        Inputs.
    y : array_like, shape (n_samples,)
        Labels in [0, 1].
    w : array_like, shape (n_features,)
        Weights.
    b : float
        Bias.
    l2 : float, default 0.0
        Strength of the penalty ``l2/2 * ||w||^2``; the bias is not penalized.

    Returns
    -------
    grad_w : ndarray, shape (n_features,)
        Derivatives with respect to the weights.
    grad_b : float
        Derivative with respect to the bias.

    Raises
    ------
    ValueError
        If the shapes do not fit, a label lies outside [0, 1], or `l2` is negative.

    Notes
    -----
    Chapter 6 of the book derives it.

    Examples
    --------
    >>> grad_w, grad_b = logistic_gradient_loop([[1.0, 2.0], [3.0, 4.0]], [0, 1], [0.0, 0.0], 0.0)
    >>> print(grad_w, grad_b)
    [-0.5 -0.5] 0.0
    """
    X, y, w, b, l2 = _logistic_arguments(X, y, w, b, l2)
    n_samples, n_features = X.shape
    grad_w, grad_b = np.zeros(n_features), 0.0
    for i in range(n_samples):
        z = b
        for j in range(n_features):
            z += X[i, j] * w[j]
        grad_z = sigmoid(z) - y[i]  # dL/dz of this sample
        for j in range(n_features):
            grad_w[j] += grad_z * X[i, j]
        grad_b += grad_z
    return grad_w / n_samples + l2 * w, float(grad_b / n_samples)


@np.errstate(all="ignore")
def logistic_gradient(
    X: ArrayLike, y: ArrayLike, w: ArrayLike, b: ArrayLike, *, l2: float = 0.0
) -> tuple[NDArray[np.float64], float]:
    r"""Differentiate the mean binary cross-entropy with respect to weights and bias.

    .. math:: \nabla_w L = \frac1n X^\top (p - y) + \lambda w, \qquad
       \frac{\partial L}{\partial b} = \frac1n \sum_{i=1}^n (p_i - y_i), \qquad p = \sigma(Xw + b)

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
        Inputs.
    y : array_like, shape (n_samples,)
        Labels in [0, 1].
    w : array_like, shape (n_features,)
        Weights.
    b : float
        Bias.
    l2 : float, default 0.0
        Strength :math:`\lambda` of the penalty ``l2/2 * ||w||^2``; the bias is not penalized.

    Returns
    -------
    grad_w : ndarray, shape (n_features,)
        Derivatives with respect to the weights.
    grad_b : float
        Derivative with respect to the bias.

    Raises
    ------
    ValueError
        If the shapes do not fit, a label lies outside [0, 1], or `l2` is negative.

    See Also
    --------
    logistic_gradient_loop : the same, spelled out.

    Notes
    -----
    A column vector for `y`, of shape (n_samples, 1), is refused: ``p - y`` would broadcast to an
    (n_samples, n_samples) table without a word.  Chapter 7 of the book derives it.

    Examples
    --------
    >>> grad_w, grad_b = logistic_gradient([[1.0, 2.0], [3.0, 4.0]], [0, 1], [0.0, 0.0], 0.0)
    >>> print(grad_w, grad_b)
    [-0.5 -0.5] 0.0
    """
    X, y, w, b, l2 = _logistic_arguments(X, y, w, b, l2)
    grad_z = (sigmoid(X @ w + b) - y) / len(y)  # (n_samples,)
    return X.T @ grad_z + l2 * w, float(grad_z.sum())


def _steps(x: Floats) -> Floats:
    # the cube root of the rounding unit balances the two errors: truncation ~ h^2, rounding ~ eps/h
    h = np.cbrt(np.finfo(np.float64).eps) * np.maximum(1.0, np.abs(x))
    return (x + h) - x  # a step that the sum x + h really makes


def _central_differences(f: Callable[[Any], Any], x: Floats) -> tuple[Floats, Floats]:
    """Return the difference quotients of `f` at `x`, and how large their rounding errors may be."""
    steps, slopes, noise = _steps(x), np.empty_like(x), np.empty_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += steps[index]
        below[index] -= steps[index]
        f_above, f_below = _value(f, above), _value(f, below)
        slopes[index] = (f_above - f_below) / (2 * steps[index])
        largest = max(abs(f_above), abs(f_below))
        noise[index] = 4 * np.finfo(np.float64).eps * largest / steps[index]
    return slopes, noise


def _value(f: Callable[[Any], Any], x: Floats) -> float:
    value = as_floats("f(x)", f(x[()]))
    if value.size != 1:
        raise ValueError(f"f(x): expected one number, got shape {value.shape}")
    return float(value.reshape(()))


@np.errstate(all="ignore")
def numerical_gradient(f: Callable[[Any], Any], x: ArrayLike) -> Any:
    r"""Estimate the gradient of `f` at `x` by central differences.

    .. math:: \frac{\partial f}{\partial x_j} \approx \frac{f(x + h e_j) - f(x - h e_j)}{2h},
       \qquad h = \sqrt[3]{\varepsilon}\,\max(1, |x_j|)

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` (a float, if `x` is one) and returns one number.
    x : array_like, any shape
        Where to differentiate; not modified.  The work is done in float64.

    Returns
    -------
    float or ndarray, the shape of `x`
        The estimate; about ten digits are right where `f` is smooth and of moderate size.

    Raises
    ------
    ValueError
        If `f` returns anything but one number.

    Notes
    -----
    Two evaluations of `f` for each entry of `x`: a check, not a way to train.  In float32, or with
    a step like 1e-12, the difference is mostly rounding error.  Chapter 15 of the book derives the
    step.

    References
    ----------
    W. H. Press et al., "Numerical Recipes", 3rd edition, Cambridge University Press, 2007,
    section 5.7.

    Examples
    --------
    >>> print(numerical_gradient(lambda x: x[0] ** 2 * x[1], [3.0, 2.0]).round(6))
    [12.  9.]
    """
    slopes, _ = _central_differences(f, as_floats("x", x).astype(np.float64))
    return slopes[()]


@dataclass(frozen=True)
class GradientCheck:
    """What :func:`gradient_check` found; true if the gradients agree, and prints as a sentence.

    Attributes
    ----------
    ok : bool
        Whether every entry agrees to within `tolerance`.
    largest_error : float
        The largest relative error of an entry; 0.0 where the difference is no more than the
        rounding noise of the estimate.
    where : tuple of int
        The index of that entry; empty if the variable is a single number.
    analytic, numeric : ndarray, the shape of the variable
        The gradient that was checked, and its estimate by central differences.
    tolerance : float
        The largest relative error that counts as agreement.
    """

    ok: bool
    largest_error: float
    where: tuple[int, ...]
    analytic: Floats
    numeric: Floats
    tolerance: float

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        verdict = "gradients agree" if self.ok else "gradients differ"
        place = f" at index {self.where}" if self.where else ""
        analytic, numeric = self.analytic[self.where], self.numeric[self.where]
        return (
            f"{verdict}: largest relative error {self.largest_error:.1e}{place}, "
            f"analytic {analytic:.6g}, numeric {numeric:.6g}"
        )


@np.errstate(all="ignore")
def gradient_check(
    f: Callable[[Any], Any],
    gradient: Callable[[Any], ArrayLike] | ArrayLike,
    x: ArrayLike,
    *,
    tolerance: float = 1e-6,
) -> GradientCheck:
    r"""Compare a gradient with central differences, entry by entry.

    .. math:: \text{error}_j = \frac{|a_j - n_j|}{\max(|a_j|, |n_j|)}

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` (a float, if `x` is one) and returns one number.
    gradient : callable or array_like
        The gradient to check: a function of `x`, or its value at `x`.
    x : array_like, any shape
        Where to compare; not modified.  Use a point without zeros and, for matrices, shapes whose
        dimensions all differ: zeros and squares hide mistakes.
    tolerance : float, default 1e-6
        The largest relative error that counts as agreement.

    Returns
    -------
    GradientCheck
        Says whether the two agree, where they differ most, and by how much.

    Raises
    ------
    ValueError
        If `f` returns anything but one number, the gradient has another shape than `x`, or
        `tolerance` is not positive.

    Notes
    -----
    A difference smaller than the rounding noise of the estimate, about ``4 * eps * |f| / h``,
    counts as none; otherwise the check would fail at every minimum, where both numbers are almost
    zero.  Chapter 15 of the book derives it.

    Examples
    --------
    >>> def f(x):
    ...     return x[0] ** 2 * x[1]
    >>> def wrong(x):  # the second entry forgets the square
    ...     return [2 * x[0] * x[1], x[0]]
    >>> check = gradient_check(f, wrong, [3.0, 2.0])
    >>> bool(check)
    False
    >>> print(check)
    gradients differ: largest relative error 6.7e-01 at index (1,), analytic 3, numeric 9
    """
    tolerance = as_positive("tolerance", tolerance)
    point = as_floats("x", x).astype(np.float64)
    check_not_empty("x", point)
    given = gradient(point.copy()[()]) if callable(gradient) else gradient
    analytic = as_floats("gradient", given).astype(np.float64)
    check_shape("gradient", analytic, point.shape, "like x")
    numeric, noise = _central_differences(f, point)
    difference = np.abs(analytic - numeric)
    scale = np.maximum(np.abs(analytic), np.abs(numeric))
    error = np.where(difference <= noise, 0.0, difference / scale)
    error = np.where(np.isfinite(difference), error, np.inf)  # nan and inf never agree
    where = tuple(int(i) for i in np.unravel_index(np.argmax(error), error.shape))
    largest = float(error[where])
    return GradientCheck(largest <= tolerance, largest, where, analytic, numeric, tolerance)
