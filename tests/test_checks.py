"""A check names the mistake, refuses nothing right, and survives whatever it is given."""

import functools
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from answers import HELD_BACK, RIGHT, WRONG

import lrcore
from lrcore import check, mutants
from lrcore import checks as module
from lrcore._checking import rehearsal
from lrcore._checking.sandbox import TimeLimit
from lrcore._exercises.tasks import EXERCISES
from lrcore.checks import Evidence, Verdict


def named(verdict, alternatives):
    return frozenset((verdict.diagnosis or "").split(" + ")) in alternatives


@pytest.fixture(autouse=True)
def _no_copies(monkeypatch):
    """A copy of the process for each of many tame answers takes minutes."""
    monkeypatch.setattr(rehearsal, "POSSIBLE", False)


@pytest.mark.parametrize(("exercise", "answer"), [(e, a) for e, _, a in RIGHT])
def test_a_right_answer_is_never_refused(exercise, answer):
    assert check(exercise, answer).status == "correct"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_lrcore_answers_its_own_exercises(exercise):
    verdict = check(exercise, EXERCISES[exercise].reference)
    assert (verdict.status, verdict.diagnosis) == ("correct", None)


@pytest.mark.parametrize(
    ("rows", "share"),
    # the first were looked at while the catalogue grew, the others only counted
    # (of the first every third, because all of them take minutes under coverage)
    [(WRONG[::3], 0.95), (HELD_BACK, 0.85)],
    ids=["known", "held back"],
)
def test_wrong_answers_are_flagged_and_the_mistake_is_named(rows, share, monkeypatch):
    monkeypatch.setattr("lrcore._checking.trial.SECONDS", 0.5)  # some never come back
    verdicts = [(check(exercise, answer), alternatives) for exercise, alternatives, answer in rows]
    flagged = [v.status in ("wrong", "error") for v, _ in verdicts]
    assert np.mean(flagged) >= 0.97
    assert np.mean([named(*pair) for pair in verdicts]) >= share


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("stub", ["None", "...", "NotImplemented", "pass", "docstring"])
def test_a_stub_is_not_attempted(exercise, stub):
    def raising(*_):
        raise NotImplementedError

    def documented(*_):
        """To be written."""

    def passing(*_):
        pass

    bodies = {
        "None": lambda *_: None,
        "...": lambda *_: ...,
        "NotImplemented": raising,
        "pass": passing,
        "docstring": documented,
    }
    verdict = check(exercise, bodies[stub])
    assert (verdict.status, verdict.diagnosis) == ("not attempted", None)


def test_a_stub_that_gives_its_results_names_is_not_attempted():
    def logistic_gradient(X, y, w, b):
        grad_w = None
        grad_b = None
        return grad_w, grad_b

    def sigmoid(z):
        p = None
        return p  # noqa: RET504  (as learners write it)

    assert check("logistic_gradient", logistic_gradient).status == "not attempted"
    assert check("sigmoid", sigmoid).status == "not attempted"
    assert check("sigmoid", None).status == "not attempted"
    assert check("sigmoid", ...).status == "not attempted"


class Evil:
    def __getattribute__(self, name):
        raise SystemExit

    def __call__(self, *_):
        raise KeyboardInterrupt


def test_what_is_no_answer_is_an_error_in_words():
    assert check("sigmoid", 3).diagnosis == "not-a-function"
    assert "check('sigmoid', sigmoid)" in check("sigmoid", 0.5).message
    assert check("sigmoid", lambda: 3).diagnosis == "wrong-signature"
    assert "sigmoid(z), got a function with the arguments (z, y)" in (
        check("sigmoid", lambda z, y: z).message
    )
    assert check("sigmoid", Evil()).diagnosis == "interrupted"


def test_an_unknown_exercise_is_an_error_that_names_the_known_ones():
    verdict = check("sigmoidd", abs)
    assert (verdict.status, verdict.diagnosis) == ("error", "unknown-exercise")
    assert "Did you mean 'sigmoid'?" in verdict.message
    assert "softmax" in check(abs, "sigmoid").message
    assert "The name comes first" in check(abs, "sigmoid").message


