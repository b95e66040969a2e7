"""Sphinx extension: what a page tells search engines and those who link to it.

Each page's description is the ``description`` of its front matter, or of its notebook's metadata.
Only who publishes the book knows its address: `make book BOOK_URL=https://...` adds what needs one.
Without it, no page names an address; the sitemap, which must, has those of `make serve`.
"""

import os
from pathlib import Path

from jinja2 import Template
from sphinx.errors import ConfigError

from lrcore._palette import DARK, LIGHT, properties

TOOLS = Path(__file__).parent
SERVED = "http://127.0.0.1:8000/"
HEAD, LOST = (
    Template((TOOLS / name).read_text("utf-8"), autoescape=True)
    for name in ("head.html", "404.html")
)


def set_address(app, config):
    """Take the site's address from the environment."""
    address = os.environ.get("BOOK_URL", "")
    if address and not address.startswith(("http://", "https://")):
        raise ConfigError(f"BOOK_URL must begin with http:// or https://, got {address!r}")
    config.html_baseurl = address and address.rstrip("/") + "/"
    config.site_url = config.html_baseurl or SERVED


def describe(app, pagename, templatename, context, doctree):
    """Add a page's description and its card to its head."""
    if app.builder.name != "html":
        return
    meta = app.env.metadata.get(pagename, {})
    context["metatags"] = context.get("metatags", "") + HEAD.render(
        title=context.get("title") or app.config.html_title,
        site=app.config.html_title,
        description=meta.get("description", app.config.book_description),
        address=context.get("pageurl"),
        card=(app.config.html_baseurl or context["content_root"]) + "_static/card.png",
    )


def announce_once(app, exception):
    """Let the sitemap name each page once; Sphinx makes the index after the page of that name."""
    links, seen = getattr(app, "sitemap_links", None), set()
    while links and not links.empty():
        seen.add(links.get())
    for link in sorted(seen):
        links.put(link)


def write_files(app, exception):
    """Write the page for addresses where there is none, and the note to robots."""
    if exception or app.builder.name != "html":
        return
    out, address = Path(app.outdir), app.config.html_baseurl
    colours = {"light": properties(LIGHT), "dark": properties(DARK)}
    page = LOST.render(site=app.config.html_title, address=address, **colours)
    (out / "404.html").write_text(page, "utf-8")
    note = "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}sitemap.xml\n" if address else "")
    (out / "robots.txt").write_text(note, "utf-8")


def setup(app):
    """Set the address first, then tell it page by page."""
    app.add_config_value("book_description", "", "html")
    app.connect("config-inited", set_address)
    app.connect("html-page-context", describe)
    app.connect("build-finished", announce_once, priority=400)
    app.connect("build-finished", write_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
