r"""Derivations in which every equals sign is a test.

A :class:`Derivation` is a chain of SymPy expressions.  Each step has its reason in words, and is
refused unless it equals the step before: what the reader sees is what was checked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from . import activations
from ._symbolic.definitions import put_in
from ._symbolic.equality import HOLDS, Difference, find_difference, is_proved
from ._symbolic.evaluation import UndefinedError
from ._symbolic.parsing import names_in, parse
from ._symbolic.typesetting import domain_shown, latex, lines_of_words, packed, relation_shown

_SIGNS = {"=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}


class sigma(sp.Function):  # noqa: N801 - SymPy shows a function by the name of its class
    r"""The sigmoid as a function of SymPy, which stays :math:`\sigma(z)` until it is rewritten.

    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}}

    Parameters
    ----------
    z : sympy.Expr
        The score.

    See Also
    --------
    lrcore.activations.sigmoid : The same function, of numbers and arrays.

    Examples
    --------
    >>> z = sp.Symbol("z", real=True)
    >>> sigma(z).diff(z)
    (1 - sigma(z))*sigma(z)
    >>> sigma(z).rewrite(sp.exp)
    1/(1 + exp(-z))
    """

    nargs = 1

    @classmethod
    def eval(cls, z: Any) -> Any:
        """Compute the value where `z` is a decimal number; else stay as it is."""
        return 1 / (1 + sp.exp(-z)) if z.is_Float else None

    def fdiff(self, argindex: int = 1) -> Any:
        """Return the derivative, in terms of sigma itself."""
        return self * (1 - self)

    def _eval_rewrite_as_exp(self, z: Any, **hints: Any) -> Any:
        return 1 / (1 + sp.exp(-z))

    def _eval_evalf(self, prec: int) -> Any:
        return self.rewrite(sp.exp)._eval_evalf(prec)

    def _eval_is_extended_positive(self) -> bool | None:
        return self.args[0].is_real

    def _eval_is_real(self) -> bool | None:
        return self.args[0].is_real

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\sigma{power}{{\left({printer._print(self.args[0])}\right)}}"


class StepError(ValueError):
    """A step that does not follow from the one before, or that could not be checked.

    Attributes
    ----------
    point : dict
        Numbers for which the two sides differ; empty if there are none, because the shapes of the
        sides differ or because they could be computed nowhere.
    left, right : sympy.Expr or None
        What the step before and this step are at that point.

    Examples
    --------
    >>> z = sp.Symbol("z", real=True)
    >>> try:
    ...     Derivation(sigma(-z)).step(-sigma(z), "the sigmoid is odd")
    ... except StepError as error:
    ...     print(error)
    step 1 (the sigmoid is odd) does not follow:
        sigma(-z) = -sigma(z)
    is false for z = 1.2: the left side is 0.231475, the right side is -0.768525
    """

    def __init__(self, message: str, difference: Difference | None = None) -> None:
        super().__init__(message)
        self.point = difference.point if difference else {}
        self.left = difference.left if difference else None
        self.right = difference.right if difference else None


@dataclass(frozen=True)
class Step:
    """One line of a derivation.

    Attributes
    ----------
    expression : sympy.Expr or sympy.Matrix
        What stands on the line.
    reason : str
        Why it follows from the line before; empty for the first line.
    relation : str
        How it compares with the line before: ``=``, ``<=``, ``>=``, ``<`` or ``>``.
    proved : bool
        Whether algebra proved it; else it held, to 50 digits, at random points.
    """

    expression: Any
    reason: str
    relation: str
    proved: bool


class Derivation:
    r"""A chain of expressions, each checked against the one before.

    Parameters
    ----------
    start : sympy.Expr or sympy.Matrix
        The first line.
    domain : dict, optional
        Where the derivation is valid: for a symbol, or for the base of indexed symbols, either the
        ends of an open interval, as in ``{p: (0, 1)}``, or a set of values, as in ``{y: {0, 1}}``.
        For an index the first and the last value: ``{j: (1, d)}``.  What is not named here has the
        values that its assumptions allow; sizes are small whole numbers from 1.
    given : sequence of sympy relations, optional
        What else is known, as in ``[sp.Eq(a, sigma(z))]``.  An index that is free in it, and has
        its range in `domain`, stands for all its values.  In a derivative by z this a changes with
        z, and in a derivative by a it is a variable.
    name : sympy.Expr, optional
        What the first line is called.  It is shown before it, as a definition.

    Attributes
    ----------
    steps : list of Step
        The lines so far.

    Raises
    ------
    ValueError
        If `start` is no expression of SymPy or uses a function that has no values, if `domain` is
        not of symbols, intervals and sets, or if `given` is not of relations.

    See Also
    --------
    check_steps : The same check for lines that a learner typed.

    Notes
    -----
    Each step is compared with the one before at 30 random points of the domain, the same ones in
    every run, with 100 digits and in doubt with 1000; sides that agree to 50 digits are equal.
    Sums, products, indices and derivatives are written out for several small sizes first.  Points
    at which a side is undefined say nothing and are left out; if almost all are, the step is
    refused, because it could not be checked.  Algebra tries to prove each equation, too.

    Random points are no proof, but a wrong identity between functions such as ours holds only by
    an accident that thirty points do not repeat.

    Examples
    --------
    >>> z = sp.Symbol("z", real=True)
    >>> derivation = Derivation(sigma(-z))
    >>> derivation = derivation.step(1 / (1 + sp.exp(z)), "definition of the sigmoid")
    >>> derivation.step(1 - sigma(z), "1 is the sum of both")
    sigma(-z)
        definition of the sigmoid:
    = 1/(exp(z) + 1)
        1 is the sum of both:
    = 1 - sigma(z)
    """

    def __init__(
        self,
        start: Any,
        *,
        domain: Mapping[Any, Any] | None = None,
        given: Sequence[Any] = (),
        name: Any = None,
    ) -> None:
        domain = _as_mapping(domain)
        self._domain = {key: _as_allowed(key, value) for key, value in domain.items()}
        self._given = tuple(map(_as_known, given))
        self._name = name
        self.steps: list[Step] = []
        self._check_names(first := _as_expression("start", start))
        self.steps.append(Step(first, "", "=", True))

    def step(self, expression: Any, reason: str, *, relation: str = "=") -> "Derivation":
        """Add a line, if it follows from the one before.

        Parameters
        ----------
        expression : sympy.Expr or sympy.Matrix
            The new line.
        reason : str
            Why it follows, in words; what stands between dollar signs is typeset as mathematics.
        relation : {"=", "<=", ">=", "<", ">"}, default "="
            How the line before compares with the new one.

        Returns
        -------
        Derivation
            This derivation, so that steps can be chained.

        Raises
        ------
        StepError
            If the line does not follow; the message names a point at which it fails.
        ValueError
            If an argument is not what it should be.
        """
        if relation not in HOLDS:
            raise ValueError(f"relation: expected one of {', '.join(HOLDS)}, got {relation!r}")
        if not (isinstance(reason, str) and reason.strip()):
            raise ValueError(f"reason: expected a few words, got {reason!r}")
        after = _as_expression("expression", expression)
        self._check(after, relation, f"step {len(self.steps)} ({reason})")
        proved = relation == "=" and is_proved(self.end, after, self._given)
        self.steps.append(Step(after, reason, relation, proved))
        return self

    def _check(self, after: Any, relation: str, where: str) -> None:
        self._check_names(after)
        before = self.end
        claim = f"\n    {before} {relation} {after}\n"
        if _shape(before) != _shape(after):
            raise StepError(f"{where} does not follow:{claim}compares two different shapes")
        try:
            difference = find_difference(before, after, relation, self._domain, self._given)
        except UndefinedError as error:
            raise StepError(
                f"{where} could not be checked:{claim}"
                "has hardly any points in this domain at which both sides are real numbers"
            ) from error
        if difference:
            told = _told(difference, after)
            raise StepError(f"{where} does not follow:{claim}{told}", difference)

    def _check_names(self, expression: Any) -> None:
        lines = [step.expression for step in self.steps]
        names_in([*lines, expression, *self._domain, *self._given])
        unknown = expression.atoms(AppliedUndef)
        if unknown:
            raise ValueError(f"expression: expected functions with values, got {unknown.pop()}")

    @property
    def end(self) -> Any:
        """The last line."""
        return self.steps[-1].expression

    def lambdify(self, *arguments: Any) -> Callable[..., Any]:
        """Turn the last line into a function of numbers and arrays.

        Parameters
        ----------
        *arguments : sympy.Symbol or sympy.IndexedBase
            The arguments of the function, in this order.  Entries are counted from 1 in formulas
            and from 0 in arrays: the first entry of an array is entry 1.

        Returns
        -------
        callable
            The function, which computes with NumPy in float64.  What is given is put in, unless it
            is an argument itself.

        Raises
        ------
        ValueError
            If the last line contains a symbol that is not among the arguments.

        Examples
        --------
        >>> i, n = sp.symbols("i n", integer=True, positive=True)
        >>> y = sp.IndexedBase("y")
        >>> mean = Derivation(sp.Sum(y[i], (i, 1, n)) / n).lambdify(y, n)
        >>> float(mean([3, 5, 10], 3))
        6.0
        """
        end = put_in(self.end, self._given, arguments).doit()
        free = {str(symbol) for symbol in end.free_symbols if isinstance(symbol, sp.Symbol)}
        missing = free - {str(argument) for argument in arguments}
        if missing:
            raise ValueError(f"arguments: expected {', '.join(sorted(missing))} as well")
        modules = [{"sigma": activations.sigmoid}, "numpy"]
        function = sp.lambdify(arguments, end, modules=modules)

        def of_arrays(*values: Any) -> Any:
            return function(*map(_counted_from_one, arguments, values))

        return of_arrays

    def __str__(self) -> str:
        first = f"{self._name} = " if self._name is not None else ""
        lines = [f"{first}{self.steps[0].expression}"]
        for step in self.steps[1:]:
            lines += [f"    {step.reason.replace('$', '')}:", f"{step.relation} {step.expression}"]
        if known := self._known(str, "in", "..."):
            lines.append(f"for {', '.join(known)}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        first = f"{latex(self._name)} &= " if self._name is not None else "& "
        rows = [first + latex(self.steps[0].expression)]
        for step in self.steps[1:]:
            rows += [rf"&\quad\small {line}" for line in lines_of_words(step.reason + ":")]
            rows.append(f"&{_SIGNS[step.relation]} {latex(step.expression)}")
        known = packed(self._known(latex, r"\in", r"\ldots"), self._known(str, "in", "..."))
        for number, line in enumerate(known):
            begin = r"\phantom{\text{for }}" if number else r"\text{for }"
            rows.append(rf"&\quad\small {begin} {line}")
        return "$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$"

    def _known(self, show: Callable[[Any], str], is_in: str, dots: str) -> list[str]:
        """Return the domain and what is given, as the reader sees it."""
        words = [domain_shown(*item, show, is_in, dots) for item in self._domain.items()]
        return [*words, *(relation_shown(each, show) for each in self._given)]


@dataclass(frozen=True)
class StepsCheck:
    """What :func:`check_steps` found; true if every line follows, and prints as a sentence.

    Attributes
    ----------
    ok : bool
        Whether every line follows from the one before.
    line : int or None
        The number of the first line that does not, counted from 1; None if all do.
    message : str
        The verdict in words; for a wrong line, with a point at which it fails.
    """

    ok: bool
    line: int | None
    message: str

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return self.message


def check_steps(
    start: Any,
    lines: Iterable[str],
    *,
    domain: Mapping[Any, Any] | None = None,
    given: Sequence[Any] = (),
) -> StepsCheck:
    """Tell which of the lines that a learner typed is the first that does not follow.

    Parameters
    ----------
    start : sympy.Expr
        What the derivation starts from; the first line must equal it.
    lines : iterable of str
        The lines, in Python's arithmetic: ``y[i]`` for an entry, ``sigma(z)``, ``exp``, ``log``,
        ``sqrt``, ``abs``, ``diff(f, z)``, ``sum(f, i, 1, n)``, ``prod(f, i, 1, n)`` and
        ``delta(i, j)``.  The names are those in `start`, `domain` and `given`.  An equals sign
        before a line is passed over.  A single text is cut into its lines.
    domain : dict, optional
        As for a :class:`Derivation`.
    given : sequence of sympy relations, optional
        Likewise.

    Returns
    -------
    StepsCheck
        Says whether all lines follow, else which one does not, and why.

    Raises
    ------
    ValueError
        If `start`, `domain` or `given` is not what it should be; nothing in `lines` raises.

    Notes
    -----
    The lines are read, never run: they can name nothing but mathematics.
    :doc:`Chapter 5 </05_the_computation_graph>` of the book finds a wrong sign with it.

    Examples
    --------
    >>> y, z = sp.symbols("y z", real=True)
    >>> a = sp.Symbol("a", real=True)
    >>> start = (-y / a + (1 - y) / (1 - a)) * sigma(z).diff(z)
    >>> typed = ["= (-y/a + (1 - y)/(1 - a)) * a*(1 - a)", "= -y*(1 - a) - (1 - y)*a", "= a - y"]
    >>> print(check_steps(start, typed, given=[sp.Eq(a, sigma(z))]))
    line 2 does not follow:
        a*(1 - a)*((1 - y)/(1 - a) - y/a) = -a*(1 - y) - y*(1 - a)
    is false for a = 0.0831727, y = 1.2, z = -2.4: the left side is -1.11683,
    the right side is -1.08356
    """
    derivation = Derivation(start, domain=domain, given=given)
    names = names_in([derivation.end, *derivation._domain, *given])
    for number, line in enumerate(lines.splitlines() if isinstance(lines, str) else lines, 1):
        try:
            expression = parse(str(line).strip().removeprefix("="), names, {"sigma": sigma})
            derivation._check(expression, "=", f"line {number}")
            derivation.steps.append(Step(expression, "as typed", "=", False))
        except StepError as error:
            return StepsCheck(False, number, str(error))
        except ValueError as error:
            return StepsCheck(False, number, f"line {number}: {error}")
    return StepsCheck(True, None, "every line follows from the one before")


# What a derivation is made of, checked and shown -------------------------------------------------


def _as_expression(name: str, value: Any) -> Any:
    # a string would be run as Python by SymPy; check_steps reads strings
    if isinstance(value, sp.MatrixBase):
        return value.as_immutable()
    if isinstance(value, int | sp.Expr):
        return sp.sympify(value)
    raise ValueError(f"{name}: expected an expression of SymPy, got {value!r}")


def _shape(expression: Any) -> Any:
    # an entry such as y[i] has a shape for SymPy, too, and will not tell it
    return getattr(expression, "shape", ()) if expression.is_Matrix else ()


def _as_known(relation: Any) -> Any:
    if isinstance(relation, Boolean):
        return relation
    raise ValueError(f"given: expected relations such as Eq(a, sigma(z)), got {relation!r}")


def _as_mapping(domain: Any) -> Mapping[Any, Any]:
    if domain is not None and not isinstance(domain, Mapping):
        raise ValueError(f"domain: expected a dict such as {{p: (0, 1)}}, got {domain!r}")
    return domain or {}


def _as_allowed(key: Any, allowed: Any) -> Any:
    if not isinstance(key, sp.Symbol | sp.Idx | sp.IndexedBase):
        raise ValueError(f"domain: expected a symbol or the base of indexed ones, got {key!r}")
    if isinstance(allowed, tuple) and len(allowed) == 2:
        return tuple(map(sp.sympify, allowed))
    if isinstance(allowed, set | frozenset) and allowed:
        return sp.FiniteSet(*allowed)
    raise ValueError(f"domain: expected (low, high) or a set of values for {key}, got {allowed!r}")


def _counted_from_one(argument: Any, values: Any) -> Any:
    """Return an array with a row of nan before the first, along each axis; a number as it is."""
    if not isinstance(argument, sp.IndexedBase):
        return values
    array = np.asarray(values, dtype=float)
    return np.pad(array, [(1, 0)] * array.ndim, constant_values=np.nan)


def _told(difference: Difference, side: Any) -> str:
    at = ", ".join(f"{name} = {_number(number)}" for name, number in difference.point.items())
    columns = getattr(side, "cols", 1)
    row, column = divmod(difference.entry, columns)
    entry = f" in row {row + 1}, column {column + 1}" if isinstance(side, sp.MatrixBase) else ""
    left, right = _apart(difference.left, difference.right)
    point = f"for {at}: " if at else "as "
    return f"is false{entry} {point}the left side is {left}, the right side is {right}"


def _number(number: Any) -> str:
    return str(number) if number.is_Integer else f"{float(number):.6g}"


def _apart(left: Any, right: Any) -> tuple[str, str]:
    """Return two numbers with as many digits as it takes to see that they differ, if they do."""
    shown = [(str(sp.N(left, d)), str(sp.N(right, d))) for d in (6, 15, 50, 1000)]
    return next((pair for pair in shown if pair[0] != pair[1]), shown[0])
