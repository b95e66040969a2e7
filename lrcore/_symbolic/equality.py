"""Whether two expressions are equal in a domain: a proof if it is cheap, and many random points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from random import Random
from typing import Any

import mpmath as mp
import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from .definitions import put_into_derivatives
from .evaluation import (
    MOST_DIGITS,
    Domain,
    Point,
    UndefinedError,
    draw,
    draw_whole,
    explicit,
    for_all,
    satisfy,
    unknowns,
    value,
    whole_symbols,
)

POINTS = 30
FEWEST = 5  # points that say anything: with less, nothing has been checked
ATTEMPTS = 300
SLACK, FLOOR = mp.mpf(10) ** -50, mp.mpf(10) ** -10
HOLDS = {
    "=": lambda gap, slack: abs(gap) <= slack,
    "<=": lambda gap, slack: gap <= slack,
    ">=": lambda gap, slack: gap >= -slack,
    "<": lambda gap, slack: gap < -slack,
    ">": lambda gap, slack: gap > slack,
}
LARGEST_PROOF = 1000  # terms; counted, not timed, so that every machine gives the same answer


@dataclass(frozen=True)
class Difference:
    """A point at which a relation does not hold, and what the two sides are there."""

    point: Point
    left: sp.Expr
    right: sp.Expr
    entry: int  # of the sides, if these are matrices; row by row


def find_difference(
    left: Any, right: Any, relation: str, domain: Domain, given: Sequence[Any]
) -> Difference | None:
    """Return the first random point at which the relation fails, or None if it holds at all.

    Raise UndefinedError if there are too few points at which both sides are defined.
    """
    left, right = (put_into_derivatives(side, given) for side in (left, right))
    checked = 0
    for point, sides in _points(left, right, domain, given):
        try:
            entry = _failing_entry(sides, relation, point)
        except UndefinedError:
            continue
        if entry is not None:
            return _at(point, sides, entry)
        checked += 1
        if checked == POINTS:
            return None
    if checked < FEWEST:
        raise UndefinedError
    return None


def _points(
    left: Any, right: Any, domain: Domain, given: Sequence[Any]
) -> Iterator[tuple[Point, list[tuple[Any, Any]]]]:
    """Yield points, and for each the entries of both sides, written out for its sizes."""
    symbols = whole_symbols([left, right, *given])
    written: dict[Any, Any] = {}
    for attempt in range(ATTEMPTS):
        shape = attempt // 2  # two points for each: writing out takes longest
        whole = draw_whole(symbols, domain, Random(shape), most=min(2 + shape, 4))
        key = tuple(whole.items())
        try:
            if key not in written:
                relations = [each for g in given for each in for_all(g, domain, whole)]
                written[key] = _entries(left, right, whole), relations
            sides, relations = written[key]
            point = _draw(sides, relations, domain, attempt)
        except UndefinedError:
            continue
        if point is not None:
            yield whole | point, sides


def _entries(left: Any, right: Any, whole: Point) -> list[tuple[Any, Any]]:
    left, right = explicit(left, whole), explicit(right, whole)
    if isinstance(left, sp.MatrixBase):
        return list(zip(left, right, strict=True))
    return [(left, right)]


def _draw(
    sides: list[tuple[Any, Any]], relations: list[Any], domain: Domain, attempt: int
) -> Point | None:
    # round numbers first, for a counterexample that can be checked by hand; large ones at times
    grid, scale = (10 if attempt < 10 else 10**6), (12 if attempt % 3 == 2 else 3)
    names = unknowns([*(side for pair in sides for side in pair), *relations])
    point = draw(names, domain, Random(attempt), scale=scale, grid=grid)
    return point if satisfy(relations, point, domain) else None


def _failing_entry(sides: list[tuple[Any, Any]], relation: str, point: Point) -> int | None:
    for entry, pair in enumerate(sides):
        # a difference that comes from cancellation does not survive many more digits
        if all(not _holds(pair, relation, point, digits) for digits in (100, MOST_DIGITS)):
            return entry
    return None


def _holds(pair: tuple[Any, Any], relation: str, point: Point, digits: int) -> bool:
    with mp.workdps(digits):
        left, right = (value(side, point, digits) for side in pair)
        slack = SLACK * max(abs(left), abs(right), FLOOR)
        return bool(HOLDS[relation](left - right, slack))


def _at(point: Point, sides: list[tuple[Any, Any]], entry: int) -> Difference:
    left, right = (value(side, point, MOST_DIGITS) for side in sides[entry])
    return Difference(point, sp.Float(left, MOST_DIGITS), sp.Float(right, MOST_DIGITS), entry)


def is_proved(left: Any, right: Any, given: Sequence[Any]) -> bool:
    """Say whether cheap algebra alone shows that `left` equals `right`."""
    if isinstance(left, sp.MatrixBase):
        return all(is_proved(*pair, given) for pair in zip(left, right, strict=True))
    known = [relation.args for relation in given if isinstance(relation, sp.Eq)]
    difference = (left - right).subs(known)
    if difference.has(ExprWithLimits):
        return False  # what SymPy does with a sum may take minutes
    difference = difference.doit().rewrite(sp.exp)
    if _terms(difference) > LARGEST_PROOF:
        return False
    difference = sp.expand_log(sp.expand(difference))
    numerator = sp.numer(sp.together(difference))
    return bool(_terms(numerator) <= LARGEST_PROOF and numerator.expand().is_zero)


def _terms(expression: Any) -> int:
    """Return how many terms `expression` has at most, once multiplied out."""
    parts = [_terms(part) for part in expression.args] or [1]
    if isinstance(expression, sp.Add):
        return sum(parts)
    if isinstance(expression, sp.Mul):
        return prod(parts)
    if isinstance(expression, sp.Pow) and expression.exp.is_Integer:
        return int(parts[0] ** min(abs(expression.exp), LARGEST_PROOF))
    return max(parts)