def test_any_kind_of_callable_is_an_answer():
    def sigmoid(z, scale):
        return 1 / (1 + np.exp(-scale * np.clip(z, -700, 700)))

    class Model:
        def __call__(self, z):
            return sigmoid(z, 1.0)

    for answer in (functools.partial(sigmoid, scale=1.0), Model(), Model().__call__):
        assert check("sigmoid", answer).status == "correct"


def naive(z):
    return 1 / (1 + np.exp(-z))


def in_place(w, b, grad_w, grad_b, learning_rate):
    w -= learning_rate * grad_w
    return w, b - learning_rate * grad_b


def slow(y_true, y_pred):
    pairs = [(a, b) for i, a in enumerate(y_true) for j, b in enumerate(y_pred) if i == j]
    for _ in range(20):
        pairs = sorted(pairs, key=lambda pair: sum(pair[0] == other[0] for other in pairs))
    return sum(a == b for a, b in pairs) / len(pairs)


def wrapped(y, p):
    with np.errstate(all="ignore"):
        return np.array([-np.mean(np.log(np.where(y == 1, p, 1 - p)))])


def squeezed(X, w, b):
    return np.squeeze(lrcore.checks.find("predict").reference(X, w, b))


def one_at_a_time(z):
    return [1 / (1 + np.exp(-max(v, -700))) for v in np.asarray(z, dtype=float)]


def impatient(X, y, learning_rate, n_iter):
    for i in range(n_iter):
        w, b = lrcore.checks.find("fit").reference(X, y, learning_rate, i + 1)
    return w, b


@pytest.mark.parametrize(
    ("exercise", "answer", "diagnosis"),
    [
        ("sigmoid", naive, "overflow"),
        ("gradient_descent_step", in_place, "changes-its-input"),
        ("accuracy", slow, "slow"),
        ("binary_cross_entropy", wrapped, "extra-dimension"),
        ("predict", squeezed, "missing-dimension"),
        ("sigmoid", one_at_a_time, "one-dimensional-only"),
        ("fit", impatient, "non-zero-start"),
    ],
)
def test_what_is_right_but_fragile_is_correct_but(exercise, answer, diagnosis):
    verdict = check(exercise, answer)
    assert verdict.status == "correct"
    assert diagnosis in verdict.diagnosis.split(" + ")
    assert verdict.message.startswith("Correct, but ")
    assert "but" in verdict.title


def test_slow_is_what_takes_long_both_by_the_clock_and_beside_ours(monkeypatch):
    monkeypatch.setattr(lrcore._checking.fragility, "_SLOW", 0.0)
    monkeypatch.setattr(lrcore._checking.fragility, "_TIMES_SLOWER", 0.0)
    verdict = check("accuracy", lambda y_true, y_pred: np.mean(y_true == y_pred))
    assert verdict.diagnosis == "slow"


def test_a_limit_without_a_name_is_told_by_its_place():
    def binary_cross_entropy_gradient(y, p):
        certain = (p == 0) | (p == 1)
        return np.where(
            certain, 7.0, -y / np.where(certain, 1, p) + (1 - y) / (1 - p * ~certain)
        ) / len(y)

    verdict = check("binary_cross_entropy_gradient", binary_cross_entropy_gradient)
    assert (verdict.status, verdict.diagnosis) == ("correct", "wrong-at-the-limit")
    assert "certain and right" in verdict.message


# What the pattern of the results says, where no mistake of the catalogue fits --------------------


def gradient(X, y, w, b):
    return lrcore.logistic_gradient(X, y, w, b)


def odd_labels(X, y, w, b):
    if y.dtype.kind == "f":
        return w * 7, b
    return gradient(X, y, w, b)


def only_many(X, y, w, b):
    return (w * 7, b) if len(X) == 1 else gradient(X, y, w, b)


def only_one(X, y, w, b):
    return gradient(X, y, w, b) if len(X) == 1 else (w * 7, b)


def only_square(X, y, w, b):
    return gradient(X, y, w, b) if X.shape[0] == X.shape[1] else (w * 7, b)


def times_seven(X, y, w, b):
    return tuple(7.3 * part for part in gradient(X, y, w, b))


def nearly(X, y, w, b):
    return tuple(part * (1 + 0.001 * np.cos(b)) for part in gradient(X, y, w, b))


