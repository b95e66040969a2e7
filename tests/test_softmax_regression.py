"""SoftmaxRegression: one optimum for any number of classes; test_estimators has what is shared."""

import pickle
import warnings

import mpmath
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sklearn.linear_model
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from statsmodels.discrete.discrete_model import MNLogit

from lrcore import LogisticRegression, SoftmaxRegression, softmax, softmax_cross_entropy

FIRST_ORDER = ["gd", "sgd", "momentum", "adam"]
FULL_BATCH = ["newton", "gd", "momentum", "adam"]


def made(n_samples=80, n_features=3, n_classes=4, seed=90):
    """Classes that overlap, in columns of about the same scale."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    Z = X @ rng.normal(size=(n_features, n_classes)) + rng.gumbel(size=(n_samples, n_classes))
    y = np.argmax(Z, axis=1)
    y[:n_classes] = np.arange(n_classes)  # no class is missing
    return X, y


def parameters(model):
    return np.column_stack([model.coef_, model.intercept_])


def loss_of(model, X, y, weights=None):
    Z = X @ model.coef_.T + model.intercept_
    each = [softmax_cross_entropy([a], [b]) for a, b in zip(y, Z, strict=True)]
    return np.average(each, weights=weights) + model.l2 / 2 * np.sum(model.coef_**2)


def warning_of(model, X, y, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, **options)
    assert [w.category for w in caught] in ([], [ConvergenceWarning])
    assert all(w.filename == __file__ for w in caught)
    return str(caught[0].message) if caught else ""


# Oracles from outside -------------------------------------------------------------------------


# scikit-learn's checks fit separated classes, where a warning is right
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [SoftmaxRegression()]
    + [SoftmaxRegression(solver=s, max_iter=60, tol=None, random_state=0) for s in FIRST_ORDER]
)
def test_scikit_learns_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("l2", [0.01, 1.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("solver", ["newton-cholesky", "lbfgs"])
def test_coefficients_are_scikit_learns_at_the_same_penalty(l2, fit_intercept, solver):
    X, y = made()
    peer = sklearn.linear_model.LogisticRegression(
        C=1 / (l2 * len(y)), fit_intercept=fit_intercept, solver=solver, tol=1e-12
    ).fit(X, y)
    model = SoftmaxRegression(l2=l2, fit_intercept=fit_intercept).fit(X, y)
    # newton-cholesky stops at a gradient near 1e-12, lbfgs where the loss is flat to 1e-16: the
    # parameters then are right to its square root
    digits = 1e-9 if solver == "newton-cholesky" else 3e-7
    np.testing.assert_allclose(parameters(model), parameters(peer), rtol=digits, atol=digits)
    np.testing.assert_allclose(model.decision_function(X), peer.decision_function(X), atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(X), peer.predict_proba(X), rtol=10 * digits)
    np.testing.assert_array_equal(model.predict(X), peer.predict(X))


def test_contrasts_without_a_penalty_are_statsmodels():
    X, y = made(n_samples=200)
    peer = MNLogit(y, np.column_stack([X, np.ones(len(y))])).fit(method="newton", tol=1e-13, disp=0)
    got = parameters(SoftmaxRegression().fit(X, y))
    # statsmodels measures from class 0; both have converged quadratically
    np.testing.assert_allclose((got[1:] - got[0]).T, peer.params, rtol=1e-9)


def exact_fit(X, y, n_classes, l2):
    """Newton's method with 40 digits; a penalty makes the optimum of the weights unique."""
    n_samples, n_columns = len(X), X.shape[1] + 1
    with mpmath.workdps(40):
        A = [[mpmath.mpf(float(v)) for v in row] + [mpmath.mpf(1)] for row in X]
        penalty = [mpmath.mpf(l2)] * (n_columns - 1) + [mpmath.mpf(0)]
        size = n_columns * n_classes
        theta = mpmath.zeros(size, 1)
        for _ in range(40):
            g, H = mpmath.zeros(size, 1), mpmath.zeros(size, size)
            for row, own in zip(A, y, strict=True):
                e = [
                    mpmath.exp(sum(row[j] * theta[j * n_classes + k] for j in range(n_columns)))
                    for k in range(n_classes)
                ]
                p = [v / sum(e) for v in e]
                for j, k in np.ndindex(n_columns, n_classes):
                    g[j * n_classes + k] += row[j] * (p[k] - int(k == own)) / n_samples
                    for i, m in np.ndindex(n_columns, n_classes):
                        slope = p[k] * (int(k == m) - p[m])
                        H[j * n_classes + k, i * n_classes + m] += (
                            row[i] * row[j] * slope / n_samples
                        )
            for j, k in np.ndindex(n_columns, n_classes):
                g[j * n_classes + k] += penalty[j] * theta[j * n_classes + k]
                H[j * n_classes + k, j * n_classes + k] += penalty[j]
            for k, m in np.ndindex(n_classes, n_classes):  # the sum of the biases stays at zero
                H[size - 1 - k, size - 1 - m] += 1
            step = mpmath.lu_solve(H, g)
            theta -= step
            if mpmath.norm(step) < mpmath.mpf("1e-22") * mpmath.norm(theta):
                return np.array([float(v) for v in theta]).reshape(n_columns, n_classes).T
    raise AssertionError("the exact fit did not converge")


