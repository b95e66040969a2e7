"""What pages tell others: descriptions, cards, address, sitemap, the page for lost readers."""

import sys
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from contents import TOC
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def head(path):
    """Return {name: content} of a page's meta elements; a name that comes twice is a fault."""
    soup = BeautifulSoup(path.read_text("utf-8").partition("</head>")[0], "html.parser")
    found = [(e.get("name") or e.get("property"), e.get("content")) for e in soup.select("meta")]
    named = [(name, content) for name, content in found if name and name != "viewport"]
    assert len(dict(named)) == len(named), path
    return dict(named)


@pytest.mark.parametrize("entry", TOC)
def test_a_page_says_in_a_sentence_what_it_holds(entry):
    """Search engines show some 160 characters."""
    said = head(SITE / f"{entry}.html")["description"]
    assert 60 <= len(said) <= 160
    assert said[0].isupper()
    assert said.endswith(".")


def test_no_two_pages_say_the_same():
    said = [head(SITE / f"{entry}.html")["description"] for entry in TOC]
    assert len(set(said)) == len(TOC)


@pytest.mark.parametrize("name", ["index", "api/losses", "genindex"])
def test_a_link_to_a_page_shows_a_card(name):
    page = SITE / f"{name}.html"
    found = head(page)
    assert found["og:title"]
    assert "<" not in found["og:title"]
    assert found["og:description"] == found["description"]
    assert (page.parent / found["og:image"]).is_file()
    assert "og:url" not in found  # nobody said where the site will be


def test_sitemap_has_the_pages_of_the_contents():
    places = [e.text for e in ET.parse(SITE / "sitemap.xml").iter(LOC)]
    paths = {urlsplit(place).path.lstrip("/") for place in places}
    assert paths == {f"{entry}.html" for entry in TOC}


def test_lost_readers_find_a_page_that_needs_no_other_file():
    soup = BeautifulSoup((SITE / "404.html").read_text("utf-8"), "html.parser")
    assert soup.select("link[rel=stylesheet], script[src], img") == []
    assert soup.h1.text
    assert (SITE / soup.a["href"]).is_file()


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Return a function that builds a book of two pages for an address."""
    monkeypatch.syspath_prepend(ROOT / "tools")

    def build(address):
        monkeypatch.setenv("BOOK_URL", address)
        source = tmp_path / "source"
        (source / "deep").mkdir(parents=True)
        (source / "index.md").write_text("# A *title*\n\n```{toctree}\ndeep/page\n```\n")
        (source / "deep" / "page.md").write_text(
            '---\ndescription: Of "two" & <three>.\n---\n# B\n'
        )
        config = {
            "extensions": ["myst_parser", "head", "sphinx_sitemap"],
            "html_title": "P & Q",
            "sitemap_url_scheme": "{link}",
        }
        out = tmp_path / "out"
        Sphinx(source, None, out, tmp_path / "trees", "html", config, None, None).build()
        return out

    yield build
    sys.modules.pop("head", None)


@pytest.mark.parametrize("address", ["https://example.org/book", "https://example.org/book/"])
def test_who_says_the_address_gets_it_everywhere(build, address):
    out = build(address)
    site, page = "https://example.org/book/", out / "deep" / "page.html"
    assert head(page)["og:url"] == f"{site}deep/page.html"
    assert head(page)["og:image"] == f"{site}_static/card.png"
    assert head(page)["og:description"] == 'Of "two" & <three>.'
    assert head(out / "index.html")["og:title"] == "A title"
    assert f'rel="canonical" href="{site}deep/page.html"' in page.read_text("utf-8")
    assert f"Sitemap: {site}sitemap.xml" in (out / "robots.txt").read_text("utf-8")
    places = {e.text for e in ET.parse(out / "sitemap.xml").iter(LOC)}
    assert f"{site}deep/page.html" in places
    lost = BeautifulSoup((out / "404.html").read_text("utf-8"), "html.parser")
    assert lost.a["href"] == site
    assert lost.script is None


def test_without_an_address_none_is_named(build):
    out = build("")
    assert "canonical" not in (out / "index.html").read_text("utf-8")
    assert (out / "robots.txt").read_text("utf-8") == "User-agent: *\nAllow: /\n"


def test_an_address_without_scheme_is_refused(build):
    with pytest.raises(ConfigError, match="BOOK_URL must begin with http"):
        build("example.org")
