"""What the pattern of the results says of a wrong answer that is no known mistake."""

import itertools
import re
from collections.abc import Callable

import numpy as np

from lrcore._exercises.slips import TEXTS
from lrcore._exercises.tasks import as_tuple

from .factors import change, ratios
from .trial import Trial, agree, fitted
from .verdict import Remark

_SQUARE = "as many|equal|one sample, one feature"  # in the labels of square inputs
_NEAR = 1e-2  # the relative error of what is right to two digits


def on_values(trial: Trial) -> Remark | None:
    """Say what the pattern of wrong results shows."""
    for look in _LOOKS:
        remark = look(trial)
        if remark:
            return remark
    return None


def constant(trial: Trial) -> Remark | None:
    """Notice one and the same number for every input: what a pair of mistakes may do by chance."""
    plain = [g for g, c in zip(trial.values, trial.cases, strict=True) if not c.fragile]
    numbers = {number for got in plain if got for number in got[0].ravel().tolist()}
    if len(numbers) != 1 or any(got is None or len(got) > 1 for got in plain):
        return None
    words = f"It returns {numbers.pop() + 0.0:.6g} for every input: does the answer depend on it?"
    return Remark("constant-result", words)


def _count(trial: Trial) -> Remark | None:
    wanted = len(trial.exercise.outputs)
    counts = {len(got) for got in trial.values if got is not None}
    others = counts - {wanted}
    if not others:
        return None
    where = " for some inputs" if wanted in counts else ""
    names = ", ".join(trial.exercise.outputs)
    words = f"It returns {min(others)} result(s){where}; the exercise asks for {wanted}: {names}."
    return Remark("wrong-number-of-results", words)


def _random(trial: Trial) -> Remark | None:
    if trial.repeatable:
        return None
    words = (
        "It gives another result each time: something in it is random, such as the start, or was "
        "never set, as in np.empty."
    )
    return Remark("random-start", words)


def _order(trial: Trial) -> Remark | None:
    if len(trial.exercise.outputs) == 1:
        return None
    orders = itertools.permutations(range(len(trial.exercise.outputs)))
    for order in itertools.islice(orders, 1, None):  # the first is the right one
        if all(_agrees_in(trial, i, order) for i in trial.failing):
            text = TEXTS["reversed-outputs"]
            return Remark("reversed-outputs", f"{text['name']} {text['explanation']}")
    return None


def _agrees_in(trial: Trial, i: int, order: tuple[int, ...]) -> bool:
    got, wanted = trial.raw[i], trial.exercise.expected[i]
    if got is None or len(got) != len(wanted):
        return False
    return all(agree(fitted(got[j], w), w, 1e-3) for j, w in zip(order, wanted, strict=True))


def _square(trial: Trial) -> Remark | None:
    """Notice results with one axis of length n_samples too many."""
    case = trial.cases[0]
    n = max(np.shape(argument)[0] for argument in case.arguments if np.ndim(argument))
    got, wanted = trial.values[0], trial.exercise.expected[0]
    for g, w in zip(got or (), wanted, strict=False):
        longer = g.shape.count(n) > w.shape.count(n) and g.size > w.size
        other = "not-averaged" if g.ndim == 1 else "column-against-row"
        id = "wrong-axis" if g.ndim == w.ndim == 1 else other
        if longer and 0 in trial.failing and id in TEXTS:
            return Remark(id, f"{TEXTS[id]['name']} {TEXTS[id]['explanation']}")
    return None


_WHERE = [
    (r"integers", "integer-truncation", "only for integers (has an array taken over their type?)"),
    (r"extreme|large|tiny|1000|apart|certain", "wrong-in-the-tails", "in the tails only"),
    (r"single", "single-precision", "for float32 only"),
    (r"one class missing|class .*missing", "missing-class", "only where a class does not occur"),
    (r"one sample|one row", "wrong-for-one-sample", "for a single sample only"),
    (r"labels as floats", "labels-as-floats", "only where labels come as floats"),
    (r"several classes", "two-classes-only", "where there are more than two classes"),
]


def _only_where(trial: Trial) -> Remark | None:
    failing = [trial.cases[i].label for i in trial.failing or trial.failing_fragile]
    for pattern, id, where in _WHERE:
        if all(re.search(pattern, label) for label in failing):
            return Remark(id, f"It is right otherwise and wrong {where}.")
    passing = [c.label for i, c in enumerate(trial.cases) if not trial.wrong(i)]
    if _only(_SQUARE, passing, failing):
        words = (
            "It is right only where two dimensions are equal: is a transpose missing, or is one "
            "size taken for the other?"
        )
        return Remark("right-for-square-only", words)
    if _only("one sample|one score|zero", passing, failing):
        words = "It is right for a single sample only: look at sums, means and axes over samples."
        return Remark("right-for-one-sample-only", words)
    return None


def _only(pattern: str, passing: list[str], failing: list[str]) -> bool:
    """Tell whether the inputs with such a label pass, and no others."""
    return (
        bool(passing)
        and all(re.search(pattern, label) for label in passing)
        and not any(re.search(pattern, label) for label in failing)
    )


# which entry is wrong: its place, how many there are, its score
_PARTS: list[tuple[Callable[[int, int, float], bool], str, str]] = [
    (
        lambda place, n, score: score < 0,
        "wrong-for-negative-scores",
        "It is right for positive scores and wrong for negative ones: look at their branch.",
    ),
    (
        lambda place, n, score: score > 0,
        "wrong-for-positive-scores",
        "It is right for negative scores and wrong for positive ones: look at their branch.",
    ),
    (
        lambda place, n, score: place == n - 1,
        "off-by-one",
        "Only the last entry is wrong: does a loop end one too early?",
    ),
    (
        lambda place, n, score: place == 0,
        "off-by-one",
        "Only the first entry is wrong: does a loop begin one too late?",
    ),
]


