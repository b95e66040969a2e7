"""The line that offers to run a page in Binder or Colab, and what makes the notebook run there."""

import re
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from packaging.requirements import Requirement
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
REPOSITORY = "https://github.com/some-one/a.book"
# What a name in an import line is called where it is installed from.
PACKAGES = {"sklearn": "scikit-learn", "statsmodels": "statsmodels"}


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Return a function that builds a book of a notebook and a page for a repository."""
    monkeypatch.syspath_prepend(ROOT / "tools")

    def build(repository, branch=""):
        monkeypatch.setenv("BOOK_REPOSITORY", repository)
        monkeypatch.setenv("BOOK_BRANCH", branch)
        source = tmp_path / "source"
        source.mkdir()
        (source / "index.md").write_text("# A\n\n```{toctree}\nb c\n```\n")
        (source / "b c.ipynb").write_text("# B\n\n## Below\n")  # only its name matters here
        suffixes = {".md": "markdown", ".ipynb": "markdown"}
        config = {"extensions": ["myst_parser", "launch"], "source_suffix": suffixes}
        out = tmp_path / "out"
        Sphinx(source, None, out, tmp_path / "trees", "html", config, None, None).build()
        return {path.stem: soup(path) for path in out.glob("*.html")}

    yield build
    sys.modules.pop("launch", None)


def soup(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


@pytest.mark.parametrize("address", [REPOSITORY, REPOSITORY + "/", REPOSITORY + ".git"])
def test_a_notebook_offers_to_run_itself(build, address):
    pages = build(address, "a/b")
    binder, colab = (a["href"] for a in pages["b c"].select("p.launch a"))
    assert binder == (
        "https://mybinder.org/v2/gh/some-one/a.book/a%2Fb?urlpath=lab/tree/book/b%20c.ipynb"
    )
    assert colab == (
        "https://colab.research.google.com/github/some-one/a.book/blob/a/b/book/b%20c.ipynb"
    )
    assert pages["b c"].h1.find_next_sibling()["class"] == ["launch"]
    assert f"git+{REPOSITORY}@a/b" in pages["b c"].select_one(".launch code").text
    assert pages["index"].select(".launch") == []


def test_the_branch_is_main_if_none_is_named(build):
    links = build(REPOSITORY)["b c"].select(".launch a")
    assert "/a.book/main?" in links[0]["href"]
    assert "/blob/main/" in links[1]["href"]


def test_without_a_repository_nothing_is_offered(build):
    assert build("")["b c"].select(".launch, a[href*=binder], a[href*=colab]") == []


def test_the_built_site_names_no_repository():
    """`make book` was told none."""
    pages = SITE.glob("*.html")
    found = [p.name for p in pages if 'class="launch"' in p.read_text("utf-8")]
    assert found == []


@pytest.mark.parametrize(
    "address", ["some-one/a.book", "https://example.org/a/b", "https://github.com/a"]
)
def test_what_binder_and_colab_cannot_read_is_refused(build, address):
    with pytest.raises(ConfigError, match=r"BOOK_REPOSITORY must be https://github\.com/OWNER"):
        build(address)


def test_the_line_fetches_nothing(build):
    line = build(REPOSITORY)["b c"].select_one(".launch")
    assert line.select("img, script, iframe, link") == []


def test_make_builds_anew_for_another_repository_or_branch():
    text = (ROOT / "Makefile").read_text("utf-8")
    assert "same-list,$(BOOK) $(BOOK_URL) $(BOOK_REPOSITORY) $(BOOK_BRANCH)" in text


def imported():
    """Return the packages that the book's notebooks import, but Python's own."""
    texts = [
        cell.source
        for path in (ROOT / "book").glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]
    names = re.findall(r"^\s*(?:import|from) (\w+)", "\n".join(texts), re.MULTILINE)
    return {PACKAGES.get(name, name) for name in names} - sys.stdlib_module_names - {"lrcore"}


def test_binder_installs_what_the_notebooks_import():
    text = (ROOT / "binder" / "requirements.txt").read_text("utf-8")
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    assert lines[-1] == "-e .[charts,dask]"
    named = {Requirement(line).name for line in lines if line and line[0] != "-"}
    assert imported() - named == set()
    assert (ROOT / "binder" / "runtime.txt").read_text("utf-8").strip() == "python-3.11"
