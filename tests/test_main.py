"""The exercises in a terminal, each command run as a process of its own."""

import os
import signal
import subprocess
import sys
import time

import pytest

from lrcore import __main__ as terminal
from lrcore._exercises.tasks import EXERCISES

RIGHT = "import numpy as np\n\ndef sigmoid(z):\n    return 0.5 * (1 + np.tanh(z / 2))\n"
WRONG = "import numpy as np\n\ndef sigmoid(z):\n    return 1 / (1 + np.exp(z))\n"


def run(*arguments, cwd=None):
    command = [sys.executable, "-m", "lrcore", *map(str, arguments)]
    options = {"capture_output": True, "encoding": "utf-8", "timeout": 120, "env": ENV}
    return subprocess.run(command, cwd=cwd, check=False, **options)


ENV = {**os.environ, "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exercises")
    return folder, run("start", folder)


def test_without_words_it_helps():
    done = run()
    assert done.returncode == 0
    for word in ("exercises", "start", "check"):
        assert word in done.stdout


def test_a_reader_that_goes_away_is_no_error():
    command = [sys.executable, "-m", "lrcore", "exercises"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENV}
    with subprocess.Popen(command, **pipes) as process:
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("words", [["dance"], ["check"], ["start"], ["check", "missing.py"]])
def test_what_makes_no_sense_is_told_with_code_2(words, tmp_path):
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_start_writes_a_file_for_each_exercise_that_runs_as_it_is(started):
    folder, done = started
    assert done.returncode == 0
    files = sorted(path.name for path in folder.glob("*.py"))
    assert files[0] == "01_sigmoid.py"
    assert len(files) == len(EXERCISES) == 19
    text = (folder / "06_logistic_gradient.py").read_text("utf-8")
    assert "def logistic_gradient(X, y, w, b):" in text
    assert "grad_w (n_features,); grad_b (a number)" in text
    subprocess.run([sys.executable, folder / "01_sigmoid.py"], check=True, timeout=60)


def test_start_leaves_what_is_there(tmp_path):
    mine = tmp_path / "01_sigmoid.py"
    mine.write_text("# mine\n", "utf-8")
    done = run("start", tmp_path)
    assert mine.read_text("utf-8") == "# mine\n"
    assert "18 files written" in done.stdout
    assert "1 left as they were" in done.stdout


