"""An interactive chart as one specification that JupyterLab draws by itself.

In a browser's Python there is no vl-convert, which draws the pictures of the pages ahead; but the
notebook around it has Vega, and makes sliders of its own.
"""

import re
from importlib.util import find_spec
from typing import Any

MIME = "application/vnd.vegalite.v5+json"
# as SVG, because a canvas does not know the page's colours
OPTIONS = {"embed_options": {"renderer": "svg", "actions": False}}


def is_needed() -> bool:
    """Tell whether the pictures cannot be drawn ahead here."""
    return find_spec("vl_convert") is None


def specification(
    title: str, pictures: list[Any], sliders: tuple[Any, ...], config: dict[str, Any]
) -> dict[str, Any]:
    """Return Altair's pictures beside each other, with the sliders below."""
    specs = [picture.to_dict() for picture in pictures]
    # each picture declares what it reads; together they may do so only once
    params = {param["name"]: param for spec in specs for param in spec.pop("params")}
    for slider in sliders:
        label = re.sub("<.*?>", "", slider.label)  # which here is text
        ends = {"min": slider.low, "max": slider.high, "step": slider.step}
        params[slider.name]["bind"] = {"input": "range", "name": f"{label} "} | ends
    for spec in specs:
        del spec["$schema"], spec["config"]
    return {"title": title, "hconcat": specs, "params": [*params.values()], "config": config}
