"""The book as one file: an EPUB and a PDF of the built pages, and the links that offer them."""

import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import whole_book
from whole_book import OFFER, assemble, chapter, inward, make_epub, make_pdf, offer, pages, parse

ROOT = Path(__file__).resolve().parent.parent
MATH = "{http://www.w3.org/1998/Math/MathML}math"
XHTML = "{http://www.w3.org/1999/xhtml}"
CONTENTS = re.findall(r"(?:root|file): (\S+)", (ROOT / "_toc.yml").read_text("utf-8"))


# Of each kind one: to make PDF and EPUB of all pages takes minutes.
PART = ["intro", "02_likelihood_to_cross_entropy", "glossary", "bibliography", "api/losses"]


@pytest.fixture(scope="module", autouse=True)
def part():
    """Let the book have fewer pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_book, "pages", lambda _: [f"{name}.html" for name in PART])
        yield
    assemble.cache_clear()


@pytest.fixture(scope="module")
def book():
    return parse(assemble())


def test_the_book_has_the_pages_of_the_contents_in_their_order():
    index = parse((whole_book.SITE / "intro.html").read_text("utf-8"))
    assert pages(index) == [f"{name}.html" for name in CONTENTS]


def test_with_all_pages_links_lead_within_the_book(monkeypatch):
    monkeypatch.setattr(whole_book, "pages", pages)
    html = assemble.__wrapped__()
    titles = re.findall(r'<h1 id="(page-[^"]+)"', html)
    assert titles == ["page-" + name.replace("/", "-") for name in CONTENTS]
    ids = re.findall(r'<[^>]*\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    inner = re.findall(r'<a [^>]*href="#([^"]+)"', html)
    assert len(inner) > 1000
    assert set(inner) <= set(ids)


def test_every_page_is_in_the_book(book):
    found = [h1["id"] for h1 in book.select("main h1")]
    assert found == ["page-" + name.replace("/", "-") for name in PART]


def test_links_lead_within_the_book(book):
    ids = [e["id"] for e in book.select("[id]")]
    assert len(ids) == len(set(ids))
    inner = [a["href"][1:] for a in book.select("a[href^='#']")]
    assert len(inner) > 100
    assert set(inner) <= set(ids)
    outer = [a["href"] for a in book.select("a[href]") if a["href"][0] != "#"]
    assert [link for link in outer if not link.startswith("http")] == []


def test_nothing_in_the_book_waits_for_a_click_or_a_script(book):
    assert book.select("script, details, button, input, .headerlink, .lite") == []


def test_a_link_is_followed_from_where_its_page_was():
    links = ("../a.html#x", "b.html", "../_modules/c.html")
    part = parse("".join(f"<a href='{link}'>a</a>" for link in links))
    inward(part, "api/d.html", {"a.html", "api/b.html"})
    assert [a.get("href") for a in part.select("a")] == ["#page-a-x", "#page-api-b", None]


def test_ids_of_two_pages_stay_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(whole_book, "SITE", tmp_path)
    drawing = "<svg><g id='a' clip-path='url(#a)'/></svg>"
    page = f"<article class='bd-article'><h1>T</h1>{drawing}<a href='#a'>"
    (tmp_path / "p.html").write_text(page, "utf-8")
    part = chapter("p.html", {"p.html"})
    assert part.g["id"] == "page-p-a"
    assert part.g["clip-path"] == "url(#page-p-a)"
    assert part.a["href"] == "#page-p-a"


@pytest.fixture(scope="module")
def epub(tmp_path_factory):
    folder = tmp_path_factory.mktemp("epub")
    make_epub(folder / "book.epub", folder)
    with zipfile.ZipFile(folder / "book.epub") as file:
        yield {name: file.read(name) for name in file.namelist()}


def texts(epub):
    """Return {file name: parsed page} of the chapters; what is no XML raises."""
    pages = {Path(n).name: text for n, text in epub.items() if "/text/ch" in n}
    return {name: ET.fromstring(text) for name, text in pages.items()}


def test_epub_has_a_file_for_each_page_and_its_title_in_the_contents(epub):
    assert len(texts(epub)) == len(PART)
    nav = BeautifulSoup(epub["EPUB/nav.xhtml"], "html.parser")
    top = [li.a.get_text(" ", strip=True) for li in nav.select("nav#toc > ol > li")]
    assert top[0] == "0. Start here"
    assert len(top) == len(PART)


def test_links_in_the_epub_lead_somewhere(epub):
    pages = texts(epub)
    ids = {(name, e.get("id")) for name, page in pages.items() for e in page.iter()}
    links = [
        (name, a.get("href"))
        for name, page in pages.items()
        for a in page.iter(XHTML + "a")
        if a.get("href") and "://" not in a.get("href")
    ]
    assert len(links) > 100
    broken = [
        (name, href)
        for name, href in links
        if (href.split("#")[0] or name, href.partition("#")[2]) not in ids
    ]
    assert broken == []


def test_epub_shows_formulas_and_pictures_without_a_script(epub, book):
    pages = texts(epub).values()
    formulas = sum(1 for page in pages for _ in page.iter(MATH))
    assert formulas == len(book.select(".katex"))
    images = [i for page in pages for i in page.iter(XHTML + "img")]
    assert len(images) >= 5
    assert [i.get("src") for i in images if not i.get("alt")] == []
    for name, drawing in epub.items():
        if name.endswith(".svg"):
            assert b"var(--" not in drawing
            assert ET.fromstring(drawing).get("viewBox")
    assert not any(b"<script" in text for text in epub.values())


def test_pdf_has_all_pages_bookmarks_and_tags(tmp_path):
    make_pdf(tmp_path / "book.pdf", tmp_path)
    data = (tmp_path / "book.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", data)) > 3 * len(PART)
    assert b"/Outlines" in data
    assert b"/StructTreeRoot" in data


def test_pages_offer_what_there_is(tmp_path):
    (tmp_path / "api").mkdir()
    deep = tmp_path / "api" / "p.html"
    deep.write_text("<p>a</p><!-- offer --><!-- /offer --><p>b</p>", "utf-8")
    offer(tmp_path)
    assert "href" not in deep.read_text("utf-8")
    for name in ("book.epub", "book.pdf"):
        (tmp_path / name).touch()
        offer(tmp_path)
        links = [a["href"] for a in parse(deep.read_text("utf-8")).select("a")]
        assert links == [f"../{f.name}" for f in sorted(tmp_path.glob("book.*"), reverse=True)]
        assert all((deep.parent / link).is_file() for link in links)


@pytest.mark.parametrize("name", [*CONTENTS, "index", "search"])
def test_each_page_has_a_place_for_the_offer(name):
    page = (whole_book.SITE / f"{name}.html").read_text("utf-8")
    assert len(OFFER.findall(page)) == 1
