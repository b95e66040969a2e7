"""Optimizers: from a loss and its gradient to parameters.

Each takes a function of the parameters and a starting point, and knows nothing of the model.
Parameters are one array, or a tuple of arrays such as ``(w, b)``; what a function is given and what
it returns have the same form.  A mini-batch is drawn by the function, not by the optimizer.
"""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike
from scipy.linalg.lapack import dpotrf, dpotrs

from ._validation import (
    Floats,
    as_count,
    as_double,
    as_floats,
    as_positive,
    check_callable,
    check_not_empty,
    check_shape,
)

Params = Any  # an array, or a tuple of arrays
ValueAndGradient = Callable[[Params], tuple[float, Params]]
Callback = Callable[[int, Params, float, Params], Any]
Rule = Callable[[list[Floats]], list[Floats]]

_FOUND = {  # what the caller's functions return
    "value_and_gradient": ("loss", "gradient"),
    "value_gradient_hessian": ("loss", "gradient", "hessian"),
}
_NEARLY_FLAT = 1e-8  # a share of curvature that a Cholesky factor cannot be trusted with


def gradient_descent(
    value_and_gradient: ValueAndGradient,
    params: Params,
    *,
    learning_rate: float,
    n_iter: int,
    callback: Callback | None = None,
) -> tuple[Params, list[float]]:
    r"""Walk downhill: subtract the gradient, times the learning rate, again and again.

    .. math:: \theta \leftarrow \theta - \alpha \nabla L(\theta)

    Parameters
    ----------
    value_and_gradient : callable
        ``value_and_gradient(params)`` returns the loss and its gradient, the latter in the form of
        `params`.  If it looks at another few rows each time, this is mini-batch (stochastic)
        gradient descent.
    params : array_like or tuple of array_like
        The starting point; not modified.
    learning_rate : float
        The step size, > 0.
    n_iter : int
        The number of steps, >= 0.
    callback : callable, optional
        Called as ``callback(iteration, params, loss, gradient)`` before each step, counting from 0;
        a true result stops the descent there.

    Returns
    -------
    params : ndarray or tuple of ndarray
        The parameters after the last step.
    loss_history : list of float
        The loss before each step; entry 0 belongs to the starting point.

    Raises
    ------
    ValueError
        If an argument is out of range, or a gradient has another shape than its parameter.

    Warns
    -----
    RuntimeWarning
        If the loss or a gradient stops being finite: the descent ends there, with the last
        parameters whose loss and gradient were finite.

    Notes
    -----
    :doc:`Chapter 8 </08_gradient_descent>` of the book derives it, and shows what a step too long
    looks like.

    References
    ----------
    A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", Comptes
    rendus de l'Académie des sciences 25, 1847, pp. 536-538.

    Examples
    --------
    >>> def parabola(x):
    ...     return (x - 3.0) ** 2, 2.0 * (x - 3.0)
    >>> x, losses = gradient_descent(parabola, 0.0, learning_rate=0.25, n_iter=4)
    >>> print(x, losses)
    2.8125 [9.0, 2.25, 0.5625, 0.140625]
    """
    alpha = as_positive("learning_rate", learning_rate)

    def rule(gradients: list[Floats]) -> list[Floats]:
        return [-alpha * g for g in gradients]

    return _descend(value_and_gradient, params, rule, n_iter, callback)


def momentum(
    value_and_gradient: ValueAndGradient,
    params: Params,
    *,
    learning_rate: float,
    n_iter: int,
    decay: float = 0.9,
    callback: Callback | None = None,
) -> tuple[Params, list[float]]:
    r"""Walk downhill with momentum: past gradients go on pushing, fading by `decay` at each step.

    .. math:: v \leftarrow \beta v + \nabla L(\theta), \qquad \theta \leftarrow \theta - \alpha v

    Parameters
    ----------
    value_and_gradient, params, learning_rate, n_iter, callback
        As for :func:`gradient_descent`.
    decay : float, default 0.9
        The share :math:`\beta` of the old velocity that is kept, in [0, 1).

    Returns
    -------
    params, loss_history
        As for :func:`gradient_descent`.

    Raises
    ------
    ValueError
        If an argument is out of range, or a gradient has another shape than its parameter.

    Notes
    -----
    :doc:`Chapter 8 </08_gradient_descent>` of the book derives it.

    References
    ----------
    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR
    Computational Mathematics and Mathematical Physics 4(5), 1964, pp. 1-17.

    Examples
    --------
    >>> x, _ = momentum(lambda x: (x**2, 2.0 * x), 1.0, learning_rate=0.1, n_iter=2, decay=0.5)
    >>> print(f"{x:.2f}")
    0.54
    """
    alpha, beta = as_positive("learning_rate", learning_rate), _decay("decay", decay)
    velocity: list[Floats] = []

    def rule(gradients: list[Floats]) -> list[Floats]:
        old = velocity or [np.zeros_like(g) for g in gradients]
        velocity[:] = [beta * v + g for v, g in zip(old, gradients, strict=True)]
        return [-alpha * v for v in velocity]

    return _descend(value_and_gradient, params, rule, n_iter, callback)


