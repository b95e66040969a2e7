"""The losses: means over samples, in nats, exact where they are 0 or infinite."""

import mpmath
import numpy as np
import pandas as pd
import pytest
import scipy.special
import sklearn.metrics
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from mpmath import mpf

from lrcore import (
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    one_hot,
    sigmoid,
    softmax,
    softmax_cross_entropy,
    squared_error,
)

BINARY = [squared_error, binary_cross_entropy, binary_cross_entropy_from_logits]
OF_P = [squared_error, binary_cross_entropy]
INF, NAN = np.inf, np.nan

mpmath.mp.dps = 60  # the oracle's own error is 44 digits below what is measured


def ulps(got, exact):
    """Return the error of `got` in units in the last place of the exact value."""
    rounded = float(exact)
    if np.isinf(rounded) or not np.isfinite(got):
        return 0.0 if got == rounded else INF
    return float(abs(mpf(got) - exact) / mpf(float(np.spacing(abs(rounded)))))


def labels_and(values, seed):
    """Pair every value with labels of all kinds: 0, 1, between, next to either."""
    rng = np.random.default_rng(seed)
    n = len(values)
    near_one = 1 - 10.0 ** rng.uniform(-16, 0, n)
    kinds = [
        np.zeros(n),
        np.ones(n),
        rng.uniform(size=n),
        10.0 ** rng.uniform(-300, 0, n),
        near_one,
    ]
    return [(float(y), float(x)) for kind in kinds for y, x in zip(kind, values, strict=True)]


def made(n_samples=7, n_classes=3, seed=30):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_samples)
    return y, rng.normal(0, 2, (n_samples, n_classes))


# Oracles from outside -------------------------------------------------------------------------


# at most 2 units in the last place is the accuracy that the project promises
def test_binary_cross_entropy_is_right_to_the_last_digits():
    rng = np.random.default_rng(31)
    p = np.concatenate(
        [
            rng.uniform(size=200),
            10.0 ** rng.uniform(-323, 0, 200),
            1 - 10.0 ** rng.uniform(-16, 0, 200),
        ]
    )
    for y, x in labels_and(p, seed=32):
        Y, P = mpf(y), mpf(x)
        exact = (-Y * mpmath.log(P) if y else 0) - (1 - Y) * mpmath.log1p(-P)
        assert ulps(binary_cross_entropy([y], [x]), exact) <= 2, (y, x)


def test_binary_cross_entropy_from_logits_is_right_to_the_last_digits():
    rng = np.random.default_rng(33)
    z = np.concatenate(
        [10.0 ** rng.uniform(-320, 308, 150), rng.uniform(0, 40, 250), rng.uniform(0, 746, 100)]
    )
    for y, x in labels_and(np.concatenate([z, -z]), seed=34):
        Y, Z = mpf(y), mpf(x)
        tail = mpmath.log1p(mpmath.exp(-abs(Z))) if abs(x) < 1e5 else 0
        exact = tail + ((1 - Y) * Z if x >= 0 else -Y * Z)
        assert ulps(binary_cross_entropy_from_logits([y], [x]), exact) <= 2, (y, x)


# at most 3 units is the accuracy that the project promises
def test_softmax_cross_entropy_is_right_to_the_last_digits():
    rng = np.random.default_rng(35)
    for scale in (1e-3, 1, 10, 300, 1e6):
        for n_classes in (2, 3, 10, 50):
            Z = rng.normal(0, scale, n_classes)
            exact_Z = [mpf(float(z)) for z in Z]
            largest = max(exact_Z)
            winner = exact_Z.index(largest)
            others = sum(mpmath.exp(z - largest) for k, z in enumerate(exact_Z) if k != winner)
            for k in {0, 1, winner}:
                exact = largest - exact_Z[k] + mpmath.log1p(others)
                assert ulps(softmax_cross_entropy([k], [Z]), exact) <= 3, (k, Z)


# scikit-learn adds and divides in another order: a few roundings of 1e-16
def test_binary_losses_agree_with_scikit_learn():
    rng = np.random.default_rng(36)
    y, p = rng.integers(0, 2, 50), rng.uniform(0.01, 0.99, 50)
    assert binary_cross_entropy(y, p) == pytest.approx(sklearn.metrics.log_loss(y, p), rel=1e-14)
    brier = sklearn.metrics.brier_score_loss(y, p)
    assert squared_error(y, p) == pytest.approx(brier, rel=1e-14)