# 1e-10: ten digits in every coefficient is what the project promises
@pytest.mark.parametrize("units", [np.ones(2), np.array([1e-8, 1e8])])
def test_newton_finds_ten_digits_of_the_optimum_in_any_units(units):
    X, y = made(n_samples=20, n_features=2, n_classes=3)
    expected = exact_fit(X * units, y, 3, 0.3)
    np.testing.assert_allclose(
        parameters(SoftmaxRegression(l2=0.3).fit(X * units, y)), expected, rtol=1e-10
    )


@pytest.mark.parametrize("l2", [0.0, 0.2])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_two_classes_are_logistic_regression(l2, fit_intercept):
    X, y = made(n_classes=2)
    model = SoftmaxRegression(l2=l2, fit_intercept=fit_intercept).fit(X, y)
    # w split into w/2 and -w/2 has half the squared norm
    twin = LogisticRegression(l2=l2 / 2, fit_intercept=fit_intercept).fit(X, y)
    assert model.coef_.shape == (2, 3)
    difference = parameters(model)[1] - parameters(model)[0]
    # both have 14 digits or more
    np.testing.assert_allclose(difference, parameters(twin)[0], rtol=1e-11)
    np.testing.assert_allclose(model.decision_function(X), twin.decision_function(X), rtol=1e-9)
    np.testing.assert_allclose(model.predict_proba(X), twin.predict_proba(X), rtol=1e-10)
    np.testing.assert_array_equal(model.predict(X), twin.predict(X))
    np.testing.assert_allclose(model.loss_history_, twin.loss_history_, rtol=1e-12)


@pytest.mark.parametrize("load", [load_iris, load_digits])
def test_the_optimum_of_real_data_is_stationary(load):
    X, y = load(return_X_y=True)
    l2 = 0.01
    model = SoftmaxRegression(l2=l2).fit(X, y)
    residuals = model.predict_proba(X) - np.eye(len(model.classes_))[y]
    gradient = residuals.T @ X / len(y) + l2 * model.coef_
    size = np.abs(X).mean(axis=0) + l2
    np.testing.assert_allclose(gradient / size, 0, atol=1e-12)  # 1797 roundings at most
    np.testing.assert_allclose(residuals.mean(axis=0), 0, atol=1e-13)
    assert model.score(X, y) > 0.95


# Properties -----------------------------------------------------------------------------------


