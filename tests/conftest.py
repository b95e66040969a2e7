"""Settings that all tests share: the same hypothesis examples in every run, figures in memory."""

import os
import shutil

import matplotlib as mpl
import pytest
from hypothesis import settings
from playwright.sync_api import Error, sync_playwright

mpl.use("agg")
settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("fixed")

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # no host but this machine


def launch(chromium):
    """Start the system's Chromium, or Playwright's own, or say how to get one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    system = next(filter(None, map(shutil.which, names)), None)
    # Chromium refuses its sandbox to root, whom containers run as.
    args = [ALONE, *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]
    try:
        return chromium.launch(executable_path=system, args=args)
    except Error as error:
        hint = "no Chromium: `apt install chromium` or `.venv/bin/playwright install chromium`"
        pytest.fail(f"{hint} ({str(error).splitlines()[0]})")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = launch(playwright.chromium)
        yield started
        started.close()
