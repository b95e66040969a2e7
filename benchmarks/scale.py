"""Rows beyond memory: time and memory against the number of rows, the peers, and two processes.

Each fit runs in a process of its own, so that its peak memory is its own.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import dask
import dask.array
import numpy as np
from distributed import Client, LocalCluster
from sklearn.linear_model import SGDClassifier
from threadpoolctl import threadpool_limits

import lrcore
from lrcore import binary_cross_entropy_from_logits, distributed, sigmoid

N_FEATURES = 20
BLOCK = 250_000  # rows
ROWS = [1_000_000, 2_000_000, 4_000_000, 8_000_000, 16_000_000]
L2 = 1e-6
PER_MILLION = 1e6

Blocks = Callable[[], Iterator[tuple[np.ndarray, np.ndarray]]]


def write(folder: Path, n_rows: int) -> None:
    """Write correlated float32 columns of unit size and their labels, block after block."""
    rng = np.random.default_rng(0)
    mix = rng.normal(size=(N_FEATURES, N_FEATURES)) + 2 * np.eye(N_FEATURES)
    mix /= np.linalg.norm(mix, axis=0)  # SGD needs columns of one size; lrcore would not
    w = rng.normal(size=N_FEATURES) / 2
    with (folder / "X").open("wb") as inputs, (folder / "y").open("wb") as labels:
        for _ in range(n_rows // BLOCK):
            X = rng.normal(size=(BLOCK, N_FEATURES)) @ mix
            (rng.random(BLOCK) < sigmoid(X @ w)).astype(np.int8).tofile(labels)
            X.astype(np.float32).tofile(inputs)


def blocks_of(folder: Path, n_rows: int) -> Blocks:
    """Return the function that opens the files and yields one block after the other."""

    def blocks() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for start in range(0, n_rows, BLOCK):
            yield block_of(folder, start)

    return blocks


def block_of(folder: Path, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Read one block."""
    n_numbers = BLOCK * N_FEATURES
    X = np.fromfile(folder / "X", np.float32, n_numbers, offset=4 * start * N_FEATURES)
    return X.reshape(BLOCK, N_FEATURES), np.fromfile(folder / "y", np.int8, BLOCK, offset=start)


def loss_of(model: object, blocks: Blocks) -> float:
    """Return mean loss and penalty of a linear model over all rows."""
    w, b = model.coef_[0], model.intercept_[0]
    losses = [binary_cross_entropy_from_logits(y, X @ w + b) for X, y in blocks()]
    return float(np.mean(losses) + L2 / 2 * w @ w)


def fit(folder: Path, n_rows: int) -> dict[str, float]:
    """Fit, and say how long it took, how much memory, how many passes, and the loss."""
    blocks = blocks_of(folder, n_rows)
    start = time.perf_counter()
    model = lrcore.LogisticRegression(l2=L2, tol=1e-6).fit_blocks(blocks)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "megabytes": peak_megabytes(),
        "passes": model.n_iter_,
        "loss": loss_of(model, blocks),
    }