@pytest.mark.parametrize("l2", [0.0, 0.1])
@pytest.mark.parametrize("solver", ["newton", *FIRST_ORDER])
def test_weights_and_biases_sum_to_zero_over_the_classes(solver, l2):
    X, y = made()
    model = SoftmaxRegression(solver=solver, l2=l2, max_iter=50, tol=None, random_state=0)
    model.fit(X + 3, y)
    # four roundings of numbers below 10
    np.testing.assert_allclose(model.coef_.sum(axis=0), 0, atol=1e-14)
    assert model.intercept_.sum() == pytest.approx(0, abs=1e-14)


# a gradient of 1e-8 over a curvature of at least 0.05 (l2 0.05): 2e-7
@pytest.mark.parametrize("solver", ["gd", "momentum", "adam"])
def test_every_solver_arrives_at_the_same_optimum(solver):
    X, y = made()
    expected = parameters(SoftmaxRegression(l2=0.05).fit(X, y))
    model = SoftmaxRegression(solver=solver, learning_rate=0.2, l2=0.05, max_iter=3000)
    np.testing.assert_allclose(parameters(model.fit(X, y)), expected, atol=3e-7)
    assert model.n_iter_ < 3000


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_weight_two_is_the_row_twice_and_weight_zero_is_no_row(solver):
    X, y = made()
    weights = np.random.default_rng(91).integers(0, 4, len(y))
    weights[:4] = 1
    rows = np.repeat(np.arange(len(y)), weights.astype(np.intp))
    options = {"l2": 0.1, "solver": solver, "max_iter": 50, "tol": None}
    weighted = SoftmaxRegression(**options).fit(X, y, sample_weight=weights)
    repeated = SoftmaxRegression(**options).fit(X[rows], y[rows])
    # sums in another order; adam's first steps divide a gradient by itself
    np.testing.assert_allclose(parameters(weighted), parameters(repeated), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(weighted.loss_history_, repeated.loss_history_, rtol=1e-9)


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_symmetries_of_the_optimum(seed):
    X, y = made(n_samples=30, seed=seed)
    expected = SoftmaxRegression(l2=0.1).fit(X, y)
    order = np.random.default_rng(seed).permutation(len(y))
    shuffled = SoftmaxRegression(l2=0.1).fit(X[order], y[order])
    renamed = SoftmaxRegression(l2=0.1).fit(X, np.array([2, 0, 3, 1])[y])
    moved = SoftmaxRegression(l2=0.1).fit(X + 5, y)
    # all of them stop with 14 digits or more of coefficients below 10
    close = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(parameters(shuffled), parameters(expected), **close)
    np.testing.assert_allclose(parameters(renamed)[[2, 0, 3, 1]], parameters(expected), **close)
    np.testing.assert_allclose(moved.coef_, expected.coef_, **close)


def test_the_mean_probability_is_the_share_of_each_class():
    """The equation of the biases, whatever the penalty."""
    X, y = made()
    for l2 in (0.0, 10.0):
        P = SoftmaxRegression(l2=l2).fit(X, y).predict_proba(X)
        np.testing.assert_allclose(P.mean(axis=0), np.bincount(y) / len(y), rtol=1e-13)


# What fit leaves behind -----------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["newton", *FIRST_ORDER])
@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_attributes_have_the_documented_shapes(solver, n_classes):
    X, y = made(n_classes=n_classes)
    model = SoftmaxRegression(solver=solver, tol=None, max_iter=12, random_state=0).fit(X, y)
    assert model.coef_.shape == (n_classes, 3)
    assert model.intercept_.shape == (n_classes,)
    np.testing.assert_array_equal(model.classes_, np.arange(n_classes))
    assert model.n_iter_ == len(model.loss_history_) == 12
    assert model.decision_function(X).shape == ((80,) if n_classes == 2 else (80, n_classes))
    assert model.predict_proba(X).shape == (80, n_classes)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("solver", ["newton", *FIRST_ORDER])
def test_loss_history_is_the_loss_that_falls(solver, weighted):
    X, y = made()
    weights = np.random.default_rng(92).integers(1, 4, 80) if weighted else None
    options = {"l2": 0.2, "solver": solver, "tol": None, "random_state": 1, "learning_rate": 0.05}
    history = SoftmaxRegression(max_iter=4, **options).fit(X, y, weights).loss_history_
    assert history[0] == pytest.approx(np.log(4), rel=1e-14)  # all parameters start at zero
    for k in (1, 2, 3):
        model = SoftmaxRegression(max_iter=k, **options).fit(X, y, weights)
        if solver == "adam":  # its steps do not sum to zero; taking the mean off shrinks the norm
            assert loss_of(model, X, y, weights) <= history[k]
        else:
            assert history[k] == pytest.approx(loss_of(model, X, y, weights), rel=1e-13)
    assert history[-1] < history[0]


def test_without_intercept_the_biases_are_zero():
    X, y = made()
    for solver in FULL_BATCH:
        model = SoftmaxRegression(solver=solver, fit_intercept=False, tol=None, max_iter=5)
        np.testing.assert_array_equal(model.fit(X + 1, y).intercept_, np.zeros(4))
        np.testing.assert_array_equal(model.predict_proba(np.zeros((1, 3))), [[0.25] * 4])


# Prediction -----------------------------------------------------------------------------------


def test_scores_probabilities_and_labels_belong_together():
    X, y = made()
    model = SoftmaxRegression().fit(X, y)
    Z, P = model.decision_function(X), model.predict_proba(X)
    np.testing.assert_allclose(Z, X @ model.coef_.T + model.intercept_, rtol=1e-13, atol=1e-14)
    np.testing.assert_array_equal(P, softmax(Z))
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_array_equal(model.predict(X), np.argmax(P, axis=1))
    assert model.score(X, y) == np.mean(model.predict(X) == y)


@pytest.mark.parametrize("labels", [["ant", "bee", "cat", "dog"], [-3, 0, 2, 9], list("wxyz")])
def test_labels_of_any_kind(labels):
    X, y = made()
    model = SoftmaxRegression().fit(X, np.array(labels)[y])
    np.testing.assert_array_equal(model.classes_, labels)
    np.testing.assert_array_equal(parameters(model), parameters(SoftmaxRegression().fit(X, y)))
    assert set(model.predict(X)) <= set(labels)


@pytest.mark.parametrize("kind", [np.int8, np.int64, np.uint8, float, str])
def test_a_measurement_taken_for_labels_is_noticed(kind):
    X, _ = made(n_samples=22)
    signed = np.dtype(kind).kind != "u"
    measured = np.arange(0, 242, 11) - 121 * signed  # farther apart than an int8 can tell
    with pytest.warns(UserWarning, match="could represent a regression problem"):
        SoftmaxRegression(l2=1.0).fit(X, measured.astype(kind))


def test_pickle_clone_frames_and_the_company_of_scikit_learn():
    X, y = made()
    frame = pd.DataFrame(X, columns=["age", "dose", "weight"])
    model = SoftmaxRegression(l2=0.1).fit(frame, pd.Series(y, index=np.arange(len(y)) * 7))
    assert list(model.feature_names_in_) == ["age", "dose", "weight"]
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(frame), model.predict_proba(frame))
    with pytest.raises(NotFittedError):
        clone(model).predict(X)
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), SoftmaxRegression(l2=0.01))
    search = GridSearchCV(pipeline, {"softmaxregression__l2": [1e-3, 1e-2, 10.0]}, cv=3).fit(X, y)
    assert search.best_params_["softmaxregression__l2"] < 10
    assert search.best_score_ > 0.94  # what every analysis of these data reports
    calibrated = CalibratedClassifierCV(pipeline, cv=2).fit(X, y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1, rtol=1e-12)


