"""The table of contents, as a list of files."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def toc(entry):
    """Return every file of the table of contents, depth first."""
    own = [entry[key] for key in ("root", "file") if key in entry]
    below = [e for key in ("parts", "chapters", "sections") for e in entry.get(key, [])]
    return own + [file for e in below for file in toc(e)]


TOC = toc(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8")))
