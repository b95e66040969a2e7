"""Try an answer on every input of its exercise, and compare what comes back with what is right."""

import dis
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrcore._exercises.cases import Case
from lrcore._exercises.tasks import Exercise

from . import rehearsal
from .sandbox import SECONDS, Outcome, arrays, call

Arrays = tuple[NDArray[Any], ...]
_LOST = {
    "late": Outcome(error="TimeLimit", words="it did not come back"),
    "gone": Outcome(error="Crash", words="Python ended"),
}
_GRACE = 2.0  # seconds by which a copy may overrun its time limits before it is ended


def agree(got: NDArray[Any], wanted: NDArray[Any], tolerance: float) -> bool:
    """Tell whether two arrays are equal, up to rounding; nan equals nan, and inf inf."""
    if got.shape != wanted.shape:
        return False
    finite = wanted[np.isfinite(wanted)]
    # rounding is relative to the largest number that was added up, not to a small remainder
    scale = max(1.0, float(np.abs(finite).max(initial=0.0)))
    return np.allclose(got, wanted, rtol=tolerance, atol=1e-3 * tolerance * scale, equal_nan=True)


def fitted(got: NDArray[Any], wanted: NDArray[Any]) -> NDArray[Any]:
    """Give `got` the wanted shape where it differs by axes of length 1 only."""
    same = got.size == wanted.size and got.squeeze().shape == wanted.squeeze().shape
    return got.reshape(wanted.shape) if same else got


@dataclass(frozen=True)
class Trial:
    """The outcomes of an answer on the inputs of an exercise, in their order."""

    exercise: Exercise
    outcomes: list[Outcome]
    repeatable: bool = field(default=True)

    @cached_property
    def cases(self) -> list[Case]:
        """The inputs that were tried: not all of them if one had to be stopped."""
        return self.exercise.cases[: len(self.outcomes)]

    @cached_property
    def values(self) -> list[Arrays | None]:
        """What came back, in the wanted shapes where that is only a matter of axes of length 1."""
        pairs = zip(self.raw, self.exercise.expected, strict=False)
        return [
            tuple(map(fitted, got, wanted)) if got and len(got) == len(wanted) else got
            for got, wanted in pairs
        ]

    @cached_property
    def raw(self) -> list[Arrays | None]:
        """What came back, as tuples of arrays; None where nothing did."""
        pairs = zip(self.outcomes, self.exercise.expected, strict=False)
        return [_as_results(outcome.value, wanted) for outcome, wanted in pairs]

    def wrong(self, i: int, outputs: range | list[int] | None = None) -> bool:
        """Tell whether the results of one case (or some of its `outputs`) are wrong."""
        got, wanted = self.values[i], self.exercise.expected[i]
        if got is None or len(got) != len(wanted):
            return True
        chosen = range(len(wanted)) if outputs is None else outputs
        return not all(agree(got[j], wanted[j], self.cases[i].tolerance) for j in chosen)

    @cached_property
    def failing(self) -> list[int]:
        """The cases whose results are wrong, fragile ones left out."""
        return [i for i, c in enumerate(self.cases) if not c.fragile and self.wrong(i)]

    @cached_property
    def failing_fragile(self) -> list[int]:
        """The fragile cases whose results are wrong."""
        return [i for i, c in enumerate(self.cases) if c.fragile and self.wrong(i)]

    @cached_property
    def wrong_outputs(self) -> list[int]:
        """The results that are wrong in some case, by position."""
        return [
            j
            for j in range(len(self.exercise.outputs))
            if any(self.wrong(i, [j]) for i in self.failing or self.failing_fragile)
        ]

    @cached_property
    def misshapen(self) -> list[tuple[int, int]]:
        """Where axes of length 1 are too many (+1) or too few (-1): position of output, sign."""
        found = set()
        for got, wanted in zip(self.raw, self.exercise.expected, strict=False):
            for j, (g, w) in enumerate(zip(got or (), wanted, strict=False)):
                if g.shape != w.shape and fitted(g, w).shape == w.shape and w.size > 1:
                    found.add((j, 1 if g.ndim > w.ndim else -1))
        return sorted(found)

    @cached_property
    def wrapped(self) -> bool:
        """Tell whether a single number came back inside an array with axes."""
        return any(g.ndim > w.ndim for g, w in self._of_one_number)

    @cached_property
    def unwrapped(self) -> bool:
        """Tell whether an array of one number came back as that number, without its axes."""
        return any(g.ndim < w.ndim for g, w in self._of_one_number)

    @property
    def _of_one_number(self) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        for got, wanted in zip(self.raw, self.exercise.expected, strict=False):
            yield from ((g, w) for g, w in zip(got or (), wanted, strict=False) if w.size == 1)

    @property
    def smallest_failing(self) -> int:
        """The smallest failing case: one that returned something, not in the tails if possible."""
        failing = self.failing or self.failing_fragile
        with_value = [i for i in failing if self.values[i] is not None] or failing
        return min(with_value, key=lambda i: (self.cases[i].in_the_tails, self.cases[i].size))