def adam(
    value_and_gradient: ValueAndGradient,
    params: Params,
    *,
    learning_rate: float,
    n_iter: int,
    decay: float = 0.9,
    square_decay: float = 0.999,
    epsilon: float = 1e-8,
    callback: Callback | None = None,
) -> tuple[Params, list[float]]:
    r"""Walk downhill with a step size of its own for every parameter.

    .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad
       v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
       \theta \leftarrow \theta - \alpha
       \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}

    Parameters
    ----------
    value_and_gradient, params, learning_rate, n_iter, callback
        As for :func:`gradient_descent`.
    decay, square_decay : float, defaults 0.9 and 0.999
        How much of the running means of the gradient and of its square is kept, in [0, 1).
    epsilon : float, default 1e-8
        Keeps the quotient finite where the gradient is zero.

    Returns
    -------
    params, loss_history
        As for :func:`gradient_descent`.

    Raises
    ------
    ValueError
        If an argument is out of range, or a gradient has another shape than its parameter.

    Notes
    -----
    Both running means start at zero, and would be too small at first; dividing by
    :math:`1 - \beta^t` corrects that exactly.  :doc:`Chapter 8 </08_gradient_descent>` of the book
    derives it, :doc:`chapter 12 </12_the_same_model_in_pytorch>` holds a thousand of its steps
    against PyTorch's.

    References
    ----------
    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1,
    doi:10.48550/arXiv.1412.6980.

    Examples
    --------
    >>> x, _ = adam(lambda x: (x**2, 2.0 * x), 1.0, learning_rate=0.1, n_iter=2)
    >>> print(f"{x:.4f}")
    0.8004
    """
    alpha, epsilon = as_positive("learning_rate", learning_rate), as_positive("epsilon", epsilon)
    beta_1, beta_2 = _decay("decay", decay), _decay("square_decay", square_decay)
    mean: list[Floats] = []
    mean_square: list[Floats] = []
    t = 0

    def rule(gradients: list[Floats]) -> list[Floats]:
        nonlocal t
        t += 1
        m = mean or [np.zeros_like(g) for g in gradients]
        v = mean_square or [np.zeros_like(g) for g in gradients]
        mean[:] = [beta_1 * a + (1 - beta_1) * g for a, g in zip(m, gradients, strict=True)]
        mean_square[:] = [
            beta_2 * a + (1 - beta_2) * g**2 for a, g in zip(v, gradients, strict=True)
        ]
        return [
            -alpha * (a / (1 - beta_1**t)) / (np.sqrt(s / (1 - beta_2**t)) + epsilon)
            for a, s in zip(mean, mean_square, strict=True)
        ]

    return _descend(value_and_gradient, params, rule, n_iter, callback)


def _check_functions(*, callback: Callback | None = None, **functions: Any) -> None:
    for name, function in functions.items():
        check_callable(name, function)
    if callback is not None:
        check_callable("callback", callback)


def _taken_apart(name: str, found: Any) -> tuple[Any, ...]:
    """Return what the caller's function found, if it is as many things as there should be."""
    wanted, is_several = _FOUND[name], isinstance(found, tuple | list)
    if not is_several or len(found) != len(wanted):
        length = f" of length {len(found)}" if is_several else ""
        got = f"a {type(found).__name__}{length}"
        raise ValueError(f"{name}: expected it to return {', '.join(wanted)}, got {got}")
    return tuple(found)


def _decay(name: str, value: float) -> float:
    if as_positive(name, value, zero_allowed=True) >= 1:
        raise ValueError(f"{name}: expected a number in [0, 1), got {value!r}")
    return float(value)


def _as_list(name: str, value: Params) -> list[Floats]:
    """Return the arrays of `value` as a list of fresh float64 arrays."""
    parts: Sequence[ArrayLike] = value if isinstance(value, tuple) else [value]
    return [as_floats(name, part).astype(np.float64) for part in parts]


