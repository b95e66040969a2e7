"""What a derivation accepts, refuses, cannot check, and shows; and what a learner types."""

import random
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import lrcore
from lrcore import Derivation, check_steps
from lrcore._symbolic import equality
from lrcore.derivation import StepError, sigma

i, j, k, n, d = sp.symbols("i j k n d", integer=True, positive=True)
a, b, p, q, x, y, z = sp.symbols("a b p q x y z", real=True)
X, ps, ys, zs, w = map(sp.IndexedBase, "Xpyzw")
UNIT = (0, 1)
exp, log, Sum, Eq = sp.exp, sp.log, sp.Sum, sp.Eq


def refused(start, line, *, relation="=", **where):
    with pytest.raises(StepError) as caught:
        Derivation(start, **where).step(line, "so they say", relation=relation)
    return caught.value


# Equal or not ----------------------------------------------------------------------------------


def random_expression(rng, depth):
    """Return an expression in x and z that is defined everywhere."""
    if depth == 0:
        return rng.choice([x, z, sp.Integer(rng.randint(-3, 3)), sp.Rational(1, 3)])
    one, other = (random_expression(rng, depth - 1) for _ in range(2))
    return rng.choice([one + other, one * other, one - other, sigma(one), one**2, sp.Abs(one)])


@given(st.integers(0, 10**6))
def test_random_expressions_equal_their_rewritten_form_and_no_other(seed):
    rng = random.Random(seed)
    start = random_expression(rng, 3)
    same = sp.expand(start.rewrite(exp))
    Derivation(start).step(same, "the same, expanded")
    other = same + rng.choice([1, -1, sp.Rational(1, 10**20), sp.Abs(x) + 1, exp(z)])
    error = refused(start, other)
    # the point, put into both sides by SymPy itself: they are different numbers there
    at = [side.subs(error.point).evalf(60) for side in (start, other)]
    assert abs(at[0] - at[1]) > 1e-40
    # to forty digits: how many of the sixty are left where terms of some thousand digits cancel
    assert abs(at[0] - error.left) < 1e-30 * (1 + abs(at[0]))
    assert abs(at[1] - error.right) < 1e-30 * (1 + abs(at[1]))


@pytest.mark.parametrize(
    ("start", "line", "where"),
    [
        (sp.sqrt(x**2), x, {}),
        (log(x**2), 2 * log(sp.Abs(x)) + sp.Max(x - 2, 0), {}),
        (sp.Max(x, 5), sp.Integer(5), {}),  # false only for the large numbers that are tried
        (sp.Piecewise((x, x > 0), (0, True)), x, {}),
        (sp.sign(x), sp.Integer(1), {}),
        (sigma(x), sigma(x) + sp.Rational(1, 10**45), {}),
        (x, z, {}),
        (sp.Integer(1), sp.Integer(2), {}),
        (Sum(ys[i], (i, 1, n)), Sum(ys[i], (i, 1, n - 1)), {}),
        (Sum(ys[i], (i, 1, n)), n * ys[1], {}),  # true for n = 1
        (Sum(i, (i, 1, n)), n**2, {}),
        (Sum(Sum(X[i, k], (k, 1, d)), (i, 1, n)), Sum(Sum(X[i, k], (k, 1, n)), (i, 1, d)), {}),
        (sp.KroneckerDelta(j, k), sp.Integer(0), {}),
        (sp.Derivative(x**2, x), sp.Derivative(x**2, x, x), {}),
        (sp.Derivative(w[j] ** 2, w[j]), sp.Integer(0), {}),
    ],
)
def test_what_differs_is_refused(start, line, where):
    error = refused(start, line, **where)
    assert "does not follow" in str(error)
    assert error.left != error.right


