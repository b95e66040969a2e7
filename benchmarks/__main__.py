"""Time lrcore beside its peers and print ratios: `make bench`.

Seconds differ from machine to machine and from minute to minute; a ratio of two things that were
measured in turn, in one run, does so much less.  A ratio below 1 means that lrcore is the faster.
"""

import platform
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import scipy.special
from sklearn.linear_model import LogisticRegression as PeerRegression

import lrcore

ROUNDS = 7


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes, repeated until that is at least a hundredth of a second."""
    repeats, elapsed = 1, 0.0
    while elapsed < 0.01:
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        elapsed = time.perf_counter() - start
        repeats *= 2
    return elapsed / (repeats // 2)


def ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    """Measure both in turn; return the median of the ratios of neighbouring measurements."""
    ours(), theirs()  # the first call imports, allocates and warms the caches
    return statistics.median(seconds(ours) / seconds(theirs) for _ in range(ROUNDS))


def comparisons() -> list[tuple[str, str, Callable[[], object], Callable[[], object]]]:
    """List what is compared: its name, the peer's, our call, the peer's call."""
    rng = np.random.default_rng(0)
    z = rng.normal(scale=5, size=1_000_000)
    rows = [
        (
            "sigmoid, 1e6 scores",
            "scipy expit",
            lambda: lrcore.sigmoid(z),
            lambda: scipy.special.expit(z),
        ),
        (
            "log_sigmoid, 1e6 scores",
            "numpy logaddexp",
            lambda: lrcore.log_sigmoid(z),
            lambda: np.logaddexp(0, -z),
        ),
    ]
    for n_samples in (10, 100, 1000):
        X, y = rng.normal(size=(n_samples, 5)), rng.integers(0, 2, n_samples)
        point = (X, y, np.ones(5), 0.5)
        rows.append(
            (
                f"logistic_gradient, {n_samples} x 5",
                "our loop",
                partial(lrcore.logistic_gradient, *point),
                partial(lrcore.logistic_gradient_loop, *point),
            )
        )
    data = lrcore.datasets.load_breast_cancer()
    X = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
    ours = lrcore.LogisticRegression(l2=1 / len(X))
    theirs = PeerRegression(solver="newton-cholesky", tol=1e-8)
    rows.append(
        (
            "fit, 569 x 30",
            "scikit-learn newton-cholesky",
            lambda: ours.fit(X, data.y),
            lambda: theirs.fit(X, data.y),
        )
    )
    return rows


def main() -> None:
    """Print one line for each comparison."""
    print(
        f"{platform.machine()}, Python {sys.version.split()[0]}, NumPy {np.__version__}; "
        f"time of lrcore / time of the peer, median of {ROUNDS}"
    )
    for name, peer, ours, theirs in comparisons():
        print(f"{name:28} {peer:30} {ratio(ours, theirs):8.3f}", flush=True)


if __name__ == "__main__":
    main()
