"""Fits on Dask: the same as in memory, whoever does the work, and whoever dies while doing it."""

import _thread
import importlib
import os
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import lrcore

dask = pytest.importorskip("dask")
import dask.array as da  # noqa: E402
import dask.dataframe as dd  # noqa: E402
from distributed import Client, LocalCluster  # noqa: E402

from lrcore import distributed  # noqa: E402

# workers say good-bye in ways that Python's own clean-up complains about
pytestmark = pytest.mark.filterwarnings(
    "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning"
)

N_SAMPLES, BLOCK = 2000, 300


def made(seed=0, n_classes=2):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N_SAMPLES, 4)) * [1, 10, 0.1, 1]
    scores = X / [1, 10, 0.1, 1] @ rng.normal(size=(4, n_classes))
    return X, np.argmax(scores + rng.gumbel(size=scores.shape), axis=1)


def on_dask(*arrays, block=BLOCK):
    return [da.from_array(a, chunks=(block, *a.shape[1:])) for a in arrays]


def assert_same(model, expected):
    np.testing.assert_array_equal(model.classes_, expected.classes_)
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(model.intercept_, expected.intercept_, rtol=1e-9, atol=1e-9)


@pytest.fixture(scope="module")
def client():
    """Two workers, each a process of its own."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def _threads_unless_asked():
    with dask.config.set(scheduler="threads"):
        yield


PAIRS = {
    "logistic": (distributed.LogisticRegression(), lrcore.LogisticRegression(), 2),
    "penalty": (distributed.LogisticRegression(l2=0.1), lrcore.LogisticRegression(l2=0.1), 2),
    "adam": (
        distributed.LogisticRegression(solver="adam", max_iter=20, tol=None),
        lrcore.LogisticRegression(solver="adam", max_iter=20, tol=None),
        2,
    ),
    "softmax": (distributed.SoftmaxRegression(), lrcore.SoftmaxRegression(), 3),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("block", [BLOCK, N_SAMPLES])
def test_the_fit_is_that_of_rows_in_memory(name, block):
    ours, expected, n_classes = PAIRS[name]
    X, y = made(n_classes=n_classes)
    assert_same(clone(ours).fit(*on_dask(X, y, block=block)), clone(expected).fit(X, y))


def test_with_weights_and_columns_in_pieces():
    X, y = made()
    weights = np.random.default_rng(1).uniform(size=N_SAMPLES)
    pieces = da.from_array(X, chunks=(BLOCK, 3))
    found = distributed.LogisticRegression().fit(pieces, *on_dask(y, weights))
    assert_same(found, lrcore.LogisticRegression().fit(X, y, weights))


def test_frames():
    X, y = made()
    frame = pd.DataFrame(X, columns=list("abcd"))
    labels = pd.Series(np.where(y == 1, "yes", "no"))
    lazy = dd.from_pandas(frame, npartitions=5), dd.from_pandas(labels, npartitions=5)
    found = distributed.LogisticRegression().fit(*lazy)
    expected = lrcore.LogisticRegression().fit(frame, labels)
    assert_same(found, expected)
    np.testing.assert_array_equal(found.feature_names_in_, list("abcd"))
    assert str(found.summary()) == str(expected.summary())
    # arrays made from frames do not know how long their blocks are
    numbers = dd.from_pandas(pd.Series(y), npartitions=5).to_dask_array()
    again = distributed.LogisticRegression().fit(lazy[0].to_dask_array(), numbers)
    np.testing.assert_allclose(again.coef_, expected.coef_, rtol=1e-9)


def test_it_predicts_block_by_block():
    X, y = on_dask(*made())
    model = distributed.LogisticRegression().fit(X, y)
    labels = X.map_blocks(model.predict, drop_axis=1, dtype=int).compute()
    np.testing.assert_array_equal(labels, model.predict(X.compute()))


def test_many_rows_begin_with_a_sample(monkeypatch):
    monkeypatch.setattr(lrcore._fitting.search, "_CHEAP", 0)
    monkeypatch.setattr(lrcore._fitting.blocks, "_SAMPLE", 2400)
    monkeypatch.setattr(lrcore._fitting.blocks, "_ROWS_IN_SAMPLE", 100)
    X, y = made()
    found = distributed.LogisticRegression().fit(*on_dask(X, y))
    assert_same(found, lrcore.LogisticRegression().fit(X, y))
    assert found.n_iter_ < 30


def test_a_sample_is_of_rows_that_count(monkeypatch):
    monkeypatch.setattr(lrcore._fitting.search, "_CHEAP", 0)
    monkeypatch.setattr(lrcore._fitting.blocks, "_SAMPLE", 400)
    monkeypatch.setattr(lrcore._fitting.blocks, "_ROWS_IN_SAMPLE", 100)
    X, y = made()
    weights = np.tile([0.0, 1.0], N_SAMPLES // 2)
    found = distributed.LogisticRegression().fit(*on_dask(X, y, weights))
    assert_same(found, lrcore.LogisticRegression().fit(X[1::2], y[1::2]))


def test_without_dask_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    monkeypatch.delitem(sys.modules, "lrcore._fitting.on_dask")
    with pytest.raises(ImportError, match=r"pip install 'dask\[array,dataframe\]' distributed"):
        importlib.import_module("lrcore._fitting.on_dask")


def test_columns_far_from_zero():
    X, y = made()
    X[:, 0] += 1e6
    found = distributed.LogisticRegression().fit(*on_dask(X, y))
    expected = lrcore.LogisticRegression().fit(X, y)
    np.testing.assert_allclose(found.coef_, expected.coef_, rtol=1e-6)


# ---- faults


def faults():
    X, y = made()
    hole, third = X.copy(), y.copy()
    hole[700, 2] = np.nan
    third[1300] = 2
    lazy_X, lazy_y = on_dask(X, y)
    frame = dd.from_pandas(pd.DataFrame(X).assign(y=y), npartitions=5)
    gap = frame.map_partitions(lambda part: part[(part.index < 400) | (part.index >= 800)])
    return {
        "nan": (on_dask(hole, y), r"block 2 of X .*NaN"),
        "third class": (on_dask(X, third), r"block 4 of y .*third one: \[0, 1, 2\]"),
        "numpy X": ((X, lazy_y), r"X: expected a dask array or dataframe, got a ndarray"),
        "numpy y": ((lazy_X, y), r"y: expected a dask array or dataframe, got a ndarray"),
        "other blocks": (
            (lazy_X, *on_dask(y, block=500)),
            r"y: expected as many blocks .* 7, got 4",
        ),
        "other lengths": (
            (lazy_X, da.from_array(y, chunks=((200, 400, *[300] * 4, 200),))),
            r"block \d of X .*inconsistent numbers of samples",
        ),
        "empty": ((gap[[0, 1, 2, 3]], gap["y"]), r"block 1 of X .*0 sample"),
        "1-D": ((lazy_y, lazy_y), "2D array"),
        "one class": (on_dask(X, 0 * y), "only one class"),
    }


@pytest.mark.parametrize("name", faults())
def test_a_fault_is_named_and_changes_nothing(name):
    arguments, message = faults()[name]
    model = distributed.LogisticRegression()
    with pytest.raises(ValueError, match=message):
        model.fit(*arguments)
    assert vars(model) == vars(distributed.LogisticRegression())


def test_mini_batches_are_refused():
    with pytest.raises(ValueError, match="uses all rows at each step"):
        distributed.LogisticRegression(solver="sgd").fit(*on_dask(*made()))


# ---- processes


def test_processes_find_the_same(client):
    X, y = made()
    with dask.config.set(scheduler=client):
        assert_same(
            distributed.LogisticRegression().fit(*on_dask(X, y)),
            lrcore.LogisticRegression().fit(X, y),
        )
        labels = np.where(y == 1, np.nan, 0.0)
        with pytest.raises(ValueError, match=r"block \d of X .*NaN"):
            distributed.LogisticRegression().fit(*on_dask(X, labels))


def slowly(block):
    time.sleep(0.05)
    return block


def test_a_killed_worker_changes_nothing():
    X, y = made()
    lazy_X, lazy_y = on_dask(X, y)
    lazy_X = lazy_X.map_blocks(slowly)  # computed anew at each pass: seconds in which to die
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
        dask.config.set(scheduler=client),
    ):
        pids = client.run(os.getpid)
        started = time.monotonic()

        def kill():
            os.kill(next(iter(pids.values())), 9)
            killed.append(time.monotonic())

        killed = []
        timer = threading.Timer(1.0, kill)
        timer.start()
        found = distributed.LogisticRegression().fit(lazy_X, lazy_y)
        finished = time.monotonic()
        timer.join()
        assert started < killed[0] < finished  # it did die while the fit ran
        now = set(client.run(os.getpid).values())
        assert next(iter(pids.values())) not in now
    assert_same(found, lrcore.LogisticRegression().fit(X, y))


def test_a_cancelled_fit_leaves_no_task(client):
    """Ctrl-C in the middle of a pass."""
    lazy_X, lazy_y = on_dask(*made())
    lazy_X = lazy_X.map_blocks(slowly)
    model = distributed.LogisticRegression()

    with dask.config.set(scheduler=client):
        timer = threading.Timer(1.0, _thread.interrupt_main)
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            model.fit(lazy_X, lazy_y)
        timer.join()
    assert not hasattr(model, "coef_")
    deadline = time.monotonic() + 20
    while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
