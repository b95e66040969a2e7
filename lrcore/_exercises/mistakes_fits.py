"""Known mistakes in a whole fit, and in its penalty."""

from typing import Any

import numpy as np

from .recipes import logistic_gradient
from .slips import mistake, slip


@slip("one-iteration-off", "rounds")
def _one_less(n_iter: Any) -> Any:
    """The loop runs once too often or once too seldom, ends early, or begins anew each time.

    n_iter is the number of steps that are made, each from where the last one ended.

    Hint: With n_iter = 1, how many steps does your loop make?

    Met: range(1, n_iter), and a return that has slipped into the loop.
    """
    return range(n_iter - 1)


slip("one-iteration-off", "rounds")(lambda n_iter: range(n_iter + 1))
slip("one-iteration-off", "rounds")(lambda n_iter: range(min(1, n_iter)))
slip("not-updated", "rounds")(lambda n_iter: range(0))


@slip("non-zero-start", "start")
def _ones(n_features: int) -> Any:
    """The parameters do not start at zero.

    The exercise asks for a start at zero, so that everybody's answer is the same.

    Hint: What does your function return for n_iter = 0?
    """
    return np.ones(n_features), 0.0


slip("non-zero-start", "start")(lambda n_features: (np.ones(n_features), 1.0))
slip("non-zero-start", "start")(lambda n_features: (np.zeros(n_features), 1.0))
for _value in (0.01, 0.1, 0.5):
    slip("non-zero-start", "start", alone=True)(lambda n, value=_value: (np.full(n, value), 0.0))
    slip("non-zero-start", "start", alone=True)(lambda n, value=_value: (np.full(n, value), value))


