"""Check an answer to an exercise, and say which mistake it makes; score a test by its mutants.

An answer is tried on many inputs and compared with lrcore's own function.  Where it differs, its
behaviour is compared with every known mistake; see :mod:`lrcore.mistakes`.
"""

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from threading import Lock
from typing import Any

import numpy as np

from ._checking import diagnosis, errors, fragility, patterns
from ._checking.mutants import Mutants, Score
from ._checking.sandbox import Outcome, call
from ._checking.trial import Trial, is_stub, run
from ._checking.verdict import Evidence, Verdict, joined
from ._exercises.slips import TEXTS
from ._exercises.tasks import Exercise, find

__all__ = ["Evidence", "Mutants", "Score", "Verdict", "check", "mutants"]

# a check inside a check would copy the process, and the copy would do the same
_under_way = ContextVar("under_way", default=False)
# what is printed meanwhile is kept from the screen, and there is only one
_one_at_a_time = Lock()


def check(exercise: str, answer: Callable[..., Any]) -> Verdict:
    """Try an answer to an exercise, and say whether it is right, and if not, what went wrong.

    What the answer does stays there: exceptions are caught, an endless loop is stopped after five
    seconds, and what it prints, or sets in NumPy, in the environment or as folder, is undone.

    Parameters
    ----------
    exercise : str
        The name of the exercise, such as ``"sigmoid"``; ``python -m lrcore exercises`` lists them.
    answer : callable
        The function to check.

    Returns
    -------
    Verdict
        Its ``status`` is ``"correct"``, ``"wrong"``, ``"not attempted"`` or ``"error"``; its
        ``diagnosis`` names the mistake; its ``message`` explains it and gives a hint; its
        ``evidence`` is the smallest input that shows it. It shows itself in a notebook.

    Raises
    ------
    RecursionError
        If the answer calls it, as when its line stands inside the function.

    See Also
    --------
    mutants : the opposite: write the test, and see which wrong answers it lets pass.

    Notes
    -----
    A right answer may be written in any way, with loops or without. If it is right and yet fragile
    (it overflows, changes its input, fails where a limit is needed), the status is ``"correct"``
    and the diagnosis says what is fragile.

    Examples
    --------
    >>> import numpy as np
    >>> verdict = check("sigmoid", lambda z: 1 / (1 + np.exp(z)))
    >>> print(verdict.status, "-", verdict.diagnosis)
    wrong - wrong-sign-in-exponent
    """
    try:
        found = find(exercise)
    except ValueError as problem:
        return Verdict("error", "unknown-exercise", str(problem))
    if answer is None or answer is Ellipsis:
        return _not_attempted()
    if _under_way.get():
        raise RecursionError("check is called inside the function that it checks: move it out")
    token = _under_way.set(True)
    try:
        # what NumPy is told to do about an overflow is no matter of ours
        with _one_at_a_time, np.errstate(all="ignore"):
            return _signature(found, answer) or _judged(run(found, answer), answer)
    except Exception as problem:  # ours, not the learner's: but a page of traceback helps nobody
        words = f"It could not be judged, which is a fault of lrcore ({problem!r})."
        return Verdict("error", "could-not-judge", words)
    finally:
        _under_way.reset(token)


def mutants(exercise: str) -> Mutants:
    """Gather wrong answers to an exercise, to see which of them a test lets pass.

    Parameters
    ----------
    exercise : str
        The name of an exercise.

    Returns
    -------
    Mutants
        Call it with a test: a function that takes an implementation and raises an
        ``AssertionError`` (or returns False) if it is wrong. It returns a ``Score``: the survivors,
        each with a hint, and the right implementations that the test refuses.

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> import numpy as np
    >>> def test(sigmoid):
    ...     assert sigmoid(np.array([0.0])) == 0.5
    >>> score = mutants("sigmoid")(test)
    >>> score.perfect
    False
    >>> "wrong-sign-in-exponent" in [mistake.id for mistake in score.survivors]
    True
    """
    return Mutants(find(exercise))


def _not_attempted() -> Verdict:
    return Verdict("not attempted", None, "Replace the stub by your code, then check again.")