@pytest.mark.parametrize(
    ("start", "line", "where"),
    [
        (log(sp.Product(exp(ys[i]), (i, 1, n))), Sum(ys[i], (i, 1, n)), {}),
        (Sum(i, (i, 1, n)), n * (n + 1) / 2, {}),
        (Sum(X[i, k], (k, 1, d), (i, 1, n)), Sum(Sum(X[i, k], (i, 1, n)), (k, 1, d)), {}),
        (Sum(X[i, k], (k, 1, i), (i, 1, n)), Sum(X[i, k], (i, k, n), (k, 1, n)), {}),
        (sp.Derivative(Sum(w[k] ** 2, (k, 1, d)), w[j]), 2 * w[j], {"domain": {j: (1, d)}}),
        (Sum(sp.KroneckerDelta(j, k) * w[k], (k, 1, d)), w[j], {"domain": {j: (1, d)}}),
        (sp.sqrt(p**2), p, {"domain": {p: (0, sp.oo)}}),
        (sp.Abs(p), -p, {"domain": {p: (-sp.oo, 0)}}),
        (y**2, y, {"domain": {y: {0, 1}}}),
        (sp.Symbol("t", positive=True) + 0, sp.Abs(sp.Symbol("t", positive=True)), {}),
        (sp.Symbol("t", negative=True) + 0, -sp.Abs(sp.Symbol("t", negative=True)), {}),
        ((-1) ** (2 * k), sp.Integer(1), {}),
        (n * (n - 1) * (n - 5), sp.Integer(0), {"domain": {n: {1, 5}}}),
        (sp.UnevaluatedExpr(x) + x, 2 * x, {}),
        (sp.Matrix([[x, y], [1, 2]]).T, sp.Matrix([[x, 1], [y, 2]]), {}),
        (sp.MatrixSymbol("A", 2, 2).T, sp.MatrixSymbol("A", 2, 2).as_explicit().T, {}),
        (1 - sigma(200 * z), sigma(-200 * z), {}),  # a thousand digits cancel
        (log(1 - sigma(z)), -z - log(1 + exp(-z)), {"domain": {z: (100, 900)}}),
        (a * b, a * (1 - a), {"given": [Eq(a + b, 1)]}),
        (log(a), -log(1 + exp(-z)), {"given": [Eq(a, sigma(z)), Eq(z, 3 * x + b)]}),
        (a, 3 * x + b, {"given": [Eq(z, log(3 * x + b)), Eq(a, exp(z))]}),
        (sp.Abs(q - p), q - p, {"given": [p < q]}),
        (
            Sum(log(w[i]), (i, 1, n)),
            Sum(log(sigma(ys[i])), (i, 1, n)),
            {"domain": {i: (1, n)}, "given": [Eq(w[i], sigma(ys[i]))]},
        ),
        (
            Sum(ys[k] ** 2, (k, 1, d)),
            sp.Integer(1),
            {"domain": {ys: {0, 1}}, "given": [Eq(Sum(ys[k], (k, 1, d)), 1)]},
        ),
    ],
)
def test_what_is_equal_is_accepted(start, line, where):
    assert len(Derivation(start, **where).step(line, "it is").steps) == 2


def test_an_index_object_of_sympy_is_an_index_too():
    one = sp.Idx("one")
    Derivation(Sum(ys[one], (one, 1, n))).step(Sum(ys[k], (k, 1, n)), "another name")


def test_plain_symbols_that_count_are_whole_numbers():
    r, size = sp.symbols("r size")  # nothing assumed, as learners write it
    Derivation(Sum(ys[r], (r, 1, size))).step(Sum(ys[k], (k, 1, size)), "another name")


@pytest.mark.parametrize(
    ("relation", "good", "bad"),
    [("<=", "same above", "below"), (">=", "same below", "above"), ("<", "above", "same below"),
     (">", "below", "same above"), ("=", "same", "above below")],
)  # fmt: skip
def test_relations(relation, good, bad):
    lines = {"same": sp.Max(z, 0) + 1 + sp.Min(z, 0), "above": z + 2, "below": z}
    for each in good.split():
        Derivation(z + 1).step(lines[each], "so it is", relation=relation)
    for each in bad.split():
        assert refused(z + 1, lines[each], relation=relation).point


