"""The built site in Chromium: each page is opened as a file, and no other host can be reached."""

import gzip
import random
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = sorted(
    str(p.relative_to(SITE))
    for p in SITE.rglob("*.html")
    if p.relative_to(SITE).parts[0] not in {"_static", "lite"}
)
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
PHONE = {"width": 375, "height": 800}
SCREEN = {"width": 1280, "height": 900}
TEXT_PAGE = 300_000  # bytes of a page with all that it loads, as a server sends them
CHART_PAGE = 550_000
STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"


@pytest.fixture(scope="module")
def context(browser):
    made = browser.new_context(viewport=SCREEN, reduced_motion="reduce")
    made.add_init_script(path=AXE)
    yield made
    made.close()


@pytest.fixture
def tab(context):
    """Return an empty page that notes what it asks for and what it complains about."""
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("requestfailed", lambda request: page.complaints.append(f"failed: {request.url}"))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: said.type in {"error", "warning"} and page.complaints.append(said.text),
    )
    yield page
    page.close()


def foreign(asked):
    """Return the requests that leave the site's folder or this machine."""
    return [
        u
        for u in asked
        if urlsplit(u).scheme not in {"file", "data", "blob"}
        and urlsplit(u).hostname != "127.0.0.1"
    ]


@contextmanager
def phone(page):
    """Show the page at a phone's width."""
    page.set_viewport_size(PHONE)
    yield
    page.set_viewport_size(SCREEN)


