"""Find the mistake that behaves as an answer does.

Every known mistake is run on the same inputs as the answer.  One that gives the same results is the
diagnosis; if there is none, pairs of slips are tried, then each result by itself, then a constant
factor on top of a mistake.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrcore._exercises.slips import Mistake, pairs, singles

from .behaviour import pair_results, result_of, results_of
from .factors import scaled
from .trial import Arrays, Trial, agree, fitted

_ENOUGH = 0.75  # the share of the wrong results that a mistake must explain
_TELLING = ("ValueError", "OverflowError")  # shapes that do not fit; an exponential
_LABELS = ("predict", "predict_multiclass")  # whose results agree by chance
_SAME_AS_RIGHT = 0.6  # and the share of the right ones that it must leave right


@dataclass(frozen=True)
class Finding:
    """What was found: the ids, and the outputs that it is about (all of them if empty).

    `others` are the ids of mistakes that do just the same.
    """

    ids: tuple[str, ...]
    outputs: tuple[int, ...] = ()
    others: tuple[str, ...] = ()


def _broken(results: NDArray[Any]) -> NDArray[Any]:
    """Make every infinity nan: which of the two an overflow ends in is a matter of spelling."""
    return np.where(np.isfinite(results), results, np.nan)


class Matcher:
    """Compares an answer with candidates, on the cases that it gets wrong and on the others."""

    def __init__(self, trial: Trial, outputs: Sequence[int]) -> None:
        self.trial = trial
        self.outputs = list(outputs)
        plain = [i for i, case in enumerate(trial.cases) if not case.fragile]
        relevant = plain if trial.failing else list(range(len(trial.cases)))
        self.failing = [i for i in relevant if trial.wrong(i, self.outputs)]
        self.passing = [i for i in relevant if i not in self.failing]
        with_value = [i for i in self.failing if trial.values[i] is not None]
        finite = [i for i in with_value if all(np.isfinite(a).all() for a in trial.values[i] or ())]
        # where nothing is right, nan and infinity are two things, and nan alone tells nothing
        self.exact = not self.passing
        self.n_finite = len(finite)
        known = [i for i in with_value if not any(np.isnan(a).any() for a in trial.values[i] or ())]
        self.witness = next(iter(finite or (known if self.exact else with_value)), None)

    def matches(self, i: int, candidate: Arrays | None) -> bool:
        """Tell whether a candidate's results equal the answer's in case i."""
        got = self.trial.values[i]
        if self.trial.outcomes[i].error == "OverflowError":  # of `math`, where NumPy gives inf
            return candidate is not None and not all(np.isfinite(c).all() for c in candidate)
        if got is None or candidate is None:
            return got is None and candidate is None
        if len(got) != len(candidate):
            return False
        tolerance = self.trial.cases[i].tolerance
        tidy = np.asarray if self.exact else _broken
        return all(
            agree(tidy(got[j]), tidy(fitted(candidate[j], got[j])), tolerance)
            for j in self.outputs
            if j < len(got)
        )

    def score(self, result: Callable[[int], Arrays | None]) -> float:
        """Return the share of cases that a candidate explains, or 0 if it explains too few."""
        failing = self._explained(self.failing, result, _ENOUGH)
        passing = self._explained(self.passing, result, _SAME_AS_RIGHT)
        if failing is None or passing is None:
            return 0.0
        return (failing + passing) / (len(self.failing) + len(self.passing))

    def _explained(
        self, chosen: list[int], result: Callable[[int], Arrays | None], enough: float
    ) -> int | None:
        """Count the cases in which results are equal; give up once too few can be."""
        missed = 0
        for i in chosen:
            missed += not self.matches(i, result(i))
            if missed > (1 - enough) * len(chosen):
                return None
        return len(chosen) - missed


def best_single(matcher: Matcher) -> tuple[float, list[str]]:
    """Return how well the best single mistakes explain the answer, and their ids."""
    exercise = matcher.trial.exercise.id
    if matcher.witness is None:
        return _by_where_it_raises(matcher)
    scores: dict[str, float] = {}
    for mistake in singles(exercise):
        results = results_of(mistake)
        if matcher.matches(matcher.witness, results[matcher.witness]):
            score = matcher.score(results.__getitem__)
            scores[mistake.id] = max(score, scores.get(mistake.id, 0.0))
    best = max(scores.values(), default=0.0)
    return best, [id for id, score in scores.items() if score == best]


def _by_where_it_raises(matcher: Matcher) -> tuple[float, list[str]]:
    """Name the one mistake that fails just where the answer does, if only one does."""
    outcomes = [matcher.trial.outcomes[i] for i in matcher.failing]
    if not matcher.passing or any(outcome.error not in _TELLING for outcome in outcomes):
        return 0.0, []
    known = singles(matcher.trial.exercise.id)
    ids = {m.id for m in known if matcher.score(results_of(m).__getitem__) == 1.0}
    return (1.0, list(ids)) if len(ids) == 1 else (0.0, [])


def best_pair(matcher: Matcher) -> tuple[float, str]:
    """Return how well the best pair of slips explains the answer, and both ids."""
    if matcher.witness is None or (matcher.exact and matcher.n_finite < 2):
        return 0.0, ""
    exercise, cases = matcher.trial.exercise.id, matcher.trial.cases
    witnesses = pair_results(exercise, matcher.witness)
    found = [(0.0, "")]

    def behaviour(mistake: Mistake) -> Callable[[int], Arrays | None]:
        return lambda i: result_of(mistake, cases[i].arguments)

    for mistake, witness in zip(pairs(exercise), witnesses, strict=True):
        if matcher.matches(matcher.witness, witness):
            score = matcher.score(behaviour(mistake))
            found.append((score, mistake.id))
            if score == 1.0:
                break
    return max(found, key=lambda item: item[0])


def diagnose(trial: Trial) -> Finding | None:
    """Return the known mistake, or the two of them, that an answer makes."""
    outputs = list(range(len(trial.exercise.outputs)))
    wrong = trial.wrong_outputs
    partly = tuple(wrong) if len(wrong) < len(outputs) else ()
    whole = Matcher(trial, outputs)
    single, same = best_single(whole)
    if single == 1.0:
        return Finding(_apart(same[0]), partly, tuple(same[1:]))
    apart = _each_by_itself(trial, wrong)
    if apart and len(apart.ids) == 1:
        return apart
    pair, both = best_pair(whole)
    if pair == 1.0:
        return Finding(_apart(both), partly)
    if apart:
        return apart
    for chosen in [wrong] if len(outputs) == 1 else [outputs, wrong]:
        ids = scaled(trial, chosen) if trial.failing else None
        if ids:
            return Finding(ids, partly)
    if trial.exercise.id in _LABELS:
        pair = 0.0
    if single or pair:
        return Finding(_apart(same[0] if single >= pair else both), partly)
    return _each_by_itself(trial, wrong, certain=False)


def _each_by_itself(trial: Trial, wrong: list[int], *, certain: bool = True) -> Finding | None:
    """Explain each wrong result by a mistake of its own."""
    if len(trial.exercise.outputs) == 1:
        return None
    ids = [_of_one(trial, j, certain=certain) for j in wrong]
    if not ids or not all(ids):
        return None
    names = tuple(dict.fromkeys(itertools.chain.from_iterable(ids)))
    return Finding(names, tuple(wrong) if len(wrong) < len(trial.exercise.outputs) else ())


def _of_one(trial: Trial, output: int, *, certain: bool) -> tuple[str, ...]:
    matcher = Matcher(trial, [output])
    score, same = best_single(matcher)
    if score == 1.0 or (score and not certain):
        return _apart(same[0])
    score, both = (0.0, "") if certain else best_pair(matcher)
    return _apart(both) if score else ()


def _apart(ids: str) -> tuple[str, ...]:
    return tuple(ids.split(" + "))
