"""The charts of a fit: a boundary laid by hand, and gradient descent."""

from typing import Any

import altair as alt
import numpy as np
from contourpy import contour_generator
from numpy.typing import ArrayLike

from lrcore._validation import (
    Floats,
    as_class_indices,
    as_double,
    check_finite,
    check_not_empty,
    check_shape,
)
from lrcore.datasets import make_clouds
from lrcore.estimators import LogisticRegression
from lrcore.gradients import logistic_gradient
from lrcore.losses import binary_cross_entropy_from_logits
from lrcore.optimizers import gradient_descent

from .frame import InteractiveChart, Slider, Table
from .marks import CLASS_0, CLASS_1, INK, MUTED, THIRD, by_kind, panel, rows_of, x_axis, y_axis

_W1, _W2 = (-0.5, 4.5), (-0.5, 3.0)  # the part of the loss surface that is drawn


def boundary_chart(X: ArrayLike | None = None, y: ArrayLike | None = None) -> InteractiveChart:
    """Let the reader lay the boundary through a cloud of points, and see the mean loss.

    Parameters
    ----------
    X : array_like, shape (n_samples, 2), optional
        Inputs; 60 points of :func:`~lrcore.datasets.make_clouds` if not given.
    y : array_like, shape (n_samples,), optional
        Class indices, 0 or 1.

    Returns
    -------
    InteractiveChart
        The points and the line, beside the mean loss now, the best reachable, and a coin's.

    Raises
    ------
    ValueError
        If `X` has not two columns, or `y` not one label, 0 or 1, for each row.

    Examples
    --------
    >>> boundary_chart()
    <InteractiveChart: a boundary through two clouds; sliders w1, w2, b>
    """
    data, labels = _two_classes(X, y)
    data = np.round(data, 4)  # the picture's numbers, so that both sides compute with the same
    sliders = (
        Slider("w1", "weight <i>w</i>₁", 1.0, -4, 4, 0.1),
        Slider("w2", "weight <i>w</i>₂", -1.0, -4, 4, 0.1),
        Slider("b", "bias <i>b</i>", 0.0, -4, 4, 0.1),
    )
    model = LogisticRegression().fit(data, labels)
    best = binary_cross_entropy_from_logits(labels, model.decision_function(data))
    z = data @ [1.0, -1.0]
    loss, wrong = binary_cross_entropy_from_logits(labels, z), int(np.sum((z >= 0) != labels))
    rows = (
        alt.Chart(rows_of(x1=data[:, 0], x2=data[:, 1], y=labels))
        .transform_calculate(kind="datum.y ? 'class 1' : 'class 0'")
        .transform_calculate(z="w1 * datum.x1 + w2 * datum.x2 + b")
        # log(1 + exp(z)) - y z with nothing large in exp
        .transform_calculate(
            cost="max(datum.z, 0) - datum.y * datum.z + log(1 + exp(-abs(datum.z)))",
            wrong="(datum.z >= 0) != (datum.y == 1)",
        )
    )
    hypotenuse = {"hypotenuse": "sqrt(w1 * w1 + w2 * w2)"}
    w, b = model.coef_[0], model.intercept_[0]
    return InteractiveChart(
        "a boundary through two clouds",
        (
            ("Points of class 0, blue circles, and of class 1, orange triangles, on the plane of "
             "two features, with the boundary line; the points on its wrong side wear a ring.",
             panel("The boundary", sliders, *_plane(rows, data), **hypotenuse)),
            ("Three bars: the mean loss now, the best reachable one, and that of a coin.",
             panel("The mean loss", sliders, *_bars(rows, best))),
        ),
        sliders,
        "<i>z</i> = {w1:1} · <i>x</i>₁ + ({w2:1}) · <i>x</i>₂ + ({b:1}). Mean loss {loss:3}, "
        f"the best reachable {best:.3f}; {{mistakes:0}} of {len(labels)} points on the wrong side.",
        {"loss": loss, "mistakes": wrong},
        Table("The best line, which Newton's method finds", ("w₁", "w₂", "b", "mean loss"),
              [(w[0], w[1], b, best)], (3, 3, 3, 3)),
    )  # fmt: skip


