"""Gradients: equal to their loop, to autograd and to central differences; and who checks them."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lrcore import (
    LogisticRegression,
    binary_cross_entropy_from_logits,
    gradient_check,
    logistic_gradient,
    logistic_gradient_loop,
    numerical_gradient,
    one_hot,
    sigmoid,
    softmax_cross_entropy,
    softmax_gradient,
    softmax_gradient_loop,
    two_layer_gradient,
    two_layer_gradient_loop,
)

BOTH = [logistic_gradient_loop, logistic_gradient]
BOTH_SOFTMAX = [softmax_gradient_loop, softmax_gradient]
BOTH_TWO_LAYER = [two_layer_gradient_loop, two_layer_gradient]


def made(n_samples=5, n_features=3, seed=50):
    """No two dimensions alike, no zeros: both hide mistakes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    return X, rng.integers(0, 2, n_samples), rng.normal(size=n_features), rng.normal()


def loss(X, y, w, b, l2):
    return binary_cross_entropy_from_logits(y, X @ w + b) + l2 / 2 * w @ w


# Oracles from outside -------------------------------------------------------------------------


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("l2", [0.0, 0.7])
@pytest.mark.parametrize("gradient", BOTH)
def test_gradient_agrees_with_autograd(gradient, l2, soft):
    X, y, w, b = made()
    y = np.random.default_rng(51).uniform(size=5) if soft else y
    tw, tb = (torch.tensor(a, requires_grad=True, dtype=torch.float64) for a in (w, b))
    z = torch.tensor(X) @ tw + tb
    mean = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y, dtype=z.dtype))
    (mean + l2 / 2 * tw @ tw).backward()
    grad_w, grad_b = gradient(X, y, w, b, l2=l2)
    # sums of five numbers near 1: a few roundings of 1e-16
    np.testing.assert_allclose(grad_w, tw.grad.numpy(), rtol=1e-13, atol=1e-15)
    assert grad_b == pytest.approx(tb.grad.item(), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("l2", [0.0, 0.7])
@pytest.mark.parametrize("gradient", BOTH)
def test_gradient_is_that_of_the_loss_with_its_penalty(gradient, l2):
    X, y, w, b = made()
    assert gradient_check(lambda v: loss(X, y, v, b, l2), gradient(X, y, w, b, l2=l2)[0], w)
    assert gradient_check(lambda v: loss(X, y, w, v, l2), gradient(X, y, w, b, l2=l2)[1], b)


# Properties -----------------------------------------------------------------------------------


@given(st.integers(1, 6), st.integers(1, 4), st.floats(0, 10), st.integers(0, 10**6))
def test_loop_and_matrix_algebra_agree(n_samples, n_features, l2, seed):
    X, y, w, b = made(n_samples, n_features, seed)
    by_loop, by_algebra = (gradient(X, y, w, b, l2=l2) for gradient in BOTH)
    assert by_loop[0].shape == by_algebra[0].shape == (n_features,)
    # sums of up to six terms of size up to 40, in another order: 1e-14 of them
    np.testing.assert_allclose(by_loop[0], by_algebra[0], rtol=1e-13, atol=1e-14)
    assert by_loop[1] == pytest.approx(by_algebra[1], rel=1e-13, abs=1e-14)


@given(st.integers(0, 10**6))
def test_samples_in_any_order_or_all_of_them_twice_give_the_same(seed):
    X, y, w, b = made(seed=seed)
    order = np.random.default_rng(seed).permutation(len(y))
    expected = logistic_gradient(X, y, w, b, l2=0.3)
    for rows in (order, np.tile(order, 2)):
        grad_w, grad_b = logistic_gradient(X[rows], y[rows], w, b, l2=0.3)
        # sums in another order: ten roundings of terms near 1
        np.testing.assert_allclose(grad_w, expected[0], rtol=1e-13, atol=1e-14)
        assert grad_b == pytest.approx(expected[1], rel=1e-13, abs=1e-14)


@given(st.integers(0, 10**6))
def test_a_flip_of_the_labels_and_parameters_flips_the_gradient(seed):
    X, y, w, b = made(seed=seed)
    grad_w, grad_b = logistic_gradient(X, y, w, b, l2=0.3)
    flipped_w, flipped_b = logistic_gradient(X, 1 - y, -w, -b, l2=0.3)
    np.testing.assert_allclose(flipped_w, -grad_w, rtol=1e-13, atol=1e-14)  # 1 - p is rounded
    assert flipped_b == pytest.approx(-grad_b, rel=1e-13, abs=1e-14)


@pytest.mark.parametrize("gradient", BOTH)
def test_gradient_vanishes_at_the_optimum(gradient):
    X, y, _, _ = made(n_samples=40, seed=52)
    model = LogisticRegression(l2=0.1).fit(X, y)
    grad_w, grad_b = gradient(X, y, model.coef_[0], model.intercept_[0], l2=0.1)
    # Newton's last step squares an error of 1e-8; what is left is rounding
    assert np.max(np.abs(grad_w)) < 1e-14
    assert abs(grad_b) < 1e-14


@pytest.mark.parametrize("gradient", BOTH)
def test_the_bias_is_not_penalized(gradient):
    X, y, w, b = made()
    assert gradient(X, y, w, b, l2=9.0)[1] == gradient(X, y, w, b)[1]
    # l2 w is added last: one rounding of a number below 20
    difference = gradient(X, y, w, b, l2=9.0)[0] - gradient(X, y, w, b)[0]
    np.testing.assert_allclose(difference, 9.0 * w, rtol=1e-13, atol=1e-14)


# Examples, extreme values, types ---------------------------------------------------------------


@pytest.mark.parametrize("gradient", BOTH)
def test_a_value_worked_out_by_hand(gradient):
    # w = b = 0: p = 1/2, so (1/2 - 0) 2 and (1/2 - 1) 4, halved; powers of two, so exact
    grad_w, grad_b = gradient([[2.0], [4.0]], [0, 1], [0.0], 0.0)
    np.testing.assert_array_equal(grad_w, [-0.5])
    assert grad_b == 0.0
    assert type(grad_b) is float


@pytest.mark.parametrize("gradient", BOTH)
def test_huge_scores_saturate_without_a_flag(gradient):
    X, y = np.array([[1e200], [-1e200]]), [0, 0]
    with np.errstate(all="raise"):
        grad_w, grad_b = gradient(X, y, [1e200], 0.0)
    np.testing.assert_array_equal(grad_w, [5e199])
    assert grad_b == 0.5


@pytest.mark.parametrize("where", range(4))
@pytest.mark.parametrize("gradient", BOTH)
def test_nan_is_contagious(gradient, where):
    arguments = [np.array(a, dtype=float) for a in made()]
    arguments[where].flat[0] = np.nan
    grad_w, grad_b = gradient(*arguments)
    assert np.all(np.isnan(grad_w))
    assert np.isnan(grad_b)


@pytest.mark.parametrize("gradient", BOTH)
def test_arguments_are_not_changed_and_any_memory_will_do(gradient):
    X, y, w, b = made()
    table = np.asfortranarray(np.repeat(X, 2, axis=1))
    table.flags.writeable = False
    w_before = w.copy()
    expected = gradient(X, y, w, b, l2=1)
    for view in (table[:, ::2], pd.DataFrame(X)):
        got = gradient(view, list(y), w, np.float32(b), l2=1)
        # b in float32 is off by 6e-8
        np.testing.assert_allclose(got[0], expected[0], atol=1e-6)
    np.testing.assert_array_equal(w, w_before)


@pytest.mark.parametrize("gradient", BOTH)
def test_narrow_and_whole_numbers_are_computed_in_double(gradient):
    grad_w, _ = gradient(np.array([[1], [3]], np.int8), [True, False], np.float32([0.5]), 1)
    assert grad_w.dtype == np.float64
    np.testing.assert_array_equal(grad_w, gradient([[1.0], [3.0]], [1.0, 0.0], [0.5], 1.0)[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros(5)}, "X: expected a 2-D array, got shape (5,)"),
        ({"X": np.zeros((0, 3)), "y": []}, "X: expected at least one entry, got shape (0, 3)"),
        ({"y": np.zeros((5, 1))}, "y: expected a 1-D array, got shape (5, 1)"),
        ({"y": [0, 1]}, "y: expected shape (5,) (one label for each row of X), got (2,)"),
        ({"y": [-1, 1, 1, 1, 1]}, "y: expected values in [0, 1], got -1.0"),
        ({"w": np.zeros((3, 1))}, "w: expected a 1-D array, got shape (3, 1)"),
        ({"w": np.zeros(5)}, "w: expected shape (3,) (one weight for each column of X), got (5,)"),
        ({"b": [0.0]}, "b: expected a number, got shape (1,)"),
        ({"b": None}, "b: expected real numbers, got a NoneType"),
        ({"l2": -1}, "l2: expected a finite number >= 0, got -1"),
        ({"l2": np.nan}, "l2: expected a finite number >= 0, got nan"),
    ],
)
@pytest.mark.parametrize("gradient", BOTH)
def test_what_does_not_fit_is_refused(gradient, change, message):
    arguments = dict(zip("Xywb", made(), strict=True)) | change
    with pytest.raises(ValueError, match=": expected ") as caught:
        gradient(**arguments)
    assert str(caught.value) == message


