"""Ratios of two running times, measured in turn."""

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """Return how long one call takes, repeated until that is at least a hundredth of a second."""
    repeats, elapsed = 1, 0.0
    while elapsed < 0.01:
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        elapsed = time.perf_counter() - start
        repeats *= 2
    return elapsed / (repeats // 2)


def ratio(ours: Work, theirs: Work) -> float:
    """Measure both in turn; return the median of the ratios of neighbouring measurements."""
    ours(), theirs()  # the first call imports, allocates and warms the caches
    ratios: list[float] = []
    start = time.perf_counter()
    while len(ratios) < 3 or time.perf_counter() - start < 5.0:
        ratios.append(seconds(ours) / seconds(theirs))
    return statistics.median(ratios)
