"""Sphinx extension: lists that the book makes of itself, so that none of them can go stale.

``{solutions}`` links every solution, ``{exercises}`` says what each exercise shows (by the book's
``exercises.yml``), ``{versions}`` names the versions that made this build.
"""

import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import nbformat
import yaml
from docutils import nodes
from packaging.requirements import Requirement
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parent.parent
START = re.compile(r"^```\{exercise-start\} (?P<title>.+)\n:label: (?P<label>.+)$", re.MULTILINE)


class Exercise(NamedTuple):
    """An exercise of a chapter."""

    label: str
    title: str
    kind: str


def exercises(path):
    """Return the exercises of a notebook, in its order."""
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    parts = re.split(r"(?=^```\{exercise-start\})", text, flags=re.MULTILINE)[1:]
    return [exercise(part.split("```{exercise-end}")[0]) for part in parts]


def exercise(text):
    """Return the exercise of a text that begins with its directive."""
    found = START.match(text)
    return Exercise(found["label"], found["title"], kind_of(found["title"], text))


def kind_of(title, text):
    """Say whether one writes code, looks for a mistake or thinks."""
    if re.search(r'\b(?:check|mutants)\(\s*"', text):
        return "code"
    return "find" if re.match(r"Find the (mistake|wrong)", title) else "think"


class Placeholder(nodes.General, nodes.Element):
    """Where a list will stand when all pages are read."""


class List(SphinxDirective):
    """Leave a placeholder."""

    def run(self):
        """Note which list is wanted, and that it is made of other pages."""
        self.env.note_reread()
        return [Placeholder(made_by=self.name)]


class FillPlaceholders(SphinxPostTransform):
    """Put the lists where they were asked for."""

    default_priority = 5

    def run(self):
        """Make each list anew, for this format and page."""
        for placeholder in list(self.document.findall(Placeholder)):
            placeholder.replace_self(getattr(self, placeholder["made_by"])())

    def chapters(self):
        """Yield (page, its exercises), in the order of the contents."""
        pages = ["intro", *sorted(page for page in self.env.found_docs if page[:2].isdigit())]
        for page in pages:
            yield page, exercises(self.env.doc2path(page))

    def link(self, page, anchor, text):
        """Return a paragraph that links a place of the book."""
        address = self.app.builder.get_relative_uri(self.env.docname, page)
        address += f"#{anchor}" if anchor else ""
        target = nodes.reference("", text, internal=True, refuri=address)
        return nodes.paragraph("", "", target)

    def title(self, page):
        """Return the title of a page."""
        return self.env.titles[page].astext()

    def solutions(self):
        """Link each solution, below the title of its chapter."""
        known = self.env.sphinx_exercise_registry
        anchors = {
            entry["node"]["target_label"]: anchor
            for anchor, entry in known.items()
            if "target_label" in entry["node"]
        }
        made = []
        for page, found in self.chapters():
            links = [self.link(page, anchors[e.label], e.title) for e in found]
            items = [nodes.list_item("", link) for link in links]
            made += [self.link(page, "", self.title(page)), nodes.bullet_list("", *items)]
        return made

    def exercises(self):
        """Return the table of what each exercise shows."""
        shows = yaml.safe_load(Path(self.env.srcdir, "exercises.yml").read_text("utf-8"))
        rows = [
            (self.link(page, e.label, f"{int(e.label.split('-')[1])}. {e.title}"), e.kind, says)
            for page, found in self.chapters()
            for e in found
            if (says := shows.get(e.label, ""))
        ]
        return [table(("exercise", "kind", "what it reveals"), rows)]

    def versions(self):
        """Return the table of the packages that the book names, and of Python."""
        lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
        texts = [line.split("#")[0].strip() for line in lines]
        names = [Requirement(text).name for text in texts if text and text[0] != "-"]
        rows = [(name, version(name)) for name in sorted(names, key=str.lower)]
        here = [("Python", platform.python_version()), ("system", platform.system())]
        return [table(("package", "version"), [*here, ("lrcore", version("lrcore")), *rows])]


def table(head, rows):
    """Return a table of texts and paragraphs."""
    group = nodes.tgroup("", *(nodes.colspec() for _ in head), cols=len(head))
    group += nodes.thead("", row(head))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group, classes=["colwidths-auto"])


def row(cells):
    """Return a row of a table."""
    paragraphs = [nodes.paragraph("", cell) if isinstance(cell, str) else cell for cell in cells]
    return nodes.row("", *(nodes.entry("", paragraph) for paragraph in paragraphs))


def setup(app):
    """Offer the directives."""
    app.add_node(Placeholder)
    for name in ("solutions", "exercises", "versions"):
        app.add_directive(name, List)
    app.add_post_transform(FillPlaceholders)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
