"""LogisticRegression: scikit-learn's contract, the one optimum, and no silent failure."""

import pickle
import re
import tracemalloc
import warnings
from fractions import Fraction

import mpmath
import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
import sklearn.linear_model
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from lrcore import LogisticRegression, binary_cross_entropy_from_logits, sigmoid

SOLVERS = ["newton", "gd", "sgd", "momentum", "adam"]
FULL_BATCH = ["newton", "gd", "momentum", "adam"]
FIRST_ORDER = ["gd", "sgd", "momentum", "adam"]


def made(n_samples=60, n_features=3, seed=70):
    """Two classes that overlap, in columns of about the same scale."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    truth = np.linspace(1, -1, n_features)
    return X, (X @ truth + rng.logistic(size=n_samples) > 0.3).astype(int)


def parameters(model):
    return np.append(model.coef_[0], model.intercept_)


def loss_of(model, X, y, weights=None):
    z = X @ model.coef_[0] + model.intercept_[0]
    each = [binary_cross_entropy_from_logits([a], [b]) for a, b in zip(y, z, strict=True)]
    return np.average(each, weights=weights) + model.l2 / 2 * np.sum(model.coef_**2)


def silent_fit(model, X, y, **options):
    """Fit where a ConvergenceWarning is expected and not what the test is about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, y, **options)


# Oracles from outside -------------------------------------------------------------------------


