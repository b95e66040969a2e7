"""What the known mistakes do on the inputs of their exercise, computed once in a process."""

from collections.abc import Sequence
from functools import cache

from lrcore._exercises import (  # noqa: F401  (they fill the catalogue)
    mistakes_fits,
    mistakes_gradients,
    mistakes_labels,
    mistakes_losses,
    mistakes_results,
    mistakes_sigmoid,
    mistakes_softmax,
    mistakes_steps,
)
from lrcore._exercises.slips import Mistake, pairs, singles
from lrcore._exercises.tasks import EXERCISES, as_tuple

from .trial import Arrays, agree


def result_of(mistake: Mistake, arguments: Sequence[object]) -> Arrays | None:
    """Run a mistake on one input; None stands where it raises."""
    try:
        return as_tuple(mistake(*arguments))
    except Exception:
        return None


@cache
def results_of(mistake: Mistake) -> tuple[Arrays | None, ...]:
    """Run a mistake on all inputs of its exercise."""
    return tuple(result_of(mistake, case.arguments) for case in EXERCISES[mistake.exercise].cases)


@cache
def pair_results(exercise: str, i: int) -> tuple[Arrays | None, ...]:
    """Run all pairs of slips on one input."""
    arguments = EXERCISES[exercise].cases[i].arguments
    return tuple(result_of(mistake, arguments) for mistake in pairs(exercise))


@cache
def wrong_answers(exercise: str) -> tuple[Mistake, ...]:
    """Return the single mistakes that are wrong, not just fragile."""
    return tuple(mistake for mistake in singles(exercise) if _differs(mistake))


def _differs(mistake: Mistake) -> bool:
    exercise = EXERCISES[mistake.exercise]
    rows = zip(results_of(mistake), exercise.expected, exercise.cases, strict=True)
    return not all(
        case.fragile or _equal(got, wanted, case.tolerance) for got, wanted, case in rows
    )


def _equal(got: Arrays | None, wanted: Arrays, tolerance: float) -> bool:
    if got is None or len(got) != len(wanted):
        return False
    return all(agree(g, w, tolerance) for g, w in zip(got, wanted, strict=True))