# softmax_gradient -----------------------------------------------------------------------------


def made_softmax(n_samples=5, n_features=3, n_classes=4, seed=54):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_samples)
    W, b = rng.normal(size=(n_features, n_classes)), rng.normal(size=n_classes)
    return rng.normal(size=(n_samples, n_features)), y, W, b


def softmax_loss(X, y, W, b, l2):
    return softmax_cross_entropy(y, X @ W + b) + l2 / 2 * np.sum(W**2)


def with_autograd(loss, *params):
    """Return the gradients of `loss`, a function of tensors, as PyTorch computes them."""
    tensors = [torch.tensor(p, requires_grad=True, dtype=torch.float64) for p in params]
    loss(*tensors).backward()
    return [t.grad.numpy() for t in tensors]


def assert_all_close(got, expected):
    """Sums of up to six terms of size up to 40, in another order: 1e-14 of them."""
    assert [np.shape(a) for a in got] == [np.shape(a) for a in expected]
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("l2", [0.0, 0.7])
@pytest.mark.parametrize("gradient", BOTH_SOFTMAX)
def test_softmax_gradient_agrees_with_autograd(gradient, l2, soft):
    X, y, W, b = made_softmax()
    y = np.random.default_rng(55).dirichlet(np.ones(4), size=5) if soft else y

    def loss(W, b):
        mean = torch.nn.functional.cross_entropy(torch.tensor(X) @ W + b, torch.tensor(y))
        return mean + l2 / 2 * (W**2).sum()

    assert_all_close(gradient(X, y, W, b, l2=l2), with_autograd(loss, W, b))


