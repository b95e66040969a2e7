"""The inputs on which an answer is tried, drawn once, the same for everybody.

Dimensions that all differ come first, because two equal ones hide a missing transpose; the square
ones after them show what such a mistake computes when it does not fail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Case:
    """One input: what it is, the arguments, and whether only a limit gives its answer.

    `fragile` marks inputs where even a right formula, written down directly, may fail: there a
    wrong value makes an answer "correct, but".
    """

    label: str
    arguments: tuple[Any, ...]
    fragile: bool = False

    @property
    def size(self) -> int:
        """How many numbers the input holds."""
        return sum(np.size(argument) for argument in self.arguments)

    @property
    def in_the_tails(self) -> bool:
        """Tell whether a number is very large, or tiny and not zero."""
        numbers = np.abs(np.concatenate([np.ravel(a) for a in self.arguments]))
        return bool(np.any(numbers > 100) or np.any((numbers < 1e-2) & (numbers > 0)))

    @property
    def tolerance(self) -> float:
        """How far a right answer may be off, relatively: a loop in float32 loses four digits."""
        single = any(getattr(a, "dtype", None) == np.float32 for a in self.arguments)
        return 1e-3 if single else 1e-6


def _table(rng: np.random.Generator, *shape: int) -> NDArray[np.float64]:
    # two decimals can be read and typed; no two entries of a small table are likely to be equal
    return np.round(rng.normal(size=shape) * 1.5, 2)


def _labels(rng: np.random.Generator, n: int, classes: int = 2) -> NDArray[np.intp]:
    """Draw labels among which every class occurs, as far as there is room."""
    return rng.permutation(np.arange(n) % classes)


def _single(*arguments: Any) -> tuple[Any, ...]:
    """Turn floating-point arrays into float32."""
    return tuple(
        a.astype(np.float32) if getattr(a, "dtype", None) == np.float64 else a for a in arguments
    )


def _whole(*arguments: Any) -> tuple[Any, ...]:
    """Round floating-point arrays to integers."""
    return tuple(
        np.rint(a).astype(int) if getattr(a, "dtype", None) == np.float64 else a for a in arguments
    )


def _scores() -> list[Case]:
    return [
        Case("several scores", (np.array([1.0, -2.0, 0.25, 3.0, -0.5]),)),
        Case("one score", (np.array([0.7]),)),
        Case("zero", (np.array([0.0]),)),
        Case("integers", (np.array([1, -2, 3, 0]),)),
        Case("single precision", (np.array([0.5, -1.5, 2.0], dtype=np.float32),)),
        Case("large scores", (np.array([40.0, -300.0, 300.0, -40.0]),)),
        Case("extreme scores", (np.array([-1000.0, 1000.0]),)),
        Case("a table", (np.array([[-1.0, 0.5, 2.0], [0.3, -0.7, 1.2]]),), fragile=True),
    ]


def _labels_and_probabilities() -> list[Case]:
    y, p = np.array([1, 0, 1, 1, 0]), np.array([0.9, 0.2, 0.6, 0.3, 0.55])
    return [
        Case("several samples", (y, p)),
        Case("one sample", (np.array([1]), np.array([0.8]))),
        Case("one sample of the other class", (np.array([0]), np.array([0.3]))),
        Case("labels as floats", (y.astype(float), p)),
        Case("three samples", (np.array([0, 1, 0]), np.array([0.15, 0.7, 0.4]))),
        Case("one class missing", (np.array([1, 1, 1, 1]), np.array([0.9, 0.4, 0.7, 0.2]))),
        Case("single precision", _single(y, p)),
        Case("small probabilities", (np.ones(5, dtype=int), 10.0 ** -np.arange(3, 12, 2))),
        Case("tiny probabilities", (np.array([1, 0]), np.array([1e-12, 1e-12]))),
        Case("certain and right", (np.array([1, 0]), np.array([1.0, 0.0])), fragile=True),
    ]


def _losses_of_probabilities() -> list[Case]:
    wrong = Case("certain and wrong", (np.array([1, 0]), np.array([0.0, 1.0])), fragile=True)
    return [*_labels_and_probabilities(), wrong]


def _labels_and_scores() -> list[Case]:
    y, z = np.array([1, 0, 1, 1, 0]), np.array([2.0, -1.5, 0.25, -0.75, 0.5])
    return [
        Case("several samples", (y, z)),
        Case("one sample", (np.array([1]), np.array([0.8]))),
        Case("one sample of the other class", (np.array([0]), np.array([0.3]))),
        Case("labels as floats", (y.astype(float), z)),
        Case("three samples", (np.array([0, 1, 0]), np.array([0.15, -2.0, 1.4]))),
        Case("integers", (y, np.array([3, -1, 0, -2, 1]))),
        Case("one class missing", (np.array([0, 0, 0]), np.array([0.9, -0.4, 1.7]))),
        Case("single precision", _single(y, z)),
        Case("scores from 0 to 1", (np.array([1, 0, 1]), np.array([0.3, 0.6, 0.9]))),
        Case("small probabilities", (np.ones(4, dtype=int), np.array([-7.0, -16, -20.5, -25]))),
        Case("large scores", (np.array([1, 0, 0, 1]), np.array([-40.0, 300.0, 2.0, 60.0]))),
        Case("extreme scores", (np.array([1, 0, 1, 0]), np.array([-1000.0, 1000.0, 1e3, -1e3]))),
    ]


def _problem(n: int, d: int, seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    return _table(rng, n, d), _labels(rng, n), _table(rng, d), float(_table(rng))


def _linear() -> list[Case]:
    X, y, w, _ = _problem(5, 3, 1)
    return [
        Case("all dimensions different", (X, y, w, 0.4)),
        Case("one sample, one feature", (np.array([[2.0]]), np.array([1]), np.array([0.5]), 0.25)),
        Case("one sample", _problem(1, 3, 2)),
        Case("two features", _problem(7, 2, 3)),
        Case("as many samples as features", _problem(4, 4, 4)),
        Case("labels as floats", (X, y.astype(float), w, 0.4)),
        Case("integers", (*_whole(X, y, w), 1)),
        Case("single precision", (*_single(X, y, w), 0.5)),
        Case("one class missing", (X, np.zeros(5, dtype=int), w, -0.3)),
        Case("extreme scores", (1000.0 * X, y, w, 0.4), fragile=True),
    ]


def _newton() -> list[Case]:
    X, y, w, _ = _problem(8, 3, 5)
    rng = np.random.default_rng(6)
    return [
        Case("all dimensions different", (X, y, w / 4, 0.4)),
        Case("one feature", (_table(rng, 3, 1), np.array([1, 0, 1]), np.array([0.5]), 0.2)),
        Case("two features", (*_problem(7, 2, 6)[:2], np.array([0.3, -0.2]), -0.1)),
        Case("at the start", (X, y, np.zeros(3), 0.0)),
        Case("labels as floats", (X, y.astype(float), w / 4, 0.4)),
        Case("integers", (*_whole(X * 2, y), np.array([0, 1, 0]), 0)),
        Case("single precision", (*_single(X, y, w / 4), 0.5)),
        Case("one class missing", (X, np.ones(8, dtype=int), w / 4, -0.3)),
    ]


def _score_tables() -> list[Case]:
    rng = np.random.default_rng(7)
    Z = _table(rng, 5, 3)
    shifts = np.array([[1000.0], [-1000.0], [0.0], [500.0], [-1000.0]])
    return [
        Case("all dimensions different", (Z,)),
        Case("one sample", (_table(rng, 1, 3),)),
        Case("two classes", (_table(rng, 4, 2),)),
        Case("as many samples as classes", (_table(rng, 3, 3),)),
        Case("integers", (np.array([[1, 2, 3, 0], [0, -1, 2, 5]]),)),
        Case("single precision", _single(Z)),
        Case("scores around 1000 and -1000", (Z + shifts,)),
        Case("scores far apart", (np.array([[1000.0, 0.0, -1000.0], [0.0, 40.0, 80.0]]),)),
    ]


def _truth_and_score_tables() -> list[Case]:
    rng = np.random.default_rng(8)
    Z, Y = _table(rng, 5, 3), np.eye(3)[_labels(rng, 5, 3)]
    shifts = np.array([[1000.0], [-1000.0], [0.0], [500.0], [-1000.0]])
    apart = np.array([[1000.0, 0.0, -1000.0], [0.0, 40.0, 80.0]])
    return [
        Case("all dimensions different", (Y, Z)),
        Case("one sample", (np.array([[0.0, 1.0, 0.0]]), _table(rng, 1, 3))),
        Case("two classes", (np.eye(2)[_labels(rng, 5)], _table(rng, 5, 2))),
        Case("as many samples as classes", (np.eye(3)[[1, 0, 2]], _table(rng, 3, 3))),
        Case("integers", (np.eye(4, dtype=int)[[2, 0]], np.array([[1, 2, 3, 0], [0, -1, 2, 5]]))),
        Case("single precision", _single(Y, Z)),
        Case("one class missing", (np.eye(3)[[0, 1, 1, 0]], _table(rng, 4, 3))),
        Case("small probabilities", (np.eye(3)[[0, 1]], np.array([[0.0, 18, 10], [12, -15, 3]]))),
        Case("scores around 1000 and -1000", (Y, Z + shifts)),
        Case("far apart and right", (np.eye(3)[[0, 2]], apart), fragile=True),
        Case("far apart and wrong", (np.eye(3)[[2, 0]], apart), fragile=True),
    ]


def _classes_problem(n: int, d: int, k: int, seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    return _table(rng, n, d), np.eye(k)[_labels(rng, n, k)], _table(rng, d, k), _table(rng, k)


def _softmax_problems() -> list[Case]:
    X, Y, W, b = _classes_problem(6, 3, 4, 9)
    far = np.array([[1.0], [1], [1000], [1], [1], [1]])  # one row with scores of thousands
    return [
        Case("all dimensions different", (X, Y, W, b)),
        Case("one sample", _classes_problem(1, 2, 3, 10)),
        Case("two classes", _classes_problem(5, 3, 2, 11)),
        Case("all dimensions equal", _classes_problem(3, 3, 3, 12)),
        Case("integers", _whole(X, Y, W, b)),
        Case("single precision", _single(X, Y, W, b)),
        Case("one class missing", (X, np.eye(4)[[0, 1, 1, 2, 0, 2]], W, b)),
        Case("scores around 1000", (X, Y, W, b + 1000.0)),
        Case("rows far apart", (X * far, Y, W, b)),
    ]


def _network(n: int, d: int, h: int, seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    parameters = _table(rng, d, h), _table(rng, h), _table(rng, h, 1), _table(rng, 1)
    return _table(rng, n, d), _labels(rng, n), *parameters


def _networks() -> list[Case]:
    X, y, W1, b1, W2, b2 = _network(5, 3, 4, 13)
    return [
        Case("all dimensions different", (X, y, W1, b1, W2, b2)),
        Case("one sample", _network(1, 2, 3, 14)),
        Case("two hidden units", _network(6, 3, 2, 15)),
        Case("all dimensions equal", _network(3, 3, 3, 16)),
        Case("labels as floats", (X, y.astype(float), W1, b1, W2, b2)),
        Case("integers", _whole(X, y, W1, b1, W2, b2)),
        Case("single precision", _single(X, y, W1, b1, W2, b2)),
        Case("one class missing", (X, np.ones(5, dtype=int), W1, b1, W2, b2)),
    ]


def _network_steps() -> list[Case]:
    rates = (0.5, 0.1, 0.3, 2.0, 0.5, 0.5, 0.5, 0.25)
    return [
        Case(case.label, (*case.arguments, rate), fragile=case.label == "integers")
        for case, rate in zip(_networks(), rates, strict=True)
    ]


def _steps() -> list[Case]:
    w, grad = np.array([0.5, -1.0, 2.0]), np.array([0.25, 0.75, -0.5])
    return [
        Case("three weights", (w, 0.5, grad, -0.3, 0.1)),
        Case("one weight", (np.array([1.5]), -0.5, np.array([0.4]), 0.6, 0.25)),
        Case("two weights", (w[:2], 0.2, grad[:2], 0.7, 2.0)),
        Case("no gradient", (w, 0.5, np.zeros(3), 0.0, 0.1)),
        Case("single precision", (*_single(w), 0.5, *_single(grad), -0.3, 0.1)),
        Case("integers", (np.array([1, -2]), 3, np.array([0.5, 0.25]), 0.5, 0.1), fragile=True),
    ]


def _decisions() -> list[Case]:
    X, _, w, _ = _problem(40, 3, 17)
    row, one = np.array([[0.2, 0.1]]), np.ones(2)
    return [
        Case("all dimensions different", (X, w, 0.4)),
        Case("probability 0.57", (row, one, 0.0)),
        Case("probability 0.43", (-row, one, 0.0)),
        Case("the bias decides", (row, one, -0.5)),
        Case("as many samples as features", (*_problem(4, 4, 4)[::2], 0.1)),
        Case("many samples", (*_problem(60, 2, 18)[::2], -0.6)),
        Case("integers", (*_whole(X[:9], w), 0.5)),
        Case("single precision", (*_single(X, w), 0.4)),
        Case("extreme scores", (1000.0 * X, w, 0.4)),
    ]


def _probability_tables() -> list[Case]:
    rng = np.random.default_rng(19)
    sizes = (9, 4), (1, 3), (4, 4), (8, 2)
    tables = [rng.dirichlet(np.ones(k), size=n).round(3) for n, k in sizes]
    labels = "all dimensions different", "one sample", "as many samples as classes", "two classes"
    plain = [Case(label, (table,)) for label, table in zip(labels, tables, strict=True)]
    return [
        *plain,
        Case("no class above one half", (np.array([[0.3, 0.3, 0.4], [0.25, 0.4, 0.35]]),)),
        Case("single precision", _single(tables[0])),
        Case("one-hot rows", (np.eye(3)[[1, 2, 0, 1]],)),
        Case("one-hot rows of integers", (np.eye(3, dtype=int)[[1, 2, 0, 1]],)),
    ]


def _label_pairs() -> list[Case]:
    y, p = np.array([1, 0, 1, 1, 0, 0, 1]), np.array([1, 0, 0, 1, 1, 0, 1])
    return [
        Case("two classes", (y, p)),
        Case("one sample", (np.array([1]), np.array([1]))),
        Case("one sample, wrong", (np.array([0]), np.array([1]))),
        Case("three samples", (np.array([0, 0, 1]), np.array([0, 1, 1]))),
        Case("several classes", (np.array([0, 3, 2, 3, 2, 1]), np.array([0, 2, 2, 3, 0, 1]))),
        Case("labels as floats", (y.astype(float), p.astype(float))),
        Case("labels and floats", (y, p.astype(float))),
        Case("all right", (np.array([0, 1, 1, 0]), np.array([0, 1, 1, 0]))),
        Case("all wrong", (np.array([0, 0, 1]), np.array([1, 1, 0]))),
        Case("class 1 missing", (np.array([0, 0, 0, 0]), np.array([0, 0, 0, 0]))),
    ]


def _labels_to_write() -> list[Case]:
    return [
        Case("all dimensions different", (np.array([2, 0, 1, 2, 0]), 3)),
        Case("one sample", (np.array([1]), 3)),
        Case("as many samples as classes", (np.array([1, 2, 0]), 3)),
        Case("last class missing", (np.array([0, 1, 1, 0]), 3)),
        Case("a class in the middle missing", (np.array([0, 3, 3, 0, 1]), 4)),
        Case("two classes", (np.array([0, 1, 1, 0]), 2)),
        Case("small integers", (np.array([3, 1], dtype=np.int8), 5)),
    ]


def _fits() -> list[Case]:
    X, y, *_ = _problem(5, 3, 20)
    tall, labels, *_ = _problem(9, 2, 21)
    square, marks, *_ = _problem(4, 4, 22)
    return [
        Case("one step", (X, y, 0.5, 1)),
        Case("one sample, one step", (np.array([[2.0, -1.0]]), np.array([1]), 0.5, 1)),
        Case("two steps", (X, y, 0.5, 2)),
        Case("twelve steps", (tall, labels, 0.3, 12)),
        Case("as many samples as features", (square, marks, 0.4, 5)),
        Case("labels as floats", (X, y.astype(float), 0.5, 3)),
        Case("integers", (*_whole(X, y), 0.2, 4)),
        Case("single precision", (*_single(X, y), 0.2, 4)),
        Case("one class missing", (X, np.zeros(5, dtype=int), 0.2, 3)),
        Case("no step", (X, y, 0.5, 0), fragile=True),
    ]


def _penalized_fits() -> list[Case]:
    strengths = 0.8, 0.5, 0.8, 0.3, 1.5, 0.7, 0.6, 0.6, 0.4, 0.5
    cases = [
        Case(case.label, (*case.arguments[:2], l2, *case.arguments[2:]), case.fragile)
        for case, l2 in zip(_fits(), strengths, strict=True)
    ]
    X, y, *_ = cases[0].arguments
    return [*cases, Case("no penalty", (X, y, 0.0, 0.5, 3))]


DRAWN_FOR: dict[str, Callable[[], list[Case]]] = {
    "sigmoid": _scores,
    "sigmoid_derivative": _scores,
    "binary_cross_entropy": _losses_of_probabilities,
    "binary_cross_entropy_from_logits": _labels_and_scores,
    "binary_cross_entropy_gradient": _labels_and_probabilities,
    "logistic_gradient": _linear,
    "softmax": _score_tables,
    "softmax_cross_entropy": _truth_and_score_tables,
    "softmax_gradient": _softmax_problems,
    "one_hot": _labels_to_write,
    "gradient_descent_step": _steps,
    "two_layer_gradient": _networks,
    "two_layer_step": _network_steps,
    "predict": _decisions,
    "predict_multiclass": _probability_tables,
    "accuracy": _label_pairs,
    "fit": _fits,
    "fit_l2": _penalized_fits,
    "newton_step": _newton,
}
