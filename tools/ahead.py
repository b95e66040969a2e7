"""Sphinx extension: a build keeps all processors busy, and is not held up by its own memory.

MyST-NB runs a notebook when it reads it, one after the other.  Here all begin to run, side by side,
before the first page is read, and their pages are read last: MyST-NB finds the results of these
runs in its cache and has nothing left to run.  Then all pages are written side by side.

And the collector of reference cycles comes less often: each time it walks through all trees of all
pages, where it finds next to nothing, and took a fifth of a build.
"""

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import nbformat
from jupyter_cache import get_cache
from kernels import prepared
from myst_nb.core.execute import create_client
from sphinx.util import logging

KERNELS = ExitStack()
RUNS = {}  # those that have not been waited for: {name of the page: future}


def run_ahead(_app, env, names):
    """Begin to fill the cache with what the notebooks among the pages print and draw."""
    config = env.mystnb_config
    get_cache(config.execution_cache_path).list_cache_records()  # makes it, once, if there is none
    paths = {name: str(env.doc2path(name)) for name in names}
    notebooks = {name: path for name, path in paths.items() if path.endswith(".ipynb")}
    if len(notebooks) > 1:
        KERNELS.enter_context(prepared())
    pool = ThreadPoolExecutor(os.cpu_count())
    RUNS.update({name: pool.submit(run, path, config) for name, path in notebooks.items()})
    names.sort(key=lambda name: name in RUNS)


def wait(_app, name, _source):
    """Wait until a page that is to be read has run; an error in one ends the build at once."""
    try:
        if name in RUNS:
            RUNS.pop(name).result()
    except BaseException:  # Ctrl-C, too
        for others in RUNS.values():
            others.cancel()
        raise


def run(path, config):
    """Run one notebook, unless the cache holds it; an error in it ends the build."""
    notebook = nbformat.read(path, as_version=4)
    with create_client(notebook, path, config, logging.getLogger(__name__)):
        pass  # it ran when the client started


def write_side_by_side(app, _env):
    """Let all processors write what one has read: for reading, not every extension is fit."""
    KERNELS.close()
    app.parallel = os.cpu_count()


def setup(app):
    """Run them once it is known which pages are to be read."""
    app.connect("env-before-read-docs", run_ahead)
    app.connect("source-read", wait)
    app.connect("env-updated", write_side_by_side)
    gc.set_threshold(50_000, 20, 100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
