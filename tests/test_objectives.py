"""Objectives: each is the loss of lrcore.losses, with the derivatives that autograd finds."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import lrcore
from lrcore import (
    binary_cross_entropy_from_logits,
    gradient_check,
    logistic_gradient,
    sigmoid,
    softmax_cross_entropy,
    softmax_gradient,
    two_layer_gradient,
)
from lrcore._fitting.objectives import LinearObjective, Logistic, Softmax, TwoLayerObjective
from lrcore._fitting.rows import Rows, Units

N_SAMPLES, N_FEATURES, N_CLASSES, N_HIDDEN = 7, 3, 5, 4
PENALTY = np.array([0.3, 0.7, 1.1])  # one for each column, all different
SOFTMAX = Softmax(N_CLASSES, free=False)
KINDS = ["logistic", "softmax", "two layers"]


def made(kind, seed=80, *, weighted=True):
    """Return an objective and a point; no two dimensions alike, no share like another."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N_SAMPLES, N_FEATURES))
    y = rng.integers(0, N_CLASSES if kind == "softmax" else 2, N_SAMPLES)
    shares = rng.dirichlet(np.ones(N_SAMPLES)) if weighted else np.full(N_SAMPLES, 1 / N_SAMPLES)
    rows, units = Rows(X, y, shares), Units.none(N_FEATURES)
    objective = {
        "logistic": lambda: LinearObjective(rows, Logistic(), PENALTY, units, fit_intercept=False),
        "softmax": lambda: LinearObjective(rows, SOFTMAX, PENALTY, units, fit_intercept=False),
        "two layers": lambda: TwoLayerObjective(rows, N_HIDDEN),
    }[kind]()
    return objective, rng.normal(size=objective.n_params)


def in_torch(objective):
    """Return the loss as a function of a tensor, by PyTorch's own losses."""
    X, y, s = (torch.tensor(a) for a in vars(objective.rows).values())
    each_binary = torch.nn.BCEWithLogitsLoss(reduction="none")
    each_softmax = torch.nn.CrossEntropyLoss(reduction="none")

    def logistic(theta):
        penalty = torch.tensor(PENALTY) @ theta**2 / 2
        return s @ each_binary(X @ theta, y.double()) + penalty

    def softmax(theta):
        W = theta.reshape(N_FEATURES, N_CLASSES)
        return s @ each_softmax(X @ W, y) + (torch.tensor(PENALTY)[:, None] * W**2).sum() / 2

    def two_layers(theta):
        W1, b1, W2, b2 = theta.split([N_FEATURES * N_HIDDEN, N_HIDDEN, N_HIDDEN, 1])
        z2 = torch.sigmoid(X @ W1.reshape(N_FEATURES, N_HIDDEN) + b1) @ W2 + b2
        return s @ each_binary(z2, y.double())

    if isinstance(objective, TwoLayerObjective):
        return two_layers
    return logistic if isinstance(objective.scores, Logistic) else softmax


# sums of at most 20 terms near 1, in another order: a few roundings
CLOSE = {"rtol": 1e-12, "atol": 1e-14}


@pytest.mark.parametrize("kind", KINDS)
def test_value_and_gradient_are_pytorchs(kind):
    objective, theta = made(kind)
    point = torch.tensor(theta, requires_grad=True)
    expected = in_torch(objective)(point)
    expected.backward()
    loss, gradient = objective.value_and_gradient(theta)
    assert type(loss) is float
    assert loss == pytest.approx(expected.item(), rel=1e-13)
    np.testing.assert_allclose(gradient, point.grad.numpy(), **CLOSE)
    assert gradient_check(lambda v: objective.value_and_gradient(v)[0], gradient, theta)