def lost(X, y, w, b):
    return w * np.nan, b


def raising_sometimes(X, y, w, b):
    if len(X) > 5:
        raise ValueError("operands could not be broadcast together")
    return w * 7, b


def raising_first(X, y, w, b):
    if X.shape == (5, 3):
        raise ValueError("operands could not be broadcast together")
    return w * 7, b


def raising_for_one(X, y, w, b):
    if len(X) == 1:
        raise KeyError
    return gradient(X, y, w, b)


def strange(X, y, w, b):
    return np.cos(w), np.sin(b)


def table(X, y, w, b):
    return np.outer(w, w), b


def one_more_for_one(X, y, w, b):
    return gradient(X, y, w, b) + (b,) * (len(X) == 1)


@pytest.mark.parametrize(
    ("answer", "diagnosis", "words"),
    [
        (odd_labels, "labels-as-floats", "labels come as floats"),
        (only_many, "wrong-for-one-sample", "single sample"),
        (only_one, "right-for-one-sample-only", "axes over samples"),
        (only_square, "right-for-square-only", "transpose"),
        (times_seven, "constant-factor", "7.3 times"),
        (nearly, "inexact", "digits"),
        (lost, "nan", "nan"),
        (raising_sometimes, "shapes-do-not-fit", "could not be broadcast"),
        (raising_first, "shapes-do-not-fit", "could not be broadcast"),
        (raising_for_one, "raises", "KeyError"),
        (table, "wrong-shape", "(1, 1); expected (1,)"),
        (strange, None, "no known mistake"),
        (lambda X, y, w, b: gradient(X, y, w, b)[0], "wrong-number-of-results", "grad_w, grad_b"),
        (one_more_for_one, "wrong-number-of-results", "returns 3 result(s) for some inputs"),
        (lambda X, y, w, b: gradient(X, y, w, b)[::-1], "reversed-outputs", "order"),
        (lambda X, y, w, b: (np.random.random(3), b), "random-start", "random"),  # noqa: NPY002
    ],
)
def test_an_unknown_mistake_is_told_by_its_pattern(answer, diagnosis, words):
    verdict = check("logistic_gradient", answer)
    assert (verdict.status, verdict.diagnosis) == ("wrong", diagnosis)
    assert words in verdict.message


def test_one_result_right_and_the_other_wrong_is_said():
    def logistic_gradient(X, y, w, b):
        grad_w, grad_b = gradient(X, y, w, b)
        return grad_w, grad_b * len(X)

    verdict = check("logistic_gradient", logistic_gradient)
    assert verdict.diagnosis == "sum-not-mean"
    assert verdict.message.startswith("In grad_b (grad_w is right)")
    strange_bias = check(
        "logistic_gradient", lambda X, y, w, b: (gradient(X, y, w, b)[0], np.sin(b))
    )
    assert strange_bias.message.endswith("Right: grad_w.")


def test_each_result_may_have_a_mistake_of_its_own():
    def logistic_gradient(X, y, w, b):
        grad_w, grad_b = gradient(X, y, w, b)
        return -grad_w, grad_b / 2

    verdict = check("logistic_gradient", logistic_gradient)
    assert set(verdict.diagnosis.split(" + ")) == {"wrong-sign", "extra-factor"}


def test_two_mistakes_are_told_as_two():
    def logistic_gradient(X, y, w, b):
        error = y - 1 / (1 + np.exp(-(X @ w)))
        return X.T @ error / len(X), error.mean()

    verdict = check("logistic_gradient", logistic_gradient)
    assert set(verdict.diagnosis.split(" + ")) == {"wrong-sign", "missing-bias"}
    assert "Two things at once" in verdict.message


def test_mistakes_that_do_the_same_are_both_mentioned():
    message = check("sigmoid", lambda z: 1 + np.exp(-z)).message
    assert "Parentheses are missing" in message
    assert "Only the denominator is returned" in message