def test_softmax_cross_entropy_agrees_with_scikit_learn():
    y, Z = made()
    expected = sklearn.metrics.log_loss(y, scipy.special.softmax(Z, axis=1), labels=[0, 1, 2])
    # log of a rounded probability: about 1e-16 / loss
    assert softmax_cross_entropy(y, Z) == pytest.approx(expected, rel=1e-13)


def test_binary_cross_entropy_agrees_with_the_definition_by_xlogy():
    rng = np.random.default_rng(37)
    y, p = rng.uniform(size=(2, 40))
    expected = -np.mean(scipy.special.xlogy(y, p) + scipy.special.xlog1py(1 - y, -p))
    assert binary_cross_entropy(y, p) == pytest.approx(expected, rel=1e-14)  # order of addition


def test_losses_from_logits_agree_with_pytorch():
    rng = np.random.default_rng(38)
    y, z = rng.uniform(size=20), rng.normal(0, 3, 20)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.tensor(z), torch.tensor(y)
    )
    # PyTorch subtracts y z from a larger number: it loses two digits at most at these scores
    assert binary_cross_entropy_from_logits(y, z) == pytest.approx(expected.item(), rel=1e-13)
    y, Z = made()
    expected = torch.nn.functional.cross_entropy(torch.tensor(Z), torch.tensor(y)).item()
    assert softmax_cross_entropy(y, Z) == pytest.approx(expected, rel=1e-13)


def test_one_hot_agrees_with_the_identity_matrix_and_pytorch():
    y = np.array([2, 0, 1, 1, 3])
    np.testing.assert_array_equal(one_hot(y), np.eye(4)[y])
    expected = torch.nn.functional.one_hot(torch.tensor(y), 6).numpy()
    np.testing.assert_array_equal(one_hot(y, 6), expected)
    assert one_hot(y).dtype == np.float64


# Properties -----------------------------------------------------------------------------------


pairs = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8)
pairs_of_logits = st.lists(st.tuples(st.floats(0, 1), st.floats(-700, 700)), min_size=1, max_size=8)


@given(pairs)
def test_losses_are_never_negative(values):
    y, p = np.transpose(values)
    with np.errstate(all="raise"):
        assert 0 <= squared_error(y, p) <= 1
        assert binary_cross_entropy(y, p) >= 0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(allow_nan=False)), min_size=1, max_size=8))
def test_the_loss_of_any_logits_is_not_negative_and_raises_no_flag(values):
    y, z = np.transpose(values)
    with np.errstate(all="raise"):
        assert binary_cross_entropy_from_logits(y, z) >= 0


@given(hnp.arrays(np.float64, (2, 3), elements=st.floats(allow_nan=False, allow_infinity=False)))
def test_softmax_cross_entropy_of_any_logits_is_not_negative_and_raises_no_flag(Z):
    with np.errstate(all="raise"):
        assert softmax_cross_entropy([0, 2], Z) >= 0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-20, 20)), min_size=1, max_size=8))
def test_loss_of_logits_is_the_loss_of_their_sigmoid(values):
    y, z = np.transpose(values)
    # p is rounded by 2 units of 1.1e-16, and log(1 - p) divides that by 1 - p > e^-|z| / 2
    lost_by_p = 4 * 1.2e-16 * np.exp(np.max(np.abs(z)))
    expected = binary_cross_entropy(y, sigmoid(z))
    got = binary_cross_entropy_from_logits(y, z)
    assert got == pytest.approx(expected, rel=1e-14, abs=lost_by_p)


@given(pairs_of_logits)
def test_a_flip_of_labels_and_scores_changes_nothing(values):
    y, z = np.transpose(np.round(values, 6))
    flipped = binary_cross_entropy_from_logits(1 - y, -z)
    # 1 - y is rounded by 1e-16, which the score multiplies by up to 700
    expected = pytest.approx(flipped, rel=1e-14, abs=2e-13)
    assert binary_cross_entropy_from_logits(y, z) == expected


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=8))
def test_two_classes_cost_what_the_binary_loss_says(z):
    y = np.arange(len(z)) % 2
    Z = np.column_stack([np.zeros(len(z)), z])
    # 3 units of the one, 2 of the other, and two means of 8 numbers
    expected = pytest.approx(binary_cross_entropy_from_logits(y, z), rel=3e-15)
    assert softmax_cross_entropy(y, Z) == expected