@pytest.mark.parametrize("kind", KINDS[:2])
def test_hessian_is_pytorchs(kind):
    objective, theta = made(kind)
    loss, gradient, hessian = objective.value_gradient_hessian(theta)
    expected = torch.autograd.functional.hessian(in_torch(objective), torch.tensor(theta))
    np.testing.assert_allclose(hessian, expected.numpy(), **CLOSE)
    again = objective.value_and_gradient(theta)
    assert loss == again[0]
    np.testing.assert_array_equal(gradient, again[1])


def test_with_equal_shares_they_are_the_functions_of_the_book():
    objective, theta = made("logistic", weighted=False)
    loss, gradient = objective.value_and_gradient(theta)
    expected = (
        logistic_gradient(objective.rows.X, objective.rows.y, theta, 0.0)[0] + PENALTY * theta
    )
    np.testing.assert_allclose(gradient, expected, **CLOSE)
    mean = binary_cross_entropy_from_logits(objective.rows.y, objective.rows.X @ theta)
    assert loss == pytest.approx(mean + PENALTY @ theta**2 / 2, rel=1e-14)

    objective, theta = made("softmax", weighted=False)
    loss, gradient = objective.value_and_gradient(theta)
    W = theta.reshape(N_FEATURES, N_CLASSES)
    grad_W, _ = softmax_gradient(objective.rows.X, objective.rows.y, W, np.zeros(N_CLASSES))
    np.testing.assert_allclose(gradient, (grad_W + PENALTY[:, None] * W).ravel(), **CLOSE)
    mean = softmax_cross_entropy(objective.rows.y, objective.rows.X @ W)
    assert loss == pytest.approx(mean + np.sum(PENALTY @ W**2) / 2, rel=1e-14)

    objective, theta = made("two layers", weighted=False)
    loss, gradient = objective.value_and_gradient(theta)
    W1, b1, W2, b2 = parts = objective.parts(theta)
    gradients = two_layer_gradient(objective.rows.X, objective.rows.y, *parts)
    assert [p.shape for p in parts] == [g.shape for g in gradients]
    np.testing.assert_allclose(gradient, np.concatenate([g.ravel() for g in gradients]), **CLOSE)
    z = (sigmoid(objective.rows.X @ W1 + b1) @ W2 + b2)[:, 0]
    assert loss == pytest.approx(binary_cross_entropy_from_logits(objective.rows.y, z), rel=1e-14)


@pytest.mark.parametrize("kind", KINDS)
@given(st.integers(0, 10**6))
def test_batches_of_one_size_average_to_the_whole(kind, seed):
    objective, theta = made(kind, seed)
    parts = [objective.of_rows(np.array([i])).value_and_gradient(theta) for i in range(N_SAMPLES)]
    loss, gradient = objective.value_and_gradient(theta)
    assert np.mean([part[0] for part in parts]) == pytest.approx(loss, rel=1e-12)
    # each part is up to seven times the whole
    np.testing.assert_allclose(np.mean([p[1] for p in parts], axis=0), gradient, atol=1e-13)
    assert len(objective.rows) == N_SAMPLES


def test_margins_are_the_leads_of_the_own_class():
    objective, theta = made("logistic")
    z = objective.rows.X @ theta
    leads = np.where(objective.rows.y == 1, z, -z)
    assert objective.margins(theta) == pytest.approx((leads.min(), leads.max()), rel=1e-14)
    objective, theta = made("softmax")
    Z = objective.rows.X @ theta.reshape(N_FEATURES, N_CLASSES)
    leads = [
        Z[i, own] - Z[i, k]
        for i, own in enumerate(objective.rows.y)
        for k in range(N_CLASSES)
        if k != own
    ]
    assert objective.margins(theta) == pytest.approx((min(leads), max(leads)), rel=1e-13)