def test_an_offset_and_a_column_are_noticed():
    offset = check("sigmoid", lambda z: lrcore.sigmoid(z) - 0.5)
    assert (offset.diagnosis, "-0.5" in offset.message) == ("constant-offset", True)
    column = check("sigmoid", lambda z: lrcore.sigmoid(z)[:, None])
    assert column.diagnosis == "column-vector"
    assert "shape (5, 1); expected (5,)" in column.message
    flat = check(
        "two_layer_gradient", lambda *a: [np.ravel(g) for g in lrcore.two_layer_gradient(*a)]
    )
    assert flat.status == "wrong"


def test_a_fit_with_other_steps_is_told_how_many():
    fit = EXERCISES["fit"].reference
    verdict = check("fit", lambda X, y, rate, n: fit(X, y, rate, min(n, 3)))
    assert verdict.diagnosis == "one-iteration-off"
    (n_iter,) = [v for k, v in verdict.evidence.input.items() if k == "n_iter"]
    assert f"n_iter = {n_iter} it makes 3 steps" in verdict.message
    verdict = check("fit", lambda X, y, rate, n: fit(X, y, rate, n + 2))
    assert verdict.diagnosis == "one-iteration-off"
    assert "n_iter = 1 it makes 3 steps" in verdict.message


def test_the_evidence_is_small_and_its_numbers_are_true():
    verdict = check("sigmoid", lambda z: 1 / (1 + np.exp(z)))
    (z,) = verdict.evidence.input.values()
    assert z.size == 1
    np.testing.assert_allclose(verdict.evidence.expected[0], 1 / (1 + np.exp(-z)), rtol=1e-12)
    np.testing.assert_allclose(verdict.evidence.got[0], 1 / (1 + np.exp(z)), rtol=1e-12)


def test_inputs_cover_what_hides_mistakes():
    cases = EXERCISES["logistic_gradient"].cases
    X = cases[0].arguments[0]
    assert X.shape[0] != X.shape[1]
    assert any(c.arguments[0].shape[0] == c.arguments[0].shape[1] for c in cases)
    assert any(len(c.arguments[0]) == 1 for c in cases)
    assert any(c.arguments[0].dtype.kind == "i" for c in cases)
    assert any(c.arguments[0].dtype == np.float32 for c in cases)
    assert any(len(set(c.arguments[1])) == 1 and len(c.arguments[1]) > 1 for c in cases)
    assert any(np.abs(c.arguments[0]).max() > 1000 for c in cases)


def test_a_fault_of_our_own_is_a_verdict_too(monkeypatch):
    monkeypatch.setattr(module, "run", lambda *_: 1 / 0)
    verdict = check("sigmoid", naive)
    assert (verdict.status, verdict.diagnosis) == ("error", "could-not-judge")


# What newcomers met ------------------------------------------------------------------------------


def test_what_prints_is_told_to_return():
    def sigmoid(z):
        print(1 / (1 + np.exp(-z)))

    verdict = check("sigmoid", sigmoid)
    assert verdict.diagnosis == "missing-return"
    assert "write return instead" in verdict.message


def test_what_returns_nothing_is_asked_for_its_return():
    def sigmoid(z):
        p = 1 / (1 + np.exp(-z))  # noqa: F841  (as learners write it)

    verdict = check("sigmoid", sigmoid)
    assert verdict.diagnosis == "missing-return"
    assert "Is there a return" in verdict.message


def half_done(X, y, w, b):
    grad_w, _ = gradient(X, y, w, b)
    grad_b = None
    return grad_w, grad_b


def test_a_result_that_is_none_is_missing_and_the_work_is_not_called_untouched():
    for answer in (half_done, lambda X, y, w, b: [None for _ in (w, b)]):
        verdict = check("logistic_gradient", answer)
        assert (verdict.status, verdict.diagnosis) == ("wrong", "missing-result")
        assert "is None" in verdict.message


def test_an_order_that_is_lost_is_noticed():
    def sigmoid(z):  # first all negative scores, then the others
        z = np.asarray(z, dtype=float)
        e, f = np.exp(z[z < 0]), np.exp(-z[z >= 0])
        return np.append(e / (1 + e), 1 / (1 + f))

    assert check("sigmoid", sigmoid).status == "wrong"


