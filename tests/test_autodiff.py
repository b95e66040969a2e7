"""Value against PyTorch on random expressions, by hand, in deep graphs; and its pictures."""

import math
import operator
import re
from itertools import pairwise

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from hypothesis import assume, given
from hypothesis import strategies as st

from lrcore import Value, logistic_gradient

BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
UNARY = {
    "neg": operator.neg,
    "exp": lambda v: v.exp(),
    "log": lambda v: v.log(),
    "sigmoid": lambda v: v.sigmoid(),
    "square": lambda v: v**2,
    "power -1.5": lambda v: v**-1.5,
    "power 0": lambda v: v**0,
    "2 to the": lambda v: 2**v,
    "number first": lambda v: 3 / (1 - v) * 0.5 + (2 - 0.25 * v),
    "number last": lambda v: (v * 2 - 1) / 4 + 0.5,
}
LEAVES = st.lists(st.floats(-2, 2).map(lambda x: round(x, 3)), min_size=1, max_size=4)
OPERATIONS = st.lists(
    st.tuples(st.sampled_from([*BINARY, *UNARY]), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=12,
)


def follow(operations, values):
    """Apply the operations, each to earlier values, and return the sum of all, which uses each."""
    values = list(values)
    for name, i, k in operations:
        one, other = values[i % len(values)], values[k % len(values)]
        values.append(BINARY[name](one, other) if name in BINARY else UNARY[name](one))
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


@given(LEAVES, OPERATIONS)
def test_equals_pytorch_on_random_expressions(numbers, operations):
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    their_result = follow(operations, theirs)
    their_result.backward()
    expected = [their_result.item(), *(leaf.grad.item() for leaf in theirs)]
    # beyond, rounding errors themselves grow large; what is not finite has its own tests
    assume(all(abs(x) < 1e6 for x in expected))
    ours = [Value(x) for x in numbers]
    result = follow(operations, ours)
    result.backward()
    # a dozen operations, each right to 1e-16, on terms up to a few orders larger than their sum
    np.testing.assert_allclose(
        [result.data, *(leaf.grad for leaf in ours)], expected, rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("x", [-1.5, -0.3, 0.7, 40.0])
def test_each_operation_equals_pytorch_nan_included(name, x):
    leaf, tensor = Value(x), torch.tensor(x, dtype=torch.float64, requires_grad=True)
    result, expected = UNARY[name](leaf), UNARY[name](tensor)
    result.backward()
    expected.backward()
    # one to six roundings; PyTorch has no digits of the sigmoid's slope at 40, which is 4e-18
    np.testing.assert_allclose(result.data, expected.item(), rtol=1e-14)
    np.testing.assert_allclose(leaf.grad, tensor.grad.item(), rtol=1e-13, atol=1e-17)


@pytest.mark.parametrize(
    ("make", "data"),
    [
        (lambda: Value(0.0).log(), -math.inf),
        (lambda: Value(-1.0).log(), math.nan),
        (lambda: 1 / Value(0.0), math.inf),
        (lambda: Value(0.0) ** -1, math.inf),
        (lambda: Value(-8.0) ** (1 / 3), math.nan),
        (lambda: Value(1000.0).exp(), math.inf),
        (lambda: Value(1e300) * 1e300, math.inf),
    ],
)
def test_what_has_no_number_is_as_in_ieee_754(make, data):
    np.testing.assert_equal(make().data, data)


def test_gradient_of_one_sample_is_that_of_the_library():
    x, w, b, y = [0.5, -1.2], [0.3, 0.8], 0.1, 1.0
    weights, bias = [Value(v, "w") for v in w], Value(b, "b")
    p = (weights[0] * x[0] + weights[1] * x[1] + bias).sigmoid()
    (-(y * p.log() + (1 - y) * (1 - p).log())).backward()
    grad_w, grad_b = logistic_gradient([x], [y], w, b)
    np.testing.assert_allclose([v.grad for v in weights], grad_w, rtol=1e-14)  # few roundings
    np.testing.assert_allclose(bias.grad, grad_b, rtol=1e-14)


def test_sigmoid_keeps_the_digits_of_its_tail():
    z = Value(50.0)
    z.sigmoid().backward()
    assert z.grad == pytest.approx(math.exp(-50), rel=1e-13, abs=0)  # a * (1 - a) would be 0


def test_a_value_used_twice_gets_the_sum():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7.0


def test_gradients_accumulate_over_passes_as_in_pytorch():
    """A second pass adds the same again; it does not pass on what the first one left inside."""
    x = Value(3.0)
    square = x * x
    result = square * 2
    for passes in (1, 2, 3):
        result.backward()
        assert (x.grad, square.grad, result.grad) == (12.0 * passes, 2.0 * passes, passes)


def test_a_diamond_is_not_walked_once_for_each_path():
    """Sixty doublings have 2**60 paths."""
    x = top = Value(1.0)
    for _ in range(60):
        top = top + top
    top.backward()
    assert x.grad == 2.0**60


def test_a_long_chain_needs_no_recursion():
    x = top = Value(1.0)
    for _ in range(20_000):
        top = top + 1
    top.backward()
    assert (top.data, x.grad) == (20_001.0, 1.0)


@pytest.mark.parametrize("number", [np.float64(2), np.float32(2), np.array(2), np.int64(2), True])
def test_numpy_numbers_stand_on_both_sides(number):
    x, c = Value(3.0), float(number)
    results = [number * x, x * number, number - x, x - number, number / x, number + x, number**x]
    assert all(isinstance(result, Value) for result in results)
    assert [r.data for r in results] == [3 * c, 3 * c, c - 3, 3 - c, c / 3, c + 3, c**3]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Value("2"), "^data: expected real numbers, got an array of"),
        (lambda: Value(None), "^data: expected real numbers, got a NoneType$"),
        (lambda: Value(1.0) + "2", "^data: expected real numbers"),
        (lambda: [1.0, 2.0] * Value(1.0), r"^data: expected a number, got shape \(2,\)$"),
        (lambda: Value(2.0) ** Value(3.0), "^exponent: expected a number, got a Value; write"),
        (lambda: Value(2.0) ** [1, 2], r"^exponent: expected a number, got shape \(2,\)$"),
        (lambda: "x" ** Value(2.0), "^base: expected real numbers"),
        (lambda: Value(1.0).draw(3), "^step: expected at most 2, twice the number of"),
        (lambda: Value(1.0).draw(-1), "^step: expected a whole number >= 0, got -1$"),
    ],
)
def test_errors_say_what_was_expected(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_repr_names_the_value():
    assert repr(Value(0.5, "z")) == "Value(0.5, grad=0, label='z')"
    assert repr(Value(0.5)) == "Value(0.5, grad=0)"


# Pictures --------------------------------------------------------------------------------------


def graph():
    """Return a loss in which one input is used twice, and an edge passes a row."""
    w, x = Value(2.0, "w"), Value(-1.0, "x")
    a = (w * x + w).sigmoid()
    a.label = "a<b"
    return -a.log()


def svg(html):
    return BeautifulSoup(html, "html.parser").find("svg")


def boxes(picture):
    return [tuple(float(r[k]) for k in ("x", "y", "width", "height")) for r in picture("rect")]


def points(picture):
    return [
        [tuple(map(float, point.split(","))) for point in line["points"].split()]
        for line in picture("polyline")
    ]


def test_picture_shows_every_value_derivative_and_gradient():
    loss = graph()
    picture = svg(loss._repr_html_())
    words = [text.get_text() for text in picture("text")]
    assert words.count("w") == words.count("x") == 1
    values = loss._in_order()
    assert len(boxes(picture)) == len(values) == 7
    assert len(points(picture)) == sum(len(v._sources) for v in values)
    loss.backward()
    for value in values:
        assert f"{value.data:.4g}".replace("-", "−") in words or value.data == 0
        assert f"grad {value.grad:.4g}".replace("-", "−") in words


def test_picture_says_in_words_what_it_shows_and_takes_the_pages_colour():
    picture = svg(graph()._repr_html_())
    assert picture["role"] == "img"
    assert picture.title.text == picture["aria-label"]
    assert "a<b  σ = 0.5, gradient −2;" in picture["aria-label"]
    assert picture["fill"] == "currentColor"
    assert {r["stroke"] for r in picture("rect")} == {"currentColor"}
    assert not picture.select("[id]")  # two pictures on a page would have it twice


def test_no_two_boxes_overlap_and_no_edge_crosses_one():
    for loss in (graph(), Value(1.0) * 2, Value(1.0)):
        picture = svg(loss._repr_html_())
        places = boxes(picture)
        width, height = map(float, picture["viewbox"].split()[2:])
        for k, (x, y, w, h) in enumerate(places):
            assert 0 <= x <= width - w
            assert 0 <= y <= height - h
            for left, top, *_ in places[:k]:
                assert abs(x - left) >= w or abs(y - top) >= h
        for line in points(picture):
            for (x, y), (x2, y2) in pairwise(line):
                for t in np.linspace(0.01, 0.99, 50):
                    at = x + t * (x2 - x), y + t * (y2 - y)
                    assert not any(
                        left < at[0] < left + w and top < at[1] < top + h
                        for left, top, w, h in places
                    )


def test_no_edge_crosses_a_derivative():
    p, y = Value(0.3), Value(1.0)
    for loss in (graph(), -(y * p.log() + (1 - y) * (1 - p).log()), p * y * p):
        picture = svg(loss._repr_html_())
        labels = [text for text in picture("text") if text.get("font-size")]
        assert len(labels) == len(points(picture))
        for text in labels:
            # a letter of this size is about 6 wide and 8 high
            x, y_low, width = float(text["x"]), float(text["y"]), 6 * len(text.get_text())
            left = x if text["text-anchor"] == "start" else x - width
            for line in points(picture):
                for (x0, y0), (x1, y1) in pairwise(line):
                    for t in np.linspace(0, 1, 101):
                        at = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
                        assert not (left < at[0] < left + width and y_low - 8 < at[1] < y_low)


def test_a_large_graph_is_drawn_only_if_asked_for():
    top = Value(1.0)
    for _ in range(33):
        top = top * 3 + 1
    assert len(top._in_order()) == 133
    assert top._repr_html_() is None
    assert top.draw().html.startswith("<svg")


def test_drawing_leaves_the_gradients_alone_and_repeats_itself():
    loss = graph()
    assert loss.draw().html == loss.draw(14).html == graph().draw().html
    assert all(value.grad == 0 for value in loss._in_order())


def test_each_step_adds_one_value_and_then_one_gradient():
    loss = graph()
    for step in range(15):
        drawing = loss.draw(step)
        assert repr(drawing) == drawing.text
        assert drawing._repr_html_() == drawing.html
        assert drawing.text.count("= ?") == max(7 - step, 0)
        assert drawing.text.count("gradient") == max(step - 7, 0)
        grads = [t for t in svg(drawing.html)("text") if t.text.startswith("grad")]
        assert len(grads) == max(step - 7, 0)
    assert loss.draw(0).text.splitlines()[0] == "w = ?"


def test_arrows_turn_when_the_gradient_flows():
    def up(step):
        paths = [re.findall(r",(-?[\d.]+)", p["d"]) for p in svg(graph().draw(step).html)("path")]
        return sum(float(wing) > float(tip) for wing, tip, _ in paths)

    assert [up(step) for step in (7, 8, 9, 14)] == [0, 0, 1, 7]