@pytest.mark.parametrize("scores", [Logistic(), SOFTMAX, Softmax(N_CLASSES)])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("block", [1, 5 * 8 * N_FEATURES, 2**21])
def test_other_units_and_blocks_are_the_same_loss(monkeypatch, scores, fit_intercept, block):
    """Parameters changed, or columns changed: the loss and all its derivatives are the same."""
    monkeypatch.setattr(lrcore._fitting.rows, "_BLOCK", block)
    rng = np.random.default_rng(81)
    X = rng.normal(size=(N_SAMPLES, N_FEATURES)) * [1e-3, 1.0, 1e3] + [1e-3, -2.0, 5.0]
    y = rng.integers(0, scores.basis.shape[0] if isinstance(scores, Softmax) else 2, N_SAMPLES)
    rows = Rows(X, y, rng.dirichlet(np.ones(N_SAMPLES)))
    units = Units.of(rows, about_zero=not fit_intercept)
    implicit = LinearObjective(rows, scores, PENALTY, units, fit_intercept)
    standard = Rows((X - units.centre) / units.scale, y, rows.shares)
    explicit = LinearObjective(standard, scores, PENALTY, Units.none(N_FEATURES), fit_intercept)
    theta = rng.normal(size=implicit.n_params)
    ours, expected = (o.value_gradient_hessian(theta) for o in (implicit, explicit))
    # the columns lie up to six of their units from zero: a few more roundings than without
    assert ours[0] == pytest.approx(expected[0], rel=1e-13)
    np.testing.assert_allclose(ours[1], expected[1], rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(ours[2], expected[2], rtol=1e-11, atol=1e-13)
    W, b = implicit.weights(theta)
    V, c = explicit.weights(theta)
    np.testing.assert_allclose(X @ W + b, standard.X @ V + c, rtol=1e-11, atol=1e-12)


def test_free_parameters_are_the_weights_that_sum_to_zero():
    """K - 1 numbers for each column tell K weights, with the same sum of squares."""
    objective, _ = made("softmax")
    free = replace(objective, scores=Softmax(N_CLASSES))
    theta = np.random.default_rng(82).normal(size=free.n_params)
    W, _ = free.weights(theta)
    assert W.shape == (N_FEATURES, N_CLASSES)
    np.testing.assert_allclose(W.sum(axis=1), 0, atol=1e-14)
    loss, gradient = free.value_and_gradient(theta)
    assert loss == pytest.approx(objective.value_and_gradient(W.ravel())[0], rel=1e-14)
    assert gradient_check(lambda v: free.value_and_gradient(v)[0], gradient, theta)


def test_equal_shares_and_others_sum_the_same_logarithms():
    """Equal shares take the logarithm of products; those that differ by rounding do not."""
    rng = np.random.default_rng(83)
    n_samples = 2000  # more than the factors of one product
    Z, y = rng.normal(scale=5, size=(1, n_samples)), rng.integers(0, 2, n_samples)
    shares = np.full(n_samples, 1 / n_samples)
    other = shares.copy()
    other[0] *= 1 + 1e-15
    loss, slopes = Logistic().loss_and_slopes(Z, y, shares)
    expected, other_slopes = Logistic().loss_and_slopes(Z, y, other)
    assert loss == pytest.approx(expected, rel=1e-13)
    np.testing.assert_allclose(slopes, other_slopes, rtol=2e-15)


@pytest.mark.parametrize("kind", KINDS[:2])
def test_curvature_keeps_its_digits_where_a_class_is_almost_certain(kind):
    """Where p is rounded to 1, the product p (1 - p) would be 0."""
    objective, theta = made(kind)
    far = replace(objective.of_rows(np.array([0])), penalty=0 * PENALTY)
    theta = np.zeros_like(theta)
    theta[0] = 60 / far.rows.X[0, 0]  # a score of 60 for the only class, or the first one
    _, _, hessian = far.value_gradient_hessian(theta)
    factor = 1 if kind == "logistic" else N_CLASSES - 1  # p (1 - p) = (K - 1) e^-60
    expected = far.rows.shares[0] * far.rows.X[0, 0] ** 2 * factor * np.exp(-60)
    assert hessian[0, 0] == pytest.approx(expected, rel=1e-12)  # a score of 60 has 1e-14 of error