# scikit-learn's checks fit separated classes, where a warning is right
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [LogisticRegression()]
    + [LogisticRegression(solver=s, max_iter=60, tol=None, random_state=0) for s in FIRST_ORDER]
)
def test_scikit_learns_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("l2", [0.01, 1.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_coefficients_are_scikit_learns_at_the_same_penalty(l2, fit_intercept):
    X, y = made(seed=71)
    peer = sklearn.linear_model.LogisticRegression(
        C=1 / (l2 * len(y)), fit_intercept=fit_intercept, solver="newton-cholesky", tol=1e-12
    ).fit(X, y)
    model = LogisticRegression(l2=l2, fit_intercept=fit_intercept).fit(X, y)
    # both stop at a gradient of about 1e-12; the smallest curvature is l2
    np.testing.assert_allclose(parameters(model), parameters(peer), rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(model.predict_proba(X), peer.predict_proba(X), rtol=1e-9)
    np.testing.assert_array_equal(model.predict(X), peer.predict(X))


def exact_fit(X, y, l2=0.0, weights=None):
    """Newton's method with 50 digits: weights and bias of the one minimum."""
    n_samples, n_features = X.shape
    shares = np.ones(n_samples) if weights is None else np.asarray(weights, float)
    with mpmath.workdps(50):
        A = mpmath.matrix([[*map(float, row), 1] for row in X])
        s = [mpmath.mpf(float(v)) / mpmath.mpf(float(shares.sum())) for v in shares]
        penalty = [mpmath.mpf(l2)] * n_features + [mpmath.mpf(0)]
        theta = mpmath.zeros(n_features + 1, 1)
        for _ in range(60):
            p = [1 / (1 + mpmath.exp(-z)) for z in A * theta]
            gradient = A.T * mpmath.matrix(
                [c * (a - int(b)) for a, b, c in zip(p, y, s, strict=True)]
            )
            B = A.copy()
            for i in range(n_samples):
                B[i, :] *= p[i] * (1 - p[i]) * s[i]
            hessian = A.T * B
            for j, strength in enumerate(penalty):
                gradient[j] += strength * theta[j]
                hessian[j, j] += strength
            step = mpmath.lu_solve(hessian, gradient)
            theta -= step
            if all(
                abs(a) <= mpmath.mpf("1e-25") * abs(b) for a, b in zip(step, theta, strict=True)
            ):
                return np.array([float(v) for v in theta])
    raise AssertionError("the exact fit did not converge")


UNITS = np.array([1e-8, 1.0, 1e8])


# 1e-10: ten digits in every coefficient is what the project promises
@pytest.mark.parametrize("units", [np.ones(3), UNITS])
@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_newton_finds_ten_digits_of_the_optimum_in_any_units(units, l2):
    X, y = made(seed=72)
    model = LogisticRegression(l2=l2).fit(X * units, y)
    np.testing.assert_allclose(parameters(model), exact_fit(X * units, y, l2), rtol=1e-10)


def test_newton_finds_ten_digits_with_fewer_rows_than_columns():
    X, y = made(n_samples=6, n_features=9, seed=73)
    model = LogisticRegression(l2=0.1).fit(X, y)
    np.testing.assert_allclose(parameters(model), exact_fit(X, y, 0.1), rtol=1e-10)


def test_newton_finds_ten_digits_of_grouped_data_given_as_weights():
    dose = np.repeat([[1.69], [1.72], [1.76], [1.78], [1.81], [1.84], [1.86], [1.88]], 2, axis=0)
    killed = [6, 13, 18, 28, 52, 53, 61, 60]  # beetles by dose of carbon disulphide: Bliss, 1935
    treated = [59, 60, 62, 56, 63, 59, 62, 60]
    y = np.tile([1, 0], 8)
    counts = np.ravel([(k, t - k) for k, t in zip(killed, treated, strict=True)])
    model = LogisticRegression().fit(dose, y, sample_weight=counts)
    np.testing.assert_allclose(parameters(model), exact_fit(dose, y, weights=counts), rtol=1e-10)


def test_newton_finds_nine_digits_with_nearly_collinear_columns():
    X, y = made(seed=74)
    X = np.column_stack([X, X[:, 0] + 1e-5 * np.random.default_rng(75).normal(size=len(X))])
    model = LogisticRegression().fit(X, y)
    # curvature along the difference is 1e-11 of the rest, so of 16 digits about 1e-5 remain of
    # coefficients near 1e4: nine digits
    np.testing.assert_allclose(parameters(model), exact_fit(X, y), rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_units_whose_squares_leave_the_floats(scale):
    X, y = made()
    model, plain = LogisticRegression().fit(X * scale, y), LogisticRegression().fit(X, y)
    np.testing.assert_allclose(model.coef_ * scale, plain.coef_, rtol=1e-12)  # a few roundings
    penalized = LogisticRegression(l2=1e-3).fit(X * [scale, 1, 1], y)
    without = LogisticRegression(l2=1e-3).fit(X[:, 1:], y)
    if scale < 1:  # the penalty on the tiny column is beyond all bounds, and its weight gone
        np.testing.assert_allclose(penalized.coef_[0, 1:], without.coef_[0], rtol=1e-12)
    assert np.all(np.isfinite(parameters(penalized)))


def test_breast_cancer_optimum_is_stationary():
    X, y = load_breast_cancer(return_X_y=True)
    l2 = 1e-3
    model = LogisticRegression(l2=l2).fit(X, y)
    residuals = model.predict_proba(X)[:, 1] - y
    gradient = X.T @ residuals / len(y) + l2 * model.coef_[0]
    # relative to the sizes that are summed: 569 roundings at most
    np.testing.assert_allclose(gradient / np.abs(X).mean(axis=0), 0, atol=1e-12)
    assert residuals.mean() == pytest.approx(0, abs=1e-12)


# Properties -----------------------------------------------------------------------------------


# a gradient of 1e-8 over a curvature of at least 0.05 (l2 0.05): 2e-7
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("solver", ["gd", "momentum", "adam"])
def test_every_solver_arrives_at_the_same_optimum(solver, fit_intercept):
    X, y = made()
    options = {"l2": 0.05, "fit_intercept": fit_intercept}
    expected = parameters(LogisticRegression(**options).fit(X, y))
    model = LogisticRegression(solver=solver, learning_rate=0.3, max_iter=3000, **options).fit(X, y)
    np.testing.assert_allclose(parameters(model), expected, atol=2e-7)
    assert model.n_iter_ < 3000


@pytest.mark.parametrize("solver", ["sgd", "momentum", "adam"])
def test_mini_batches_come_near_the_optimum(solver):
    X, y = made()
    expected = parameters(LogisticRegression(l2=0.05).fit(X, y))
    options = {"batch_size": 16, "max_iter": 800, "tol": None, "random_state": 0}
    model = LogisticRegression(l2=0.05, solver=solver, learning_rate=0.01, **options).fit(X, y)
    # a constant step hovers about the minimum, at a distance of the order of sqrt(learning_rate)
    np.testing.assert_allclose(parameters(model), expected, atol=0.06)


def test_a_mini_batch_of_all_rows_is_gradient_descent():
    X, y = made()
    whole = LogisticRegression(solver="gd", max_iter=30, tol=None).fit(X, y)
    batch = LogisticRegression(solver="sgd", batch_size=999, max_iter=30, tol=None).fit(X, y)
    np.testing.assert_array_equal(parameters(batch), parameters(whole))


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_weight_two_is_the_row_twice_and_weight_zero_is_no_row(solver):
    X, y = made()
    weights = np.random.default_rng(76).integers(0, 4, len(y))
    rows = np.repeat(np.arange(len(y)), weights.astype(np.intp))
    options = {"l2": 0.1, "solver": solver, "max_iter": 50, "tol": None}
    weighted = LogisticRegression(**options).fit(X, y, sample_weight=weights)
    repeated = LogisticRegression(**options).fit(X[rows], y[rows])
    # sums in another order; adam's first steps divide a gradient by itself
    np.testing.assert_allclose(parameters(weighted), parameters(repeated), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(weighted.loss_history_, repeated.loss_history_, rtol=1e-9)


def test_a_row_of_weight_zero_is_not_even_looked_at():
    X, y = made()
    far = np.vstack([X, [[1e300] * 3]])
    weights = np.append(np.ones(len(y)), 0.0)
    model = LogisticRegression().fit(far, np.append(y, 1), sample_weight=weights)
    np.testing.assert_array_equal(parameters(model), parameters(LogisticRegression().fit(X, y)))


@pytest.mark.parametrize("factor", [5e-324, 1e-300, 7.0, 1e308])
def test_only_the_ratios_of_weights_count(factor):
    X, y = made()
    # seven halves the digits of nothing: shares are the same up to one rounding
    model = LogisticRegression(l2=0.1).fit(X, y, sample_weight=np.full(len(y), factor))
    plain = LogisticRegression(l2=0.1).fit(X, y)
    np.testing.assert_allclose(parameters(model), parameters(plain), rtol=1e-12)


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_symmetries_of_the_optimum(seed):
    X, y = made(n_samples=25, seed=seed)
    if len(np.unique(y)) < 2:
        return
    expected = LogisticRegression(l2=0.1).fit(X, y)
    order = np.random.default_rng(seed).permutation(len(y))
    shuffled = LogisticRegression(l2=0.1).fit(X[order], y[order])
    flipped = LogisticRegression(l2=0.1).fit(X, 1 - y)
    mirrored = LogisticRegression(l2=0.1).fit(-X, y)
    swapped = LogisticRegression(l2=0.1).fit(X[:, [2, 0, 1]], y)
    # all of them stop with 14 digits or more of coefficients below 10
    close = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(parameters(shuffled), parameters(expected), **close)
    np.testing.assert_allclose(parameters(flipped), -parameters(expected), **close)
    np.testing.assert_allclose(mirrored.coef_, -expected.coef_, **close)
    np.testing.assert_allclose(mirrored.intercept_, expected.intercept_, **close)
    np.testing.assert_allclose(swapped.coef_[0], expected.coef_[0, [2, 0, 1]], **close)


def test_units_and_origins_scale_back():
    X, y = made()
    units, origin = np.array([1e-3, 2.0, 1e5]), np.array([10.0, -3.0, 0.5])
    plain, moved = LogisticRegression().fit(X, y), LogisticRegression().fit((X + origin) * units, y)
    # X + 10 is rounded by 1e-15 of a column that matters by 1
    np.testing.assert_allclose(moved.coef_ * units, plain.coef_, rtol=1e-12)
    expected = plain.intercept_[0] - plain.coef_[0] @ origin
    assert moved.intercept_[0] == pytest.approx(expected, rel=1e-12)


def test_the_mean_probability_is_the_share_of_the_class():
    """The equation of the bias, whatever the penalty."""
    X, y = made()
    for l2 in (0.0, 10.0):
        p = LogisticRegression(l2=l2).fit(X, y).predict_proba(X)[:, 1]
        assert p.mean() == pytest.approx(y.mean(), rel=1e-13)  # 60 roundings


def test_a_larger_penalty_shrinks_the_weights_and_not_the_bias():
    X, y = made()
    lengths = [np.linalg.norm(LogisticRegression(l2=v).fit(X, y).coef_) for v in (0, 0.1, 1, 1e6)]
    assert lengths == sorted(lengths, reverse=True)
    strong = LogisticRegression(l2=1e9).fit(X, y)
    # all weight gone, the bias is the log-odds of the shares: up to a gradient of 1 over 1e9
    assert strong.intercept_[0] == pytest.approx(np.log(y.mean() / (1 - y.mean())), abs=1e-8)


# What fit leaves behind -----------------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
def test_attributes_have_the_documented_shapes(solver):
    X, y = made()
    model = LogisticRegression(solver=solver, tol=None, max_iter=12, random_state=0).fit(X, y)
    assert model.coef_.shape == (1, 3)
    assert model.intercept_.shape == (1,)
    np.testing.assert_array_equal(model.classes_, [0, 1])
    assert model.n_features_in_ == 3
    assert type(model.n_iter_) is int
    assert model.n_iter_ == len(model.loss_history_) == 12
    assert all(type(loss) is float for loss in model.loss_history_)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_loss_history_is_the_loss_that_falls(solver, weighted):
    """Entry k is the loss, penalty included, of what k iterations return."""
    X, y = made(n_samples=40)
    weights = np.random.default_rng(77).integers(1, 4, 40) if weighted else None
    options = {"l2": 0.2, "solver": solver, "tol": None, "random_state": 1}
    history = LogisticRegression(max_iter=4, **options).fit(X, y, weights).loss_history_
    assert history[0] == pytest.approx(np.log(2), rel=1e-14)  # all parameters start at zero
    for k in (1, 2, 3):
        model = LogisticRegression(max_iter=k, **options).fit(X, y, weights)
        # newton's penalty is computed in other units: a few roundings
        assert history[k] == pytest.approx(loss_of(model, X, y, weights), rel=1e-13)
        assert model.loss_history_ == history[:k]
    assert history[-1] < history[0]


@pytest.mark.parametrize("solver", ["newton", "gd"])
def test_newton_and_gradient_descent_never_climb(solver):
    X, y = made()
    history = LogisticRegression(l2=0.05, solver=solver, max_iter=2000).fit(X, y).loss_history_
    assert np.all(np.diff(history) <= 1e-15)  # a rounding of 0.7


def test_no_tolerance_means_all_iterations_and_no_warning():
    X, y = made()
    for solver in SOLVERS:
        model = LogisticRegression(solver=solver, tol=None, max_iter=3).fit(X > 0, y)
        assert model.n_iter_ == 3
    separated = LogisticRegression(tol=None, max_iter=3).fit(X, X[:, 0] > 0)
    assert separated.n_iter_ == 3


def test_without_intercept_the_bias_is_zero():
    X, y = made()
    for solver in SOLVERS:
        model = LogisticRegression(solver=solver, fit_intercept=False, tol=None, max_iter=5)
        np.testing.assert_array_equal(model.fit(X + 1, y).intercept_, [0.0])
        np.testing.assert_array_equal(model.predict_proba(np.zeros((1, 3))), [[0.5, 0.5]])


def test_a_second_fit_forgets_the_first():
    X, y = made()
    model = LogisticRegression().fit(X[:, :2], y == 0)
    model.fit(X, y)
    np.testing.assert_array_equal(parameters(model), parameters(LogisticRegression().fit(X, y)))
    assert len(model.loss_history_) == model.n_iter_


@pytest.mark.parametrize("solver", ["sgd", "momentum", "adam"])
def test_mini_batches_repeat_by_random_state(solver):
    X, y = made()
    options = {"solver": solver, "batch_size": 7, "max_iter": 3, "tol": None}

    def fitted(state):
        return parameters(LogisticRegression(random_state=state, **options).fit(X, y))

    np.testing.assert_array_equal(fitted(3), fitted(3))
    np.testing.assert_array_equal(fitted(3), fitted(np.random.RandomState(3)))
    assert np.all(fitted(3) != fitted(4))


def test_each_pass_uses_each_row_once():
    """One step on each of 20 batches of one row, too short to matter: the steps add up to gd's."""
    X, y = made(n_samples=20)
    options = {"max_iter": 1, "tol": None}
    small = LogisticRegression(solver="sgd", batch_size=1, learning_rate=1e-9, **options).fit(X, y)
    whole = LogisticRegression(solver="gd", learning_rate=20e-9, **options).fit(X, y)
    # the second row sees parameters that are 1e-9 away from zero
    np.testing.assert_allclose(parameters(small), parameters(whole), rtol=1e-6)


def test_weighted_batches_estimate_the_weighted_loss():
    X, y = made(n_samples=20)
    weights = np.arange(20.0)
    options = {"max_iter": 1, "tol": None}
    small = LogisticRegression(solver="sgd", batch_size=4, learning_rate=1e-9, **options)
    whole = LogisticRegression(solver="gd", learning_rate=5e-9, **options)
    # 19 rows of positive weight make batches of 4, 4, 4, 4, 3, and each batch counts as much
    got, expected = (parameters(m.fit(X[:20], y[:20], weights + 1)) for m in (small, whole))
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_verbose_prints_the_history(capsys):
    X, y = made()
    model = LogisticRegression(verbose=True).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    expected = [f"iteration {k:5d}   loss {v:.6f}" for k, v in enumerate(model.loss_history_)]
    assert lines == expected
    model = LogisticRegression(solver="gd", max_iter=201, tol=None, verbose=True).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    expected = [f"iteration {k:5d}   loss {model.loss_history_[k]:.6f}" for k in (0, 100, 200)]
    assert lines == expected
    LogisticRegression().fit(X, y)
    assert capsys.readouterr().out == ""


# Prediction -----------------------------------------------------------------------------------


def test_scores_probabilities_and_labels_belong_together():
    X, y = made()
    model = LogisticRegression().fit(X, y)
    z, P = model.decision_function(X), model.predict_proba(X)
    np.testing.assert_allclose(z, X @ model.coef_[0] + model.intercept_, rtol=1e-13, atol=1e-14)
    np.testing.assert_array_equal(P[:, 1], sigmoid(z))
    np.testing.assert_array_equal(P[:, 0], sigmoid(-z))
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=5e-16)
    np.testing.assert_array_equal(model.predict(X), (P[:, 1] > 0.5).astype(int))
    assert model.score(X, y) == np.mean(model.predict(X) == y)


def test_a_tie_goes_to_the_first_class():
    X, y = made()
    model = LogisticRegression(fit_intercept=False).fit(X, y)
    assert model.predict(np.zeros((1, 3)))[0] == model.classes_[0]


def test_unlikely_classes_keep_their_probability():
    model = LogisticRegression(fit_intercept=False, l2=0.1).fit([[1.0], [-1.0]], [1, 0])
    P = model.predict_proba([[-700 / model.coef_[0, 0]]])
    # e^-700, to the digits of a score of 700
    assert P[0, 1] == pytest.approx(np.exp(-700), rel=1e-12)
    assert P[0, 0] == 1


@pytest.mark.parametrize(
    "labels",
    [("no", "yes"), (-1, 1), (2, 7), (False, True), (0.0, 1.0), (np.str_("a"), np.str_("b"))],
)
def test_labels_of_any_kind(labels):
    X, y = made()
    named = np.array(labels)[y]
    model = LogisticRegression().fit(X, named)
    np.testing.assert_array_equal(model.classes_, sorted(labels))
    np.testing.assert_array_equal(parameters(model), parameters(LogisticRegression().fit(X, y)))
    np.testing.assert_array_equal(
        model.predict(X), np.array(labels)[(model.decision_function(X) > 0) * 1]
    )
    assert model.score(X, list(named)) > 0.6


def test_the_second_label_in_order_is_the_positive_class():
    X, y = made()
    named = np.where(y == 1, "a", "b")  # the order is reversed
    model = LogisticRegression().fit(X, named)
    expected = -parameters(LogisticRegression().fit(X, y))
    np.testing.assert_allclose(parameters(model), expected, rtol=1e-12)  # the same sums, mirrored


# Living with others ---------------------------------------------------------------------------


def test_pickle_and_clone():
    X, y = made()
    model = LogisticRegression(l2=0.1, solver="momentum", max_iter=5000).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert again.loss_history_ == model.loss_history_
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(X)


def test_pipeline_grid_search_cross_validation_and_calibration():
    X, y = load_breast_cancer(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(l2=0.01))
    search = GridSearchCV(pipeline, {"logisticregression__l2": [1e-3, 1e-2, 10.0]}, cv=3).fit(X, y)
    assert search.best_params_["logisticregression__l2"] < 10
    # what every careful analysis of these data reports, with a margin of 2 %
    assert search.best_score_ > 0.96
    assert np.min(cross_val_score(pipeline, X, y, cv=3)) > 0.94
    calibrated = CalibratedClassifierCV(pipeline, cv=2).fit(X, y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1, rtol=1e-12)


def test_frames_give_their_column_names():
    X, y = made()
    frame = pd.DataFrame(X, columns=["age", "dose", "weight"])
    model = LogisticRegression().fit(frame, pd.Series(y, index=np.arange(len(y)) * 7))
    assert list(model.feature_names_in_) == ["age", "dose", "weight"]
    np.testing.assert_array_equal(parameters(model), parameters(LogisticRegression().fit(X, y)))
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame[["dose", "age", "weight"]])


def test_polars_frames_are_read_like_arrays():
    X, y = made()
    frame = pl.DataFrame(X, schema=["age", "dose", "weight"])
    model = LogisticRegression().fit(frame, pl.Series(y))
    assert list(model.feature_names_in_) == ["age", "dose", "weight"]
    np.testing.assert_array_equal(parameters(model), parameters(LogisticRegression().fit(X, y)))


@pytest.mark.parametrize("solver", SOLVERS)
def test_any_memory_layout_will_do_and_nothing_is_changed(solver):
    X, y = made()
    weights = np.ones(len(y))
    table = np.asfortranarray(np.repeat(X, 2, axis=1))
    before = table.copy(), y.copy(), weights.copy()
    for array in (table, y, weights):
        array.flags.writeable = False
    model = LogisticRegression(solver=solver, max_iter=5, tol=None, random_state=0)
    got = parameters(model.fit(table[:, ::2], y, sample_weight=weights))
    # another memory layout may add in another order
    np.testing.assert_allclose(got, parameters(clone(model).fit(X, y)), rtol=1e-12)
    for array, copy in zip((table, y, weights), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.uint8, np.int64, bool, object])
def test_other_numbers_are_computed_in_double(dtype):
    X, y = made()
    X = np.abs(np.round(X * 3)).astype(dtype)
    model = LogisticRegression(l2=0.1).fit(X, y)
    assert model.coef_.dtype == np.float64
    expected = LogisticRegression(l2=0.1).fit(X.astype(float), y)
    np.testing.assert_array_equal(model.coef_, expected.coef_)
    assert model.predict_proba(X).dtype == np.float64


# No silent failure ----------------------------------------------------------------------------


def warning_of(model, X, y, **options):
    """Return the words of the one ConvergenceWarning; that fit gives no other is checked too."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, **options)
    assert [w.category for w in caught] in ([], [ConvergenceWarning])
    assert all(w.filename == __file__ for w in caught)  # it points to the caller's line
    return str(caught[0].message) if caught else ""


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_a_good_fit_is_silent(solver):
    X, y = made()
    model = LogisticRegression(solver=solver, learning_rate=0.3, max_iter=5000)
    assert warning_of(model, X, y) == ""
    assert warning_of(LogisticRegression(solver=solver, l2=0.1, learning_rate=0.3), X, y) == ""


@pytest.mark.parametrize("solver", FIRST_ORDER)
def test_separated_classes(solver):
    X, _ = made()
    X = X[np.abs(X[:, 0]) > 0.3]  # a gap, so that every solver finds a plane soon
    message = warning_of(LogisticRegression(solver=solver, learning_rate=1.0), X, X[:, 0] > 0)
    assert message.startswith("a plane separates the two classes, so without a penalty")
    assert message.endswith("Set l2 > 0.")


def test_separated_classes_are_told_with_the_direction():
    rng = np.random.default_rng(72)
    X = rng.normal(size=(200, 2)) * [1e-3, 1e5]
    y = X @ [4e3, -3e-5] > 0  # in units of one: 4 and -3, so 0.8 and -0.6
    message = warning_of(LogisticRegression(), X, y)
    found = re.search(r"in the direction (.*) x0 (.*) x1 \(columns standardized\);", message)
    np.testing.assert_allclose([float(part) for part in found.groups()], [0.8, -0.6], atol=0.05)
    # rows on the plane x = 1 are of both kinds; only the three columns that count most are named
    X = np.column_stack([[0.0, 0, 1, 1, 2, 3, 2, 0], rng.normal(size=(8, 4)) / 9])
    X[2, 1:] = X[3, 1:] = 0
    frame = pd.DataFrame(X, columns=["age", *"abcd"])
    message = warning_of(LogisticRegression(), frame, [0, 0, 0, 1, 1, 1, 1, 0])
    assert re.search(r"lie on it, so without .* in the direction .*age.* \.\.\. \(col", message)
    message = warning_of(LogisticRegression(solver="gd"), X, X[:, 0] > 1)
    assert re.search(r"in the direction 0\.\d+ x0 .* \.\.\.; what is returned", message)


def test_separated_classes_by_newton_and_what_to_do():
    X, _ = made()
    y = X @ [1, 2, 3] > 0.5
    message = warning_of(LogisticRegression(), X, y)
    assert message.startswith("a plane separates the two classes, so without a penalty")
    assert warning_of(LogisticRegression(l2=1e-4), X, y) == ""  # the advice helps
    few = warning_of(LogisticRegression(), X[:3], [0, 1, 0])  # fewer rows than columns
    assert few.startswith("a plane separates the two classes, so without a penalty")


@pytest.mark.parametrize(
    ("X", "y"),
    [
        # four rows lie on the plane between the classes, three of one kind
        ([[0.0], [0], [1], [1], [2], [3]], [0, 0, 0, 1, 1, 1]),
        # all rows with the indicator 1 are of class 1
        ([[1.2, 0], [-0.3, 0], [0.5, 0], [2.1, 0], [0.1, 1], [-2, 1]], [1, 1, 0, 0, 1, 1]),
        # the same, seen from a turned frame: the sum of the columns separates, and neither alone
        ([[1.2, -1.2], [-0.3, 0.3], [0.5, -0.5], [2, -2], [0.6, 0.5], [0, 1]], [1, 1, 0, 0, 1, 1]),
    ],
)  # fmt: skip
def test_classes_separated_but_for_rows_on_the_plane(X, y):
    message = warning_of(LogisticRegression(), X, y)
    assert message.startswith("a plane separates the two classes, but for rows that lie on it")
    assert message.endswith("Set l2 > 0.")
    assert warning_of(LogisticRegression(l2=1e-3), X, y) == ""


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_collinear_columns(solver):
    X, y = made()
    X = np.column_stack([X, X[:, 0] - 2 * X[:, 1]])
    model = LogisticRegression(solver=solver, learning_rate=0.2, max_iter=20000)
    message = warning_of(model, X, y)
    assert message.startswith(
        "the columns of X (with the column of ones for the bias) are linearly"
    )
    assert message.endswith("Drop a column, or set l2 > 0.")
    # the probabilities do not depend on the choice; gd's gradient of 1e-8 over a curvature of 0.1
    expected = LogisticRegression().fit(X[:, :3], y).predict_proba(X[:, :3])
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-6)
    assert warning_of(LogisticRegression(l2=0.1), X, y) == ""


@pytest.mark.parametrize("constant", [0.0, 1.0, 0.1, -1e9])
def test_a_constant_column_gets_no_weight_beside_a_bias(constant):
    X, y = made()
    model = LogisticRegression()
    message = warning_of(model, np.column_stack([X, np.full(len(y), constant)]), y)
    assert "linearly dependent" in message
    assert model.coef_[0, 3] == 0
    # the same problem, so the same digits
    np.testing.assert_allclose(
        model.coef_[0, :3], LogisticRegression().fit(X, y).coef_[0], rtol=1e-12
    )


def test_a_constant_column_stands_in_for_a_bias():
    X, y = made()
    ones = np.column_stack([X, np.ones(len(y))])
    model = LogisticRegression(fit_intercept=False).fit(ones, y)
    expected = parameters(LogisticRegression().fit(X, y))
    np.testing.assert_allclose(model.coef_[0], expected, rtol=1e-12)  # the same optimum


def test_identical_columns_share_their_weight():
    X, y = made()
    model = silent_fit(LogisticRegression(), X[:, [0, 1, 2, 0]], y)
    alone = LogisticRegression().fit(X, y).coef_[0]
    # a few roundings
    np.testing.assert_allclose(
        model.coef_[0], [alone[0] / 2, alone[1], alone[2], alone[0] / 2], rtol=1e-12
    )


def test_collinear_columns_get_the_shortest_weights_in_standard_units():
    X, y = made()
    X = np.column_stack([X, 5 * X[:, 0] - 2 * X[:, 1]])
    model = silent_fit(LogisticRegression(), X, y)
    weights = model.coef_[0] * X.std(axis=0)
    null = np.array([5, -2, 0, -1]) * X.std(axis=0)  # standardized columns times this vanish
    # rounding along a flat direction is below the threshold that calls it flat, 1e-13
    assert weights @ null / np.linalg.norm(null) == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("distance", [1e-7, 1e-9, 1e-12, 1e-15])
def test_columns_too_nearly_collinear_for_a_float_are_called_so(distance):
    X, y = made()
    near = X[:, 0] + distance * np.random.default_rng(78).normal(size=len(y))
    message = warning_of(LogisticRegression(), np.column_stack([X, near]), y)
    assert "linearly dependent, or so nearly that" in message


@pytest.mark.parametrize("solver", ["newton", "gd", "momentum", "adam"])
def test_too_few_iterations(solver):
    X, y = made()
    model = LogisticRegression(solver=solver, max_iter=2)
    message = warning_of(model, X, y)
    assert message.startswith("not converged after 2 iterations: the largest entry of the gradient")
    assert f"the loss was 0.693147 at the start and is {loss_of(model, X, y):.6g} now" in message
    assert message.endswith("Try more iterations (max_iter).")
    z = X @ model.coef_[0] + model.intercept_
    # in the units of newton's columns for newton, else of X; the message has two digits
    columns = np.column_stack(
        [(X - X.mean(0)) / X.std(0) if solver == "newton" else X, np.ones(60)]
    )
    largest = np.max(np.abs(columns.T @ (sigmoid(z) - y))) / 60
    assert f"is {largest:.1e}, above tol=1.0e-08" in message


@pytest.mark.parametrize(
    ("solver", "learning_rate", "l2"),
    [("gd", 1e4, 0.0), ("momentum", 1e4, 0.0), ("adam", 1e4, 0.0), ("gd", 10.0, 1e3),
     ("momentum", 10.0, 1e3), ("gd", 1e300, 1e3), ("gd", 3.0, 1.0)],
)  # fmt: skip
def test_too_long_a_step(solver, learning_rate, l2):
    """Whether the loss goes up and down, or out of the floats altogether."""
    X, y = made()
    model = LogisticRegression(solver=solver, learning_rate=learning_rate, l2=l2, max_iter=300)
    message = warning_of(model, X, y)
    assert message.startswith("not converged after ")
    assert message.endswith(
        "Try a smaller learning_rate: the step is too long for the loss to fall."
    )
    assert np.all(np.isfinite(parameters(model)))
    assert np.all(np.isfinite(model.loss_history_))


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_huge_columns_overflow_without_a_word_from_numpy(solver):
    X, y = made()
    message = warning_of(LogisticRegression(solver=solver, max_iter=20), X * 1e307, y)
    assert ("smaller learning_rate" in message) == (solver != "newton")


@pytest.mark.parametrize(
    "options",
    [
        {"solver": "sgd"},
        {"solver": "momentum", "batch_size": 10},
        {"solver": "adam", "batch_size": 10},
    ],
)
def test_mini_batches_never_settle(options):
    X, y = made()
    message = warning_of(LogisticRegression(max_iter=20, random_state=0, **options), X, y)
    assert message.startswith("not converged after 20 iterations")
    assert "on mini-batches a step of constant length never settles" in message
    assert "solver='newton'" in message
    assert "more iterations" not in message


def test_a_batch_of_all_rows_is_no_mini_batch():
    X, y = made(n_samples=20)
    for batch_size in (None, 20, 21):
        model = LogisticRegression(solver="sgd", batch_size=batch_size, max_iter=3)
        assert warning_of(model, X, y).endswith("Try more iterations (max_iter).")


def test_mini_batches_may_converge_to_a_loose_tolerance():
    X, y = made()
    model = LogisticRegression(solver="sgd", tol=0.05, max_iter=200, random_state=0)
    assert warning_of(model, X, y) == ""
    assert model.n_iter_ < 200


def test_a_warning_can_be_made_an_error():
    X, y = made()
    with pytest.raises(ConvergenceWarning, match="not converged"):  # warnings are errors in tests
        LogisticRegression(max_iter=1).fit(X, y)


def test_fits_raise_no_floating_point_error():
    X, y = made()
    with np.errstate(all="raise"):
        for solver in SOLVERS:
            LogisticRegression(solver=solver, tol=None, max_iter=20).fit(X, y)
        LogisticRegression(tol=None, max_iter=30).fit(X, X[:, 0] > 0).predict_proba(X)


# Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"l2": -1}, "l2: expected a finite number >= 0, got -1"),
        ({"l2": "a"}, "l2: expected a finite number >= 0, got 'a'"),
        ({"l2": np.nan}, "l2: expected a finite number >= 0, got nan"),
        (
            {"solver": "lbfgs"},
            "solver: expected one of newton, gd, sgd, momentum, adam, got 'lbfgs'",
        ),
        ({"solver": ["gd"]}, "solver: expected one of newton, gd, sgd, momentum, adam, got ['gd']"),
        (
            {"solver": np.array(["gd", "sgd"])},
            "solver: expected one of newton, gd, sgd, momentum, adam, "
            "got array(['gd', 'sgd'], dtype='<U3')",
        ),
        ({"l2": True}, "l2: expected a finite number >= 0, got True"),
        ({"tol": True}, "tol: expected a finite number > 0, got True"),
        ({"fit_intercept": "no"}, "fit_intercept: expected True or False, got 'no'"),
        ({"fit_intercept": None}, "fit_intercept: expected True or False, got None"),
        ({"verbose": "no"}, "verbose: expected True or False, got 'no'"),
        (
            {"random_state": -1},
            "random_state: expected None, a whole number from 0 to 2**32 - 1 or a RandomState, "
            "got -1",
        ),
        ({"learning_rate": 0}, "learning_rate: expected a finite number > 0, got 0"),
        ({"max_iter": 0}, "max_iter: expected a whole number >= 1, got 0"),
        ({"max_iter": 1.5}, "max_iter: expected a whole number >= 1, got 1.5"),
        ({"tol": 0}, "tol: expected a finite number > 0, got 0"),
        ({"tol": np.inf}, "tol: expected a finite number > 0, got inf"),
        ({"solver": "sgd", "batch_size": 0}, "batch_size: expected a whole number >= 1, got 0"),
        (
            {"solver": "gd", "batch_size": 8},
            "batch_size: expected None for solver='gd', which uses all rows at each step, got 8",
        ),
    ],
)
def test_parameters_are_checked_by_fit(options, message):
    model = LogisticRegression(**options)  # the constructor only stores, as scikit-learn wants it
    with pytest.raises(ValueError, match=": expected ") as caught:
        model.fit(*made())
    assert str(caught.value) == message


@pytest.mark.parametrize("solver", ["newton", "gd"])
def test_a_parameter_may_be_a_fraction_or_a_flag_of_numpy(solver):
    X, y = made()
    options = {"solver": solver, "max_iter": 3, "tol": None}
    plain = LogisticRegression(l2=0.25, fit_intercept=True, **options).fit(X, y)
    other = LogisticRegression(l2=Fraction(1, 4), fit_intercept=np.True_, **options).fit(X, y)
    np.testing.assert_array_equal(plain.coef_, other.coef_)


X, Y = made(n_samples=8)


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (X, np.ones(8), ["y: expected two classes, got only one class: 1.0"]),
        (X, ["a"] * 8, ["y: expected two classes, got only one class: a"]),
        (
            X,
            np.arange(8) % 3,
            ["y: expected two classes, got 3", "type of the target is multiclass"],
        ),
        (X, np.linspace(0, 1, 8), ["Unknown label type: continuous"]),
        (X, [0, 1, None, 1, 0, 1, 0, 1], ["y"]),
        (X, Y[:5], ["inconsistent numbers of samples: [8, 5]"]),
        (X[:0], Y[:0], ["0 sample(s)", "(shape=(0, 3))"]),
        (X[:, :0], Y, ["0 feature(s)", "(shape=(8, 0))"]),
        (X[:, 0], Y, ["Expected 2D array, got 1D array"]),
        (X[None], Y, ["Found array with dim 3"]),
        (np.where(X > 1, np.nan, X), Y, ["Input X contains NaN"]),
        (np.where(X > 1, np.inf, X), Y, ["Input X contains infinity"]),
        (X * 1j, Y, ["Complex data not supported"]),
        ([["a"]] * 8, Y, ["X: expected real numbers, got an array of <U1"]),
        ([["1"]] * 8, Y, ["X: expected real numbers, got an array of <U1"]),
        (np.array([[1, "2"]] * 8, object), Y, ["X: expected real numbers, got a str"]),
        (np.array([["2020"]] * 8, "M8[Y]"), Y, ["X: expected real numbers, got an array of dat"]),
        (np.array([[1]] * 8, "m8[D]"), Y, ["X: expected real numbers, got an array of timedelta"]),
        ([[np.datetime64("NaT", "D"), 1]] * 8, Y, ["X: expected real numbers, got a datetime64"]),
        (np.zeros(8, [("a", float)]), Y, ["X: expected real numbers, got an array of [('a', "]),
        ([[1, 2]] * 7 + [[1]], Y, ["X: expected an array of numbers, got rows of unequal length"]),
        (np.ma.masked_greater(X, 1), Y, ["X: expected an array without a mask"]),
        (pd.DataFrame({"a": pd.Categorical(list("ab") * 4)}), Y, ["X: expected", "got a str"]),
        (X, [0, "a"] * 4, ["y: expected labels, all numbers or all strings, got int and str"]),
        (X, ["a", np.nan] * 4, ["y: expected labels, all numbers or all strings, got float and"]),
        (X, pd.Series(["a", None] * 4, dtype="string"), ["y: expected labels, all numbers or all"]),
        (X, [{}] * 8, ["y: expected labels, all numbers or all strings, got dict"]),
        (X, [[0], [0, 1]] * 4, ["y: expected an array of numbers, got rows of unequal length"]),
        (X, np.ma.masked_equal(Y, 1), ["y: expected an array without a mask"]),
        (X, None, ["y"]),
    ],
)
def test_bad_data_are_refused(X, y, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - all words are looked for below
        LogisticRegression().fit(X, y)
    assert all(w in str(caught.value) for w in words), str(caught.value)


@pytest.mark.parametrize("stranger", [{}, pd.NA, 10**400, pd.Timestamp("2020")])
def test_what_is_no_number_is_refused_by_the_name_of_its_argument(stranger):
    """With the error that scikit-learn's common tests ask for."""
    kind = type(stranger).__name__
    with pytest.raises(TypeError, match=f"^X: expected real numbers, got a {kind}: "):
        LogisticRegression().fit([[stranger, 1.0]] * 8, Y)
    with pytest.raises(TypeError, match=f"^sample_weight: expected real numbers, got a {kind}: "):
        LogisticRegression().fit(X, Y, sample_weight=[stranger] * 8)


def test_labels_and_numbers_may_come_as_objects():
    model = LogisticRegression(l2=0.1).fit(X, Y)
    for inputs in (X.astype(object), pd.DataFrame(X).astype(object).to_numpy()):
        for labels in ([int(k) for k in Y], [bool(k) for k in Y]):
            again = LogisticRegression(l2=0.1).fit(inputs, labels)
            np.testing.assert_array_equal(again.coef_, model.coef_)
    words = np.array(["no", "yes"], object)[Y]
    assert list(LogisticRegression(l2=0.1).fit(X, words).classes_) == ["no", "yes"]


def test_weights_that_no_float_can_hold_are_not_returned_in_silence():
    with pytest.warns(ConvergenceWarning, match="larger than the largest float"):
        LogisticRegression().fit(made()[0] * 1e-310, made()[1])


@pytest.mark.parametrize("scale", [1e-310, 1e-300, 1e-200])
def test_a_penalty_holds_however_small_the_columns_are(scale):
    """The largest slope at zero is half a column's size, so no weight is above scale / l2."""
    X, y = made()
    model = LogisticRegression(l2=0.1).fit(X * scale, y)
    assert np.abs(model.coef_).max() <= 10 * scale * np.abs(X).max()


def test_classes_are_labels():
    with pytest.raises(ValueError, match=r"^classes: expected labels, all numbers or all strings"):
        LogisticRegression().partial_fit(X, Y, classes=[0, "a"])


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.ones(7), ["sample_weight", "(7,)", "(8,)"]),
        (np.ones((8, 1)), ["Sample weights", "1D"]),
        (-np.ones(8), ["Negative", "`sample_weight`"]),
        (["1"] * 8, ["sample_weight: expected real numbers, got an array of <U1"]),
        ("balanced", ["sample_weight: expected real numbers, got an array of <U8"]),
        (np.array(["2020"] * 8, "M8[Y]"), ["sample_weight: expected real numbers, got an array"]),
        (np.ma.masked_greater(np.arange(8.0), 5), ["sample_weight: expected an array without a"]),
        (np.zeros(8), []),  # scikit-learn's words or ours, as its version has it
        (np.full(8, np.nan), ["sample_weight contains NaN"]),
        (np.full(8, np.inf), ["sample_weight contains infinity"]),
        (Y, ["sample_weight: expected a positive weight in each class, got none in class 0"]),
        (1 - Y, ["sample_weight: expected a positive weight in each class, got none in class 1"]),
    ],
)
def test_bad_weights_are_refused(weights, words):
    with pytest.raises(ValueError, match=r"(?i)sample.weight") as caught:
        LogisticRegression().fit(X, Y, sample_weight=weights)
    assert all(w in str(caught.value) for w in words), str(caught.value)


