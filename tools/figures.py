"""Sphinx extension: figures belong to the page, light or dark, and bring their numbers.

While the book is built, notebooks draw SVG (see figure_backend.py).  The HTML holds it inline: each
colour of the palette becomes the custom property of that name, so that the drawing follows the
page's theme, its alt text is the drawing's label, and the numbers in it become a table below.
Other formats (EPUB, PDF) keep the image as it came.
"""

import hashlib
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
        for image in list(self.document.findall(nodes.image)):
            if image["uri"].endswith(".svg") and "jupyter_execute" in image["uri"]:
                self.replace(image)

    def replace(self, image):
        """Put drawing and table in the image's place; the table goes below the caption."""
        drawing = (Path(self.app.srcdir) / image["uri"].lstrip("/")).read_text("utf-8")
        alt = image.get("alt", "")
        if not alt:
            logging.getLogger(__name__).warning("a figure without alt text", location=image)
        figure = image.parent if isinstance(image.parent, nodes.figure) else None
        table = raw(numbers(drawing))
        image.replace_self([raw(inline(drawing, alt))] + ([] if figure else [table]))
        if figure:
            figure.append(table)


def raw(html):
    """Return a node that is HTML already."""
    return nodes.raw("", html, format="html")


def inline(drawing, alt):
    """Return the SVG for a page: labelled, of a known size, in the colours of the page's theme."""
    svg = ET.fromstring(drawing)
    for parent, unwanted in [(svg, "metadata"), (svg.find(f"{SVG}defs"), "style")]:
        for child in parent.findall(SVG + unwanted) if parent is not None else []:
            parent.remove(child)  # its one rule is for all that is on the page; our CSS has it
    width, height = (float(n) for n in svg.get("viewBox").split()[2:])
    svg.attrib |= {"width": f"{PIXELS * width:.0f}", "height": f"{PIXELS * height:.0f}"}
    svg.attrib |= {"class": "drawing", "role": "img", "aria-label": alt}
    text = ET.tostring(svg, encoding="unicode")
    text = re.sub(r"\b([1-9]\d*\.\d\d)\d+", r"\1", text)  # a hundredth of a point is enough
    prefix = hashlib.sha256(drawing.encode()).hexdigest()[:8]  # ids of two drawings may be the same
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", text)
    for name, colour in LIGHT.items():
        text = re.sub(colour, f"var(--{name})", text, flags=re.IGNORECASE)
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