# What cannot be checked is never accepted -------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "line", "where"),
    [
        (log(-p), log(-p), {"domain": {p: UNIT}}),
        (1 / (sp.UnevaluatedExpr(x) - x), x, {}),
        (0 * log(p), sp.nan, {}),
        (sp.sqrt(-1 - x**2), sp.sqrt(-1 - x**2), {}),
        (log(sp.Abs(x) * y), log(sp.Abs(x) * y), {"domain": {y: {0}}}),
        (exp(exp(exp(exp(x + 50)))), z, {}),
        (Sum(ys[i], (i, 1, 5000)), z, {}),
        (Sum(ys[i], (i, 1, sp.oo)), z, {}),
        (sp.Piecewise((x, x > 100)), x, {}),
        (sp.Integral(x, (x, 0, 1)), sp.Rational(1, 2), {}),  # not among what is known here
        (a, a, {"given": [p > 2], "domain": {p: UNIT}}),
        (a, a, {"given": [Eq(exp(p), 2), Eq(sp.sin(a), 3)]}),
        (a, a, {"given": [Eq(a, 2)], "domain": {a: UNIT}}),
        (a, a, {"given": [Eq(a, 2)], "domain": {a: {0, 1}}}),
    ],
)
def test_what_has_no_value_anywhere_could_not_be_checked(start, line, where):
    error = refused(start, line, **where)
    assert "could not be checked" in str(error)
    assert (error.point, error.left, error.right) == ({}, None, None)


def test_points_at_which_a_side_is_undefined_are_passed_over():
    Derivation(y * log(p), domain={p: UNIT, y: {0, 1}}).step(log(p**y), "power")
    Derivation((x**2 - 1) / (x - 1), domain={x: {1, 2, 3}}).step(x + 1, "cancel")
    assert refused((x**2 - 1) / (x - 1), x + 2, domain={x: {1, 2, 3}}).point[x] != 1


def test_a_few_points_are_enough_and_fewer_are_not():
    Derivation(log(x - 10)).step(-log(1 / (x - 10)), "defined at some points that are tried")
    assert "could not be checked" in str(refused(log(x - 11.9), -log(1 / (x - 11.9))))


def test_a_branch_that_is_not_taken_may_be_undefined():
    entropy = sp.Piecewise((y * log(y), y > 0), (0, True))
    Derivation(entropy, domain={y: {0, 1}}).step(0, "both ends")


def test_an_enormous_power_of_a_whole_number_does_not_fill_the_memory():
    size = sp.Symbol("size", integer=True, positive=True)
    error = refused((size + 1) ** (10**9 * size) * x, x)
    assert "could not be checked" in str(error)


def test_shapes_must_agree():
    error = refused(sp.Matrix([x, y]), sp.Matrix([[x, y]]))
    assert str(error).endswith("compares two different shapes")
    assert refused(sp.Matrix([x]), x).point == {}


def test_a_matrix_error_names_the_entry():
    error = refused(sp.Matrix([[x, 1], [2, 3]]), sp.Matrix([[x, 1], [2, 4]]))
    assert "is false in row 2, column 2 for x = " in str(error)
    assert str(error).endswith(": the left side is 3.00000, the right side is 4.00000")


# What is given -----------------------------------------------------------------------------------

A_OF_Z = [Eq(a, sigma(z))]
SAMPLES = [Eq(zs[i], Sum(w[k] * X[i, k], (k, 1, d)) + b), Eq(ps[i], sigma(zs[i]))]
RANGES = {i: (1, n), j: (1, d)}
SHORT_LOSS = -Sum(ys[i] * log(ps[i]) + (1 - ys[i]) * log(1 - ps[i]), (i, 1, n)) / n