@pytest.mark.parametrize("l2", [0.0, 0.7])
@pytest.mark.parametrize("gradient", BOTH_SOFTMAX)
def test_softmax_gradient_is_that_of_the_loss_with_its_penalty(gradient, l2):
    X, y, W, b = made_softmax()
    grad_W, grad_b = gradient(X, y, W, b, l2=l2)
    assert gradient_check(lambda v: softmax_loss(X, y, v, b, l2), grad_W, W)
    assert gradient_check(lambda v: softmax_loss(X, y, W, v, l2), grad_b, b)


@given(
    st.integers(1, 6), st.integers(1, 4), st.integers(1, 5), st.floats(0, 10), st.integers(0, 10**6)
)
def test_softmax_loop_and_matrix_algebra_agree(n_samples, n_features, n_classes, l2, seed):
    X, y, W, b = made_softmax(n_samples, n_features, n_classes, seed)
    by_loop, by_algebra = (gradient(X, y, W, b, l2=l2) for gradient in BOTH_SOFTMAX)
    assert by_loop[0].shape == (n_features, n_classes)
    assert by_loop[1].shape == (n_classes,)
    assert_all_close(by_loop, by_algebra)


@pytest.mark.parametrize("gradient", BOTH_SOFTMAX)
def test_indices_and_one_hot_rows_are_the_same_truth(gradient):
    X, y, W, b = made_softmax()
    assert_all_close(gradient(X, one_hot(y, 4), W, b), gradient(X, y, W, b))


@pytest.mark.parametrize("gradient", BOTH_SOFTMAX)
def test_the_classes_share_out_a_sum_of_zero(gradient):
    X, y, W, b = made_softmax()
    grad_W, grad_b = gradient(X, y, W, b)
    # each row of P and of Y sums to 1, up to a rounding or two
    np.testing.assert_allclose(grad_W.sum(axis=1), 0, atol=1e-15)
    assert grad_b.sum() == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("gradient", BOTH_SOFTMAX)