def by_two(X, y, w, b, last):
    """Add up blocks of two rows, all or all full ones."""
    total_w, total_b = np.zeros(len(w)), 0.0
    for i in range(0, last, 2):
        grad_w, grad_b = gradient(X[i : i + 2], y[i : i + 2], w, b)
        size = len(X[i : i + 2])
        total_w, total_b = total_w + size * grad_w, total_b + size * grad_b
    return total_w / len(y), total_b / len(y)


def means_of(X, y, w, b, size):
    parts = [gradient(X[i : i + size], y[i : i + size], w, b) for i in range(0, len(y), size)]
    return np.mean([p[0] for p in parts], axis=0), np.mean([p[1] for p in parts])


def divided_in_the_loop(X, y, w, b):
    grad_w, grad_b = np.zeros(X.shape[1]), 0.0
    for x, label in zip(X, y, strict=True):
        error = lrcore.sigmoid(x @ w + b) - label
        grad_w, grad_b = (grad_w + error * x) / len(y), (grad_b + error) / len(y)
    return grad_w, grad_b


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda X, y, w, b: by_two(X, y, w, b, len(y) - 1), "rows-left-out"),
        (lambda X, y, w, b: means_of(X, y, w, b, 2), "mean-of-means"),
        (lambda X, y, w, b: means_of(X, y, w, b, 3), "mean-of-means"),
        (divided_in_the_loop, "divided-in-the-loop"),
    ],
)
def test_loops_that_count_rows_unequally_are_told_apart(answer, diagnosis):
    assert check("logistic_gradient", answer).diagnosis == diagnosis


def test_blocks_that_are_added_up_are_right():
    assert check("logistic_gradient", lambda X, y, w, b: by_two(X, y, w, b, len(y))).title == (
        "✓ Correct"
    )


def test_what_is_right_for_one_square_only_needs_no_transpose():
    def even(X, y, w, b):
        return gradient(X, y, w, b) if len(X) == 4 else (w * 7, b)

    assert check("logistic_gradient", even).diagnosis != "right-for-square-only"


