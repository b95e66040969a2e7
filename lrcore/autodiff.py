"""A number that remembers how it was computed, and differentiates backwards: PyTorch in small.

Every operation makes three things: the result, the values it came from, and the derivative of the
result by each of them.  :meth:`Value.backward` multiplies and adds those derivatives, and no more.
"""

from typing import TYPE_CHECKING, Any, Union

import numpy as np

from ._validation import as_double
from .activations import sigmoid

if TYPE_CHECKING:
    from ._graph import Drawing

MOST_SHOWN = 100

Operand = Union["Value", float]


class Value:
    r"""A number in a computation graph.

    Arithmetic with values, and with values and numbers, gives new values that know what they came
    from: ``+ - * /``, ``**`` with a number, :meth:`exp`, :meth:`log` and :meth:`sigmoid`.

    Parameters
    ----------
    data : float
        The number.
    label : str, default ""
        The name that is shown in the drawing; it can be set later, too.

    Attributes
    ----------
    data : float
        The number.
    grad : float
        The derivative of the value on which :meth:`backward` was called, by this one; the sum, if
        it was called more than once.
    label : str
        The name in the drawing.

    Raises
    ------
    ValueError
        If `data`, or the other side of an operation, is no number; if an exponent is a value.

    See Also
    --------
    lrcore.gradients.gradient_check : Compare a gradient with central differences.

    Notes
    -----
    Numbers follow IEEE 754, as in NumPy and PyTorch: the logarithm of 0 is -inf, that of a negative
    number nan.
    :doc:`Chapter 5 </05_the_computation_graph>` of the book builds this class.

    Examples
    --------
    >>> w, x, b = Value(2.0, "w"), Value(-1.0, "x"), Value(3.0, "b")
    >>> a = (w * x + b).sigmoid()
    >>> loss = -a.log()
    >>> loss.backward()
    >>> print(f"{loss.data:.4f}  {w.grad:.4f}  {b.grad:.4f}")
    0.3133  0.2689  -0.2689
    """

    __array_ufunc__ = None  # so that a NumPy number on the left leaves the operation to us

    def __init__(self, data: float, label: str = "") -> None:
        self.data = float(as_double("data", data, 0))
        self.grad = 0.0
        self.label = label
        self._operation = ""
        self._sources: tuple[tuple[Value, float], ...] = ()  # each with its local derivative

    def __repr__(self) -> str:
        name = f", label={self.label!r}" if self.label else ""
        return f"Value({self.data:.6g}, grad={self.grad:.6g}{name})"

    @np.errstate(all="ignore")
    def __add__(self, other: Operand) -> "Value":
        other = _as_value(other)
        return _made("+", self.data + other.data, (self, 1.0), (other, 1.0))

    @np.errstate(all="ignore")
    def __mul__(self, other: Operand) -> "Value":
        other = _as_value(other)
        return _made("×", self.data * other.data, (self, other.data), (other, self.data))

    @np.errstate(all="ignore")
    def __pow__(self, exponent: float) -> "Value":
        if isinstance(exponent, Value):
            raise ValueError("exponent: expected a number, got a Value; write (y * x.log()).exp()")
        n = float(as_double("exponent", exponent, 0))
        x = np.float64(self.data)
        return _made(f"^{n:g}", x**n, (self, n * x ** (n - 1) if n else 0.0))

    @np.errstate(all="ignore")
    def __rpow__(self, base: float) -> "Value":
        c = as_double("base", base, 0)[()]
        return _made(f"{c:g}^", c**self.data, (self, c**self.data * np.log(c)))

    @np.errstate(all="ignore")
    def exp(self) -> "Value":
        """Return e to the power of this value.

        Returns
        -------
        Value
            The exponential; its local derivative is the result itself.
        """
        result = np.exp(self.data)
        return _made("exp", result, (self, result))

    @np.errstate(all="ignore")
    def log(self) -> "Value":
        """Return the natural logarithm.

        Returns
        -------
        Value
            The logarithm; its local derivative is one over this value.
        """
        return _made("log", np.log(self.data), (self, 1 / np.float64(self.data)))

    def sigmoid(self) -> "Value":
        """Return the sigmoid.

        Returns
        -------
        Value
            The sigmoid a; its local derivative is a (1 - a).
        """
        # 1 - sigmoid(z) is sigmoid(-z), which keeps its digits where sigmoid(z) is almost 1
        a = sigmoid(self.data)
        return _made("σ", a, (self, a * sigmoid(-self.data)))

    def __neg__(self) -> "Value":
        return _made("−", -self.data, (self, -1.0))

    def __sub__(self, other: Operand) -> "Value":
        other = _as_value(other)
        return _made("−", self.data - other.data, (self, 1.0), (other, -1.0))

    @np.errstate(all="ignore")
    def __truediv__(self, other: Operand) -> "Value":
        other = _as_value(other)
        top, bottom = np.float64(self.data), np.float64(other.data)
        return _made("/", top / bottom, (self, 1 / bottom), (other, -top / bottom / bottom))

    def __radd__(self, other: float) -> "Value":
        return _as_value(other) + self

    def __rmul__(self, other: float) -> "Value":
        return _as_value(other) * self

    def __rsub__(self, other: float) -> "Value":
        return _as_value(other) - self

    def __rtruediv__(self, other: float) -> "Value":
        return _as_value(other) / self

    def backward(self) -> None:
        """Add to the `grad` of every value that led here the derivative of this one by it.

        Like PyTorch, it adds to what is there: set `grad` to 0.0 before a new pass.
        """
        for value, gradient in self._gradients().items():
            value.grad += gradient

    def _gradients(self) -> dict["Value", float]:
        """Return the derivative of this value by each one that led to it, the last one first."""
        gradients = dict.fromkeys(reversed(self._in_order()), 0.0)
        gradients[self] = 1.0
        for value in gradients:  # all that uses a value comes before it, so its sum is complete
            for source, local in value._sources:
                gradients[source] += local * gradients[value]
        return gradients

    def _in_order(self) -> list["Value"]:
        """Return every value that led here, each after those it was made from, this one last."""
        # a list of what waits, where recursion would stop at a chain of a thousand operations
        done: dict[Value, None] = {}
        waiting = [(self, False)]
        while waiting:
            value, sources_done = waiting.pop()
            if sources_done:
                done[value] = None
            elif value not in done:
                waiting.append((value, True))
                waiting.extend((source, False) for source, _ in reversed(value._sources))
        return list(done)

    def draw(self, step: int | None = None) -> "Drawing":
        """Draw the graph that led here: values, local derivatives, and gradients flowing back.

        Parameters
        ----------
        step : int, optional
            Draw only the first steps: a graph of n values has n steps forward, each of which
            computes a value, and n steps back, each of which completes a gradient.

        Returns
        -------
        Drawing
            A picture in a notebook, a table in a terminal.

        Raises
        ------
        ValueError
            If `step` is not a whole number from 0 to 2n.
        """
        from ._graph import draw  # only who draws loads it

        return draw(self, step)

    def _repr_html_(self) -> str | None:
        # what has more values than fit a page shows itself in words; draw() draws it all the same
        return self.draw().html if len(self._in_order()) <= MOST_SHOWN else None


def _as_value(number: Operand) -> Value:
    return number if isinstance(number, Value) else Value(number)


def _made(operation: str, data: Any, *sources: tuple[Value, Any]) -> Value:
    """Return the value that an operation made, with the local derivative by each source."""
    value = Value(data)
    value._operation = operation
    value._sources = tuple((source, float(local)) for source, local in sources)
    return value
