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
    check_callable,
    check_not_empty,
    check_shape,
    check_unit_interval,
)
from .activations import sigmoid, sigmoid_derivative, softmax
from .losses import _class_probabilities


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
    :doc:`Chapter 6 </06_the_backward_pass_one_sample_at_a_time>` of the book derives it.

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
    (n_samples, n_samples) table without a word.
    :doc:`Chapter 7 </07_the_backward_pass_without_loops>` of the book derives it.

    Examples
    --------
    >>> grad_w, grad_b = logistic_gradient([[1.0, 2.0], [3.0, 4.0]], [0, 1], [0.0, 0.0], 0.0)
    >>> print(grad_w, grad_b)
    [-0.5 -0.5] 0.0
    """
    X, y, w, b, l2 = _logistic_arguments(X, y, w, b, l2)
    grad_z = (sigmoid(X @ w + b) - y) / len(y)  # (n_samples,)
    return X.T @ grad_z + l2 * w, float(grad_z.sum())


def _softmax_arguments(
    X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike, l2: float
) -> tuple[Floats, Floats, Floats, Floats, float]:
    X, W, b = as_double("X", X, 2), as_double("W", W, 2), as_double("b", b, 1)
    check_not_empty("X", X)
    check_shape("W", W, (X.shape[1], *W.shape[1:]), "(one row for each column of X)")
    check_not_empty("W", W)
    check_shape("b", b, W.shape[1:], "(one bias for each column of W)")
    Y = _class_probabilities("y", y, (len(X), len(b)), like="X @ W")
    return X, Y, W, b, as_positive("l2", l2, zero_allowed=True)


@np.errstate(all="ignore")
def softmax_gradient_loop(
    X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike, *, l2: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Differentiate the mean softmax cross-entropy, one sample, class and feature at a time.

    The specification of :func:`softmax_gradient`: the same arguments, the same result, slowly.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
        Inputs.
    y : array_like, shape (n_samples,) or (n_samples, n_classes)
        Class indices, or rows of probabilities such as one-hot rows.
    W : array_like, shape (n_features, n_classes)
        Weights.
    b : array_like, shape (n_classes,)
        Biases.
    l2 : float, default 0.0
        Strength of the penalty ``l2/2 * ||W||^2``; the biases are not penalized.

    Returns
    -------
    grad_W : ndarray, shape (n_features, n_classes)
        Derivatives with respect to the weights.
    grad_b : ndarray, shape (n_classes,)
        Derivatives with respect to the biases.

    Raises
    ------
    ValueError
        If the shapes do not fit, an index is out of range, rows of `y` are not probabilities, or
        `l2` is negative.

    Notes
    -----
    :doc:`Chapter 10 </10_more_than_two_classes>` of the book derives it.

    Examples
    --------
    >>> X, y = [[1.0, 2.0], [3.0, 5.0]], [0, 2]
    >>> grad_W, grad_b = softmax_gradient_loop(X, y, [[0.0] * 3] * 2, [0.0] * 3)
    >>> print(grad_b.round(4))
    [-0.1667  0.3333 -0.1667]
    """
    X, Y, W, b, l2 = _softmax_arguments(X, y, W, b, l2)
    (n_samples, n_features), n_classes = X.shape, len(b)
    grad_W, grad_b = np.zeros(W.shape), np.zeros(n_classes)
    for i in range(n_samples):
        z = b.copy()
        for k in range(n_classes):
            for j in range(n_features):
                z[k] += X[i, j] * W[j, k]
        p = softmax(z)
        for k in range(n_classes):
            grad_z = p[k] - Y[i, k]  # dL/dz_k of this sample
            for j in range(n_features):
                grad_W[j, k] += grad_z * X[i, j]
            grad_b[k] += grad_z
    return grad_W / n_samples + l2 * W, grad_b / n_samples