def _part(trial: Trial) -> Remark | None:
    """Notice that only some entries are wrong: the first, the last, those of one sign."""
    wrong = [_wrong_entries(trial, i) for i in trial.failing]
    entries = list(itertools.chain.from_iterable(wrong))
    for tell, id, words in _PARTS:
        if all(wrong) and all(tell(*entry) for entry in entries):
            return Remark(id, words)
    return None


def _wrong_entries(trial: Trial, i: int) -> list[tuple[int, int, float]]:
    """List the wrong entries of the only result; none if it has no entries to compare."""
    case, got, (wanted, *more) = trial.cases[i], trial.values[i], trial.exercise.expected[i]
    if got is None or more or wanted.ndim == 0 or got[0].shape != wanted.shape:
        return []
    n = len(wanted)
    scores = np.ravel(case.arguments[0]) if trial.exercise.arguments == ["z"] else np.zeros(n)
    places = [k for k in range(n) if not agree(got[0][k], wanted[k], case.tolerance)]
    return [(k, n, scores[k]) for k in places]


def _factor(trial: Trial) -> Remark | None:
    found = ratios(trial, trial.wrong_outputs, trial.exercise.expected)
    if not found or np.ptp(found) > 1e-3 * abs(found[0]):
        return None
    what = "The step" if trial.exercise.id.endswith("_step") else "It"
    return Remark("constant-factor", f"{what} is {found[0]:.6g} times what it should be.")


def _offset(trial: Trial) -> Remark | None:
    distances = []
    for i in trial.failing:
        got, wanted = trial.values[i], trial.exercise.expected[i]
        for j in trial.wrong_outputs:
            if got is None or got[j].shape != wanted[j].shape:
                return None
            distances += list(np.ravel(change(trial, i, got)[j] - change(trial, i, wanted)[j]))
    if not distances or not np.isfinite(distances).all() or np.ptp(distances) > 1e-6:
        return None
    return Remark("constant-offset", f"It is off by {distances[0]:.6g} everywhere.")


def _inexact(trial: Trial) -> Remark | None:
    errors = []
    for i in trial.failing:
        got, wanted = trial.values[i], trial.exercise.expected[i]
        if got is None or len(got) != len(wanted) or not all(map(agree, got, wanted, [_NEAR] * 9)):
            return None
        pairs = zip(got, wanted, strict=True)
        errors += [np.abs(g - w).max() / max(np.abs(w).max(), _NEAR) for g, w in pairs]
    words = (
        f"It is right to about {-np.log10(max(errors)):.0f} digits, not to more: is something "
        "rounded, or in float32, is a constant typed with few digits, or a number added that "
        "should not be there?"
    )
    return Remark("inexact", words)


def _start(trial: Trial) -> Remark | None:
    for case, got in zip(trial.cases, trial.values, strict=True):
        if case.label != "no step" or not got or not all(np.isfinite(a).all() for a in got):
            continue
        if any(a.any() for a in got):
            once = trial.values[0]  # the same data, one step
            if once and all(map(np.array_equal, got, once)):
                words = "It returns the same for n_iter = 0 and n_iter = 1: it is to make just so "
                return Remark("ignores-n-iter", words + "many steps, wherever they lead.")
            if _steps_made(trial):
                return None  # it starts at zero, and goes too far
            text = TEXTS["non-zero-start"]
            return Remark("non-zero-start", f"{text['name']} {text['explanation']}")
    return None


def _steps_made(trial: Trial) -> Remark | None:
    """Notice a fit that made another number of steps than it was told to."""
    if trial.exercise.arguments[-1] != "n_iter":
        return None
    made = {i: _count_steps(trial, i) for i in trial.failing}
    if not made or None in made.values():
        return None
    i = trial.smallest_failing
    wanted = trial.cases[i].arguments[-1]
    words = f"With n_iter = {wanted} it makes {made[i]} steps: does the loop end early, or late?"
    return Remark("one-iteration-off", words)


def _count_steps(trial: Trial, i: int) -> int | None:
    *rest, n_iter = trial.cases[i].arguments
    got, tolerance = trial.values[i], trial.cases[i].tolerance
    for k in range(2 * n_iter + 2):
        wanted = as_tuple(trial.exercise.reference(*rest, k))
        if got and len(got) == 2 and all(map(agree, got, wanted, [tolerance] * 2)):
            return k
    return None


def _nan(trial: Trial) -> Remark | None:
    got = trial.values[trial.smallest_failing]
    if got is None or not any(np.isnan(a).any() for a in got):
        return None
    return Remark("nan", "nan appears: 0 times infinity, 0/0, or the logarithm of a negative.")


def _shape(trial: Trial) -> Remark | None:
    for i in (trial.smallest_failing, *trial.failing):  # the evidence shows the first
        got, wanted = trial.raw[i], trial.exercise.expected[i]
        for name, g, w in zip(trial.exercise.outputs, got or (), wanted, strict=False):
            if g.shape != w.shape:
                words = f"{name} has shape {g.shape}; expected {w.shape}."
                return Remark("wrong-shape", words)
    return None


_LOOKS = (
    _count, _random, _start, _steps_made, _order, _square, _only_where, _inexact, _part,
    _factor, _offset, _nan, _shape,
)  # fmt: skip
