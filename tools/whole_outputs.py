"""Sphinx extension: what a cell prints reaches the page in one piece.

A kernel sends printed text in chunks, cut wherever its timer happens to fire, also within a line.
MyST-NB joins the chunks with line breaks, so the page would now and then show a break that the code
did not print.  nbclient can join them faithfully; here it is told to, for the notebooks that
jupyter-cache runs while the book is built.
"""

from functools import partial

from jupyter_cache.executors import utils


def setup(app):
    """Make every execution through jupyter-cache coalesce its streams."""
    utils.executenb = partial(utils.executenb, coalesce_streams=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