def test_start_where_no_folder_can_be_is_told(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    done = run("start", tmp_path / "file")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_stub_is_not_attempted_and_code_1(started):
    folder, _ = started
    done = run("check", folder / "07_softmax.py")
    assert done.returncode == 1
    assert "Not attempted yet" in done.stdout


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (RIGHT, 0, "sigmoid: ✓ Correct"),
        (WRONG, 1, "wrong-sign-in-exponent"),
        (RIGHT + "\n" + WRONG.replace("sigmoid", "predict"), 1, "sigmoid: ✓ Correct"),
        ("def sigmoid(z)\n", 1, "SyntaxError"),
        ("raise SystemExit(0)\n", 1, "SystemExit"),
        ("import nothing_of_this_name\n", 1, "ModuleNotFoundError"),
        ("x = 1\n", 2, ""),
    ],
)
def test_check_gives_the_verdict_and_a_code(text, code, words, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(text, "utf-8")
    done = run("check", path)
    assert done.returncode == code, done.stdout
    assert words in done.stdout
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stderr


def test_check_finds_modules_beside_the_file(tmp_path):
    (tmp_path / "helper.py").write_text("import numpy as np\n\ntanh = np.tanh\n", "utf-8")
    path = tmp_path / "answer.py"
    path.write_text(
        "from helper import tanh\n\ndef sigmoid(z):\n    return (1 + tanh(z / 2)) / 2\n", "utf-8"
    )
    assert run("check", path).returncode == 0


def test_exercises_lists_them_with_progress(tmp_path):
    (tmp_path / "01_sigmoid.py").write_text(RIGHT, "utf-8")
    (tmp_path / "07_softmax.py").write_text("def softmax(Z):\n    ...\n", "utf-8")
    (tmp_path / "14_predict.py").write_text("1 / 0\n", "utf-8")
    done = run("exercises", tmp_path)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["correct", "sigmoid(z)"] in lines
    assert ["not", "attempted", "softmax(Z)"] in lines
    assert ["error", "predict(X,", "w,", "b)"] in lines
    assert ["no", "file", "one_hot(y,", "n_classes)"] in lines
    assert "1 of 19 correct" in done.stdout
    assert done.returncode == 0
    assert run("exercises", tmp_path / "nowhere").returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs an interrupt")
def test_watch_checks_again_whenever_the_file_is_saved(tmp_path):
    path, log = tmp_path / "answer.py", tmp_path / "log.txt"
    path.write_text(WRONG, "utf-8")
    with log.open("w") as output:
        command = [sys.executable, "-m", "lrcore", "check", str(path), "--watch"]
        process = subprocess.Popen(command, stdout=output, env=ENV)
        try:
            wait_for("wrong-sign-in-exponent", log)
            path.write_text(RIGHT, "utf-8")
            wait_for("Correct", log)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0  # the code of the last check
        finally:
            process.kill()
            process.wait()


def wait_for(word, log, seconds=60):
    end = time.monotonic() + seconds
    while word not in log.read_text("utf-8"):
        assert time.monotonic() < end, log.read_text("utf-8")
        time.sleep(0.1)


# The same in this process, where coverage is measured --------------------------------------------


def test_the_commands_in_this_process(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "mine"
    assert terminal.main([]) == 0
    assert terminal.main(["start", str(folder)]) == 0
    assert terminal.main(["start", str(folder)]) == 0
    assert "0 files written" in capsys.readouterr().out
    (folder / "01_sigmoid.py").write_text(RIGHT, "utf-8")
    (folder / "02_sigmoid_derivative.py").write_text("x =\n", "utf-8")
    (folder / "03_binary_cross_entropy.py").unlink()
    assert terminal.main(["exercises", str(folder)]) == 0
    assert "1 of 19 correct" in capsys.readouterr().out
    assert terminal.main(["check", str(folder / "01_sigmoid.py")]) == 0
    assert terminal.main(["check", str(folder / "02_sigmoid_derivative.py")]) == 1
    assert terminal.main(["check", str(folder / "07_softmax.py")]) == 1
    assert terminal.main(["check", str(folder / "none.py")]) == 2
    assert terminal.main(["exercises", str(folder / "none")]) == 2
    assert terminal.main(["start", str(folder / "01_sigmoid.py")]) == 2
    (folder / "empty.py").write_text("", "utf-8")
    monkeypatch.setattr(sys, "stdout", Plain())
    assert terminal.main(["check", str(folder / "empty.py")]) == 2


class Plain:
    """A stream that knows no encoding."""

    def write(self, text):
        return len(text)

    def flush(self):
        pass


def test_watching_in_this_process(tmp_path, capsys, monkeypatch):
    path = tmp_path / "answer.py"
    path.write_text(WRONG, "utf-8")
    saves = [lambda: path.unlink(), lambda: path.write_text(RIGHT, "utf-8")]

    def sleep(_):
        if not saves:
            raise KeyboardInterrupt
        saves.pop(0)()
        stamp = time.time() + 5 - len(saves)  # two saves may fall into one tick of the clock
        if path.exists():
            os.utime(path, (stamp, stamp))

    monkeypatch.setattr(terminal.time, "sleep", sleep)
    assert terminal.main(["check", str(path), "--watch"]) == 0
    out = capsys.readouterr()
    assert out.out.index("wrong-sign-in-exponent") < out.out.index("Correct")
    assert "no such file" in out.err


TESTS = """
import numpy as np

def test_softmax(softmax):
    Z = np.array([[0, 1, 3], [2, 2, -1]])
    right = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(softmax(Z), right)
    np.testing.assert_allclose(softmax(Z + 1000), right)
    np.testing.assert_allclose(softmax(Z - 1000), right)

def test_sigmoid(sigmoid):
    assert sigmoid(np.array([0.0])) == 0.5
"""


def test_the_tests_of_a_file_are_scored_by_mutants(tmp_path, capsys):
    path = tmp_path / "tests.py"
    path.write_text(TESTS, "utf-8")
    assert terminal.main(["mutants", str(path)]) == 1  # one of the two leaves survivors
    out = capsys.readouterr().out
    assert "softmax: 24 of 24 mutants killed" in out
    assert "survives: wrong-sign-in-exponent" in out
    path.write_text(TESTS.partition("def test_sigmoid")[0], "utf-8")
    assert terminal.main(["mutants", str(path)]) == 0


@pytest.mark.parametrize("command", ["check", "mutants"])
def test_a_file_that_is_none_or_holds_nothing_is_told(command, tmp_path, capsys):
    empty, huge, broken = (tmp_path / name for name in ("empty.py", "huge.py", "broken.py"))
    empty.write_text("x = 1\n", "utf-8")
    huge.write_text("#" * (10**6 + 1), "utf-8")
    broken.write_text("x = (\n", "utf-8")
    for path, words in [
        (tmp_path, "a folder"),
        (tmp_path / "none.py", "no such file"),
        (huge, "too large"),
        (empty, "exercises lists the names"),
    ]:
        assert terminal.main([command, str(path)]) == 2
        assert words in capsys.readouterr().err
    assert terminal.main([command, str(broken)]) == 1
    assert "was never closed" in capsys.readouterr().out
