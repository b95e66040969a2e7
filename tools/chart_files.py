"""Sphinx extension: pages that hold an interactive chart get its script, others do not.

Vega itself (200 kB) lies beside them; the script fetches it when a chart comes into view.
"""

from pathlib import Path

from lrcore._charts import frame


def write_files(app):
    """Put the files among the site's static ones, before the first page refers to them."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / "charts"
    folder.mkdir(parents=True, exist_ok=True)
    files = {"charts.js": frame.script(), "charts.css": frame.rules(), "vega.js": frame.vega()}
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def add_to_page(app, pagename, templatename, context, doctree):
    """Name the script in the head of a page with a chart."""
    if 'class="lr-chart"' in context.get("body", ""):
        app.add_js_file("charts/charts.js", loading_method="defer")


def setup(app):
    """Write the files first, name the script page by page."""
    app.add_css_file("charts/charts.css")
    app.connect("builder-inited", write_files)
    app.connect("html-page-context", add_to_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
