"""Whatever a learner's function does, the caller goes on, and finds everything as it was."""

import builtins
import os
import pdb
import random
import signal
import sys
import threading
import time
import types
import warnings
from pathlib import Path

import coverage.tracer
import numpy as np
import pytest

from lrcore._checking.sandbox import _belongs, arrays, call

# Hypothesis looks on when memory is cleared up: a time that is over there is told once more.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def endless():
    while True:
        pass


def endless_and_stubborn():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def asleep():
    time.sleep(60)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer of the system")
@pytest.mark.parametrize("function", [endless, endless_and_stubborn, asleep])
def test_what_does_not_come_back_is_stopped(function):
    began = time.monotonic()
    outcome = call(function, seconds=0.2)
    assert outcome.stopped
    assert "0.2 seconds" in outcome.words
    assert time.monotonic() - began < 5  # a loaded machine; without a limit it would be a minute
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


class Tracer:
    """A debugger or a coverage tool: it holds a lock while it works."""

    def __init__(self):
        self.held = 0

    def __call__(self, frame, *_):
        if frame.f_code is not busy.__code__:
            return None
        self.held += 1
        sum(range(50_000))
        self.held -= 1
        return self


def busy():
    while True:
        sum(range(10_000))


def test_who_traces_the_answer_is_not_interrupted(monkeypatch):
    monkeypatch.setattr(Tracer, "__module__", "tracer.lib")
    monkeypatch.setitem(globals(), "__name__", "tracer")  # whose frames are of the same package
    answer = types.FunctionType(busy.__code__, {"sum": sum, "range": range})
    tracer, before = Tracer(), sys.gettrace()
    sys.settrace(tracer)
    try:
        errors = {call(answer, seconds=0.05).error for _ in range(8)}
    finally:
        sys.settrace(before)
    assert errors == {"TimeLimit"}
    assert tracer.held == 0


@pytest.mark.parametrize(
    ("trace", "module", "its"),
    [
        (coverage.tracer.CTracer(), "coverage.collector", True),  # an object of C has no module
        (pdb.Pdb().trace_dispatch, "bdb", True),
        (coverage.tracer.CTracer(), "coverages", False),
        (coverage.tracer.CTracer(), "numpy", False),
        (None, None, False),
        (None, "builtins", False),
    ],
)
def test_whose_a_frame_is(trace, module, its):
    assert _belongs(types.SimpleNamespace(f_globals={"__name__": module}), trace) is its


def test_an_endless_loop_is_stopped_in_another_thread():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(call(endless, seconds=0.2)))
    thread.start()
    thread.join(20)
    assert outcomes[0].stopped


def test_an_endless_loop_is_stopped_where_there_are_no_timers(monkeypatch):
    monkeypatch.delattr(signal, "setitimer", raising=False)
    before = sys.gettrace()
    assert call(endless, seconds=0.2).stopped
    assert call(lambda: 3).value == 3
    assert sys.gettrace() is before


class Nasty(BaseException):
    def __str__(self):
        raise SystemExit


def raising(problem):
    def function():
        raise problem

    return function


@pytest.mark.parametrize(
    "problem", [ValueError("no"), SystemExit(3), KeyboardInterrupt(), GeneratorExit(), Nasty()]
)
def test_whatever_is_raised_is_caught(problem):
    outcome = call(raising(problem))
    assert outcome.error in (type(problem).__name__, "Exception")
    assert outcome.value is None


def test_endless_recursion_and_huge_arrays_are_errors():
    def deeper(n):
        return deeper(n + 1)

    def huge():
        return np.ones((10**7, 10**7))

    def growing():
        blocks = []
        while True:
            blocks.append(bytes(10**8))

    assert call(deeper, 0).error == "RecursionError"
    assert call(huge).error == "MemoryError"
    assert call(growing).error in ("MemoryError", "TimeLimit")  # the latter where none can be set


def test_without_a_way_to_limit_memory_it_calls_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    assert call(lambda: 3).value == 3


def test_what_is_printed_is_kept_from_the_screen(capsys):
    def printing():
        print("here")
        sys.stderr.write("there")
        return input()

    outcome = call(printing)
    assert outcome.printed == "here\nthere"
    assert outcome.error == "EOFError"
    assert capsys.readouterr() == ("", "")