def test_a_derivative_sees_what_a_name_stands_for():
    Derivation(sp.Derivative(-log(a), z), given=A_OF_Z).step(a - 1, "total derivative")
    assert refused(sp.Derivative(-log(a), z), sp.Integer(0), given=A_OF_Z).point
    Derivation(sp.Derivative(-log(a), a), given=A_OF_Z).step(-1 / a, "by the name itself")
    assert refused(sp.Derivative(-log(a), a), a - 1, given=A_OF_Z).point


def test_a_derivative_sees_through_two_names_and_an_index():
    # the sum over k here is another than the one over k that z stands for
    each = ys[k] * log(ps[k]) + (1 - ys[k]) * log(1 - ps[k])
    start = sp.Derivative(-Sum(each, (k, 1, n)) / n, w[j])
    right = Sum((ps[k] - ys[k]) * X[k, j], (k, 1, n)) / n
    Derivation(start, given=SAMPLES, domain=RANGES).step(right, "chain rule")
    for wrong in (right * n, -right, Sum((ps[k] - ys[k]) * X[k, k], (k, 1, n)) / n, 0 * n):
        assert refused(start, wrong, given=SAMPLES, domain=RANGES).point
    by_scores = sp.Derivative(SHORT_LOSS, zs[j])
    Derivation(by_scores, given=SAMPLES, domain={i: (1, n), j: (1, n)}).step(
        (ps[j] - ys[j]) / n, "one term"
    )


def test_derivatives_by_a_name_and_by_what_it_depends_on_are_not_guessed():
    error = refused(sp.Derivative(log(a), a, z), sp.Integer(0), given=A_OF_Z)
    assert "could not be checked" in str(error)
    Derivation(sp.Derivative(log(sigma(x * y)), x, y), given=A_OF_Z).step(
        sp.diff(log(sigma(x * y)), x, y), "neither is given"
    )


def test_a_function_knows_what_is_given_unless_it_is_an_argument():
    loss = Derivation(SHORT_LOSS, given=SAMPLES, domain=RANGES)
    rng = np.random.default_rng(1)
    inputs, labels, weights = rng.normal(size=(4, 2)), np.array([0, 1, 1, 0]), rng.normal(size=2)
    got = loss.lambdify(X, ys, w, b, n, d)(inputs, labels, weights, 0.3, 4, 2)
    scores = inputs @ weights + 0.3
    expected = lrcore.binary_cross_entropy_from_logits(labels, scores)
    np.testing.assert_allclose(got, expected, rtol=1e-13)  # a few dozen roundings
    of_probabilities = loss.lambdify(ps, ys, n)(lrcore.sigmoid(scores), labels, 4)
    np.testing.assert_allclose(of_probabilities, expected, rtol=1e-13)


# Errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Derivation("x + 1"), "^start: expected an expression of SymPy, got 'x \\+ 1'$"),
        (lambda: Derivation(None), "^start: expected an expression"),
        (lambda: Derivation(x).step("x", "r"), "^expression: expected an expression of SymPy"),
        (lambda: Derivation(x).step(x, " "), "^reason: expected a few words, got ' '$"),
        (lambda: Derivation(x).step(x, None), "^reason: expected a few words, got None$"),
        (lambda: Derivation(x).step(x, "r", relation="=="), "^relation: expected one of =, <=, >="),
        (lambda: Derivation(x, domain={x: 3}), r"^domain: expected \(low, high\) or a set of val"),
        (lambda: Derivation(x, domain={"x": UNIT}), "^domain: expected a symbol or the base of in"),
        (lambda: Derivation(x, domain={ys[i]: UNIT}), r"^domain: expected a symbol .*got y\[i\]$"),
        (lambda: Derivation(x, given=["x = 1"]), "^given: expected relations such as Eq"),
        (lambda: Derivation(x, given=[x - 1]), "^given: expected relations .* got x - 1$"),
        (lambda: Derivation(x, domain={x: set()}), r"^domain: expected \(low, high\) or a set"),
        (lambda: Derivation(x, domain={x: (1, 2, 3)}), r"^domain: expected \(low, high\) or a"),
        (lambda: Derivation(x).step(sp.Symbol("x"), "r"), "^x: expected one symbol of this name"),
        (lambda: Derivation(x, domain={sp.Symbol("x"): UNIT}), "^x: expected one symbol"),
        (lambda: Derivation(sp.Function("f")(x)), r"^expression: expected functions with values"),
        (lambda: Derivation(x + y).lambdify(x), "^arguments: expected y as well$"),
    ],
)
def test_errors_say_what_was_expected(wrong, message):
    with pytest.raises(ValueError, match=message) as caught:
        wrong()
    assert not isinstance(caught.value, StepError)


