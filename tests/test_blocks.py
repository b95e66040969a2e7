"""fit_blocks finds what fit finds; partial_fit learns from a stream; a faulty block is named."""

import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

import lrcore
from lrcore import LogisticRegression, SoftmaxRegression

ITERATED = {"max_iter": 40, "tol": None}  # first-order solvers: so many steps, nothing claimed


def two_classes(n_samples=500, n_features=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features)) * [1, 10, 0.1, 1][:n_features]
    scores = X[:, 0] - X[:, 1] / 10 + rng.logistic(size=n_samples)
    return X, np.where(scores > 0, "yes", "no")


def three_classes(n_samples=500, seed=0):
    X, _ = two_classes(n_samples, seed=seed)
    rng = np.random.default_rng(seed + 1)
    scores = X @ rng.normal(size=(4, 3)) + rng.gumbel(size=(n_samples, 3))
    return X, scores.argmax(axis=1)


def cut(*arrays, size=70):
    """Cut arrays into blocks of `size` rows, the last one shorter."""
    starts = range(0, len(arrays[0]), size)
    return [tuple(a[i : i + size] for a in arrays) for i in starts]


@pytest.fixture
def many(monkeypatch):
    """Let the search of many rows begin with few, and the sample hold few."""
    monkeypatch.setattr(lrcore._fitting.search, "_CHEAP", 0)
    monkeypatch.setattr(lrcore._fitting.blocks, "_SAMPLE", 8000)
    monkeypatch.setattr(lrcore._fitting.blocks, "_ROWS_IN_SAMPLE", 100)
    monkeypatch.setattr(lrcore._fitting.rows, "_FEW", 0)


def assert_same(model, expected, atol=1e-9):
    """Compare to 1e-9: the same sums, added in another order."""
    np.testing.assert_array_equal(model.classes_, expected.classes_)
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-9, atol=atol)
    np.testing.assert_allclose(model.intercept_, expected.intercept_, rtol=1e-9, atol=atol)
    assert model.n_features_in_ == expected.n_features_in_


MODELS = {
    "plain": LogisticRegression(),
    "penalty": LogisticRegression(l2=0.1),
    "no bias": LogisticRegression(fit_intercept=False),
    "gd": LogisticRegression(solver="gd", learning_rate=0.01, **ITERATED),
    "momentum": LogisticRegression(solver="momentum", learning_rate=0.01, **ITERATED),
    "adam": LogisticRegression(solver="adam", **ITERATED),
    "softmax": SoftmaxRegression(),
    "softmax, penalty": SoftmaxRegression(l2=0.1),
}


@pytest.mark.no_cover  # blocks of one row are many calls; the other tests cover them
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("size", [1, 70, 500, 1000])
def test_the_fit_is_that_of_all_rows(name, size):
    n_samples = 500 if size > 1 else 150  # a block of one row takes as long to check as a large one
    X, y = three_classes(n_samples) if "softmax" in name else two_classes(n_samples)
    model = MODELS[name]
    assert_same(clone(model).fit_blocks(cut(X, y, size=size)), clone(model).fit(X, y))


@pytest.mark.parametrize("name", ["plain", "penalty", "no bias", "softmax", "softmax, penalty"])
@pytest.mark.usefixtures("many")
def test_so_it_is_where_a_sample_begins_the_search(name):
    n_samples = 20_000  # of which every 16th is kept
    X, y = three_classes(n_samples) if "softmax" in name else two_classes(n_samples)
    model = MODELS[name]
    blocks = cut(X, y, size=1500)
    found = clone(model).fit_blocks(blocks)
    assert_same(found, clone(model).fit(X, y))
    assert found.n_iter_ < 40


def test_weights_count_and_zero_drops_a_row():
    X, y = two_classes()
    weights = np.random.default_rng(3).integers(0, 3, len(y)).astype(float)
    weights[:69] = 0
    weights[69] = 1  # of the first block, one row counts
    found = LogisticRegression().fit_blocks(cut(X, y, weights))
    assert_same(found, LogisticRegression().fit(X, y, weights))
    assert found.log_likelihood_ == pytest.approx(
        LogisticRegression().fit(X, y, weights).log_likelihood_, rel=1e-12
    )


