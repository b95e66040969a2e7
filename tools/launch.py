"""Sphinx extension: a notebook's page links itself to Binder and Colab, where a reader can run it.

Both fetch the notebook from the repository of whoever publishes the book, and only they know where
that is: `make book BOOK_REPOSITORY=https://github.com/OWNER/NAME`, with `BOOK_BRANCH` if it is not
main.  Without it no page has such a line.  The links are words: nothing is fetched to show them.
"""

import os
import re
from urllib.parse import quote

from jinja2 import Template
from sphinx.errors import ConfigError

GITHUB = re.compile(r"https://github\.com/(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?")
# Binder makes what binder/ asks for; Colab has all that the notebooks need but lrcore.
LINE = Template(
    """
<p class="launch">Run this page <a href="{{ binder }}">in Binder</a> or
<a href="{{ colab }}">in Colab</a>. In Colab, first run
<code>%pip install "lrcore[charts,dask] @ git+https://github.com/{{ name }}@{{ branch }}"</code></p>
""",
    autoescape=True,
)


def set_repository(app, config):
    """Take the repository and its branch from the environment."""
    address = os.environ.get("BOOK_REPOSITORY", "")
    found = GITHUB.fullmatch(address)
    if address and not found:
        wanted = "BOOK_REPOSITORY must be https://github.com/OWNER/NAME"
        raise ConfigError(f"{wanted}, which Binder and Colab can read; got {address!r}")
    config.book_repository = found["name"] if found else ""
    config.book_branch = os.environ.get("BOOK_BRANCH", "") or "main"


def line(name, branch, path):
    """Return the HTML that offers to run a notebook."""
    path = quote(path)
    binder = f"https://mybinder.org/v2/gh/{name}/{quote(branch, safe='')}?urlpath=lab/tree/{path}"
    colab = f"https://colab.research.google.com/github/{name}/blob/{quote(branch)}/{path}"
    return LINE.render(name=name, branch=branch, binder=binder, colab=colab)


def add_line(app, pagename, templatename, context, doctree):
    """Put the line below the title of a page that is a notebook."""
    config, body = app.config, context.get("body", "")
    if not config.book_repository or app.builder.name != "html" or doctree is None:
        return
    file = app.env.doc2path(pagename, base=False)
    if file.endswith(".ipynb"):
        offer = line(config.book_repository, config.book_branch, f"book/{file}")
        context["body"] = body.replace("</h1>", "</h1>" + offer, 1)


def setup(app):
    """Ask for the repository first, then add to each page."""
    app.add_config_value("book_repository", "", "html")
    app.add_config_value("book_branch", "main", "html")
    app.connect("config-inited", set_repository)
    app.connect("html-page-context", add_line)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