def test_two_classes_of_softmax_are_the_logistic_case(gradient):
    X, y, w, b = made()
    W = np.column_stack([np.zeros(3), w])
    grad_W, grad_b = gradient(X, y, W, [0.0, b])
    grad_w, grad = logistic_gradient(X, y, w, b)
    assert_all_close([grad_W, grad_b], [np.column_stack([-grad_w, grad_w]), [-grad, grad]])


@pytest.mark.parametrize("gradient", BOTH_SOFTMAX)
def test_the_biases_of_softmax_are_not_penalized(gradient):
    X, y, W, b = made_softmax()
    np.testing.assert_array_equal(gradient(X, y, W, b, l2=9.0)[1], gradient(X, y, W, b)[1])
    difference = gradient(X, y, W, b, l2=9.0)[0] - gradient(X, y, W, b)[0]
    np.testing.assert_allclose(difference, 9.0 * W, rtol=1e-13, atol=1e-14)  # l2 W is added last


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros(5)}, "X: expected a 2-D array, got shape (5,)"),
        ({"X": np.zeros((0, 3)), "y": []}, "X: expected at least one entry, got shape (0, 3)"),
        ({"y": [0, 1]}, "y: expected shape (5,) (one label for each row of X @ W), got (2,)"),
        ({"y": [0, 1, 2, 3, 4]}, "y: expected class indices from 0 and below n_classes=4, got 4"),
        ({"y": [0.5] * 5}, "y: expected class indices (whole numbers), got 0.5"),
        (
            {"y": np.zeros((5, 1))},
            "y: expected shape (5, 4) like X @ W, or class indices, got (5, 1)",
        ),
        ({"y": np.eye(5, 4)}, "y: expected rows that sum to 1, got 0 in row 4"),
        ({"W": np.zeros(3)}, "W: expected a 2-D array, got shape (3,)"),
        (
            {"W": np.zeros((4, 3))},
            "W: expected shape (3, 3) (one row for each column of X), got (4, 3)",
        ),
        ({"W": np.zeros((3, 0)), "b": []}, "W: expected at least one entry, got shape (3, 0)"),
        ({"b": 0.0}, "b: expected a 1-D array, got shape ()"),
        ({"b": [0.0]}, "b: expected shape (4,) (one bias for each column of W), got (1,)"),
        ({"b": np.zeros((1, 4))}, "b: expected a 1-D array, got shape (1, 4)"),
        ({"l2": -1}, "l2: expected a finite number >= 0, got -1"),
    ],
)
@pytest.mark.parametrize("gradient", BOTH_SOFTMAX)
def test_what_does_not_fit_softmax_is_refused(gradient, change, message):
    arguments = dict(zip("XyWb", made_softmax(), strict=True)) | change
    with pytest.raises(ValueError, match=": expected ") as caught:
        gradient(**arguments)
    assert str(caught.value) == message


# two_layer_gradient ---------------------------------------------------------------------------


def made_two_layer(n_samples=5, n_features=3, n_hidden=4, seed=56):
    rng = np.random.default_rng(seed)
    X, y, _, _ = made(n_samples, n_features, seed)
    W1, b1 = rng.normal(size=(n_features, n_hidden)), rng.normal(size=n_hidden)
    return X, y, W1, b1, rng.normal(size=(n_hidden, 1)), rng.normal(size=1)


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("gradient", BOTH_TWO_LAYER)
def test_two_layer_gradient_agrees_with_autograd(gradient, soft):
    X, y, *params = made_two_layer()
    y = np.random.default_rng(57).uniform(size=5) if soft else y

    def loss(W1, b1, W2, b2):
        z2 = torch.sigmoid(torch.tensor(X) @ W1 + b1) @ W2 + b2
        truth = torch.tensor(y, dtype=torch.float64)
        return torch.nn.functional.binary_cross_entropy_with_logits(z2[:, 0], truth)

    assert_all_close(gradient(X, y, *params), with_autograd(loss, *params))


@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("gradient", BOTH_TWO_LAYER)
def test_two_layer_gradient_is_that_of_the_loss(gradient, which):
    X, y, *params = made_two_layer()

    def loss(value):
        W1, b1, W2, b2 = (value if k == which else p for k, p in enumerate(params))
        return binary_cross_entropy_from_logits(y, (sigmoid(X @ W1 + b1) @ W2 + b2)[:, 0])

    assert gradient_check(loss, gradient(X, y, *params)[which], params[which])