@pytest.mark.usefixtures("many")
def test_a_sample_is_of_rows_that_count():
    X, y = two_classes(20_000)
    weights = np.tile([0.0, 1.0], 10_000)  # every 16th row from the first would have none
    found = LogisticRegression().fit_blocks(cut(X, y, weights, size=1500))
    assert_same(found, LogisticRegression().fit(X[1::2], y[1::2]))


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
def test_real_data(load):
    X, y = load(return_X_y=True)
    model = SoftmaxRegression(l2=1e-3)
    assert_same(clone(model).fit_blocks(cut(X, y, size=41)), clone(model).fit(X, y))


def test_columns_far_from_zero_keep_their_digits():
    X, y = two_classes()
    X[:, 0] += 1e6
    assert_same(LogisticRegression().fit_blocks(cut(X, y)), LogisticRegression().fit(X, y), 1e-7)


def test_standard_errors_and_summary_are_there():
    X, y = two_classes()
    frame = pd.DataFrame(X, columns=list("abcd"))
    blocks = [(frame[i : i + 70], y[i : i + 70]) for i in range(0, 500, 70)]
    found = LogisticRegression().fit_blocks(blocks)
    expected = LogisticRegression().fit(frame, y)
    np.testing.assert_allclose(found.standard_errors_, expected.standard_errors_, rtol=1e-9)
    assert str(found.summary()) == str(expected.summary())


def test_separated_blocks_are_told():
    X = np.arange(8.0)[:, None]
    with pytest.warns(ConvergenceWarning, match="a plane separates") as caught:
        LogisticRegression().fit_blocks(cut(X, X[:, 0] > 3, size=3))
    assert caught[0].filename == __file__


def test_a_memory_map(tmp_path):
    X, y = two_classes()
    np.save(tmp_path / "X.npy", X.astype(np.float32))
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    found = LogisticRegression().fit_blocks(cut(mapped, y))
    assert_same(found, LogisticRegression().fit(X.astype(np.float32), y))