def test_settings_are_as_before():
    def meddling():
        np.seterr(all="raise")
        np.random.seed(0)  # noqa: NPY002
        np.set_printoptions(precision=1)
        sys.setrecursionlimit(50_000)
        warnings.simplefilter("error")
        sys.stdout.close()

    np.random.seed(5)  # noqa: NPY002
    wanted = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    before = np.geterr(), np.get_printoptions(), sys.getrecursionlimit(), list(warnings.filters)
    stdout = sys.stdout
    call(meddling)
    after = np.geterr(), np.get_printoptions(), sys.getrecursionlimit(), list(warnings.filters)
    assert after == before
    assert sys.stdout is stdout
    assert np.random.random() == wanted  # noqa: NPY002


def test_folder_environment_and_random_numbers_are_as_before(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINE", "as it was")

    def moving():
        os.environ.pop("MINE")
        os.environ["THEIRS"] = "new"
        os.chdir(os.sep)
        random.seed(0)

    random.seed(5)
    wanted = random.random()
    random.seed(5)
    before = dict(os.environ)
    assert call(moving).error is None
    assert dict(os.environ) == before
    assert Path.cwd() == tmp_path
    assert random.random() == wanted


@pytest.mark.skipif(sys.platform == "win32", reason="no folder in use can be deleted there")
def test_it_calls_in_a_folder_that_was_deleted(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert call(lambda: 3).value == 3


def test_of_what_an_endless_loop_prints_only_the_beginning_is_kept():
    def chatty():
        for _ in range(1000):
            print("x" * 1000)

    assert 9_000 < len(call(chatty).printed) < 12_000


def test_warnings_and_changed_arguments_are_noted():
    def f(a, b, c):
        a += 1
        b.resize(3, refcheck=False)
        np.exp(np.array([1000.0]))

    a, b = np.zeros(2), np.zeros(2)
    outcome = call(f, a, b, 3)
    assert outcome.changed == (0, 1)
    assert (a == 0).all()
    assert b.shape == (2,)
    assert "overflow" in outcome.warnings[0]


class Evil:
    def __array__(self, dtype=None, copy=None):
        raise KeyboardInterrupt

    def __eq__(self, other):
        raise SystemExit

    def __repr__(self):
        raise SystemExit

    __hash__ = None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, None),
        (..., None),
        (2, 2.0),
        ([True, False], [1.0, 0.0]),
        ([1, [2, 3]], ([1.0], [2.0, 3.0])),
        (np.ma.masked_array([[1, 2]]), [[1.0, 2.0]]),
        (np.array([1, 2], dtype=object), [1.0, 2.0]),
    ],
)
def test_results_become_plain_arrays(value, wanted):
    got = arrays(value)
    if wanted is None:
        assert got is None
    elif isinstance(wanted, tuple):
        assert [np.atleast_1d(g).tolist() for g in got] == list(wanted)
    else:
        assert type(got) is np.ndarray
        assert got.tolist() == wanted


@pytest.mark.parametrize("value", ["text", Evil(), (i for i in range(3)), {"w": 1}, [Evil()], ()])
def test_a_strange_result_is_an_error_not_a_crash(value):
    assert call(lambda: value, finish=arrays).error


@pytest.mark.parametrize("value", [(None, 3), [None, None], ([1.0, None], 2.0), (..., 1)])
def test_a_result_with_a_gap_is_missing(value):
    assert call(lambda: value, finish=arrays).error == "MissingResultError"


async def coroutine():
    return 1.0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0.5", "type str"),
        ({"w": 1}, "type dict"),
        ((i for i in range(3)), "type generator"),
        (1j, "complex"),
        (["a"], "<U1"),
        (np.zeros(2 * 10**6), "shape (2000000,)"),
        ([np.zeros(k % 2 + 1) for k in range(2000)], "2000 results"),
        (((np.ones((2, 3)), np.ones(3)), (np.ones(2), 1.0)), "parts of different shapes"),
    ],
)
def test_what_is_no_array_of_a_few_numbers_is_called_by_its_name(value, words):
    outcome = call(lambda: value, finish=arrays)
    assert outcome.error == "StrangeResultError"
    assert words in outcome.words


def test_a_coroutine_is_no_result_and_nobody_is_warned():
    outcome = call(coroutine, finish=arrays)  # in tests a warning is an error
    assert outcome.words == "type coroutine"
    assert outcome.warnings == ()


def test_an_exception_with_an_endless_message_is_cut_short():
    class SlowError(Exception):
        def __str__(self):
            endless()

    assert call(raising(SlowError())).error == "Exception"


def test_a_long_message_is_cut():
    assert len(call(raising(ValueError("x" * 10**6))).words) == 300


def test_names_of_numpy_and_python_are_given_back():
    def thief():
        np.exp = np.mean = builtins.len = None

    before = np.exp, np.mean, len
    call(thief)
    assert (np.exp, np.mean, len) == before
