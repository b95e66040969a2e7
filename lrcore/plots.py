"""The book's figures: each function draws on an Axes and returns it.

The two classes look the same everywhere: class 0 is a blue circle, class 1 an orange triangle,
told apart by shape as well as by colour.  All colours are of one palette, which colour-blind
readers can tell apart; the built book shows the same figures on a dark page, too.
"""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from numpy.typing import ArrayLike

from ._palette import LIGHT, MARKERS, SERIES
from ._validation import (
    as_class_indices,
    as_double,
    check_callable,
    check_finite,
    check_not_empty,
    check_shape,
)
from .activations import sigmoid

CLASS_COLOURS = (LIGHT["class-0"], LIGHT["class-1"])
CLASS_MARKERS = MARKERS[:2]
ACCENT, GREY, INK, PAPER = LIGHT["third"], LIGHT["muted"], LIGHT["ink"], LIGHT["paper"]


def _fading(*stops: tuple[float, str, float]) -> LinearSegmentedColormap:
    """Return a colormap of (place, colour, alpha): the page shows through, light or dark."""
    return LinearSegmentedColormap.from_list(
        "fading", [(place, to_rgba(colour, alpha)) for place, colour, alpha in stops]
    )


_FROM, _TO = CLASS_COLOURS
_BETWEEN_CLASSES = _fading((0, _FROM, 0.3), (0.5, _FROM, 0), (0.5, _TO, 0), (1, _TO, 0.3))
_UPHILL = _fading((0, INK, 0), (1, INK, 0.25))


def use_book_style() -> None:
    """Set Matplotlib's defaults to the look of the book, for figures drawn from here on.

    Examples
    --------
    >>> use_book_style()
    >>> plt.rcParams["axes.spines.top"]
    False
    """
    plt.rcParams.update(
        {
            "figure.figsize": (5.2, 3.3),
            "figure.dpi": 120,
            "figure.facecolor": PAPER,
            "figure.constrained_layout.use": True,
            "font.size": 10,
            "text.color": INK,
            "axes.facecolor": "none",
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.linewidth": 0.8,
            "axes.prop_cycle": plt.cycler(color=[LIGHT[name] for name in SERIES]),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": "medium",
            "grid.color": LIGHT["grid"],
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "svg.hashsalt": "lrcore",  # the same figure is the same file on every run
        }
    )


def _axes(ax: Axes | None) -> Axes:
    return plt.subplots()[1] if ax is None else ax


def plot_sigmoid(w: float = 1.0, b: float = 0.0, ax: Axes | None = None) -> Axes:
    r"""Draw the probability :math:`\sigma(wx + b)` over one input.

    Parameters
    ----------
    w, b : float, defaults 1.0 and 0.0
        Weight (how steep) and bias (where the curve crosses 1/2, at ``x = -b/w``).
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If `w` or `b` is no number.

    Examples
    --------
    >>> plot_sigmoid(w=2.0).get_ylabel()
    'probability of class 1'
    """
    w, b = float(as_double("w", w, 0)), float(as_double("b", b, 0))
    ax = _axes(ax)
    x = np.linspace(-6, 6, 241)
    ax.plot(x, sigmoid(w * x + b), label=f"$\\sigma({w:g}x {b:+g})$")
    ax.axhline(0.5, color=GREY, linewidth=1, linestyle=":")
    ax.set(xlabel="input x", ylabel="probability of class 1", ylim=(-0.03, 1.03))
    return ax


def plot_loss_history(loss_history: Sequence[float], ax: Axes | None = None, **line: Any) -> Axes:
    """Draw the loss before each iteration.

    Parameters
    ----------
    loss_history : sequence of float
        Mean losses in nats, as in ``loss_history_`` of an estimator.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if not given.
    **line
        Passed on to ``Axes.plot``, such as ``label``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If `loss_history` is not a sequence of numbers.

    Examples
    --------
    >>> plot_loss_history([0.69, 0.42, 0.37]).get_xlabel()
    'iteration'
    """
    losses = as_double("loss_history", loss_history, 1)
    ax = _axes(ax)
    ax.plot(losses, **line)
    ax.set(xlabel="iteration", ylabel="mean loss (nats)")
    return ax