@given(st.integers(0, 10**6))
def test_the_order_of_the_samples_does_not_matter_and_twice_the_samples_cost_the_same(seed):
    rng = np.random.default_rng(seed)
    y, p, order = rng.uniform(size=6), rng.uniform(size=6), rng.permutation(6)
    for loss in BINARY:
        # sums in another order: 6 roundings
        assert loss(y[order], p[order]) == pytest.approx(loss(y, p), rel=6 * 2.3e-16)
        assert loss(np.tile(y, 2), np.tile(p, 2)) == pytest.approx(loss(y, p), rel=6 * 2.3e-16)


@given(st.integers(0, 10**6))
def test_class_indices_and_their_one_hot_rows_cost_the_same(seed):
    y, Z = made(seed=seed)
    assert softmax_cross_entropy(one_hot(y, 3), Z) == softmax_cross_entropy(y, Z)


def test_the_mean_is_over_samples_not_over_classes():
    y, Z = made(n_samples=5, n_classes=4)
    each = [softmax_cross_entropy(y[i : i + 1], Z[i : i + 1]) for i in range(5)]
    assert softmax_cross_entropy(y, Z) == pytest.approx(sum(each) / 5, rel=1e-15)  # one rounding


def test_soft_labels_cost_the_weighted_mean_of_hard_ones():
    _, Z = made(n_samples=1)
    hard = [softmax_cross_entropy([k], Z) for k in range(3)]
    soft = softmax_cross_entropy([[0.2, 0.3, 0.5]], Z)
    assert soft == pytest.approx(np.dot([0.2, 0.3, 0.5], hard), rel=1e-15)  # three roundings


# Examples and extreme values ------------------------------------------------------------------


def test_values_known_by_heart():
    # each is one or two roundings from the formula
    assert binary_cross_entropy([1, 0], [0.5, 0.5]) == pytest.approx(np.log(2), rel=5e-16)
    assert binary_cross_entropy([1], [0.25]) == pytest.approx(np.log(4), rel=5e-16)
    assert binary_cross_entropy_from_logits([0, 1], [0, 0]) == pytest.approx(np.log(2), rel=5e-16)
    assert softmax_cross_entropy([0], [[5.0] * 7]) == pytest.approx(np.log(7), rel=5e-16)
    assert squared_error([0, 1], [0.5, 0.5]) == 0.25


@pytest.mark.parametrize(
    ("y", "p", "loss"),
    [
        (0, 0, 0), (1, 1, 0), (0, 1, INF), (1, 0, INF), (0.5, 0, INF), (0.5, 1, INF),
        (NAN, 0.5, NAN), (0, NAN, NAN), (1, NAN, NAN), (NAN, 0, NAN),
    ],
)  # fmt: skip
def test_certainty_costs_nothing_or_infinity(y, p, loss):
    np.testing.assert_equal(binary_cross_entropy([y], [p]), float(loss))


@pytest.mark.parametrize(
    ("y", "z", "loss"),
    [
        (0, -INF, 0), (1, INF, 0), (0, INF, INF), (1, -INF, INF), (0.5, INF, INF), (0.5, -INF, INF),
        (NAN, 0, NAN), (0, NAN, NAN), (1, NAN, NAN), (0, -1e308, 0), (1, -1e308, 1e308),
    ],
)  # fmt: skip
def test_extreme_scores(y, z, loss):
    np.testing.assert_equal(binary_cross_entropy_from_logits([y], [z]), float(loss))


@pytest.mark.parametrize(
    ("y", "Z", "loss"),
    [
        ([0], [[INF, 0.0]], 0.0),
        ([1], [[INF, 0.0]], INF),
        ([0], [[-INF, 0.0]], INF),
        ([1], [[-INF, 0.0]], 0.0),
        ([[0.5, 0.5]], [[INF, 0.0]], INF),
        ([0], [[NAN, 0.0]], NAN),
        ([1], [[NAN, 0.0]], NAN),
        ([[NAN, 0.0]], [[1.0, 0.0]], NAN),
        ([0], [[-1e308, 0.0]], 1e308),
    ],
)
def test_extreme_scores_of_classes(y, Z, loss):
    np.testing.assert_equal(softmax_cross_entropy(y, Z), loss)


