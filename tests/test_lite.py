"""Python in the page: what `make lite` puts beside the book, in Chromium, with no other host."""

import json
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import lite
import lite_notebooks
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_VERSION
from lite_notebooks import pass_over
from lite_offer import coded, offer
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lrcore import charts
from lrcore._charts import vega_lite
from lrcore._exercises.tasks import EXERCISES

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
LITE = SITE / "lite"
PYODIDE = LITE / "static" / "pyodide"
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
START = 180_000  # milliseconds for what takes fifteen seconds on a machine that does nothing else


@pytest.fixture(scope="module")
def listed():
    """Return Pyodide's list of packages."""
    return json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))["packages"]


@pytest.fixture(scope="module")
def context(browser):
    made = browser.new_context()
    made.set_default_timeout(START)
    yield made
    made.close()


@pytest.fixture
def tab(context):
    """Return an empty page that notes what it and its workers ask for."""
    page = context.new_page()
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page.asked = asked
    yield page
    page.close()


def abroad(asked):
    """Return the requests that leave this machine."""
    web = [url for url in asked if urlsplit(url).scheme in {"http", "https"}]
    return [url for url in web if urlsplit(url).hostname != "127.0.0.1"]


def test_core_is_the_version_that_the_kernel_was_made_for():
    core = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]["pyodide"]
    assert core == PYODIDE_VERSION


def test_what_can_lie_in_the_site_does(listed):
    """Of all that a notebook starts with, only what is compiled comes from elsewhere."""
    needed = lite.closure(listed, [*lite.KERNEL_NEEDS, lite.NOT_LISTED, "lrcore"])
    outside = [name for name in needed if not (PYODIDE / listed[name]["file_name"]).is_file()]
    assert "numpy" in outside
    assert {"ipython", "sympy", "tqdm"} <= {*needed} - {*outside}
    for name in outside:
        assert listed[name]["file_name"].startswith(PYODIDE_CDN_URL)
        assert listed[name]["file_name"].endswith("_wasm32.whl")


def test_files_are_those_that_the_list_vouches_for(listed):
    wheels = {package["file_name"]: package["sha256"] for package in listed.values()}
    found = list(PYODIDE.glob("*.whl"))
    assert len(found) > 20
    assert [path.name for path in found if lite.of_file(path)["sha256"] != wheels[path.name]] == []


def test_every_notebook_and_every_exercise_is_there():
    contents = [path.relative_to(LITE / "files") for path in (LITE / "files").rglob("*.ipynb")]
    exercises = [lite_notebooks.exercise_file(name) for name in EXERCISES]
    assert sorted(contents) == sorted([Path(path.name) for path in CHAPTERS] + exercises)


def test_texts_are_in_one_piece():
    """JupyterLite joins the lines of an output with commas."""
    for path in (LITE / "files").rglob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        outputs = [out for cell in cells for out in cell.get("outputs", [])]
        texts = [out.get("text", "") for out in outputs] + [cell["source"] for cell in cells]
        texts += [text for out in outputs for text in out.get("data", {}).values()]
        assert not any(isinstance(text, list) for text in texts)


def links(page):
    soup = BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser")
    return [a["href"] for a in soup.select("details.lite a")]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_buttons_of_a_page_lead_to_its_notebooks(path):
    found = [link.partition("?path=") for link in links(f"{path.stem}.html")]
    names = coded(nbformat.read(path, as_version=4)).values()
    exercises = [lite_notebooks.exercise_file(name).as_posix() for name in names]
    assert [notebook for _, _, notebook in found] == [path.name, *exercises]
    for page, _, notebook in found:
        assert (SITE / page).is_file()
        assert (LITE / "files" / notebook).is_file()


def test_most_exercises_can_be_done_from_their_chapter():
    """A change of the notebooks' form, which `coded` no longer reads, would leave none."""
    named = [n for p in CHAPTERS for n in coded(nbformat.read(p, as_version=4)).values()]
    assert len({*named}) >= 10
    assert {*named} <= {*EXERCISES}


def a_page(folder):
    page = folder / "p.html"
    title = '<p class="admonition-title">Exercise (T)</p>'
    exercise = f'<div class="exercise admonition" id="ex-t">\n{title}'
    page.write_text(f'<article class="bd-article"><h1>T</h1>{exercise}', "utf-8")
    return page


CODED = new_notebook(
    cells=[new_markdown_cell(":label: ex-t"), new_code_cell('check("sigmoid", f)')]
)