# No silent failure ----------------------------------------------------------------------------


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_a_good_fit_is_silent(solver):
    X, y = made()
    model = SoftmaxRegression(solver=solver, learning_rate=0.3, max_iter=5000)
    assert warning_of(model, X, y) == ""


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_separated_classes(solver):
    X = np.random.default_rng(93).normal(size=(60, 2))
    y = np.digitize(X[:, 0], [-0.5, 0.5])
    X[:, 0] += 3 * y  # gaps, so that every solver finds the planes soon
    model = SoftmaxRegression(solver=solver, learning_rate=0.2, max_iter=2000)
    message = warning_of(model, X, y)
    assert message.startswith("planes separate the classes, so without a penalty the likelihood")
    assert message.endswith("Set l2 > 0.")
    assert warning_of(SoftmaxRegression(l2=1e-3), X, y) == ""
    two = warning_of(model, X, y > 0)
    assert two.startswith("a plane separates the two classes, so without a penalty")


def test_one_class_separated_from_two_that_overlap():
    X, y = made(n_classes=2)
    X, y = np.vstack([X, X + 50]), np.append(y, np.full(len(y), 2))
    message = warning_of(SoftmaxRegression(), X, y)
    assert message.startswith(
        "planes separate some of the classes, but for rows that lie on them, so without"
    )
    assert warning_of(SoftmaxRegression(l2=1e-3), X, y) == ""
    rows_on_the_plane = [[0.0], [0], [1], [1], [2], [3]], [0, 0, 0, 1, 1, 1]
    two = warning_of(SoftmaxRegression(), *rows_on_the_plane)
    assert two.startswith("a plane separates the two classes, but for rows that lie on it")


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_collinear_columns(solver):
    X, y = made()
    expected = SoftmaxRegression().fit(X, y).predict_proba(X)
    X = np.column_stack([X, X[:, 0] - 2 * X[:, 1]])
    model = SoftmaxRegression(solver=solver, learning_rate=0.1, max_iter=20000)
    assert "linearly dependent" in warning_of(model, X, y)
    # the probabilities do not depend on the choice; a gradient of 1e-8 over a curvature near 0.01
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=3e-6)
    assert warning_of(SoftmaxRegression(l2=0.1), X, y) == ""


