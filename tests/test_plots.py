"""The figures say what they show, in the class colours, on the axes they were given."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from lrcore import LogisticRegression, plots, sigmoid
from lrcore.datasets import make_clouds

BLUE, ORANGE = "#0072b2", "#d55e00"  # of Okabe and Ito


@pytest.fixture(autouse=True)
def _close_figures():
    with mpl.rc_context():
        yield
    plt.close("all")


@pytest.fixture
def clouds():
    data = make_clouds(60)
    return LogisticRegression(l2=0.01).fit(data.X, data.y), data.X, data.y


def square(a, b):
    return a**2 + 2 * b**2


CALLS = {
    "sigmoid": lambda ax: plots.plot_sigmoid(ax=ax),
    "history": lambda ax: plots.plot_loss_history([3, 2, 1], ax=ax),
    "path": lambda ax: plots.plot_boundary_path([[1, 2, 0.5]], ax=ax),
    "surface": lambda ax: plots.plot_loss_surface(square, (-1, 1), (-2, 2), ax=ax),
    "boundary": lambda ax: plots.plot_decision_boundary(
        LogisticRegression(l2=0.1).fit(np.eye(2), [0, 1]), np.eye(2), [0, 1], ax=ax
    ),
}


@pytest.mark.parametrize("draw", CALLS.values(), ids=CALLS)
def test_a_figure_is_drawn_on_the_axes_given_or_on_new_ones(draw):
    _, (left, right) = plt.subplots(ncols=2)
    assert draw(left) is left
    assert not right.has_data()
    before = len(plt.get_fignums())
    new = draw(None)
    assert isinstance(new, mpl.axes.Axes)
    assert new not in (left, right)
    assert len(plt.get_fignums()) == before + 1
    new.figure.canvas.draw()  # what is wrong with labels shows here


@pytest.mark.parametrize("draw", CALLS.values(), ids=CALLS)
def test_both_axes_are_labelled(draw):
    ax = draw(None)
    assert ax.get_xlabel()
    assert ax.get_ylabel()


def test_sigmoid_is_drawn_with_its_parameters():
    ax = plots.plot_sigmoid(w=2.0, b=-1.0)
    curve, half = ax.lines
    x, p = curve.get_data()
    np.testing.assert_array_equal(p, sigmoid(2 * x - 1))
    assert x.min() <= -5
    assert x.max() >= 5
    np.testing.assert_array_equal(half.get_ydata(), [0.5, 0.5])
    assert curve.get_label() == r"$\sigma(2x -1)$"
    assert ax.get_ylabel() == "probability of class 1"


def test_loss_history_is_drawn_as_it_is_and_takes_a_label():
    ax = plots.plot_loss_history([0.7, 0.4, 0.3], label="gd", color="k")
    (line,) = ax.lines
    np.testing.assert_array_equal(line.get_xydata(), [[0, 0.7], [1, 0.4], [2, 0.3]])
    assert line.get_label() == "gd"
    assert line.get_color() == "k"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("iteration", "mean loss (nats)")


def test_classes_are_told_apart_by_colour_and_shape(clouds):
    model, X, y = clouds
    ax = plots.plot_decision_boundary(model, X, y)
    handles, labels = ax.get_legend_handles_labels()
    assert labels == ["class 0", "class 1"]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == labels
    for k, (points, colour) in enumerate(zip(handles, (BLUE, ORANGE), strict=True)):
        np.testing.assert_array_equal(points.get_offsets(), X[y == k])
        assert to_hex(points.get_facecolor()[0]) == colour
    shapes = [len(points.get_paths()[0].vertices) for points in handles]
    assert shapes[0] > 10 > shapes[1]  # a circle of many vertices, a triangle of few
    assert plots.CLASS_MARKERS == ("o", "^")


def boundary_of(ax):
    """Return the vertices of the one black contour line, if there is one."""
    lines = [
        c
        for c in ax.collections
        if isinstance(c, mpl.contour.ContourSet) and not c.filled and len(c.get_paths())
    ]
    return np.vstack([path.vertices for line in lines for path in line.get_paths()] or [[]])


def test_the_boundary_is_where_the_probability_is_one_half(clouds):
    model, X, y = clouds
    ax = plots.plot_decision_boundary(model, X, y)
    vertices = boundary_of(ax)
    assert len(vertices) > 10
    # the contour interpolates between 101 grid lines: an error of second order in 1/100
    np.testing.assert_allclose(model.predict_proba(vertices)[:, 1], 0.5, atol=1e-3)


def test_all_points_lie_within_the_shading(clouds):
    model, X, y = clouds
    ax = plots.plot_decision_boundary(model, X, y)
    low, high = np.transpose([ax.get_xlim(), ax.get_ylim()])
    assert np.all(low < X.min(axis=0))
    assert np.all(high > X.max(axis=0))


def test_shading_runs_from_the_colour_of_class_0_to_that_of_class_1(clouds):
    model, X, y = clouds
    ax = plots.plot_decision_boundary(model, X, y)
    shading = next(c for c in ax.collections if getattr(c, "filled", False))
    np.testing.assert_allclose(shading.cmap(0.0)[:3], to_rgb(BLUE), atol=1e-6)
    np.testing.assert_allclose(shading.cmap(1.0)[:3], to_rgb(ORANGE), atol=1e-6)
    np.testing.assert_allclose(shading.levels[[0, -1]], [0, 1])
    bands = zip(shading.levels[:-1], shading.levels[1:], shading.get_paths(), strict=True)
    for low, high, path in bands:
        p = model.predict_proba(path.vertices)[:, 1] if len(path.vertices) else low
        # the edges of a band interpolate between 101 grid lines: second order in 1/100
        assert np.min(p) >= low - 1e-3
        assert np.max(p) <= high + 1e-3


def test_where_one_class_fills_the_picture_no_boundary_is_drawn(clouds):
    model, X, _ = clouds
    ax = plots.plot_decision_boundary(model, X + 100, np.ones(len(X)))
    assert boundary_of(ax).size == 0
    assert ax.get_legend_handles_labels()[1] == ["class 0", "class 1"]  # the legend stays


@pytest.mark.parametrize("n_samples", [1, 60])
def test_a_feature_without_spread_still_gets_a_picture(clouds, n_samples):
    model, X, y = clouds
    ax = plots.plot_decision_boundary(model, X[:n_samples] * [1, 0], y[:n_samples])
    low, high = ax.get_ylim()
    assert low < 0 < high
    ax.figure.canvas.draw()


def test_each_line_of_a_path_is_where_the_score_is_zero():
    path = [[1.0, -2.0, 0.5], [0.0, 3.0, -1.0], [2.0, 0.0, 0.0]]
    lines = plots.plot_boundary_path(path).lines
    for line, (w1, w2, b) in zip(lines, path, strict=True):
        (x1, y1), (x2, y2) = line.get_xy1(), line.get_xy2()
        assert (x1, y1) != (x2, y2)
        # one rounding each of a product, a quotient and a sum of numbers near 1
        np.testing.assert_allclose([w1 * x1 + w2 * y1 + b, w1 * x2 + w2 * y2 + b], 0, atol=1e-15)
    strength = [line.get_alpha() for line in lines]
    assert strength == sorted(strength)
    assert strength[-1] == 1


def test_the_loss_surface_has_the_levels_of_the_loss():
    ax = plots.plot_loss_surface(square, (-1, 1), (-2, 2))
    assert ax.get_xlim() == (-1, 1)
    assert ax.get_ylim() == (-2, 2)
    contours = next(c for c in ax.collections if isinstance(c, mpl.contour.ContourSet))
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        # straight pieces between 61 grid lines: 2 (4/60)^2 / 8 of the second derivative, rounded up
        np.testing.assert_allclose(square(*path.vertices.T), level, atol=0.01)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("first parameter", "second parameter")


def test_a_walk_ends_in_a_star():
    path = [[1.0, 2.0], [0.5, 1.0], [0.1, 0.2]]
    ax = plots.plot_loss_surface(square, (-1, 1), (-2, 2), path=path)
    walk, end = ax.lines
    np.testing.assert_array_equal(walk.get_xydata(), path)
    np.testing.assert_array_equal(end.get_xydata(), path[-1:])
    assert end.get_marker() == "*"
    assert len(plots.plot_loss_surface(square, (-1, 1), (-2, 2)).lines) == 0


def test_the_book_style_starts_with_the_class_colours():
    plots.use_book_style()
    cycle = [c["color"].lower() for c in plt.rcParams["axes.prop_cycle"]]
    assert cycle[:2] == [BLUE, ORANGE]
    assert len(set(cycle)) == len(cycle) == 5
    assert plt.rcParams["legend.frameon"] is False
    assert [c.lower() for c in plots.CLASS_COLOURS] == [BLUE, ORANGE]


def test_importing_plots_leaves_the_readers_style_alone():
    assert plt.rcParams["axes.spines.top"] == mpl.rcParamsDefault["axes.spines.top"]


def test_arguments_are_not_changed(clouds):
    model, X, y = clouds
    X.flags.writeable = y.flags.writeable = False
    before = X.copy(), y.copy()
    plots.plot_decision_boundary(model, X, y)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda m, X, y: plots.plot_loss_history([[1, 2]]),
         "loss_history: expected a 1-D array, got shape (1, 2)"),
        (lambda m, X, y: plots.plot_loss_history("abc"),
         "loss_history: expected real numbers, got an array of <U3"),
        (lambda m, X, y: plots.plot_decision_boundary(m, X[:, 0], y),
         "X: expected a 2-D array, got shape (60,)"),
        (lambda m, X, y: plots.plot_decision_boundary(m, np.ones((60, 3)), y),
         "X: expected shape (60, 2) (two features), got (60, 3)"),
        (lambda m, X, y: plots.plot_decision_boundary(m, X[:0], y[:0]),
         "X: expected at least one entry, got shape (0, 2)"),
        (lambda m, X, y: plots.plot_decision_boundary(m, X, y[:, None]),
         "y: expected a 1-D array, got shape (60, 1)"),
        (lambda m, X, y: plots.plot_decision_boundary(m, X, y[:9]),
         "y: expected shape (60,) (one label for each row of X), got (9,)"),
        (lambda m, X, y: plots.plot_decision_boundary(m, X, y + 1),
         "y: expected class indices from 0 and below n_classes=2, got 2"),
        (lambda m, X, y: plots.plot_decision_boundary(m, X, 2 * y - 1),
         "y: expected class indices from 0 and below n_classes=2, got -1"),
        (lambda m, X, y: plots.plot_boundary_path([[1, 2]]),
         "path: expected shape (1, 3) (two weights and a bias), got (1, 2)"),
        (lambda m, X, y: plots.plot_boundary_path(np.ones((0, 3))),
         "path: expected at least one entry, got shape (0, 3)"),
        (lambda m, X, y: plots.plot_boundary_path([[1, 0, 0], [0, 0, 1]]),
         "path: expected a weight other than 0 in each row, got two zeros"),
        (lambda m, X, y: plots.plot_loss_surface(square, (0, 1), (0, 1), path=[1, 2]),
         "path: expected a 2-D array, got shape (2,)"),
        (lambda m, X, y: plots.plot_loss_surface(square, (0, 1), (0, 1), path=np.ones((4, 3))),
         "path: expected shape (4, 2) (two parameters), got (4, 3)"),
        (lambda m, X, y: plots.plot_loss_surface(square, (0, 1), (0, 1), path=np.ones((0, 2))),
         "path: expected at least one entry, got shape (0, 2)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_before_a_figure_opens(clouds, draw, message):
    with pytest.raises(ValueError, match=": expected ") as caught:
        draw(*clouds)
    assert str(caught.value) == message
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.plot_sigmoid(w="a"), "w: expected real numbers, got an array of <U1"),
        (lambda: plots.plot_sigmoid(b=[1, 2]), "b: expected a number, got shape (2,)"),
        (
            lambda: plots.plot_decision_boundary(None, [[0, np.nan]], [0]),
            "X: expected finite numbers, got nan",
        ),
        (lambda: plots.plot_loss_surface(1, (0, 1), (0, 1)), "loss: expected a function, got 1"),
        (
            lambda: plots.plot_loss_surface(max, (0, 1, 2), (0, 1)),
            "first: expected shape (2,) (from, to), got (3,)",
        ),
    ],
)
def test_numbers_functions_and_ranges_are_checked(call, message):
    with pytest.raises(ValueError, match=": expected ") as caught:
        call()
    assert str(caught.value) == message
