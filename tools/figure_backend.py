"""Matplotlib backend of the build: a figure is shown as SVG that carries the numbers behind it.

``tools/figures.py`` sets ``MPLBACKEND`` to this module while the book is built; a notebook that a
learner runs has Jupyter's own backend.  The PNG beside the SVG is for readers of the PDF.
"""

import json
from base64 import b64encode
from io import BytesIO

import numpy as np
from IPython.display import display
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D

FigureCanvas = FigureCanvasAgg  # by this name Matplotlib asks for it
ROWS = 9  # of a series, evenly chosen from first to last; the code on the page makes the others


def show(*_args, **_kwargs):
    """Display every open figure and close it."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        text = json.dumps([numbers(ax) for ax in figure.axes])
        svg = saved(figure, "svg", metadata={"Description": text}).decode()
        png = b64encode(saved(figure, "png", dpi=200)).decode()
        display({"image/svg+xml": svg, "image/png": png, "text/plain": repr(figure)}, raw=True)
    plt.close("all")


def saved(figure, form, **options):
    """Return the bytes of the figure, cut to what is drawn, on no background."""
    file = BytesIO()
    figure.savefig(
        file, format=form, bbox_inches="tight", pad_inches=0.02, facecolor="none", **options
    )
    return file.getvalue()


def numbers(ax):
    """Return what an Axes shows, as {title, x, y, series}."""
    return {
        "title": ax.get_title("left") or ax.get_title(),
        "x": label_below(ax),
        "y": ax.get_ylabel(),
        "series": [thinned(label, xy) for label, xy in series(ax) if len(xy)],
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


def thinned(label, points):
    """Return at most ROWS of the points, as text of four digits."""
    chosen = np.unique(np.linspace(0, len(points) - 1, ROWS).astype(int))
    rows = [[f"{value:.4g}" for value in points[i]] for i in chosen]
    return {"label": "" if label.startswith("_") else label, "count": len(points), "rows": rows}