@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 5), st.integers(0, 10**6))
def test_two_layer_loop_and_matrix_algebra_agree(n_samples, n_features, n_hidden, seed):
    arguments = made_two_layer(n_samples, n_features, n_hidden, seed)
    by_loop, by_algebra = (gradient(*arguments) for gradient in BOTH_TWO_LAYER)
    assert [a.shape for a in by_loop] == [(n_features, n_hidden), (n_hidden,), (n_hidden, 1), (1,)]
    assert_all_close(by_loop, by_algebra)


@pytest.mark.parametrize("gradient", BOTH_TWO_LAYER)
def test_equal_hidden_units_get_equal_gradients(gradient):
    """Why a network starts at random."""
    X, y, W1, b1, W2, b2 = made_two_layer()
    W1, b1, W2 = np.tile(W1[:, :1], 4), np.full(4, b1[0]), np.full((4, 1), W2[0, 0])
    grad_W1, grad_b1, grad_W2, _ = gradient(X, y, W1, b1, W2, b2)
    assert_all_close([grad_W1, grad_b1], [np.tile(grad_W1[:, :1], 4), np.full(4, grad_b1[0])])
    assert_all_close([grad_W2], [np.full((4, 1), grad_W2[0, 0])])
    np.testing.assert_array_equal(gradient(X, y, W1, b1, 0 * W2, b2)[0], 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros(5)}, "X: expected a 2-D array, got shape (5,)"),
        ({"X": np.zeros((0, 3)), "y": []}, "X: expected at least one entry, got shape (0, 3)"),
        ({"y": np.zeros((5, 1))}, "y: expected a 1-D array, got shape (5, 1)"),
        ({"y": [0, 1]}, "y: expected shape (5,) (one label for each row of X), got (2,)"),
        ({"y": [2, 1, 1, 1, 1]}, "y: expected values in [0, 1], got 2.0"),
        ({"W1": np.zeros(4)}, "W1: expected a 2-D array, got shape (4,)"),
        (
            {"W1": np.zeros((4, 3))},
            "W1: expected shape (3, 3) (one row for each column of X), got (4, 3)",
        ),
        (
            {"W1": np.zeros((3, 0)), "b1": [], "W2": np.zeros((0, 1))},
            "W1: expected at least one entry, got shape (3, 0)",
        ),
        ({"b1": 0.0}, "b1: expected a 1-D array, got shape ()"),
        ({"b1": [0.0]}, "b1: expected shape (4,) (one bias for each column of W1), got (1,)"),
        ({"W2": np.zeros(4)}, "W2: expected a 2-D array, got shape (4,)"),
        (
            {"W2": np.zeros((1, 4))},
            "W2: expected shape (4, 1) (one weight for each column of W1), got (1, 4)",
        ),
        (
            {"W2": np.zeros((4, 2))},
            "W2: expected shape (4, 1) (one weight for each column of W1), got (4, 2)",
        ),
        ({"b2": 0.0}, "b2: expected a 1-D array, got shape ()"),
        ({"b2": [0.0, 0.0]}, "b2: expected shape (1,) (one bias), got (2,)"),
    ],
)
@pytest.mark.parametrize("gradient", BOTH_TWO_LAYER)
def test_what_does_not_fit_two_layers_is_refused(gradient, change, message):
    names = ["X", "y", "W1", "b1", "W2", "b2"]
    arguments = dict(zip(names, made_two_layer(), strict=True)) | change
    with pytest.raises(ValueError, match=": expected ") as caught:
        gradient(**arguments)
    assert str(caught.value) == message


# Both -----------------------------------------------------------------------------------------

DEEPER = [(g, made_softmax()) for g in BOTH_SOFTMAX] + [
    (g, made_two_layer()) for g in BOTH_TWO_LAYER
]


