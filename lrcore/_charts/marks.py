"""What the charts are drawn with: rows of rounded data, axes, and marks that differ in two ways."""

from typing import Any

import altair as alt
import numpy as np

from .frame import HEIGHT, WIDTH, Slider, colour

CLASS_0, CLASS_1, THIRD = colour("class-0"), colour("class-1"), colour("third")
INK, MUTED, PAPER = colour("ink"), colour("muted"), colour("paper")


def rows_of(**columns: Any) -> alt.Data:
    """Return columns as rows, rounded: what a picture shows, and alike on every processor."""
    lists = [np.round(column, 4).tolist() for column in columns.values()]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]
    return alt.Data(values=rows)


def x_axis(field: str, title: str, low: float, high: float) -> alt.X:
    """Return a horizontal axis over just this range."""
    scale = alt.Scale(domain=[low, high], nice=False)
    return alt.X(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(grid=False))


def y_axis(field: str, title: str, low: float, high: float) -> alt.Y:
    """Return a vertical axis over just this range."""
    scale = alt.Scale(domain=[low, high], nice=False)
    return alt.Y(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(grid=False))


def panel(title: str, sliders: tuple[Slider, ...], *layers: Any, **computed: str) -> Any:
    """Layer marks into one picture that knows the sliders, and what is computed from them."""
    params = [alt.param(name=s.name, value=s.value) for s in sliders]
    params += [alt.param(name=name, expr=expr) for name, expr in computed.items()]
    picture = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT, title=title)
    return picture.add_params(*params)


def by_kind(names: list[str], colours: list[str], channel: str) -> dict[str, Any]:
    """Tell kinds apart by colour, and by dash or by shape as well."""
    ranges: dict[str, Any] = {"strokeDash": [[1, 0], [7, 4]], "shape": ["circle", "triangle-up"]}
    make = {"strokeDash": alt.StrokeDash, "shape": alt.Shape}[channel]
    return {
        "color": alt.Color("kind:N", scale=alt.Scale(domain=names, range=colours)),
        channel: make("kind:N", scale=alt.Scale(domain=names, range=ranges[channel])),
    }
