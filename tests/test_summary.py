"""Standard errors, the log-likelihood and the table of a fit, against statsmodels."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from sklearn.exceptions import NotFittedError
from statsmodels.discrete.discrete_model import Logit, MNLogit
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from lrcore import LogisticRegression, SoftmaxRegression, TwoLayerClassifier

EXACT = {"method": "newton", "tol": 1e-13, "disp": 0}
UNITS, ORIGIN = np.array([1e-8, 1.0, 1e8]), np.array([2.0, -1.0, 30.0])


def made(n_classes=2, n_samples=150, seed=100):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 3))
    Z = X @ rng.normal(size=(3, n_classes)) + rng.gumbel(size=(n_samples, n_classes))
    return X, np.argmax(Z, axis=1)


def ones(X):
    return np.column_stack([X, np.ones(len(X))])


# 1e-9: statsmodels stops with a gradient of 1e-13 or so, and the errors vary with the parameters
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_table_is_statsmodels(fit_intercept):
    X, y = made()
    peer = Logit(y, ones(X) if fit_intercept else X).fit(**EXACT)
    model = LogisticRegression(fit_intercept=fit_intercept).fit(X, y)
    table = model.summary()
    np.testing.assert_allclose(model.standard_errors_, [peer.bse], rtol=1e-9)
    assert model.log_likelihood_ == pytest.approx(peer.llf, rel=1e-12)
    np.testing.assert_allclose(table.coefficients, peer.params, rtol=1e-9)
    np.testing.assert_array_equal(table.standard_errors, model.standard_errors_[0])
    np.testing.assert_allclose(table.z, peer.tvalues, rtol=1e-9)
    np.testing.assert_allclose(table.p_values, peer.pvalues, rtol=1e-8)
    np.testing.assert_allclose(table.odds_ratios, np.exp(peer.params), rtol=1e-9)
    assert table.log_likelihood == model.log_likelihood_
    assert table.names == ["x0", "x1", "x2", "(bias)"][: len(peer.params)]


def test_p_values_are_two_sided_normal_tails():
    table = LogisticRegression().fit(*made()).summary()
    expected = 2 * scipy.stats.norm.sf(np.abs(table.z))
    np.testing.assert_allclose(table.p_values, expected, rtol=1e-14)


def test_weights_count_rows():
    X, y = made()
    weights = np.random.default_rng(101).integers(1, 5, len(y))
    model = LogisticRegression().fit(X, y, sample_weight=weights)
    peer = GLM(y, ones(X), family=Binomial(), freq_weights=weights).fit(tol=1e-14)
    np.testing.assert_allclose(model.standard_errors_, [peer.bse], rtol=1e-9)
    assert model.log_likelihood_ == pytest.approx(peer.llf, rel=1e-12)
    rows = np.repeat(np.arange(len(y)), weights.astype(np.intp))
    twice = LogisticRegression().fit(X[rows], y[rows])
    np.testing.assert_allclose(twice.standard_errors_, model.standard_errors_, rtol=1e-11)


@pytest.mark.parametrize("kind", [LogisticRegression, SoftmaxRegression])
def test_units_and_origins_scale_back(kind):
    X, y = made(2 if kind is LogisticRegression else 3)
    plain = kind().fit(X, y)
    moved = kind().fit((X + ORIGIN) * UNITS, y)
    # X + 30 is rounded by 4e-15 of a column that matters by 1
    np.testing.assert_allclose(
        moved.standard_errors_[:, :3] * UNITS, plain.standard_errors_[:, :3], rtol=1e-11
    )
    shifted = kind().fit(X + ORIGIN, y)
    np.testing.assert_allclose(
        moved.standard_errors_[:, 3], shifted.standard_errors_[:, 3], rtol=1e-10
    )
    if kind is LogisticRegression:
        peer = Logit(y, ones(X + ORIGIN)).fit(**EXACT)
        np.testing.assert_allclose(shifted.standard_errors_, [peer.bse], rtol=1e-8)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_softmax_errors_are_statsmodels_seen_from_the_mean_of_the_classes(n_classes, fit_intercept):
    X, y = made(n_classes)
    columns = ones(X) if fit_intercept else X
    peer = MNLogit(y, columns).fit(**EXACT)
    model = SoftmaxRegression(fit_intercept=fit_intercept).fit(X, y)
    # statsmodels: class 0 at zero, the others from there; taking the mean off each column is linear
    centring = np.eye(n_classes)[:, 1:] - 1 / n_classes
    to_ours = np.kron(centring, np.eye(columns.shape[1]))
    covariance = to_ours @ np.asarray(peer.cov_params()) @ to_ours.T
    expected = np.sqrt(np.diag(covariance)).reshape(n_classes, -1)
    np.testing.assert_allclose(model.standard_errors_, expected, rtol=1e-8)
    assert model.log_likelihood_ == pytest.approx(peer.llf, rel=1e-12)


def test_two_classes_of_softmax_have_half_the_error():
    X, y = made()
    half = SoftmaxRegression().fit(X, y).standard_errors_
    whole = LogisticRegression().fit(X, y).standard_errors_
    # the two weights are w/2 and -w/2
    np.testing.assert_allclose(half, np.vstack([whole, whole]) / 2, rtol=1e-10)


def test_the_table_prints_and_names_its_rows():
    X, y = made()
    frame = pd.DataFrame(X, columns=["age", "a long name", "c"])
    table = LogisticRegression().fit(frame, y).summary()
    lines = str(table).splitlines()
    assert repr(table) == str(table)
    assert lines[0].split("  ")[-1].strip() == "odds ratio"
    assert [line[:11].strip() for line in lines[1:5]] == ["age", "a long name", "c", "(bias)"]
    numbers = [float(v) for v in lines[2][11:].split()]
    columns = table.coefficients, table.standard_errors, table.z, table.p_values, table.odds_ratios
    np.testing.assert_allclose(numbers, [c[1] for c in columns], rtol=1e-3)  # four digits
    assert lines[5] == f"log-likelihood: {table.log_likelihood:.6g}"
    assert len({len(line) for line in lines[:5]}) == 1
    assert "nan" not in str(table)


def test_a_huge_coefficient_has_an_infinite_odds_ratio_and_no_flag():
    X, y = made()
    with np.errstate(all="raise"):
        table = LogisticRegression().fit(X * 1e-6, y).summary()
        assert np.isinf(table.odds_ratios).any()
    assert not np.isnan(table.p_values).any()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"l2": 0.1}, "has a penalty (l2=0.1)"),
        ({"solver": "gd", "learning_rate": 0.5}, "was made by solver='gd': use 'newton'"),
        ({"tol": None, "max_iter": 9}, "was made with tol=None, which checks nothing"),
        ({"max_iter": 1}, "ended with a ConvergenceWarning"),
    ],
)
@pytest.mark.parametrize("kind", [LogisticRegression, SoftmaxRegression])
def test_no_errors_without_a_maximum_of_the_likelihood(kind, options, why):
    X, y = made()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = kind().fit(X, y).set_params(**options).fit(X, y)
    message = (
        "standard_errors_, log_likelihood_ and summary() belong to a maximum of the likelihood, "
        f"and this fit {why}"
    )
    for name in ["standard_errors_", "log_likelihood_"]:
        assert not hasattr(model, name)
        with pytest.raises(AttributeError) as caught:
            getattr(model, name)
        assert str(caught.value) == message
    if kind is LogisticRegression:
        with pytest.raises(AttributeError, match="belong to a maximum of the likelihood"):
            model.summary()


def test_separated_classes_have_no_errors():
    X, _ = made()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression().fit(X, X[:, 0] > 0)
    assert not hasattr(model, "standard_errors_")


def test_not_fitted_and_no_such_thing():
    for model in (LogisticRegression(), SoftmaxRegression()):
        assert not hasattr(model, "standard_errors_")
        with pytest.raises(NotFittedError):
            _ = model.log_likelihood_
    assert not hasattr(TwoLayerClassifier(), "standard_errors_")
    X, y = made()
    model = pickle.loads(pickle.dumps(LogisticRegression().fit(X, y)))
    assert model.standard_errors_.shape == (1, 4)