def _descend(
    value_and_gradient: ValueAndGradient,
    params: Params,
    rule: Rule,
    n_iter: int,
    callback: Callback | None,
) -> tuple[Params, list[float]]:
    """Take `n_iter` steps, each chosen by `rule` from the gradient."""

    def in_form(arrays: list[Floats]) -> Params:
        return tuple(a[()] for a in arrays) if isinstance(params, tuple) else arrays[0][()]

    _check_functions(value_and_gradient=value_and_gradient, callback=callback)
    arrays, loss_history = _as_list("params", params), list[float]()
    previous = arrays
    for iteration in range(as_count("n_iter", n_iter, least=0)):
        found = value_and_gradient(in_form([a.copy() for a in arrays]))
        value, gradient = _taken_apart("value_and_gradient", found)
        loss = float(as_double("loss", value, 0))
        gradients = _as_list("gradient", gradient)
        if len(gradients) != len(arrays):
            raise ValueError(
                f"gradient: expected {len(arrays)} arrays like params, got {len(gradients)}"
            )
        for array, part in zip(arrays, gradients, strict=True):
            check_shape("gradient", part, array.shape, "like its parameter")
        if not (np.isfinite(loss) and all(np.all(np.isfinite(g)) for g in gradients)):
            warnings.warn(
                f"the loss is {loss} at iteration {iteration}, or its gradient is not finite: "
                "the descent stopped there; a smaller learning_rate may help",
                RuntimeWarning,
                stacklevel=3,
            )
            return in_form(previous), loss_history
        loss_history.append(loss)
        if callback is not None and callback(iteration, in_form(arrays), loss, gradient):
            break
        previous = arrays
        arrays = [a + step for a, step in zip(arrays, rule(gradients), strict=True)]
    return in_form(arrays), loss_history


def newton(
    value_gradient_hessian: Callable[[Floats], tuple[float, Floats, Floats]],
    params: ArrayLike,
    *,
    tol: float | None = 1e-8,
    max_iter: int = 100,
    callback: Callback | None = None,
) -> tuple[Floats, list[float]]:
    r"""Jump to the minimum of the parabola that fits the loss here, again and again.

    .. math:: \theta \leftarrow \theta - t\, H(\theta)^{-1} \nabla L(\theta)

    Parameters
    ----------
    value_gradient_hessian : callable
        ``value_gradient_hessian(params)`` returns the loss, its gradient of shape (n_params,), and
        its matrix of second derivatives of shape (n_params, n_params).
    params : array_like, shape (n_params,)
        The starting point; not modified.
    tol : float or None, default 1e-8
        Stop once the largest entry of the gradient is at most this, after one step more: that step
        squares an error which is small by then.  With None, all `max_iter` steps are made.
    max_iter : int, default 100
        The largest number of steps, >= 1.
    callback : callable, optional
        Called as ``callback(iteration, params, loss, gradient)`` before each step, counting from 0;
        a true result stops there.

    Returns
    -------
    params : ndarray, shape (n_params,)
        The parameters after the last step.
    loss_history : list of float
        The loss before each step; entry 0 belongs to the starting point.

    Raises
    ------
    ValueError
        If an argument is out of range, or the gradient or the matrix has a shape that does not fit.

    Warns
    -----
    RuntimeWarning
        If the loss, its gradient or the matrix stops being finite: the search ends there.

    Notes
    -----
    The step length t is 1 unless the loss would rise; then it is halved until the loss falls.
    Along directions in which the loss has no curvature, as with collinear columns, it does not
    move: from zero it arrives at the minimum of smallest norm.
    :doc:`Chapter 13 </13_the_same_model_in_scikit_learn>` of the book derives it.

    References
    ----------
    J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd edition, Springer, 2006, sections 3.1
    and 3.3, doi:10.1007/978-0-387-40065-5.

    Examples
    --------
    >>> def bowl(x):
    ...     return np.cosh(x).sum(), np.sinh(x), np.diag(np.cosh(x))
    >>> x, losses = newton(bowl, [1.0, -2.0])
    >>> print(x.round(8) + 0.0, losses[-1])
    [0. 0.] 2.0
    """
    _check_functions(value_gradient_hessian=value_gradient_hessian, callback=callback)
    theta = as_double("params", params, 1)
    check_not_empty("params", theta)
    target = -1.0 if tol is None else as_positive("tol", tol)
    loss_history: list[float] = []
    evaluate = partial(_checked, "value_gradient_hessian", value_gradient_hessian)
    loss, gradient, hessian = evaluate(theta)
    for iteration in range(as_count("max_iter", max_iter, least=1)):
        if not (np.isfinite(loss) and np.isfinite(gradient).all() and np.isfinite(hessian).all()):
            warnings.warn(
                f"the loss is {loss} at iteration {iteration}, or its derivatives are not finite: "
                "the search stopped there",
                RuntimeWarning,
                stacklevel=2,
            )
            break
        loss_history.append(loss)
        if callback is not None and callback(iteration, theta, loss, gradient):
            break
        nearly_there = np.max(np.abs(gradient)) <= target
        step = _newton_step(hessian, gradient)
        if nearly_there:
            theta = theta - step
            break
        length, found = _downhill(evaluate, theta, step, loss, gradient)
        if length == 0:
            break
        theta = theta - length * step
        loss, gradient, hessian = found
    return theta, loss_history


