"""What is written down in two places and would drift apart."""

import os
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TOC = (ROOT / "_toc.yml").read_text("utf-8")

# What the tools make; everything else is the project's.
MADE = re.compile(
    r"\.git|\.venv|_build|build|node_modules|\..*_cache|\.hypothesis|\.coverage.*|.*\.egg-info"
    r"|__pycache__|\.ipynb_checkpoints"
)


def requirements(name):
    """Return {canonical name: Requirement} of a requirements file."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(r.name): r for r in found}


def texts():
    """Yield (path, text) of every text file of the project; a tarball has no git to ask."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if any(MADE.fullmatch(p) for p in parts):
            continue
        if path.is_file():
            try:
                yield path.relative_to(ROOT), path.read_text("utf-8")
            except UnicodeDecodeError:  # a picture
                continue


NEEDED, TESTED = requirements("requirements.txt"), requirements("constraints.txt")


@pytest.mark.parametrize("name", NEEDED)
def test_requirement_was_tested_in_a_version_that_it_allows(name):
    assert name in TESTED, f"constraints.txt does not name {name}"
    (pin,) = TESTED[name].specifier
    assert pin.operator == "=="
    assert pin.version in NEEDED[name].specifier


def test_constraints_fit_every_system():
    """A local label such as `+cpu` exists in one build only."""
    loose = [n for n, r in TESTED.items() if not re.fullmatch(r"==[\w.!]+", str(r.specifier))]
    assert loose == []


def test_package_and_requirements_agree():
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    for requirement in map(Requirement, chain.from_iterable(groups)):
        assert NEEDED[canonicalize_name(requirement.name)].specifier == requirement.specifier


def test_requirements_install_the_package_last():
    assert (ROOT / "requirements.txt").read_text("utf-8").rstrip().endswith("\n-e .")


def test_citation_names_the_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"]


def test_every_notebook_is_in_the_contents():
    names = [path.stem for path in (ROOT / "book").glob("*.ipynb")]
    assert [n for n in names if not re.search(rf"(root|file): {n}$", TOC, re.MULTILINE)] == []


def test_every_private_module_that_the_book_names_is_there():
    pages = (path.read_text("utf-8") for path in (ROOT / "book").glob("*.ipynb"))
    named = {name for page in pages for name in re.findall(r"`(_[a-z_.]+)`", page)}
    assert named
    files = [ROOT / "lrcore" / f"{name.replace('.', '/')}.py" for name in sorted(named)]
    assert [str(file) for file in files if not file.exists()] == []


def test_every_public_module_has_a_reference_page():
    modules = {p.stem for p in (ROOT / "lrcore").glob("*.py") if not p.stem.startswith("_")}
    pages = {p.stem for p in (ROOT / "book" / "api").glob("*.md")} - {"index"}
    assert modules == pages


@pytest.mark.parametrize("chapter", re.findall(r"file: (\d\d_\w+)$", TOC, re.MULTILINE))
def test_chapter_has_one_number(chapter):
    """The file's name and the title say the same."""
    nb = nbformat.read(ROOT / "book" / f"{chapter}.ipynb", as_version=4)
    title = re.match(r"# .*?(\d+)", nb.cells[0].source)
    assert title, "the first cell opens with a numbered title"
    assert int(title[1]) == int(chapter[:2])


def test_no_file_names_a_registry_or_a_machine():
    """Which registry serves the packages is a setting of whoever installs them."""
    registry = re.compile(
        r"(?:pypi|pythonhosted|npmjs|anaconda)\.(?:org|com)|(?:deb|download)\.\w+\.org"
    )
    machine = re.compile(r"(?<![\w.])/(?:home|root|Users|tmp|private|mnt|srv)/\w")
    here = {str(ROOT), str(Path.home())} - {"/"}
    bad = [
        f"{path}: {line.strip()[:120]}"
        for path, text in texts()
        for line in text.splitlines()
        if len(line) < 5000  # the data of a stored figure is no text
        and (registry.search(line) or machine.search(line) or any(h in line for h in here))
    ]
    assert bad == []


@pytest.mark.skipif(sys.platform == "win32", reason="make is rare there")
def test_a_folder_that_cannot_be_written_in_is_named():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    command = ["make", "-n", "book", "WRITABLE="]  # root, who may run this, can write anywhere
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert made.returncode == 2
    assert f"{ROOT} cannot be written in: copy the project" in made.stderr


def test_a_test_that_asks_for_no_coverage_runs_without_coverage_too():
    test = "tests/test_book_derivations.py::test_convexity_holds_only_this_way_around"
    command = [sys.executable, "-m", "pytest", "-q", "--no-cov", "-p", "no:cacheprovider", test]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
