"""sigmoid, softmax and their logarithms: exact to a digit or two, for every float."""

import mpmath
import numpy as np
import pandas as pd
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from mpmath import mpf

from lrcore import log_sigmoid, log_softmax, logsumexp, sigmoid, sigmoid_derivative, softmax

ELEMENTWISE = [sigmoid, sigmoid_derivative, log_sigmoid]
ALONG_AXIS = [softmax, log_softmax, logsumexp]
EVERY = ELEMENTWISE + ALONG_AXIS
INF, NAN = np.inf, np.nan

mpmath.mp.dps = 60  # 60 digits: the oracle's own error is 44 digits below what is measured

numbers = st.floats(allow_nan=False, allow_infinity=False)
scores = st.floats(-700, 700)
rows_of_scores = hnp.arrays(np.float64, st.integers(1, 9), elements=scores)


# The oracle: the definition, with 60 digits ---------------------------------------------------


def exact_exp(x):
    return mpmath.exp(x) if x > -1e5 else mpf(0)  # e^-100000 is far below every float


def exact_sigmoid(z):
    e = exact_exp(-abs(z))
    return (1 if z >= 0 else e) / (1 + e)


def exact_sigmoid_derivative(z):
    e = exact_exp(-abs(z))
    return e / (1 + e) ** 2


def exact_log_sigmoid(z):
    return min(z, mpf(0)) - mpmath.log1p(exact_exp(-abs(z)))


def exact_row(Z):
    """Return softmax, log_softmax and logsumexp of one row."""
    Z = [mpf(float(z)) for z in Z]
    winner = max(range(len(Z)), key=Z.__getitem__)
    others = sum((exact_exp(z - Z[winner]) for k, z in enumerate(Z) if k != winner), mpf(0))
    log_total = mpmath.log1p(others)
    P = [exact_exp(z - Z[winner]) / (1 + others) for z in Z]
    return P, [z - Z[winner] - log_total for z in Z], Z[winner] + log_total


def ulps(got, exact, unit_of=None):
    """Return the error of `got` in units in the last place of the exact value (or of `unit_of`)."""
    rounded = got.dtype.type(float(exact if unit_of is None else unit_of))
    if not np.isfinite(got) or np.isinf(rounded):
        return 0.0 if got == rounded else INF
    return float(abs(mpf(float(got)) - exact) / mpf(float(np.spacing(abs(rounded)))))


def every_kind_of_score(dtype=np.float64):
    """Scores of all magnitudes, both signs, subnormals, and where e^-z leaves the floats."""
    rng = np.random.default_rng(20)
    smallest = -320 if dtype == np.float64 else -44
    largest = 308 if dtype == np.float64 else 38
    z = np.concatenate(
        [
            10.0 ** rng.uniform(smallest, largest, 400),
            rng.uniform(0, 1, 400),
            rng.uniform(0, 40, 600),
            rng.uniform(0, 746, 300),
            rng.uniform(709, 745.2, 300),
            rng.uniform(87, 104, 100),  # the same region of float32
            [6.291892872262039, 9.719614342524324],  # e/(1 + e)^2 is wrong by 3.3 and 3.6 units
            [0, 5e-324, 1e-310, 2.3e-308, 36.8, 37.5, 709.78, 709.79, 745.13, 745.14, 1e300],
        ]
    )
    with np.errstate(all="ignore"):
        z = np.concatenate([z, -z]).astype(dtype)
    return z[np.isfinite(z)]


def every_kind_of_row(dtype=np.float64):
    rng = np.random.default_rng(21)
    largest = 307 if dtype == np.float64 else 37
    for n_classes in [1, 2, 3, 5, 10, 10, 40]:
        signs = rng.choice([-1.0, 1.0], n_classes)
        for _ in range(6):
            yield rng.normal(0, 10, n_classes).astype(dtype)
            yield rng.uniform(-745, 745, n_classes).astype(dtype)
            yield (rng.uniform(-40, 40, n_classes) + 1e6).astype(dtype)
            yield (rng.uniform(-1, 1, n_classes) * 1e-3).astype(dtype)
            yield (-rng.uniform(0, 750, n_classes) * (np.arange(n_classes) > 0)).astype(dtype)
            yield (signs * 10.0 ** rng.uniform(-largest, largest, n_classes)).astype(dtype)