def _checked(name: str, function: Callable[[Floats], Any], theta: Floats) -> tuple[Any, ...]:
    """Evaluate `function` on a copy of `theta`: a loss, a gradient, and perhaps a Hessian."""
    loss, gradient, *hessian = _taken_apart(name, function(theta.copy()))
    gradient = as_floats("gradient", gradient)
    check_shape("gradient", gradient, theta.shape, "like params")
    matrices = [as_floats("hessian", matrix) for matrix in hessian]
    for matrix in matrices:
        check_shape("hessian", matrix, theta.shape * 2, "(a row and a column for each parameter)")
    return float(as_double("loss", loss, 0)), gradient, *matrices


def _downhill(
    evaluate: Callable[[Floats], tuple[Any, ...]],
    theta: Floats,
    step: Floats,
    loss: float,
    gradient: Floats,
) -> tuple[float, tuple[Any, ...]]:
    """Halve the step until the loss falls; return its length and what is found there.

    The length is 0 where no step helps: what is left of the slope is smaller than rounding.
    """
    length = 1.0
    found: tuple[Any, ...] = ()
    while length > 1e-10:
        found = evaluate(theta - length * step)
        # Armijo's condition; below the last term, a difference of losses is only rounding
        if loss - found[0] >= 1e-4 * length * (gradient @ step) - 1e-14 * abs(loss):
            return length, found
        length /= 2
    return 0.0, found


def _newton_step(hessian: Floats, gradient: Floats) -> Floats:
    """Solve ``hessian @ step = gradient``, within the directions that have curvature."""
    diagonal = np.diag(hessian)
    unit = 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))  # makes all units of measure alike
    alike = hessian * unit * unit[:, None]
    root, failed = dpotrf(alike)  # Cholesky's triangle, without a wrapper's ten-fold time
    # a squared pivot is what is left of a column's curvature once the columns before it are known
    if failed or np.diag(root).min() ** 2 < _NEARLY_FLAT:
        return _shortest_step(alike, unit, gradient)
    return np.asarray(unit * dpotrs(root, unit * gradient)[0])


def _shortest_step(alike: Floats, unit: Floats, gradient: Floats) -> Floats:
    """Do the same where directions are flat, or nearly: of all solutions, take the shortest."""
    curvatures, directions = scipy.linalg.eigh(alike)
    curved = curvatures > 50 * len(curvatures) * np.finfo(float).eps * curvatures[-1]
    along = directions[:, curved].T @ (unit * gradient) / curvatures[curved]
    step = unit * (directions[:, curved] @ along)
    # the shortest solution has no part along the flat directions
    flat = scipy.linalg.orth(unit[:, None] * directions[:, ~curved])
    # and a parameter that changes nothing does not move, whatever rounding says
    return np.where(np.diag(alike) > 0, step - flat @ (flat.T @ step), 0.0)