def too_wide(page):
    """Return by how many pixels the page is wider than a phone."""
    with phone(page):
        return max(0, page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def violations(page, scheme, within="html"):
    """Return what axe finds in a part of the page, a line for each rule that is broken."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.add_style_tag(content=STILL)
    page.evaluate("document.fonts.ready.then(() => null)")
    options = {"runOnly": STANDARDS, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("given => axe.run(...given)", [within, options])["violations"]
    return [f"{scheme}: {v['id']} at {v['nodes'][0]['target']} ({len(v['nodes'])})" for v in found]


def weight(asked):
    """Return the bytes of what a page asked for, compressed as a server sends it."""
    files = {Path(unquote(urlsplit(u).path)) for u in asked if u.startswith("file:")}
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def wake_charts(page):
    """Scroll to each chart and wait until it answers; return how many there are."""
    charts = page.locator(".lr-chart").all()
    for chart in charts:
        chart.scroll_into_view_if_needed()
        chart.and_(page.locator("[data-live]")).wait_for()
    return len(charts)


@pytest.mark.parametrize("name", PAGES)
def test_page(tab, name):
    tab.goto((SITE / name).as_uri())
    budget = CHART_PAGE if wake_charts(tab) else TEXT_PAGE
    found = violations(tab, "light")
    with phone(tab):
        found += violations(tab, "dark")
    if extra := too_wide(tab):
        found.append(f"{extra} px wider than a phone")
    if weight(tab.asked) > budget:
        found.append(f"{weight(tab.asked)} bytes are more than {budget}")
    assert [*foreign(tab.asked), *tab.complaints, *found] == []


@pytest.mark.parametrize("name", ["intro", "07_the_backward_pass_without_loops", "api/losses"])
def test_what_a_phone_hides_is_right_in_the_dark_too(tab, name):
    """The columns beside the text, the same on every page of a kind."""
    tab.goto((SITE / f"{name}.html").as_uri())
    assert tab.locator(".bd-sidebar-primary").is_visible()
    assert violations(tab, "dark") == []


@pytest.mark.parametrize("name", ["02_likelihood_to_cross_entropy", "08_gradient_descent"])
def test_a_button_says_by_keyboard_what_it_will_fetch_and_fetches_nothing(tab, name):
    tab.goto((SITE / f"{name}.html").as_uri())
    for button in tab.locator("details.lite").all():
        button.locator("summary").focus()
        tab.keyboard.press("Enter")
        assert "from this site" in button.locator("p").first.inner_text()
        tab.keyboard.press("Tab")
        assert "lite/notebooks" in tab.evaluate("document.activeElement.href")
    assert [url for url in tab.asked if "/lite/" in url] == []
    found = violations(tab, "light", within="details.lite")
    with phone(tab):
        found += violations(tab, "dark", within="details.lite")
    assert [*tab.complaints, *found, too_wide(tab)] == [0]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("<p style='color:#999;background:#fff'>pale</p>", "color-contrast"),
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "image-alt"),
        ("<button></button>", "button-name"),
    ],
)
def test_what_a_reader_could_not_use_is_noticed(tab, wrong, named):
    tab.set_content(f"<html lang=en><title>t</title><main><h1>t</h1>{wrong}</main></html>")
    assert any(named in line for line in violations(tab, "light"))


def test_a_wide_table_is_noticed(tab):
    tab.set_content("<body style='margin:0'><table style='width:900px'><tr><td>wide</table>")
    assert too_wide(tab) == 900 - PHONE["width"]


def test_a_small_target_is_noticed(tab):
    tab.set_content(
        "<a href=1 style='font-size:9px'>one</a><br><a href=2 style='font-size:9px'>2</a>"
    )
    with phone(tab):
        found = violations(tab, "light")
    assert any("target-size" in line for line in found)


def test_a_derivation_that_is_drawn_late_moves_nothing_and_scrolls_by_keyboard(tab):
    tab.goto((SITE / "13_the_same_model_in_scikit_learn.html").as_uri())
    tab.set_viewport_size({"width": 280, "height": 800})
    box = tab.locator(".katex-scroll:has(.postponed)").nth(10)
    formula = box.locator(".postponed")
    measure = "k => { const r = k.getBoundingClientRect(); return [r.width, r.height] }"
    width, height = formula.evaluate(measure)
    assert width == box.evaluate("k => k.clientWidth")  # nothing is drawn yet
    formula.scroll_into_view_if_needed()
    tab.wait_for_function("k => k.tabIndex === 0", arg=box.element_handle())
    wide, high = formula.evaluate(measure)
    assert wide > width
    assert high == pytest.approx(height, abs=0.5)
    box.focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("k => k.scrollLeft > 0", arg=box.element_handle())
    tab.set_viewport_size(SCREEN)


def test_a_page_weighs_what_it_loads(tmp_path):
    (tmp_path / "a page.html").write_bytes(noise := random.Random(0).randbytes(1000))
    address = (tmp_path / "a page.html").as_uri()
    assert weight([address, address + "?q=1", "data:,x"]) == len(gzip.compress(noise, 6))


def test_requests_and_errors_are_noticed(tab):
    tab.set_content("<script src='http://example.org/a.js'></script><script>oops()</script>")
    assert foreign(tab.asked) == ["http://example.org/a.js"]
    assert any("oops" in line for line in tab.complaints)


# What the keyboard is to reach: what is shown and takes part in the page's order.
REACHABLE = """
[...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")].filter(
  e => e.checkVisibility({visibilityProperty: true}) && e.tabIndex >= 0 && !e.disabled)
"""
FOCUS = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  e.dataset.reached = "";
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  return ring && inside ? "" : e.outerHTML.slice(0, 100);
}"""


def walk(page):
    """Press Tab through the page; return what shows no focus, and what was not reached."""
    faint = []
    for _ in range(page.evaluate(f"{REACHABLE}.length")):
        page.keyboard.press("Tab")
        faint.append(page.evaluate(FOCUS))
    missed = (
        f"{REACHABLE}.filter(e => !('reached' in e.dataset)).map(e => e.outerHTML.slice(0, 100))"
    )
    return [line for line in faint if line], page.evaluate(missed)


@pytest.mark.parametrize("name", ["02_likelihood_to_cross_entropy", "charts", "api/losses"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(tab, name):
    tab.goto((SITE / f"{name}.html").as_uri())
    wake_charts(tab)
    assert walk(tab) == ([], [])


def test_what_hides_its_focus_or_from_the_keyboard_is_noticed(tab):
    tab.set_content("<button style='outline:0'>a</button><div inert><a href=1>b</a></div>")
    faint, missed = walk(tab)
    assert "<button" in faint[0]
    assert "<a" in missed[0]


@pytest.mark.parametrize("word", ["likelihood", "sigma", "gradient_check"])
@pytest.mark.parametrize("served", [True, False])
def test_search_finds(tab, server, word, served):
    """A word of the text, one that only formulas have, and a name of the package."""
    tab.goto(f"{server if served else SITE.as_uri()}/search.html?q={word}")
    tab.wait_for_selector("#search-results li a")
    tab.wait_for_load_state("networkidle")
    assert tab.complaints == []


@pytest.mark.parametrize("served", [True, False])
def test_search_box_leads_to_results(tab, server, served):
    tab.goto(f"{server if served else SITE.as_uri()}/api/index.html")
    tab.wait_for_load_state("networkidle")  # else what is still on its way counts as failed
    tab.keyboard.press("Control+k")
    tab.keyboard.type("sigmoid")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results li a")
    tab.wait_for_load_state("networkidle")
    assert tab.complaints == []