# Oracles from outside -------------------------------------------------------------------------


# The bounds are the accuracy that the project promises, in units in the last place.
@pytest.mark.parametrize(
    ("function", "exact", "bound"),
    [
        (sigmoid, exact_sigmoid, 2),
        (sigmoid_derivative, exact_sigmoid_derivative, 3),
        (log_sigmoid, exact_log_sigmoid, 2),
    ],
)
def test_elementwise_functions_are_right_to_the_last_digits(function, exact, bound):
    z = every_kind_of_score()
    errors = [ulps(g, exact(mpf(float(x)))) for g, x in zip(function(z), z, strict=True)]
    assert max(errors) <= bound, z[np.argmax(errors)]


def test_functions_along_an_axis_are_right_to_the_last_digits():
    for Z in every_kind_of_row():
        P, log_P, total = exact_row(Z)
        assert max(map(ulps, softmax(Z), P)) <= 8, Z
        assert max(map(ulps, log_softmax(Z), log_P)) <= 3, Z
        # relative to the largest score or result: where the scores cancel the result, no
        # algorithm can do better than the rounding of the scores
        scale = max(np.max(np.abs(Z)), abs(float(total)))
        assert ulps(logsumexp(Z), total, unit_of=scale) <= 2.5, Z


# 0.51: one correct rounding is 0.50, and the double result behind it is off by up to 8 / 2^29
@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (sigmoid, exact_sigmoid),
        (sigmoid_derivative, exact_sigmoid_derivative),
        (log_sigmoid, exact_log_sigmoid),
    ],
)
def test_float32_is_rounded_once_elementwise(function, exact):
    z = every_kind_of_score(np.float32)
    got = function(z)
    assert got.dtype == np.float32
    errors = [ulps(g, exact(mpf(float(x)))) for g, x in zip(got, z, strict=True)]
    assert max(errors) <= 0.51, z[np.argmax(errors)]


def test_float32_is_rounded_once_along_an_axis():
    for Z in every_kind_of_row(np.float32):
        P, log_P, total = exact_row(Z)
        assert max(map(ulps, softmax(Z), P)) <= 0.51, Z
        assert max(map(ulps, log_softmax(Z), log_P)) <= 0.51, Z
        scale = max(np.max(np.abs(Z)), abs(float(total)))
        assert ulps(logsumexp(Z), total, unit_of=scale) <= 0.51, Z


@pytest.mark.parametrize("axis", [0, 1])
def test_many_classes_cost_no_digits_on_either_axis(axis):
    """Plain addition of 5000 terms, as NumPy does it along axis 0, is wrong by 26 units."""
    Z = np.random.default_rng(22).normal(size=5000)
    P, log_P, total = exact_row(Z)
    table = np.stack([Z, Z + 1, Z[::-1]], axis=1 - axis)  # a lone column is added like a row
    first = {0: np.s_[:, 0], 1: np.s_[0]}[axis]
    assert max(map(ulps, softmax(table, axis=axis)[first], P)) <= 8
    assert max(map(ulps, log_softmax(table, axis=axis)[first], log_P)) <= 3
    assert ulps(logsumexp(table, axis=axis)[0], total, unit_of=total) <= 2.5


# SciPy's own errors are a few units in the last place for moderate scores: 1e-14 covers both
@pytest.mark.parametrize(
    ("function", "peer"),
    [(sigmoid, scipy.special.expit), (log_sigmoid, scipy.special.log_expit)],
)
def test_elementwise_functions_agree_with_scipy(function, peer):
    z = np.linspace(-30, 30, 480).reshape(2, 3, 80)
    np.testing.assert_allclose(function(z), peer(z), rtol=1e-14)


# scores up to 10 or so: SciPy's subtraction of the maximum costs it up to 10 units; log_softmax
# near 0 is worse there, hence the absolute 1e-15
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
@pytest.mark.parametrize("function", ALONG_AXIS)
def test_functions_along_an_axis_agree_with_scipy(function, axis):
    Z = np.random.default_rng(23).normal(0, 3, (2, 3, 4))
    peer = getattr(scipy.special, function.__name__)
    np.testing.assert_allclose(function(Z, axis=axis), peer(Z, axis=axis), rtol=1e-14, atol=1e-15)


