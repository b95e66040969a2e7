"""Sphinx extension: pages ask no other host for anything, and carry no script without need.

What the theme writes is changed once, in the finished pages; each step says what it mends.
"""

import re
import shutil
import subprocess
from base64 import b64encode
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from katex import NODE
from sphinx.errors import ExtensionError

PURGE = Path(__file__).resolve().parent.parent / "node_modules" / "purgecss" / "bin" / "purgecss.js"
# Most of their rules are for what this book has not.
SHEETS = [
    *("styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css", "sphinx-design.min.css"),
    *("mystnb.*.css", "basic.css"),
]

STEPS = [
    # Its 1.5 MB draw the icons that the theme's own style sheet and font draw as well.
    (r'<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>', ""),
    # No page has tabs.
    (r'<script (?:defer )?[^>]*\bsrc="[^"]*design-tabs\.js[^"]*"></script>', ""),
    # The theme writes the same line three times.
    (r'<meta name="viewport"[^>]*>(?=[\s\S]*<meta name="viewport")', ""),
    # Scripts wait for the page, but for the options that scripts within the page add to.
    (r'<script (?!defer)(?=[^>]*\bsrc="(?![^"]*documentation_options))', "<script defer "),
    # Without scripts nobody says which theme "auto" is, and colours would have no value.
    (r'(<html[^>]*) data-theme="auto"', r'\1 data-theme="light"'),
    # A button's name begins with the text that it shows.
    (r'(<button class="btn search-button-field[^>]*?) title="Search" aria-label="Search"', r"\1"),
    # All that a page shows lies in a landmark.
    (
        r'(<div id="pst-primary-sidebar" class="[^"]*")>',
        r'\1 role="complementary" aria-label="Book">',
    ),
    # Roles that docutils writes for a bibliography and WAI-ARIA has withdrawn.
    (r' role="doc-(?:biblioentry|backlink)"', ""),
    (r'<div role="list" class="citation-list">', '<div class="citation-list">'),
    # The empty corner of a table is a heading of nothing.
    (r"<th[^>]*>(?:<p></p>)?</th>", "<td></td>"),
    # A button is named by the text that it shows, and has a name if it shows none.
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (r'<summary>(?=<span class="toctree-toggle")', '<summary aria-label="Pages below">'),
    # Names, brackets and spaces have the colour of the code around them: a fifth of all tags.
    (r'<span class="[npw]">([^<]*)</span>', r"\1"),
    # A sign that many machines have no letter for, in the table of run times.
    (r"(?<=<td><p>)\u2705(?=</p>)", "passed"),
    # One id for every exercise and solution of a page is no id.
    (r' id="(?:exercise|solution)-content"', ""),
]
# Only the page that searches needs the index of all words.
SEARCH = (
    r'<script (?:defer )?src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
)


def lean(page, *, searches=False):
    """Return a page's HTML, mended."""
    for pattern, better in STEPS if searches else [*STEPS, (SEARCH, "")]:
        page = re.sub(pattern, better, page)
    return page


RULE = re.compile(r"((?:\.fa-[a-z0-9-]+::?before,?)+)\{content:\"([^\"]*)\"\}")
NAME = re.compile(r"\bfa-[a-z0-9-]+")


def keep_icons(style, used):
    """Return the style sheet without the rules of icons that nothing uses."""
    return RULE.sub(lambda rule: rule[0] if used & set(NAME.findall(rule[1])) else "", style)


def keep_glyphs(font, text):
    """Rewrite a font file with the glyphs of these characters only."""
    options = subset.Options(flavor="woff2", drop_tables=["FFTM"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text)
    with subset.load_font(str(font), options) as loaded:
        subsetter.subset(loaded)
        subset.save_font(loaded, str(font), options)


def trim_icons(static, used):
    """Keep those of Font Awesome's two thousand icons that the site shows."""
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    sheet.write_text(keep_icons(sheet.read_text("utf-8"), used), "utf-8")
    sheets = "".join(path.read_text("utf-8") for path in static.rglob("*.css"))
    escaped = re.findall(r"\\(f[0-9a-f]{3})\b", sheets)
    shown = {chr(int(code, 16)) for code in escaped} | set(re.findall("[\ue000-\uf8ff]", sheets))
    for font in static.glob("vendor/fontawesome/webfonts/*.woff2"):
        keep_glyphs(font, "".join(shown))


def trim_formulas(static, characters):
    """Keep those glyphs of KaTeX's fonts that the site shows."""
    for font in static.glob("katex/fonts/*.woff2"):
        keep_glyphs(font, characters)


def inline_fonts(static):
    """Put the letters of formulas into their style sheet: no line moves when they come."""
    sheet = static / "katex" / "katex.css"
    css = sheet.read_text("utf-8")
    for name in ("KaTeX_Main-Regular", "KaTeX_Math-Italic"):
        data = b64encode((static / "katex" / "fonts" / f"{name}.woff2").read_bytes()).decode()
        css = css.replace(f"url(fonts/{name}.woff2)", f"url(data:font/woff2;base64,{data})")
    sheet.write_text(css, "utf-8")


def drop_rules(sheets, out):
    """Keep the rules of style sheets whose names stand in some page or script."""
    content = [f"{out.as_posix()}/**/*.html", f"{out.as_posix()}/_static/**/*.js"]
    with TemporaryDirectory() as folder:  # where they lie side by side
        files = ["--css", *sheets, "--content", *content, "--output", folder]
        subprocess.run([NODE, PURGE, *files], check=True, stdout=subprocess.DEVNULL)
        for sheet in sheets:
            shutil.copyfile(Path(folder) / sheet.name, sheet)


def replace(path, old, new):
    """Replace a text that has to be in a file."""
    text = path.read_text("utf-8")
    if old not in text:
        raise ExtensionError(f"{path.name} no longer holds {old!r}; what lean mends has changed")
    path.write_text(text.replace(old, new), "utf-8")


def finish(app, exception):
    """Mend every page, and drop what none asks for."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for path in out.rglob("*.html"):
        page = path.read_text("utf-8")
        path.write_text(lean(page, searches=path.name == "search.html"), "utf-8")
    # Jupyter Book would make the entry a page that sends the reader on.
    shutil.copyfile(out / f"{app.config.root_doc}.html", out / "index.html")
    replace(
        out / "_static" / "documentation_options.js",
        "SHOW_SEARCH_SUMMARY: true",
        'SHOW_SEARCH_SUMMARY: location.protocol !== "file:"',  # a file may not fetch another
    )
    replace(
        out / "_static" / "searchtools.js",
        "listItem.appendChild(\n            Search.makeSearchSummary(data, searchTerms, anchor)\n",
        # what an entry of the index leads to is a place without text
        'listItem.append(\n            Search.makeSearchSummary(data, searchTerms, anchor) ?? ""\n',
    )
    for path in [*out.glob("_static/scripts/fontawesome.js*"), *out.glob("_static/**/*.map")]:
        path.unlink(missing_ok=True)  # a map of it is in both lists
    pages, scripts = ([p.read_text("utf-8") for p in out.rglob(f"*.{k}")] for k in ("html", "js"))
    used = {name for text in [*pages, *scripts] for name in NAME.findall(text)}
    trim_icons(out / "_static", used)
    trim_formulas(out / "_static", "".join(set().union(*map(unescape, pages))))
    inline_fonts(out / "_static")
    drop_rules([path for sheet in SHEETS for path in (out / "_static").glob(sheet)], out)


def setup(app):
    """Mend the pages when all are written."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