def test_a_zero_loss_is_plus_zero():
    for loss in (
        binary_cross_entropy([0, 1], [0, 1]),
        binary_cross_entropy_from_logits([0, 1], [-INF, INF]),
        softmax_cross_entropy([0], [[INF, 0]]),
        softmax_cross_entropy([0], [[5.0]]),
        squared_error([0.0], [-0.0]),
    ):
        assert loss == 0
        assert not np.signbit(loss)


def test_small_losses_keep_their_digits():
    """Where clipping at 1e-7 or adding 1e-10 shows."""
    # the loss of a small p is p to first order; 1e-30 is exact to 1e-16
    assert binary_cross_entropy([0], [1e-30]) == pytest.approx(1e-30, rel=1e-15)
    assert binary_cross_entropy([1], [1e-300]) == pytest.approx(300 * np.log(10), rel=1e-15)
    assert binary_cross_entropy([0.0], [5e-324]) == 5e-324


def test_the_mean_of_huge_losses_does_not_overflow():
    largest = np.finfo(float).max
    assert binary_cross_entropy_from_logits([0, 0], [1e308, 1e308]) == 1e308
    assert binary_cross_entropy_from_logits([0] * 3, [largest] * 3) == largest
    assert softmax_cross_entropy([0, 0], [[-1e308, 0], [-1e308, 0]]) == 1e308
    # one rounding each for the division and the sum
    mixed = binary_cross_entropy_from_logits([0, 0, 0], [1.6e308, 1.4e308, -5.0])
    assert mixed == pytest.approx(1e308, rel=5e-16)
    assert binary_cross_entropy_from_logits([0, 0], [INF, 1e308]) == INF


# Types, shapes, memory ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.int64, bool, object])
def test_any_numbers_give_a_python_float(dtype):
    y, p, Z = (
        np.array([0, 1]).astype(dtype),
        np.array([1, 1]).astype(dtype),
        np.eye(2).astype(dtype),
    )
    for loss in BINARY:
        assert type(loss(y, p)) is float
        assert loss(y, p) == loss([0.0, 1.0], [1.0, 1.0])
    assert type(softmax_cross_entropy(y, Z)) is float
    assert softmax_cross_entropy(y, Z) == softmax_cross_entropy([0, 1], np.eye(2))