def test_not_converged():
    X, y = made()
    for solver in FULL_BATCH:
        message = warning_of(SoftmaxRegression(solver=solver, max_iter=2), X, y)
        assert message.startswith("not converged after 2 iterations: the largest entry of the grad")
        assert message.endswith("Try more iterations (max_iter).")
    message = warning_of(SoftmaxRegression(solver="sgd", max_iter=5, random_state=0), X, y)
    assert "solver='newton', or batch_size=None" in message
    message = warning_of(SoftmaxRegression(solver="gd", learning_rate=1e4), X, y)
    assert message.endswith(
        "Try a smaller learning_rate: the step is too long for the loss to fall."
    )


# Bad input ------------------------------------------------------------------------------------


def test_bad_input_is_refused():
    X, y = made(n_samples=8)
    model = SoftmaxRegression(l2=0.1).fit(X, y)
    for arguments, words in [
        ((X, np.ones(8)), "y: expected two classes or more, got only one class: 1.0"),
        ((X, np.linspace(0, 1, 8)), "Unknown label type: continuous"),
        ((np.where(X > 1, np.nan, X), y), "Input X contains NaN"),
        ((X, y, y), "sample_weight: expected a positive weight in each class, got none in class 0"),
        ((scipy.sparse.csr_array(X), y), "X: expected a dense array, got a sparse one"),
    ]:
        with pytest.raises(ValueError, match=words):
            SoftmaxRegression().fit(*arguments)
    with pytest.raises(ValueError, match="X: expected a dense array, got a sparse one"):
        model.predict(scipy.sparse.csr_array(X))
    with pytest.raises(ValueError, match="X has 2 features, but SoftmaxRegression is expecting 3"):
        model.predict(X[:, :2])
    with pytest.raises(ValueError, match="l2: expected a finite number >= 0, got -1"):
        SoftmaxRegression(l2=-1).fit(X, y)
