"""The nineteen exercises in replaceable pieces, so that a mistake is a recipe with a wrong piece.

Each function is the right answer, written so that every place where people slip is a keyword: give
another piece for one keyword and it is a mistake, for two and it is two mistakes at once.  These
serve the catalogue of mistakes; an answer is compared with the public function of `lrcore`, or with
its recipe where there is none.
"""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from lrcore import activations

Piece = Callable[..., Any]


def given(value: Any) -> Any:
    """Return what came, unchanged."""
    return value


def share(label: Any, log: Any) -> Any:
    """Multiply a logarithm by its label; a label of 0 removes even an infinite one."""
    return np.where(label == 0, 0.0, label * log)


def both_classes(y: Any, log_p: Any, log_q: Any) -> Any:
    """Add the terms of the label 1 and of the label 0."""
    return share(y, log_p) + share(1 - y, log_q)


def logs_of_probabilities(p: Any) -> Any:
    """Return log p and log(1 - p)."""
    return np.log(p), np.log1p(-p)


def logs_of_logits(z: Any) -> Any:
    """Return the same two logarithms from scores, without rounding p."""
    return activations.log_sigmoid(z), activations.log_sigmoid(-z)


def loss_slope(y: Any, p: Any) -> Any:
    """Differentiate the loss of each sample with respect to p; 0/0 is 0."""
    return np.where(y == 0, 0.0, -y / p) + np.where(y == 1, 0.0, (1 - y) / (1 - p))


def affine(X: Any, w: Any, b: Any) -> Any:
    """Return the scores."""
    return X @ w + b


def weighed(X: Any, error: Any) -> Any:
    """Add up the rows of X, each times its error."""
    return X.T @ error


def over_rows(error: Any) -> Any:
    """Add up the errors of all samples."""
    return np.sum(error, axis=0)


def by_samples(total: Any, rows: Any) -> Any:
    """Divide by the number of samples."""
    return total / len(rows)


def column(y: Any) -> Any:
    """Stand labels upright, beside predictions of shape (n_samples, 1)."""
    return np.reshape(y, (-1, 1))


def downhill(parameter: Any, gradient: Any, rate: Any) -> Any:
    """Step against the gradient."""
    return parameter - rate * gradient


def zeros(n_features: int) -> Any:
    """Return the parameters with which a fit begins."""
    return np.zeros(n_features), 0.0


def sigmoid(z: Any, *, link: Piece = activations.sigmoid) -> Any:
    return link(z)


def sigmoid_derivative(z: Any, *, slope: Piece = activations.sigmoid_derivative) -> Any:
    return slope(z)


def binary_cross_entropy(
    y: Any,
    p: Any,
    *,
    labels: Piece = given,
    probability: Piece = given,
    logs: Piece = logs_of_probabilities,
    terms: Piece = both_classes,
    mean: Piece = np.mean,
    sign: Piece = np.negative,
) -> Any:
    return sign(mean(terms(labels(y), *logs(probability(p)))))


def binary_cross_entropy_from_logits(
    y: Any,
    z: Any,
    *,
    labels: Piece = given,
    logits: Piece = given,
    logs_of_z: Piece = logs_of_logits,
    terms: Piece = both_classes,
    mean: Piece = np.mean,
    sign: Piece = np.negative,
) -> Any:
    return sign(mean(terms(labels(y), *logs_of_z(logits(z)))))


def binary_cross_entropy_gradient(
    y: Any,
    p: Any,
    *,
    labels: Piece = given,
    probability: Piece = given,
    loss_slope: Piece = loss_slope,
    average: Piece = by_samples,
) -> Any:
    return average(loss_slope(labels(y), probability(p)), y)


def logistic_gradient(
    X: Any,
    y: Any,
    w: Any,
    b: Any,
    *,
    labels: Piece = given,
    score: Piece = affine,
    link: Piece = activations.sigmoid,
    error: Piece = np.subtract,
    weigh: Piece = weighed,
    gather: Piece = over_rows,
    average: Piece = by_samples,
) -> Any:
    errors = error(link(score(X, w, b)), labels(y))
    return average(weigh(X, errors), X), average(gather(errors), X)


def softmax(Z: Any, *, normalize: Piece = activations.softmax) -> Any:
    return normalize(Z)


def softmax_cross_entropy(
    Y: Any,
    Z: Any,
    *,
    normalize: Piece = activations.softmax,
    log: Piece = np.log,
    pick: Piece = lambda Y, log_P: share(Y, log_P).sum(axis=1),
    mean: Piece = np.mean,
    sign: Piece = np.negative,
) -> Any:
    return sign(mean(pick(Y, log(normalize(Z)))))


def softmax_gradient(
    X: Any,
    Y: Any,
    W: Any,
    b: Any,
    *,
    score: Piece = affine,
    normalize: Piece = activations.softmax,
    error: Piece = np.subtract,
    weigh: Piece = weighed,
    gather: Piece = over_rows,
    average: Piece = by_samples,
) -> Any:
    errors = error(normalize(score(X, W, b)), Y)
    return average(weigh(X, errors), X), average(gather(errors), X)


def one_hot(
    y: Any, n_classes: Any, *, table: Piece = lambda y, n_classes: np.eye(n_classes)[y.astype(int)]
) -> Any:
    return table(y, n_classes)