def test_a_refused_step_leaves_the_derivation_as_it_was():
    derivation = Derivation(x)
    with pytest.raises(StepError, match=r"^step 1 \(doubled\) does not follow:\n    x = 2\*x\n"):
        derivation.step(2 * x, "doubled")
    assert derivation.end == x
    assert derivation.step(x + 0, "nothing added").end == x


def test_counterexamples_are_short_and_the_same_every_time():
    message = str(refused(sigma(-z), -sigma(z)))
    assert message == str(refused(sigma(-z), -sigma(z)))
    assert message.endswith(
        "is false for z = 1.2: the left side is 0.231475, the right side is -0.768525"
    )


def test_numbers_that_look_the_same_are_shown_with_more_digits():
    assert "the left side is 1.00000000000000, the right side is 1.00000000000010" in str(
        refused(sp.Integer(1), 1 + sp.Rational(1, 10**13))
    )


# Proved or not ---------------------------------------------------------------------------------


def test_a_step_says_whether_algebra_proved_it():
    derivation = Derivation(sigma(-z)).step(1 - sigma(z), "symmetry")
    derivation.step(1 - sigma(sp.Max(z, z)) + 0 * Sum(ys[i], (i, 1, n)), "the same")
    assert [step.proved for step in derivation.steps] == [True, True, True]
    squares = Derivation(sp.Max(z, 0)).step((z + sp.Abs(z)) / 2, "half of both")
    assert [step.proved for step in squares.steps] == [True, False]
    sums = Derivation(Sum(i, (i, 1, n))).step(n * (n + 1) / 2, "Gauss")
    assert not sums.steps[1].proved
    assert not Derivation(x**2).step(-1, "a square", relation=">").steps[1].proved
    assert Derivation(sp.Matrix([x - x, x])).step(sp.Matrix([0, x]), "r").steps[1].proved


# Shown -----------------------------------------------------------------------------------------


def shown():
    derivation = Derivation(
        sp.Derivative(-log(sigma(z)), z), domain={p: UNIT, y: {0, 1}, j: (1, d)},
        given=[Eq(a, sigma(z)), p < q], name=sp.Symbol("g"),
    )  # fmt: skip
    return (
        derivation.step(a - 1, "50% of $1 - a_i$ & {rest}")
        .step(-sigma(-z), "symmetry")
        .step(0, "negative", relation="<")
    )


def test_text():
    assert str(shown()).splitlines() == [
        "g = Derivative(-log(sigma(z)), z)",
        "    50% of 1 - a_i & {rest}:",
        "= a - 1",
        "    symmetry:",
        "= -sigma(-z)",
        "    negative:",
        "< 0",
        "for 0 < p < 1, y in {0, 1}, j = 1, ..., d, a = sigma(z), p < q",
    ]
    assert repr(shown()) == str(shown())


def test_latex():
    assert shown()._repr_latex_().splitlines() == [
        "$$",
        r"\begin{aligned}",
        r"g &= \frac{d}{d z} \left(- \log{\left(\sigma{\left(z\right)} \right)}\right) \\",
        r"&\quad\small \text{50\% of } 1 - a_i \text{ \& \{rest\}:} \\",
        r"&= a - 1 \\",
        r"&\quad\small \text{symmetry:} \\",
        r"&= - \sigma{\left(- z\right)} \\",
        r"&\quad\small \text{negative:} \\",
        r"&< 0 \\",
        r"&\quad\small \text{for } 0 < p < 1, y \in \left\{0, 1\right\}, j = 1, \ldots, d, \\",
        r"&\quad\small \phantom{\text{for }} a = \sigma{\left(z\right)}, p < q",
        r"\end{aligned}",
        "$$",
    ]


