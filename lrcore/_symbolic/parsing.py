"""Mathematics that somebody typed, as an expression of SymPy.

SymPy's own parser runs what it reads as Python.  Here only the arithmetic in Python's syntax tree
is read, and nothing is run.
"""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any

import sympy as sp

from .evaluation import is_huge_power

LONGEST = 1000  # characters of a line

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": sp.exp,
    "log": sp.log,
    "ln": sp.log,
    "sqrt": sp.sqrt,
    "abs": sp.Abs,
    "delta": sp.KroneckerDelta,
    "diff": sp.Derivative,
    "sum": lambda body, index, first, last: sp.Sum(body, (index, first, last)),
    "prod": lambda body, index, first, last: sp.Product(body, (index, first, last)),
}


def names_in(expressions: Iterable[Any]) -> dict[str, Any]:
    """Return {name: symbol or base} of everything that has a name in `expressions`.

    Raise ValueError if two different symbols look alike, as `z` and a `z` that is known to be real.
    """
    found: dict[str, Any] = {}
    for expression in expressions:
        bases = expression.atoms(sp.IndexedBase)
        labels = {base.label for base in bases}
        for each in sorted((expression.atoms(sp.Symbol) - labels) | bases, key=str):
            if found.setdefault(str(each), each) != each:
                raise ValueError(
                    f"{each}: expected one symbol of this name, got two that differ in what is "
                    "assumed of them; make each symbol once and use it everywhere"
                )
    return found


def parse(text: str, names: Mapping[str, Any], functions: Mapping[str, Any]) -> sp.Expr:
    """Return the expression that `text` says, or raise a ValueError that says why not."""
    if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST:
        raise ValueError(f"expected a line of at most {LONGEST} characters, such as '1 - a'")
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
        return _Reader(names, {**_FUNCTIONS, **functions}).read(tree)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(
            f"cannot read {text.strip()!r}: write every product with *, every power with **"
            + (", a derivative as diff(f, z)" if "'" in text else "")
            + (", one side alone, without =" if "=" in text else "")
            + (", and pair every bracket" if text.count("(") != text.count(")") else "")
        ) from error


class _Reader:
    """Turns a syntax tree into an expression; what is not arithmetic is an error."""

    def __init__(self, names: Mapping[str, Any], functions: Mapping[str, Any]) -> None:
        self.names, self.functions = names, functions

    def read(self, node: ast.AST) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number) if _is_plain(number):
                return sp.Rational(str(number))
            case ast.Name(id=name):
                return self._number(name)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
                return self._applied(_OPERATORS[type(op)], [operand])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self._applied(_OPERATORS[type(op)], [left, right])
            case ast.Call(func=factor) if self._is_number(factor):
                words = f"cannot read {ast.unparse(node)!r}: write every product with *"
                raise ValueError(words)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._applied(self._named(self.functions, name), arguments)
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                indices = index.elts if isinstance(index, ast.Tuple) else [index]
                return self._applied(lambda *at: self._named(self.names, name)[at], indices)
        raise ValueError(f"cannot read {ast.unparse(node)!r}: it is no arithmetic")

    def _is_number(self, node: ast.AST) -> bool:
        # what stands before a bracket: a function, or a number whose * was forgotten
        if isinstance(node, ast.Name):
            return node.id in self.names and node.id not in self.functions
        return isinstance(node, ast.Call | ast.BinOp | ast.Constant | ast.Subscript)

    def _named(self, known: Mapping[str, Any], name: str) -> Any:
        if name not in known:
            raise ValueError(f"unknown name {name}: known here are {', '.join(sorted(known))}")
        return known[name]

    def _number(self, name: str) -> Any:
        named = self._named(self.names, name)
        if isinstance(named, sp.IndexedBase):
            raise ValueError(f"{name} alone is no number: it needs an index in brackets")
        return named

    def _applied(self, function: Callable[..., Any], nodes: list[Any]) -> Any:
        arguments = [self.read(node) for node in nodes]
        if function is operator.pow and is_huge_power(*arguments):
            raise ValueError(f"expected no number as large as ({arguments[0]})**{arguments[1]}")
        try:
            return function(*arguments)
        except (TypeError, ValueError, IndexError) as error:
            words = ", ".join(map(str, arguments))
            raise ValueError(f"cannot use {words} in this way") from error


def _is_plain(number: float) -> bool:
    # True is a number for Python, and 1e999 is infinity
    return not isinstance(number, bool) and abs(number) < inf