def test_a_wrong_sign_at_one_place_of_a_fit_is_one_mistake():
    def fit(X, y, learning_rate, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            grad_w, grad_b = gradient(X, y, w, b)
            w, b = w - learning_rate * grad_w, b + learning_rate * grad_b
        return w, b

    assert check("fit", fit).diagnosis == "wrong-sign"


@pytest.mark.parametrize("digits", [3, 5])
def test_what_is_nearly_right_is_told_how_nearly_and_the_evidence_shows_it(digits):
    def sigmoid_derivative(z):
        return lrcore.sigmoid_derivative(z) * (1 + 0.7 * 10.0**-digits * np.cos(z))

    verdict = check("sigmoid_derivative", sigmoid_derivative)
    assert verdict.diagnosis == "inexact"
    assert f"about {digits} digits" in verdict.message
    expected, got = repr(verdict).splitlines()[-2:]
    assert expected.split()[1:] != got.split()[1:]


def test_a_factor_that_is_one_everywhere_explains_nothing():
    verdict = check("sigmoid", lambda z: 1 / (1 + 2.71828 ** -np.asarray(z, dtype=float)))
    assert verdict.diagnosis == "inexact"


def test_evidence_shows_no_rounding_noise():
    def accuracy(y_true, y_pred):
        return np.array([-0.0, 5e-17, 0.25])

    assert "[0.   0.   0.25]" in repr(check("accuracy", accuracy))
    tiny = check("binary_cross_entropy", lambda y, p: p)
    assert tiny.status == "wrong"


def test_evidence_that_differs_nowhere_is_shown_all_the_same():
    verdict = Verdict("wrong", None, "words", Evidence({"z": 1.0}, (2.0,), (2.0,)))
    assert repr(verdict).splitlines()[-2:] == ["  expected  2", "  got       2"]


def test_evidence_of_many_results_is_short():
    verdict = check("sigmoid", lambda z: [np.zeros(k % 2 + 1) for k in range(500)])
    assert "and 492 more" in repr(verdict)


def test_arguments_in_another_order_are_seen_by_their_names():
    def gradient_descent_step(w, b, learning_rate, grad_w, grad_b):
        return w - learning_rate * grad_w, b - learning_rate * grad_b

    verdict = check("gradient_descent_step", gradient_descent_step)
    assert (verdict.status, verdict.diagnosis) == ("wrong", "wrong-signature")
    assert "(w, b, learning_rate, grad_w, grad_b)" in verdict.message


def test_names_do_not_matter_where_the_answer_is_right():
    def binary_cross_entropy(p, y):  # who comes from another library has them the other way round
        return -np.mean(np.log(np.where(p == 1, y, 1 - y)))

    assert check("binary_cross_entropy", binary_cross_entropy).status == "correct"


@pytest.mark.parametrize(
    ("exercise", "answer", "diagnosis"),
    [
        ("predict", lambda X, w, b: 1 if (X @ w + b).any() > 0 else 0, "constant-result"),
        (
            "accuracy",
            lambda y, p: sum(a is b for a, b in zip(y, p, strict=True)),
            "constant-result",
        ),
        (
            "sigmoid",
            lambda z: np.where(z < 0, -1, 1) * lrcore.sigmoid(z),
            "wrong-for-negative-scores",
        ),
        (
            "sigmoid",
            lambda z: np.where(z > 0, -1, 1) * lrcore.sigmoid(z),
            "wrong-for-positive-scores",
        ),
        ("sigmoid", lambda z: np.append(lrcore.sigmoid(z)[:-1], 0), "off-by-one"),
        ("sigmoid", lambda z: np.append(0, lrcore.sigmoid(z)[1:]), "off-by-one"),
        ("sigmoid", lambda z: (v for v in z), "not-numbers"),
        ("sigmoid", lambda z: None + z, "value-is-none"),
        ("sigmoid", lambda z: z[:, 0], "too-many-indices"),
    ],
)
def test_patterns_that_newcomers_make(exercise, answer, diagnosis):
    assert check(exercise, answer).diagnosis == diagnosis


def test_two_remarks_are_two_sentences():
    message = check("sigmoid", lambda z: [float(1 / (1 + np.exp(-v))) for v in z]).message
    assert "only. Also, an exponential" in message


def test_an_overflow_without_an_exponential_is_not_called_one():
    def binary_cross_entropy(y, p):
        logs = np.log(np.where(y == 1, p, 1 - p))
        return -np.mean(np.nan_to_num(logs))

    assert "but a number overflows" in check("binary_cross_entropy", binary_cross_entropy).message


def test_the_shape_in_the_words_is_that_of_the_evidence():
    verdict = check("predict", lambda X, w, b: (X * w + b > 0).astype(int))
    assert verdict.diagnosis == "wrong-shape"
    assert f"has shape {verdict.evidence.got[0].shape}" in verdict.message


def test_several_right_results_are_right():
    def two_layer_step(X, y, W1, b1, W2, b2, learning_rate):
        gradients = lrcore.two_layer_gradient(X, y, W1, b1, W2, b2)
        return W1, b1, W2 - learning_rate * gradients[2], b2 - learning_rate * gradients[3]

    assert "(W2 and b2 are right)" in check("two_layer_step", two_layer_step).message


def test_a_fit_that_goes_to_the_end_whatever_it_is_told_is_noticed():
    def fit(X, y, learning_rate, n_iter):
        model = lrcore.LogisticRegression(l2=0.1).fit(X, y) if len(set(y)) > 1 else None
        return (model.coef_[0], model.intercept_[0]) if model else (np.ones(X.shape[1]), 0.0)

    assert check("fit", fit).diagnosis == "ignores-n-iter"


def test_a_check_inside_the_function_is_told_and_goes_no_deeper():
    def sigmoid(z):
        check("sigmoid", sigmoid)

    verdict = check("sigmoid", sigmoid)
    assert verdict.diagnosis == "endless-recursion"
    assert "move it out" in verdict.message
    assert check("sigmoid", lrcore.sigmoid).status == "correct"


# How a verdict shows itself ----------------------------------------------------------------------


def test_a_verdict_shows_itself_in_a_terminal_and_in_a_notebook():
    verdict = check("sigmoid", lambda z: 1 / (1 + np.exp(z)))
    lines = repr(verdict).splitlines()
    assert lines[0] == "✗ Not yet right: wrong-sign-in-exponent"
    assert any(line.split()[:3] == ["input", "z", "="] for line in lines)
    html = verdict._repr_html_()
    assert html.startswith('<div role="status" class="admonition warning">')
    assert '<th scope="row">expected</th>' in html
    assert "style=" not in html  # the page's own colours, light or dark
    assert "\x1b" not in repr(verdict)
    assert "got       1\n" in repr(check("accuracy", lambda *_: 1)) + "\n"


def test_what_a_learner_wrote_is_escaped():
    def sigmoid(z):
        raise ValueError("<script>")

    html = check("sigmoid", sigmoid)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_checks_in_several_threads_wait_for_each_other():
    def begun_in_turn_and_ended_in_turn(k):
        return check("sigmoid", lambda z: time.sleep(0.01 * k) or z * k)

    screen = sys.stdout
    with ThreadPoolExecutor(4) as threads:
        verdicts = list(threads.map(begun_in_turn_and_ended_in_turn, range(4)))
    assert all(verdict.status == "wrong" for verdict in verdicts)
    assert sys.stdout is screen


def test_verdicts_are_values():
    assert check("sigmoid", None) == Verdict("not attempted", None, check("sigmoid", None).message)
    with pytest.raises(AttributeError):
        check("sigmoid", None).status = "correct"


# Mutants -----------------------------------------------------------------------------------------


def test_a_test_of_predict_may_ask_for_what_the_task_says_of_one_half():
    def test(predict):
        X = np.array([[0.0], [0.3], [-0.2]])
        assert predict(X, np.array([1.0]), 0.0).tolist() == [0, 1, 0]

    assert mutants("predict")(test).refused == ()


def test_a_good_test_kills_every_mutant():
    def test(sigmoid):
        z = np.array([-1000, -300, -3, -0.5, 0, 0.25, 2, 30, 1000.0])
        np.testing.assert_allclose(sigmoid(z), lrcore.sigmoid(z), rtol=1e-9)
        np.testing.assert_allclose(sigmoid(np.array([1, 2])), lrcore.sigmoid(np.array([1.0, 2.0])))

    score = mutants("sigmoid")(test)
    assert score.perfect, score
    assert score._repr_html_().startswith('<div role="status" class="admonition tip">')


def test_a_weak_test_leaves_survivors_with_hints():
    def test(sigmoid):
        assert sigmoid(np.array([0.0])) == 0.5

    score = mutants("sigmoid")(test)
    ids = [mistake.id for mistake in score.survivors]
    assert "wrong-sign-in-exponent" in ids
    assert "minus-for-plus" not in ids
    assert not score.refused
    assert not score.perfect
    assert len(score.hints) == len(ids)
    assert "survives: wrong-sign-in-exponent" in repr(score)
    assert "<li>survives" in score._repr_html_()


def test_a_test_that_refuses_what_is_right_is_told():
    score = mutants("sigmoid")(lambda sigmoid: False)
    assert score.refused == ("it returned False",)
    assert not score.survivors

    def demanding(sigmoid):
        assert sigmoid(np.array([0.0])) == 0.6, "not 0.6"

    assert "AssertionError: not 0.6" in mutants("sigmoid")(demanding).refused


@pytest.mark.parametrize(
    "test",
    [
        lambda sigmoid: sigmoid(np.array([0.0]))[0] == 0.5,  # a truth of NumPy's
        lambda sigmoid: sigmoid(np.array([0.0, 0.0])) == 0.5,  # two of them
    ],
)
def test_a_truth_of_numpy_is_one(test):
    score = mutants("sigmoid")(test)
    assert not score.refused
    assert "minus-for-plus" in [mistake.id for mistake in score.killed]


def test_a_test_that_hangs_is_tried_no_more():
    def endless(sigmoid):
        raise TimeLimit("as if it had not come back")

    score = mutants("sigmoid")(endless)
    assert score.refused[0].startswith("TimeLimit")
    assert len(score.survivors) == len(mutants("sigmoid"))


def test_mutants_of_an_unknown_exercise_are_an_error():
    with pytest.raises(ValueError, match="Did you mean 'softmax'"):
        mutants("softmx")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_exercise_has_mutants_and_none_is_right(exercise):
    found = mutants(exercise)
    assert len(found) >= 8
    assert len({mistake.id for mistake in found}) == len(found)
