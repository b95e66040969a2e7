"""The catalogue: right pieces give the right answer, and every mistake is named by the checker."""

import numpy as np
import pytest

from lrcore import checks, mistakes
from lrcore._checking import rehearsal
from lrcore._checking.behaviour import results_of
from lrcore._checking.factors import _factors
from lrcore._checking.trial import agree
from lrcore._exercises.recipes import RECIPES
from lrcore._exercises.slips import TEXTS, pairs, singles
from lrcore._exercises.tasks import EXERCISES, as_tuple

pytestmark = pytest.mark.no_cover  # test_checks covers what runs here for every single mistake


@pytest.fixture(autouse=True)
def _no_rehearsal(monkeypatch):
    """The catalogue is tame; a copy of the process for each of its entries takes minutes."""
    monkeypatch.setattr(rehearsal, "POSSIBLE", False)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_recipe_with_its_right_pieces_is_the_reference(name):
    exercise = EXERCISES[name]
    for case, wanted in zip(exercise.cases, exercise.expected, strict=True):
        if case.fragile:
            continue
        with np.errstate(all="ignore"):
            got = as_tuple(RECIPES[name](*case.arguments))
        # a recipe computes in float32 where its inputs are: 1e-7 a rounding, and there are many
        tolerance = 1e-4 if case.tolerance > 1e-6 else 1e-9
        assert all(agree(g, w, tolerance) for g, w in zip(got, wanted, strict=True)), case.label


@pytest.mark.parametrize("name", EXERCISES)
def test_inputs_have_no_ties_and_are_left_alone(name):
    for case in EXERCISES[name].cases:
        if name == "predict":
            X, w, b = case.arguments
            assert np.all(np.abs(X @ w + b) > 1e-6), case.label  # both >= and > are right answers
        if name == "predict_multiclass":
            (P,) = case.arguments
            largest = P.max(axis=1, keepdims=True) == P
            assert (largest.sum(axis=1) == 1).all(), case.label


@pytest.mark.parametrize("name", EXERCISES)
def test_every_mistake_of_the_catalogue_is_flagged_and_named(name):
    found = mistakes.catalogue(name)
    assert len(found) >= 5
    missed = []
    for mistake in checks.mutants(name):  # one for each id
        verdict = checks.check(name, mistake)
        if verdict.status == "correct" or not _names(verdict, mistake, found):
            missed.append((mistake.id, verdict.status, verdict.diagnosis))
    assert missed == []


def _names(verdict, mistake, found):
    if verdict.status == "error":  # it raises everywhere, which is told by the exception
        return True
    if verdict.diagnosis == "constant-result":  # the same label for all: many mistakes do that
        return True
    named = set((verdict.diagnosis or "").split(" + "))
    if named & set(mistake.id.split(" + ")):
        return True
    # several slips can do the same (y - p, or the labels exchanged): then the first is named
    alike = [m.id for m in found if _behave_alike(m, mistake)]
    return bool(named & set(" + ".join(alike).split(" + ")))


def _behave_alike(one, other):
    cases = EXERCISES[one.exercise].cases
    rows = zip(results_of(one), results_of(other), cases, strict=True)
    return all(case.fragile or _same(a, b) for a, b, case in rows)


def _same(a, b):
    if a is None or b is None:
        return a is b
    return len(a) == len(b) and all(map(_close, a, b))


def _close(a, b):
    # an overflow ends in inf or in nan, as the formula is spelled
    a, b = (np.squeeze(np.where(np.isfinite(part), part, np.nan)) for part in (a, b))
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-3, atol=1e-6, equal_nan=True)


def test_two_slips_are_told_as_two():
    rng = np.random.default_rng(0)
    total = named = 0
    for name in ("logistic_gradient", "softmax_gradient", "binary_cross_entropy", "fit_l2"):
        couples = pairs(name)
        for k in rng.choice(len(couples), size=15, replace=False):
            verdict = checks.check(name, couples[k])
            if verdict.status == "wrong" and verdict.diagnosis:
                total += 1
                named += bool(set(verdict.diagnosis.split(" + ")) & set(couples[k].id.split(" + ")))
    assert total >= 45
    assert named >= 0.9 * total  # the rest cancel, or look like another mistake


@pytest.mark.parametrize("id", sorted(TEXTS))
def test_every_mistake_explains_itself(id):
    text = TEXTS[id]
    assert text["name"].endswith(".")
    assert text["explanation"].endswith((".", "?"))
    assert text["hint"].endswith(("?", "."))


def test_every_factor_has_words():
    factors = _factors(EXERCISES["logistic_gradient"].cases[0])
    assert {one for ids in factors for one in ids} <= set(TEXTS)


def test_every_mistake_has_words():
    ids = {one for name in EXERCISES for m in singles(name) for one in m.id.split(" + ")}
    assert ids == set(TEXTS)


def test_an_entry_has_its_words_and_can_be_called():
    entry = next(m for m in mistakes.catalogue("sigmoid") if m.id == "wrong-sign-in-exponent")
    assert entry.exercise == "sigmoid"
    np.testing.assert_allclose(entry(np.array([0.0, 700.0])), [0.5, 0.0], atol=1e-15)
    assert "exponent" in entry.name
    assert "function" not in repr(entry)


def test_an_unknown_exercise_is_an_error_that_names_the_known_ones():
    with pytest.raises(ValueError, match=r"expected one of sigmoid, .*got 'sigmoidd'"):
        mistakes.catalogue("sigmoidd")
