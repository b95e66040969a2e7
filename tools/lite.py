"""Put the notebooks beside the built pages so that they run in the reader's browser (JupyterLite).

    python tools/lite.py [FOLDER]

Pyodide's core comes from npm, packages of pure Python from the registry, lrcore from this tree; all
of that becomes a part of the site.  What is compiled (NumPy and its like) only Pyodide's own
distribution has: a reader who starts a notebook fetches it from there.  With FOLDER, a downloaded
distribution, it lies in the site as well, and nothing comes from elsewhere.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import lite_notebooks
import nbformat
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_PYTHON_VERSION
from lite_offer import offer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
SITE = ROOT / "_build" / "html"
CORE = ROOT / "node_modules" / "pyodide"
WORK = ROOT / "_build" / "lite"
WHEELS = ROOT / "_build" / "wheels"  # other projects' packages, kept from build to build
UNUSED = shutil.ignore_patterns("*.map", "*.html", "*.ts", "*.md", "pyodide.js")
LOCK = "pyodide-lock.json"
# What the kernel asks for, beside what lrcore needs; the second is not in Pyodide's list.
KERNEL_NEEDS, NOT_LISTED = ["micropip", "ipython", "jedi"], "comm"
JUPYTERLAB = 10  # megabytes of it that a browser loads; a test measures
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "Logistic Regression",
        "appUrl": "./tree",
        "litePluginSettings": {
            # what neither the site nor Pyodide's distribution has is not looked for elsewhere
            "@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}
        },
    },
}


def pip(*words):
    """Let pip do something, quietly."""
    command = [sys.executable, "-m", "pip", *words, "--quiet", "--disable-pip-version-check"]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit(f"pip {words[0]} failed, as it says above; is there a network?")


def wheels(folder):
    """Return {"name==version": file} of the wheels in a folder."""
    parsed = [(parse_wheel_filename(path.name), path) for path in folder.glob("*.whl")]
    return {f"{name}=={version}": path for (name, version, *_), path in parsed}


def download(requirements):
    """Return the wheels of these packages of pure Python; fetch those that are not there yet."""
    WHEELS.mkdir(parents=True, exist_ok=True)
    if missing := sorted(set(requirements) - wheels(WHEELS).keys()):
        kind = ["--no-deps", "--only-binary=:all:", "--platform=any", "--implementation=py"]
        python = f"--python-version={PYODIDE_PYTHON_VERSION}"
        pip("download", *kind, python, f"--dest={WHEELS}", *missing)
    return [wheels(WHEELS)[requirement] for requirement in requirements]


def build_wheel(folder):
    """Build lrcore's wheel, from a copy: setuptools leaves files of its own where it works."""
    with TemporaryDirectory() as copy:
        shutil.copytree(ROOT / "lrcore", Path(copy) / "lrcore")
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy)
        pip("wheel", "--no-deps", f"--wheel-dir={folder}", copy)
    return next(folder.glob("lrcore-*.whl"))


def needed_by_lrcore():
    """Return the names of the packages that lrcore needs, with those of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line).name for group in groups for line in group]


def closure(packages, names):
    """Return those of the names that the list has, with all that they depend on."""
    found, waiting = set(), list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in packages and name not in found:
            found.add(name)
            waiting += packages[name]["depends"]
    return sorted(found)


def listed(wheel, depends=()):
    """Return the line of Pyodide's list for a package that is not in it."""
    name, number, *_ = parse_wheel_filename(wheel.name)
    line = {"name": name, "version": str(number), "imports": [name], "depends": [*depends]}
    return {name: line | {"install_dir": "site", "package_type": "package"} | of_file(wheel)}


def of_file(wheel):
    """Return what the list says of a wheel's file."""
    return {"file_name": wheel.name, "sha256": sha256(wheel.read_bytes()).hexdigest()}


def add_pure(folder, packages, names):
    """Bring the packages of pure Python among these into the folder, and lrcore."""
    pure = [name for name in names if packages[name]["file_name"].endswith("-none-any.whl")]
    found = download([f"{name}=={packages[name]['version']}" for name in pure])
    for name, wheel in zip(pure, found, strict=True):
        packages[name] |= of_file(Path(shutil.copy(wheel, folder)))
    (wheel,) = download([f"{NOT_LISTED}=={version(NOT_LISTED)}"])
    packages |= listed(Path(shutil.copy(wheel, folder)))
    packages |= listed(build_wheel(folder), closure(packages, needed_by_lrcore()))


def lay_out(folder, distribution=None):
    """Put Pyodide into a folder, with each package that can lie there; return the list.

    A package that cannot is listed under its address in Pyodide's own distribution, or, where the
    publisher has brought one, not at all.
    """
    shutil.copytree(distribution or CORE, folder, ignore=UNUSED)
    lock = json.loads((folder / LOCK).read_text("utf-8"))
    packages, wanted = lock["packages"], json.loads((CORE / LOCK).read_text("utf-8"))["info"]
    needed = closure(packages, [*KERNEL_NEEDS, *needed_by_lrcore()])
    absent = [n for n in needed if not (folder / packages[n]["file_name"]).is_file()]
    if lock["info"] != wanted:
        raise SystemExit(f"PYODIDE: expected a distribution of {wanted}, got {lock['info']}")
    if distribution and absent:
        raise SystemExit(f"PYODIDE: {distribution} has no {', '.join(absent)}")
    add_pure(folder, packages, absent)
    elsewhere = [n for n, p in packages.items() if not (folder / p["file_name"]).is_file()]
    for name in elsewhere:
        package = packages.pop(name)
        if not distribution:
            package["file_name"] = f"{PYODIDE_CDN_URL}/{package['file_name']}"
            packages[name] = package
    (folder / LOCK).write_text(json.dumps(lock), "utf-8")
    return packages


def build(site):
    """Build JupyterLite into the site, of what lies in `WORK`."""
    (WORK / "jupyter-lite.json").write_text(json.dumps(SETTINGS), "utf-8")
    shutil.rmtree(site / "lite", ignore_errors=True)
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--apps=notebooks", "--apps=tree"]
    options = ["--contents=contents", f"--output-dir={site / 'lite'}", "--no-sourcemaps"]
    subprocess.run([*command, *options], cwd=WORK, check=True, stdout=subprocess.DEVNULL)


def megabytes(folder, packages):
    """Return how much a start loads from this site: Pyodide's core and packages, JupyterLab."""
    needed = closure(packages, [*KERNEL_NEEDS, NOT_LISTED, "lrcore"])
    core = [path.name for path in folder.iterdir() if path.suffix != ".whl"]
    names = {packages[name]["file_name"] for name in needed}.union(core)
    sizes = [(folder / name).stat().st_size for name in names if (folder / name).is_file()]
    return round(sum(sizes) / 1e6 + JUPYTERLAB)


def main(distribution=None):
    """Build what runs, then let each page offer its part."""
    shutil.rmtree(WORK, ignore_errors=True)
    pyodide = WORK / "static" / "pyodide"
    packages = lay_out(pyodide, distribution)
    chapters = lite_notebooks.write(WORK / "contents", packages)
    build(SITE)
    host = None if distribution else urlsplit(PYODIDE_CDN_URL).hostname
    said = {"megabytes": megabytes(pyodide, packages), "host": host}
    for name, (missing, count) in chapters.items():
        nb = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
        offer(SITE / f"{name}.html", nb, missing, count, said)
    shutil.copyfile(SITE / "intro.html", SITE / "index.html")


if __name__ == "__main__":
    main(*[Path(name).resolve() for name in sys.argv[1:]])
