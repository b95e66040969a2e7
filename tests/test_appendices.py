"""What the book says about itself: agreement, solutions, exercises, status, index, teachers."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

from lrcore import check
from lrcore._exercises import tasks

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import appendices
import notices
import terms

ROOT = Path(__file__).resolve().parent.parent
SITE, BOOK = ROOT / "_build" / "html", ROOT / "book"
NOTEBOOKS = [BOOK / "intro.ipynb", *sorted(BOOK.glob("[0-9]*.ipynb"))]
EXERCISES = {e.label: e for path in NOTEBOOKS for e in appendices.exercises(path)}
SHOWS = yaml.safe_load((BOOK / "exercises.yml").read_text("utf-8"))
TEACHERS = (BOOK / "teachers.md").read_text("utf-8")


@cache
def page(name):
    return BeautifulSoup((SITE / f"{name}.html").read_text("utf-8"), "lxml")


# The table of agreement ----------------------------------------------------------------------


QUANTITIES = [
    "sigmoid", "slope of the sigmoid", "squared error", "binary cross-entropy",
    "binary cross-entropy of scores", "softmax", "softmax cross-entropy",
    "gradient of one sample", "gradient of a batch", "softmax gradient", "Hessian",
    "coefficients", "standard errors", "softmax coefficients", "two-layer gradients",
]  # fmt: skip


@pytest.fixture(scope="module")
def helpers():
    """Return the names of the cells that measure and show, without what they measure."""
    cells = nbformat.read(BOOK / "agreement.ipynb", as_version=4).cells
    wanted = [c.source for c in cells if re.search(r"def agree\(|class Table", c.source)]
    assert len(wanted) == 2
    names = {}
    exec("import numpy as np\ntorch = 0\n" + "\n".join(wanted), names)
    return names


@pytest.mark.parametrize("wrong", [1 + 2e-9, float("nan"), -1.0, [1.0, 1.0]])
def test_a_claim_that_does_not_hold_stops_the_notebook(helpers, wrong):
    with pytest.raises(AssertionError, match="other"):
        helpers["agree"]("q", 1e-9, {"first": lambda: 1.0, "other": lambda: wrong})


def test_a_library_that_is_missing_has_a_row_that_says_so(helpers):
    helpers["torch"] = None
    helpers["agree"]("p", 1e-9, {"first": lambda: [2.0, 4.0], "PyTorch": lambda: 1 / 0})
    helpers["agree"]("p", 1e-9, {"other": lambda: [2.0, 4.0 + 2e-9]})
    for shown in (repr(helpers["Table"]()), helpers["Table"]()._repr_html_()):
        assert "not installed" in shown
        assert "5e-10" in shown


def test_the_table_has_every_quantity_by_every_implementation():
    table = next(t for t in page("agreement").select("table") if t.caption)
    groups = {body.th.text: [tr.th.text for tr in body.select("tr")[1:]]
              for body in table.select("tbody")}  # fmt: skip
    assert list(groups) == QUANTITIES
    five = ["lrcore", "loop", "Value", "Derivation", "PyTorch"]
    for quantity, implementations in groups.items():
        words = " ".join(implementations)
        if quantity not in {"standard errors", "Hessian"}:
            assert [name for name in five if name not in words] == [], quantity
        if "gradient" in quantity or quantity == "slope of the sigmoid":
            assert "differences" in words
    cells = [td.text for td in table.select("tbody td")]
    assert len(cells) > 140
    assert "not installed" not in cells
    for difference, claim in zip(cells[::2], cells[1::2], strict=True):
        if difference != "compared with":
            assert float(difference) <= float(claim)


# Solutions and exercises ---------------------------------------------------------------------


def test_each_exercise_has_its_link_to_a_solution():
    links = page("solutions").select("article ul a[href*=solution]")
    assert [link.text for link in links] == [e.title for e in EXERCISES.values()]
    assert len({link["href"] for link in links}) == len(EXERCISES)
    for link in links:
        name, anchor = link["href"].split("#")
        box = f'<div class="solution dropdown admonition" id="{anchor}">'
        assert box in (SITE / name).read_text("utf-8")


def test_each_exercise_says_what_it_reveals():
    """A line for each in book/exercises.yml, and none for what does not exist."""
    chapters = {label.split("-")[1] for label in EXERCISES}
    assert [label for label in EXERCISES if label not in SHOWS] == []
    lines = [label for label in SHOWS if label.split("-")[1] in chapters]
    assert [label for label in lines if label not in EXERCISES] == []
    rows = page("teachers").select("article table")[-2].select("tbody tr")
    assert len(rows) == len(EXERCISES)
    assert {row.select("td")[1].text for row in rows} == {"code", "find", "think"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('```{exercise-start} A\n:label: a\n```\ncheck("sigmoid", f)', "code"),
        ("```{exercise-start} Find the mistake\n:label: a\n```\n", "find"),
        ("```{exercise-start} Why?\n:label: a\n```\nlook, check it", "think"),
    ],
)
def test_the_kind_of_an_exercise(text, kind):
    assert appendices.exercise(text).kind == kind


def test_each_chapter_has_an_exercise_to_code_one_to_think_and_one_with_a_mistake():
    for chapter in {label.split("-")[1] for label in EXERCISES} - {"00"}:
        found = [e.kind for label, e in EXERCISES.items() if label.split("-")[1] == chapter]
        assert len(found) >= 3, chapter
        assert set(found) == {"code", "find", "think"}, chapter


# For teachers --------------------------------------------------------------------------------


def test_the_names_of_exercises_in_the_plan_exist():
    plan = TEACHERS.split("## A course of eight weeks")[1].split("A session of 90")[0]
    named = set(re.findall(r"`(\w+)`", plan.replace("check_steps", "")))
    assert named <= set(tasks.EXERCISES)
    weeks = re.findall(r"^\| \d \| ([\d, ]+) \|", plan, re.MULTILINE)
    taught = sorted(int(number) for week in weeks for number in week.split(","))
    assert taught == list(range(len(NOTEBOOKS)))


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEACHERS, re.DOTALL)


def test_the_examples_for_teachers_run(capsys):
    names = {}
    for block in blocks("python"):
        exec(block, names)
    said = capsys.readouterr().out
    assert "threshold" in said
    assert "survive" in said


@pytest.mark.skipif(sys.platform == "win32", reason="the job runs in a shell of Linux")
@pytest.mark.parametrize(
    ("answer", "code"),
    [("1 / (1 + np.exp(-z))", 0), ("1 / (1 + np.exp(z))", 1), ("...", 1)],
)
def test_the_job_for_continuous_integration_passes_right_answers_only(tmp_path, answer, code):
    (job,) = blocks("yaml")
    step = yaml.safe_load(job)["jobs"]["check"]["steps"][-1]["run"]
    step = step.replace("python -m", f"{sys.executable} -m")
    (tmp_path / "exercises").mkdir()
    files = {"01_sigmoid.py": answer, "02_again.py": "1 / (1 + np.exp(-z))"}
    for name, text in files.items():
        source = f"import numpy as np\n\n\ndef sigmoid(z):\n    return {text}\n"
        (tmp_path / "exercises" / name).write_text(source, "utf-8")
    done = subprocess.run(
        ["bash", "-e", "-c", step], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert all(name in done.stdout for name in files)  # all are shown before it fails


def test_the_exit_codes_are_those_of_the_page(tmp_path):
    table = dict(re.findall(r"^\| ([012]) \| (.*?) \|$", TEACHERS, re.MULTILINE))
    assert len(table) == 3
    missing = [sys.executable, "-m", "lrcore", "check", str(tmp_path / "none.py")]
    assert subprocess.run(missing, capture_output=True, check=False).returncode == 2
    assert "no such file" in table["2"]


def test_five_seconds_are_the_patience_of_the_checker():
    from lrcore._checking import sandbox

    assert "stops it after five seconds" in TEACHERS
    assert sandbox.SECONDS == 5


def test_there_are_nineteen_exercises_as_the_page_says():
    assert "a file for each of the nineteen exercises" in TEACHERS
    assert len(tasks.EXERCISES) == 19
    assert check("nothing", None).status == "error"


# Status --------------------------------------------------------------------------------------


def test_the_status_page_has_a_time_for_each_notebook_and_a_version_for_each_package():
    times, versions, parts = page("status").select("article table")
    rows = {tr.td.text: [td.text for td in tr.select("td")] for tr in times.select("tbody tr")}
    assert set(rows) == {path.stem for path in BOOK.glob("*.ipynb")}
    assert all(float(row[3]) > 0 for row in rows.values())
    named = dict((td.text for td in tr.select("td")) for tr in versions.select("tbody tr"))
    assert named["Python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"lrcore", "numpy", "torch", "scikit-learn"} <= set(named)
    assert [tr.td.text for tr in parts.select("tbody tr")] == [part.name for part in notices.PARTS]


# The index -----------------------------------------------------------------------------------


def test_the_index_has_every_term_and_leads_from_it_to_chapters():
    glossary = {dt["id"]: dt.find(string=True) for dt in page("glossary").select("dl.glossary dt")}
    entries = page("genindex").select(".index-entries > li")
    first = {li.a.get("href"): li for li in entries if li.a}
    assert len(glossary) > 70
    assert [name for name in glossary if f"glossary.html#{name}" not in first] == []
    used = [li for href, li in first.items() if "glossary" in href and len(li.select("a")) > 1]
    assert len(used) > 50
    gradient = first["glossary.html#term-gradient"].select("a")
    assert gradient[0].text == "gradient"
    assert "5" in [a.text for a in gradient]


def test_places_are_chapters_by_number_then_other_pages():
    class Title(str):
        def astext(self):
            return str(self)

    titles = {"intro": Title("0. Start"), "10_x": Title("10. X"), "02_y": Title("2. Y"),
              "charts": Title("The charts")}  # fmt: skip
    links = [("main", "g.html#t")]
    links += [("", f"{name}.html#u") for name in ("10_x", "02_y", "charts", "intro")]
    assert terms.places(links, titles) == [
        ("0", "intro.html#u"),
        ("2", "02_y.html#u"),
        ("10", "10_x.html#u"),
        ("The charts", "charts.html#u"),
    ]
