"""How a mistake is written down: one function with a docstring, under `@slip` or `@mistake`.

The docstring of the first function with an id holds what a learner reads: its first paragraph is
the misconception in one line, then follow the explanation, a paragraph that begins with ``Hint:``
and one that begins with ``Met:``.  Later functions with the same id need no docstring.
"""

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from .recipes import INHERITED, RECIPES, Piece, pieces_of


@dataclass(frozen=True, eq=False)  # a mistake is itself: several share an id
class Mistake:
    """One known wrong answer to one exercise.

    Attributes
    ----------
    id : str
        The misconception, as in ``Verdict.diagnosis``; two at once are joined by ``" + "``.
    exercise : str
        The exercise it answers.
    name, explanation, hint, met : str
        The misconception in one line; why it is wrong; a question that leads to the answer without
        giving it away; where it was met.
    function : callable
        The wrong answer itself, with the arguments of the exercise.
    """

    id: str
    exercise: str
    name: str
    explanation: str
    hint: str
    met: str
    function: Piece = field(repr=False)

    def __call__(self, *arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return self.function(*arguments)


@dataclass(frozen=True)
class Slip:
    """A wrong piece: in every recipe that has the piece, it makes a mistake.

    Two pieces joined by ``" & "`` are both replaced.
    """

    id: str
    piece: str
    function: Piece
    only: Collection[str]
    alone: bool

    def fits(self, exercise: str) -> bool:
        """Tell whether the exercise has the piece (every one has a result)."""
        wanted = not self.only or exercise in self.only
        return wanted and self.pieces <= {"result", *pieces_of(exercise)}

    @property
    def pieces(self) -> set[str]:
        """The names of the pieces that are replaced."""
        return set(self.piece.split(" & "))


SLIPS: list[Slip] = []
WHOLE: list[tuple[str, str, Piece]] = []
TEXTS: dict[str, dict[str, str]] = {}


def _texts(docstring: str) -> dict[str, str]:
    paragraphs = [" ".join(part.split()) for part in docstring.strip().split("\n\n")]
    found = {"name": paragraphs[0], "explanation": "", "hint": "", "met": "the exercises' own list"}
    for paragraph in paragraphs[1:]:
        start, _, rest = paragraph.partition(": ")
        key = start.lower() if start in ("Hint", "Met") else "explanation"
        found[key] = rest if start in ("Hint", "Met") else paragraph
    return found


def _note(id: str, function: Piece) -> None:
    if (
        function.__doc__
        and id not in TEXTS
        and " + " not in id
        and function.__module__.startswith("lrcore._exercises.mistakes")
    ):
        TEXTS[id] = _texts(inspect.cleandoc(function.__doc__))


def slip(
    id: str, *pieces: str, only: Collection[str] = (), alone: bool = False
) -> Callable[[Piece], Piece]:
    """Make the function below a wrong piece, of every exercise (or of `only` some).

    What stands `alone` is not paired with other slips: one of a family whose first member is.
    """

    def register(function: Piece) -> Piece:
        _note(id, function)
        SLIPS.extend(Slip(id, piece, function, only, alone) for piece in pieces)
        return function

    return register


def mistake(id: str, *exercises: str) -> Callable[[Piece], Piece]:
    """Make the function below a whole wrong answer to the exercises (`id` may be two: "a + b")."""

    def register(function: Piece) -> Piece:
        _note(id, function)
        WHOLE.extend((id, exercise, function) for exercise in exercises)
        return function

    return register


def _composed(exercise: str, slips: tuple[Slip, ...]) -> Piece:
    pieces = {piece: slip.function for slip in slips for piece in slip.pieces}
    finish = pieces.pop("result", None)
    recipe = RECIPES[exercise]

    def answer(*arguments: Any) -> Any:
        outputs = recipe(*arguments, **pieces)
        if finish is None:
            return outputs
        if isinstance(outputs, tuple):
            return tuple(finish(output, arguments) for output in outputs)
        return finish(outputs, arguments)

    return answer


def _made(exercise: str, ids: list[str], function: Piece) -> Mistake:
    ids = list(dict.fromkeys(one for id in ids for one in id.split(" + ")))
    parts = [TEXTS[id] for id in ids]
    words = {key: " ".join(part[key] for part in parts if part[key]) for key in parts[0]}
    return Mistake(" + ".join(ids), exercise, **words, function=function)


@cache
def singles(exercise: str) -> tuple[Mistake, ...]:
    """Return every known mistake of an exercise that is made of one slip."""
    whole = [_made(name, [id], function) for id, name, function in WHOLE if name == exercise]
    fitting = [slip for slip in SLIPS if slip.fits(exercise)]
    inherited = pieces_of(INHERITED[exercise]) if exercise in INHERITED else set()
    # of two that behave alike, the one that is nearer to this exercise comes first
    slips = sorted(fitting, key=lambda s: (s.piece in inherited, s.piece == "result", not s.only))
    return (*whole, *(_made(exercise, [s.id], _composed(exercise, (s,))) for s in slips))


@cache
def pairs(exercise: str) -> tuple[Mistake, ...]:
    """Return every mistake of an exercise that is made of two slips in different pieces."""
    fitting = (slip for slip in SLIPS if slip.fits(exercise))
    slips = [slip for slip in fitting if not slip.alone and " + " not in slip.id]
    couples = [
        (first, second)
        for i, first in enumerate(slips)
        for second in slips[i + 1 :]
        if not first.pieces & second.pieces and first.id != second.id
    ]
    return tuple(_made(exercise, [a.id, b.id], _composed(exercise, (a, b))) for a, b in couples)
