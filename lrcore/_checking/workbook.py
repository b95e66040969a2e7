"""Exercises as files: written as stubs, read back with care."""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lrcore._exercises.tasks import EXERCISES, Exercise

from . import sandbox


def stub(exercise: Exercise) -> str:
    """Write the file of one exercise: its task, its signature, a line to replace."""
    returns = "\n".join(textwrap.wrap(f"Return {exercise.returns}.", 84))
    docstring = textwrap.indent(f'"""{exercise.task}\n\n{returns}\n"""', "    ")
    return (
        "import numpy as np\n\n\n"
        f"def {exercise.signature}:\n{docstring}\n"
        "    raise NotImplementedError  # replace this line by your code\n"
    )


def path_of(folder: Path, exercise: str) -> Path:
    """Return the file of an exercise; the number keeps the files in the book's order."""
    return folder / f"{list(EXERCISES).index(exercise) + 1:02}_{exercise}.py"


def write(folder: Path) -> tuple[list[Path], list[Path]]:
    """Write what is missing; return the files written and those left as they were."""
    folder.mkdir(parents=True, exist_ok=True)
    written, kept = [], []
    for name, exercise in EXERCISES.items():
        path = path_of(folder, name)
        try:
            with path.open("x", encoding="utf-8") as file:  # x: never overwrite
                file.write(stub(exercise))
            written.append(path)
        except FileExistsError:
            kept.append(path)
    return written, kept


def load(path: Path) -> sandbox.Outcome:
    """Run a learner's file, as Python would; the value is what it defines."""
    folder = str(path.parent.resolve())
    if folder not in sys.path:  # what it imports may lie beside it
        sys.path.insert(0, folder)
    return sandbox.call(_run, path, seconds=30.0)  # what it imports may take its time


def _run(path: Path) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "exercise", "__file__": str(path)}
    exec(compile(path.read_bytes(), str(path), "exec"), namespace)
    return namespace


def answers(namespace: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Find the exercises among the names that a file defines, in the order of the book."""
    return ((name, namespace[prefix + name]) for name in EXERCISES if prefix + name in namespace)
