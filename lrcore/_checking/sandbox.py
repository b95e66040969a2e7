"""Call what a learner wrote, so that whatever it does, the caller goes on.

Whatever it raises is caught, an endless loop is stopped, what it prints is kept, what it sets in
NumPy is set back, its arguments are compared afterwards with what they were, and what it returns is
turned into plain arrays before anybody looks at it.
"""

import builtins
import contextlib
import io
import math
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CoroutineType
from typing import Any

import numpy as np
from numpy.typing import NDArray

SECONDS = 5.0  # the patience with one call
_AGAIN = 0.05  # seconds between two attempts to stop a call whose time is over
_OURS = (__file__, contextlib.__file__)
_WORDS = 300  # characters of a message that are shown
_PAGE = 10_000  # characters of what is printed that are kept: an endless loop may print gigabytes
_MANY = 10**3  # results, and
_MOST = 10**6  # numbers in one of them; none of the exercises asks for more than a few
_EXTRA_MEMORY = 2 * 2**30  # bytes that an answer may take in addition to what is in use


class TimeLimit(BaseException):
    """Raised inside an answer that does not come back; no `except Exception` stops it."""


class MissingResultError(Exception):
    """Raised where a result is None."""


class StrangeResultError(TypeError):
    """Raised where what came back is no array of numbers, or far too many."""


class _Screen(io.StringIO):
    """What is printed, up to a limit."""

    def write(self, text: str) -> int:
        return super().write(text[:_PAGE]) if self.tell() < _PAGE else len(text)


@dataclass(frozen=True)
class Outcome:
    """What one call did: what it returned or raised, and what it left behind."""

    value: Any = None
    error: str | None = None  # the name of the exception
    words: str = ""  # its message
    warnings: tuple[str, ...] = ()
    changed: tuple[int, ...] = ()  # the positions of the arguments that it changed
    seconds: float = 0.0
    printed: str = ""

    @property
    def stopped(self) -> bool:
        """Tell whether it had to be stopped, or stopped Python itself."""
        return self.error in ("TimeLimit", "Crash")


def call(
    function: Callable[..., Any],
    *arguments: Any,
    finish: Callable[[Any], Any] = lambda value: value,
    seconds: float = SECONDS,
) -> Outcome:
    """Call a function that may do anything; `finish` turns its value into something tame."""
    given = tuple(_copy(argument) for argument in arguments)
    caught: list[warnings.WarningMessage] = []
    screen = _Screen()
    value, error, words = None, None, ""
    began = time.process_time()
    try:
        with _restored(caught, screen), _surroundings(), _time_limit(seconds), _memory_limit():
            value = _tidily(lambda: finish(function(*given)))
    except BaseException as problem:
        error, words = _described(problem)
    return Outcome(
        value=value,
        error=error,
        words=words,
        warnings=tuple(str(warning.message) for warning in caught),
        changed=tuple(i for i, now in enumerate(given) if _differ(arguments[i], now)),
        seconds=time.process_time() - began,
        printed=screen.getvalue() if not screen.closed else "",
    )


def _tidily(work: Callable[[], Any]) -> Any:
    """Do the work, and give NumPy and Python their names back if it has taken them."""
    tables = [vars(module) for module in (builtins, math, np, np.linalg)]
    before = [dict(table) for table in tables]
    try:
        return work()
    finally:
        for table, names in zip(tables, before):  # noqa: B905  (True may be gone, too)
            table.update(names)


def _described(problem: BaseException) -> tuple[str, str]:
    """Return the name and the message of an exception, whose own methods may raise too."""
    try:
        with _time_limit(1.0):
            return str(type(problem).__name__), str(problem)[:_WORDS]
    except BaseException:
        return "Exception", ""


def _copy(argument: Any) -> Any:
    # type(), because isinstance() asks the object, and this one may answer anything
    return argument.copy() if issubclass(type(argument), np.ndarray) else argument


def _differ(before: Any, after: Any) -> bool:
    if not issubclass(type(before), np.ndarray):
        return False
    same = before.shape == after.shape and before.dtype == after.dtype
    return not (same and np.array_equal(before, after, equal_nan=before.dtype.kind == "f"))