def _signature(exercise: Exercise, answer: Callable[..., Any]) -> Verdict | None:
    """Refuse what is no function of the arguments; where that is unknown, let it try."""
    if not call(lambda: callable(answer)).value:
        words = f"check({exercise.id!r}, {exercise.id}), without parentheses."
        return Verdict("error", "not-a-function", f"Give the function itself: {words}")
    theirs = call(_parameters, answer).value
    try:
        if theirs is not None:
            theirs.bind(*exercise.arguments)
        return None
    except TypeError:
        return Verdict("error", "wrong-signature", _expected(exercise, answer))


def _parameters(answer: Callable[..., Any]) -> inspect.Signature | None:
    return inspect.signature(answer) if inspect.isfunction(answer) else None


def _expected(exercise: Exercise, answer: Callable[..., Any]) -> str:
    theirs = call(_parameters, answer).value
    return f"Expected {exercise.signature}, got a function with the arguments {theirs}."


def _reordered(trial: Trial, answer: Callable[..., Any]) -> bool:
    """Tell whether the arguments have the names of the exercise, in another order."""
    theirs = call(_parameters, answer).value
    names = list(theirs.parameters) if theirs else []
    wanted = trial.exercise.arguments
    return names != wanted and sorted(names) == sorted(wanted)


def _judged(trial: Trial, answer: Callable[..., Any]) -> Verdict:
    if _untouched(trial, answer):
        return _not_attempted()
    if trial.outcomes[-1].stopped:
        return _stopped(trial, len(trial.outcomes) - 1)
    if trial.failing and all(outcome.error for outcome in trial.outcomes):
        return _failed(trial, answer)
    if all(outcome.value is None for outcome in trial.outcomes if not outcome.error):
        return _shown(trial, "wrong", "missing-return", _on_no_return(trial))
    if trial.failing:
        return _wrong(trial, answer)
    if trial.misshapen:
        id, words = _shape(trial)
        return Verdict("wrong", id, words, _shape_evidence(trial))
    return _correct(trial, answer)


def _untouched(trial: Trial, answer: Callable[..., Any]) -> bool:
    outcomes = trial.outcomes
    if all(outcome.error == "NotImplementedError" for outcome in outcomes):
        return True
    return is_stub(answer) and all(
        outcome.value is None and outcome.error in (None, "MissingResultError")
        for outcome in outcomes
    )


def _on_no_return(trial: Trial) -> str:
    if any(outcome.printed for outcome in trial.outcomes):
        return "It prints, and returns nothing. What is printed is lost: write return instead."
    return "It returns nothing. Is there a return at the end, and is it not inside an if?"


def _stopped(trial: Trial, i: int) -> Verdict:
    outcome = trial.outcomes[i]
    remark = errors.on_error(outcome)
    return _shown(trial, "error", remark.id, f"{remark.message} {_quoted(outcome)}", i)


def _quoted(outcome: Outcome) -> str:
    return f"({outcome.error}: {outcome.words})" if outcome.words else f"({outcome.error})"


def _failed(trial: Trial, answer: Callable[..., Any]) -> Verdict:
    if _reordered(trial, answer):
        return _shown(trial, "error", "wrong-signature", _expected(trial.exercise, answer))
    i = trial.smallest_failing
    remark = errors.on_error(trial.outcomes[i])
    message = f"{remark.message} {_quoted(trial.outcomes[i])}"
    status = "wrong" if remark.id in ("missing-result", "not-numbers") else "error"  # it does run
    return _shown(trial, status, remark.id, message, i)


