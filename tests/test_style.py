"""The same tools as before a commit, so that a commit made without them fails here."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "tool",
    ["ruff check", "ruff format --check --diff", "mypy"],
    ids=lambda t: t.replace(" --diff", ""),
)
def test_tool_is_content(tool):
    done = subprocess.run(
        [sys.executable, "-m", *tool.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
