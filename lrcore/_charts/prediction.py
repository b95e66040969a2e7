"""The charts of one prediction: sigmoid, cost, softmax."""

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import ArrayLike

from lrcore._validation import as_double, check_shape
from lrcore.activations import sigmoid, softmax
from lrcore.losses import binary_cross_entropy, squared_error

from .frame import InteractiveChart, Slider, Table
from .marks import CLASS_0, CLASS_1, INK, MUTED, THIRD, by_kind, panel, rows_of, x_axis, y_axis


def sigmoid_chart(w: float = 1.0, b: float = 0.0) -> InteractiveChart:
    r"""Show how weight and bias shape :math:`p = \sigma(wx + b)`.

    Parameters
    ----------
    w, b : float, defaults 1.0 and 0.0
        Where the sliders for weight and bias start, in [-4, 4] and in [-8, 8], in tenths.

    Returns
    -------
    InteractiveChart
        The score, a line, beside the probability that it turns into.

    Raises
    ------
    ValueError
        If a slider has no such number.

    Examples
    --------
    >>> sigmoid_chart(w=2.0)
    <InteractiveChart: weight and bias of the sigmoid; sliders w, b>
    """
    w, b = float(as_double("w", w, 0)), float(as_double("b", b, 0))
    sliders = (
        Slider("w", "weight <i>w</i>", w, -4, 4, 0.1),
        Slider("b", "bias <i>b</i>", b, -8, 8, 0.1),
    )
    x = np.linspace(-8, 8, 81)
    curve = alt.Chart(rows_of(x=x)).transform_calculate(
        z="w * datum.x + b",
        p="1 / (1 + exp(-(w * datum.x + b)))",
        reference="1 / (1 + exp(-datum.x))",
    )
    across = x_axis("x", "input x", -8, 8)
    boundary = (
        alt.Chart(rows_of(unused=[0]))
        .transform_calculate(at="boundary")
        .mark_rule(clip=True, strokeDash=[2, 3], strokeWidth=2)
        .encode(x=alt.X("at:Q"))
    )
    score = curve.mark_line(clip=True, color=INK).encode(
        across, y_axis("z", "score z = wx + b", -8, 8)
    )
    rise = y_axis("p", "probability of class 1", 0, 1)
    chance = curve.mark_line(strokeWidth=3, color=CLASS_0).encode(across, rise)
    usual = curve.mark_line(strokeDash=[5, 4], color=MUTED).encode(across, y="reference:Q")
    where = {"boundary": "w == 0 ? NaN : -b / w", "steepest": "w / 4"}
    p = sigmoid(w * x + b)
    return InteractiveChart(
        "weight and bias of the sigmoid",
        (
            ("The score, a straight line over the input; a dotted line stands where it is zero.",
             panel("The score", sliders, boundary, score, **where)),
            ("The probability, an S-shaped curve from 0 to 1, one half at the dotted line; "
             "dashed, for comparison, the curve of weight 1 and bias 0.",
             panel("The probability", sliders, boundary, usual, chance, **where)),
        ),
        sliders,
        "<i>p</i> = σ({w:1} · <i>x</i> + ({b:1})). One half at <i>x</i> = −<i>b</i>/<i>w</i> = "
        "{boundary:2}; the slope there is <i>w</i>/4 = {steepest:3}.",
        {"boundary": -b / w if w else np.nan, "steepest": w / 4},
        Table("The probability at the sliders' first positions", ("x", "score z", "p"),
              [*zip(x[::10], w * x[::10] + b, p[::10], strict=True)], (1, 2, 4)),
    )  # fmt: skip


