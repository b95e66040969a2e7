"""What an expression of SymPy comes to at one point of a domain: sizes put in, numbers drawn.

Sums over samples are written out for small sizes, indices become numbers, derivatives are taken;
then every symbol gets a number, and the whole is computed with many digits.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import product
from random import Random
from typing import Any

import mpmath as mp
import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr

Domain = Mapping[Any, Any]  # {symbol or base: (low, high) or a set of values}
Point = dict[Any, Any]  # {symbol or entry: number}

MOST_TERMS = 1000  # of a sum that is written out, with the sums in it
MOST_DIGITS = 1000
LARGEST_POWER = 10**5  # bits
TINY = mp.mpf(10) ** -500  # two numbers of a thousand digits this near are equal
LARGEST = mp.mpf(10) ** 2000  # the exponential of a number up to this is still quick


class UndefinedError(ArithmeticError):
    """There is no real number here: a division by zero, the logarithm of a negative number."""


# Sizes and indices -----------------------------------------------------------------------------


def explicit(expression: Any, whole: Point) -> Any:
    """Return `expression` for these sizes and indices: no sum and no derivative is left in it."""
    if expression in whole:
        return whole[expression]
    if isinstance(expression, sp.Sum | sp.Product):
        return _written_out(expression, whole)
    if isinstance(expression, sp.Indexed):
        return expression.base[tuple(explicit(index, whole) for index in expression.indices)]
    if not expression.args or isinstance(expression, MatrixElement):
        return expression
    parts = [explicit(part, whole) for part in expression.args]
    if isinstance(expression, sp.Derivative):
        if whole.keys() & set(expression.variables):
            raise UndefinedError  # what counts has no derivative
        return sp.diff(*parts)
    if isinstance(expression, sp.UnevaluatedExpr):
        return parts[0]
    if isinstance(expression, sp.Pow) and is_huge_power(*parts):
        raise UndefinedError
    rebuilt = expression.func(*parts)
    return rebuilt.doit().as_explicit() if isinstance(rebuilt, MatrixExpr) else rebuilt


def is_huge_power(base: Any, exponent: Any) -> bool:
    """Say whether this power of a fraction, worked out, has more than some 30 000 digits."""
    if not (base.is_Rational and exponent.is_Rational):
        return False
    return max(abs(base.p), base.q).bit_length() * abs(exponent) > LARGEST_POWER


def _written_out(expression: ExprWithLimits, whole: Point) -> Any:
    *inner, (index, first, last) = expression.limits
    first, last = explicit(first, whole), explicit(last, whole)
    depth = sum(len(each.limits) for each in expression.atoms(ExprWithLimits))
    is_short = first.is_Integer and last.is_Integer and (last - first) ** depth < MOST_TERMS
    if not is_short:
        raise UndefinedError
    body = expression.func(expression.function, *inner) if inner else expression.function
    numbers = map(sp.Integer, range(first, last + 1))
    terms = [explicit(body, whole | {index: number}) for number in numbers]
    return (sp.Add if isinstance(expression, sp.Sum) else sp.Mul)(*terms)


def whole_symbols(expressions: Iterable[Any]) -> set[Any]:
    """Return the free symbols that count or index something."""
    found = set()
    for expression in expressions:
        counting = _indices(expression) | {
            symbol
            for each in expression.atoms(ExprWithLimits)
            for limit in each.limits
            for bound in limit[1:]
            for symbol in bound.free_symbols
        }
        labels = {base.label for base in expression.atoms(sp.IndexedBase)}
        # the j of a derivative by w[j] is not free for SymPy
        variables = {v for each in expression.atoms(sp.Derivative) for v in each.variables}
        free = expression.free_symbols.union(*(v.free_symbols for v in variables)) - labels
        free = {s for s in free if isinstance(s, sp.Symbol | sp.Idx)}
        found |= {s for s in free if s.is_integer or s in counting}
    return found


def _indices(expression: Any) -> set[Any]:
    entries = expression.atoms(sp.Indexed)
    return {s for entry in entries for index in entry.indices for s in index.free_symbols}


def draw_whole(symbols: Iterable[Any], domain: Domain, rng: Random, *, most: int) -> Point:
    """Return a whole number for each symbol: first sizes from 1 to `most`, then their indices."""
    sizes = {size for s in symbols for size in _sizes(s, domain)}
    symbols = sizes | set(symbols)
    domain = dict.fromkeys(symbols, (sp.Integer(1), sp.Integer(most))) | dict(domain)
    drawn: Point = {}
    for s in sorted(symbols, key=lambda s: (bool(_sizes(s, domain)), str(s))):
        drawn[s] = sp.Integer(rng.choice(_whole_range(s, domain, drawn)))
    return drawn


def _sizes(symbol: Any, domain: Domain) -> set[Any]:
    """Return the symbols in the range of an index, as the n of (1, n)."""
    return {size for end in domain.get(symbol, ()) for size in end.free_symbols}


def _whole_range(symbol: Any, domain: Domain, whole: Point) -> list[int]:
    allowed = domain[symbol]
    if not isinstance(allowed, tuple):
        return sorted(int(each) for each in allowed)
    low, high = (int(explicit(end, whole)) for end in allowed)
    return list(range(low, high + 1))


def for_all(relation: Relational, domain: Domain, whole: Point) -> list[Any]:
    """Return `relation` once for each value of the indices that are free in it."""
    free = sorted(_indices(relation) & relation.free_symbols & set(domain), key=str)
    ranges = [_whole_range(index, domain, whole) for index in free]
    values = (dict(zip(free, map(sp.Integer, each), strict=True)) for each in product(*ranges))
    return [explicit(relation, whole | each) for each in values]


# Numbers ---------------------------------------------------------------------------------------


def unknowns(expressions: Iterable[Any]) -> list[Any]:
    """Return the symbols and entries that need a number, in the order of their names."""
    found, waiting = set(), list(expressions)
    while waiting:
        expression = waiting.pop()
        if isinstance(expression, sp.Indexed | MatrixElement | sp.Symbol):
            found.add(expression)
        else:
            waiting.extend(expression.args)
    return sorted(found, key=str)


def draw(names: Iterable[Any], domain: Domain, rng: Random, *, scale: int, grid: int) -> Point:
    """Return a number for each name, from its domain; `grid` says how round the numbers are."""
    return {name: _number(name, domain, rng, scale, grid) for name in names}


def _allowed(name: Any, domain: Domain) -> Any:
    """Return the set of values or the (low, high) of an unknown, from domain or assumptions."""
    owner = getattr(name, "base", getattr(name, "parent", name))
    low = sp.Integer(0) if name.is_nonnegative else -sp.oo
    return domain.get(owner, (low, sp.Integer(0) if name.is_nonpositive else sp.oo))


def _number(name: Any, domain: Domain, rng: Random, scale: int, grid: int) -> sp.Expr:
    allowed = _allowed(name, domain)
    if not isinstance(allowed, tuple):
        return rng.choice(sorted(allowed))
    low, high = _within(*allowed, scale)
    return low + (high - low) * sp.Rational(rng.randint(1, grid - 1), grid)


@cache  # SymPy takes long to compare numbers
def _within(low: Any, high: Any, scale: int) -> tuple[Any, Any]:
    return max(low, min(high, scale) - 2 * scale), min(high, max(low, -scale) + 2 * scale)


def satisfy(relations: Iterable[Any], point: Point, domain: Domain) -> bool:
    """Change `point` such that the equations hold, and say whether all of `relations` do then.

    An equation is solved for its left side, if that is a name, else for a name in which it is
    linear.
    """
    fixed: set[Any] = set()
    for relation in relations:
        if isinstance(relation, sp.Eq):
            name = _solve(relation, point, fixed)
            holds = _is_inside(point[name], _allowed(name, domain))
        else:
            holds = value(relation, point, MOST_DIGITS)
        fixed.update(unknowns([relation]))
        if not holds:
            return False
    return True


def _solve(equation: sp.Eq, point: Point, fixed: set[Any]) -> Any:
    left, right = equation.args
    with mp.workdps(MOST_DIGITS):
        if left in point and left not in fixed.union(unknowns([right])):
            point[left] = sp.Float(value(right, point, MOST_DIGITS), MOST_DIGITS)
            return left
        names = set(unknowns([equation])) - fixed
        for name in sorted(names, key=lambda name: (name != left, str(name))):
            at = [value(left - right, point | {name: sp.Integer(k)}, MOST_DIGITS) for k in range(3)]
            slope = at[1] - at[0]
            if slope and abs(at[2] - at[1] - slope) < TINY:
                point[name] = sp.Float(-at[0] / slope, MOST_DIGITS)
                return name
    raise UndefinedError


def _is_inside(number: sp.Expr, allowed: Any) -> bool:
    if isinstance(allowed, tuple):
        return bool(allowed[0] < number) and bool(number < allowed[1])
    return any(abs(number - each) < TINY for each in allowed)


def value(expression: Any, point: Point, digits: int) -> Any:
    """Return the number of mpmath that an explicit expression is at `point`, or raise.

    A relation is true or false there.
    """
    with mp.workdps(digits):
        return _compute(expression, point, {})


_MEANING: Mapping[Any, Callable[..., Any]] = {
    sp.Add: lambda *terms: mp.fsum(terms),
    sp.Mul: lambda *factors: mp.fprod(factors),
    sp.Pow: mp.power,
    sp.exp: mp.exp,
    sp.log: mp.log,
    sp.Abs: abs,
    sp.Max: max,
    sp.Min: min,
    sp.Eq: operator.eq,
    sp.Ne: operator.ne,
    sp.Lt: operator.lt,
    sp.Le: operator.le,
    sp.Gt: operator.gt,
    sp.Ge: operator.ge,
    sp.And: lambda *conditions: all(conditions),
    sp.Or: lambda *conditions: any(conditions),
    sp.Not: operator.not_,
    type(sp.true): lambda: True,
    type(sp.false): lambda: False,
}


def _compute(expression: Any, point: Point, known: dict[Any, Any]) -> Any:
    """Work from the inside out, to stop at the first thing that has no value or is far too big."""
    if expression not in known:  # the same part may occur often
        known[expression] = _computed(expression, point, known)
    return known[expression]


def _computed(expression: Any, point: Point, known: dict[Any, Any]) -> Any:
    if expression in point:
        return _number_of(point[expression])
    if isinstance(expression, sp.Piecewise):
        return _compute(_branch(expression, point, known), point, known)
    return _applied(expression, [_compute(part, point, known) for part in expression.args])


def _applied(expression: Any, parts: list[Any]) -> Any:
    if expression.func not in _MEANING:
        return _number_of(expression.func(*map(_exact, parts)) if parts else expression)
    try:
        result = _MEANING[expression.func](*parts)
    except ZeroDivisionError as error:
        raise UndefinedError from error
    if isinstance(result, mp.mpc) or not abs(result) < LARGEST:
        raise UndefinedError
    return result


def _exact(number: Any) -> Any:
    return sp.Integer(int(number)) if mp.isint(number) else sp.Float(number, mp.mp.dps)


def _number_of(number: Any) -> Any:
    """Return a number of SymPy as one of mpmath; it may be infinite, complex, or none at all."""
    decimal = number.evalf(mp.mp.dps) if isinstance(number, sp.Expr) else sp.nan
    if not (decimal.is_Float or decimal.is_Integer):
        raise UndefinedError
    return mp.mpf(decimal._to_mpmath(mp.mp.prec))


def _branch(piecewise: sp.Piecewise, point: Point, known: dict[Any, Any]) -> Any:
    for expression, condition in piecewise.args:
        if _compute(condition, point, known):
            return expression
    raise UndefinedError