@contextlib.contextmanager
def _restored(caught: list[warnings.WarningMessage], screen: io.StringIO) -> Iterator[None]:
    """Keep what is printed and warned, and set back what NumPy and Python let an answer set."""
    random_state = np.random.get_state()  # noqa: NPY002  (learners still use it)
    recursion_limit = sys.getrecursionlimit()
    stdin, sys.stdin = sys.stdin, io.StringIO()  # an answer that asks a question gets no reply
    try:
        with (
            contextlib.redirect_stdout(screen),
            contextlib.redirect_stderr(screen),
            np.errstate(all="warn"),
            np.printoptions(),
            warnings.catch_warnings(record=True) as record,
        ):
            warnings.simplefilter("always")
            try:
                yield
            finally:
                caught.extend(record or [])
    finally:
        sys.stdin = stdin
        sys.setrecursionlimit(recursion_limit)
        np.random.set_state(random_state)  # noqa: NPY002


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """Set back the folder, the environment and Python's own random numbers."""
    environment, state = dict(os.environ), random.getstate()
    folder = Path()
    with contextlib.suppress(OSError):  # the folder may have been deleted
        folder = Path.cwd()
    try:
        yield
    finally:
        random.setstate(state)
        os.chdir(folder)
        if os.environ != environment:
            os.environ.clear()
            os.environ.update(environment)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimit` in the code below once its time is over.

    Where there are signals, a timer does it, again and again in case the code swallows the
    exception; it reaches even code that sleeps. Elsewhere (on Windows, in the browser, in another
    thread) every operation of Python looks at the clock.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if hasattr(signal, "setitimer") and in_main_thread:
        yield from _by_signal(seconds)
    else:
        yield from _by_tracing(seconds)


def _by_signal(seconds: float) -> Iterator[None]:
    def over(_: int, frame: Any) -> None:
        if frame.f_code.co_filename in _OURS or _belongs(frame, trace):
            # nobody clears up for us, and a debugger would keep its locks for ever
            return  # pragma: no cover
        _trip_handlers(frame, words)
        raise TimeLimit(words)

    words = f"it did not come back within {seconds:g} seconds"
    trace, previous = sys.gettrace(), signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        sys.settrace(trace)


def _belongs(frame: Any, trace: Any) -> bool:
    """Tell whether a frame is of the package of the trace function, if there is one."""
    module = getattr(trace, "__module__", None) or type(trace).__module__  # if it is written in C
    names = module, frame.f_globals.get("__name__")
    tracing, running = (str(name).partition(".")[0] for name in names)
    return trace is not None and tracing == running


def _trip_handlers(frame: Any, words: str) -> None:
    """Raise once more as soon as an answer swallows the exception: inside its `except`."""

    def trip(_: Any, event: str, __: Any) -> Any:  # pragma: no cover  (see _by_tracing)
        if event in ("line", "opcode"):
            raise TimeLimit(words)
        return trip

    while frame.f_code.co_filename not in _OURS:
        frame.f_trace, frame.f_trace_opcodes = trip, True
        frame = frame.f_back
    sys.settrace(trip)


def _by_tracing(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds

    def look(
        frame: Any, *_: Any
    ) -> Any:  # pragma: no cover  (it takes the place of the coverage tool)
        frame.f_trace_opcodes = True  # `while True: pass` never begins a new line
        if time.monotonic() > end:
            raise TimeLimit(f"it did not come back within {seconds:g} seconds")
        return look

    previous = sys.gettrace()
    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(previous)  # pragma: no cover  (the coverage tool is away until then)


@contextlib.contextmanager
def _memory_limit() -> Iterator[None]:
    """Let an allocation of many gigabytes fail at once, where the system can be told so."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = pages * resource.getpagesize() + _EXTRA_MEMORY
        limits = [limit for limit in (wanted, soft, hard) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def arrays(value: Any) -> tuple[NDArray[Any], ...] | NDArray[Any] | None:
    """Turn what came back into plain arrays: a tuple of them for a tuple or list of arrays."""
    if value is None or value is Ellipsis:
        return None
    if isinstance(value, tuple) and not value:
        raise StrangeResultError("an empty tuple")
    if issubclass(type(value), np.ndarray) and value.dtype.kind == "O" and value.ndim == 1:
        value = list(value)  # results of different shapes, in an array of objects
    try:
        if isinstance(value, tuple | list) and not _is_plain(value):
            if len(value) > _MANY:
                raise StrangeResultError(f"{len(value)} results")
            return tuple(_plain(item) for item in value)
        return _plain(value)
    except ValueError:  # of np.shape and np.asarray
        raise StrangeResultError("parts of different shapes inside one another") from None


def _is_plain(value: Any) -> bool:
    """Tell a list of numbers, which is one array, from a list of several results."""
    return isinstance(value, list) and len({np.shape(item) for item in value}) <= 1


def _plain(value: Any) -> NDArray[Any]:
    kind = type(value)
    if value is None or value is Ellipsis:
        raise MissingResultError("it is None")
    if issubclass(kind, CoroutineType):
        value.close()  # or Python warns that nobody awaited it
    if issubclass(kind, str | bytes | CoroutineType):
        raise StrangeResultError(f"type {kind.__name__}")
    array = np.asarray(value)
    if array.size > _MOST:
        raise StrangeResultError(f"an array of shape {array.shape}")
    if array.dtype.kind == "O":
        array = _numbers(array, kind)
    if array.dtype.kind not in "biuf":
        raise StrangeResultError(f"type {kind.__name__}, of {array.dtype}")
    return array.astype(np.float64)


def _numbers(objects: NDArray[Any], kind: type) -> NDArray[Any]:
    """Turn objects into numbers, if each is one."""
    if any(item is None for item in objects.flat):
        raise MissingResultError("it is None")
    try:
        return objects.astype(np.float64)
    except (TypeError, ValueError):
        raise StrangeResultError(f"type {kind.__name__}") from None