def peak_megabytes() -> float:
    """Return the most memory that this process had (on Linux)."""
    # not resource.getrusage, which counts what the parent had as well
    status = Path("/proc/self/status").read_text("utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def fit_by_sgd(folder: Path, n_rows: int, loss: float, limit: float) -> dict[str, float]:
    """Let SGDClassifier pass over the same blocks until its loss is as good, or time is up."""
    blocks = blocks_of(folder, n_rows)
    model = SGDClassifier(loss="log_loss", alpha=L2, average=True, random_state=0)
    seconds, passes, reached = 0.0, 0, np.inf
    while reached > loss * (1 + 1e-4) and seconds < limit:
        start = time.perf_counter()
        for X, y in blocks():
            model.partial_fit(X, y, classes=[0, 1])
        seconds += time.perf_counter() - start
        passes, reached = passes + 1, loss_of(model, blocks)
    return {"seconds": seconds, "passes": passes, "loss": reached}


def on_dask(folder: Path, n_rows: int) -> tuple[dask.array.Array, dask.array.Array]:
    """Return the same blocks as Dask arrays, which are read when they are needed."""
    read = dask.delayed(block_of, nout=2)
    pairs = [read(folder, start) for start in range(0, n_rows, BLOCK)]
    inputs = [dask.array.from_delayed(X, (BLOCK, N_FEATURES), np.float32) for X, _ in pairs]
    labels = [dask.array.from_delayed(y, (BLOCK,), np.int8) for _, y in pairs]
    return dask.array.concatenate(inputs), dask.array.concatenate(labels)


def fit_on_dask(folder: Path, n_rows: int) -> dict[str, float]:
    """Fit Dask arrays, and say how long it took, how many passes, and the loss."""
    X, y = on_dask(folder, n_rows)
    start = time.perf_counter()
    model = distributed.LogisticRegression(l2=L2, tol=1e-6).fit(X, y)
    seconds = time.perf_counter() - start
    loss = loss_of(model, blocks_of(folder, n_rows))
    return {"seconds": seconds, "passes": model.n_iter_, "loss": loss}


def fit_by_dask_ml(folder: Path, n_rows: int) -> dict[str, float]:
    """Let dask-ml fit the same arrays with its L-BFGS, until that stops by itself."""
    from dask_glm.families import Logistic
    from dask_ml.linear_model import LogisticRegression

    passes, gradient = [], Logistic.pointwise_gradient
    Logistic.pointwise_gradient = staticmethod(lambda *rows: passes.append(1) or gradient(*rows))
    X, y = on_dask(folder, n_rows)
    start = time.perf_counter()
    model = LogisticRegression(solver="lbfgs", C=1 / (L2 * n_rows), max_iter=1000).fit(X, y)
    seconds = time.perf_counter() - start
    model.coef_, model.intercept_ = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    loss = loss_of(model, blocks_of(folder, n_rows))
    return {"seconds": seconds, "passes": len(passes), "loss": loss}


def measured(what: str, folder: Path, *arguments: float) -> dict[str, float]:
    """Call one of the functions above in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", what, str(folder), *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def growth(folder: Path) -> Iterator[str]:
    """Yield a table of time and memory against the number of rows."""
    yield "| rows | seconds per million rows | passes | peak memory, MB | file, MB |"
    yield "|---|---|---|---|---|"
    for n_rows in ROWS:
        found = measured("fit", folder, n_rows)
        per_million = found["seconds"] / n_rows * PER_MILLION
        megabytes = 4 * N_FEATURES * n_rows / 2**20
        yield (
            f"| {n_rows:.3g} | {per_million:.2f} | {found['passes']} | {found['megabytes']:.0f} "
            f"| {megabytes:.0f} |"
        )


def peers(folder: Path) -> Iterator[str]:
    """Yield a table of the time to the same loss."""
    n_rows = ROWS[2]
    ours = measured("fit", folder, n_rows)
    limit = 10 * ours["seconds"]
    sgd = measured("sgd", folder, n_rows, ours["loss"], limit)
    as_good = sgd["loss"] <= ours["loss"] * (1 + 1e-4)
    yield "| to the loss of the minimum | passes | time, ours over theirs | loss above ours |"
    yield "|---|---|---|---|"
    yield (
        f"| scikit-learn SGDClassifier.partial_fit, averaged{'' if as_good else ', stopped'} "
        f"| {sgd['passes']} | {ours['seconds'] / sgd['seconds']:.2g} "
        f"| {sgd['loss'] / ours['loss'] - 1:.1e} |"
    )
    ours, theirs = measured("dask", folder, n_rows), measured("dask-ml", folder, n_rows)
    yield (
        f"| dask-ml LogisticRegression, Dask arrays on one thread | {theirs['passes']} "
        f"| {ours['seconds'] / theirs['seconds']:.2g} | {theirs['loss'] / ours['loss'] - 1:.1e} |"
    )


def processes(folder: Path) -> Iterator[str]:
    """Yield a table of one worker process beside two."""
    X, y = on_dask(folder, ROWS[2])
    times = {n_workers: _on_workers(X, y, n_workers) for n_workers in (1, 2)}
    yield "| workers | time over that of one | share of it without any rows |"
    yield "|---|---|---|"
    for n_workers, (seconds, empty) in times.items():
        yield f"| {n_workers} | {seconds / times[1][0]:.2f} | {empty / seconds:.0%} |"


def _on_workers(X: dask.array.Array, y: dask.array.Array, n_workers: int) -> tuple[float, float]:
    """Return the seconds of a fit, and of one to as many blocks of two rows: what Dask costs."""
    options = {"n_workers": n_workers, "threads_per_worker": 1, "dashboard_address": ":0"}
    with LocalCluster(**options) as cluster, Client(cluster):
        seconds = []
        for rows in (slice(None), np.arange(0, len(X), BLOCK // 2)):
            data = dask.persist(X[rows], y[rows])
            model = distributed.LogisticRegression(l2=L2, tol=1e-6)
            model.fit(*data)  # the first one warms up
            start = time.perf_counter()
            model.fit(*data)
            seconds.append((time.perf_counter() - start) / model.n_iter_)
    return seconds[0], seconds[1]


def tables() -> Iterator[str]:
    """Yield the lines of all tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, ROWS[-1])
        yield f"## Rows beyond memory\n\n{N_FEATURES} columns of float32 in a file, read in blocks"
        for table in (growth, peers, processes):
            yield ""
            yield from table(folder)


if __name__ == "__main__":
    what, folder, *numbers = sys.argv[1:]
    calls = {"fit": fit, "sgd": fit_by_sgd, "dask": fit_on_dask, "dask-ml": fit_by_dask_ml}
    with threadpool_limits(1), warnings.catch_warnings(), dask.config.set(scheduler="synchronous"):
        warnings.simplefilter("ignore")
        n_rows, *rest = map(float, numbers)
        call = calls[what]
        print(json.dumps(call(Path(folder), int(n_rows), *rest)))