def test_row_groups_of_a_parquet_file(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    X, y = two_classes()
    frame = pd.DataFrame(X, columns=list("abcd")).assign(y=y)
    frame.to_parquet(tmp_path / "rows.parquet", row_group_size=90)

    def blocks():
        with parquet.ParquetFile(tmp_path / "rows.parquet") as file:
            for group in range(file.num_row_groups):
                part = file.read_row_group(group).to_pandas()
                yield part[list("abcd")], part["y"]

    found = LogisticRegression().fit_blocks(blocks)
    assert_same(found, LogisticRegression().fit(frame[list("abcd")], y))
    np.testing.assert_array_equal(found.feature_names_in_, list("abcd"))


def test_a_bar_for_each_pass(capsys):
    X, y = two_classes()
    found = LogisticRegression().fit_blocks(cut(X, y), progress=True)
    bars = capsys.readouterr().err
    assert "8/8" in bars
    assert bars.count("100%") > found.n_iter_  # a look at all rows, and a pass or two a step
    LogisticRegression().fit_blocks(cut(X, y))
    assert capsys.readouterr().err == ""


# ---- faults


def changed(index, **parts):
    """Return blocks of which one has other rows."""
    blocks = cut(*two_classes())
    X, y = blocks[index]
    blocks[index] = parts.get("X", X), parts.get("y", y)
    return blocks


def with_one(array, value):
    array = array.copy()
    array.flat[5] = value
    return array


X3, Y3 = cut(*two_classes())[3]
FAULTS = {
    "wrong width": (changed(3, X=X3[:, :3]), r"block 3 .*3 features.*expecting 4"),
    "nan": (changed(3, X=with_one(X3, np.nan)), r"block 3 .*NaN"),
    "infinity": (changed(3, X=with_one(X3, np.inf)), r"block 3 .*infinity"),
    "empty": (changed(3, X=X3[:0], y=Y3[:0]), r"block 3 .*0 sample"),
    "unknown label": (changed(3, y=with_one(Y3, "oh")), r"block 3 .*a third one: .*oh"),
    "other labels": (changed(3, y=np.zeros(70)), r"block 3 .*expected labels like"),
    "lengths": (changed(3, y=Y3[:-1]), r"block 3 .*inconsistent numbers of samples: \[70, 69\]"),
    "1-D": (changed(3, X=X3[:, 0]), r"block 3 .*2D array"),
    "negative weight": ([(X3, Y3, -np.ones(70))], r"block 0 .*egative"),
    "no pair": ([X3], r"block 0 .*expected \(X, y\) or \(X, y, sample_weight\), got a ndarray"),
    "four": ([(X3, Y3, Y3, Y3)], r"block 0 .*got a tuple of length 4"),
    "none": ([], r"at least one block"),
    "one class": ([(X3, np.full(70, "no"))], r"expected two classes, got only one"),
    "no weight": ([(X3, Y3, np.zeros(70))], r"block 0 .*non-zero"),
    "huge weights": ([(X3, Y3, np.full(70, 1e308))], r"finite sum, got inf"),
    "an iterator": (iter(cut(*two_classes())), r"read only once"),
    "a generator": ((b for b in cut(*two_classes())), r"generator, which can be read only once"),
    "a map": (map(tuple, cut(*two_classes())), r"read only once"),
    "a number": (3, r"blocks: expected .*iterated.*got a int"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.filterwarnings("ignore:overflow")
def test_a_fault_is_named_and_changes_nothing(name):
    blocks, message = FAULTS[name]
    model = LogisticRegression(l2=0.5).fit(*two_classes(seed=9))
    before = dict(vars(model))
    with pytest.raises(ValueError, match=message):
        model.fit_blocks(blocks)
    assert vars(model) == before
    fresh = LogisticRegression()
    with pytest.raises(ValueError, match=message):
        fresh.fit_blocks(blocks)
    assert vars(fresh) == vars(LogisticRegression())


def test_a_file_that_vanishes_between_passes(tmp_path):
    for i, (X, y) in enumerate(cut(*two_classes(), size=200)):
        np.savez(tmp_path / f"{i}.npz", X=X, y=y)
    opened = []

    def blocks():
        for i in range(3):
            opened.append(i)
            if len(opened) == 8:  # the second file, in the third pass
                (tmp_path / "1.npz").unlink()
            with np.load(tmp_path / f"{i}.npz") as file:
                yield file["X"], file["y"]

    model = LogisticRegression()
    with pytest.raises(ValueError, match=r"block 1 .*could not be read: FileNotFoundError"):
        model.fit_blocks(blocks)
    assert vars(model) == vars(LogisticRegression())


@pytest.mark.parametrize("n_later", [0, 3, 9])
def test_other_blocks_at_a_later_pass(n_later):
    """The classic: a function that hands out one iterator again and again."""
    blocks, calls = cut(*two_classes()), []

    def read():
        calls.append(1)
        return iter(blocks if len(calls) == 1 else (blocks + blocks)[:n_later])

    with pytest.raises(ValueError, match=rf"500 in 8 blocks, got \d+ in {n_later} blocks"):
        LogisticRegression().fit_blocks(read)


def test_an_unknown_label_at_a_later_pass():
    blocks, calls = cut(*three_classes()), []

    def read():
        calls.append(1)
        for X, y in blocks:
            yield X, y if len(calls) == 1 else y + 1

    with pytest.raises(ValueError, match=r"block 0 .*labels out of \[0, 1, 2\], got 3"):
        SoftmaxRegression().fit_blocks(read)


@pytest.mark.parametrize("options", [{"solver": "sgd"}, {"solver": "adam", "batch_size": 10}])
def test_mini_batches_are_not_drawn_from_blocks(options):
    with pytest.raises(ValueError, match=r"solver: expected one that uses all rows.*partial_fit"):
        LogisticRegression(**options).fit_blocks(cut(*two_classes()))


# ---- streams


@pytest.mark.parametrize("make", [LogisticRegression, SoftmaxRegression])
@pytest.mark.parametrize("options", [{}, {"l2": 0.1}, {"fit_intercept": False}])
def test_the_first_call_is_a_fit(make, options):
    X, y = two_classes()
    found = make(**options).partial_fit(X, y, classes=["yes", "no"])
    assert_same(found, make(**options).fit(X, y))


@pytest.mark.parametrize("make", [LogisticRegression, partial(SoftmaxRegression, l2=0.01)])
def test_a_stream_ends_near_the_fit_of_all(make):
    n_samples = 20_000
    X, y = three_classes(n_samples)
    if make is LogisticRegression:
        y = y > 0
    model = make()
    for part in cut(X, y, size=500):
        model.partial_fit(*part, classes=np.unique(y))
    expected = make().fit(X, y)
    # what n rows tell is off by a few times 1/sqrt(n); the stream's end is nearer than that to it
    shift = np.abs(model.predict_proba(X) - expected.predict_proba(X)).max()
    assert shift < 0.5 / np.sqrt(n_samples)
    assert model.loss_history_[-1] == pytest.approx(expected.loss_history_[-1], rel=1e-3)


def test_rows_weigh_the_same_in_every_call():
    """Of two halves that tell different things, the result lies between, whatever the order."""
    X, y = two_classes(2000)
    turned = np.where(y == "yes", "no", "yes")
    model = LogisticRegression(l2=1e-6)
    model.partial_fit(X, y, classes=["no", "yes"]).partial_fit(X, turned)
    alone = LogisticRegression(l2=1e-6).fit(X, y).coef_
    # the loss of both halves is smallest at zero; one parabola for one half leaves a little
    assert np.abs(model.coef_ / alone)[0, 0] < 0.3


def test_a_repeated_row_is_a_weight():
    X, y = two_classes()
    rest = two_classes(seed=5)
    once = LogisticRegression().partial_fit(X, y, ["no", "yes"], np.full(500, 2.0))
    twice = LogisticRegression().partial_fit(np.tile(X, (2, 1)), np.tile(y, 2), ["no", "yes"])
    assert_same(once.partial_fit(*rest), twice.partial_fit(*rest))


def test_a_fit_is_gone_on_with():
    X, y = two_classes(4000)
    model = LogisticRegression().fit(X[:3500], y[:3500])
    before = model.coef_.copy()
    model.partial_fit(X[3500:], y[3500:])
    whole = LogisticRegression().fit(X, y).coef_
    assert np.abs(model.coef_ - whole).max() < np.abs(before - whole).max() / 3
    model.fit(X[:100], y[:100])  # and begins anew
    assert_same(model, LogisticRegression().fit(X[:100], y[:100]))


def test_one_row_at_a_time():
    X, y = two_classes(300)
    model = LogisticRegression(l2=0.01)
    for row, label in zip(X, y, strict=True):
        model.partial_fit(row[None], [label], classes=["no", "yes"])
    assert model.score(X, y) > LogisticRegression(l2=0.01).fit(X, y).score(X, y) - 0.03


@pytest.mark.parametrize("solver", ["gd", "sgd", "momentum", "adam"])
@pytest.mark.parametrize("make", [LogisticRegression, SoftmaxRegression])
def test_other_solvers_take_a_pass_of_steps(make, solver):
    X, y = two_classes(2000)
    X = scale(X)
    model = make(solver=solver, learning_rate=0.1, random_state=0)
    losses = []
    for part in cut(X, y, size=100) * 5:
        model.partial_fit(*part, classes=["no", "yes"])
        losses.append(model.loss_history_[0])
    assert model.score(X, y) > 0.7
    assert np.mean(losses[-20:]) < np.mean(losses[:20])
    first = make(solver=solver, random_state=0).partial_fit(X, y, ["no", "yes"])
    assert_same(first, make(solver=solver, random_state=0, max_iter=1, tol=None).fit(X, y))


STREAM_FAULTS = {
    "no classes": ({}, r"classes: expected the labels of all classes at the first call"),
    "one class": ({"classes": ["no"]}, r"expected two classes, got only one"),
    "three": ({"classes": ["a", "no", "yes"]}, r"expected two classes, got 3"),
    "unknown label": ({"classes": ["yes", "oh"]}, r"labels out of \['oh', 'yes'\], got 'no'"),
    "no weight": (
        {"classes": ["no", "yes"], "sample_weight": np.zeros(500)},
        "non-zero",
    ),
}


@pytest.mark.parametrize("name", STREAM_FAULTS)
def test_faults_of_a_stream_change_nothing(name):
    arguments, message = STREAM_FAULTS[name]
    model = LogisticRegression()
    with pytest.raises(ValueError, match=message):
        model.partial_fit(*two_classes(), **arguments)
    assert vars(model) == vars(LogisticRegression())


def test_other_classes_later():
    model = LogisticRegression().partial_fit(*two_classes(), classes=["no", "yes"])
    with pytest.raises(ValueError, match=r"classes: expected those of the first call"):
        model.partial_fit(*two_classes(), classes=["no", "oh"])
    X, y = two_classes()
    with pytest.raises(ValueError, match=r"3 features"):
        model.partial_fit(X[:, :3], y)


def test_partial_fit_says_when_it_did_not_converge():
    X, y = two_classes()
    model = LogisticRegression(max_iter=1)
    for rows in (slice(0, 250), slice(250, None)):
        with pytest.warns(ConvergenceWarning, match="not converged after 1 iter") as caught:
            model.partial_fit(X[rows], y[rows], classes=["no", "yes"])
        assert caught[0].filename == __file__
    LogisticRegression(max_iter=1, tol=None).partial_fit(X, y, classes=["no", "yes"])


def test_partial_fit_says_when_the_first_rows_have_no_maximum():
    X = np.arange(8.0)[:, None]
    model = LogisticRegression()
    with pytest.warns(ConvergenceWarning, match="a plane separates"):
        model.partial_fit(X, X[:, 0] > 3, classes=[False, True])
    model.partial_fit(X, X[:, 0] > 4)  # with these there is one


def test_a_stream_has_no_summary():
    model = LogisticRegression().partial_fit(*two_classes(), classes=["no", "yes"])
    with pytest.raises(AttributeError, match="partial_fit"):
        model.summary()


@settings(max_examples=25)
@given(
    n_samples=st.integers(2, 60),
    size=st.integers(1, 60),
    n_features=st.integers(1, 4),
    seed=st.integers(0, 10**6),
)
def test_any_cut_of_any_rows_is_the_same_fit(n_samples, size, n_features, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    y = np.arange(n_samples) % 2
    model = LogisticRegression(l2=0.01)
    assert_same(clone(model).fit_blocks(cut(X, y, size=size)), clone(model).fit(X, y))


def test_a_block_may_be_read_only_and_is_left_alone():
    X, y = two_classes()
    X.flags.writeable = False
    before = X.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LogisticRegression().fit_blocks(cut(X, y))
    np.testing.assert_array_equal(X, before)


def test_a_function_that_returns_no_blocks_is_refused():
    with pytest.raises(ValueError, match=r"^blocks: expected a function .*, got a NoneType from"):
        LogisticRegression().fit_blocks(lambda: None)


def test_newton_does_not_go_on_where_another_solver_left_a_stream():
    X, y = two_classes()
    model = LogisticRegression(solver="sgd", random_state=0).partial_fit(X, y, ["no", "yes"])
    with pytest.raises(ValueError, match=r"^solver: expected that of the first call"):
        model.set_params(solver="newton").partial_fit(X, y)
