"""Sphinx extension: whose work the site contains, and under which licence.

``{parts}`` lists it on a page; ``licences.txt``, beside the pages, has the texts, read from the
packages that the files come from.  A file of the site that is nobody's, or a part of which no file
is left, stops the build, so that neither can go stale.
"""

import json
import re
import tarfile
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import font_source_serif_pro as source_serif
from appendices import table
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parent.parent
NAME = "licences.txt"


def of_package(name):
    """Return version and licence of an installed Python package."""
    package = distribution(name)
    (file,) = [f for f in package.files if re.search(r"\.dist-info/(?:\w+/)?LICEN[CS]E", str(f))]
    return package.version, file.read_text()


def of_npm(name):
    """Return version and licence of what npm installed."""
    folder = ROOT / "node_modules" / name
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    return version, (folder / "LICENSE").read_text("utf-8")


@cache
def of_jupyterlite():
    """Return {name: licence} of all that JupyterLite was made of: its makers kept the texts."""
    folder = Path(find_spec("jupyterlite_core").origin).parent
    with tarfile.open(next(folder.glob("jupyterlite-app-*.tgz"))) as app:
        found = json.load(app.extractfile("package/build/third-party-licenses.json"))
    return {package["name"]: package["extractedText"] for package in found["packages"]}


def said_in(package, file):
    """Return version and notice at the beginning of a script that comes with a package."""
    folder = Path(find_spec(package).origin).parent
    words = next(folder.rglob(file)).read_text("utf-8").split("*/")[0] + "*/\n\n"
    return re.search(r"\d+\.\d+\.\d+", words)[0], words


def mit():
    """Return the words of the MIT licence, without a name."""
    return "Permission is hereby" + (ROOT / "LICENSE").read_text("utf-8").split("is hereby", 1)[1]


class Part(NamedTuple):
    """Somebody else's work: its name, its licence, files of the site, and where the text is."""

    name: str
    licence: str
    files: str
    source: object


def bootstrap():
    """Return version and licence of the theme's scripts for menus and dialogs."""
    version, words = said_in("pydata_sphinx_theme", "bootstrap.js.LICENSE.txt")
    return version, words + "Popper, a part of it: Copyright (c) 2019 Federico Zivolo\n\n" + mit()


def clipboard():
    """Return version and licence of the script that sphinx-copybutton brings."""
    version, words = said_in("sphinx_copybutton", "clipboard.min.js")
    return version, words + mit()


def vega():
    """Return version and licences of Vega and of the D3 that is a part of it."""
    import vl_convert

    texts = of_jupyterlite()
    return vl_convert.get_vega_version(), texts["vega"] + "\n\nD3, a part of it:\n" + texts["d3"]


def font_awesome():
    """Return version and licence of the icons."""
    version, words = said_in("pydata_sphinx_theme", "fontawesome.js.LICENSE.txt")
    return version, words + of_jupyterlite()["@fortawesome/fontawesome-free"]


def typeface():
    """Return version and licence of the typeface."""
    folder = Path(source_serif.font_files_ttf["SourceSerifPro"]).parent
    return "", (folder / "LICENSE.txt").read_text("utf-8")


def package(name, licence, files):
    """Return the part that is a Python package."""
    return Part(name, licence, files, lambda: of_package(name))


PARTS = [
    package("Sphinx", "BSD-2-Clause", "basic.css doctools.js documentation_options.js file.png "
            "language_data.js minus.png plus.png searchtools.js sphinx_highlight.js"),
    package("Pygments", "BSD-2-Clause", "pygments.css"),
    package("pydata-sphinx-theme", "BSD-3-Clause", "images/* scripts/pydata-sphinx-theme.js* "
            "styles/pydata-sphinx-theme.css styles/theme.css webpack-macros.html"),
    package("sphinx-book-theme", "BSD-3-Clause", "locales/* sbt-webpack-macros.html "
            "scripts/sphinx-book-theme.js* styles/sphinx-book-theme.css"),
    package("sphinx-copybutton", "MIT", "copy*.* check-solid.svg"),
    package("sphinx-togglebutton", "MIT", "togglebutton.*"),
    package("sphinx-design", "MIT", "sphinx-design.*.css design-tabs.js"),
    package("sphinx-exercise", "MIT", "exercise.css"),
    package("myst-nb", "BSD-3-Clause", "mystnb.*.css"),
    Part("Bootstrap", "MIT", "scripts/bootstrap.js*", bootstrap),
    Part("Font Awesome Free", "CC BY 4.0, SIL OFL 1.1, MIT", "vendor/fontawesome/*", font_awesome),
    Part("clipboard.js", "MIT", "clipboard.min.js", clipboard),
    Part("KaTeX and its fonts", "MIT", "katex/*", lambda: of_npm("katex")),
    Part("Source Serif, cut down and renamed", "SIL OFL 1.1", "look.css", typeface),
    Part("Vega", "BSD-3-Clause, ISC", "charts/vega.js", vega),
]  # fmt: skip
OURS = [
    "sheet.css",  # all of them, one after the other
    "charts/charts.css",
    "charts/charts.js",
    *(p.name for p in (ROOT / "book/_static").iterdir()),
]
LITE = """JupyterLite, Pyodide and Python packages, in lite/

Only a site with buttons that run notebooks has this folder.
JupyterLite (BSD-3-Clause) and each of its extensions list what they are made of, with the texts, in
the files third-party-licenses.json of lite/build and lite/extensions.
Each package in lite/static/pyodide is a zip file that holds its own licence.
Pyodide is under the Mozilla Public License 2.0; its source, and that of all it is built from
(CPython, under the Python Software Foundation License, and others), is at
https://github.com/pyodide/pyodide.
"""


def whose(name, parts=PARTS):
    """Return the parts that a file below _static belongs to."""
    return [part for part in parts if any(fnmatch(name, p) for p in part.files.split())]


def check(names, parts=PARTS):
    """Raise unless each file is somebody's, and each part has one."""
    strangers = [name for name in names if name not in OURS and not whose(name, parts)]
    gone = [part.name for part in parts if not any(part in whose(name, parts) for name in names)]
    if strangers or gone:
        raise ExtensionError(
            f"tools/notices.py: expected an entry for each file of _static and a file for each "
            f"entry; without an entry: {strangers}, without a file: {gone}"
        )


def text():
    """Return the text of the file."""
    head = "This site contains the work of others.  What is not named here is the book's own.\n"
    licences = [(part, *part.source()) for part in PARTS]
    blocks = [
        f"{part.name} {version}\n{part.licence}; files: {part.files}\n\n{words.strip()}\n"
        for part, version, words in licences
    ]
    return f"\n{'=' * 78}\n\n".join([head, *blocks, LITE])


class Parts(SphinxDirective):
    """List the parts."""

    def run(self):
        """Return the table, and where the texts are."""
        rows = [(part.name, part.source()[0], part.licence) for part in PARTS]
        link = nodes.reference("", NAME, refuri=NAME)
        words = nodes.paragraph("", "The texts of these licences: ", link)
        return [table(("part", "version", "licence"), rows), words]


def finish(app, exception):
    """Check what was built, and write the file."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    check([p.relative_to(static).as_posix() for p in static.rglob("*") if p.is_file()])
    (Path(app.outdir) / NAME).write_text(text(), "utf-8")


def setup(app):
    """Look when all others are done."""
    app.add_directive("parts", Parts)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
