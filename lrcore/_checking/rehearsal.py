"""Try something out in a copy of this process first: the copy may hang or crash, we do not.

A loop inside a C function hears no signal, and `os._exit` asks nobody.  Where a process can copy
itself safely (on Linux), the copy goes first, and what it cannot do is never tried here.
"""

import io
import os
import pickle
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any

# a copy of a process with threads is unsafe on macOS; Windows and the browser know no copies
POSSIBLE = sys.platform == "linux"


def rehearse(work: Callable[[], Iterable[Any]], seconds: float) -> tuple[list[Any], str]:
    """Return what a copy of this process gets from `work`, and how that ended.

    The second is ``"done"``, ``"late"`` if its time was over, or ``"gone"`` if the copy died.
    """
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn when there are threads
        child = os.fork()
    if child == 0:
        _perform(work, writer)  # pragma: no cover  (in the copy)
    os.close(writer)
    try:
        sent, in_time = _all_of(reader, seconds)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    results, complete = _unpickled(sent)
    return results, "done" if complete else "gone" if in_time else "late"


def _perform(work: Callable[[], Iterable[Any]], writer: int) -> None:  # pragma: no cover
    """Do the work, send each result, and vanish (in the copy, where no coverage is measured)."""
    try:
        _use_one_thread()
        with os.fdopen(writer, "wb") as pipe:
            for result in work():
                pickle.dump(result, pipe)
                pipe.flush()
            pickle.dump(StopIteration, pipe)
    finally:
        os._exit(0)


def _use_one_thread() -> None:  # pragma: no cover  (in the copy)
    """Let libraries do without their threads, which were not copied and would be waited for."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    if "torch" in sys.modules:  # it brings some that threadpoolctl does not know
        sys.modules["torch"].set_num_threads(1)


def _all_of(reader: int, seconds: float) -> tuple[bytes, bool]:
    """Read to the end, or as far as time allows; tell which."""
    end, sent = time.monotonic() + seconds, bytearray()
    while select.select([reader], [], [], max(0.0, end - time.monotonic()))[0]:
        block = os.read(reader, 2**16)
        if not block:
            return bytes(sent), True
        sent += block
    return bytes(sent), False


def _unpickled(sent: bytes) -> tuple[list[Any], bool]:
    results, stream = [], io.BytesIO(sent)
    try:
        while (result := pickle.load(stream)) is not StopIteration:
            results.append(result)
    except (EOFError, pickle.UnpicklingError):  # the copy ended in the middle
        return results, False
    return results, True
