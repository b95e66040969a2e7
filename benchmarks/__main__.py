"""Time lrcore beside its peers and print ratios: `make bench`.

Seconds differ from machine to machine and from minute to minute; a ratio of two things that were
measured in turn, in one run, does so much less.  Below 1, lrcore is the faster.  Everything runs on
one thread.  The tables are also written to benchmarks/results.md.
"""

import datetime as dt
import math
import platform
import sys
import warnings
from itertools import chain
from pathlib import Path

import numpy as np
import sklearn
from threadpoolctl import threadpool_limits

from . import fits, functions, scale
from .timing import ratio

RESULTS = Path(__file__).parent / "results.md"


def main() -> None:
    """Print one line for each comparison, and write them down."""
    lines = [
        "# Benchmarks",
        "",
        f"{dt.date.today()}, {platform.system()} on {platform.machine()}, Python "
        f"{sys.version.split()[0]}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}, "
        "one thread. Time of lrcore over time of the peer, measured in turn; below 1, lrcore is "
        "the faster. Fits bring every entry of the gradient down to 1e-7.",
        "",
        "| what | peer | ratio |",
        "|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    of_fits = []
    for part in (functions, fits):
        for name, peer, ours, theirs in part.rows():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = ratio(ours, theirs)
            of_fits += [value] if part is fits else []
            lines.append(f"| {name} | {peer} | {value:.3g} |")
            print(lines[-1], flush=True)
    mean = math.exp(np.mean(np.log(of_fits)))
    lines.append(f"| geometric mean of the fits | | {mean:.3g} |")
    print(lines[-1], flush=True)
    for line in chain([""], scale.tables()):
        lines.append(line)
        print(line, flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    with threadpool_limits(limits=1):
        main()