def test_a_page_is_given_its_buttons_once(tmp_path):
    page = a_page(tmp_path)
    for host in ("a.example", None):
        offer(page, CODED, ["torch"], 3, {"megabytes": 7, "host": host})
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        chapter, exercise = soup.select("details.lite")
        assert chapter.find_previous_sibling().name == "h1"
        assert exercise.find_previous_sibling()["class"] == ["admonition-title"]
        assert ("a.example" in chapter.text) == (host is not None)
        assert "about 7 MB" in " ".join(chapter.text.split())
        assert "no torch for browsers" in chapter.text
        assert "torch" not in exercise.text


def test_cells_that_need_what_is_missing_say_so_and_no_others():
    sources = [
        "import math\nimport torch  # here",
        "x = torch.ones(2)\ny = 1",
        "def f():\n    return [x for _ in range(2)]",
        "math.pi",
        "x = 1",
        "x + math.pi",
        "f()",
        "from torch.nn import Linear as L",
        "L(2)",
    ]
    nb = new_notebook(cells=[new_code_cell(source) for source in sources])
    assert pass_over(nb, ["torch"]) == 4
    changed = [i for i, cell in enumerate(nb.cells) if cell.metadata.get("tags")]
    assert changed == [1, 2, 6, 8]
    assert all("torch not for browsers" in nb.cells[i].source for i in changed)
    for i in (0, 3, 4, 5, 7):
        exec(nb.cells[i].source, {"math": __import__("math"), "x": 1})
    assert "import torch" not in re.sub("#.*", "", nb.cells[0].source)


def a_distribution(folder, **other):
    """Make what looks like a downloaded distribution of Pyodide."""
    shutil.copytree(lite.CORE, folder)
    lock = json.loads((folder / lite.LOCK).read_text("utf-8"))
    for package in lock["packages"].values():
        (folder / package["file_name"]).touch()
    (folder / lite.LOCK).write_text(json.dumps(lock | other), "utf-8")
    return folder


@pytest.fixture
def no_pip(monkeypatch, tmp_path):
    """Let wheels be empty files; return what would have been fetched."""
    fetched = []

    def download(requirements):
        fetched.extend(requirements)
        files = [tmp_path / f"{r.replace('==', '-')}-py3-none-any.whl" for r in requirements]
        return [file.touch() or file for file in files]

    def build_wheel(folder):
        return shutil.copy(*download(["lrcore==1"]), folder)

    monkeypatch.setattr(lite, "download", download)
    monkeypatch.setattr(lite, "build_wheel", lambda folder: Path(build_wheel(folder)))
    return fetched


def test_with_a_distribution_nothing_comes_from_elsewhere(tmp_path, no_pip):
    given = a_distribution(tmp_path / "given")
    next(given.glob("pandas-*.whl")).unlink()  # nothing needs it
    packages = lite.lay_out(tmp_path / "out", given)
    assert "pandas" not in packages
    assert [name.partition("==")[0] for name in no_pip] == ["comm", "lrcore"]
    assert "numpy" in packages["lrcore"]["depends"]
    assert all((tmp_path / "out" / p["file_name"]).is_file() for p in packages.values())
    assert "://" not in (tmp_path / "out" / lite.LOCK).read_text("utf-8")


def test_a_distribution_that_lacks_what_is_needed_is_refused(tmp_path, no_pip):
    given = a_distribution(tmp_path / "given")
    next(given.glob("numpy-*.whl")).unlink()
    with pytest.raises(SystemExit, match=r"PYODIDE: .*given has no numpy"):
        lite.lay_out(tmp_path / "out", given)


def test_a_distribution_for_another_python_is_refused(tmp_path, no_pip):
    given = a_distribution(tmp_path / "given", info={"python": "3.12"})
    with pytest.raises(SystemExit, match=r"PYODIDE: expected .*3\.14.*, got .*3\.12"):
        lite.lay_out(tmp_path / "out", given)


def test_the_site_lists_the_notebooks(tab, server):
    tab.goto(f"{server}/lite/")
    tab.wait_for_selector(f"text={CHAPTERS[-1].name}")
    names = tab.locator(".jp-DirListing-itemName").all_inner_texts()
    assert {"exercises", *(path.name for path in CHAPTERS)} <= {*names}
    assert abroad(tab.asked) == []


def run_cell(page, number, text=None):
    """Run a cell, with another text if one is given; return what it shows then."""
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    if text is not None:
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "cell => !/\\*/.test(cell.querySelector('.jp-InputPrompt').innerText)"
        " && cell.querySelector('.jp-OutputArea-output')",
        arg=cell.element_handle(),
    )
    return cell.locator(".jp-OutputArea-output").all_inner_texts()