def _accumulating(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    grad_w, grad_b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        new_w, new_b = logistic_gradient(X, y, w, b)
        grad_w, grad_b = grad_w + new_w + l2 * w, grad_b + new_b
        w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
    return w, b


def _by_sample(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        for i in range(len(X)):
            grad_w, grad_b = logistic_gradient(X[i : i + 1], y[i : i + 1], w, b)
            w, b = w - learning_rate * (grad_w + l2 * w), b - learning_rate * grad_b
    return w, b


def _by_sample_divided(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    return _by_sample(X, y, l2, learning_rate / len(X), n_iter)


def _without_bias(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    w = np.zeros(X.shape[1])
    for _ in range(n_iter):
        w = w - learning_rate * (logistic_gradient(X, y, w, 0.0)[0] + l2 * w)
    return w, 0.0


def _without_weights(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        b = b - learning_rate * logistic_gradient(X, y, w, b)[1]
    return w, b


def _weights_first(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        w = w - learning_rate * (logistic_gradient(X, y, w, b)[0] + l2 * w)
        b = b - learning_rate * logistic_gradient(X, y, w, b)[1]
    return w, b


def _bias_first(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        b = b - learning_rate * logistic_gradient(X, y, w, b)[1]
        w = w - learning_rate * (logistic_gradient(X, y, w, b)[0] + l2 * w)
    return w, b


def _once_forward(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    grad_w, grad_b = logistic_gradient(X, y, w, b)
    for _ in range(n_iter):
        w, b = w - learning_rate * (grad_w + l2 * w), b - learning_rate * grad_b
    return w, b


def _scaled(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    spread = X.std(axis=0)
    inside = (X - X.mean(axis=0)) / np.where(spread == 0, 1, spread)
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        grad_w, grad_b = logistic_gradient(inside, y, w, b)
        w, b = w - learning_rate * (grad_w + l2 * w), b - learning_rate * grad_b
    return w, b


def _whole_fit(id: str, function: Any, text: str) -> None:
    function.__doc__ = text
    mistake(id, "fit_l2")(function)
    mistake(id, "fit")(lambda X, y, rate, n_iter: function(X, y, 0.0, rate, n_iter))


_whole_fit(
    "gradient-not-reset",
    _accumulating,
    """The gradient is not set back to zero before each pass.

    Then every step repeats all earlier ones as well.

    Hint: What does the gradient hold when the second pass begins?

    Met: PyTorch without zero_grad; source 001 says why NumPy code with local variables is safe.
    """,
)
_whole_fit(
    "stochastic-steps",
    _by_sample,
    """A step is made after each sample, where one for all samples is wanted.

    That is stochastic gradient descent, a fine method with other results; here all samples share
    one step.

    Hint: On which level of indentation does the update stand?
    """,
)
_whole_fit(
    "parameter-not-trained",
    _without_bias,
    """One of the parameters is never updated.

    Weights and bias both follow their gradients.

    Hint: Which of the two is still zero in the end?
    """,
)
_whole_fit("parameter-not-trained", _without_weights, "")
_whole_fit("stochastic-steps", _by_sample_divided, "")
_whole_fit("updated-value-used", _weights_first, "")
_whole_fit("updated-value-used", _bias_first, "")
_whole_fit(
    "prediction-not-recomputed",
    _once_forward,
    """The prediction is computed once, before the loop.

    After each step the predictions are other ones, and so is the gradient.

    Hint: Which lines must run again after the parameters have changed?
    """,
)
_whole_fit(
    "features-scaled-inside",
    _scaled,
    """The features are standardized inside.

    That is often wise, but then the weights belong to other features than the caller's.

    Hint: Whose weights do you return: those for X as it came?

    Met: homemade-machine-learning, whose predict normalizes each batch by itself.
    """,
)


@slip("wrong-sign-of-penalty", "penalize")
def _rewarded(gw: Any, gb: Any, w: Any, b: Any, l2: Any, n: Any) -> Any:
    """The penalty has the wrong sign.

    It should pull the weights towards zero; this pushes them away.

    Hint: With no data at all, should a step make the weights larger or smaller?

    Met: numpy-ml, linear_models/logistic.py, _NLL_grad.
    """
    return gw - l2 * w, gb


@slip("penalized-bias", "penalize")
def _bias_too(gw: Any, gb: Any, w: Any, b: Any, l2: Any, n: Any) -> Any:
    """The bias is penalized.

    The penalty is on the weights only: the bias says how common the classes are, which is no reason
    to be careful.

    Hint: Which parameters stand in l2/2 ||w||^2?

    Met: scikit-learn/scikit-learn issue 10626 (the liblinear solver); dask/dask-glm issue 65.
    """
    return gw + l2 * w, gb + l2 * b


@slip("missing-penalty", "penalize")
def _unpenalized(gw: Any, gb: Any, w: Any, b: Any, l2: Any, n: Any) -> Any:
    """The penalty is left out of the weights' gradient.

    The loss contains l2/2 ||w||^2, so its gradient contains the derivative of that.

    Hint: Which argument does your answer not depend on?
    """
    return gw, gb


@slip("wrong-factor-of-penalty", "penalize")
def _twice_the_penalty(gw: Any, gb: Any, w: Any, b: Any, l2: Any, n: Any) -> Any:
    """The penalty has a wrong factor.

    The loss is a mean plus l2/2 ||w||^2: the 2 of the square cancels the half, and the penalty is
    not divided by the number of samples.

    Hint: Differentiate l2/2 w^2 on paper.

    Met: the different objectives of scikit-learn (C), PyTorch (weight_decay) and textbooks.
    """
    return gw + 2 * l2 * w, gb


slip("wrong-factor-of-penalty", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2 / 2 * w, gb))
slip("wrong-factor-of-penalty", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2 / n * w, gb))
slip("wrong-factor-of-penalty", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2 * n * w, gb))
slip("wrong-factor-of-penalty", "penalize")(lambda gw, gb, w, b, l2, n: (gw + 2 * l2 / n * w, gb))
slip("wrong-factor-of-penalty", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2 / 2 / n * w, gb))
slip("wrong-factor-of-penalty", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2**2 * w, gb))
slip("wrong-factor-of-penalty", "penalize")(lambda gw, gb, w, b, l2, n: (gw + w / l2, gb))
slip("wrong-factor-of-penalty", "penalize")(lambda gw, gb, w, b, l2, n: (gw + w, gb))


slip("wrong-sign-of-penalty + penalized-bias", "penalize")(
    lambda gw, gb, w, b, l2, n: (gw - l2 * w, gb - l2 * b)
)
slip("penalized-bias + wrong-factor-of-penalty", "penalize")(
    lambda gw, gb, w, b, l2, n: (gw + l2 / n * w, gb + l2 / n * b)
)
slip("penalized-bias + wrong-factor-of-penalty", "penalize")(
    lambda gw, gb, w, b, l2, n: (gw + 2 * l2 * w, gb + 2 * l2 * b)
)


@slip("l1-penalty", "penalize")
def _l1(gw: Any, gb: Any, w: Any, b: Any, l2: Any, n: Any) -> Any:
    """The penalty is that on absolute values.

    The derivative of |w| is its sign; that of w^2/2 is w.

    Hint: Should a large weight be pulled harder than a small one?
    """
    return gw + l2 * np.sign(w), gb


@slip("penalty-for-its-gradient", "penalize")
def _penalty(gw: Any, gb: Any, w: Any, b: Any, l2: Any, n: Any) -> Any:
    """The penalty itself stands where its derivative is wanted.

    l2/2 ||w||^2 is one number; each weight has a derivative of its own.

    Hint: What is the derivative of w^2/2?
    """
    return gw + l2 / 2 * np.sum(w**2), gb


slip("penalty-for-its-gradient", "penalize")(
    lambda gw, gb, w, b, l2, n: (gw + l2 * np.sum(w**2), gb)
)
slip("penalty-for-its-gradient", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2 * w**2, gb))
slip("penalty-for-its-gradient", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2 / 2 * w**2, gb))
slip("penalty-for-its-gradient", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2 * np.sum(w), gb))
slip("penalty-for-its-gradient", "penalize")(lambda gw, gb, w, b, l2, n: (gw + l2, gb))


@slip("only-bias-penalized", "penalize")
def _bias_only(gw: Any, gb: Any, w: Any, b: Any, l2: Any, n: Any) -> Any:
    """The bias is penalized and the weights are not.

    It is the other way round.

    Hint: Which parameters stand in l2/2 ||w||^2?
    """
    return gw, gb + l2 * b


@mistake("penalty-without-learning-rate", "fit_l2")
def _decay(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    """The penalty is not multiplied by the learning rate.

    It is a part of the gradient, so the learning rate scales it too.

    Hint: What multiplies the penalty's part of your step?
    """
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        grad_w, grad_b = logistic_gradient(X, y, w, b)
        w, b = w - learning_rate * grad_w - l2 * w, b - learning_rate * grad_b
    return w, b


@mistake("penalty-without-learning-rate", "fit_l2")
def _growth(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    return _decay(X, y, -l2, learning_rate, n_iter)


@mistake("penalty-at-new-weights", "fit_l2")
def _decay_after(X: Any, y: Any, l2: Any, learning_rate: Any, n_iter: Any) -> Any:
    """The penalty is applied to the weights after the step.

    Data and penalty are one loss with one gradient, at one point.

    Hint: Which weights does the penalty see, those before or those after the step?
    """
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        grad_w, grad_b = logistic_gradient(X, y, w, b)
        w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
        w = w - learning_rate * l2 * w
    return w, b