@pytest.mark.parametrize(("gradient", "arguments"), DEEPER)
def test_arguments_of_matrices_are_not_changed_and_any_memory_will_do(gradient, arguments):
    X, y, *params = arguments
    before = [p.copy() for p in params]
    table = np.asfortranarray(np.repeat(X, 2, axis=1))
    for array in (table, *params):
        array.flags.writeable = False
    got = gradient(table[:, ::2], list(y), *params)
    assert_all_close(got, gradient(pd.DataFrame(X), y, *(p.tolist() for p in params)))
    for old, new in zip(before, params, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(("gradient", "arguments"), DEEPER)
def test_nan_in_matrices_is_contagious_and_overflow_silent(gradient, arguments):
    for where in (0, *range(2, len(arguments))):
        changed = [np.array(a, dtype=float) for a in arguments]
        changed[where].flat[0] = np.nan
        assert all(np.all(np.isnan(a)) for a in gradient(*changed))
    X, y, *params = arguments
    with np.errstate(all="raise"):
        got = gradient(X * 1e150, y, *params)
    assert all(np.all(np.isfinite(a)) for a in got)


# numerical_gradient ---------------------------------------------------------------------------


# 1e-9: truncation h^2 f'''/6 with h = 6e-6, and rounding eps/h, are each about 4e-11 near 1
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (1, 2, 3)])
def test_numerical_gradient_of_any_shape(shape):
    x = np.random.default_rng(53).uniform(0.5, 1.5, shape)
    got = numerical_gradient(lambda v: np.sum(np.exp(v) * 0.5), x)
    assert np.shape(got) == shape
    np.testing.assert_allclose(got, np.exp(x) * 0.5, rtol=1e-9)


def test_numerical_gradient_of_a_number_is_a_number_and_f_sees_a_number():
    seen = []
    got = numerical_gradient(lambda v: seen.append(v) or v**2, 3)
    assert isinstance(got, np.float64)
    assert got == pytest.approx(6, rel=1e-9)
    assert all(isinstance(v, np.float64) for v in seen)
    assert len(seen) == 2


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e8])
def test_the_step_grows_with_x(size):
    # a fixed step of 6e-6 would be nothing beside 1e8; for x below 1 the error is absolute
    got = numerical_gradient(lambda v: v**2, size)
    assert got == pytest.approx(2 * size, rel=1e-9, abs=1e-9)


def test_numerical_gradient_leaves_x_alone_even_if_f_does_not():
    x = np.array([1.0, 2.0])

    def vandal(v):
        total = v.sum()
        v[:] = 7.0
        return total

    np.testing.assert_allclose(numerical_gradient(vandal, x), [1, 1], rtol=1e-9)
    np.testing.assert_array_equal(x, [1, 2])
    x.flags.writeable = False
    np.testing.assert_allclose(numerical_gradient(np.sum, x), [1, 1], rtol=1e-9)


def test_numerical_gradient_works_in_double_whatever_x_is():
    got = numerical_gradient(lambda v: np.sum(v**3), np.array([1, 2], np.float32))
    np.testing.assert_allclose(got, [3, 12], rtol=1e-9)
    np.testing.assert_allclose(
        numerical_gradient(lambda v: np.sum(v**3), [1, 2]), [3, 12], rtol=1e-9
    )


def test_numerical_gradient_is_silent_and_nan_where_f_is():
    with np.errstate(all="raise"):
        assert np.isnan(numerical_gradient(lambda v: np.nan, 1.0))
        assert np.isnan(numerical_gradient(lambda v: v, np.inf))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0, 2.0], "f(x): expected one number, got shape (2,)"),
        (None, "f(x): expected real numbers, got a NoneType"),
        ("1", "f(x): expected real numbers, got an array of <U1"),
    ],
)
def test_f_has_to_return_one_number(value, message):
    for call in (
        lambda: numerical_gradient(lambda v: value, 1.0),
        lambda: gradient_check(lambda v: value, 0.0, 1.0),
    ):
        with pytest.raises(ValueError, match=r"^f\(x\): ") as caught:
            call()
        assert str(caught.value) == message


def test_one_number_may_come_as_an_array_of_one():
    assert numerical_gradient(lambda v: np.array([[v * 2]]), 1.0) == pytest.approx(2, rel=1e-9)


# gradient_check -------------------------------------------------------------------------------


def bowl(v):
    return float(np.sum(v**4) / 4)


MATRIX = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -0.7]])


