"""The nineteen exercises: what each asks for, its right answer, and the inputs it is tried on."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrcore import activations, gradients, losses

from . import cases
from .recipes import NAMES, RECIPES, arguments_of


@dataclass(frozen=True)
class Exercise:
    """One exercise: its name, what it asks for, what it returns, and the right answer."""

    id: str
    task: str
    returns: str
    reference: Callable[..., Any]

    @cached_property
    def arguments(self) -> list[str]:
        """The names of the arguments, in order."""
        return arguments_of(self.id)

    @cached_property
    def outputs(self) -> list[str]:
        """The names of the results, in order."""
        return [part.split(" ")[0] for part in self.returns.split("; ")]

    @cached_property
    def cases(self) -> list[cases.Case]:
        """The inputs, from plain ones to extreme ones."""
        return cases.DRAWN_FOR[self.id]()

    @cached_property
    def expected(self) -> list[tuple[NDArray[Any], ...]]:
        """The right results, one tuple for each case."""
        with np.errstate(all="ignore"):
            return [as_tuple(self.reference(*case.arguments)) for case in self.cases]

    @property
    def signature(self) -> str:
        """The line that the learner writes below `def`."""
        return f"{self.id}({', '.join(self.arguments)})"


def find(name: object) -> Exercise:
    """Return the exercise of that name; if there is none, say which ones there are."""
    if isinstance(name, str) and name in EXERCISES:
        return EXERCISES[name]
    near = get_close_matches(name, EXERCISES, n=1) if isinstance(name, str) else []
    hint = f" Did you mean {near[0]!r}?" if near else ""
    if callable(name):
        hint = " The name comes first, then the function."
    got = repr(name) if isinstance(name, str) else f"a {type(name).__name__}"
    raise ValueError(f"exercise: expected one of {', '.join(EXERCISES)}, got {got}.{hint}")


def as_tuple(value: Any) -> tuple[NDArray[Any], ...]:
    """Return one or several results as a tuple of arrays."""
    several = value if isinstance(value, tuple) else (value,)
    return tuple(np.asarray(item, dtype=np.float64) for item in several)


def _fit_l2(X: Any, y: Any, l2: float, learning_rate: float, n_iter: int) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_iter):
        grad_w, grad_b = gradients.logistic_gradient(X, y, w, b, l2=l2)
        w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
    return w, b


def _two_layer_step(X: Any, y: Any, *parameters_and_rate: Any) -> Any:
    *parameters, learning_rate = parameters_and_rate
    slopes = gradients.two_layer_gradient(X, y, *parameters)
    return tuple(p - learning_rate * g for p, g in zip(parameters, slopes, strict=True))


def _newton_step(X: Any, y: Any, w: Any, b: float) -> Any:
    design = np.column_stack([X, np.ones(len(X))])
    hessian = (design.T * activations.sigmoid_derivative(X @ w + b)) @ design / len(X)
    step = np.linalg.solve(hessian, np.append(*gradients.logistic_gradient(X, y, w, b)))
    return w - step[:-1], b - step[-1]


_TASKS = {
    "sigmoid": ("Turn scores into probabilities: 1 / (1 + e^-z).", "p (the shape of z)"),
    "sigmoid_derivative": (
        "Differentiate the sigmoid at the scores z (not at probabilities).",
        "slope (the shape of z)",
    ),
    "binary_cross_entropy": (
        "Average the loss -[y log p + (1 - y) log(1 - p)] over the samples.",
        "loss (a number)",
    ),
    "binary_cross_entropy_from_logits": (
        "The same loss from scores z, finite for every finite score.",
        "loss (a number)",
    ),
    "binary_cross_entropy_gradient": (
        "Differentiate the mean loss with respect to each probability.",
        "grad_p (n_samples,)",
    ),
    "logistic_gradient": (
        "Differentiate the mean binary cross-entropy of p = sigmoid(X @ w + b).",
        "grad_w (n_features,); grad_b (a number)",
    ),
    "softmax": (
        "Turn each row of scores into probabilities that sum to 1, also for scores of 1000.",
        "P (n_samples, n_classes)",
    ),
    "softmax_cross_entropy": (
        "Average -log(probability of the true class) over the samples; Z are scores, Y is one-hot.",
        "loss (a number)",
    ),
    "softmax_gradient": (
        "Differentiate the mean softmax cross-entropy of Z = X @ W + b; Y is one-hot.",
        "grad_W (n_features, n_classes); grad_b (n_classes,)",
    ),
    "one_hot": (
        "Write class indices 0, 1, ... as rows that hold a single 1.",
        "Y (n_samples, n_classes)",
    ),
    "gradient_descent_step": (
        "Step against the gradient: return new parameters, and leave the old ones as they are.",
        "w (n_features,); b (a number)",
    ),
    "two_layer_gradient": (
        "Differentiate the mean loss of p = sigmoid(sigmoid(X @ W1 + b1) @ W2 + b2).",
        "grad_W1 (n_features, n_hidden); grad_b1 (n_hidden,); grad_W2 (n_hidden, 1); grad_b2 (1,)",
    ),
    "two_layer_step": (
        "Make one step of gradient descent with all four parameters at once.",
        "W1 (n_features, n_hidden); b1 (n_hidden,); W2 (n_hidden, 1); b2 (1,)",
    ),
    "predict": ("Decide for 0 or 1: 1 where the probability is above one half.", "y (n_samples,)"),
    "predict_multiclass": ("Name the most likely class of each row of P.", "y (n_samples,)"),
    "accuracy": ("Return the fraction of predictions that are right.", "accuracy (a number)"),
    "fit": (
        "Minimize the mean loss by n_iter steps of gradient descent from zero.",
        "w (n_features,); b (a number)",
    ),
    "fit_l2": (
        "The same for the mean loss plus l2/2 ||w||^2; the bias is not penalized.",
        "w (n_features,); b (a number)",
    ),
    "newton_step": (
        "Make one step of Newton's method on the mean loss, in weights and bias together.",
        "w (n_features,); b (a number)",
    ),
}
_REFERENCES: dict[str, Callable[..., Any]] = {
    "sigmoid": activations.sigmoid,
    "sigmoid_derivative": activations.sigmoid_derivative,
    "binary_cross_entropy": losses.binary_cross_entropy,
    "binary_cross_entropy_from_logits": losses.binary_cross_entropy_from_logits,
    "logistic_gradient": gradients.logistic_gradient,
    "softmax": activations.softmax,
    "softmax_cross_entropy": losses.softmax_cross_entropy,
    "softmax_gradient": gradients.softmax_gradient,
    "one_hot": losses.one_hot,
    "two_layer_gradient": gradients.two_layer_gradient,
    "two_layer_step": _two_layer_step,
    "fit": lambda X, y, learning_rate, n_iter: _fit_l2(X, y, 0.0, learning_rate, n_iter),
    "fit_l2": _fit_l2,
    "newton_step": _newton_step,
}
# where lrcore has no public function, the recipe with all its right pieces is the reference
EXERCISES = {
    name: Exercise(name, *_TASKS[name], _REFERENCES.get(name, RECIPES[name])) for name in NAMES
}
