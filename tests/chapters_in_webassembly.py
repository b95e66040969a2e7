"""Each chapter's code runs where integers have 32 bits and there are no threads.

`make webassembly` runs this file there, and brings the code of `tools/lite_notebooks.py`: without
the cells that say that they need what browsers do not have.
"""

import json
import sys
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import matplotlib.pyplot as plt
import numpy as np
import pytest

CHAPTERS = json.loads(Path("/chapters.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def notebook(monkeypatch):
    """Stand in for what the browser has and this Python has not: Altair, a notebook, mmap."""
    ipython = ModuleType("IPython")
    ipython.version_info, ipython.get_ipython = (9, 0), lambda: None
    ipython.display = MagicMock()
    for name, module in {"altair": MagicMock(), "IPython": ipython}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    load = np.load
    monkeypatch.setattr(np, "load", lambda file, mmap_mode: load(file))
    yield
    plt.close("all")


@pytest.mark.filterwarnings("ignore")  # a notebook only shows them
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_cell_runs(chapter):
    names = {"display": print}
    for number, source in enumerate(CHAPTERS[chapter]):
        exec(compile(source, f"{chapter}, cell {number}", "exec"), names)
    names.clear()  # the folder that a chapter works in goes here, where warnings are passed over
