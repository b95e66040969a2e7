"""The charts as the notebook stores them: compiled, complete, small, and the same at every run."""

import gzip
import json
import re
import sys

import altair as alt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell

import lrcore
from lrcore import charts
from lrcore._charts import frame, vega_lite

CHARTS = {name: getattr(charts, name) for name in charts.__all__}


def parse(chart):
    return BeautifulSoup(chart.html(), "html.parser")


def numbers(soup):
    """Return {name: text} of the numbers in the sentence."""
    return {b["data-value"]: b.text for b in soup.select(".lr-chart-formula [data-value]")}


@pytest.fixture(scope="module", params=CHARTS)
def chart(request):
    return CHARTS[request.param]()


def test_each_picture_is_a_specification_that_compiles(chart):
    assert len(chart.panels) >= 2
    for _, picture in chart.panels:
        alt.Chart.from_dict(frame.spec_of(picture), validate=True)
    compiled = [json.loads(s.text) for s in parse(chart).select("script")]
    assert len(compiled) == len(chart.panels)
    assert all(spec["marks"] for spec in compiled)


@pytest.mark.parametrize("name", CHARTS)
def test_output_is_the_same_on_every_run_and_small(name):
    chart, output = CHARTS[name](), CHARTS[name]().html()
    assert chart.html() == output
    assert chart._repr_html_() == output  # nobody looks on in a test: no scripts
    assert len(output.encode()) < 100_000


def test_pictures_are_there_without_scripts_and_say_what_they_show(chart):
    soup = parse(chart)
    for panel in soup.select(".lr-chart-panel"):
        assert len(panel.select_one("[role=img]")["aria-label"]) > 40
        assert panel.select_one("svg").select("path, line, text")
    assert "https://" not in chart.html()


def test_ids_are_unique_on_a_page_of_all_charts():
    ids = re.findall(r' id="([^"]*)"', "".join(function().html() for function in CHARTS.values()))
    assert ids
    assert len(ids) == len(set(ids))


def test_sliders_have_labels_and_visible_values(chart):
    labels = parse(chart).select("label")
    assert len(labels) == len(chart.sliders)
    for label, slider in zip(labels, chart.sliders, strict=True):
        box = label.select_one("input[type=range]")
        assert box["name"] == label.select_one("[data-value]")["data-value"] == slider.name
        assert label.select_one("span").text.strip()


def test_the_sentence_is_read_aloud_and_the_table_has_heads(chart):
    soup = parse(chart)
    assert soup.select_one(".lr-chart-formula")["aria-live"] == "polite"
    table = soup.select_one("details table")
    assert table.select_one("caption").text
    assert {len(row.select("td")) for row in table.select("tbody tr")} == {
        len(table.select("th[scope=col]"))
    }


def test_first_numbers_are_lrcores():
    cost = numbers(parse(charts.cost_chart(p=0.3, y=0)))
    assert cost["loss"] == f"{lrcore.binary_cross_entropy([0], [0.3]):.3f}"
    assert cost["square"] == f"{lrcore.squared_error([0], [0.3]):.3f}"
    assert (cost["slope"], cost["slope_p"], cost["square_slope"]) == ("0.30", "1.43", "0.126")
    softmax = numbers(parse(charts.softmax_chart([3, 0.5, -1])))
    assert [softmax[f"p{k}"] for k in (1, 2, 3)] == [
        f"{p:.3f}" for p in lrcore.softmax([3, 0.5, -1])
    ]
    assert numbers(parse(charts.sigmoid_chart(w=2, b=-1)))["boundary"] == "0.50"
    assert numbers(parse(charts.sigmoid_chart(w=0, b=-1)))["boundary"] == "none"
    assert numbers(parse(charts.cost_chart(p=0.5)))["slope_p"] == "−2.00"


def test_a_threshold_counts_the_readers_own_predictions():
    y, p = [0, 0, 0, 1, 1], [0.1, 0.5, 0.4, 0.6, 0.2]
    shown = numbers(parse(charts.threshold_chart(y, p)))
    assert [shown[k] for k in ("tp", "fn", "fp", "tn")] == ["1", "1", "1", "2"]
    assert (shown["tpr"], shown["fpr"]) == ("0.500", "0.333")


def test_the_boundary_goes_through_the_readers_own_points():
    data = lrcore.datasets.make_clouds(40, random_state=3)
    soup = parse(charts.boundary_chart(data.X, data.y))
    best = lrcore.LogisticRegression().fit(data.X, data.y)
    z = np.round(data.X, 4) @ [1.0, -1.0]
    loss = lrcore.binary_cross_entropy_from_logits(data.y, z)
    assert numbers(soup)["loss"] == f"{loss:.3f}"
    assert numbers(soup)["mistakes"] == str(np.sum((z >= 0) != data.y))
    assert soup.select("td")[3].text == f"{best.loss_history_[-1]:.3f}"


