"""Figures on their way from a notebook to a page, and the stylesheet that colours both."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import figure_backend
import figures
import look

from lrcore import plots
from lrcore._palette import DARK, LIGHT

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
DIAGRAMS = {"fig-shapes", "fig-ch16-tree"}  # there are no numbers behind these
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))


@pytest.fixture
def ax():
    with mpl.rc_context():
        plots.use_book_style()
        yield plt.subplots()[1]
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """Return the bundles that the backend displays."""
    bundles = []
    monkeypatch.setattr(figure_backend, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def drawing(ax, shown):
    ax.set(xlabel="step", ylabel="loss")
    ax.plot([0, 1, 2], [3.0, 2.0, 1.5], label="training")
    figure_backend.show()
    return shown[0]["image/svg+xml"]


# The backend ----------------------------------------------------------------------------------


def test_show_displays_each_figure_once_and_closes_it(ax, shown):
    plt.subplots()
    figure_backend.show()
    figure_backend.show()
    assert len(shown) == 2
    assert plt.get_fignums() == []
    assert all(b.keys() == {"image/svg+xml", "text/plain"} for b in shown)
    assert shown[0]["text/plain"] == "<Figure size 624x396 with 1 Axes>"  # as Jupyter's own says


def test_a_figure_is_transparent_and_of_the_palettes_colours(ax, shown):
    svg = drawing(ax, shown)
    colours = {c.upper() for c in re.findall(r"#[0-9a-f]{6}\b", svg)}
    assert colours <= set(LIGHT.values())
    assert LIGHT["paper"] not in colours


def test_numbers_of_lines_clouds_and_bars_are_those_drawn(ax):
    ax.plot([0, 1], [2, 3], label="line")
    ax.scatter([4, 5], [6, 7], label="cloud")
    ax.bar([1, 2], [8, 9], label="bars")
    ax.axhline(0.5)
    ax.axline((0, 0), (1, 1))
    ax.set(xlabel="x", ylabel="y")
    found = figure_backend.numbers(ax)
    assert all(s["columns"] == ["x", "y"] for s in found["series"])
    assert [(s["label"], s["rows"]) for s in found["series"]] == [
        ("line", [["0", "2"], ["1", "3"]]),
        ("cloud", [["4", "6"], ["5", "7"]]),
        ("bars", [["1", "8"], ["2", "9"]]),
    ]


def test_a_long_series_is_thinned_from_first_to_last():
    points = np.column_stack([np.arange(500), np.zeros(500)])
    found = figure_backend.thinned("_child0", points, ["x", "y"])
    assert found["label"] == ""
    assert found["count"] == 500
    assert len(found["rows"]) == figure_backend.ROWS
    assert (found["rows"][0][0], found["rows"][-1][0]) == ("0", "499")


def test_axes_that_share_x_share_its_label(ax):
    _, (above, below) = plt.subplots(2, sharex=True)
    below.set_xlabel("time")
    for each in (above, below, ax):
        each.plot([1, 2])
    columns = [figure_backend.numbers(a)["series"][0]["columns"] for a in (above, below, ax)]
    assert columns == [["time", "y"], ["time", "y"], ["x", "y"]]


def test_numbers_of_a_picture_are_its_pixels_and_of_pieces_their_ends(ax):
    ax.pcolormesh([[1, 2, 3], [4, 5, 6]])
    ax.broken_barh([(10, 5), (20, 1)], (0, 1), label="pieces")
    ax.fill_between([0, 1], [2, 3])
    pieces, pixels = figure_backend.numbers(ax)["series"]
    assert pixels["columns"] == ["row", "column 0", "column 1", "column 2"]
    assert pixels["rows"] == [["0", "1", "2", "3"], ["1", "4", "5", "6"]]
    assert (pieces["label"], pieces["columns"]) == ("pieces", ["from", "to"])
    assert pieces["rows"] == [["10", "15"], ["20", "21"]]


# The extension --------------------------------------------------------------------------------


def page_text(svg, name):
    return ET.tostring(figures.inline(svg, "alt", name), "unicode")


def test_a_drawing_with_a_label_of_its_own_keeps_it_and_its_size():
    other = '<svg xmlns="http://www.w3.org/2000/svg" width="40" aria-label="a graph"/>'
    svg = figures.inline(other, None, "x")
    assert (svg.get("aria-label"), svg.get("role"), svg.get("width")) == ("a graph", "img", "40")


def test_inline_svg_is_labelled_and_sized(ax, shown):
    svg = figures.inline(drawing(ax, shown), "A <line> & 1.2345", "x")
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "A <line> & 1.2345")
    left, top, width, height = map(float, svg.get("viewBox").split())
    assert (left, top) == (0, 0)
    # whole pixels: each is up to half a pixel off
    assert int(svg.get("width")) / width == pytest.approx(int(svg.get("height")) / height, rel=0.01)


def test_inline_svg_has_variables_for_colours_and_no_rule_for_the_page(ax, shown):
    text = page_text(drawing(ax, shown), "x")
    assert not re.search(r"#[0-9a-f]{6}\b", text, re.IGNORECASE)
    assert "var(--class-0)" in text
    assert "<style" not in text
    assert "metadata" not in text


def test_ids_of_two_figures_differ_and_references_follow(ax, shown):
    svg = drawing(ax, shown)
    texts = page_text(svg, "one"), page_text(svg, "other")
    one, other = (set(re.findall(r'\bid="([^"]+)"', text)) for text in texts)
    assert one
    assert not one & other
    referred = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', texts[0]))
    assert {a or b for a, b in referred} <= one


def test_numbers_become_a_table_in_a_disclosure(ax, shown):
    soup = BeautifulSoup(figures.numbers(drawing(ax, shown)), "html.parser")
    assert soup.details.summary.text == "The numbers in this figure"
    assert soup.caption.text == "training"
    assert [th.text for th in soup.select("th")] == ["step", "loss"]
    assert [td.text for td in soup.select("td")] == ["0", "3", "1", "2", "2", "1.5"]


def test_labels_are_escaped_and_a_drawing_without_numbers_has_no_table(ax, shown):
    ax.plot([1], [2], label="<b>")
    figure_backend.show()
    assert "&lt;b&gt;" in figures.numbers(shown[0]["image/svg+xml"])
    assert figures.numbers('<svg xmlns="http://www.w3.org/2000/svg"/>') == ""


# The stylesheet -------------------------------------------------------------------------------


def test_a_face_has_the_letters_and_little_else(tmp_path):
    for _, _, path in look.FACES:
        data = look.woff2(path)
        (tmp_path / "face.woff2").write_bytes(data)
        letters = TTFont(tmp_path / "face.woff2").getBestCmap()
        assert set(map(ord, "Gradient–“é”")) <= set(letters) <= set(look.LETTERS)
        assert len(data) < 20_000  # three of them: 60 kB


def test_css_asks_for_no_colour_of_its_own():
    css = (ROOT / "book" / "_static" / "book.css").read_text("utf-8")
    asked = set(re.findall(r"var\(--([a-z0-9-]+)\)", css))
    known = set(LIGHT) | set(re.findall(r"--([a-z0-9-]+):", css))
    assert asked <= known
    assert re.findall(r"(?<!%23)#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", css) == []


# The pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_figure_of_a_notebook_is_in_its_page_with_its_words_and_numbers(path):
    page = BeautifulSoup((SITE / f"{path.stem}.html").read_text("utf-8"), "html.parser")
    cells = nbformat.read(path, as_version=4).cells
    drawn = [
        c for c in cells if any("image/png" in o.get("data", {}) for o in c.get("outputs", []))
    ]
    told = [" ".join(c.metadata.mystnb.image.alt.split()) for c in drawn]
    inside = page.select("main figure svg.drawing[role=img]")
    assert [" ".join(svg["aria-label"].split()) for svg in inside] == told
    assert all(svg["width"] and svg["height"] for svg in inside)
    figures_shown = page.select("main figure:has(svg.drawing[role=img])")
    bare = {f["id"] for f in figures_shown if not f.select("details.numbers td")}
    assert bare <= DIAGRAMS
    assert page.select(".cell_output img") == []


def test_both_palettes_are_in_the_stylesheet_and_paper_is_light():
    css = (SITE / "_static" / "look.css").read_text("utf-8")
    light, dark = re.search(r":root \{ (.*?) \}\n@media screen \{ .*?\{ (.*?) \}", css).groups()
    for palette, text in [(LIGHT, light), (DARK, dark)]:
        assert dict(re.findall(r"--([a-z0-9-]+): (#\w{6});", text)) == palette


def test_the_pictures_that_stand_for_the_book():
    static = SITE / "_static"
    assert plt.imread(static / "card.png").shape[:2] == (630, 1200)
    assert (static / "card.png").stat().st_size < 100_000
    assert ET.parse(static / "favicon.svg").getroot().get("viewBox") == "0 0 32 32"
    page = BeautifulSoup((SITE / "intro.html").read_text("utf-8"), "html.parser")
    assert page.select_one("link[rel~=icon]")["href"].endswith("favicon.svg")
