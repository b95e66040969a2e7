"""Make one file of the whole built site: a PDF to print, or an EPUB for a reader.

    python tools/whole_book.py FILE.pdf|FILE.epub

The pages are put into one document, in the order of the contents; links between them become links
within it.  Chromium prints it, with bookmarks and with tags for screen readers; or pandoc cuts it
into chapters, with its formulas as MathML.  Then each page of the site offers what was made.
"""

import posixpath
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pypandoc
import yaml
from bs4 import BeautifulSoup, SoupStrainer
from chromium import launch
from jinja2 import Template
from playwright.sync_api import sync_playwright

from lrcore._palette import LIGHT

TOOLS = Path(__file__).resolve().parent
SITE = TOOLS.parent / "_build" / "html"
CONFIG = yaml.safe_load((TOOLS.parent / "_config.yml").read_text("utf-8"))
BOOK = Template((TOOLS / "whole_book.html").read_text("utf-8"))
# What names another element of the page: in an attribute, or in a drawing's style.
OWN_ID = re.compile(
    r"""(\b(?:id|for|aria-labelledby|aria-describedby)=["']|\bhref=["']#|url\(#)(?=[^"')])"""
)
FOOTER = (
    '<div style="font: 8pt Georgia, serif; color: #5F6B76; width: 100%; text-align: center">'
    '<span class="pageNumber"></span></div>'
)
# what only a screen can follow
ON_SCREEN = ".headerlink, .viewcode-link, .lr-chart-sliders, .launch, .lite"
VARIABLE = re.compile(r"var\(--([\w-]+)(?:, ?([^)]*))?\)")
OFFER = re.compile(r"(<!-- offer -->).*?(<!-- /offer -->)", re.DOTALL)


def parse(html, only=None):
    """Return the HTML as a tree, or what is wanted of it."""
    return BeautifulSoup(html, "html.parser", parse_only=only)


def key(page):
    """Return the id that stands for a page of the site."""
    return "page-" + page.removesuffix(".html").replace("/", "-")


def pages(index):
    """Return the site's pages in the order of the contents."""
    links = (a["href"] for a in index.select("nav.bd-links a.reference.internal"))
    return list(dict.fromkeys(["intro.html", *(link for link in links if link[0] != "#")]))


def inward(part, page, book):
    """Point what a part of a page links and shows into the book, from where the page was."""
    for e in part.select("[href], [src]"):
        name = "href" if e.has_attr("href") else "src"
        parts = urlsplit(e[name])
        if parts.scheme or not parts.path:
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path))
        if target in book:
            e["href"] = "#" + "-".join(filter(None, [key(target), parts.fragment]))
        elif e.name == "a":  # the source of a function, which the book does not hold
            del e["href"]
        else:
            e[name] = (SITE / target).as_uri()


def chapter(page, book):
    """Return the article of a page: its ids unique within the book, nothing in it folded."""
    html = OWN_ID.sub(rf"\g<1>{key(page)}-", (SITE / page).read_text("utf-8"))
    part = parse(html, SoupStrainer(class_="bd-article"))
    inward(part, page, book)
    part.h1["id"] = key(page)
    for extra in part.select(f"script, details.numbers, {ON_SCREEN}"):
        extra.decompose()
    for fold in part.select("details"):
        fold.summary.decompose()
        fold.unwrap()
    return part


@cache
def assemble():
    """Return the whole book as one page of HTML, in the colours of paper."""
    index = parse((SITE / "intro.html").read_text("utf-8"))
    book = pages(index)
    contents = index.select_one("nav.bd-links")
    for part in (index.head, contents):
        inward(part, "intro.html", book)
    for fold in contents.select("details"):
        fold.summary.decompose()
        fold.unwrap()
    html = BOOK.render(
        title=CONFIG["title"],
        author=CONFIG["author"],
        static=(SITE / "_static").as_uri(),
        styles="".join(map(str, index.select("link[rel=stylesheet]"))),
        contents=contents,
        chapters=[chapter(page, book) for page in book],
    )
    return VARIABLE.sub(lambda use: LIGHT.get(use[1]) or use[2] or use[0], html)


def make_pdf(path, folder):
    """Print the book."""
    page = folder / "book.html"
    page.write_text(assemble(), "utf-8")
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        tab = browser.new_page(java_script_enabled=False)
        tab.goto(page.as_uri())
        tab.pdf(
            path=path,
            prefer_css_page_size=True,
            outline=True,
            tagged=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOTER,
        )
        browser.close()


def make_epub(path, folder):
    """Let pandoc make chapters, contents and package; drawings become files."""
    book = parse(assemble())
    for extra in book.select(".cover, .book-contents, link, style"):
        extra.decompose()
    for formula in book.select(".katex"):
        formula.replace_with(formula.math)
    for hidden in book.select("annotation"):
        hidden.decompose()
    for nothing in book.select("path:not([d])"):
        nothing["d"] = "M0 0"
    for number, svg in enumerate(book.select("svg")):
        file = folder / f"{number}.svg"
        # The parser of HTML has put all names into small letters.
        text = str(svg).replace("viewbox", "viewBox").replace("clippath", "clipPath")
        file.write_text(text, "utf-8")
        label = svg.get("aria-label") or svg.find_parent(attrs={"aria-label": True})["aria-label"]
        svg.replace_with(book.new_tag("img", src=str(file), alt=label))
    for part in book.select("article > section[id]"):  # pandoc keeps no id of a part without box
        part.h1.insert_after(book.new_tag("div", id=part["id"]))
    for term in book.select("dt[id]"):
        term.insert(0, book.new_tag("span", id=term["id"]))
    for around in book.select("article > section, article, main"):
        around.unwrap()
    page = folder / "book.html"
    page.write_text(str(book), "utf-8")
    options = [
        "--mathml",
        "--toc",
        "--toc-depth=2",
        "--split-level=1",
        "--syntax-highlighting=none",
    ]
    said = {"title": CONFIG["title"], "author": CONFIG["author"], "lang": "en"}
    options += [f"--metadata={name}={text}" for name, text in said.items()]
    options += [f"--css={TOOLS / 'epub.css'}", f"--epub-cover-image={SITE / '_static/card.png'}"]
    pandoc = pypandoc.get_pandoc_path()
    subprocess.run([pandoc, page, "--from=html", f"--output={path}", *options], check=True)


def offer(site):
    """Let each page link what there is of PDF and EPUB; without any, it says nothing."""
    files = [f for suffix in ("pdf", "epub") if (f := next(site.glob(f"*.{suffix}"), None))]
    for page in site.rglob("*.html"):
        root = "../" * (len(page.relative_to(site).parts) - 1)
        links = [f'<a href="{root}{f.name}">{f.suffix[1:].upper()}</a>' for f in files]
        said = f"<p>The whole book: {', '.join(links)}</p>" if links else ""
        html = page.read_text("utf-8")
        page.write_text(OFFER.sub(rf"\g<1>{said}\g<2>", html), "utf-8")


def main(path):
    """Make the file that the path's suffix asks for, and offer it."""
    make = {".pdf": make_pdf, ".epub": make_epub}[path.suffix]
    with TemporaryDirectory() as folder:
        make(path, Path(folder))
    offer(SITE)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