def _plane(rows: Any, data: Floats) -> tuple[Any, Any, Any]:
    """Return the points, rings around those on the wrong side, and the boundary."""
    reach = float(np.ceil(np.abs(data).max()))
    across, up = x_axis("x1", "x₁", -reach, reach), y_axis("x2", "x₂", -reach, reach)
    kinds = by_kind(["class 0", "class 1"], [CLASS_0, CLASS_1], "shape")
    points = rows.mark_point(filled=True, opacity=1, size=55).encode(across, up, **kinds)
    rings = (
        rows.transform_filter("datum.wrong")
        .mark_point(size=170, shape="circle", color=INK)
        .encode(across, up)
    )
    # from the point of the line that is nearest to the origin, far along it both ways
    line = (
        alt.Chart(rows_of(t=[-3 * reach, 3 * reach]))
        .transform_calculate(
            x1="(-b * w1 / hypotenuse - datum.t * w2) / hypotenuse",
            x2="(-b * w2 / hypotenuse + datum.t * w1) / hypotenuse",
        )
        .mark_line(clip=True, color=INK, strokeWidth=2.5)
        .encode(across, up)
    )
    return points, rings, line


def _bars(rows: Any, best: float) -> tuple[Any, Any]:
    """Return a bar for the mean loss now, for the best one and for a coin's; and their labels."""
    bars = (
        rows.transform_aggregate(loss="mean(cost)", mistakes="sum(wrong)")
        .transform_calculate(best=f"{best:.6f}", coin=f"{np.log(2):.6f}")
        .transform_fold(["loss", "best", "coin"])
        .transform_calculate(
            kind="{loss: 'now', best: 'best reachable', coin: 'a coin'}[datum.key]"
        )
    )
    order = ["now", "best reachable", "a coin"]
    bar = bars.mark_bar(clip=True).encode(
        x_axis("value", "mean loss (nats)", 0, 2),
        alt.Y("kind:N", sort=order, title=None),
        alt.Color(
            "kind:N", legend=None, scale=alt.Scale(domain=order, range=[CLASS_1, THIRD, MUTED])
        ),
    )
    label = bars.mark_text(align="left", dx=6).encode(
        alt.X("value:Q"), alt.Y("kind:N", sort=order), alt.Text("value:Q", format=".3f")
    )
    return bar, label