def test_the_last_axis_is_the_default():
    Z = np.random.default_rng(24).normal(size=(2, 3))
    for function in ALONG_AXIS:
        np.testing.assert_array_equal(function(Z), function(Z, axis=1))


# Properties -----------------------------------------------------------------------------------


@given(numbers)
def test_sigmoid_of_both_signs_sums_to_one(z):
    # each value is within 2 units of 1.1e-16
    assert abs(float(sigmoid(z)) + float(sigmoid(-z)) - 1) <= 4 * 1.2e-16


@given(scores)
def test_two_forms_of_the_derivative_agree(z):
    # s(z) s(-z): two values within 2 units, their product rounded; the derivative within 3: 8 * eps
    expected = float(sigmoid(z)) * float(sigmoid(-z))
    assert float(sigmoid_derivative(z)) == pytest.approx(expected, rel=8 * 2.3e-16, abs=1e-322)


@given(numbers)
def test_the_derivative_is_even_and_at_most_a_quarter(z):
    assert sigmoid_derivative(z) == sigmoid_derivative(-z)
    assert 0 <= sigmoid_derivative(z) <= 0.25


@given(numbers, numbers)
def test_the_sigmoid_never_decreases(a, b):
    low, high = sorted([a, b])
    # 2 + 2 units: neighbours may swap by their rounding errors, no more
    assert sigmoid(low) <= sigmoid(high) * (1 + 4 * 2.3e-16)
    assert log_sigmoid(low) <= log_sigmoid(high) * (1 - 4 * 2.3e-16)


@given(scores)
def test_log_sigmoid_is_the_logarithm_of_the_sigmoid(z):
    # exp turns the absolute error of its argument, up to 2 units of 700, into a relative one
    assert np.exp(log_sigmoid(z)) == pytest.approx(float(sigmoid(z)), rel=5e-13)


@given(rows_of_scores)
def test_softmax_is_a_probability_vector(Z):
    P = softmax(Z)
    assert np.all((P >= 0) & (P <= 1))
    # nine values, each within 8 units of at most 1.1e-16
    assert abs(P.sum() - 1) <= 9 * 8 * 1.2e-16


@given(rows_of_scores, st.integers(-1000, 1000))
def test_a_shift_cancels_in_softmax_and_moves_logsumexp(Z, shift):
    Z = np.round(Z * 1024) / 1024  # so that Z + shift is exact
    np.testing.assert_array_equal(softmax(Z + shift), softmax(Z))
    np.testing.assert_array_equal(log_softmax(Z + shift), log_softmax(Z))
    # 2.5 units of a number below 2048, on either side
    assert logsumexp(Z + shift) == pytest.approx(float(logsumexp(Z)) + shift, abs=5 * 2.3e-13)


@given(scores)
def test_softmax_of_two_classes_is_the_sigmoid(z):
    # 8 units of softmax and 2 of the sigmoid
    expected = [float(sigmoid(-z)), float(sigmoid(z))]
    np.testing.assert_allclose(softmax([0.0, z]), expected, rtol=10 * 2.3e-16)
    # 3 units and 2
    logs = [float(log_sigmoid(-z)), float(log_sigmoid(z))]
    np.testing.assert_allclose(log_softmax([0.0, z]), logs, rtol=5 * 2.3e-16)


@given(rows_of_scores, st.randoms(use_true_random=False))
def test_the_order_of_the_classes_does_not_matter(Z, random):
    order = list(range(len(Z)))
    random.shuffle(order)
    # sums in another order: within the 8 units of each
    np.testing.assert_allclose(softmax(Z[order]), softmax(Z)[order], rtol=16 * 2.3e-16)


@given(rows_of_scores)
def test_logsumexp_lies_between_the_largest_and_the_largest_plus_log_n(Z):
    slack = 2.5 * np.spacing(max(np.abs(Z).max(), 3.0))  # its promised error
    assert Z.max() - slack <= logsumexp(Z) <= Z.max() + np.log(len(Z)) + slack