@np.errstate(all="ignore")
def softmax_gradient(
    X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike, *, l2: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Differentiate the mean softmax cross-entropy with respect to weights and biases.

    .. math:: \nabla_W L = \frac1n X^\top (P - Y) + \lambda W, \qquad
       \nabla_b L = \frac1n \sum_{i=1}^n (p_i - y_i), \qquad P = \operatorname{softmax}(XW + b)

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
        Inputs.
    y : array_like, shape (n_samples,) or (n_samples, n_classes)
        Class indices, or rows of probabilities such as one-hot rows.
    W : array_like, shape (n_features, n_classes)
        Weights.
    b : array_like, shape (n_classes,)
        Biases.
    l2 : float, default 0.0
        Strength :math:`\lambda` of the penalty ``l2/2 * ||W||^2``; the biases are not penalized.

    Returns
    -------
    grad_W : ndarray, shape (n_features, n_classes)
        Derivatives with respect to the weights.
    grad_b : ndarray, shape (n_classes,)
        Derivatives with respect to the biases.

    Raises
    ------
    ValueError
        If the shapes do not fit, an index is out of range, rows of `y` are not probabilities, or
        `l2` is negative.

    See Also
    --------
    softmax_gradient_loop : the same, spelled out.

    Notes
    -----
    The Jacobian of the softmax is a full matrix, and yet the gradient of the loss with respect to
    the scores is no more than ``P - Y``: the logarithm undoes the exponential.
    :doc:`Chapter 10 </10_more_than_two_classes>` of the book derives it.

    Examples
    --------
    >>> X, y = [[1.0, 2.0], [3.0, 5.0]], [0, 2]
    >>> grad_W, grad_b = softmax_gradient(X, y, [[0.0] * 3] * 2, [0.0] * 3)
    >>> print(grad_W.round(4))
    [[ 0.1667  0.6667 -0.8333]
     [ 0.1667  1.1667 -1.3333]]
    """
    X, Y, W, b, l2 = _softmax_arguments(X, y, W, b, l2)
    grad_Z = (softmax(X @ W + b) - Y) / len(X)  # (n_samples, n_classes)
    return X.T @ grad_Z + l2 * W, grad_Z.sum(axis=0)


def _two_layer_arguments(
    X: ArrayLike, y: ArrayLike, W1: ArrayLike, b1: ArrayLike, W2: ArrayLike, b2: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    X, y = as_double("X", X, 2), as_double("y", y, 1)
    W1, b1 = as_double("W1", W1, 2), as_double("b1", b1, 1)
    W2, b2 = as_double("W2", W2, 2), as_double("b2", b2, 1)
    check_not_empty("X", X)
    check_shape("y", y, X.shape[:1], "(one label for each row of X)")
    check_shape("W1", W1, (X.shape[1], *W1.shape[1:]), "(one row for each column of X)")
    check_not_empty("W1", W1)
    check_shape("b1", b1, W1.shape[1:], "(one bias for each column of W1)")
    check_shape("W2", W2, (len(b1), 1), "(one weight for each column of W1)")
    check_shape("b2", b2, (1,), "(one bias)")
    check_unit_interval("y", y)
    return X, y, W1, b1, W2, b2


@np.errstate(all="ignore")
def two_layer_gradient_loop(
    X: ArrayLike, y: ArrayLike, W1: ArrayLike, b1: ArrayLike, W2: ArrayLike, b2: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    r"""Differentiate the loss of a network with one hidden layer, one number at a time.

    The specification of :func:`two_layer_gradient`: the same arguments, the same result, slowly.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
        Inputs.
    y : array_like, shape (n_samples,)
        Labels in [0, 1].
    W1 : array_like, shape (n_features, n_hidden)
        Weights of the hidden layer.
    b1 : array_like, shape (n_hidden,)
        Biases of the hidden layer.
    W2 : array_like, shape (n_hidden, 1)
        Weights of the output.
    b2 : array_like, shape (1,)
        Bias of the output.

    Returns
    -------
    grad_W1 : ndarray, shape (n_features, n_hidden)
        Derivatives with respect to `W1`.
    grad_b1 : ndarray, shape (n_hidden,)
        Derivatives with respect to `b1`.
    grad_W2 : ndarray, shape (n_hidden, 1)
        Derivatives with respect to `W2`.
    grad_b2 : ndarray, shape (1,)
        Derivative with respect to `b2`.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a label lies outside [0, 1].

    Notes
    -----
    :doc:`Chapter 11 </11_one_hidden_layer>` of the book derives it.

    Examples
    --------
    >>> gradients = two_layer_gradient_loop([[1.0], [3.0]], [0, 1], [[0.0]], [0.0], [[4.0]], [-2.0])
    >>> print(*gradients)
    [[-0.5]] [0.] [[0.]] [0.]
    """
    X, y, W1, b1, W2, b2 = _two_layer_arguments(X, y, W1, b1, W2, b2)
    (n_samples, n_features), n_hidden = X.shape, len(b1)
    grad_W1, grad_b1 = np.zeros(W1.shape), np.zeros(n_hidden)
    grad_W2, grad_b2 = np.zeros((n_hidden, 1)), np.zeros(1)
    for i in range(n_samples):
        z1, z2 = b1.copy(), b2[0]
        for k in range(n_hidden):  # forward
            for j in range(n_features):
                z1[k] += X[i, j] * W1[j, k]
            z2 += sigmoid(z1[k]) * W2[k, 0]
        grad_z2 = sigmoid(z2) - y[i]
        grad_b2[0] += grad_z2
        for k in range(n_hidden):  # backward
            grad_W2[k, 0] += grad_z2 * sigmoid(z1[k])
            grad_z1 = grad_z2 * W2[k, 0] * sigmoid_derivative(z1[k])
            for j in range(n_features):
                grad_W1[j, k] += grad_z1 * X[i, j]
            grad_b1[k] += grad_z1
    return grad_W1 / n_samples, grad_b1 / n_samples, grad_W2 / n_samples, grad_b2 / n_samples


@np.errstate(all="ignore")
def two_layer_gradient(
    X: ArrayLike, y: ArrayLike, W1: ArrayLike, b1: ArrayLike, W2: ArrayLike, b2: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    r"""Differentiate the loss of a network with one hidden layer, with respect to all parameters.

    .. math:: Z_1 = X W_1 + b_1, \quad A = \sigma(Z_1), \quad z_2 = A W_2 + b_2, \quad
       p = \sigma(z_2), \qquad
       \nabla_{z_2} L = \frac{p - y}{n}, \quad \nabla_{W_2} L = A^\top \nabla_{z_2} L, \quad
       \nabla_{Z_1} L = \nabla_{z_2} L \, W_2^\top \odot \sigma'(Z_1), \quad
       \nabla_{W_1} L = X^\top \nabla_{Z_1} L

    The loss is the mean binary cross-entropy.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
        Inputs.
    y : array_like, shape (n_samples,)
        Labels in [0, 1].
    W1 : array_like, shape (n_features, n_hidden)
        Weights of the hidden layer.
    b1 : array_like, shape (n_hidden,)
        Biases of the hidden layer.
    W2 : array_like, shape (n_hidden, 1)
        Weights of the output.
    b2 : array_like, shape (1,)
        Bias of the output.

    Returns
    -------
    grad_W1 : ndarray, shape (n_features, n_hidden)
        Derivatives with respect to `W1`.
    grad_b1 : ndarray, shape (n_hidden,)
        Derivatives with respect to `b1`.
    grad_W2 : ndarray, shape (n_hidden, 1)
        Derivatives with respect to `W2`.
    grad_b2 : ndarray, shape (1,)
        Derivative with respect to `b2`.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a label lies outside [0, 1].

    See Also
    --------
    two_layer_gradient_loop : the same, spelled out.

    Notes
    -----
    With all parameters zero the gradient of `W1` is zero too, and equal columns of `W1` beside
    equal entries of `W2` stay equal for ever: training needs a random start.
    :doc:`Chapter 11 </11_one_hidden_layer>` of the book derives it.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by back-propagating
    errors", Nature 323, 1986, pp. 533-536, doi:10.1038/323533a0.

    Examples
    --------
    >>> gradients = two_layer_gradient([[1.0], [3.0]], [0, 1], [[0.0]], [0.0], [[4.0]], [-2.0])
    >>> print(*gradients)
    [[-0.5]] [0.] [[0.]] [0.]
    """
    X, y, W1, b1, W2, b2 = _two_layer_arguments(X, y, W1, b1, W2, b2)
    Z1 = X @ W1 + b1  # (n_samples, n_hidden)
    A = sigmoid(Z1)
    grad_z2 = (sigmoid(A @ W2 + b2) - y[:, None]) / len(y)  # (n_samples, 1)
    grad_Z1 = grad_z2 @ W2.T * sigmoid_derivative(Z1)  # (n_samples, n_hidden)
    return X.T @ grad_Z1, grad_Z1.sum(axis=0), A.T @ grad_z2, grad_z2.sum(axis=0)


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
    a step like 1e-12, the difference is mostly rounding error.
    :doc:`Chapter 15 </15_the_clinic>` of the book derives the step.

    References
    ----------
    W. H. Press et al., "Numerical Recipes", 3rd edition, Cambridge University Press, 2007,
    section 5.7.

    Examples
    --------
    >>> print(numerical_gradient(lambda x: x[0] ** 2 * x[1], [3.0, 2.0]).round(6))
    [12.  9.]
    """
    check_callable("f", f)
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
    zero.  :doc:`Chapter 15 </15_the_clinic>` of the book derives it.

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
    check_callable("f", f)
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
