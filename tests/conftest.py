"""Settings that all tests share: the same hypothesis examples in every run, figures in memory."""

import signal
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import settings
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from chromium import launch

mpl.use("agg")
settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("fixed")
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = launch(playwright.chromium)
        yield started
        started.close()
