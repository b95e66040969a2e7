"""Expressions and reasons as LaTeX that KaTeX and MathJax both know, in the order people write."""

import re
from collections.abc import Callable, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

NARROW = 42  # characters of small text, on a phone
_MATHEMATICS = re.compile(r"\$[^$]*\$")
_SPECIAL = re.compile(r"[#$%&_{}^~\\]")  # in the text of TeX
_NAMED = {"^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "\\": r"\textbackslash{}"}


class _Printer(LatexPrinter):
    """SymPy's own order, but a term with a minus is never first, and a short factor always is."""

    def _print_Add(self, expr: Any, order: Any = None) -> str:  # noqa: N802 - SymPy's name
        terms = list(expr.args)
        if terms[0].could_extract_minus_sign():
            terms.sort(key=lambda term: term.could_extract_minus_sign())
        return super()._print_Add(sp.Add(*terms, evaluate=False), order="none")

    def _print_Mul(self, expr: Any) -> str:  # noqa: N802
        if isinstance(expr, sp.Mul):  # SymPy prints powers here, too
            expr = sp.Mul(*sorted(expr.args, key=_place), evaluate=False)
        return super()._print_Mul(expr)

    def _print_Derivative(self, expr: Any) -> str:  # noqa: N802
        # SymPy sees one name, such as s, and not the several variables that it is made of
        several = any(isinstance(variable, sp.Indexed) for variable in expr.variables)
        self._settings["diff_operator_latex"] = r"\partial" if several else "d"
        return str(super()._print_Derivative(expr))

    def _needs_mul_brackets(self, expr: Any, first: bool = False, last: bool = False) -> bool:
        if isinstance(expr, sp.Function) and not isinstance(expr, sp.Piecewise):
            return False  # it has its own; SymPy would add some for a sum inside
        return bool(super()._needs_mul_brackets(expr, first, last))


def _place(factor: Any) -> int:
    # what follows a logarithm or a sum would seem to belong to it
    late = (sp.Add, sp.log, sp.Sum | sp.Product | sp.Derivative | sp.MatrixBase)
    if factor.is_Number:
        return -2
    base, _ = factor.as_base_exp()
    return next((place for place, kind in enumerate(late) if isinstance(base, kind)), -1)


def latex(expression: Any) -> str:
    """Return an expression as LaTeX."""
    return _Printer({"order": "none", "long_frac_ratio": 3}).doprint(sp.sympify(expression))


def lines_of_words(reason: str) -> list[str]:
    r"""Return words as ``\text``, and what stands between dollar signs as mathematics.

    A long reason takes several lines, since LaTeX breaks none, and a phone is narrow.
    """
    unbroken = _MATHEMATICS.sub(lambda match: match[0].replace(" ", "\xa0"), reason)
    lines = wrap(unbroken, NARROW, break_long_words=False, break_on_hyphens=False)
    return [_typeset(line.replace("\xa0", " ")) for line in lines]


def _typeset(reason: str) -> str:
    plain, mathematics = reason.split("$")[::2], reason.split("$")[1::2]
    texts = [rf"\text{{{_SPECIAL.sub(_escaped, each)}}}" if each else "" for each in plain]
    pairs = zip_longest(texts, mathematics, fillvalue="")
    return " ".join(part for pair in pairs for part in pair if part)


def _escaped(match: re.Match[str]) -> str:
    return _NAMED.get(match[0], "\\" + match[0])


def packed(formulas: Sequence[str], widths: Sequence[str]) -> list[str]:
    """Put short formulas on one line, with commas; `widths` are the same as plain text."""
    lines: list[list[str]] = []
    room = 0
    for formula, plain in zip(formulas, widths, strict=True):
        if room < len(plain):
            lines, room = [*lines, []], NARROW
        lines[-1].append(formula)
        room -= len(plain) + 2
    return [", ".join(line) + "," for line in lines[:-1]] + [", ".join(line) for line in lines[-1:]]


def domain_shown(key: Any, allowed: Any, show: Callable[[Any], str], is_in: str, dots: str) -> str:
    """Return what a symbol may be, in the text or the LaTeX that `show` makes."""
    if isinstance(allowed, sp.FiniteSet):
        return f"{show(key)} {is_in} {show(allowed)}"
    low, high = map(show, allowed)
    if key.is_integer:
        return f"{show(key)} = {low}, {dots}, {high}"
    return f"{low} < {show(key)} < {high}"


def relation_shown(relation: Any, show: Callable[[Any], str]) -> str:
    """Return a relation, in the text or the LaTeX that `show` makes."""
    is_equation = isinstance(relation, sp.Eq)
    return f"{show(relation.lhs)} = {show(relation.rhs)}" if is_equation else show(relation)
