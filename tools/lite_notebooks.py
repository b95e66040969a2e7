"""The book's notebooks as a browser runs them, and one for each exercise."""

import ast
import sys
from pathlib import Path
from symtable import symtable

import jupytext
import nbformat
from jinja2 import Template

from lrcore._checking import workbook
from lrcore._exercises.tasks import EXERCISES

TOOLS = Path(__file__).resolve().parent
BOOK = TOOLS.parent / "book"
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
PASSED_OVER = 'raise ImportError("{} not for browsers: this cell runs on your own computer")\n\n{}'


def code(nb):
    """Return the cells of code."""
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def packages_of(statement):
    """Return the packages that a statement imports."""
    if isinstance(statement, ast.Import):
        return {alias.name.split(".")[0] for alias in statement.names}
    return {statement.module.split(".")[0]} if isinstance(statement, ast.ImportFrom) else set()


def lacking(nb, packages):
    """Return what a notebook imports that Python in a browser has not, by Pyodide's list."""
    nodes = (node for cell in code(nb) for node in ast.walk(ast.parse(cell.source)))
    there = {name for package in packages.values() for name in package["imports"]}
    return sorted(set().union(*map(packages_of, nodes)) - there - sys.stdlib_module_names)


def used(table):
    """Return the names of the notebook that a piece of code reads, its functions included."""
    own = {s.get_name() for s in table.get_symbols() if s.is_referenced() and s.is_global()}
    return own.union(*map(used, table.get_children()))


def bound(table):
    """Return the names that a cell gives to the notebook."""
    symbols = table.get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported() or s.is_namespace()}


def without(source, missing):
    """Return a cell without the imports of what is missing, and the names that they would bind."""
    lines, names = source.split("\n"), set()
    for statement in ast.parse(source).body:
        if packages_of(statement) & {*missing}:
            names |= bound(symtable(ast.unparse(statement), "import", "exec"))
            for i in range(statement.lineno - 1, statement.end_lineno):
                lines[i] = f"# {lines[i]}  (not for browsers)"
    return "\n".join(lines), names


def pass_over(nb, missing):
    """Let the cells say so that cannot run without what is missing; return how many they are.

    They are those that use it, and those that use what such a cell would have defined.
    """
    unknown, count = set(), 0
    for cell in code(nb):
        cell.source, names = without(cell.source, missing)
        unknown |= names
        table = symtable(cell.source, "cell", "exec")
        if used(table) & unknown:
            cell.source = PASSED_OVER.format(" and ".join(missing), cell.source)
            cell.metadata.tags = ["raises-exception"]  # the cells behind it are run all the same
            unknown |= bound(table)
            count += 1
        else:
            unknown -= bound(table)
    return count


def cells(name, **said):
    """Return the cells that a template in Markdown stands for."""
    text = Template((TOOLS / name).read_text("utf-8")).render(said)
    return jupytext.reads(text, fmt="md").cells


def save(nb, path, **said):
    """Store a notebook for the browser's kernel; behind its title stands how it is run."""
    nb.cells[1:1] = cells("lite_first.md", **said)
    nb.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    # in one piece each: JupyterLite would put commas between the lines of an output
    path.write_text(nbformat.v4.writes(nb, split_lines=False), "utf-8")


def exercise_file(exercise):
    """Return the path of an exercise's notebook within the site's notebooks."""
    return workbook.path_of(Path("exercises"), exercise).with_suffix(".ipynb")


def write(folder, packages):
    """Write all notebooks; return {chapter: (what it lacks, how many cells need that)}."""
    (folder / "exercises").mkdir(parents=True)
    for name, exercise in EXERCISES.items():
        task = cells("lite_exercise.md", exercise=exercise, stub=workbook.stub(exercise))
        save(nbformat.v4.new_notebook(cells=task), folder / exercise_file(name))
    found = {}
    for path in sorted(BOOK.glob("*.ipynb")):
        nb = nbformat.read(path, as_version=4)
        missing = lacking(nb, packages)
        found[path.stem] = missing, pass_over(nb, missing)
        save(nb, folder / path.name, missing=missing)
    return found
