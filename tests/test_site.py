"""The built site, page by page: everything is there, nothing is broken. `make book` builds it."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from contents import TOC

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
OTHERS = {"_static", "lite"}  # what lies in the site and is no page of the book


def made_by_a_tool(path):
    """Say whether the file is a cache or a checkpoint, and no source."""
    return any(part[0] == "." or part == "__pycache__" for part in path.relative_to(ROOT).parts)


@pytest.fixture(scope="module")
def site():
    """Return {path: parsed page}, once it is sure that they show the sources of today."""
    pages = [p for p in SITE.rglob("*.html") if p.relative_to(SITE).parts[0] not in OTHERS]
    if not pages:
        pytest.fail("the book is not built: run `make book` first")
    built = max(p.stat().st_mtime for p in pages)
    sources = [ROOT / "_config.yml", ROOT / "_toc.yml", ROOT / "benchmarks" / "results.md"]
    sources += (ROOT / "lrcore").rglob("*.py")
    sources += [p for p in (ROOT / "book").rglob("*") if p.is_file() and not made_by_a_tool(p)]
    newer = [str(p.relative_to(ROOT)) for p in sources if p.stat().st_mtime > built]
    if newer:
        pytest.fail(f"the book is older than {', '.join(newer)}: run `make book` first")
    return {p: BeautifulSoup(p.read_text("utf-8"), "lxml") for p in pages}


def local(page, address):
    """Return the (file, anchor) that an address means, or None if it leads out of the site."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return file, unquote(parts.fragment)


def test_index_is_the_first_page(site):
    """And no page that sends the reader on."""
    assert site[SITE / "index.html"].h1.text == site[SITE / f"{TOC[0]}.html"].h1.text


def test_tab_follows_the_order_of_the_page(site):
    """A positive tabindex would jump the queue."""
    for path, soup in site.items():
        assert {e["tabindex"] for e in soup.select("[tabindex]")} <= {"0", "-1"}, path.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_that_lost_its_tag_kept_its_colour(theme):
    """Names and brackets, whose tags tools/lean.py drops."""
    css = (SITE / "_static" / "pygments.css").read_text("utf-8")
    of = f'html[data-theme="{theme}"] .highlight'
    around = re.search(rf"{re.escape(of)} {{[^}}]*; color: (#\w+) }}", css)[1]
    assert [name for name in "np" if f"{of} .{name} {{ color: {around} }}" not in css] == []


def repeated(soup):
    """Return the ids that more than one element of a page has."""
    count = Counter(e["id"] for e in soup.select("[id]"))
    return [name for name, times in count.items() if times > 1]


def test_a_repeated_id_is_noticed():
    assert repeated(BeautifulSoup("<p id=a><p id=b><p id=a>", "html.parser")) == ["a"]


def test_ids_are_unique(site):
    assert {page.name: found for page, soup in site.items() if (found := repeated(soup))} == {}


@pytest.mark.parametrize("entry", TOC)
def test_every_entry_of_the_contents_has_its_page(site, entry):
    assert SITE / f"{entry}.html" in site


def test_no_page_shows_an_error(site):
    """A failed cell, a warning at the reader, or Sphinx's marks of what it did not understand."""
    marks = ".cell_output .stderr, .cell_output .traceback, .system-message, .problematic"
    bad = [
        page.name
        for page, soup in site.items()
        if soup.select(marks)
        or any("Traceback (most recent call last)" in o.text for o in soup.select(".cell_output"))
    ]
    assert bad == []


def test_links_anchors_and_files_resolve(site):
    anchors = {
        page: {e.get("id") or e.get("name") for e in soup.find_all(True)}
        for page, soup in site.items()
    }
    broken = []
    for page, soup in site.items():
        found = soup.select("a[href], link[href], img[src], script[src], source[src]")
        for address in (e.get("href") or e.get("src") for e in found):
            target = local(page, address)
            if target is None or address == "#":  # "#" is how the theme writes a button
                continue
            file, anchor = target
            if not file.is_file() or (anchor and anchor not in anchors.get(file, {anchor})):
                broken.append(f"{page.name}: {address}")
    assert broken == []


def test_every_image_says_what_it_shows(site):
    """Without alt text Sphinx writes the file's name there, which says nothing when read aloud."""
    mute = [
        f"{page.name}: {img.get('src')}"
        for page, soup in site.items()
        for img in soup.select("main img")
        if not (alt := img.get("alt", "").strip()) or re.search(r"\.(png|svg|jpe?g|gif)$", alt)
    ]
    assert mute == []


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_page_shows_what_the_notebook_stores_in_one_piece(site, path):
    """The build runs the notebooks again: no other number, and no break that was not printed."""
    blocks = site[SITE / f"{path.stem}.html"].select(".cell_output .output.stream")
    cells = nbformat.read(path, as_version=4).cells
    stored = [o.text for c in cells for o in c.get("outputs", []) if o.output_type == "stream"]
    assert [block.get_text().strip() for block in blocks] == [text.strip() for text in stored]


def foreign(soup):
    """Return what a page would fetch from another host while it is read."""
    loads = soup.select("script[src], img[src], iframe[src], source[src], link[href]")
    addresses = [
        e.get("src") or e.get("href") for e in loads if "canonical" not in e.get("rel", [])
    ]
    inline = [u for s in soup.select("script:not([src])") for u in re.findall(r"https?://", s.text)]
    return [a for a in addresses if urlsplit(a).netloc] + inline


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://x.org/a.js">',
        '<img src="//x.org/a.png">',
        "<script>u='https://x.org'</script>",
    ],
)
def test_a_request_to_another_host_is_noticed(text):
    assert foreign(BeautifulSoup(text, "html.parser"))


def test_no_page_asks_another_host(site):
    assert {page.name: found for page, soup in site.items() if (found := foreign(soup))} == {}


def test_no_style_sheet_asks_another_host():
    outside = re.compile(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""")
    assert [p.name for p in SITE.rglob("*.css") if outside.search(p.read_text("utf-8"))] == []


def test_mathematics_is_there_without_a_script(site):
    bad = [
        page.name
        for page, soup in site.items()
        for formula in soup.select(".math")
        if not formula.find("math")
    ]
    assert bad == []
    assert any(soup.select(".math math") for soup in site.values())


def test_only_pages_with_a_chart_name_its_script(site):
    for page, soup in site.items():
        named = [e["src"] for e in soup.select("script[src*='_static/charts/']")]
        files = [Path(urlsplit(address).path).name for address in named]
        assert files == (["charts.js"] if soup.select(".lr-chart") else []), page.name
    assert "lr-chart" in (SITE / "charts.html").read_text("utf-8")
    assert (SITE / "_static" / "charts" / "vega.js").stat().st_size > 100_000