def cost_chart(p: float = 0.2, y: int = 1) -> InteractiveChart:
    """Show what one prediction costs, in cross-entropy and in squared error, and the slopes.

    Parameters
    ----------
    p : float, default 0.2
        Where the slider for the predicted probability starts, in [0.01, 0.99], in hundredths.
    y : int, default 1
        Where the slider for the label starts, 0 or 1.

    Returns
    -------
    InteractiveChart
        Both losses over `p`, beside their slopes in the score.

    Raises
    ------
    ValueError
        If a slider has no such number.

    Examples
    --------
    >>> cost_chart()
    <InteractiveChart: the cost of one prediction; sliders p, y>
    """
    for name, value in (("p", p), ("y", y)):
        as_double(name, value, 0)  # the sliders ask only whether a number is in range
    sliders = (
        Slider("p", "prediction <i>p</i>", p, 0.01, 0.99, 0.01),
        Slider("y", "truth <i>y</i> (0 or 1)", y, 0, 1, 1),
    )
    names = ["cross-entropy", "squared error"]
    grid = np.linspace(0.01, 0.99, 99)
    lines = {"loss": "-log(y == 1 ? {q} : 1 - {q})", "square": "pow({q} - y, 2)",
             "slope": "{q} - y", "square_slope": "2 * ({q} - y) * {q} * (1 - {q})"}  # fmt: skip
    now = {name: line.format(q="p") for name, line in lines.items()}
    now["slope_p"] = "y == 1 ? -1 / p : 1 / (1 - p)"

    def picture(title: str, fields: list[Any], axis: str, low: float, high: float) -> Any:
        across, up = x_axis("q", "predicted probability p", 0, 1), y_axis("value", axis, low, high)
        kind = f"datum.key == '{fields[0]}' ? '{names[0]}' : '{names[1]}'"
        at = [
            alt.Chart(rows_of(q=q))
            .transform_calculate(q=name, **{f: lines[f].format(q=name) for f in fields})
            .transform_fold(fields)
            .transform_calculate(kind=kind)
            for q, name in ((grid, "datum.q"), ([0], "p"))
        ]
        kinds = [by_kind(names, [CLASS_0, CLASS_1], channel) for channel in ("strokeDash", "shape")]
        drawn = at[0].mark_line(strokeWidth=3).encode(across, up, **kinds[0])
        point = at[1].mark_point(size=130, filled=True, opacity=1).encode(across, up, **kinds[1])
        return panel(title, sliders, drawn, point, **now)

    table: list[tuple[float, ...]] = [
        (
            q,
            binary_cross_entropy([y], [q]),
            squared_error([y], [q]),
            q - y,
            2 * (q - y) * q * (1 - q),
        )
        for q in (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
    ]
    return InteractiveChart(
        "the cost of one prediction",
        (
            ("Two curves over the predicted probability, with a mark at the present one. "
             "Cross-entropy climbs without end towards the confident mistake; "
             "squared error stops at 1.",
             picture("What it costs", ["loss", "square"], "loss", 0, 4.6)),
            ("Their slopes in the score. That of cross-entropy is largest at the confident "
             "mistake; that of squared error goes back to zero there.",
             picture("How hard it pushes", ["slope", "square_slope"], "slope in z", -1, 1)),
        ),
        sliders,
        "Cross-entropy {loss:3}; its slope in <i>p</i> is {slope_p:2}, in the score "
        "<i>p</i> − <i>y</i> = {slope:2}. Squared error (<i>p</i> − <i>y</i>)² = {square:3}; "
        "its slope in the score is 2(<i>p</i> − <i>y</i>)<i>p</i>(1 − <i>p</i>) = "
        "{square_slope:3}.",
        {"loss": binary_cross_entropy([y], [p]), "square": squared_error([y], [p]),
         "slope": p - y, "slope_p": -1 / p if y else 1 / (1 - p),
         "square_slope": 2 * (p - y) * p * (1 - p)},
        Table(f"Costs when the truth is {y}",
              ("p", "cross-entropy", "squared error", "slope of the first", "of the second"),
              table, (2, 3, 3, 2, 3)),
    )  # fmt: skip


def softmax_chart(Z: ArrayLike = (2.0, 1.0, 0.0)) -> InteractiveChart:
    """Turn three logits into probabilities, and shift them all without effect.

    Parameters
    ----------
    Z : array_like, shape (3,), default (2.0, 1.0, 0.0)
        Where the sliders for the logits start, in [-5, 5], in tenths.

    Returns
    -------
    InteractiveChart
        Bars for the logits, beside bars for the probabilities.

    Raises
    ------
    ValueError
        If `Z` does not hold three numbers that the sliders have.

    Examples
    --------
    >>> softmax_chart()
    <InteractiveChart: softmax and its logits; sliders z1, z2, z3, c>
    """
    Z = as_double("Z", Z, 1)
    check_shape("Z", Z, (3,), "(three logits)")
    sliders = (
        Slider("z1", "logit <i>z</i>₁", Z[0], -5, 5, 0.1),
        Slider("z2", "logit <i>z</i>₂", Z[1], -5, 5, 0.1),
        Slider("z3", "logit <i>z</i>₃", Z[2], -5, 5, 0.1),
        Slider("c", "add <i>c</i> to all", 0.0, -10, 10, 0.5),
    )
    largest = "max(z1 + c, z2 + c, z3 + c)"
    weights = {f"e{k}": f"exp(z{k} + c - {largest})" for k in (1, 2, 3)}
    shares = {f"p{k}": f"e{k} / (e1 + e2 + e3)" for k in (1, 2, 3)}
    kinds = ["class 1", "class 2", "class 3"]
    tint = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=kinds, range=[CLASS_0, CLASS_1, THIRD])
    )

    def bars(title: str, expr: str, axis: str, low: float, high: float) -> Any:
        rows = alt.Chart(rows_of(k=[1, 2, 3])).transform_calculate(
            value=expr, kind="'class ' + datum.k"
        )
        where = {
            "x": alt.X("kind:N", title=None, axis=alt.Axis(labelAngle=0)),
            "y": y_axis("value", axis, low, high),
        }
        number = rows.mark_text(dy=alt.expr("datum.value < 0 ? 12 : -9")).encode(
            **where, text=alt.Text("value:Q", format=".2f")
        )
        return panel(title, sliders, rows.mark_bar(width=60).encode(**where, color=tint), number,
                      **weights, **shares)  # fmt: skip

    p = softmax(Z)
    return InteractiveChart(
        "softmax and its logits",
        (
            ("Three bars, the logits with c added: they move up and down together with c.",
             bars("Logits z + c", "[z1, z2, z3][datum.k - 1] + c", "logit", -16, 16)),
            ("Three bars, the probabilities, which add up to one and do not change with c.",
             bars("Probabilities", "[p1, p2, p3][datum.k - 1]", "probability", 0, 1.08)),
        ),
        sliders,
        "softmax({z1:1} + <i>c</i>, {z2:1} + <i>c</i>, {z3:1} + <i>c</i>) = "
        "({p1:3}, {p2:3}, {p3:3}) with <i>c</i> = {c:1}, and with any other.",
        {f"p{k}": float(share) for k, share in enumerate(p, 1)},
        Table("At the sliders' first positions", ("class", "logit", "probability"),
              [(k, z, share) for k, (z, share) in enumerate(zip(Z, p, strict=True), 1)], (0, 1, 4)),
    )  # fmt: skip
