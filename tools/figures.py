"""Sphinx extension: figures belong to the page, light or dark, and bring their numbers.

While the book is built, notebooks draw SVG (see figure_backend.py).  The HTML holds it inline: each
colour of the palette becomes the custom property of that name, so that the drawing follows the
page's theme, its alt text is the drawing's label, and the numbers in it become a table below.
Other formats (EPUB, PDF) keep the image as it came.
"""

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

from docutils import nodes
from jinja2 import Template
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from lrcore._palette import LIGHT

TOOLS = Path(__file__).parent
SVG = "{http://www.w3.org/2000/svg}"
DESCRIPTION = ".//{http://purl.org/dc/elements/1.1/}description"
PIXELS = 1.6  # of the page for a point of a drawing: its 10-point text is as large as the page's
TABLE = Template((TOOLS / "figure_numbers.html").read_text("utf-8"), autoescape=True)
ET.register_namespace("", SVG[1:-1])
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


class InlineFigures(SphinxPostTransform):
    """Put each SVG that a notebook drew into the HTML itself."""

    default_priority = 100
    formats = ("html",)

    def run(self):
        """Replace the images of this page, except in an EPUB, whose readers have no theme."""
        if self.app.builder.name == "epub":
            return
        for number, image in enumerate(list(self.document.findall(nodes.image))):
            if image["uri"].endswith(".svg") and "jupyter_execute" in image["uri"]:
                self.replace(image, f"drawing-{number}")

    def replace(self, image, name):
        """Put drawing and table in the image's place; the table goes below the caption."""
        drawing = (Path(self.app.srcdir) / image["uri"].lstrip("/")).read_text("utf-8")
        figure = image.parent if isinstance(image.parent, nodes.figure) else None
        svg = inline(drawing, image.get("alt"), name)
        if "aria-label" not in svg.attrib:
            logging.getLogger(__name__).warning("a figure without alt text", location=image)
        table = raw(numbers(drawing))
        image.replace_self([raw(ET.tostring(svg, "unicode"))] + ([] if figure else [table]))
        if figure:
            figure.append(table)


def raw(html):
    """Return a node that is HTML already."""
    return nodes.raw("", html, format="html")


def inline(drawing, alt, name):
    """Return the SVG for a page: labelled, of a known size, in the colours of the page's theme."""
    svg = ET.fromstring(for_page(drawing, name))
    for parent, unwanted in [(svg, "metadata"), (svg.find(f"{SVG}defs"), "style")]:
        for child in parent.findall(SVG + unwanted) if parent is not None else []:
            parent.remove(child)  # its one rule is for all that is on the page; our CSS has it
    for side in ("width", "height"):
        if svg.get(side, "").endswith("pt"):
            svg.set(side, f"{PIXELS * float(svg.get(side)[:-2]):.0f}")
    label = {"aria-label": alt} if alt else {}
    svg.attrib |= {"class": "drawing", "role": "img"} | label
    return svg


def for_page(drawing, name):
    """Return the SVG's text with ids of its own and with variables for the palette's colours."""
    text = re.sub(r"\b([1-9]\d*\.\d\d)\d+", r"\1", drawing)  # a hundredth of a point is enough
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    for role, colour in LIGHT.items():
        text = re.sub(colour, f"var(--{role})", text, flags=re.IGNORECASE)
    return text


def numbers(drawing):
    """Return the numbers that the SVG carries as an HTML table that opens on demand."""
    found = ET.fromstring(drawing).find(DESCRIPTION)
    axes = json.loads(found.text) if found is not None else []
    shown = [ax for ax in axes if ax["series"]]
    return TABLE.render(axes=shown) if shown else ""


def setup(app):
    """Draw with our backend in the kernels of this build, and put what they draw into the pages."""
    os.environ["MPLBACKEND"] = "module://figure_backend"
    os.environ["PYTHONPATH"] = os.pathsep.join([str(TOOLS), os.environ.get("PYTHONPATH", "")])
    app.add_post_transform(InlineFigures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
