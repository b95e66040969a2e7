"""The book's interactive charts: each function takes data and returns pictures with sliders.

They show themselves at the end of a cell, in JupyterLab, in VS Code and on the book's pages,
without a network.  They need two packages more than the rest of lrcore: ``altair`` and
``vl-convert-python``.
"""

from ._charts.fits import boundary_chart, descent_chart
from ._charts.prediction import cost_chart, sigmoid_chart, softmax_chart
from ._charts.threshold import threshold_chart

__all__ = [
    "boundary_chart",
    "cost_chart",
    "descent_chart",
    "sigmoid_chart",
    "softmax_chart",
    "threshold_chart",
]
