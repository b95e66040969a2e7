"""Find that an answer is a constant multiple of the right one, or of a known mistake, and which."""

from collections.abc import Iterable, Sequence

import numpy as np

from lrcore._exercises.cases import Case
from lrcore._exercises.slips import singles
from lrcore._exercises.tasks import as_tuple

from .behaviour import results_of
from .trial import Arrays, Trial, agree


def _counts(case: Case) -> tuple[float, float]:
    """Return the number of samples and the number of columns of an input."""
    table = next(
        (a for a in case.arguments if np.ndim(a) == 2), np.reshape(case.arguments[0], (-1, 1))
    )
    return float(len(table)), float(table.shape[1])


def _factors(case: Case) -> dict[tuple[str, ...], list[float]]:
    n, columns = _counts(case)
    factors = {
        ("sum-not-mean",): [n],
        ("extra-factor",): [2.0, 0.5],
        ("mean-over-all-entries",): [1 / columns],
        ("averaged-twice",): [1 / n],
        ("divided-by-n-features",): [n / columns],
        ("divided-by-n-minus-one",): [n / (n - 1) if n > 1 else np.inf],
        ("multiplied-by-n",): [n * n],
        ("wrong-log-base",): [1 / np.log(2), 1 / np.log(10)],
        ("percent-for-fraction",): [100.0],
        ("extra-factor", "sum-not-mean"): [n / 2, 2 * n],
    }
    turned = {("wrong-sign", *ids): [-f for f in values] for ids, values in factors.items()}
    return {("wrong-sign",): [-1.0], **factors, **turned}


# there is no mean over samples in these; and a fraction in those only
_NO_MEAN = {"sigmoid", "sigmoid_derivative", "softmax", "one_hot", "gradient_descent_step"}
_FRACTIONS = {"sigmoid", "softmax", "accuracy"}
_PLAIN = {"wrong-sign", "extra-factor", "wrong-log-base"}
_STEPS = {"gradient_descent_step": 0, "two_layer_step": 2, "newton_step": 2}


def change(trial: Trial, i: int, results: Arrays) -> Arrays:
    """Return how far a step went from its parameters; other results as they are."""
    name = trial.exercise.id
    if name not in _STEPS or len(results) != len(trial.exercise.outputs):
        return results
    start = as_tuple(tuple(trial.cases[i].arguments[_STEPS[name] :][: len(results)]))
    return tuple(r - s if r.shape == s.shape else r for r, s in zip(results, start, strict=True))


def precise(trial: Trial) -> list[int]:
    """Return the failing cases whose numbers say most: not float32, if there are others."""
    double = [i for i in trial.failing if trial.cases[i].tolerance < 1e-4]
    return double or trial.failing


def ratios(
    trial: Trial, outputs: Iterable[int], base: Sequence[Arrays | None]
) -> list[float] | None:
    """Return by which constant the answer is the base's multiple in each case, if it is."""
    found = []
    for i in precise(trial):
        case, got, wanted = trial.cases[i], trial.values[i], base[i]
        if got is None or wanted is None or len(got) != len(wanted):
            return None
        ratio = _ratio(
            change(trial, i, got), change(trial, i, wanted), list(outputs), case.tolerance
        )
        if ratio is None:
            return None
        found.append(ratio)
    return found if len(found) > 1 else None  # one input is a multiple of anything


def _ratio(got: Arrays, wanted: Arrays, outputs: list[int], tolerance: float) -> float | None:
    if any(got[j].shape != wanted[j].shape for j in outputs):
        return None
    ours = np.concatenate([got[j].ravel() for j in outputs])
    theirs = np.concatenate([wanted[j].ravel() for j in outputs])
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all() and theirs.any()):
        return None
    ratio = float(ours @ theirs / (theirs @ theirs))
    return ratio if ratio and agree(ours, ratio * theirs, 10 * tolerance) else None


def _possible(exercise: str, ids: tuple[str, ...]) -> bool:
    if "percent-for-fraction" in ids:
        return exercise in _FRACTIONS
    return exercise not in _NO_MEAN or _PLAIN.issuperset(ids)


def named_factor(trial: Trial, found: list[float]) -> tuple[str, ...] | None:
    """Name a factor that explains the ratios of all failing cases."""
    tables = [_factors(trial.cases[i]) for i in precise(trial)]
    for ids in filter(lambda ids: _possible(trial.exercise.id, ids), tables[0]):
        for k in range(len(tables[0][ids])):
            wanted = [table[ids][k] for table in tables]
            # a factor of 1 in each case explains nothing: such an answer is only inexact
            if np.allclose(found, wanted, rtol=1e-4) and not np.allclose(wanted, 1.0):
                return ids
    return None


def scaled(trial: Trial, outputs: list[int]) -> tuple[str, ...] | None:
    """Explain an answer as a known factor times the right answer or times a known mistake."""
    exercise = trial.exercise
    bases: list[tuple[tuple[str, ...], Sequence[Arrays | None]]] = [((), exercise.expected)]
    bases += [((mistake.id,), results_of(mistake)) for mistake in singles(exercise.id)]
    for ids, base in bases:
        found = ratios(trial, outputs, base)
        factor = named_factor(trial, found) if found else None
        if factor and not set(factor) & set(ids):
            return *ids, *factor
    return None
