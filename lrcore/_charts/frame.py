"""The frame of an interactive chart: sliders, the current numbers, pictures, a table.

A chart is plain HTML.  Its pictures are drawn ahead as SVG, so that they are there without
JavaScript; ``charts.js`` exchanges each for a live Vega view when the reader comes to it, hands it
the positions of the sliders, and writes the view's numbers into the sentence.
"""

import hashlib
import html
import json
import math
import os
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from lrcore._palette import DARK, LIGHT, properties

from .vega_lite import MIME, OPTIONS, is_needed, specification

WIDTH, HEIGHT = 340, 260  # two fit beside each other on a page, one on a phone


def colour(name: str) -> str:
    """Return a colour of the palette that follows the page from light to dark."""
    return f"var(--{name}, {LIGHT[name]})"


# vl-convert brings Liberation Sans along, so that it measures text alike on every machine; on
# screens Arial has the same widths.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
CONFIG = {
    "aria": False,  # the picture as a whole has its text
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "domainColor": colour("muted"),
        "gridColor": colour("grid"),
        "tickColor": colour("muted"),
        "labelColor": colour("ink"),
        "titleColor": colour("ink"),
        "labelFontSize": 12,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "tickCount": 5,
    },
    "legend": {
        "labelColor": colour("ink"),
        "labelFontSize": 12,
        "labelLimit": 300,
        "orient": "top",
        "title": None,
    },
    "title": {"anchor": "start", "color": colour("ink"), "fontSize": 14},
    "text": {"color": colour("ink"), "fontSize": 13},
    "rule": {"color": colour("muted")},
}


@dataclass(frozen=True)
class Slider:
    """A number that the reader sets, and the name that the pictures know it by."""

    name: str
    label: str
    value: float
    low: float
    high: float
    step: float

    def __post_init__(self) -> None:
        """Refuse a first position that the browser would have to move."""
        steps = (self.value - self.low) / self.step
        if not self.low <= self.value <= self.high or abs(steps - round(steps)) > 1e-6:
            raise ValueError(
                f"{self.name}: expected a number from {self.low:g} to {self.high:g} "
                f"in steps of {self.step:g}, got {self.value:g}"
            )

    @property
    def digits(self) -> int:
        """How many decimals its steps have."""
        return len(f"{self.step:g}".partition(".")[2])

    def html(self) -> str:
        """Return a labelled ``<input type=range>`` with its value beside it."""
        return (
            f'<label><span>{self.label}</span> <input type="range" name="{self.name}" '
            f'min="{self.low:g}" max="{self.high:g}" step="{self.step:g}" value="{self.value:g}"> '
            f"{shown(self.name, self.value, self.digits)}</label>"
        )


def number(value: float, digits: int) -> str:
    """Return `value` with so many decimals, as ``charts.js`` writes it: a true minus, no ``-0``."""
    if not math.isfinite(value):
        return "none"
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def shown(name: str, value: float, digits: int) -> str:
    """Return `value` in an element that ``charts.js`` keeps up to date."""
    return f'<b data-value="{name}" data-digits="{digits}">{number(value, digits)}</b>'


def sentence(template: str, values: dict[str, float]) -> str:
    """Return `template` with each ``{name:2}`` exchanged for that value, with two decimals."""
    return "".join(
        text + (shown(name, values[name], int(spec or 0)) if name else "")
        for text, name, spec, _ in Formatter().parse(template)
    )


@dataclass(frozen=True)
class Table:
    """The numbers behind a picture."""

    caption: str
    columns: tuple[str, ...]
    rows: list[tuple[float, ...]]
    digits: tuple[int, ...]

    def html(self) -> str:
        """Return a folded ``<table>``."""
        head = "".join(f'<th scope="col">{name}</th>' for name in self.columns)
        body = "".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows)
        return (
            '<details class="lr-chart-table"><summary>The numbers in this chart</summary>'
            f"<div><table><caption>{self.caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></div></details>"
        )

    def _cells(self, row: tuple[float, ...]) -> str:
        return "".join(f"<td>{number(v, d)}</td>" for v, d in zip(row, self.digits, strict=True))


