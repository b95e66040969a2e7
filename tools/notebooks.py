"""Re-execute notebooks and store their outputs in one canonical form.

    python tools/notebooks.py [FILE ...]      (no file: every notebook in book/)

A notebook is its own evidence: the tests compare the outputs in it with what its code prints. So
they must come from one clean run, top to bottom, and hold nothing that differs between two runs or
two machines (times, versions of the kernel, random cell ids). A file is written only when a byte of
it changes.
"""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

BOOK = Path(__file__).resolve().parent.parent / "book"
AT_ONCE = 2  # notebooks, each with a kernel of its own
TIMEOUT = 300  # seconds a cell may take, as in _config.yml

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"}
NOISE = {"ExecuteTime", "collapsed", "execution", "jupyter", "scrolled", "vscode"}


def clean(nb):
    """Keep what the author wrote and the code printed; drop what an editor or a kernel added."""
    nb.nbformat, nb.nbformat_minor = 4, 5
    said = {key: text for key, text in nb.metadata.items() if key == "description"}
    nb.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE} | said)
    seen = set()
    for cell in nb.cells:
        for key in NOISE & cell.metadata.keys():
            del cell.metadata[key]
        # An id that exists stays, so that a diff shows the edit and not a renumbering.
        name = cell.get("id") or hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        while name in seen:
            name = hashlib.sha256(f"{name}{cell.source}".encode()).hexdigest()[:8]
        cell.id = name
        seen.add(name)
    return nb


def where(nb):
    """Return the number of the code cell that failed: the last one that was reached."""
    code = [c for c in nb.cells if c.cell_type == "code"]
    reached = [i for i, c in enumerate(code, 1) if c.outputs or c.execution_count]
    return max(reached, default=1)


def run(path):
    """Execute and rewrite one notebook; return what happened and whether it is a failure."""
    before = path.read_bytes()
    nb = clean(nbformat.reads(before.decode("utf-8"), as_version=4))
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        nb,
        timeout=TIMEOUT,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(path.parent)}},  # as Jupyter, nbval and the book run it
        record_timing=False,
        coalesce_streams=True,  # else the cuts between two prints depend on the machine's load
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return f"code cell {where(nb)} failed: {error.ename}: {error.evalue}", True
    except CellTimeoutError:
        return f"code cell {where(nb)} took more than {TIMEOUT} s", True
    except DeadKernelError:
        return f"the kernel died in code cell {where(nb)}", True
    after = (nbformat.writes(clean(nb)) + "\n").encode("utf-8")
    if after == before:
        return "unchanged", False
    path.write_bytes(after)
    return "written", False


def main(names):
    """Run the named notebooks, or all; return the exit code."""
    paths = [Path(n).resolve() for n in names] or sorted(BOOK.glob("*.ipynb"))
    failed = False
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for path, (message, failure) in zip(paths, pool.map(run, paths), strict=True):
            print(f"{path.parent.name}/{path.name}: {message}", flush=True)
            failed |= failure
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
