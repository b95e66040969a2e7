"""Kernels that are copies of a prepared process are as fresh as others."""

import os
import sys

import kernels
import nbformat
import pytest
from nbclient import NotebookClient

CODE = """
import os, sys
print("torch" in sys.modules, "np" in globals())
print(sys.path, os.getcwd())
import random, subprocess, numpy as np
print(os.getpid())
print(subprocess.run([sys.executable, "-c", "raise SystemExit(3)"]).returncode)
print(random.random(), np.random.rand())
"""


def printed(folder):
    """Return the lines that the code prints in a kernel of its own."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    resources = {"metadata": {"path": folder}}
    NotebookClient(notebook, kernel_name="python3", resources=resources).execute()
    return notebook.cells[0].outputs[0].text.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere kernels start as ever")
def test_a_copy_has_what_was_imported_and_nothing_else(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_PATH", before := "")  # these tests run in copies themselves
    with kernels.prepared():
        one, other = printed(tmp_path), printed(tmp_path)
    assert one[0] == other[0] == "True False"
    assert one[3] == other[3] == "3"  # it can wait for what it starts
    assert not set(one[4].split()) & set(other[4].split())  # random numbers of its own
    for process in (one[2], other[2]):
        with pytest.raises(ProcessLookupError):
            os.kill(int(process), 0)
    assert os.environ["JUPYTER_PATH"] == before
    assert printed(tmp_path)[1] == one[1]


def test_where_copies_are_not_safe_kernels_start_as_ever(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_PATH", "")
    monkeypatch.setattr(sys, "platform", "darwin")
    before = dict(os.environ)
    with kernels.prepared():
        assert dict(os.environ) == before
        assert printed(tmp_path)[0] == "False False"
