"""Wrong implementations, for judging a test: a good one kills every mutant and no right answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from lrcore._exercises import recipes
from lrcore._exercises.slips import Mistake
from lrcore._exercises.tasks import Exercise

from .behaviour import results_of, wrong_answers
from .sandbox import call

_PATIENCE = 2.0  # seconds for one run of a test
Test = Callable[[Callable[..., Any]], Any]


@dataclass(frozen=True)
class Score:
    """How a test did against the mutants.

    Attributes
    ----------
    killed : tuple of Mistake
        The wrong implementations that the test noticed.
    survivors : tuple of Mistake
        Those that it let pass.
    refused : tuple of str
        What the test said against implementations that are right.
    """

    killed: tuple[Mistake, ...]
    survivors: tuple[Mistake, ...]
    refused: tuple[str, ...]

    @property
    def perfect(self) -> bool:
        """Whether every wrong implementation was noticed and no right one refused."""
        return not self.survivors and not self.refused

    @property
    def hints(self) -> tuple[str, ...]:
        """One hint for each survivor."""
        return tuple(f"{m.id}: {m.name} Hint: {m.hint}" for m in self.survivors)

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        first, *rest = (escape(line) for line in self._lines())
        items = "".join(f"<li>{line}</li>" for line in rest)
        kind = "tip" if self.perfect else "warning"
        return (
            f'<div role="status" class="admonition {kind}"><p class="admonition-title">{first}</p>'
            f"{f'<ul>{items}</ul>' if items else ''}</div>"
        )

    def _lines(self) -> list[str]:
        total = len(self.killed) + len(self.survivors)
        refused = [f"A right implementation is refused: {words}" for words in self.refused]
        survived = [f"survives: {hint}" for hint in self.hints]
        return [f"{len(self.killed)} of {total} mutants killed", *refused, *survived]


class Mutants:
    """The wrong implementations of one exercise; call it with a test to have that scored.

    Parameters
    ----------
    exercise : Exercise
        One of the nineteen.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._mistakes = _one_of_each(exercise.id)

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self._mistakes)

    def __len__(self) -> int:
        return len(self._mistakes)

    def __call__(self, test: Test) -> Score:
        right = self._exercise.reference, recipes.RECIPES[self._exercise.id]
        objections = [_objection(test, implementation) for implementation in right]
        refused = tuple(dict.fromkeys(words for words in objections if words is not None))
        if any(words.startswith("TimeLimit") for words in refused):
            return Score((), self._mistakes, refused)  # it would hang again for each mutant
        killed = tuple(mistake for mistake in self if _objection(test, mistake) is not None)
        survivors = tuple(mistake for mistake in self if mistake not in killed)
        return Score(killed, survivors, refused)


def _one_of_each(exercise: str) -> tuple[Mistake, ...]:
    """Return one mistake for each id: the first that goes wrong without raising, if one does."""
    chosen: dict[str, Mistake] = {}
    for mistake in sorted(wrong_answers(exercise), key=lambda m: results_of(m)[0] is None):
        chosen.setdefault(mistake.id, mistake)
    return tuple(chosen.values())


def _passed(value: Any) -> bool:
    """Tell whether a test is content; a truth that it returns may be one of NumPy's."""
    truths = np.asarray(value)
    return truths.dtype.kind != "b" or bool(truths.all())


def _objection(test: Test, implementation: Callable[..., Any]) -> str | None:
    """Return what a test says against an implementation; None if it passes."""
    outcome = call(test, implementation, finish=_passed, seconds=_PATIENCE)
    if outcome.error:
        return f"{outcome.error}: {outcome.words.partition(chr(10))[0]}".rstrip(": ")
    return None if outcome.value else "it returned False"
