"""The book's figures: each function draws on an Axes and returns it.

The two classes look the same everywhere: class 0 is a blue circle, class 1 an orange triangle,
told apart by shape as well as by colour.  The colours are Okabe and Ito's, which colour-blind
readers can tell apart.
"""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike

from ._validation import as_class_indices, as_double, check_not_empty, check_shape
from .activations import sigmoid

CLASS_COLOURS = ("#0072B2", "#D55E00")
CLASS_MARKERS = ("o", "^")
ACCENT, GREY = "#009E73", "#5F6B76"
_BETWEEN_CLASSES = LinearSegmentedColormap.from_list(
    "classes", [CLASS_COLOURS[0], "#F4F4F4", CLASS_COLOURS[1]]
)


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
            "figure.figsize": (6.4, 3.8),
            "figure.dpi": 120,
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": plt.cycler(color=[*CLASS_COLOURS, ACCENT, "#CC79A7", GREY]),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": "medium",
            "legend.frameon": False,
            "lines.linewidth": 2.0,
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

    Examples
    --------
    >>> plot_sigmoid(w=2.0).get_ylabel()
    'probability of class 1'
    """
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
        If `X` has not two columns, or `y` not one label, 0 or 1, for each row.

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
    check_shape("y", y, (len(X),), "(one label for each row of X)")
    ax = _axes(ax)
    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.where(high > low, 0.08 * (high - low), 1.0)
    x1, x2 = (np.linspace(a, b, 201) for a, b in zip(low - margin, high + margin, strict=True))
    grid = np.stack(np.meshgrid(x1, x2), axis=-1)
    p = model.predict_proba(grid.reshape(-1, 2))[:, 1].reshape(grid.shape[:2])
    ax.contourf(x1, x2, p, levels=np.linspace(0, 1, 11), cmap=_BETWEEN_CLASSES, alpha=0.35)
    if p.min() < 0.5 < p.max():  # else Matplotlib draws a line somewhere, or warns
        ax.contour(x1, x2, p, levels=[0.5], colors="black", linewidths=2)
    for k, (colour, marker) in enumerate(zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)):
        points = X[y == k]
        ax.scatter(
            points[:, 0],
            points[:, 1],
            s=22,
            color=colour,
            marker=marker,
            edgecolors="white",
            linewidths=0.4,
            label=f"class {k}",
        )
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.legend(loc="best")
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
        If `path` has not two columns, or no row.

    Examples
    --------
    >>> plot_loss_surface(lambda a, b: a**2 + b**2, (-1, 1), (-2, 2)).get_xlabel()
    'first parameter'
    """
    if path is not None:
        path = as_double("path", path, 2)
        check_shape("path", path, (len(path), 2), "(two parameters)")
        check_not_empty("path", path)
    a, b = np.linspace(*first, 61), np.linspace(*second, 61)
    surface = [[loss(float(a_), float(b_)) for a_ in a] for b_ in b]
    ax = _axes(ax)
    lines = ax.contour(a, b, surface, levels=14, cmap="viridis")
    ax.clabel(lines, fontsize="x-small")
    if path is not None:
        ax.plot(*path.T, color=CLASS_COLOURS[1], marker=".", linewidth=1.2)
        ax.plot(*path[-1], color=CLASS_COLOURS[1], marker="*", markersize=14)
    ax.set(xlabel="first parameter", ylabel="second parameter", xlim=first, ylim=second)
    return ax