def descent_chart(X: ArrayLike | None = None, y: ArrayLike | None = None) -> InteractiveChart:
    """Walk down the loss surface of two weights, with the step size that the reader sets.

    Parameters
    ----------
    X : array_like, shape (n_samples, 2), optional
        Inputs; if not given, 60 points of :func:`~lrcore.datasets.make_clouds`, their first
        feature made three times as wide, so that the valley is narrow.
    y : array_like, shape (n_samples,), optional
        Class indices, 0 or 1.

    Returns
    -------
    InteractiveChart
        Contour lines and the walk, beside the loss after each step.

    Raises
    ------
    ValueError
        If `X` has not two columns, or `y` not one label, 0 or 1, for each row.

    Notes
    -----
    The walk starts at (0, 2.5); weights from -0.5 to 4.5 and from -0.5 to 3 are drawn.
    :func:`~lrcore.optimizers.gradient_descent` computes the walks, before the chart is shown.

    Examples
    --------
    >>> descent_chart()
    <InteractiveChart: gradient descent on a loss surface; sliders rate, step>
    """
    stretch = [3.0, 1.0] if X is None else [1.0, 1.0]
    data, labels = _two_classes(X, y)
    data, start, n_iter = data * stretch, np.array([0.0, 2.5]), 25
    rates = np.arange(1, 11) / 2
    sliders = (
        Slider("rate", "step size", 1.0, 0.5, 5, 0.5),
        Slider("step", "steps taken", 10, 0, n_iter, 1),
    )
    walks = [_walk(data, labels, start, rate, n_iter) for rate in rates]
    when = {
        "rate": np.repeat(rates, n_iter + 1),
        "step": np.tile(np.arange(n_iter + 1), len(rates)),
    }
    w1, w2 = np.concatenate([places for places, _ in walks]).T
    loss = np.concatenate([losses for _, losses in walks])
    places = alt.Chart(rows_of(**when, w1=w1, w2=w2)).transform_filter("datum.rate == rate")
    visits = alt.Chart(rows_of(**when, loss=loss)).transform_filter("datum.rate == rate")
    so_far, now = "datum.step <= step", "datum.step == step"
    across, up = x_axis("w1", "weight w₁", *_W1), y_axis("w2", "weight w₂", *_W2)
    walk: dict[str, Any] = {"color": CLASS_1, "clip": True}
    spot = {**walk, "shape": "diamond", "size": 160, "filled": True, "opacity": 1}
    stops = {"color": CLASS_1, "size": 30}
    past = places.transform_filter(so_far).mark_line(**walk, point=stops)
    line = past.encode(across, up, order="step:Q")
    star = places.transform_filter(now).mark_point(**spot).encode(across, up)
    curve = visits.mark_line(color=MUTED, clip=True, strokeDash=[4, 3]).encode(
        x_axis("step", "steps", 0, n_iter), y_axis("loss", "mean loss (nats)", 0, 1.5)
    )
    done = visits.transform_filter(so_far).mark_line(**walk).encode(x="step:Q", y="loss:Q")
    here = visits.transform_filter(now).mark_point(**spot).encode(x="step:Q", y="loss:Q")
    walked, losses = (np.round(numbers, 4) for numbers in walks[1])  # as in the rows above
    return InteractiveChart(
        "gradient descent on a loss surface",
        (
            ("Contour lines of the mean loss over two weights, and the walk of gradient descent "
             "from the upper left, with a diamond where it is now.",
             panel("The walk", sliders, _contours(data, labels), line, star)),
            ("The mean loss after each step, with a diamond at the present one.",
             panel("The loss", sliders, curve, done, here)),
        ),
        sliders,
        "<strong>w</strong> ← <strong>w</strong> − {rate:1} · ∇<i>L</i>. After {step:0} steps "
        "<strong>w</strong> = ({w1:3}, {w2:3}), mean loss {loss:3}.",
        {"w1": walked[10, 0], "w2": walked[10, 1], "loss": losses[10]},
        Table(f"The mean loss after {n_iter} steps", ("step size", "w₁", "w₂", "mean loss"),
              [(rate, *path[-1], losses[-1])
               for rate, (path, losses) in zip(rates, walks, strict=True)], (1, 3, 3, 3)),
    )  # fmt: skip


def _two_classes(X: Any, y: Any) -> tuple[Any, Any]:
    if X is None and y is None:
        data = make_clouds(60)
        return data.X, data.y
    X, y = as_double("X", X, 2), as_class_indices("y", y, 2)
    check_not_empty("X", X)
    check_finite("X", X)
    check_shape("X", X, (len(X), 2), "(two features)")
    check_shape("y", y, (len(X),), "(one label for each row of X)")
    return X, y


def _walk(X: Floats, y: Any, start: Floats, rate: float, n_iter: int) -> tuple[Floats, Floats]:
    """Return the places that gradient descent visits, and the mean loss at each."""
    places = [start]

    def loss_and_gradient(w: Floats) -> tuple[float, Floats]:
        return binary_cross_entropy_from_logits(y, X @ w), logistic_gradient(X, y, w, 0.0)[0]

    def note(iteration: int, w: Floats, loss: float, gradient: Floats) -> None:
        if iteration:
            places.append(np.array(w))

    end, _ = gradient_descent(
        loss_and_gradient, start, learning_rate=rate, n_iter=n_iter, callback=note
    )
    places.append(end)
    return np.array(places), np.array([loss_and_gradient(w)[0] for w in places])


def _contours(X: Floats, y: Any) -> Any:
    """Return the level lines of the mean loss."""
    w1, w2 = np.linspace(*_W1, 41), np.linspace(*_W2, 31)
    surface = [[binary_cross_entropy_from_logits(y, X @ [a, b]) for a in w1] for b in w2]
    generator = contour_generator(w1, w2, surface)
    levels = np.min(surface) + 0.03 * 1.7 ** np.arange(8)
    lines: list[Any] = [line for level in levels for line in generator.lines(level)]
    points = np.concatenate(lines).round(2)
    which = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    data = rows_of(w1=points[:, 0], w2=points[:, 1], line=which)
    return (
        alt.Chart(data)
        .mark_line(color=MUTED, strokeWidth=1, opacity=0.7)
        .encode(x="w1:Q", y="w2:Q", detail="line:N", order="line:Q")
    )