def test_sparse_input_is_refused_and_the_way_out_named():
    model = LogisticRegression(l2=0.1).fit(X, Y)
    for call in (
        lambda: model.fit(scipy.sparse.csr_array(X), Y),
        lambda: model.predict(scipy.sparse.csr_array(X)),
    ):
        with pytest.raises(ValueError, match=r"^X: expected a dense array.*not supp.*toarray"):
            call()


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_predictions_are_refused_before_fit_and_for_another_width(method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(LogisticRegression(), method)(X)
    model = LogisticRegression(l2=0.1).fit(X, Y)
    with pytest.raises(ValueError, match="X has 2 features, but LogisticRegression is expecting 3"):
        getattr(model, method)(X[:, :2])
    with pytest.raises(ValueError, match="Expected 2D array"):
        getattr(model, method)(X[0])


def test_arguments_after_the_star_are_named():
    with pytest.raises(TypeError):
        LogisticRegression(0.1)


# Many rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("l2", [0.0, 1e-4])
def test_a_fit_needs_little_memory_beside_the_rows(l2):
    rng = np.random.default_rng(90)
    X = rng.normal(size=(200_000, 64))
    y = X[:, 0] + rng.logistic(size=len(X)) > 0
    tracemalloc.start()
    LogisticRegression(l2=l2).fit(X, y)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 0.15 * X.nbytes  # labels, weights, shares; and a few blocks of rows


def test_columns_far_from_zero_keep_their_digits():
    """Seconds since 1970: in units of their spread they lie a million units from zero."""
    rng = np.random.default_rng(91)
    Z = rng.normal(size=(200_000, 12))
    y = Z @ np.ones(12) + 3 * rng.logistic(size=len(Z)) > 0
    expected = LogisticRegression(l2=1e-6).fit(Z, y)
    far = LogisticRegression(l2=1e-6).fit(Z + 2.0**20, y)
    # adding 2^20 rounds the entries of Z to 1e-10
    np.testing.assert_allclose(far.coef_, expected.coef_, rtol=1e-9)
