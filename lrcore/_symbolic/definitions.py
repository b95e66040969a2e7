"""What names stand for: with a = sigma(z) given, the derivative of log a by z is not 0."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sympy as sp

from .evaluation import UndefinedError


def put_in(expression: Any, given: Sequence[Any], keep: Collection[Any] = ()) -> Any:
    """Return `expression` with names replaced by what they equal in `given`.

    An equation such as ``Eq(z[i], ...)`` says what every entry of z is.  A name in `keep` stays,
    and so does every entry if its base, or one of its entries, is there.
    """
    kept = {_owner(name) for name in keep}
    for _ in given:  # one may lead to the next
        for name, meaning in _definitions(given):
            if _owner(name) not in kept:
                expression = _replaced(expression, name, meaning)
    return expression


def put_into_derivatives(expression: Any, given: Sequence[Any]) -> Any:
    """Return `expression` with names replaced wherever something else differentiates them."""
    return expression.replace(
        lambda part: isinstance(part, sp.Derivative), lambda part: _total(part, given)
    )


def _total(derivative: sp.Derivative, given: Sequence[Any]) -> sp.Derivative:
    variables = {_owner(name) for name in derivative.variables}
    if len(variables) > 1 and variables & {_owner(name) for name, _ in _definitions(given)}:
        raise UndefinedError  # by a, and by z that a depends on: SymPy forgets in which order
    expression = put_in(derivative.expr, given, derivative.variables)
    return sp.Derivative(expression, *derivative.variables)


def _owner(name: Any) -> Any:
    return name.base if isinstance(name, sp.Indexed) else name


def _definitions(given: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for relation in given:
        if isinstance(relation, sp.Eq) and isinstance(relation.lhs, sp.Symbol | sp.Indexed):
            # without its own names for summation, which might be those of what it is put into
            yield relation.lhs, relation.rhs.as_dummy()


def _replaced(expression: Any, name: Any, meaning: Any) -> Any:
    if isinstance(name, sp.Symbol):
        return expression.subs(name, meaning)
    return expression.replace(
        lambda part: isinstance(part, sp.Indexed) and part.base == name.base,
        lambda part: meaning.subs(dict(zip(name.indices, part.indices, strict=True))),
    )