def _wrong(trial: Trial, answer: Callable[..., Any]) -> Verdict:
    finding = diagnosis.diagnose(trial) if trial.repeatable else None
    same = patterns.constant(trial)
    if same and not (finding and len(finding.ids) == 1 and trial.exercise.id != "predict"):
        return _shown(trial, "wrong", same.id, same.message)
    if not (finding and "swapped-arguments" in finding.ids) and _reordered(trial, answer):
        return _shown(trial, "wrong", "wrong-signature", _expected(trial.exercise, answer))
    if finding:
        return _shown(trial, "wrong", " + ".join(finding.ids), _explained(trial, finding))
    remark = patterns.on_values(trial)
    raised = [trial.outcomes[i] for i in trial.failing if trial.outcomes[i].error]
    if raised and (remark is None or len(raised) == len(trial.failing)):
        cause = errors.on_error(raised[0])
        where = remark.message if remark else "It stops on some inputs."
        where = where.partition(": look at")[0]  # the error says where
        where += "" if where.endswith((".", "?")) else "."
        what = f" {cause.message}" if remark or cause.id != "raises" else ""
        words = f"{where}{what} {_quoted(raised[0])}"
        return _shown(trial, "wrong", cause.id, words)
    if remark:
        return _shown(trial, "wrong", remark.id, remark.message)
    right = [n for j, n in enumerate(trial.exercise.outputs) if j not in trial.wrong_outputs]
    words = "It differs from the right answer, in a way that no known mistake explains."
    return _shown(trial, "wrong", None, words + (f" Right: {joined(right)}." if right else ""))


def _explained(trial: Trial, finding: diagnosis.Finding) -> str:
    texts = [TEXTS[id] for id in finding.ids]
    parts = [f"{t['name']} {t['explanation']} Hint: {t['hint']}" for t in texts]
    if len(parts) > 1:
        parts = [f"({k}) {part}" for k, part in enumerate(parts, 1)]
        parts.insert(0, f"{'Two' if len(parts) == 2 else 'Several'} things at once.")
    parts += [
        f"It may also be this: {TEXTS[id]['name']}" for id in finding.others[:1] if id in TEXTS
    ]
    if finding.outputs:
        names = trial.exercise.outputs
        wrong = joined([names[j] for j in finding.outputs])
        right = [name for j, name in enumerate(names) if j not in finding.outputs]
        verb = "is" if len(right) == 1 else "are"
        parts.insert(0, f"In {wrong} ({joined(right)} {verb} right):")
    return " ".join(parts)


def _shape(trial: Trial) -> tuple[str, str]:
    j, sign = trial.misshapen[0]
    pairs = zip(trial.raw, trial.exercise.expected, strict=False)
    shapes = [(got[j].shape, wanted[j].shape) for got, wanted in pairs if got]
    got, wanted = next(pair for pair in shapes if pair[0] != pair[1])
    words = TEXTS["column-vector"]["explanation"]
    name = trial.exercise.outputs[j]
    id = "column-vector" if sign > 0 else "missing-dimension"
    return id, f"The numbers are right, but {name} has shape {got}; expected {wanted}. {words}"


def _shape_evidence(trial: Trial) -> Evidence:
    shapes = [[a.shape for a in results or ()] for results in trial.raw]
    wanted = [[a.shape for a in results] for results in trial.exercise.expected]
    i = next(i for i, pair in enumerate(zip(shapes, wanted, strict=False)) if pair[0] != pair[1])
    return _evidence(trial, i)


def _correct(trial: Trial, answer: Callable[..., Any]) -> Verdict:
    remarks = fragility.fragile(trial, answer)
    if not remarks:
        return Verdict("correct", None, "Right on every input that was tried.")
    ids = " + ".join(dict.fromkeys(remark.id for remark in remarks))
    words = "Correct, but " + " Also, ".join(remark.message for remark in remarks)
    shown = _evidence(trial, trial.smallest_failing) if trial.failing_fragile else None
    return Verdict("correct", ids, words, shown)


def _shown(
    trial: Trial, status: str, id: str | None, message: str, i: int | None = None
) -> Verdict:
    chosen = trial.smallest_failing if i is None else i
    return Verdict(status, id, message, _evidence(trial, chosen))


def _evidence(trial: Trial, i: int) -> Evidence:
    outcome = trial.outcomes[i]
    got = trial.raw[i] if outcome.error is None else _quoted(outcome)
    arguments = dict(zip(trial.exercise.arguments, trial.cases[i].arguments, strict=True))
    return Evidence(arguments, trial.exercise.expected[i], got)
