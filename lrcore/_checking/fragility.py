"""What is fragile about a right answer: overflow, slowness, changed inputs, limits."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from lrcore._exercises.slips import TEXTS

from . import diagnosis
from .sandbox import arrays, call
from .trial import Trial
from .verdict import Remark, joined

_SLOW = 0.25  # seconds on a large input, and
_TIMES_SLOWER = 100  # how many times as long as lrcore's function: both must be exceeded


def fragile(trial: Trial, answer: Callable[..., Any]) -> list[Remark]:
    """Collect what is fragile about a right answer."""
    remarks = []
    changed = {i for outcome in trial.outcomes for i in outcome.changed}
    if changed:
        names = joined([trial.exercise.arguments[i] for i in sorted(changed)])
        words = (
            f"it changes its input: there are other numbers in {names} of the caller afterwards."
        )
        remarks.append(Remark("changes-its-input", words))
    elif trial.failing_fragile:
        remarks.append(_limit(trial))
    warned = [words for outcome in trial.outcomes for words in outcome.warnings]
    overflows = [words for words in warned if "overflow" in words]
    if overflows:
        number = "an exponential" if re.search("exp|power", " ".join(overflows)) else "a number"
        words = f"{number} overflows on the way: NumPy warns, though the result is right."
        remarks.append(Remark("overflow", words))
    if trial.wrapped:
        words = "a single number is wrapped in an array: float(...) or [()] unwraps it."
        remarks.append(Remark("extra-dimension", words))
    if trial.unwrapped:
        words = "for a single sample it returns a bare number, where an array of one is expected."
        remarks.append(Remark("missing-dimension", words))
    if _slow(trial, answer):
        words = "it is slow: on many samples it takes over a hundred times as long as it need."
        remarks.append(Remark("slow", words))
    return remarks


_LIMITS = {
    "a table": ("one-dimensional-only", "it works for one-dimensional arrays only."),
    "no step": ("non-zero-start", "with n_iter = 0 it should return the start, which is zero."),
    "integers": ("integer-truncation", "it fails for parameters that are integers."),
    "far apart and wrong": (
        "log-of-rounded-probability",
        "where scores lie far apart a probability is rounded to 0, and its logarithm is infinite.",
    ),
}


def _limit(trial: Trial) -> Remark:
    i = trial.failing_fragile[-1]
    got, label = trial.values[i], trial.cases[i].label
    # a result that is lost altogether says less than the input that it is lost on
    finite = got is not None and all(np.isfinite(part).all() for part in got)
    finding = diagnosis.diagnose(trial) if finite or label not in _LIMITS else None
    if finding:
        text = TEXTS[finding.ids[0]]
        return Remark(finding.ids[0], f"fragile: {text['name']} {text['explanation']}")
    if label in _LIMITS:
        return Remark(*_LIMITS[label])
    return Remark("wrong-at-the-limit", f"fragile: it fails where p is {label}.")


def _slow(trial: Trial, answer: Callable[..., Any]) -> bool:
    """Compare the time on one large input with that of lrcore's function."""
    large = _enlarged(trial)
    theirs = call(answer, *large, finish=arrays)
    if theirs.seconds < _SLOW:
        return False
    ours = call(trial.exercise.reference, *large)
    return theirs.seconds > _TIMES_SLOWER * ours.seconds


def _enlarged(trial: Trial) -> list[Any]:
    """Repeat the samples of the first input two hundred times."""
    first = trial.cases[0].arguments
    n = len(first[0])
    rows = ("X", "y", "Y", "p", "P", "z", "Z", "y_true", "y_pred")
    return [
        np.repeat(argument, 200, axis=0) if name in rows and len(argument) == n else argument
        for name, argument in zip(trial.exercise.arguments, first, strict=True)
    ]
