"""Start the browser in which the tests read the book and which prints it."""

import os
import shutil

from playwright.sync_api import Error

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
        raise SystemExit(f"{hint} ({str(error).splitlines()[0]})") from error
