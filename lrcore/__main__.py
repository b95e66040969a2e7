"""The exercises in a terminal: ``python -m lrcore``."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._checking import workbook
from ._checking.verdict import Verdict
from ._exercises.tasks import EXERCISES
from .checks import check, mutants

_PROG = "python -m lrcore"
_LISTED = f"{_PROG} exercises lists the names"
_LARGEST = 10**6  # bytes of a file; reading in a huge one cannot be interrupted
_LOOK_EVERY = 0.3  # seconds between two looks at a watched file


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words of the command line; those of this process if not given.

    Returns
    -------
    int
        0 if all is well, 1 if an answer is not correct, 2 if the command makes no sense.
    """
    # a terminal that knows no ticks and crosses shows question marks, and goes on
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        code = int(options.command(options))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # pragma: no cover - in a process, as of `| head`, which saw enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_PROG, description="The exercises of the book.")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands")
    exercises = commands.add_parser("exercises", help="list them, with your progress")
    exercises.add_argument("folder", nargs="?", type=Path, default=Path())
    exercises.set_defaults(command=_exercises)
    start = commands.add_parser("start", help="write exercise files; yours are never overwritten")
    start.add_argument("folder", type=Path)
    start.set_defaults(command=_start)
    check_file = commands.add_parser("check", help="check the answers in a file")
    check_file.add_argument("file", type=Path)
    check_file.add_argument("--watch", action="store_true", help="again whenever it is saved")
    check_file.set_defaults(command=_check)
    score = commands.add_parser("mutants", help="score your tests, such as test_sigmoid(sigmoid)")
    score.add_argument("file", type=Path)
    score.set_defaults(command=_mutants)
    return parser


def _start(options: argparse.Namespace) -> int:
    try:
        written, kept = workbook.write(options.folder)
    except OSError as error:
        return _usage(f"{options.folder}: {error.strerror}")
    print(f"{len(written)} files written to {options.folder}, {len(kept)} left as they were.")
    print(f"Open one, replace the last line, then: {_PROG} check {(written + kept)[0]}")
    return 0


def _exercises(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        return _usage(f"{options.folder}: not a folder")
    done = 0
    for name, exercise in EXERCISES.items():
        status = _progress(workbook.path_of(options.folder, name), name)
        done += status == "correct"
        print(f"{status:14} {exercise.signature}")
    print(f"\n{done} of {len(EXERCISES)} correct in {options.folder.resolve().name}")
    return 0


def _progress(path: Path, name: str) -> str:
    if not path.is_file():
        return "no file"
    defined = workbook.load(path).value or {}
    return check(name, defined[name]).status if name in defined else "error"


def _check(options: argparse.Namespace) -> int:
    code = _check_once(options.file)
    try:
        while options.watch:
            seen = _saved(options.file)
            while _saved(options.file) == seen:
                time.sleep(_LOOK_EVERY)
            print(f"\n--- {options.file} ---", flush=True)
            code = _check_once(options.file)
    except KeyboardInterrupt:
        print()
    return code


def _saved(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:  # between two saves an editor may have no file
        return None


def _mutants(options: argparse.Namespace) -> int:
    defined = _defined(options.file)
    if isinstance(defined, int):
        return defined
    tests = list(workbook.answers(defined, "test_"))
    if not tests:
        return _usage(f"{options.file}: defines no test_sigmoid or the like; {_LISTED}")
    scores = [(name, mutants(name)(test)) for name, test in tests]
    for name, score in scores:
        print(f"{name}: {score}\n", flush=True)
    return int(not all(score.perfect for _, score in scores))


def _defined(path: Path) -> dict[str, Any] | int:
    """Return what a file defines; if it cannot be run, say so and return an exit code."""
    if not path.is_file():
        return _usage(f"{path}: {'a folder' if path.is_dir() else 'no such file'}")
    if path.stat().st_size > _LARGEST:
        return _usage(f"{path}: too large to hold answers")
    loaded = workbook.load(path)
    if loaded.error:
        words = f"The file does not run. {loaded.error}: {loaded.words}"
        print(Verdict("error", None, words), flush=True)
        return 1
    return dict(loaded.value)


def _check_once(path: Path) -> int:
    defined = _defined(path)
    if isinstance(defined, int):
        return defined
    found = list(workbook.answers(defined))
    if not found:
        return _usage(f"{path}: defines no function with the name of an exercise; {_LISTED}")
    verdicts = [(name, check(name, answer)) for name, answer in found]
    for name, verdict in verdicts:
        print(f"{name}: {verdict}\n", flush=True)
    return int(any(verdict.status != "correct" for _, verdict in verdicts))


def _usage(words: str) -> int:
    print(f"{_PROG}: {words}", file=sys.stderr)
    return 2


if __name__ == "__main__":  # pragma: no cover  (the tests run it as a process)
    sys.exit(main())
