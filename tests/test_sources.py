"""Errors of the sources that no chapter re-creates, each shown by a small program of our own."""

import re
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

import lrcore

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "book" / "sources.md").read_text("utf-8")


def test_the_page_names_a_proof_for_each_error_and_each_chapter_that_it_names_exists():
    errors = re.findall(r"\n: (.*?)(?=\n\n)", PAGE, re.DOTALL)
    assert len(errors) > 30
    assert [e for e in errors if "Proved" not in e and "with the papers" not in e] == []
    linked = set(re.findall(r"<(\d\d_\w+)>", PAGE))
    assert {name for name in linked if not (ROOT / "book" / f"{name}.ipynb").is_file()} == set()


def test_source_000_descends_the_batch_size_times_its_loss():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])
    W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(3, 4), 4, (4, 1), 1])
    A = lrcore.sigmoid(X @ W1 + b1)
    error = lrcore.sigmoid(A @ W2 + b2) - y[:, None]
    *_, grad_W2, grad_b2 = lrcore.two_layer_gradient(X, y, W1, b1, W2, b2)
    np.testing.assert_allclose(A.T @ error, 6 * grad_W2)
    np.testing.assert_allclose(error.sum(axis=0), 6 * grad_b2)


class BeginsInItsConstructor:
    """Bias and costs are set where the object is made, the weights where it is fitted."""

    def __init__(self):
        self.b, self.costs = 0.0, []

    def fit(self, X, y):
        self.w = np.zeros(X.shape[1])
        for _ in range(20):
            self.costs.append(lrcore.binary_cross_entropy_from_logits(y, X @ self.w + self.b))
            grad_w, grad_b = lrcore.logistic_gradient(X, y, self.w, self.b)
            self.w, self.b = self.w - grad_w, self.b - grad_b
        return self.w, self.b


def test_source_001_fits_the_same_rows_twice_with_two_results():
    data = lrcore.datasets.make_clouds(50, random_state=0)
    X, y = data.X + 1.0, data.y
    model = BeginsInItsConstructor()
    (w, b), (again_w, again_b) = model.fit(X, y), model.fit(X, y)
    assert abs(b - again_b) > 0.01
    assert np.abs(w - again_w).max() > 0.01
    assert len(model.costs) == 40
    assert model.costs[20] > model.costs[19] + 0.1  # the jump in the middle
    assert model.costs[20] != pytest.approx(model.costs[0])


def test_source_001_has_a_loss_whose_gradient_is_gone():
    def cost_and_slope(score, loss, last):
        z = torch.tensor([score], requires_grad=True)
        cost = loss(last(z), torch.ones(1))
        cost.backward()
        return cost.item(), z.grad.item()

    of_p = torch.nn.BCELoss(), torch.nn.Sigmoid()
    assert cost_and_slope(-200.0, *of_p) == (100.0, 0.0)
    assert cost_and_slope(-2000.0, *of_p) == (100.0, 0.0)
    of_z = torch.nn.BCEWithLogitsLoss(), torch.nn.Identity()
    assert cost_and_slope(-200.0, *of_z) == (200.0, -1.0)
    assert torch.sigmoid(torch.tensor(20.0)) == 1


def test_source_002_predicts_what_scikit_learn_takes_for_no_labels():
    with pytest.raises(ValueError, match="mix of binary and continuous targets"):
        accuracy_score([0, 1, 1], [0.2, 0.7, 0.9])


def test_source_002_goes_on_where_the_last_fit_ended():
    data = lrcore.datasets.make_clouds(50, random_state=0)
    fresh = lrcore.LogisticRegression(solver="gd", max_iter=5, tol=None)
    first = fresh.fit(data.X, data.y).coef_
    assert np.array_equal(first, fresh.fit(data.X, data.y).coef_)  # what a fit should be
    w, b = first[0], fresh.intercept_[0]
    for _ in range(5):
        grad_w, grad_b = lrcore.logistic_gradient(data.X, data.y, w, b)
        w, b = w - 0.1 * grad_w, b - 0.1 * grad_b
    assert np.abs(w - first).max() > 0.05


def test_source_003_writes_a_derivative_by_nothing():
    x, dx = sp.symbols("x dx", positive=True)
    change = sp.diff(sp.log(x), x) * dx  # what d ln x stands for
    assert sp.simplify(change / dx - 1 / x) == 0
    assert sp.simplify(change / x - dx / x**2) == 0


