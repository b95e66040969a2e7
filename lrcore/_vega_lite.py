"""An interactive chart as one specification that JupyterLab draws by itself.

In a browser's Python there is no vl-convert, which draws the pictures of the pages ahead; but the
notebook around it has Vega, and makes sliders of its own.
"""

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._chart import InteractiveChart

MIME = "application/vnd.vegalite.v5+json"
# as SVG, because a canvas does not know the page's colours
OPTIONS = {"embed_options": {"renderer": "svg", "actions": False}}


def is_needed() -> bool:
    """Tell whether the pictures cannot be drawn ahead here."""
    return find_spec("vl_convert") is None


def specification(chart: "InteractiveChart", config: dict[str, Any]) -> dict[str, Any]:
    """Return the pictures beside each other, with the sliders below."""
    specs = [picture.to_dict() for _, picture in chart.panels]
    # each picture declares what it reads; together they may do so only once
    params = {param["name"]: param for spec in specs for param in spec.pop("params")}
    for slider in chart.sliders:
        bound = {"min": slider.low, "max": slider.high, "step": slider.step}
        label = re.sub("<.*?>", "", slider.label)  # which here is text
        params[slider.name]["bind"] = {"input": "range", "name": f"{label} "} | bound
    for spec in specs:
        del spec["$schema"], spec["config"]
    return {"title": chart.title, "hconcat": specs, "params": [*params.values()], "config": config}
