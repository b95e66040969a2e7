"""The book's data: what they hold, how they are coded, and the truth of the made ones."""

import dataclasses

import numpy as np
import pytest
import scipy.stats
import sklearn.datasets

from lrcore import LogisticRegression
from lrcore.datasets import Dataset, load_breast_cancer, make_clouds


def test_breast_cancer_is_scikit_learns_with_malignant_as_one():
    data, peer = load_breast_cancer(), sklearn.datasets.load_breast_cancer()
    np.testing.assert_array_equal(data.X, peer.data)
    assert data.feature_names == tuple(peer.feature_names)
    theirs = peer.target_names[peer.target]  # names, so that no coding is assumed
    np.testing.assert_array_equal(np.array(data.class_names)[data.y], theirs)
    assert data.class_names[1] == "malignant"


def test_breast_cancer_has_the_published_counts():
    data = load_breast_cancer()
    assert data.X.shape == (569, 30)
    assert np.bincount(data.y).tolist() == [357, 212]
    assert "doi:10.24432/C5DW2B" in data.source


@pytest.mark.parametrize("load", [load_breast_cancer, make_clouds])
def test_a_dataset_is_ready_for_a_fit(load):
    data = load()
    assert isinstance(data, Dataset)
    assert data.X.dtype == np.float64
    assert data.y.dtype == np.intp
    assert len(data.feature_names) == data.X.shape[1]
    assert len(data.class_names) == len(np.unique(data.y)) == 2
    assert all(type(name) is str for name in (*data.feature_names, *data.class_names))
    assert np.all(np.isfinite(data.X))


@pytest.mark.parametrize("load", [load_breast_cancer, make_clouds])
def test_each_call_gives_arrays_of_its_own(load):
    first = load()
    first.X[:] = 0
    first.y[:] = 0
    assert np.any(load().X != 0)
    assert np.any(load().y != 0)


def test_the_fields_of_a_dataset_cannot_be_replaced():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_clouds().X = None


def test_clouds_repeat_by_random_state():
    same, other = make_clouds(30, random_state=0), make_clouds(30, random_state=1)
    np.testing.assert_array_equal(make_clouds(30).X, same.X)
    np.testing.assert_array_equal(make_clouds(30).y, same.y)
    assert np.all(same.X != other.X)
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(make_clouds(30, random_state=rng).X, same.X)
    assert np.all(make_clouds(30, random_state=rng).X != same.X)  # the generator has moved on


@pytest.mark.parametrize("n_samples", [2, 7, 200])
def test_clouds_have_the_size_asked_for(n_samples):
    data = make_clouds(n_samples)
    assert data.X.shape == (n_samples, 2)
    assert data.y.shape == (n_samples,)
    assert set(data.y) <= {0, 1}


MANY = 200_000


def test_clouds_are_what_the_docstring_says():
    data = make_clouds(MANY)
    # a mean of n/2 unit normals, a covariance and a share: standard errors of 0.003, 0.004, 0.001;
    # five of them
    for k, centre in enumerate([(-0.8, -0.6), (0.8, 0.6)]):
        cloud = data.X[data.y == k]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.016)
        np.testing.assert_allclose(np.cov(cloud.T), np.eye(2), atol=0.023)
    assert data.y.mean() == pytest.approx(0.5, abs=0.006)


def test_a_fit_on_many_clouds_finds_the_truth():
    data = make_clouds(MANY)
    model = LogisticRegression().fit(data.X, data.y)
    # standard errors from the inverse of the Hessian are about 0.008; four of them
    np.testing.assert_allclose(model.coef_[0], [1.6, 1.2], atol=0.035)
    assert model.intercept_[0] == pytest.approx(0, abs=0.035)


def test_the_best_rule_is_right_as_often_as_the_normal_law_says():
    data = make_clouds(MANY)
    best = np.mean((data.X @ [1.6, 1.2] > 0) == data.y)
    expected = scipy.stats.norm.cdf(1)  # the centres lie one standard deviation from the line
    assert expected == pytest.approx(0.84, abs=0.005)  # the 84 % of the docstring
    # the standard error of a share of 200 000 is 0.0008; four of them
    assert best == pytest.approx(expected, abs=0.0033)


@pytest.mark.parametrize("n_samples", [1, 0, -5, 10.0, "10", None, True])
def test_clouds_refuse_what_is_no_size(n_samples):
    with pytest.raises(ValueError, match=r"^n_samples: expected a whole number >= 2, got "):
        make_clouds(n_samples)


@pytest.mark.parametrize("seed", ["a", -1, 1.5])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(ValueError, match=rf"^random_state: expected .*, got {seed!r}$"):
        make_clouds(10, random_state=seed)
