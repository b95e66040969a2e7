"""The built site in Chromium: each page is opened as a file, and no other host can be reached."""

import functools
import gzip
import http.server
import os
import random
import re
import shutil
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = sorted(
    str(p.relative_to(SITE))
    for p in SITE.rglob("*.html")
    if "_static" not in p.relative_to(SITE).parts
)
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
PHONE = {"width": 375, "height": 800}
SCREEN = {"width": 1280, "height": 900}
LIGHT = 300_000  # bytes of a page with all that it loads but its figures, as a server sends them
WITH_FIGURES = 550_000
PICTURE = re.compile(r"_images/.*\.(png|svg)$")
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"


def launch(chromium):
    """Start the system's Chromium, or Playwright's own, or say how to get one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    system = next(filter(None, map(shutil.which, names)), None)
    # Chromium refuses its sandbox to root, whom containers run as.
    args = [ALONE, *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]
    try:
        return chromium.launch(executable_path=system, args=args)
    except Error as error:
        hint = "no Chromium: `apt install chromium` or `.venv/bin/playwright install chromium`"
        pytest.fail(f"{hint} ({str(error).splitlines()[0]})")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = launch(playwright.chromium)
        yield started
        started.close()


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


def too_wide(page):
    """Return by how many pixels the page is wider than a phone."""
    page.set_viewport_size(PHONE)
    extra = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.set_viewport_size(SCREEN)
    return max(0, extra)


def violations(page, scheme):
    """Return what axe finds in one colour scheme, a line for each rule."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.add_style_tag(content=STILL)
    page.evaluate("document.fonts.ready.then(() => null)")
    found = page.evaluate(
        "tags => axe.run({runOnly: tags, resultTypes: ['violations']})", STANDARDS
    )["violations"]
    return [f"{scheme}: {v['id']} at {v['nodes'][0]['target']} ({len(v['nodes'])})" for v in found]


def weight(asked):
    """Return the bytes of what a page asked for, compressed as a server sends it."""
    files = {Path(unquote(urlsplit(u).path)) for u in asked if u.startswith("file:")}
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


@pytest.mark.parametrize("name", PAGES)
def test_page(tab, name):
    tab.goto((SITE / name).as_uri())
    found = [*foreign(tab.asked), *tab.complaints]
    found += violations(tab, "light") + violations(tab, "dark")
    if (
        weight(tab.asked) > WITH_FIGURES
        or weight(u for u in tab.asked if not PICTURE.search(u)) > LIGHT
    ):
        found.append(f"{weight(tab.asked)} bytes are too many")
    if extra := too_wide(tab):
        found.append(f"{extra} px wider than a phone")
    assert found == []


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


def test_a_page_weighs_what_it_loads(tmp_path):
    (tmp_path / "a page.html").write_bytes(noise := random.Random(0).randbytes(1000))
    address = (tmp_path / "a page.html").as_uri()
    assert weight([address, address + "?q=1", "data:,x"]) == len(gzip.compress(noise, 6))


def test_requests_and_errors_are_noticed(tab):
    tab.set_content("<script src='http://example.org/a.js'></script><script>oops()</script>")
    assert foreign(tab.asked) == ["http://example.org/a.js"]
    assert any("oops" in line for line in tab.complaints)


@pytest.fixture(scope="module")
def server():
    """Serve the site on this machine; return its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=SITE)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


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
    tab.keyboard.press("Control+k")
    tab.keyboard.type("sigmoid")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results li a")
    assert tab.complaints == []
