"""The charts in a browser, from a folder: sliders move pictures and numbers, which are right.

Every number is compared with lrcore's at the slider's new place.  All hosts are out of reach.
"""

from pathlib import Path

import numpy as np
import pytest

import lrcore
from lrcore import charts
from lrcore._charts import frame
from lrcore._charts.fits import _two_classes
from lrcore._charts.threshold import _tumours

INK = {"light": "rgb(27, 31, 36)", "dark": "rgb(231, 228, 221)"}  # of the palette
PAGE = """<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>charts</title>
<link rel="stylesheet" href="charts.css"><script defer src="charts.js"></script></head>
<body><main>{body}</main></body></html>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("charts")
    for name, text in {
        "charts.js": frame.script(),
        "charts.css": frame.style(),
        "vega.js": frame.vega(),
    }.items():
        (path / name).write_text(text, "utf-8")
    return path


class Reader:
    """A page with one chart, and what a reader does and sees there."""

    def __init__(self, page, url):
        self.page, self.problems, self.asked = page, [], []
        page.on("console", lambda m: self.problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.problems.append(str(e)))
        page.on("request", lambda r: self.asked.append(r.url))
        page.goto(url)

    def wait(self):
        self.page.wait_for_selector(".lr-chart[data-live]")

    def press(self, name, key, times=1):
        self.page.focus(f"input[name={name}]")
        for _ in range(times):
            self.page.keyboard.press(key)
        self.page.wait_for_timeout(150)

    def at(self, name):
        return self.page.eval_on_selector(f"input[name={name}]", "e => e.valueAsNumber")

    def numbers(self):
        found = self.page.eval_on_selector_all(
            "[data-value]", "all => all.map(e => [e.dataset.value, e.textContent])"
        )
        return dict(found)

    def pictures(self):
        return self.page.eval_on_selector_all(
            ".lr-chart-panel svg", "all => all.map(e => e.innerHTML)"
        )


BOOK = Path(__file__).resolve().parent.parent / "_build" / "html" / "charts.html"


@pytest.fixture
def opened(browser, folder, request):
    def open_page(chart, before="", **context):
        (folder / "page.html").write_text(PAGE.format(body=before + chart.html()), "utf-8")
        context = browser.new_context(**context)
        request.addfinalizer(context.close)
        return Reader(context.new_page(), (folder / "page.html").as_uri())

    return open_page


def sigmoid_now(v):
    return {"boundary": -v["b"] / v["w"] if v["w"] else np.nan, "steepest": v["w"] / 4}


def cost_now(v):
    p, y = v["p"], v["y"]
    # dL/dz by differences of lrcore's losses: exact to 1e-9, shown with three digits
    h, z = 1e-5, np.log(p / (1 - p))
    near = lrcore.sigmoid(np.array([z - h, z + h]))
    low, high = (lrcore.squared_error([y], [q]) for q in near)
    return {
        "loss": lrcore.binary_cross_entropy([y], [p]),
        "square": lrcore.squared_error([y], [p]),
        "slope": lrcore.logistic_gradient([[1.0]], [y], [0.0], z)[1],
        "slope_p": (p - y) / (p * (1 - p)),
        "square_slope": (high - low) / (2 * h),
    }


def boundary_now(v):
    X, y = _two_classes(None, None)
    z = np.round(X, 4) @ [v["w1"], v["w2"]] + v["b"]
    return {
        "loss": lrcore.binary_cross_entropy_from_logits(y, z),
        "mistakes": np.sum((z >= 0) != y),
    }


def descent_now(v):
    X, y = _two_classes(None, None)
    X, w = X * [3.0, 1.0], np.array([0.0, 2.5])
    for _ in range(int(v["step"])):
        w = w - v["rate"] * lrcore.logistic_gradient(X, y, w, 0.0)[0]
    return {"w1": w[0], "w2": w[1], "loss": lrcore.binary_cross_entropy_from_logits(y, X @ w)}


def threshold_now(v):
    y, p = _tumours()
    says = p >= v["threshold"]
    tp, fn, fp, tn = (
        np.sum(s & (y == k)) for k, s in [(1, says), (1, ~says), (0, says), (0, ~says)]
    )
    return {"tp": tp, "fn": fn, "fp": fp, "tn": tn, "tpr": tp / (tp + fn), "fpr": fp / (fp + tn)}


def softmax_now(v):
    p = lrcore.softmax([v["z1"] + v["c"], v["z2"] + v["c"], v["z3"] + v["c"]])
    return dict(zip(("p1", "p2", "p3"), p, strict=True))


NOW = {
    "sigmoid_chart": sigmoid_now,
    "cost_chart": cost_now,
    "boundary_chart": boundary_now,
    "descent_chart": descent_now,
    "threshold_chart": threshold_now,
    "softmax_chart": softmax_now,
}


def as_number(text):
    return np.nan if text == "none" else float(text.replace("−", "-"))


@pytest.mark.parametrize("name", NOW)
def test_each_slider_moves_pictures_and_numbers_and_they_are_right(opened, name):
    chart = getattr(charts, name)()
    reader = opened(chart)
    first = reader.numbers()
    reader.wait()
    assert reader.numbers() == first  # what the browser computes is what Python wrote
    for slider in chart.sliders:
        for key, times in [
            ("ArrowRight", 3),
            ("PageDown", 1),
            ("End", 1),
            ("Home", 1),
            ("ArrowUp", 2),
        ]:
            pictures, before = reader.pictures(), reader.at(slider.name)
            reader.press(slider.name, key, times)
            places = {s.name: reader.at(s.name) for s in chart.sliders}
            assert (places[slider.name] == before) == (reader.pictures() == pictures), (slider, key)
            shown = reader.numbers()
            for what, value in {**places, **NOW[name](places)}.items():
                digits = len(shown[what].partition(".")[2])
                # half a unit of the last digit shown, and what four-digit data may be off
                wrong = f"{what} at {places} shows {shown[what]}, is {value}"
                np.testing.assert_allclose(
                    as_number(shown[what]), value, atol=0.5001 * 10**-digits + 6e-5, err_msg=wrong
                )
        assert reader.numbers() != first
    assert reader.problems == []
    assert all(url.startswith("file:") for url in reader.asked)


def test_a_shift_of_all_logits_moves_them_and_no_probability(opened):
    reader = opened(charts.softmax_chart())
    reader.wait()
    before, (logits, shares) = reader.numbers(), reader.pictures()
    reader.press("c", "End")
    after = reader.numbers()
    assert [after[p] for p in ("p1", "p2", "p3")] == [before[p] for p in ("p1", "p2", "p3")]
    assert reader.pictures()[0] != logits
    assert reader.pictures()[1] == shares


def test_the_keyboard_reaches_every_slider_and_the_table(opened):
    chart = charts.boundary_chart()
    reader = opened(chart)
    reader.wait()
    reached = []
    for _ in range(len(chart.sliders) + 1):
        reader.page.keyboard.press("Tab")
        reached.append(
            reader.page.evaluate("document.activeElement.name ?? document.activeElement.tagName")
        )
    assert reached == [*(s.name for s in chart.sliders), "SUMMARY"]
    reader.page.keyboard.press("Enter")
    assert reader.page.is_visible(".lr-chart-table table")


def test_vega_is_fetched_when_the_chart_comes_near_and_not_before(opened):
    reader = opened(charts.softmax_chart(), before='<div style="height: 4000px"></div>')
    reader.page.wait_for_timeout(300)
    assert [url for url in reader.asked if url.endswith("vega.js")] == []
    reader.page.keyboard.press("End")
    reader.wait()
    assert len([url for url in reader.asked if url.endswith("vega.js")]) == 1


def test_without_scripts_pictures_show_and_sliders_do_not(opened):
    reader = opened(charts.sigmoid_chart(), java_script_enabled=False)
    assert reader.page.locator(".lr-chart-panel svg").first.is_visible()
    assert not reader.page.locator("input").first.is_visible()


@pytest.mark.parametrize("name", NOW)
def test_a_phone_needs_no_sideways_scroll(opened, name):
    reader = opened(getattr(charts, name)(), viewport={"width": 375, "height": 800})
    reader.wait()
    reader.page.click("summary")
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_dark_theme_changes_the_colours_at_once(opened):
    reader = opened(charts.sigmoid_chart())
    reader.wait()
    ink = "e => getComputedStyle(e).fill"
    light = reader.page.eval_on_selector(".lr-chart-panel svg text", ink)
    reader.page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as JupyterLab does
    dark = reader.page.eval_on_selector(".lr-chart-panel svg text", ink)
    assert (light, dark) == (INK["light"], INK["dark"])


def test_a_live_notebook_draws_every_chart_from_one_library(browser, folder, monkeypatch):
    """As a front end shows it: no files beside the page, scripts in the first output only."""
    monkeypatch.setattr(frame, "_brought", [])
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")
    body = charts.softmax_chart()._repr_html_() + charts.sigmoid_chart()._repr_html_()
    (folder / "live.html").write_text(f"<!doctype html><meta charset=utf-8>{body}", "utf-8")
    reader = Reader(browser.new_page(), (folder / "live.html").as_uri())
    reader.page.wait_for_function("document.querySelectorAll('.lr-chart[data-live]').length === 2")
    assert reader.problems == []
    assert len(reader.asked) == 1
    reader.page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_charts_of_the_built_page_come_alive_on_its_own_ground(browser, request, theme):
    assert BOOK.exists(), "the book is not built: run `make book` first"
    context = browser.new_context(color_scheme=theme)
    request.addfinalizer(context.close)
    page = context.new_page()
    page.goto(BOOK.as_uri())
    for chart in page.locator(".lr-chart").all():
        chart.scroll_into_view_if_needed()
        chart.and_(page.locator("[data-live]")).wait_for()
    grounds = page.eval_on_selector_all(
        ".text_html", "all => all.map(e => getComputedStyle(e).backgroundColor)"
    )
    assert grounds == ["rgba(0, 0, 0, 0)"] * 6
    ink = page.eval_on_selector(".lr-chart-panel svg text", "e => getComputedStyle(e).fill")
    assert ink == INK[theme]