def gradient_descent_step(
    w: Any, b: Any, grad_w: Any, grad_b: Any, learning_rate: Any, *, step: Piece = downhill
) -> Any:
    return step(w, grad_w, learning_rate), step(b, grad_b, learning_rate)


def two_layer_gradient(
    X: Any,
    y: Any,
    W1: Any,
    b1: Any,
    W2: Any,
    b2: Any,
    *,
    column: Piece = column,
    score: Piece = affine,
    hidden: Piece = activations.sigmoid,
    link: Piece = activations.sigmoid,
    error: Piece = np.subtract,
    back: Piece = lambda errors, W2: errors @ W2.T,
    slope: Piece = activations.sigmoid_derivative,
    weigh: Piece = weighed,
    gather: Piece = over_rows,
    average: Piece = by_samples,
) -> Any:
    Z1 = score(X, W1, b1)
    A = hidden(Z1)
    outer = error(link(score(A, W2, b2)), column(y))
    inner = back(outer, W2) * slope(Z1)
    totals = weigh(X, inner), gather(inner), weigh(A, outer), gather(outer)
    return tuple(average(total, X) for total in totals)


def two_layer_step(
    X: Any,
    y: Any,
    W1: Any,
    b1: Any,
    W2: Any,
    b2: Any,
    learning_rate: Any,
    *,
    step: Piece = downhill,
    **pieces: Piece,
) -> Any:
    gradients = two_layer_gradient(X, y, W1, b1, W2, b2, **pieces)
    both = zip((W1, b1, W2, b2), gradients, strict=True)
    return tuple(step(parameter, gradient, learning_rate) for parameter, gradient in both)


def predict(
    X: Any,
    w: Any,
    b: Any,
    *,
    score: Piece = affine,
    link: Piece = activations.sigmoid,
    decide: Piece = lambda p: (p > 0.5).astype(int),
) -> Any:
    return decide(link(score(X, w, b)))


def predict_multiclass(P: Any, *, choose: Piece = lambda P: np.argmax(P, axis=1)) -> Any:
    return choose(P)


def accuracy(y_true: Any, y_pred: Any, *, match: Piece = np.equal, portion: Piece = np.mean) -> Any:
    return portion(match(y_true, y_pred))


def fit(
    X: Any,
    y: Any,
    learning_rate: Any,
    n_iter: Any,
    *,
    start: Piece = zeros,
    rounds: Piece = range,
    step: Piece = downhill,
    **pieces: Piece,
) -> Any:
    return fit_l2(X, y, 0.0, learning_rate, n_iter, start=start, rounds=rounds, step=step, **pieces)


def fit_l2(
    X: Any,
    y: Any,
    l2: Any,
    learning_rate: Any,
    n_iter: Any,
    *,
    start: Piece = zeros,
    rounds: Piece = range,
    penalize: Piece = lambda grad_w, grad_b, w, b, l2, n: (grad_w + l2 * w, grad_b),
    step: Piece = downhill,
    **pieces: Piece,
) -> Any:
    w, b = start(X.shape[1])
    for _ in rounds(n_iter):
        gradients = logistic_gradient(X, y, w, b, **pieces)
        grad_w, grad_b = penalize(*gradients, w, b, l2, len(X))
        w, b = step(w, grad_w, learning_rate), step(b, grad_b, learning_rate)
    return w, b


def newton_step(
    X: Any,
    y: Any,
    w: Any,
    b: Any,
    *,
    curvature: Piece = lambda p, y: p * (1 - p),
    hessian_average: Piece = by_samples,
    solve: Piece = np.linalg.solve,
    move: Piece = np.subtract,
    **pieces: Piece,
) -> Any:
    ones = np.column_stack([X, np.ones(len(X))])
    p = activations.sigmoid(affine(X, w, b))
    hessian = hessian_average((ones.T * curvature(p, y)) @ ones, X)
    gradient = np.append(*logistic_gradient(X, y, w, b, **pieces))
    moved = move(np.append(w, b), solve(hessian, gradient))
    return moved[:-1], moved[-1]


INHERITED = {
    "two_layer_step": "two_layer_gradient",
    "fit": "logistic_gradient",
    "fit_l2": "logistic_gradient",
    "newton_step": "logistic_gradient",
}
NAMES = (
    "sigmoid",
    "sigmoid_derivative",
    "binary_cross_entropy",
    "binary_cross_entropy_from_logits",
    "binary_cross_entropy_gradient",
    "logistic_gradient",
    "softmax",
    "softmax_cross_entropy",
    "softmax_gradient",
    "one_hot",
    "gradient_descent_step",
    "two_layer_gradient",
    "two_layer_step",
    "predict",
    "predict_multiclass",
    "accuracy",
    "fit",
    "fit_l2",
    "newton_step",
)
RECIPES: dict[str, Piece] = {name: globals()[name] for name in NAMES}


def pieces_of(exercise: str) -> set[str]:
    """Name the pieces of an exercise that can be replaced, those it inherits included."""
    parameters = inspect.signature(RECIPES[exercise]).parameters.values()
    own = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
    return own | (pieces_of(INHERITED[exercise]) if exercise in INHERITED else set())


def arguments_of(exercise: str) -> list[str]:
    """Name the arguments of an exercise, in order."""
    parameters = inspect.signature(RECIPES[exercise]).parameters.values()
    return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