def _as_results(value: Any, wanted: Arrays) -> Arrays | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        # one result whose numbers, or rows, came as a tuple
        rows = len(wanted) == 1 and wanted[0].ndim and {r.shape for r in value}
        return (np.stack(value),) if rows == {wanted[0].shape[1:]} else value
    # several results of one shape, stacked in one array
    stacked = len(wanted) > 1 and value.ndim and len(value) == len(wanted)
    return tuple(value) if stacked else (value,)


def run(exercise: Exercise, answer: Callable[..., Any]) -> Trial:
    """Try an answer on every input; here only if a copy of this process survives that."""
    outcomes = _rehearsed(exercise, answer) or list(_tried(exercise, answer))
    if outcomes[-1].stopped:
        return Trial(exercise, outcomes)
    again = call(_later, answer, *exercise.cases[0].arguments, finish=arrays)
    return Trial(exercise, outcomes, _same(outcomes[0].value, again.value))


def _later(answer: Callable[..., Any], *arguments: Any) -> Any:
    """Call an answer when other random numbers are next."""
    np.random.random()  # noqa: NPY002  (learners still use it)
    return answer(*arguments)


def _rehearsed(exercise: Exercise, answer: Callable[..., Any]) -> list[Outcome]:
    """Return the outcomes up to the one that went too far; none if all is well."""
    if not rehearsal.POSSIBLE:
        return []
    outcomes, ending = rehearsal.rehearse(lambda: _tried(exercise, answer), 2 * SECONDS + _GRACE)
    if ending != "done":
        outcomes.append(_LOST[ending])
    too_far = outcomes[-1].stopped or len(outcomes) < len(exercise.cases)
    return outcomes if too_far else []


def _tried(exercise: Exercise, answer: Callable[..., Any]) -> Iterator[Outcome]:
    """Call an answer with every input, until the patience with all of them together is over."""
    patience = 2 * SECONDS
    for case, wanted in zip(exercise.cases, exercise.expected, strict=True):
        _soil(wanted)
        outcome = call(answer, *case.arguments, finish=arrays, seconds=min(SECONDS, patience))
        patience -= outcome.seconds
        yield outcome
        if outcome.stopped or patience <= 0:
            return


def _soil(results: Arrays) -> None:
    """Leave numbers in the memory that np.empty hands out next: an answer may count on zeros."""
    soil = [np.full(result.shape, 1e9) for result in results for _ in range(8)]
    del soil


def _same(first: Any, second: Any) -> bool:
    if first is None or second is None:
        return first is second
    one, two = (value if isinstance(value, tuple) else (value,) for value in (first, second))
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, two, strict=False))


def is_stub(answer: Callable[..., Any]) -> bool:
    """Tell whether a function calls nothing and looks at none of its arguments."""
    outcome = call(lambda: _used_names(answer))
    return outcome.value == set()


def _used_names(answer: Callable[..., Any]) -> set[Any]:
    code = inspect.unwrap(answer).__code__
    arguments = code.co_varnames[: code.co_argcount]
    read = {i.argval for i in dis.get_instructions(code) if i.opname.startswith("LOAD_FAST")}
    return {*code.co_names, *read.intersection(arguments)}