def plot_decision_boundary(model: Any, X: ArrayLike, y: ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw points of two classes, the model's probability as shading, and the line where it is 1/2.

    Parameters
    ----------
    model : fitted classifier
        Anything with ``predict_proba``, for two features and two classes.
    X : array_like, shape (n_samples, 2)
        Inputs.
    y : array_like, shape (n_samples,)
        Class indices, 0 or 1.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If `X` has not two columns or an entry is not finite, or `y` has not one label, 0 or 1, for
        each row.

    Examples
    --------
    >>> from lrcore import LogisticRegression
    >>> from lrcore.datasets import make_clouds
    >>> data = make_clouds(50)
    >>> model = LogisticRegression(l2=0.01).fit(data.X, data.y)
    >>> plot_decision_boundary(model, data.X, data.y).get_legend_handles_labels()[1]
    ['class 0', 'class 1']
    """
    X, y = as_double("X", X, 2), as_class_indices("y", y, 2)
    check_shape("X", X, (len(X), 2), "(two features)")
    check_not_empty("X", X)
    check_finite("X", X)
    check_shape("y", y, (len(X),), "(one label for each row of X)")
    ax = _axes(ax)
    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.where(high > low, 0.08 * (high - low), 1.0)
    x1, x2 = (np.linspace(a, b, 101) for a, b in zip(low - margin, high + margin, strict=True))
    grid = np.stack(np.meshgrid(x1, x2), axis=-1)
    p = model.predict_proba(grid.reshape(-1, 2))[:, 1].reshape(grid.shape[:2])
    tenths = np.linspace(0, 1, 11)
    ax.contourf(x1, x2, p, levels=tenths, cmap=_BETWEEN_CLASSES, antialiased=True)
    if p.min() < 0.5 < p.max():  # else Matplotlib draws a line somewhere, or warns
        ax.contour(x1, x2, p, levels=[0.5], colors=INK, linewidths=2)
    for k, (colour, marker) in enumerate(zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)):
        points = X[y == k]
        ax.scatter(
            points[:, 0],
            points[:, 1],
            s=22,
            color=colour,
            marker=marker,
            edgecolors=PAPER,
            linewidths=0.4,
            zorder=3,
            label=f"class {k}",
        )
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.legend(loc="best")
    return ax


def plot_boundary_path(path: ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw how a boundary moves while it is learned: one line a step, the later the stronger.

    Parameters
    ----------
    path : array_like, shape (n_steps, 3)
        Two weights and the bias after each step: the line is where ``w1 x1 + w2 x2 + b = 0``.
    ax : matplotlib.axes.Axes, optional
        Where to draw, such as over the points; a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If `path` has not three columns, or no row, or a row whose weights are both 0.

    Examples
    --------
    >>> len(plot_boundary_path([[1, -1, 0.5], [1, 0.5, 0.1], [1, 1, 0]]).lines)
    3
    """
    path = as_double("path", path, 2)
    check_shape("path", path, (len(path), 3), "(two weights and a bias)")
    check_not_empty("path", path)
    if not path[:, :2].any(axis=1).all():
        raise ValueError("path: expected a weight other than 0 in each row, got two zeros")
    ax = _axes(ax)
    for (w1, w2, b), alpha in zip(path, np.linspace(0.1, 1, len(path)), strict=True):
        nearest = -b / (w1**2 + w2**2) * np.array([w1, w2])  # the line's point nearest to 0
        ax.axline(nearest, nearest + np.array([-w2, w1]), color=INK, alpha=alpha, linewidth=1)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return ax


def plot_loss_surface(
    loss: Callable[[float, float], float],
    first: tuple[float, float],
    second: tuple[float, float],
    path: ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a loss of two parameters as contour lines, and a walk on it.

    Parameters
    ----------
    loss : callable
        ``loss(a, b)`` returns the mean loss, in nats, at two parameters.
    first, second : tuple of two floats
        The ranges of the two parameters.
    path : array_like, shape (n_steps, 2), optional
        Parameters visited one after the other, drawn as a line that ends in a star.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If `loss` is no function, a range is not of two numbers, or `path` has not two columns, or
        no row.

    Examples
    --------
    >>> plot_loss_surface(lambda a, b: a**2 + b**2, (-1, 1), (-2, 2)).get_xlabel()
    'first parameter'
    """
    check_callable("loss", loss)
    for name, ends in (("first", first), ("second", second)):
        check_shape(name, as_double(name, ends, 1), (2,), "(from, to)")
    if path is not None:
        path = as_double("path", path, 2)
        check_shape("path", path, (len(path), 2), "(two parameters)")
        check_not_empty("path", path)
    a, b = np.linspace(*first, 61), np.linspace(*second, 61)
    surface = [[loss(float(a_), float(b_)) for a_ in a] for b_ in b]
    ax = _axes(ax)
    lines = ax.contour(a, b, surface, levels=14, colors=GREY, linewidths=0.8)
    ax.contourf(a, b, surface, levels=lines.levels, cmap=_UPHILL, extend="both")
    ax.clabel(lines, fontsize="x-small")
    if path is not None:
        ax.plot(*path.T, color=CLASS_COLOURS[1], marker=".", linewidth=1.2)
        ax.plot(*path[-1], color=CLASS_COLOURS[1], marker="*", markersize=14)
    ax.set(xlabel="first parameter", ylabel="second parameter", xlim=first, ylim=second)
    return ax