@dataclass(frozen=True)
class InteractiveChart:
    """Pictures that answer to sliders; shows itself in notebooks and on the book's pages.

    Attributes
    ----------
    title : str
        What the chart is about.
    panels : tuple of (str, altair.Chart)
        Each picture, after the words that say what it shows.
    sliders : tuple of Slider
        What the reader can set.
    formula : str
        HTML with the current numbers, written ``{name:2}`` for two decimals.
    values : dict of str to float
        These numbers at the sliders' first positions.
    table : Table
        The numbers behind the pictures.
    """

    title: str
    panels: tuple[tuple[str, Any], ...]
    sliders: tuple[Slider, ...]
    formula: str
    values: dict[str, float]
    table: Table

    def __repr__(self) -> str:
        sliders = ", ".join(slider.name for slider in self.sliders)
        return f"<InteractiveChart: {self.title}; sliders {sliders}>"

    def _repr_html_(self) -> str | None:
        return None if is_needed() else self.html() + (_scripts() if _is_live() else "")

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        return ({MIME: self.vega_lite()}, {MIME: OPTIONS}) if is_needed() else ({}, {})

    def vega_lite(self) -> dict[str, Any]:
        """Return the chart as one specification, for a notebook that draws by itself."""
        pictures = [picture for _, picture in self.panels]
        return specification(self.title, pictures, self.sliders, CONFIG)

    def html(self) -> str:
        """Return the chart as a piece of a page that holds ``charts.js`` and ``charts.css``."""
        sliders = "".join(slider.html() for slider in self.sliders)
        values = {**{s.name: s.value for s in self.sliders}, **self.values}
        panels = "".join(_panel(words, chart) for words, chart in self.panels)
        return (
            f'<div class="lr-chart" role="group" aria-label="Interactive chart: {self.title}">'
            f'<div class="lr-chart-sliders">{sliders}</div>'
            f'<p class="lr-chart-formula" aria-live="polite">{sentence(self.formula, values)}</p>'
            f'<div class="lr-chart-panels">{panels}</div>{self.table.html()}</div>'
        )


def spec_of(chart: Any) -> dict[str, Any]:
    """Return the Vega-Lite specification of an Altair chart, in the book's look."""
    spec: dict[str, Any] = chart.to_dict()
    return {**spec, "config": CONFIG, "autosize": {"type": "fit", "contains": "padding"}}


def _panel(words: str, chart: Any) -> str:
    import vl_convert  # 30 MB of browser engine, so imported when it draws

    spec = vl_convert.vegalite_to_vega(spec_of(chart))  # so that the page needs no compiler
    del spec["$schema"]  # an address that nobody is to visit
    data = json.dumps(spec, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
    # Vega counts its clip paths through a whole session; on a page, ids are unique
    mark = hashlib.sha256(data.encode()).hexdigest()[:8]
    numbers: dict[str, str] = {}
    svg = re.sub(
        r"\bclip\d+\b",
        lambda clip: numbers.setdefault(clip[0], f"clip-{mark}-{len(numbers)}"),
        vl_convert.vega_to_svg(spec),
    )
    return (
        f'<div class="lr-chart-panel"><script type="application/json">{data}</script>'
        f'<div role="img" aria-label="{html.escape(words)}"><div aria-hidden="true">{svg}'
        "</div></div></div>"
    )


def _is_live() -> bool:
    """Say whether a person looks on: JupyterLab names the notebook to its kernel, so does VS Code.

    Where notebooks are run to be stored or compared, nobody does; and on the book's pages the
    scripts are files.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    in_editor = "__vsc_ipynb_file__" in getattr(shell, "user_ns", {})
    return "JPY_SESSION_NAME" in os.environ or in_editor


@cache
def vega() -> str:
    """Return Vega, which draws, as one script that needs no network."""
    import vl_convert

    # by this name vl-convert holds Vega alone; nothing is fetched
    name = f"https://cdn.jsdelivr.net/npm/vega@{vl_convert.get_vega_version()}/+esm"
    bundle = vl_convert.javascript_bundle(
        f'import {{View, parse}} from "{name}"; window.lrcoreVega = {{View, parse}};'
    )
    # in a function of its own: hundreds of its names have one letter
    return "(()=>{" + bundle + "})();"


def script() -> str:
    """Return the script that brings charts to life."""
    return files("lrcore._charts").joinpath("charts.js").read_text("utf-8")


def rules() -> str:
    """Return the look of charts, for a page that has the palette."""
    return files("lrcore._charts").joinpath("charts.css").read_text("utf-8")


_DARK = '[data-jp-theme-light="false"], .vscode-dark'  # how JupyterLab and VS Code mark a dark page


def style() -> str:
    """Return the look of charts, with the palette in light and in dark."""
    light, dark = properties(LIGHT), properties(DARK)
    return f".lr-chart {{ {light} }}\n:is({_DARK}) .lr-chart {{ {dark} }}\n{rules()}"


_brought: list[str] = []


def _scripts() -> str:
    """Return style and scripts at the first chart of a live notebook, later a call to draw."""
    if _brought:
        return "<script>window.lrcoreCharts?.()</script>"
    _brought.append("vega")
    library = vega().replace("</script", "<\\/script")
    return f"<style>{style()}</style><script>{library}</script><script>{script()}</script>"
