"""Known mistakes in one step, of gradient descent or of Newton."""

from typing import Any

import numpy as np

from lrcore import activations

from .recipes import downhill, newton_step, two_layer_gradient
from .slips import mistake, slip


@slip("wrong-sign", "step")
def _uphill(parameter: Any, gradient: Any, rate: Any) -> Any:
    return parameter + rate * gradient


slip("wrong-sign", "step")(lambda parameter, gradient, rate: rate * gradient - parameter)


@slip("missing-learning-rate", "step")
def _full_step(parameter: Any, gradient: Any, rate: Any) -> Any:
    """The learning rate is left out, or is a number that was typed.

    The gradient says which way; the learning rate says how far.

    Hint: Which argument does your answer not depend on?
    """
    return parameter - gradient


for _rate in (0.01, 0.1, 0.5):
    slip("missing-learning-rate", "step", alone=True)(
        lambda parameter, gradient, rate, typed=_rate: parameter - typed * gradient
    )


@slip("returns-the-step", "step")
def _step_only(parameter: Any, gradient: Any, rate: Any) -> Any:
    """The step, or the gradient, is returned instead of the new parameters.

    New parameters are the old ones minus the step.

    Hint: Where do the old parameters enter your answer?
    """
    return rate * gradient


slip("returns-the-step", "step")(lambda parameter, gradient, rate: -rate * gradient)
slip("returns-the-step", "step")(lambda parameter, gradient, rate: gradient)
slip("returns-the-step", "move")(lambda parameters, step: step)
slip("returns-the-step", "move")(lambda parameters, step: -step)
slip("wrong-sign", "move")(np.add)


@slip("not-updated", "step")
def _still(parameter: Any, gradient: Any, rate: Any) -> Any:
    """A parameter is returned as it came.

    Its update is missing, or its result is stored under a name that is not returned.

    Hint: Follow each returned name upwards. Where was it last assigned?
    """
    return parameter * 1


@slip("divided-by-learning-rate", "step")
def _divided(parameter: Any, gradient: Any, rate: Any) -> Any:
    """The gradient is divided by the learning rate.

    A smaller learning rate must make a smaller step.

    Hint: What happens to your step when the learning rate is halved?
    """
    return parameter - gradient / rate


@slip("rate-on-parameter", "step")
def _scaled_parameter(parameter: Any, gradient: Any, rate: Any) -> Any:
    """The learning rate multiplies the parameter.

    It belongs to the gradient alone.

    Hint: With a gradient of 0, should the parameters change?
    """
    return rate * (parameter - gradient)


slip("rate-on-parameter", "step")(lambda parameter, gradient, rate: rate * parameter - gradient)
slip("rate-on-parameter", "step")(
    lambda parameter, gradient, rate: parameter - rate * parameter * gradient
)
slip("rate-on-parameter", "step")(
    lambda parameter, gradient, rate: (1 - rate) * parameter - rate * gradient
)


@slip("rate-twice", "step")
def _rate_twice(parameter: Any, gradient: Any, rate: Any) -> Any:
    """The learning rate is applied twice.

    Once is enough: where the gradient is computed or where the step is made.

    Hint: Search your code for every use of the learning rate.
    """
    return parameter - rate**2 * gradient


@slip("sign-of-gradient", "step")
def _sign(parameter: Any, gradient: Any, rate: Any) -> Any:
    """Only the sign of the gradient is used.

    Gradient descent goes further where it is steeper.

    Hint: Does a gradient twice as large make a step twice as long?
    """
    return parameter - rate * np.sign(gradient)


@mistake("swapped-gradients", "gradient_descent_step")
def _crossed(w: Any, b: Any, grad_w: Any, grad_b: Any, learning_rate: Any) -> Any:
    """The gradients of weights and bias have changed places.

    Each parameter steps against its own gradient.

    Hint: Which gradient has the shape of which parameter?
    """
    return w - learning_rate * grad_b, b - learning_rate * np.mean(grad_w)


@mistake("swapped-gradients", "gradient_descent_step")
def _weights_gradient_for_bias(w: Any, b: Any, grad_w: Any, grad_b: Any, learning_rate: Any) -> Any:
    return w - learning_rate * grad_w, b - learning_rate * grad_w


mistake("swapped-gradients", "gradient_descent_step")(
    lambda w, b, grad_w, grad_b, rate: (w - rate * grad_b, b - rate * np.sum(grad_w))
)


@mistake("updated-value-used", "two_layer_step")
def _one_after_the_other(
    X: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any, learning_rate: Any
) -> Any:
    """A new parameter is used where the old one is wanted.

    All gradients belong to the same point: each one is computed from the old parameters.

    Hint: In which order do you compute and update? Which parameter is new before its time?

    Met: hand-written networks that update each layer on the way back.
    """
    *_, grad_W2, grad_b2 = two_layer_gradient(X, y, W1, b1, W2, b2)
    new_W2, new_b2 = downhill(W2, grad_W2, learning_rate), downhill(b2, grad_b2, learning_rate)
    forward = activations.sigmoid(X @ W1 + b1)
    error = activations.sigmoid(forward @ W2 + b2) - np.reshape(y, (-1, 1))
    inner = error @ new_W2.T * forward * (1 - forward) / len(X)
    new_W1 = downhill(W1, X.T @ inner, learning_rate)
    return new_W1, downhill(b1, inner.sum(axis=0), learning_rate), new_W2, new_b2