@given(st.integers(0, 10**6))
def test_rows_do_not_see_each_other(seed):
    Z = np.random.default_rng(seed).normal(0, 20, (4, 3))
    for function in ALONG_AXIS:
        np.testing.assert_array_equal(function(Z), [function(row) for row in Z])
        np.testing.assert_array_equal(function(Z.T, axis=0), function(Z).T)


# Examples and extreme values ------------------------------------------------------------------


def test_values_known_by_heart():
    assert sigmoid(0.0) == 0.5
    assert sigmoid_derivative(0.0) == 0.25
    assert log_sigmoid(0.0) == -np.log(2)  # the same rounding of log 2
    np.testing.assert_array_equal(softmax([7.0] * 4), [0.25] * 4)
    # log 3 to the last unit: two roundings
    assert sigmoid(np.log(3.0)) == pytest.approx(0.75, rel=5e-16)
    assert logsumexp([0.0] * 3) == pytest.approx(np.log(3), rel=5e-16)


@pytest.mark.parametrize(
    ("function", "at_minus_inf", "at_inf"),
    [(sigmoid, 0, 1), (sigmoid_derivative, 0, 0), (log_sigmoid, -INF, 0)],
)
def test_infinity_gives_the_limit_and_nan_is_contagious(function, at_minus_inf, at_inf):
    got = function([-INF, INF, NAN, 0.0])
    np.testing.assert_array_equal(got[:3], [at_minus_inf, at_inf, NAN])
    assert np.isfinite(got[3])


@pytest.mark.parametrize(
    ("Z", "P", "log_P", "total"),
    [
        ([INF, 0.0], [1, 0], [0, -INF], INF),
        ([-INF, 0.0], [0, 1], [-INF, 0], 0),
        ([-INF, -INF], [NAN, NAN], [NAN, NAN], -INF),  # no limit but for the sum
        ([INF, INF, 0.0], [NAN] * 3, [NAN] * 3, INF),
        ([INF, -INF], [1, 0], [0, -INF], INF),
        ([NAN, 0.0], [NAN] * 2, [NAN] * 2, NAN),
        ([INF, NAN], [NAN] * 2, [NAN] * 2, NAN),
        ([-INF, NAN], [NAN] * 2, [NAN] * 2, NAN),
        ([1e308, -1e308], [1, 0], [0, -INF], 1e308),
        ([5.0], [1], [0], 5),
        ([-INF], [1], [0], -INF),  # a class without a rival is certain
        ([INF], [1], [0], INF),
    ],
)
def test_infinite_scores_along_an_axis(Z, P, log_P, total):
    np.testing.assert_array_equal(softmax(Z), P)
    np.testing.assert_array_equal(log_softmax(Z), log_P)
    np.testing.assert_array_equal(logsumexp(Z), total)


def test_nan_stays_in_its_own_row():
    for function in ALONG_AXIS:
        got = function([[NAN, 1.0], [0.0, 1.0]])
        assert np.all(np.isnan(got[0]))
        assert np.all(np.isfinite(got[1]))


@given(hnp.arrays(np.float64, (3, 2), elements=st.floats()))
def test_no_float_makes_a_floating_point_error(Z):
    finite = np.isfinite(Z).all(axis=1)
    for function in EVERY:
        with np.errstate(all="raise"):
            got = function(Z)
        assert not np.any(np.isnan(got[finite])), function


@pytest.mark.parametrize("function", EVERY)
def test_narrow_types_do_not_warn_either(function):
    limits = np.finfo(np.float16)
    with np.errstate(all="raise"):
        Z = np.array([limits.max, -limits.max, limits.smallest_subnormal], dtype=np.float16)
        assert function(Z).dtype == np.float16


