"""The Sphinx extensions in tools/: TeX that KaTeX refuses, and each mend of the theme's pages."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import katex
import lean
import one_sheet


@pytest.fixture(scope="module")
def tex():
    yield katex.katex
    katex.katex.close()


def test_formula_is_html_and_mathml(tex):
    found = tex(r"\sigma(z)", display=False)
    assert "<math" in found
    assert "katex-html" in found


def test_one_process_serves_all_formulas(tex):
    tex("x", display=False)
    first = tex.process.pid
    tex("y", display=True)
    assert tex.process.pid == first


def test_a_process_that_was_copied_starts_its_own(monkeypatch):
    made = katex.Katex()
    made("x", display=False)
    inherited = made.process
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert "<math" in made("y", display=False)
    assert made.process.pid != inherited.pid
    made.close()
    inherited.communicate()


@pytest.mark.parametrize("wrong", [r"\frac{1}", r"\notacommand", r"\begin{align*} x"])
def test_wrong_tex_is_an_error_and_the_next_formula_is_none(tex, wrong):
    with pytest.raises(ValueError, match="KaTeX parse error"):
        tex(wrong, display=True)
    assert "<math" in tex("x", display=True)


def test_displayed_formula_is_numbered_once():
    assert katex.displayed(r"\begin{align}a\end{align}") == r"\begin{align*}a\end{align*}"
    assert katex.displayed(r"a \\ b") == r"\begin{split}a \\ b\end{split}"


@pytest.mark.parametrize(
    ("page", "mended"),
    [
        ('<script defer src="_static/scripts/fontawesome.js?d=1"></script>', ""),
        ('<script src="a.js"></script>', '<script defer src="a.js"></script>'),
        ('<script data-x="1" src="a.js">', '<script defer data-x="1" src="a.js">'),
        ('<script defer src="a.js">', '<script defer src="a.js">'),
        ("<script>src='x'</script>", "<script>src='x'</script>"),
        ('<script src="documentation_options.js">', '<script src="documentation_options.js">'),
        ('<html lang="en" data-theme="auto">', '<html lang="en" data-theme="light">'),
        ('<div role="doc-biblioentry">', "<div>"),
        ("<tr><th></th><th>x</th></tr>", "<tr><td></td><th>x</th></tr>"),
        ('<th class="head"><p></p></th>', "<td></td>"),
        ('<summary aria-label="Toggle hidden content">', "<summary>"),
        (
            '<summary><span class="toctree-toggle">',
            '<summary aria-label="Pages below"><span class="toctree-toggle">',
        ),
        ('<section id="exercise-content">', "<section>"),
        ('<script src="searchindex.js?v=1"></script>', ""),
        ("<td><p>\u2705</p></td>", "<td><p>passed</p></td>"),
        (
            '<span class="n">w</span><span class="w"> </span><span class="o">+</span>',
            'w <span class="o">+</span>',
        ),
        (
            '<span class="n"><span class="pre">w</span></span>',
            '<span class="n"><span class="pre">w</span></span>',
        ),
    ],
)
def test_page_is_mended(page, mended):
    assert lean.lean(page) == mended


def test_search_page_keeps_its_index():
    page = '<script src="searchindex.js"></script>'
    assert lean.lean(page, searches=True) == '<script defer src="searchindex.js"></script>'


def test_text_that_left_a_file_is_noticed(tmp_path):
    script = tmp_path / "options.js"
    script.write_text("a: 1", "utf-8")
    lean.replace(script, "a: 1", "a: 2")
    assert script.read_text("utf-8") == "a: 2"
    with pytest.raises(ExtensionError, match=r"options\.js no longer holds 'a: 1'"):
        lean.replace(script, "a: 1", "a: 2")


def test_icons_that_nothing_uses_lose_their_rule():
    style = r'.fa-a:before{content:"\f001"}.fa-b:before{content:"\f002"}'
    assert lean.keep_icons(style, {"fa-b"}) == r'.fa-b:before{content:"\f002"}'


def test_fonts_of_formulas_keep_what_the_site_shows(tmp_path):
    fonts = tmp_path / "katex" / "fonts"
    fonts.mkdir(parents=True)
    shutil.copy(katex.DIST / "fonts" / "KaTeX_Math-Italic.woff2", fonts)
    lean.trim_formulas(tmp_path, "wx")
    with TTFont(fonts / "KaTeX_Math-Italic.woff2") as font:
        assert set(font.getBestCmap()) == set(map(ord, "wx"))


def test_rules_that_nothing_uses_leave_a_style_sheet(tmp_path):
    sheet = tmp_path / "a.css"
    sheet.write_text(".shown{a:b}.built{c:d}.never{e:f}:root{--x:1}", "utf-8")
    (tmp_path / "p.html").write_text("<p class='shown'>", "utf-8")
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "s.js").write_text("e.classList.add('built')", "utf-8")
    lean.drop_rules([sheet], tmp_path)
    assert sheet.read_text("utf-8") == ".shown{a:b}.built{c:d}:root{--x:1}"


def test_letters_of_formulas_come_with_their_style_sheet(tmp_path):
    (tmp_path / "katex").mkdir()
    shutil.copytree(katex.DIST / "fonts", tmp_path / "katex" / "fonts")
    shutil.copy(katex.DIST / "katex.min.css", tmp_path / "katex" / "katex.css")
    lean.inline_fonts(tmp_path)
    sheet = (tmp_path / "katex" / "katex.css").read_text("utf-8")
    assert sheet.count("url(data:font/woff2;base64,") == 2
    assert "url(fonts/KaTeX_Main-Regular.woff2)" not in sheet


def test_a_tall_formula_is_drawn_when_it_is_near_and_its_height_known(tex):
    tall = r"\begin{split}a&=b\\&=c\\&=\frac{d}{e}\end{split}"
    assert "postponed" not in katex.postponed(tex("a = b", display=True))
    formula = katex.postponed(tex(tall, display=True))
    struts = [(3.0, 1.2), (2.5, 1.4)]
    assert formula.count('class="katex-html postponed" style="contain-intrinsic-height:') == 1
    two = "".join(
        f'<span class="strut" style="height:{h}em;vertical-align:-{d}em;"></span>'
        for h, d in struts
    )
    assert "contain-intrinsic-height:3.2em" in katex.postponed(f'<span class="katex-html">{two}')


def sheets(folder):
    """Write three style sheets, one of which imports the third, and two pages that name them."""
    static = folder / "_static"
    (static / "deep").mkdir(parents=True)
    (static / "deep" / "a.css").write_text('@import "../c.css";a{b:url(f.woff2)}', "utf-8")
    (static / "b.css").write_text('b{c:url("data:x/y,z")}', "utf-8")
    (static / "c.css").write_text("c{d:url('g.png')}", "utf-8")
    (folder / "api").mkdir()
    pages = [folder / "p.html", folder / "api" / "q.html"]
    for page, root in zip(pages, ["", "../"], strict=True):
        page.write_text(
            f'<title>T</title>\n<link href="{root}_static/deep/a.css?v=1" rel="stylesheet" />\n'
            '<link rel="icon" href="x.svg">\n'
            f'<link rel="stylesheet" type="text/css" href="{root}_static/b.css" />\n<body>',
            "utf-8",
        )
    return static, pages


def test_style_sheets_are_joined_in_their_order(tmp_path):
    static, pages = sheets(tmp_path)
    one_sheet.join(static, pages)
    rules = (static / "sheet.css").read_text("utf-8").split("\n")[1:]
    assert rules == ['c{d:url("g.png")}a{b:url("deep/f.woff2")}', 'b{c:url("data:x/y,z")}']
    for page, root in zip(pages, ["", "../"], strict=True):
        text = page.read_text("utf-8")
        assert text.count("stylesheet") == 1
        assert f'<title>T</title>\n<link rel="stylesheet" href="{root}_static/sheet.css?v=' in text
        assert text.endswith('<link rel="icon" href="x.svg">\n<body>')


def test_a_style_sheet_that_changed_is_joined_though_no_page_did(tmp_path):
    static, pages = sheets(tmp_path)
    one_sheet.join(static, pages)
    (static / "b.css").write_text("new{}", "utf-8")
    one_sheet.join(static, pages)
    assert (static / "sheet.css").read_text("utf-8").endswith("\nnew{}")


def test_a_page_with_other_style_sheets_stops_the_build(tmp_path):
    static, pages = sheets(tmp_path)
    pages[1].write_text('<link rel="stylesheet" href="../_static/b.css">', "utf-8")
    with pytest.raises(ExtensionError, match=r"others on \['q.html'\]"):
        one_sheet.join(static, pages)