@mistake("updated-value-used", "two_layer_step")
def _recomputed(X: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any, learning_rate: Any) -> Any:
    *_, grad_W2, grad_b2 = two_layer_gradient(X, y, W1, b1, W2, b2)
    W2, b2 = downhill(W2, grad_W2, learning_rate), downhill(b2, grad_b2, learning_rate)
    grad_W1, grad_b1, *_ = two_layer_gradient(X, y, W1, b1, W2, b2)
    return downhill(W1, grad_W1, learning_rate), downhill(b1, grad_b1, learning_rate), W2, b2


@mistake("updated-value-used + sum-not-mean", "two_layer_step")
def _one_after_the_other_summed(
    X: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any, learning_rate: Any
) -> Any:
    return _one_after_the_other(X, y, W1, b1, W2, b2, learning_rate * len(X))


@mistake("bias-column-misplaced", "newton_step")
def _bias_first(X: Any, y: Any, w: Any, b: Any) -> Any:
    """The column of ones stands at another place than the bias in the step.

    If the ones are the first column, the bias is the first entry of the step; if they are the
    last, it is the last.

    Hint: Which entry of the step belongs to the column of ones?
    """
    new_w, new_b = newton_step(X, y, w, b)
    step = np.append(b - new_b, w - new_w)
    return w - step[:-1], b - step[-1]


@mistake("missing-bias", "newton_step")
def _scores_without_bias(X: Any, y: Any, w: Any, b: Any) -> Any:
    new_w, step = newton_step(X, y, w, 0.0)
    return new_w, b + step


@slip("missing-curvature", "curvature")
def _flat(p: Any, y: Any) -> Any:
    """The weights p (1 - p) are missing in the Hessian, or are other ones.

    The curvature of the loss of one sample is the slope of the sigmoid at its score.

    Hint: What is the derivative of p - y with respect to the score?
    """
    return np.ones(len(p))


slip("missing-curvature", "curvature")(lambda p, y: p)
slip("missing-curvature", "curvature")(lambda p, y: p - y)
slip("missing-curvature", "curvature")(lambda p, y: p**2)
slip("missing-curvature", "curvature")(lambda p, y: 1 - p)
slip("missing-curvature", "curvature")(lambda p, y: p * (1 - y))
slip("missing-curvature", "curvature")(lambda p, y: np.full(len(p), 0.25))
slip("missing-curvature", "curvature")(lambda p, y: (p * (1 - p)) ** 2)
slip("missing-curvature", "curvature")(lambda p, y: np.sqrt(p * (1 - p)))
slip("wrong-sign", "curvature")(lambda p, y: -p * (1 - p))


@slip("unequal-averages", "hessian_average")
def _hessian_sum(total: Any, rows: Any) -> Any:
    """Gradient and Hessian are averaged differently.

    If one is a mean and the other a sum, the step is n times too long or too short.

    Hint: Does n cancel in your step?
    """
    return total


slip("unequal-averages", "average", only={"newton_step"})(lambda total, rows: total)


@slip("missing-hessian", "solve")
def _plain_gradient(hessian: Any, gradient: Any) -> Any:
    """The Hessian is left out, so that the step is one of gradient descent.

    Newton's step divides by the curvature.

    Hint: Where does the second derivative enter your step?
    """
    return gradient


slip("multiplied-by-hessian", "solve")(lambda hessian, gradient: hessian.T @ gradient)


@slip("multiplied-by-hessian", "solve")
def _not_inverted(hessian: Any, gradient: Any) -> Any:
    """The gradient is multiplied by the Hessian, where it should be divided by it.

    A flat direction needs a long step: the curvature stands below the line.

    Hint: In one dimension, is Newton's step f' times f'' or f' over f''?
    """
    return hessian @ gradient


@slip("elementwise-inverse", "solve")
def _reciprocals(hessian: Any, gradient: Any) -> Any:
    """A matrix is inverted entry by entry.

    1 / H is not the inverse of H.

    Hint: Multiply your inverse by H. Is it the identity?
    """
    return (1 / hessian) @ gradient


@slip("diagonal-hessian", "solve")
def _diagonal(hessian: Any, gradient: Any) -> Any:
    """Only a part of the Hessian is used: its diagonal, or the weights without the bias.

    The parameters bend the loss together; the entries off the diagonal belong to the step.

    Hint: Which shape has your Hessian, and which of its entries do you use?
    """
    return gradient / np.diag(hessian)


def _blocks(hessian: Any, gradient: Any) -> Any:
    weights = np.linalg.solve(hessian[:-1, :-1], gradient[:-1])
    return np.append(weights, gradient[-1] / hessian[-1, -1])


def _weights_only(hessian: Any, gradient: Any) -> Any:
    return np.append(np.linalg.solve(hessian[:-1, :-1], gradient[:-1]), 0.0)


slip("diagonal-hessian", "solve")(_blocks)
slip("diagonal-hessian", "solve")(_weights_only)
slip("diagonal-hessian", "solve")(
    lambda hessian, gradient: np.append(
        np.linalg.solve(hessian[:-1, :-1], gradient[:-1]), gradient[-1]
    )
)


@slip("damped-hessian", "solve")
def _damped(hessian: Any, gradient: Any) -> Any:
    """Something is added to the Hessian, or the step is shortened.

    That makes a safer method with another step; Newton's uses the Hessian as it is.

    Hint: Which term in your matrix is not a second derivative of the loss?
    """
    return np.linalg.solve(hessian + np.eye(len(hessian)), gradient)


for _damping in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5):
    slip("damped-hessian", "solve", alone=True)(
        lambda hessian, gradient, d=_damping: np.linalg.solve(
            hessian + d * np.eye(len(hessian)), gradient
        )
    )