@pytest.mark.parametrize(
    ("expression", "latex"),
    [
        (sigma(z) * (1 - sigma(z)),
         r"\sigma{\left(z\right)} \left(1 - \sigma{\left(z\right)}\right)"),
        (sigma(z) ** 2, r"\sigma^{2}{\left(z\right)}"),
        (1 / (1 + exp(-z)), r"\frac{1}{1 + e^{- z}}"),
        (log(p) * ys[i], r"{y}_{i} \log{\left(p \right)}"),
        (Sum((sigma(z) - ys[i]) * X[i, j], (i, 1, n)) / n,
         r"\frac{1}{n} \sum_{i=1}^{n} {X}_{i,j} \left(\sigma{\left(z\right)} - {y}_{i}\right)"),
        (p**y * (1 - p) ** (1 - y), r"p^{y} \left(1 - p\right)^{1 - y}"),
        (-y * log(a) - 2 * x, r"- 2 x - y \log{\left(a \right)}"),
        (sp.Derivative(z, w[j]), r"\frac{\partial}{\partial {w}_{j}} z"),  # one of several
        (sp.Derivative(sigma(z), z), r"\frac{d}{d z} \sigma{\left(z\right)}"),
    ],
)  # fmt: skip
def test_formulas_are_in_the_order_in_which_people_write_them(expression, latex):
    assert Derivation(expression)._repr_latex_().splitlines()[2] == "& " + latex


def test_a_long_reason_is_broken_for_a_phone_but_not_within_mathematics():
    reason = "the log of a power is the exponent times $a + b + c + d$ again, as it was"
    lines = Derivation(x).step(x, reason)._repr_latex_().splitlines()[3:-3]
    assert lines == [
        r"&\quad\small \text{the log of a power is the exponent times} \\",
        r"&\quad\small a + b + c + d \text{ again, as it was:} \\",
    ]


def test_signs_of_tex_in_words_are_only_signs():
    line = Derivation(x).step(x, r"a^2 ~ \b").step(x, "r")._repr_latex_().splitlines()[3]
    words = r"\text{a\textasciicircum{}2 \textasciitilde{} \textbackslash{}b:}"
    assert line == rf"&\quad\small {words} \\"


def test_a_reason_may_be_mathematics_only():
    line = Derivation(x).step(x, "$x$").step(x, "$x$ is $x$")._repr_latex_().splitlines()
    assert line[3] == r"&\quad\small x \text{:} \\"
    assert line[5] == r"&\quad\small x \text{ is } x \text{:} \\"


# sigma -----------------------------------------------------------------------------------------


def test_sigma_is_the_librarys_sigmoid():
    numbers = np.linspace(-30, 30, 13)
    ours = [float(sigma(sp.Float(number)).evalf()) for number in numbers]
    np.testing.assert_allclose(ours, lrcore.sigmoid(numbers), rtol=1e-13)  # 15 digits of SymPy
    assert sigma(sp.Integer(0)).evalf() == 0.5
    assert sigma(z).is_real
    assert sigma(z).is_positive
    assert sigma(sp.Symbol("c")).is_positive is None


def test_derivative_of_sigma_is_that_of_its_definition():
    difference = sigma(z).diff(z).rewrite(exp) - (1 / (1 + exp(-z))).diff(z)
    assert sp.simplify(difference) == 0


# From a derivation to a function ----------------------------------------------------------------


