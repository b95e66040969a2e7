"""On many rows, a sample and L-BFGS find the minimum that Newton's method finds on all rows."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

import lrcore
from lrcore import LogisticRegression, SoftmaxRegression
from lrcore._fitting.objectives import LinearObjective, Logistic, Softmax
from lrcore._fitting.rows import Rows, Units
from lrcore._fitting.search import _STEPS_PER_MATRIX, minimize
from lrcore.optimizers import newton

CHEAP = 1e6  # rows times parameters squared


@pytest.fixture(autouse=True)
def _newton_is_for_small_problems_only(monkeypatch):
    """Let the search begin where tests still are quick."""
    monkeypatch.setattr(lrcore._fitting.search, "_CHEAP", CHEAP)
    monkeypatch.setattr(lrcore._fitting.rows, "_FEW", 0)  # and rows stay in the units they came in


def many(n_samples, n_features, n_classes=2, seed=0):
    """Rows with a column of ones, correlated columns, and labels that no plane separates."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features)) + rng.normal(size=(n_samples, 1))
    columns = np.column_stack([X, np.ones(n_samples)])
    scores = columns @ rng.normal(size=(n_features + 1, n_classes)) / np.sqrt(n_features)
    y = np.argmax(scores + rng.gumbel(size=scores.shape), axis=1)
    assert n_samples * (n_features + 1) ** 2 * (n_classes - 1) ** 2 > CHEAP
    return columns, y


def objective_of(columns, y, l2, shares=None, scores=None):
    if shares is None:
        shares = np.full(len(y), 1 / len(y))
    penalty = np.full(columns.shape[1], l2)
    penalty[-1] = 0
    rows, units = Rows(columns, y, shares), Units.none(columns.shape[1])
    return LinearObjective(rows, scores or Logistic(), penalty, units, fit_intercept=False)


def newtons_answer(objective):
    start = np.zeros(objective.n_params)
    return newton(objective.value_gradient_hessian, start, tol=1e-9)[0]


@pytest.mark.parametrize("l2", [0.0, 1e-3])
@pytest.mark.parametrize("shape", [(25_000, 9), (4000, 80)])
def test_the_minimum_is_newtons(shape, l2):
    """Once with a sample large enough to begin at its minimum, once with one that only curves."""
    objective = objective_of(*many(*shape), l2)
    found, losses = minimize(objective, tol=1e-8, max_iter=100)
    # the last step was below 1e-11 of the largest parameter, and each is at most half the last
    np.testing.assert_allclose(found, newtons_answer(objective), rtol=0, atol=2e-11 * 3)
    assert np.all(np.diff(losses) < 1e-14)
    assert len(losses) < 30


def test_a_small_penalty_on_dependent_columns_costs_no_extra_passes():
    """Along them nothing but the penalty curves the loss, and the matrix must know it."""
    columns, y = many(60_000, 12)
    columns = np.column_stack([columns[:, :5] @ np.ones((5, 1)), columns])
    _, losses = minimize(objective_of(columns, y, 1e-6), tol=1e-4, max_iter=100)
    assert len(losses) <= 8  # 7; with a ridge of 1e-6 in the matrix it takes 11


def test_shares_are_minded():
    columns, y = many(25_000, 9)
    shares = np.random.default_rng(1).uniform(0, 1, len(y)) ** 4
    objective = objective_of(columns, y, 1e-3, shares / shares.sum())
    found, _ = minimize(objective, tol=1e-8, max_iter=100)
    np.testing.assert_allclose(found, newtons_answer(objective), rtol=0, atol=1e-10)


def test_several_classes():
    columns, y = many(25_000, 9, n_classes=4)
    objective = objective_of(columns, y, 1e-3, scores=Softmax(4))
    found, _ = minimize(objective, tol=1e-8, max_iter=100)
    np.testing.assert_allclose(found, newtons_answer(objective), rtol=0, atol=1e-10)


def test_more_parameters_than_a_sample_can_show_take_a_new_matrix_on_the_way():
    """With 900 rows and 252 parameters all rows are the sample, and the first matrix grows old."""
    rng = np.random.default_rng(2)
    columns = np.column_stack([rng.lognormal(sigma=1.5, size=(900, 41)), np.ones(900)])
    scores = columns @ rng.normal(size=(42, 7))
    y = np.argmax(scores + 5 * rng.gumbel(size=scores.shape), axis=1)
    objective = objective_of(columns, y, 1e-4, scores=Softmax(7))
    found, losses = minimize(objective, tol=1e-9, max_iter=500)
    assert len(losses) > _STEPS_PER_MATRIX
    assert np.all(np.diff(losses) < 1e-14)
    np.testing.assert_allclose(found, newtons_answer(objective), rtol=0, atol=1e-8)
    assert len(minimize(objective, tol=1e-9, max_iter=_STEPS_PER_MATRIX + 3)[1]) == 33