def test_any_shape_that_both_share_will_do():
    rng = np.random.default_rng(39)
    y, p = rng.uniform(size=(2, 3, 4))
    for loss in BINARY:
        # NumPy may add in another order: 12 roundings
        assert loss(y, p) == pytest.approx(loss(y.ravel(), p.ravel()), rel=12 * 1.2e-16)
        assert loss(y[0, 0], p[0, 0]) == loss([y[0, 0]], [p[0, 0]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_rows_of_narrow_probabilities_count_as_summing_to_one(dtype):
    Z = np.random.default_rng(40).normal(size=(50, 9))
    P = softmax(Z.astype(dtype))
    doubles = P.astype(float)
    own = softmax_cross_entropy(doubles / doubles.sum(axis=1, keepdims=True), Z)
    # a label is off by at most eps of its type, and the scores by less than 8 from each other
    assert softmax_cross_entropy(P, Z) == pytest.approx(own, rel=8 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("loss", BINARY)
def test_arguments_are_not_changed_read_only_and_strided_views_will_do(loss):
    table = np.random.default_rng(41).uniform(size=(6, 4))
    y, p = table[::2, 1], table[::2, 2]
    table.flags.writeable = False
    before = table.copy()
    assert loss(y, p) == loss(y.copy(), p.copy())
    np.testing.assert_array_equal(table, before)


def test_softmax_cross_entropy_changes_nothing_and_takes_frames():
    y, Z = made()
    Y = one_hot(y)
    before = Y.copy(), Z.copy()
    expected = softmax_cross_entropy(Y, Z)
    np.testing.assert_array_equal(Y, before[0])
    np.testing.assert_array_equal(Z, before[1])
    assert softmax_cross_entropy(pd.Series(y), pd.DataFrame(Z)) == expected
    assert softmax_cross_entropy(np.asfortranarray(Y), np.asfortranarray(Z)) == expected


# Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "x", "message"),
    [
        (np.zeros(3), np.zeros((3, 1)), "{x}: expected shape (3,) like y, got (3, 1)"),
        (np.zeros((3, 1)), np.zeros(3), "{x}: expected shape (3, 1) like y, got (3,)"),
        (np.zeros(3), 0.5, "{x}: expected shape (3,) like y, got ()"),
        (np.zeros(3), np.zeros(1), "{x}: expected shape (3,) like y, got (1,)"),
        ([], [], "y: expected at least one entry, got shape (0,)"),
        ([-0.5], [0.5], "y: expected values in [0, 1], got -0.5"),
        ([2], [0.5], "y: expected values in [0, 1], got 2.0"),
        ([-1, 1], [0.5, 0.5], "y: expected values in [0, 1], got -1.0"),
        (["a"], [0.5], "y: expected real numbers, got an array of <U1"),
        ([0], [None], "{x}: expected real numbers, got a NoneType"),
    ],
)
@pytest.mark.parametrize("loss", BINARY)
def test_bad_labels_and_shapes_are_refused(loss, y, x, message):
    name = "p" if loss in OF_P else "z"
    with pytest.raises(ValueError, match=": expected ") as caught:
        loss(y, x)
    assert str(caught.value) == message.format(x=name)


@pytest.mark.parametrize("p", [-1e-9, 1.0000001, INF])
@pytest.mark.parametrize("loss", OF_P)
def test_what_is_no_probability_is_refused(loss, p):
    with pytest.raises(ValueError, match=r"^p: expected values in \[0, 1\], got ") as caught:
        loss([1.0], [p])
    assert str(caught.value).endswith(str(p))


@pytest.mark.parametrize(
    ("y", "Z", "message"),
    [
        ([0, 1], np.zeros(2), "Z: expected a 2-D array, got shape (2,)"),
        ([], np.zeros((0, 3)), "Z: expected at least one entry, got shape (0, 3)"),
        ([0], np.zeros((2, 3)), "y: expected shape (2,) (one label for each row of Z), got (1,)"),
        ([0, 3], np.zeros((2, 3)), "y: expected class indices from 0 and below n_classes=3, got 3"),
        (
            [0, -1],
            np.zeros((2, 3)),
            "y: expected class indices from 0 and below n_classes=3, got -1",
        ),
        ([0, 0.5], np.zeros((2, 3)), "y: expected class indices (whole numbers), got 0.5"),
        (
            [[0], [1]],
            np.zeros((2, 3)),
            "y: expected shape (2, 3) like Z, or class indices, got (2, 1)",
        ),
        (0, np.zeros((2, 3)), "y: expected shape (2, 3) like Z, or class indices, got ()"),
        ([[0.5, 0.6]], [[0, 0]], "y: expected rows that sum to 1, got 1.1 in row 0"),
        ([[1, 0], [0, 0]], np.eye(2), "y: expected rows that sum to 1, got 0 in row 1"),
        ([[-0.5, 1.5]], [[0, 0]], "y: expected values in [0, 1], got -0.5"),
    ],
)
def test_bad_classes_are_refused(y, Z, message):
    with pytest.raises(ValueError, match=": expected ") as caught:
        softmax_cross_entropy(y, Z)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("y", "n_classes", "message"),
    [
        ([0, 1], 0, "n_classes: expected a whole number >= 1, got 0"),
        ([0, 1], 2.0, "n_classes: expected a whole number >= 1, got 2.0"),
        ([0, 2], 2, "y: expected class indices from 0 and below n_classes=2, got 2"),
        ([], None, "y: expected at least one entry, got shape (0,)"),
        ([1e300], None, "y: expected class indices from 0, got 1e+300"),
    ],
)
def test_one_hot_refuses(y, n_classes, message):
    with pytest.raises(ValueError, match=": expected ") as caught:
        one_hot(y, n_classes)
    assert str(caught.value) == message


def test_one_hot_keeps_a_missing_last_class_and_an_empty_batch():
    assert one_hot([0, 1], 3).shape == (2, 3)
    assert one_hot([], 3).shape == (0, 3)