def lbfgs(
    value_and_gradient: Callable[[Floats], tuple[float, Floats]],
    params: ArrayLike,
    *,
    inverse_hessian: Callable[[Floats], Floats] | None = None,
    tol: float | None = 1e-8,
    max_iter: int = 1000,
    memory: int = 20,
    callback: Callback | None = None,
) -> tuple[Floats, list[float]]:
    r"""Step as Newton would, with a guessed matrix that every step corrects (limited-memory BFGS).

    .. math:: \theta \leftarrow \theta - t\, B^{-1} \nabla L(\theta), \qquad
       B s = v \text{ for the last step } s \text{ and the change } v \text{ of the gradient}

    Parameters
    ----------
    value_and_gradient : callable
        ``value_and_gradient(params)`` returns the loss and its gradient of shape (n_params,).
    params : array_like, shape (n_params,)
        The starting point; not modified.
    inverse_hessian : callable, optional
        ``inverse_hessian(v)`` multiplies a vector of shape (n_params,) by the inverse of a first
        guess of the Hessian, a positive definite matrix.  The better the guess, the fewer passes
        over the data.  Without it, the guess is a multiple of the unit matrix.
    tol : float or None, default 1e-8
        Stop once the largest entry of the gradient is at most this.  With None, all `max_iter`
        steps are made.
    max_iter : int, default 1000
        The largest number of steps, >= 1.
    memory : int, default 20
        How many of the last steps are remembered, >= 1.
    callback : callable, optional
        Called as ``callback(iteration, params, loss, gradient)`` before each step, counting from 0;
        a true result stops there.

    Returns
    -------
    params : ndarray, shape (n_params,)
        The parameters after the last step.
    loss_history : list of float
        The loss before each step; entry 0 belongs to the starting point.

    Raises
    ------
    ValueError
        If an argument is out of range, or the gradient has a shape that does not fit.

    Warns
    -----
    RuntimeWarning
        If the loss or its gradient is not finite at the starting point.

    Notes
    -----
    The step length t is 1 unless the loss would rise; then it is halved until the loss falls.  If
    it does not fall at all, rounding has been reached, and the search ends.
    :doc:`Chapter 16 </16_speed_and_scale>` of the book derives it.

    References
    ----------
    J. Nocedal, "Updating quasi-Newton matrices with limited storage", Mathematics of Computation
    35(151), 1980, pp. 773-782, doi:10.1090/S0025-5718-1980-0572855-7.

    Examples
    --------
    >>> def bowl(x):
    ...     return np.cosh(x).sum(), np.sinh(x)
    >>> x, losses = lbfgs(bowl, [1.0, -2.0])
    >>> print(x.round(6) + 0.0, f"{losses[-1]:.6f}")
    [0. 0.] 2.000000
    """
    _check_functions(value_and_gradient=value_and_gradient, callback=callback)
    if inverse_hessian is not None:
        check_callable("inverse_hessian", inverse_hessian)
    theta = as_double("params", params, 1)
    check_not_empty("params", theta)
    target = -1.0 if tol is None else as_positive("tol", tol)
    memory = as_count("memory", memory, least=1)
    pairs: list[tuple[Floats, Floats]] = []
    loss_history: list[float] = []
    evaluate = partial(_checked, "value_and_gradient", value_and_gradient)
    loss, gradient = evaluate(theta)
    if not (np.isfinite(loss) and np.isfinite(gradient).all()):
        warnings.warn(
            f"the loss is {loss} at the starting point, or its gradient is not finite",
            RuntimeWarning,
            stacklevel=2,
        )
        return theta.copy(), loss_history
    for iteration in range(as_count("max_iter", max_iter, least=1)):
        loss_history.append(loss)
        if callback is not None and callback(iteration, theta, loss, gradient):
            break
        if np.max(np.abs(gradient)) <= target:
            break
        step = _two_loops(gradient, pairs, inverse_hessian)
        length, found = _downhill(evaluate, theta, step, loss, gradient)
        if length == 0:
            break
        move, change = -length * step, found[1] - gradient
        if change @ move > 0:  # else the pair would make the matrix indefinite
            pairs = [*pairs, (move, change)][-memory:]
        theta = theta + move
        loss, gradient = found
    return theta, loss_history


def _two_loops(
    gradient: Floats,
    pairs: list[tuple[Floats, Floats]],
    inverse_hessian: Callable[[Floats], Floats] | None,
) -> Floats:
    """Multiply `gradient` by the inverse matrix, which maps the last change back to its step."""
    q, shares = gradient.copy(), []
    for step, change in reversed(pairs):
        shares.append((step @ q) / (step @ change))
        q -= shares[-1] * change
    if inverse_hessian is not None:
        q = inverse_hessian(q)
    elif pairs:  # the multiple of the unit matrix that fits the last step best
        step, change = pairs[-1]
        q *= (step @ change) / (change @ change)
    else:
        q /= max(1.0, float(np.linalg.norm(q)))
    for (step, change), share in zip(pairs, reversed(shares), strict=True):
        q += (share - (change @ q) / (step @ change)) * step
    return q
