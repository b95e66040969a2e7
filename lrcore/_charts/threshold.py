"""The chart of a threshold, and what follows from it."""

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import ArrayLike

from lrcore._validation import (
    Floats,
    as_class_indices,
    as_double,
    check_finite,
    check_shape,
    check_unit_interval,
)
from lrcore.datasets import load_breast_cancer
from lrcore.estimators import LogisticRegression

from .frame import InteractiveChart, Slider, Table
from .marks import CLASS_0, CLASS_1, MUTED, PAPER, panel, rows_of, x_axis, y_axis


def threshold_chart(y: ArrayLike | None = None, p: ArrayLike | None = None) -> InteractiveChart:
    """Show what a threshold does: the confusion matrix, the ROC curve; and the calibration.

    Parameters
    ----------
    y : array_like, shape (n_samples,), optional
        Class indices, 0 or 1, both present; if not given, the tumours of
        :func:`~lrcore.datasets.load_breast_cancer` that a fit did not see.
    p : array_like, shape (n_samples,), optional
        Predicted probabilities of class 1.

    Returns
    -------
    InteractiveChart
        The confusion matrix, the ROC curve with the present point, and the calibration.

    Raises
    ------
    ValueError
        If a label or a probability is out of range or missing, or only one class is there.

    Examples
    --------
    >>> threshold_chart([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9])
    <InteractiveChart: a threshold and what follows from it; sliders threshold>
    """
    given: Any = _tumours() if y is None and p is None else (y, p)
    y, p = as_class_indices("y", given[0], 2), as_double("p", given[1], 1)
    check_shape("p", p, y.shape, "(one probability for each label)")
    check_unit_interval("p", p)
    check_finite("p", p)
    if len(np.unique(y)) < 2:
        raise ValueError("y: expected both classes, 0 and 1, got one of them")
    sliders = (Slider("threshold", "threshold", 0.5, 0.01, 0.99, 0.01),)
    thresholds = np.round(np.linspace(0.01, 0.99, 99), 2)
    says = p >= thresholds[:, None]
    tp, fp = (says & (y == 1)).sum(axis=1), (says & (y == 0)).sum(axis=1)
    fn, tn = (y == 1).sum() - tp, (y == 0).sum() - fp
    counts = {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
    rates = {"tpr": tp / (tp + fn), "fpr": fp / (fp + tn)}
    table = alt.Chart(rows_of(t=thresholds, **counts, **rates))
    now = table.transform_filter("datum.t == threshold")
    k = 49
    values = {name: float(column[k]) for name, column in {**counts, **rates}.items()}
    return InteractiveChart(
        "a threshold and what follows from it",
        (
            ("The confusion matrix: how many of each class are called 1, and called 0.",
             panel("Confusion matrix", sliders, *_matrix(now, [*counts]))),
            ("The ROC curve, true against false positive rate, with a diamond at the threshold.",
             panel("ROC curve", sliders, *_roc(now, y, p))),
            ("Calibration: the share of class 1 in each fifth of the probabilities, with the "
             "number of samples; on the dashed diagonal the model means what it says. "
             "A dotted line marks the threshold.",
             panel("Calibration", sliders, *_calibration(y, p))),
        ),
        sliders,
        "Say 1 when <i>p</i> ≥ {threshold:2}: {tp:0} found, {fn:0} missed, {fp:0} false alarms, "
        "{tn:0} rightly cleared. True positive rate {tpr:3}, false positive rate {fpr:3}.",
        values,
        Table("What each threshold does",
              ("threshold", "found", "missed", "false alarms", "cleared", "TPR", "FPR"),
              [*zip(thresholds[9::10], tp[9::10], fn[9::10], fp[9::10], tn[9::10],
                    rates["tpr"][9::10], rates["fpr"][9::10], strict=True)],
              (2, 0, 0, 0, 0, 3, 3)),
    )  # fmt: skip


def _matrix(now: Any, counts: list[str]) -> tuple[Any, Any]:
    """Return the cells of the confusion matrix, and the numbers in them."""
    where = {"true": "datum.key == 'tp' || datum.key == 'fn'", "said": "slice(datum.key, 1) == 'p'"}
    cells = now.transform_fold(counts).transform_calculate(
        truth=f"{where['true']} ? 'truth 1' : 'truth 0'",
        said=f"{where['said']} ? 'says 1' : 'says 0'",
        right="slice(datum.key, 0, 1) == 't' ? 'right' : 'wrong'",
        words="(slice(datum.key, 0, 1) == 't' ? '✓ ' : '✗ ') + datum.value",
    )
    cell = {
        "x": alt.X("said:N", title=None, axis=alt.Axis(orient="top", labelAngle=0, grid=False)),
        "y": alt.Y("truth:N", title=None, axis=alt.Axis(grid=False)),
    }
    tint = alt.Scale(domain=["right", "wrong"], range=[CLASS_0, CLASS_1])
    squares = cells.mark_rect(opacity=0.25, stroke=PAPER).encode(
        **cell, color=alt.Color("right:N", scale=tint, legend=None)
    )
    return squares, cells.mark_text(fontSize=24).encode(**cell, text="words:N")


def _roc(now: Any, y: Any, p: Floats) -> tuple[Any, Any]:
    """Return the ROC curve, and the point on it that belongs to the threshold."""
    false, true = (
        x_axis("fpr", "false positive rate", 0, 1),
        y_axis("tpr", "true positive rate", 0, 1),
    )
    edges = np.unique(p)[::-1]  # every threshold that changes anything
    roc = (
        alt.Chart(
            rows_of(
                fpr=[0.0, *[(p[y == 0] >= t).mean() for t in edges]],
                tpr=[0.0, *[(p[y == 1] >= t).mean() for t in edges]],
            )
        )
        .transform_window(order="row_number()")
        .mark_line(color=CLASS_0, strokeWidth=3)
        .encode(false, true, order="order:Q")
    )
    point = now.mark_point(size=160, shape="diamond", filled=True, opacity=1, color=CLASS_1).encode(
        false, true
    )
    return roc, point


def _calibration(y: Any, p: Floats) -> tuple[Any, ...]:
    """Return the diagonal, a rule at the threshold, and a dot and a count for each fifth."""
    bins = np.minimum((p * 5).astype(int), 4)
    full = np.unique(bins)
    said, found = (np.array([v[bins == k].mean() for k in full]) for v in (p, y))
    sizes = np.array([np.sum(bins == k) for k in full])
    calibration = alt.Chart(rows_of(said=said, found=found, n=sizes))
    says_axis = x_axis("said", "mean probability said", 0, 1)
    found_axis = y_axis("found", "share of class 1", 0, 1)
    dots = calibration.mark_point(filled=True, opacity=1, size=80, color=CLASS_0).encode(
        says_axis, found_axis
    )
    amount = calibration.mark_text(dx=4, dy=-12).encode(x="said:Q", y="found:Q", text="n:Q")
    ideal = (
        alt.Chart(rows_of(said=[0, 1], found=[0, 1]))
        .mark_line(strokeDash=[4, 3], color=MUTED)
        .encode(x="said:Q", y="found:Q")
    )
    cut = (
        alt.Chart(rows_of(unused=[0]))
        .transform_calculate(said="threshold")
        .mark_rule(color=CLASS_1, strokeDash=[2, 3], strokeWidth=2)
        .encode(x="said:Q")
    )
    return ideal, cut, dots, amount


def _tumours() -> tuple[Any, Floats]:
    """Return labels and predictions for the quarter of the tumours that the model never met."""
    data = load_breast_cancer()
    test = np.arange(len(data.y)) % 4 == 0
    X = (data.X - data.X[~test].mean(axis=0)) / data.X[~test].std(axis=0)
    model = LogisticRegression(l2=0.01).fit(X[~test], data.y[~test])
    return data.y[test], model.predict_proba(X[test])[:, 1]