def test_descent_takes_the_readers_own_points():
    data = lrcore.datasets.make_clouds(40, random_state=3)
    w = np.array([0.0, 2.5])
    for _ in range(10):
        w = w - 1.0 * lrcore.logistic_gradient(data.X, data.y, w, 0.0)[0]
    shown = numbers(parse(charts.descent_chart(data.X, data.y)))
    assert [shown["w1"], shown["w2"]] == [frame.number(v, 3) for v in w]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: charts.boundary_chart([[1, 2, 3]], [0]),
         "X: expected shape (1, 2) (two features)"),
        (lambda: charts.descent_chart([[1, 2]], [0, 1]),
         "y: expected shape (1,) (one label"),
        (lambda: charts.threshold_chart([0, 1], [0.5]),
         "p: expected shape (2,) (one probability"),
        (lambda: charts.threshold_chart([0, 1], [0.5, 2]),
         "p: expected values in [0, 1], got 2.0"),
        (lambda: charts.threshold_chart([0, 1]),  # and not the tumours instead
         "p: expected real numbers, got a NoneType"),
        (lambda: charts.boundary_chart(X=[[1, 2]]),
         "y: expected real numbers, got a NoneType"),
        (lambda: charts.threshold_chart([0, 1], [0.5, np.nan]),
         "p: expected finite numbers, got nan"),
        (lambda: charts.descent_chart([[1, np.inf]], [0]),
         "X: expected finite numbers, got inf"),
        (lambda: charts.sigmoid_chart(b="a"),
         "b: expected real numbers, got an array of <U1"),
        (lambda: charts.cost_chart(p="a"),
         "p: expected real numbers, got an array of <U1"),
        (lambda: charts.threshold_chart([0, 0], [0.5, 1]),
         "y: expected both classes, 0 and 1"),
        (lambda: charts.softmax_chart([1, 2]),
         "Z: expected shape (3,) (three logits), got (2,)"),
        (lambda: charts.sigmoid_chart(w=9),
         "w: expected a number from -4 to 4 in steps of 0.1, got 9"),
        (lambda: charts.cost_chart(p=1.0),
         "p: expected a number from 0.01 to 0.99 in steps of 0.01, got 1"),
        (lambda: charts.cost_chart(y=0.5),
         "y: expected a number from 0 to 1 in steps of 1, got 0.5"),
        (lambda: charts.softmax_chart([1, 2, 6]),
         "z3: expected a number from -5 to 5 in steps of 0.1, got 6"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=": expected ") as caught:
        call()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1.25, 1, "1.2"), (-0.5, 2, "−0.50"), (-0.001, 2, "0.00"), (np.nan, 2, "none"),
     (-np.inf, 1, "none"), (3, 0, "3")],
)  # fmt: skip
def test_numbers_have_a_true_minus_and_no_negative_zero(value, digits, text):
    assert frame.number(value, digits) == text


def test_a_live_notebook_gets_the_scripts_once_and_needs_no_network(monkeypatch):
    monkeypatch.setattr(frame, "_brought", [])
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")  # what JupyterLab tells its kernels
    chart = charts.softmax_chart()
    first, second = chart._repr_html_(), chart._repr_html_()
    assert first.startswith(chart.html())
    assert "window.lrcoreVega" in first
    assert frame.style() in first
    assert "lrcoreCharts" in first
    assert second.removeprefix(chart.html()) == "<script>window.lrcoreCharts?.()</script>"


def test_pictures_tell_kinds_apart_by_more_than_colour():
    for name, channel in [("cost_chart", "strokeDash"), ("boundary_chart", "shape")]:
        specs = [json.dumps(frame.spec_of(c)) for _, c in CHARTS[name]().panels]
        assert any(f'"{channel}": {{' in spec for spec in specs)


def test_what_a_chart_adds_to_the_weight_of_its_page():
    """550 kB are allowed for a page with one chart and everything else; 300 kB without."""
    pieces = [frame.script(), frame.style(), frame.vega()]
    pieces += [max((function().html() for function in CHARTS.values()), key=len)]
    assert sum(len(gzip.compress(piece.encode())) for piece in pieces) < 230_000


@pytest.fixture
def no_vl_convert(monkeypatch):
    """As in a browser's Python."""
    monkeypatch.setattr(vega_lite, "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "vl_convert", None)


def test_without_vl_convert_a_notebook_draws_the_chart_itself(chart, no_vl_convert):
    data, metadata = InteractiveShell.instance().display_formatter.format(chart)
    (mime,) = data.keys() - {"text/plain"}
    spec = data[mime]
    alt.Chart.from_dict(spec, validate=True)
    assert len(spec["hconcat"]) == len(chart.panels)
    bound = {param["name"]: param["bind"] for param in spec["params"] if "bind" in param}
    assert [*bound] == [slider.name for slider in chart.sliders]
    assert not any("<" in bind["name"] for bind in bound.values())
    assert metadata[mime]["embed_options"]["renderer"] == "svg"


def test_with_vl_convert_it_is_a_piece_of_a_page(chart):
    data, _ = InteractiveShell.instance().display_formatter.format(chart)
    assert set(data) == {"text/plain", "text/html"}
