"""Sphinx extension: notebooks run before the pages are read, and pages are written, side by side.

MyST-NB runs a notebook when it reads it, one after the other.  It finds the results of these runs
in its cache and has nothing left to run.

And the collector of reference cycles comes less often: each time it walks through all trees of all
pages, where it finds next to nothing, and took a fifth of a build.
"""

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import nbformat
from jupyter_cache import get_cache
from myst_nb.core.execute import create_client
from sphinx.util import logging


def run_ahead(_app, env, names):
    """Fill the cache with what the notebooks among the pages to be read print and draw."""
    paths = [str(env.doc2path(name)) for name in names]
    notebooks = [path for path in paths if path.endswith(".ipynb")]
    config = env.mystnb_config
    get_cache(config.execution_cache_path).list_cache_records()  # makes it, once, if there is none
    with ThreadPoolExecutor(os.cpu_count() + 1) as pool:
        list(pool.map(partial(run, config=config), notebooks))


def run(path, config):
    """Run one notebook, unless the cache holds it; an error in it ends the build."""
    notebook = nbformat.read(path, as_version=4)
    with create_client(notebook, path, config, logging.getLogger(__name__)):
        pass  # it ran when the client started


def write_side_by_side(app, _env):
    """Let all processors write what one has read: for reading, not every extension is fit."""
    app.parallel = os.cpu_count()


def setup(app):
    """Run them once it is known which pages are to be read."""
    app.connect("env-before-read-docs", run_ahead)
    app.connect("env-updated", write_side_by_side)
    gc.set_threshold(50_000, 20, 100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