def test_a_derivation_becomes_a_function_that_equals_the_library():
    score = Sum(X[i, k] * w[k], (k, 1, d)) + b
    loss = -Sum(ys[i] * log(sigma(score)) + (1 - ys[i]) * log(1 - sigma(score)), (i, 1, n)) / n
    gradient = Derivation(sp.Derivative(loss, w[j]), domain={j: (1, d)}).step(
        Sum((sigma(score) - ys[i]) * X[i, j], (i, 1, n)) / n, "chain rule"
    )
    rng = np.random.default_rng(0)
    inputs, labels, weights = rng.normal(size=(5, 3)), np.array([0, 1, 1, 0, 1]), rng.normal(size=3)
    compute = gradient.lambdify(X, ys, w, b, n, d, j)
    got = [compute(inputs, labels, weights, 0.3, 5, 3, column) for column in (1, 2, 3)]
    expected, _ = lrcore.logistic_gradient(inputs, labels, weights, 0.3)
    np.testing.assert_allclose(got, expected, rtol=1e-13)  # a few dozen roundings
    value = Derivation(loss).lambdify(X, ys, w, b, n, d)(inputs, labels, weights, 0.3, 5, 3)
    loss_there = lrcore.binary_cross_entropy_from_logits(labels, inputs @ weights + 0.3)
    np.testing.assert_allclose(value, loss_there, rtol=1e-13)


def test_a_function_of_numbers_takes_arrays_too():
    compute = Derivation(sp.Derivative(sigma(z), z)).lambdify(z)
    points = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(compute(points), lrcore.sigmoid_derivative(points), rtol=1e-12)


# What learners type -----------------------------------------------------------------------------

LOSS = sp.Derivative(-(y * log(a) + (1 - y) * log(1 - a)), a) * sp.Derivative(sigma(z), z)
RIGHT = ["(-y/a + (1 - y)/(1 - a)) * diff(sigma(z), z)", "= (-y/a + (1 - y)/(1 - a)) * a*(1 - a)",
         "-y*(1 - a) + (1 - y)*a", "= a - y"]  # fmt: skip
KNOWN = {"given": [Eq(a, sigma(z))]}


def test_right_lines_all_follow():
    verdict = check_steps(LOSS, RIGHT, **KNOWN)
    assert verdict
    assert (verdict.line, str(verdict)) == (None, "every line follows from the one before")
    assert check_steps(LOSS, "\n".join(RIGHT), **KNOWN)
    assert check_steps(LOSS, "\n".join([*RIGHT, "y - a"]), **KNOWN).line == 5


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (1, "(y/a + (1 - y)/(1 - a)) * diff(sigma(z), z)"),  # source 003
        (2, "(-y/a + (1 - y)/(1 - a)) * z*(1 - z)"),
        (3, "-y*(1 - a) - (1 - y)*a"),
        (4, "y - a"),
    ],
)
def test_the_first_wrong_line_is_named(number, line):
    lines = [*RIGHT[: number - 1], line, *RIGHT[number:]]
    verdict = check_steps(LOSS, lines, **KNOWN)
    assert not verdict
    assert verdict.line == number
    assert verdict.message.startswith(f"line {number} does not follow:\n")


def test_two_wrongs_that_cancel_are_two_wrongs():
    """Source 003 arrives at the right end from a wrong start: neither of its signs follows."""
    assert check_steps(LOSS, ["(y/a + (1 - y)/(1 - a)) * a*(1 - a)", "a - y"], **KNOWN).line == 1
    theirs = (y / a + (1 - y) / (1 - a)) * a * (1 - a)
    assert check_steps(theirs, ["a - y"], **KNOWN).line == 1