def test_source_003_gains_what_noise_gives():
    """Twenty tosses of a coin, three columns of noise, two hundred times."""
    rng = np.random.default_rng(0)
    gains, elsewhere = [], []
    for _ in range(200):
        X, y = rng.normal(size=(20, 3)), rng.integers(0, 2, size=20)
        model = lrcore.LogisticRegression(l2=1e-3).fit(X, y)
        z = model.decision_function(X)
        gains.append(np.log(2) - lrcore.binary_cross_entropy_from_logits(y, z))
        new_X, new_y = rng.normal(size=(500, 3)), rng.integers(0, 2, size=500)
        new_z = model.decision_function(new_X)
        elsewhere.append(lrcore.binary_cross_entropy_from_logits(new_y, new_z))
    # 4/(2 * 20) for very many samples; for twenty a little more; the source gained 0.0915
    assert 0.1 < np.mean(gains) < 0.16
    assert np.quantile(gains, 0.1) < np.log(2) - 12.0334063 / 20 < np.quantile(gains, 0.9)
    assert np.mean(elsewhere) > np.log(2) + 0.05


def test_source_003_parts_twenty_points_in_fifty_dimensions_whatever_their_labels():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20, 50))
    for _ in range(10):
        y = rng.integers(0, 2, size=20)
        w = np.linalg.lstsq(X, 2.0 * y - 1, rcond=None)[0]
        assert np.all((X @ w > 0) == (y == 1))
    with pytest.warns(ConvergenceWarning, match="separate"):
        lrcore.LogisticRegression().fit(X, y)


def test_source_003_tests_a_loss_that_may_forget_the_label_1():
    def forgets(p, y):
        return -(1 - y) * np.log(1 - p)

    for p, y, loss in [(1e-6, 0, 0), (0.9999999, 1, 0), (0.3, 0, round(-np.log(0.7), 4))]:
        assert round(float(forgets(p, y)), 4) == loss
    assert forgets(0.1, 1) != pytest.approx(-np.log(0.1))


def test_source_004_uses_a_word_that_scikit_learn_refuses():
    with pytest.raises(ValueError, match="penalty"):
        LogisticRegression(penalty="none").fit([[0.0], [1.0], [2.0]], [0, 1, 0])


def made_by_a_threshold(seed):
    rng = np.random.RandomState(seed)
    X, w, b = rng.randn(1000, 10), rng.rand(10), rng.rand()
    return X, w, b, (lrcore.sigmoid(X @ w + b) >= 0.5).astype(int)


def test_source_004_cannot_find_the_length_of_its_weights():
    X, w, b, y = made_by_a_threshold(0)
    assert np.array_equal(y, (lrcore.sigmoid(X @ (10 * w) + 10 * b) >= 0.5).astype(int))
    with pytest.warns(ConvergenceWarning, match="separate"):
        lrcore.LogisticRegression().fit(X, y)


def test_source_004_starts_near_the_truth():
    right = []
    for seed in range(100):
        X, _, _, y = made_by_a_threshold(seed)
        start = np.random.RandomState(1000 + seed).rand(10)
        right.append(np.mean((X @ start >= 0) == y))
    assert 0.75 < np.mean(right) < 0.85
    assert np.mean(np.array(right) > 0.5) == 1


def test_source_004_changes_the_random_numbers_of_the_whole_program():
    def constructor():
        np.random.seed(22)  # noqa: NPY002 - the mistake

    draws = []
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002
        constructor()
        draws.append(np.random.rand())  # noqa: NPY002
    assert draws[0] == draws[1]


def test_source_004_takes_a_column_of_labels_for_a_table_of_pairs():
    y, p = np.array([[0.0], [1.0], [1.0]]), np.array([0.1, 0.8, 0.7])
    table = y * np.log(p) + (1 - y) * np.log(1 - p)
    assert table.shape == (3, 3)
    assert -table.mean() != pytest.approx(lrcore.binary_cross_entropy(y[:, 0], p))
    X = np.ones((3, 2))
    with pytest.raises(ValueError, match="broadcast"):
        (p - y).reshape(-1, 1) * X
