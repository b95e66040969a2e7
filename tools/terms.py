"""Sphinx extension: the index leads from each term of the glossary to the pages that use it.

Sphinx itself enters the glossary and the reference of the package.  Here the first use of a term on
each page is entered, too: a ``{term}``, or the bold or slanted word where the text defines it.  The
index names the pages that it leads to, where Sphinx would write [1].
"""

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

TOOLS = Path(__file__).parent  # has genindex.html


@cache
def glossary(folder):
    """Return the terms of a book's glossary, each by its small letters."""
    text = Path(folder, "glossary.md").read_text("utf-8").partition(":::{glossary}")[2]
    return {term.lower(): term for term in re.findall(r"^(\w.*)$", text, re.MULTILINE)}


class EnterTerms(SphinxTransform):
    """Enter the first use of each term on a page."""

    default_priority = 800  # before the entries are collected

    def apply(self):
        """Put an anchor before each first use; none into titles, whose text is copied."""
        terms, seen = glossary(self.env.srcdir), set()
        for use in [] if self.env.docname == "glossary" else list(self.document.findall(is_use)):
            word = use["reftarget"] if isinstance(use, addnodes.pending_xref) else use.astext()
            term = terms.get(word.lower())
            if term is None or term in seen or isinstance(use.parent, nodes.title):
                continue
            seen.add(term)
            anchor = f"use-of-{nodes.make_id(term)}"
            entry = addnodes.index(entries=[("single", term, anchor, "", None)])
            place = nodes.target("", "", ids=[anchor])
            use.parent.insert(use.parent.index(use), [entry, place])


def is_use(node):
    """Say whether a node may be a term: a link to the glossary, or a word that stands out."""
    if isinstance(node, addnodes.pending_xref):
        return node["reftype"] == "term"
    return isinstance(node, nodes.strong | nodes.emphasis)


def places(links, titles):
    """Return (label, address) of all links but the first: chapters by number, then others."""

    def label(address):
        page = address.split("#")[0].removesuffix(".html")
        title = titles[page].astext() if page in titles else page
        number = title.split(".")[0]
        return (0, int(number), number) if number.isdigit() else (1, 0, title)

    found = {label(address): address for _, address in reversed(links[1:])}
    return [(key[-1], found[key]) for key in sorted(found)]


def prepare(app, pagename, templatename, context, doctree):
    """Give the index what its template needs."""
    if pagename == "genindex":
        context["places"] = lambda links: places(links, app.env.titles)


def add_template(app, config):
    """Let Sphinx find the template of the index."""
    config.templates_path = [*config.templates_path, str(TOOLS / "templates")]


def setup(app):
    """Enter terms while pages are read; show them when the index is written."""
    app.add_transform(EnterTerms)
    app.connect("config-inited", add_template)
    app.connect("html-page-context", prepare)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