@pytest.mark.parametrize(
    ("start", "typed"),
    [
        (Sum(ys[i] * log(2), (i, 1, n)), "ln(2) * sum(y[k], k, 1, n)"),
        (log(sp.Product(exp(ys[i]), (i, 1, n)) + 0 * k), "log(prod(exp(y[k]), k, 1, n))"),
        (sp.KroneckerDelta(j, k) * X[j, k], "X[j, j]*delta(j, k)"),
        (sp.Abs(x) / 2, "0.5*sqrt(x^2) + abs(x) - abs(+x)"),
        (sp.Rational(1, 10) * x, "0.1*x"),
    ],
)
def test_everything_that_may_be_typed(start, typed):
    where = {k: {1, 2}} if start.has(k) else {}
    verdict = check_steps(start + 0 * k, [typed], domain={k: (1, 4)} | where)
    assert verdict, verdict.message


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "line 1: expected a line of at most 1000 characters, such as '1 - a'"),
        ("x +", "line 1: cannot read 'x +': write every product with *, every power with **"),
        ("2x", "line 1: cannot read '2x': write every product with *"),
        ("x(1 - x)", "line 1: cannot read 'x(1 - x)': write every product with *"),
        ("exp(x)(1 - x)", "line 1: cannot read 'exp(x)(1 - x)': write every product with *"),
        ("x = x", "line 1: cannot read 'x = x'"),
        ("(" * 400, "line 1: cannot read '((("),
        ("-" * 999 + "x", "line 1: cannot read '---"),
        ("x" * 1001, "line 1: expected a line of at most 1000 characters"),
        ("q + 1", "line 1: unknown name q: known here are x, y"),
        ("tan(x)", "line 1: unknown name tan: known here are abs, delta, diff, exp, ln, log"),
        ("__import__('os').system('true')", "line 1: cannot read"),
        ("x.__class__", "line 1: cannot read 'x.__class__': it is no arithmetic"),
        ("(lambda: x)()", "line 1: cannot read"),
        ("[x for x in x]", "line 1: cannot read"),
        ("'x'", "line 1: cannot read \"'x'\": it is no arithmetic"),
        ("True", "line 1: cannot read 'True'"),
        ("x if x else x", "line 1: cannot read"),
        ("exp(x, y=1)", "line 1: cannot read"),
        ("x // 2", "line 1: cannot read 'x // 2'"),
        ("y", "line 1: y alone is no number: it needs an index in brackets"),
        ("y + x", "line 1: y alone is no number"),
        ("exp(x, x)", "line 1: cannot use x, x in this way"),
        ("x[1]", "line 1: cannot use 1 in this way"),
        ("9**9**9", "line 1: expected no number as large as (9)**387420489"),
        ("(9**999)**999", "line 1: expected no number as large as (1"),
        ("x/0", "line 1 could not be checked"),
        ("exp(exp(exp(exp(exp(x*x + 9)))))", "line 1 could not be checked"),
        ("sum(y[x], x, 1, 10**9)", "line 1 could not be checked"),
        ("sum(sum(sum(y[x], x, 1, 900), x, 1, 900), x, 1, 900)", "line 1 could not be checked"),
        ("diff(sum(y[x], x, 1, 3), x)", "line 1 could not be checked"),
        ("1e999", "line 1: cannot read '1e309': it is no arithmetic"),
        ("diff(x, 2)", "line 1: cannot use x, 2 in this way"),
        (None, "line 1: cannot read 'None': it is no arithmetic"),
    ],
)
def test_nothing_that_is_typed_raises_or_runs(typed, message):
    verdict = check_steps(x + ys[1], [typed])
    assert not verdict
    assert verdict.message.startswith(message), verdict.message


def test_a_derivation_of_the_book_reads_the_same_twice():
    latex = [shown()._repr_latex_() for _ in range(2)]
    assert all(one == other for one, other in pairwise(latex))


def test_a_domain_is_a_dict():
    with pytest.raises(ValueError, match=r"^domain: expected a dict such as .*, got \[1\]$"):
        Derivation(sp.Symbol("z"), domain=[1])


def test_what_is_too_long_to_prove_is_left_to_numbers(monkeypatch):
    expression = sp.exp(x) * (x + 1)
    assert equality.is_proved(expression, sp.exp(x) * x + sp.exp(x), [])
    monkeypatch.setattr(equality, "LARGEST_PROOF", 1)
    assert not equality.is_proved(expression, sp.exp(x) * x + sp.exp(x), [])
    Derivation(expression).step(sp.exp(x) * x + sp.exp(x), "multiply out")
