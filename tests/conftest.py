"""Settings that all tests share: the same hypothesis examples in every run, figures in memory."""

import functools
import http.server
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import settings

if sys.platform != "wasi":  # the code of the chapters lies there
    collect_ignore = ["chapters_in_webassembly.py"]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"

mpl.use("agg")
settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("fixed")
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it


def pytest_configure(config):
    """Keep nbval quick: no coverage in its kernels, and copies of one if some run side by side."""
    if sys.platform != "wasi":
        import nbval.plugin

        nbval.plugin.setup_coverage = nbval.plugin.teardown_coverage = lambda *_: None
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        from kernels import prepared  # which needs what WebAssembly has not

        kernels = ExitStack()
        config.add_cleanup(kernels.close)
        kernels.enter_context(prepared())
    coverage = config.pluginmanager.getplugin("_cov")
    if coverage and config.option.no_cov:  # it would stumble over tests that ask for no coverage
        config.pluginmanager.unregister(coverage)
    elif coverage and sys.platform != "linux":  # elsewhere no process is copied: less can run
        coverage.options.cov_fail_under = 0


@pytest.fixture(scope="module")
def browser():
    from chromium import launch  # which tests that run in WebAssembly cannot import
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = launch(playwright.chromium)
        yield started
        started.close()


@pytest.fixture(scope="module")
def server():
    """Serve the site on this machine; return its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=SITE)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
