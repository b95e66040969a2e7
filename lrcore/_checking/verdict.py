"""What a check says, and how it shows itself in a notebook and in a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_TITLES = {
    "correct": "✓ Correct",
    "wrong": "✗ Not yet right",
    "not attempted": "○ Not attempted yet",
    "error": "! It does not run",
}
_MANY = 8  # results that are shown; the exercises have four at most
_NOISE = 1e-15
_CLASSES = {"correct": "tip", "wrong": "warning", "not attempted": "note", "error": "danger"}


@dataclass(frozen=True)
class Remark:
    """One thing to say: its id, and the words."""

    id: str
    message: str


class Evidence(NamedTuple):
    """The smallest input that shows it.

    Attributes
    ----------
    input : dict
        The arguments, by name.
    expected : tuple
        The right results.
    got : tuple, str or None
        What came back; the error in words if it raised.
    """

    input: dict[str, Any]
    expected: tuple[Any, ...]
    got: Any


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes
    ----------
    status : str
        ``"correct"``, ``"wrong"``, ``"not attempted"`` or ``"error"``.
    diagnosis : str or None
        The id of the mistake, two of them joined by ``" + "``; for a correct answer what is fragile
        about it; None if there is nothing to name.
    message : str
        The same in words, with a hint.
    evidence : Evidence or None
        The smallest input that shows it, with what was expected and what came.
    """

    status: str
    diagnosis: str | None
    message: str
    evidence: Evidence | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """One line: how it went, and the diagnosis."""
        but = ", but" if self.status == "correct" and self.diagnosis else ""
        named = f": {self.diagnosis}" if self.diagnosis else ""
        return f"{_TITLES[self.status]}{but}{named}"

    def __repr__(self) -> str:
        lines = [self.title, self.message]
        for name, text in self._rows():
            first, *rest = text.splitlines()
            lines += [f"  {name:9} {first}", *(f"  {'':9} {line}" for line in rest)]
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        """Show it as an admonition, in the page's own colours, light or dark."""
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th><td><pre>{escape(text)}</pre></td></tr>'
            for name, text in self._rows()
        )
        table = f"<table><caption>The smallest input that shows it</caption>{rows}</table>"
        return (
            f'<div role="status" class="admonition {_CLASSES[self.status]}">'
            f'<p class="admonition-title">{escape(self.title)}</p>'
            f"<p>{escape(self.message)}</p>{table if rows else ''}</div>"
        )

    def _rows(self) -> list[tuple[str, str]]:
        if self.evidence is None:
            return []
        given = [f"{name} = {show(value)}" for name, value in self.evidence.input.items()]
        return [
            ("input", "\n".join(given)),
            *_told_apart(self.evidence.expected, self.evidence.got),
        ]


def _told_apart(expected: Any, got: Any) -> list[tuple[str, str]]:
    """Write both with as many digits as it takes to see that they differ."""
    for digits in (5, 8, 11):
        rows = [("expected", _shown(expected, digits)), ("got", _shown(got, digits))]
        if rows[0][1] != rows[1][1]:
            break
    return rows


def _shown(results: Any, digits: int) -> str:
    if not isinstance(results, tuple):
        return str(results)
    more = [f"and {len(results) - _MANY} more"] if len(results) > _MANY else []
    return "\n".join([show(result, digits) for result in results[:_MANY]] + more)


def show(value: Any, digits: int = 5) -> str:
    """Write a number or an array with few digits, on few lines, its shape beside it."""
    array = _without_noise(np.asarray(value))
    if array.ndim == 0:
        return f"{array[()]:.{digits + 1}g}"
    with np.printoptions(precision=digits, threshold=40, edgeitems=2, linewidth=72):
        return f"{array}  shape {array.shape}"


def _without_noise(array: NDArray[Any]) -> NDArray[Any]:
    """Make 0 of what rounding left beside numbers 10^15 times as large, and of minus zero."""
    if array.dtype.kind != "f":
        return array
    finite = np.abs(array[np.isfinite(array)])
    noise = _NOISE * finite.max(initial=0.0) if array.ndim else _NOISE
    return np.where(np.abs(array) <= noise, array.dtype.type(0), array)


def joined(names: Sequence[str]) -> str:
    """Join names as in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