def test_a_sample_that_a_plane_separates_is_not_believed():
    """Every eighth row, the sample, has the label of the first column's sign; the others do not."""
    columns, y = many(25_000, 9)
    y[::8] = columns[::8, 0] > 0
    objective = objective_of(columns, y, 0.0)
    found, losses = minimize(objective, tol=1e-8, max_iter=100)
    np.testing.assert_allclose(found, newtons_answer(objective), rtol=0, atol=1e-10)
    assert losses[0] == pytest.approx(np.log(2), rel=1e-12)  # it began at zero


def test_a_column_that_is_empty_in_the_sample_is_found_in_the_rest():
    columns, y = many(25_000, 9)
    columns[:, 3] = 0.0
    columns[1::16, 3] = 1.0
    objective = objective_of(columns, y, 1e-3)
    found, _ = minimize(objective, tol=1e-8, max_iter=100)
    np.testing.assert_allclose(found, newtons_answer(objective), rtol=0, atol=1e-9)


def test_few_rows_or_no_tolerance_are_left_to_newton():
    objective = objective_of(*many(25_000, 9), 1e-3)
    assert len(minimize(objective, tol=None, max_iter=3)[1]) == 3
    few = objective.of_rows(np.arange(100))
    np.testing.assert_array_equal(minimize(few, tol=1e-9, max_iter=99)[0], newtons_answer(few))


def test_the_callback_sees_each_pass_and_may_stop_it():
    seen = []

    def watch(iteration, theta, loss, gradient):
        seen.append((iteration, loss))
        return iteration == 2

    _, losses = minimize(
        objective_of(*many(25_000, 9), 1e-3), tol=1e-8, max_iter=100, callback=watch
    )
    assert [loss for _, loss in seen] == losses
    assert [iteration for iteration, _ in seen] == [0, 1, 2]


@pytest.mark.parametrize("model", [LogisticRegression, SoftmaxRegression])
def test_estimators_fit_many_rows_as_well_as_few_with_weights(model):
    """The same rows, once written out eight times, once with a weight of eight."""
    columns, y = many(25_000, 9)
    X, y = columns[:3000, :-1] * 10.0 ** np.arange(-4, 5), y[:3000]
    few = model(l2=1e-3).fit(X, y, sample_weight=np.full(len(y), 8.0))
    order = np.random.default_rng(0).permutation(8 * len(y))
    many_rows = model(l2=1e-3).fit(np.tile(X, (8, 1))[order], np.tile(y, 8)[order])
    np.testing.assert_allclose(many_rows.coef_, few.coef_, rtol=1e-9, atol=0)
    np.testing.assert_allclose(many_rows.intercept_, few.intercept_, rtol=1e-9, atol=0)


@pytest.mark.parametrize("largest", [1e8, 1e200])
def test_a_penalty_that_is_huge_on_a_tiny_column_spoils_no_other(largest):
    """In units of one, the penalty on a column of size 1e-8 is 1e13 times that on the others."""
    columns, y = many(25_000, 9)
    units = np.geomspace(1 / largest, largest, 9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        many_rows = LogisticRegression(l2=1e-3).fit(columns[:, :-1] * units, y)
    free = units >= 1e-3  # columns whose weights the penalty leaves room for
    X = columns[:, :-1] * units
    # the slope of the loss itself, in the units of each column
    p = many_rows.predict_proba(X)[:, 1]
    slope = X.T @ (p - y) / len(y) + 1e-3 * many_rows.coef_[0]
    assert np.all(np.abs(slope[free]) <= 1e-8 * units[free])
    assert abs(np.mean(p - y)) <= 1e-8


def test_estimators_say_what_is_wrong_on_many_rows_too():
    columns, y = many(25_000, 9)
    X = columns[:, :-1]
    with pytest.warns(ConvergenceWarning, match="a plane separates the two classes"):
        LogisticRegression().fit(X, X[:, 0] + X[:, 1] > 0)
    with pytest.warns(ConvergenceWarning, match="linearly dependent"):
        LogisticRegression().fit(np.column_stack([X, X[:, 0] - X[:, 1]]), y)
    with pytest.warns(ConvergenceWarning, match="not converged after 2 iterations"):
        LogisticRegression(max_iter=2).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LogisticRegression().fit(X, y)
