"""Let the built pages offer their notebooks: each chapter, and each exercise to be coded."""

import re
from pathlib import Path

from jinja2 import Template
from lite_notebooks import exercise_file

TEXT = (Path(__file__).resolve().parent / "lite.html").read_text("utf-8")
BUTTON = Template(TEXT, trim_blocks=True, lstrip_blocks=True, autoescape=True)
EARLIER = re.compile(r"<!-- lite -->.*?<!-- /lite -->", re.DOTALL)
CHAPTER = r'<article class="bd-article".*?</h1>'
EXERCISE = r'<div class="exercise [^>]*id="{}">\s*<p class="admonition-title">.*?</p>'
# An exercise is coded if a check follows its label, with no other exercise between.
CODED = re.compile(r":label: (\S+)(?:(?!:label: ).)*?\bcheck\(\s*\"(\w+)\"", re.DOTALL)


def coded(nb):
    """Return {label: exercise} of a notebook's exercises whose answer is a function to check."""
    return dict(CODED.findall("\n".join(cell.source for cell in nb.cells)))


def button(what, notebook, said):
    """Return the button that starts a notebook, once it has said what will be fetched."""
    address = f"lite/notebooks/index.html?path={notebook.as_posix()}"
    return BUTTON.render(what=what, address=address, **said)


def behind(html, place, piece):
    """Put a piece behind the first place that a pattern finds."""
    return re.sub(place, lambda found: found[0] + piece, html, count=1, flags=re.DOTALL)


def offer(page, nb, missing, count, said):
    """Give a page its button, and one to each of its exercises that are to be coded."""
    html = EARLIER.sub("", page.read_text("utf-8"))
    chapter = Path(page.stem).with_suffix(".ipynb")
    lack = {"missing": missing, "count": count}
    html = behind(html, CHAPTER, button("Run", chapter, said | lack))
    for label, exercise in coded(nb).items():
        place = EXERCISE.format(re.escape(label))
        html = behind(html, place, button("Do this exercise", exercise_file(exercise), said))
    page.write_text(html, "utf-8")
