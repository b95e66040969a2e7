"""What nbval does not see: it passes a cell that was never executed, and compares no figure.

The stored notebook is what the reader gets, so these tests read the file and run nothing.
"""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))

# How a path begins that exists on one machine only, and where this machine keeps the project.
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(?:home|root|Users|tmp|private|mnt|srv)/\w|\b[A-Z]:\\\w|"
    + "|".join(re.escape(str(p)) for p in {ROOT, Path.home()} if len(p.parts) > 1)
)
TIMING = re.compile(r"\d ?(?:ns|µs|us|ms)\b|\d (?:s|sec|seconds|minutes)\b|Wall time|CPU times")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def nb(request):
    return nbformat.read(request.param, as_version=nbformat.NO_CONVERT)


def code(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def outputs(nb):
    """Yield (number of the code cell, output)."""
    return [(i, out) for i, cell in enumerate(code(nb), 1) for out in cell.outputs]


def shown(out):
    """Return an output's text as the reader sees it, without the data of images."""
    data = out.get("data", {})
    return out.get("text", "") + "".join(v for k, v in data.items() if k.startswith("text/"))


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_is_valid(nb):
    nbformat.validate(nb)


def test_was_run_top_to_bottom_in_one_go(nb):
    counts = [cell.execution_count for cell in code(nb)]
    assert counts == list(range(1, len(counts) + 1)), "run `make notebooks`"


def test_has_no_empty_code_cell(nb):
    assert [i for i, cell in enumerate(code(nb), 1) if not cell.source.strip()] == []


def test_shows_no_error_and_no_warning(nb):
    bad = [i for i, out in outputs(nb) if out.output_type == "error" or out.get("name") == "stderr"]
    assert bad == []


def test_every_figure_has_alt_text(nb):
    """`"metadata": {"mystnb": {"image": {"alt": "..."}}}` of the cell that draws it."""
    mute = []
    for i, cell in enumerate(code(nb), 1):
        draws = any(key.startswith("image/") for out in cell.outputs for key in out.get("data", {}))
        if draws and not cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "").strip():
            mute.append(i)
    assert mute == []


def test_figures_have_no_stray_text_beside_them(nb):
    """`[<matplotlib.lines.Line2D at 0x7f...>]` says nothing and differs at every run."""
    assert [i for i, out in outputs(nb) if re.search(r" at 0x[0-9a-f]{6,}", shown(out))] == []


def test_names_no_path_of_a_machine(nb):
    # nbformat's own "metadata" holds no prose; the cells' sources and outputs do.
    texts = [cell.source for cell in nb.cells] + [shown(out) for _, out in outputs(nb)]
    assert [found for text in texts for found in MACHINE_PATH.findall(text)] == []


def test_prints_no_timing(nb):
    """A time is another on every machine; where it is the lesson, prose gives a ratio."""
    assert [i for i, out in outputs(nb) if TIMING.search(shown(out))] == []
    assert [i for i, cell in enumerate(code(nb), 1) if "execution" in cell.metadata] == []