# Types, shapes, memory ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("function", EVERY)
def test_a_floating_type_stays(function, dtype):
    got = function(np.array([1, 2, 4], dtype=dtype))
    assert got.dtype == dtype
    # half a unit of the narrow type, over the value in double
    expected = function([1.0, 2.0, 4.0])
    np.testing.assert_allclose(got, expected, rtol=max(np.finfo(dtype).eps, 1e-15))


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int64, np.uint64, object])
@pytest.mark.parametrize("function", EVERY)
def test_other_numbers_become_float64(function, dtype):
    got = function(np.array([0, 1, 1], dtype=dtype))
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, function([0.0, 1.0, 1.0]))


def test_unsigned_integers_do_not_wrap_around():
    assert sigmoid(np.uint8(3)) == sigmoid(3.0)
    np.testing.assert_array_equal(softmax(np.array([3, 5], np.uint8)), softmax([3.0, 5.0]))


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_a_number_gives_a_number(function):
    for z in (1, 1.0, np.float64(1), np.array(1.0), True):
        assert isinstance(function(z), np.float64)
        assert function(z) == function([1.0])[0]


def test_logsumexp_of_one_row_is_a_number():
    assert isinstance(logsumexp([1.0, 2.0]), np.float64)


@pytest.mark.parametrize("shape", [(0,), (2, 0), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("function", ELEMENTWISE)
def test_any_shape_is_kept(function, shape):
    assert function(np.zeros(shape)).shape == shape


def test_no_rows_are_fine_along_the_other_axis():
    assert softmax(np.zeros((0, 3))).shape == (0, 3)
    assert log_softmax(np.zeros((0, 3))).shape == (0, 3)
    assert logsumexp(np.zeros((0, 3))).shape == (0,)


@pytest.mark.parametrize("function", EVERY)
def test_read_only_strided_and_reversed_arrays(function):
    table = np.random.default_rng(25).normal(size=(6, 8))
    for view in (table[::2, ::3], table[::-1, ::-1], table.T, np.asfortranarray(table)):
        expected = function(np.ascontiguousarray(view))
        view.flags.writeable = False
        np.testing.assert_array_equal(function(view), expected)


@pytest.mark.parametrize("function", EVERY)
def test_the_argument_is_not_changed(function):
    Z = np.random.default_rng(26).normal(size=(4, 3))
    before = Z.copy()
    result = function(Z)
    np.testing.assert_array_equal(Z, before)
    assert not np.shares_memory(result, Z)


@pytest.mark.parametrize("function", EVERY)
def test_frames_are_taken_as_arrays(function):
    Z = np.random.default_rng(27).normal(size=(4, 3))
    np.testing.assert_array_equal(function(pd.DataFrame(Z)), function(Z))


# Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (["1", "2"], "expected real numbers, got an array of <U1"),
        ([1j], "expected real numbers, got an array of complex128"),
        ([1, None], "expected real numbers, got a NoneType"),
        ([[1, 2], [3]], "expected an array of numbers, got rows of unequal length"),
        ([10**400], "expected numbers below 1.8e308, got a larger one"),
    ],
)
@pytest.mark.parametrize("function", EVERY)
def test_what_is_not_a_number_is_refused(function, value, message):
    name = "z" if function in ELEMENTWISE else "Z"
    with pytest.raises(ValueError, match=f"^{name}: ") as caught:
        function(value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("Z", "axis", "message"),
    [
        ([], -1, "at least one entry along axis -1, got shape (0,)"),
        (np.zeros((0, 3)), 0, "at least one entry along axis 0, got shape (0, 3)"),
        (3.0, -1, "an axis of shape (), got -1"),
        ([1.0, 2.0], 1, "an axis of shape (2,), got 1"),
        ([1.0, 2.0], -2, "an axis of shape (2,), got -2"),
        ([1.0, 2.0], None, "a whole number, got None"),
        ([1.0, 2.0], 0.0, "a whole number, got 0.0"),
    ],
)
@pytest.mark.parametrize("function", ALONG_AXIS)
def test_a_bad_axis_is_refused(function, Z, axis, message):
    with pytest.raises(ValueError, match=r"^axis: expected ") as caught:
        function(Z, axis=axis)
    assert str(caught.value).endswith(message)


def test_numpy_integers_name_an_axis():
    np.testing.assert_array_equal(softmax(np.eye(2), axis=np.int64(0)), softmax(np.eye(2), axis=0))
