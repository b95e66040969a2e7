"""Matplotlib backend of the build: a figure is shown as SVG that carries the numbers behind it.

``tools/figures.py`` sets ``MPLBACKEND`` to this module while the book is built; a notebook that a
learner runs has Jupyter's own backend.
"""

import json
from io import StringIO

import numpy as np
from IPython.display import display
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, PolyCollection, QuadMesh
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D

FigureCanvas = FigureCanvasAgg  # by this name Matplotlib asks for it
ROWS = 9  # of a series, evenly chosen from first to last; the code on the page makes the others


def show(*_args, **_kwargs):
    """Display every open figure and close it."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        text = json.dumps([numbers(ax) for ax in figure.axes])
        display({"image/svg+xml": saved(figure, text), "text/plain": repr(figure)}, raw=True)
    plt.close("all")


def saved(figure, description):
    """Return the figure as SVG, cut to what is drawn, on no background."""
    file = StringIO()
    options = {"bbox_inches": "tight", "pad_inches": 0.02, "facecolor": "none"}
    figure.savefig(file, format="svg", metadata={"Description": description}, **options)
    return file.getvalue()


def numbers(ax):
    """Return what an Axes shows, as {title, series}."""
    axes = [label_below(ax) or "x", ax.get_ylabel() or "y"]
    found = [thinned(label, xy, axes) for label, xy in series(ax)]
    found += [thinned(label, ends, ["from", "to"]) for label, ends in stretches(ax)]
    found += [picture(mesh) for mesh in ax.collections if isinstance(mesh, QuadMesh)]
    return {
        "title": ax.get_title("left") or ax.get_title(),
        "series": [each for each in found if each["rows"]],
    }


def label_below(ax):
    """Return the label of the x-axis, which the lowest of several Axes may bear for all."""
    together = [ax, *ax.get_shared_x_axes().get_siblings(ax)]
    return next((each.get_xlabel() for each in together if each.get_xlabel()), "")


def series(ax):
    """Yield (label, points) of lines, clouds and bars; not of rules drawn across the whole Axes."""
    for line in ax.lines:
        drawn_on_data = line.get_transform().contains_branch_seperately(ax.transData)
        if type(line) is Line2D and all(drawn_on_data):  # an AxLine has no ends
            yield line.get_label(), line.get_xydata()
    for cloud in ax.collections:
        if isinstance(cloud, PathCollection):
            yield cloud.get_label(), cloud.get_offsets()
    for bars in ax.containers:
        if isinstance(bars, BarContainer):
            tops = [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in bars]
            yield bars.get_label(), np.array(tops)


def stretches(ax):
    """Yield (label, ends) of bars that lie along the x-axis, in pieces."""
    for bars in ax.collections:
        if type(bars) is PolyCollection:  # its subclasses are areas and surfaces
            boxes = [path.get_extents() for path in bars.get_paths()]
            yield bars.get_label(), np.array([(box.x0, box.x1) for box in boxes])


def picture(mesh):
    """Return the pixels of a small picture, row after row."""
    pixels = mesh.get_array()
    rows = np.column_stack([np.arange(len(pixels)), pixels])
    columns = ["row", *(f"column {j}" for j in range(pixels.shape[1]))]
    return thinned("", rows, columns)


def thinned(label, points, columns):
    """Return at most ROWS of the points, as text of four digits."""
    chosen = np.unique(np.linspace(0, len(points) - 1, min(ROWS, len(points))).astype(int))
    rows = [[f"{value:.4g}" for value in points[i]] for i in chosen]
    shown = "" if label.startswith("_") else label
    return {"label": shown, "count": len(points), "columns": columns, "rows": rows}
