"""What a copy of this process does, and how it ends; where copies are unsafe, none is made."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from lrcore import check
from lrcore._checking import rehearsal
from lrcore._checking.rehearsal import rehearse

linux = pytest.mark.skipif(not rehearsal.POSSIBLE, reason="no copies on this system")


@pytest.fixture
def copies(monkeypatch):
    """Return the process numbers of the copies that are made."""
    made, fork = [], os.fork

    def noted_fork():
        made.append(fork())
        return made[-1]

    monkeypatch.setattr(os, "fork", noted_fork)
    return made


@linux
def test_all_results_come_back_in_order():
    big = np.arange(10**5)  # more than a pipe holds at once
    results, ending = rehearse(lambda: iter([1, "two", big]), 10)
    assert ending == "done"
    assert results[:2] == [1, "two"]
    assert (results[2] == big).all()


def assert_gone(copies):
    (copy,) = copies
    with pytest.raises(ProcessLookupError):  # not even its exit status is left to be read
        os.kill(copy, 0)


def counting_on():
    yield 1
    yield sum(itertools.count())  # inside C, where no signal is heard


def ending_python():
    yield 1
    os._exit(0)


def killed():
    yield 1
    os.kill(os.getpid(), signal.SIGKILL)


def failing():
    yield 1
    raise SystemExit


@linux
@pytest.mark.parametrize(
    ("work", "ending"),
    [(counting_on, "late"), (ending_python, "gone"), (killed, "gone"), (failing, "gone")],
)
def test_what_came_before_the_end_is_kept(work, ending, copies):
    began = time.monotonic()
    assert rehearse(work, 0.5 if ending == "late" else 30) == ([1], ending)
    assert time.monotonic() - began < 10  # a loaded machine; the loop would go on for ever
    assert_gone(copies)


@linux
def test_an_interrupt_ends_the_copy_too(copies):
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        rehearse(counting_on, 30)
    assert_gone(copies)


@linux
def test_an_answer_that_ends_python_does_not_end_this_one():
    verdict = check("sigmoid", lambda z: os._exit(1))
    assert (verdict.status, verdict.diagnosis) == ("error", "ends-python")
    assert verdict.evidence.input["z"].shape == (5,)


@linux
def test_an_answer_may_use_a_library_that_has_threads():
    """A copy has none of them; PyTorch would wait for them for ever."""
    program = """
import torch, lrcore
torch.set_num_threads(2)
torch.ones(10**6).exp()  # now there are two
def sigmoid(z):
    torch.ones(10**6).exp()
    return torch.sigmoid(torch.as_tensor(z, dtype=torch.float64)).numpy()
print(lrcore.check("sigmoid", sigmoid).status)
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "correct\n"


@linux
def test_an_answer_that_ignores_every_signal_is_stopped(monkeypatch):
    monkeypatch.setattr("lrcore._checking.trial.SECONDS", 0.2)
    monkeypatch.setattr("lrcore._checking.trial._GRACE", 0.2)
    verdict = check("sigmoid", lambda z: sum(itertools.count()))
    assert (verdict.status, verdict.diagnosis) == ("error", "endless-loop")


def test_an_answer_runs_here_as_well_so_that_it_can_be_watched():
    seen = []

    def sigmoid(z):
        seen.append(z.shape)
        return 1 / (1 + np.exp(-z))

    assert check("sigmoid", sigmoid).status == "correct"
    assert (5,) in seen
    assert (2, 3) in seen


def test_without_copies_answers_are_checked_all_the_same(monkeypatch):
    monkeypatch.setattr(rehearsal, "POSSIBLE", False)
    assert check("sigmoid", lambda z: 1 / (1 + np.exp(z))).diagnosis == "wrong-sign-in-exponent"