def test_gradient_check_passes_a_right_gradient():
    for gradient in (lambda v: v**3, MATRIX**3, (MATRIX**3).tolist()):
        check = gradient_check(bowl, gradient, MATRIX)
        assert check
        assert check.ok is True
        assert check.largest_error <= check.tolerance == 1e-6
        assert str(check).startswith("gradients agree: largest relative error ")
        np.testing.assert_array_equal(check.analytic, MATRIX**3)
        np.testing.assert_array_equal(check.numeric, numerical_gradient(bowl, MATRIX))


@pytest.mark.parametrize("index", list(np.ndindex(2, 3)))
@pytest.mark.parametrize("factor", [-1.0, 0.0, 1.01, 2.0])
def test_gradient_check_names_the_wrong_entry(index, factor):
    wrong = MATRIX**3
    wrong[index] *= factor
    check = gradient_check(bowl, wrong, MATRIX)
    assert not check
    assert check.where == index
    # |a - n| / max(|a|, |n|) of a = factor n; the estimate is right to about 1e-9
    expected = abs(factor - 1) / max(abs(factor), 1)
    assert check.largest_error == pytest.approx(expected, rel=1e-6)
    assert f"gradients differ: largest relative error {expected:.1e} at index {index}" in str(check)


def test_gradient_check_of_a_number_names_no_index():
    check = gradient_check(lambda v: v**2, lambda v: v, 3.0)
    assert check.where == ()
    assert str(check) == "gradients differ: largest relative error 5.0e-01, analytic 3, numeric 6"


def test_gradient_check_sees_a_wrong_entry_beside_a_huge_one():
    """A relative error of whole vectors would drown it."""
    check = gradient_check(lambda v: 1e6 * v[0] + v[1], [1e6, 1.1], [0.1, 0.1])
    assert check.where == (1,)


def test_gradient_check_is_not_fooled_at_a_minimum():
    """There the estimate is rounding noise, which no gradient can match."""
    target = np.array([0.3, -1.7])

    def f(v):
        return 5.0 + np.sum((v - target) ** 2)

    assert gradient_check(f, lambda v: 2 * (v - target), target)
    assert gradient_check(f, [0.0, 0.0], target).largest_error == 0.0
    assert not gradient_check(f, [1e-3, 0.0], target)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_never_agree(bad):
    check = gradient_check(bowl, [1.0, bad], [1.0, 2.0])
    assert not check
    assert check.where == (1,)
    assert check.largest_error == np.inf
    assert not gradient_check(lambda v: bad, [0.0], [1.0])
    assert not gradient_check(lambda v: bad if v > 1 else 1.0, 1.0, 1.0)  # infinite noise


def test_gradient_check_gives_away_no_array_of_its_own():
    x = np.array([1.0, 2.0])

    def vandal(v):
        v *= 3
        return v**3 / 27

    assert gradient_check(bowl, vandal, x)
    np.testing.assert_array_equal(x, [1, 2])


@pytest.mark.parametrize(
    ("gradient", "x", "tolerance", "message"),
    [
        ([1.0], [1.0, 2.0], 1e-6, "gradient: expected shape (2,) like x, got (1,)"),
        (1.0, [1.0, 2.0], 1e-6, "gradient: expected shape (2,) like x, got ()"),
        ([[1.0, 8.0]], [1.0, 2.0], 1e-6, "gradient: expected shape (2,) like x, got (1, 2)"),
        (None, [1.0], 1e-6, "gradient: expected real numbers, got a NoneType"),
        ([], [], 1e-6, "x: expected at least one entry, got shape (0,)"),
        ([1.0], [1.0], np.nan, "tolerance: expected a finite number > 0, got nan"),
        ([1.0], [1.0], -1, "tolerance: expected a finite number > 0, got -1"),
    ],
)
def test_gradient_check_refuses(gradient, x, tolerance, message):
    with pytest.raises(ValueError, match=": expected ") as caught:
        gradient_check(bowl, gradient, x, tolerance=tolerance)
    assert str(caught.value) == message


def test_the_tolerance_decides():
    wrong = MATRIX**3 * 1.001
    assert not gradient_check(bowl, wrong, MATRIX)
    assert gradient_check(bowl, wrong, MATRIX, tolerance=1e-2)


@pytest.mark.parametrize("check", [lambda f: gradient_check(f, [1.0], [1.0]),
                                   lambda f: numerical_gradient(f, [1.0])])  # fmt: skip
def test_what_is_differentiated_is_a_function(check):
    with pytest.raises(ValueError, match=r"^f: expected a function, got 3$"):
        check(3)
