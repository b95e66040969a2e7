"""How readers get about: by keyboard alone, without motion, without scripts, on paper, and lost."""

from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
CHAPTER = (SITE / "02_likelihood_to_cross_entropy.html").as_uri()
CHARTS = (SITE / "charts.html").as_uri()
MOVING = """
() => [...document.querySelectorAll("*")].filter(e => {
  const style = getComputedStyle(e), some = times => times.split(", ").some(t => parseFloat(t) > 0);
  return (style.animationName !== "none" && some(style.animationDuration))
    || (style.transitionProperty !== "none" && some(style.transitionDuration))
    || style.scrollBehavior === "smooth";
}).map(e => e.outerHTML.slice(0, 80))
"""


@pytest.fixture
def read(browser, request):
    """Return a function that opens a page as a reader with these settings does."""

    def read(address, **settings):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **settings)
        request.addfinalizer(context.close)
        page = context.new_page()
        page.goto(address)
        return page

    return read


def test_the_first_tab_offers_to_skip_to_the_text(read):
    page = read(CHAPTER)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_a_solution_opens_by_keyboard(read):
    page = read(CHAPTER)
    solution = page.locator(".solution.dropdown").first
    text = solution.locator("section").first
    assert not text.is_visible()
    solution.locator("button").first.focus()
    page.keyboard.press("Enter")
    text.wait_for(state="visible")


def test_escape_leaves_the_search(read):
    page = read(CHAPTER)
    page.keyboard.press("Control+k")
    assert page.evaluate("!!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    assert not page.evaluate("!!document.activeElement.closest('dialog')")


@pytest.mark.parametrize("address", [CHAPTER, CHARTS])
def test_nothing_moves_for_who_asked_for_rest(read, address):
    assert read(address, reduced_motion="reduce").evaluate(MOVING) == []


def test_without_that_wish_something_does(read):
    """Else the test above could not fail."""
    assert read(CHAPTER, reduced_motion="no-preference").evaluate(MOVING) != []


def test_without_scripts_formulas_solutions_and_pictures_are_there(read):
    page = read(CHAPTER, java_script_enabled=False)
    for kind in (".katex-html", ".solution section", "svg.drawing", "nav.bd-links a"):
        assert page.locator(kind).first.is_visible(), kind
    assert page.locator(".copybtn, .toggle-button").count() == 0
    page = read(CHARTS, java_script_enabled=False)
    for chart in page.locator(".lr-chart").all():
        assert chart.locator("svg").first.is_visible()
        assert not chart.locator("input").first.is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_paper_shows_the_text_and_nothing_to_click(read, scripts):
    page = read(CHAPTER, java_script_enabled=scripts, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert sum(title.is_visible() for title in page.locator("h1").all()) == 1
    for screen_only in (".bd-sidebar-primary", ".bd-header-article", ".headerlink", ".copybtn"):
        assert not any(e.is_visible() for e in page.locator(screen_only).all()), screen_only
    closed = page.locator("details:not([open]) > summary").all()
    assert closed
    assert not any(e.is_visible() for e in closed)


def test_paper_is_light_though_the_screen_is_dark(read):
    page = read(CHAPTER, color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    on_screen = page.evaluate(paper)
    page.emulate_media(media="print", color_scheme="dark")
    assert on_screen == "rgb(21, 24, 29)"
    assert page.evaluate(paper) in {"rgb(255, 254, 251)", "rgb(255, 255, 255)"}


@pytest.mark.parametrize("address", ["/nowhere", "/api/no/such/page.html"])
def test_the_lost_find_home_from_any_depth(read, address):
    page = read("about:blank")
    page.route("**/*", lambda route: route.fulfill(path=SITE / "404.html", status=404))
    page.goto(f"http://127.0.0.1:9{address}")
    assert page.evaluate("document.querySelector('a').href") == "http://127.0.0.1:9/"