@pytest.fixture(scope="module")
def notebook(browser, server):
    """Open the first exercise, and start Python there; all tests of this module use it."""
    context = browser.new_context()
    context.set_default_timeout(START)
    page, page_asked = context.new_page(), []
    context.on("request", lambda request: page_asked.append(request.url))
    page.asked = page_asked
    page.goto(f"{server}/lite/notebooks/index.html?path=exercises/01_sigmoid.ipynb")
    page.wait_for_selector(".jp-CodeCell")
    yield page
    context.close()


def test_opening_a_notebook_asks_nobody_else(notebook):
    assert abroad(notebook.asked) == []


def test_what_does_not_arrive_is_named_and_what_to_do_as_well(notebook):
    """No other host can be reached here; NumPy's wheel is what comes from one."""
    (shown,) = run_cell(notebook, 0)
    said = " ".join(shown.split())
    assert "numpy, scipy, matplotlib, sklearn did not arrive" in said
    assert "README" in said
    hosts = {urlsplit(url).hostname for url in abroad(notebook.asked)}
    assert hosts == {urlsplit(PYODIDE_CDN_URL).hostname}


def test_a_start_loads_as_much_as_the_button_says(notebook):
    """The cell above has run; here files are not compressed, as on the simplest of servers."""
    paths = {unquote(urlsplit(url).path).lstrip("/") for url in notebook.asked}
    loaded = [file.stat().st_size for path in paths if (file := SITE / path).is_file()]
    said = (SITE / f"{CHAPTERS[0].stem}.html").read_text("utf-8")
    assert sum(loaded) / 1e6 == pytest.approx(int(re.search(r"about (\d+) MB", said)[1]), rel=0.1)


def test_lrcore_is_there_without_numpy(notebook):
    said = run_cell(notebook, 1, "import sys, lrcore\nprint(lrcore.__version__, sys.platform)")
    assert said[0].split() == [lite.version("lrcore"), "emscripten"]


ENDLESS = """
import sys
from unittest.mock import MagicMock

sys.modules["numpy"] = sys.modules["numpy.typing"] = MagicMock()  # NumPy's wheel is not here
from lrcore._checking import rehearsal, sandbox

def endless():
    while True:
        pass

print(rehearsal.POSSIBLE, sandbox.call(endless, seconds=0.5).error)
"""


def test_an_answer_that_never_ends_is_stopped(notebook):
    assert run_cell(notebook, 1, ENDLESS)[-1].split() == ["False", "TimeLimit"]


def test_a_cell_that_never_ends_leaves_the_page_alive_and_is_ended_by_a_restart(notebook):
    cell = notebook.locator(".jp-CodeCell").nth(1)
    cell.locator(".cm-content").click()
    notebook.keyboard.press("Control+a")
    notebook.keyboard.insert_text("while True: pass")
    notebook.keyboard.press("Control+Enter")
    notebook.wait_for_timeout(1000)
    notebook.click('[data-command="notebook:restart-kernel"], [data-jp-item-name="restart"]')
    notebook.click("button.jp-mod-accept")
    assert run_cell(notebook, 1, "print(6 * 7)")[0].strip() == "42"


@pytest.mark.parametrize("name", charts.__all__)
def test_a_chart_is_drawn_by_the_notebook_and_answers_to_its_sliders(notebook, name):
    """What a chart shows where vl-convert is not; Altair's wheel cannot be fetched here."""
    chart = getattr(charts, name)()
    data, metadata = {vega_lite.MIME: chart.vega_lite()}, {vega_lite.MIME: vega_lite.OPTIONS}
    code = f"import json\ndata, metadata = json.loads({json.dumps([data, metadata])!r})\n"
    run_cell(notebook, 1, code + "display(data, metadata=metadata, raw=True)")
    shown = notebook.locator(".jp-CodeCell").nth(1).locator(".vega-embed")
    sliders = shown.locator("input[type=range]")
    sliders.first.wait_for()
    assert sliders.count() == len(chart.sliders)
    svg = shown.locator("svg").element_handle()
    before = svg.inner_html()
    sliders.first.press("End")
    notebook.wait_for_function("([e, old]) => e.innerHTML !== old", arg=[svg, before])


def test_without_a_network_pip_says_so_and_no_traceback_follows():
    with pytest.raises(SystemExit, match=r"^pip download failed, .* is there a network\?$"):
        lite.pip("download", "--no-index", "no-such-package-of-ours")
