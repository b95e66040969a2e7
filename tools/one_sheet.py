"""Sphinx extension: a page asks for one style sheet, in which all others follow one another.

A browser shows nothing before it has every style sheet of a page, and gets a few files at a time:
on a phone, thirteen of them cost half a second.
"""

import posixpath
import re
from hashlib import sha256
from pathlib import Path

from sphinx.errors import ExtensionError

SHEET = "sheet.css"
LINK = re.compile(
    r'<link(?=[^>]* rel="stylesheet")[^>]* href="((?:\.\./)*_static/)([^"?]*)[^>]*>\s*'
)
IMPORT = re.compile(r'@import "([^"]*)";')
FILE = re.compile(r"""url\((["']?)(?!data:|#)([^)"']+)\1\)""")


def whole(static, name):
    """Return a style sheet with those that it imports, its files named as from the folder."""
    folder = posixpath.dirname(name)

    def here(other):
        return posixpath.normpath(posixpath.join(folder, other))

    css = FILE.sub(lambda use: f'url("{here(use[2])}")', (static / name).read_text("utf-8"))
    return IMPORT.sub(lambda use: whole(static, here(use[1])), css)


def join(static, pages):
    """Write the sheet, and give each page a link to it in place of the first of its own."""
    texts = {page: page.read_text("utf-8") for page in pages}
    named = {page: [name for _, name in LINK.findall(text)] for page, text in texts.items()}
    new = {page: names for page, names in named.items() if names not in ([], [SHEET])}
    # A preview may change a style sheet and no page: the last build has left their names.
    left = (static / SHEET).read_text("utf-8").split("\n")[0] if not new else ""
    names = next(iter(new.values()), left.split()[1:-1])
    if odd := [page.name for page, others in new.items() if others != names]:
        raise ExtensionError(f"expected the same style sheets on all pages, got others on {odd}")
    css = "\n".join([f"/* {' '.join(names)} */", *(whole(static, name) for name in names)])
    (static / SHEET).write_text(css, "utf-8")
    version = sha256(css.encode()).hexdigest()[:8]
    for page in new:
        start, _, text = texts[page].partition(LINK.search(texts[page])[0])
        root = LINK.search(texts[page])[1]
        link = f'<link rel="stylesheet" href="{root}{SHEET}?v={version}">\n'
        page.write_text(start + link + LINK.sub("", text), "utf-8")


def finish(app, exception):
    """Join them when each is as it will be."""
    if not exception and app.builder.format == "html":
        out = Path(app.outdir)
        join(out / "_static", [p for p in out.rglob("*.html") if p.parent.name != "_static"])


def setup(app):
    """Come after all that writes style sheets, or looks for them."""
    app.connect("build-finished", finish, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
