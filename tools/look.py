"""Sphinx extension: the colours and the typeface of the pages, as one stylesheet.

The colours are those of ``lrcore._palette``.  The typeface is Source Serif, cut down to the letters
that Western prose needs, and renamed, as its licence asks of whoever changes it.  Faces stand in
the stylesheet itself: no text jumps when they arrive, and a page opened from a folder has them,
too.  ``book/_static/book.css`` does the rest.
"""

from base64 import b64encode
from io import BytesIO
from pathlib import Path

import font_source_serif_pro as source_serif
from fontTools import subset

from lrcore._palette import DARK, LIGHT, properties

FACES = [
    ("normal", 400, source_serif.font_files_ttf["SourceSerifPro"]),
    ("italic", 400, source_serif.font_files_ttf["SourceSerifProIt"]),
    ("normal", 600, source_serif.font_files_ttf["SourceSerifProSemibold"]),
]
# Latin letters, dashes, quotation marks, ellipsis, minus.
LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), 0x2013, 0x2014, 0x2026, 0x2212]
LETTERS += range(0x2018, 0x201E)
FAMILY = "Book Serif"
COPYRIGHT, LICENCE, ITS_ADDRESS = 0, 13, 14  # names that stay in the font
FAMILY_NAME, FULL_NAME, SYSTEM_NAME = 1, 4, 6


def woff2(path):
    """Return the face with only these letters, their kerning and their ligatures."""
    options = subset.Options(flavor="woff2", layout_features=["kern", "liga"], hinting=False)
    options.name_IDs = [COPYRIGHT, LICENCE, ITS_ADDRESS]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LETTERS)
    file = BytesIO()
    with subset.load_font(path, options) as font:
        cutter.subset(font)
        for name in (FAMILY_NAME, FULL_NAME, SYSTEM_NAME):
            font["name"].setName(FAMILY.replace(" ", ""), name, 3, 1, 0x409)  # Unicode, English
        subset.save_font(font, file, options)
    return file.getvalue()


def font_face(style, weight, path):
    """Return the CSS rule of one face."""
    data = b64encode(woff2(path)).decode()
    return (
        f"@font-face {{ font-family: '{FAMILY}'; font-style: {style}; font-weight: {weight}; "
        f"src: url(data:font/woff2;base64,{data}) format('woff2'); }}\n"
    )


def write_stylesheet(app):
    """Write the stylesheet; paper is always light, whatever the screen shows."""
    css = f":root {{ {properties(LIGHT)} }}\n"
    css += f"@media screen {{ :root[data-theme=dark] {{ {properties(DARK)} }} }}\n"
    css += "".join(font_face(*face) for face in FACES)
    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "look.css").write_text(css, "utf-8")


def setup(app):
    """Put the stylesheet on every page."""
    app.connect("builder-inited", write_stylesheet)
    app.add_css_file("look.css", priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
