"""Start the browser in which the tests read the book and which prints it."""

import os
import shutil

from playwright.sync_api import Error

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # no host but this machine
# Chromium refuses its sandbox to root, whom containers run as.
AS_ROOT = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def system_chromium():
    """Return the path of the system's Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def launch(chromium):
    """Start the system's Chromium, or Playwright's own, or say how to get one."""
    try:
        return chromium.launch(executable_path=system_chromium(), args=[ALONE, *AS_ROOT])
    except Error as error:
        hint = "no Chromium: `apt install chromium` or `.venv/bin/playwright install chromium`"
        raise SystemExit(f"{hint} ({str(error).splitlines()[0]})") from error
