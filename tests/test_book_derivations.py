"""The derivations of the book, each accepted line by line, and wrong lines of every kind, refused.

A counterexample is computed again here, with other arithmetic than the library's: for sums and
products in floats, from SymPy's own evaluation.
"""

import pytest
import sympy as sp

from lrcore import Derivation
from lrcore.derivation import StepError, sigma

pytestmark = (
    pytest.mark.no_cover
)  # test_derivation covers what runs here, which takes twice as long if traced

i, j, k, m, n, r, d, h, K = sp.symbols("i j k m n r d h K", integer=True, positive=True)
a, b, p, q, u, y, z = sp.symbols("a b p q u y z", real=True)
W, X, Y, Z, P, ps, ys, zs, w, t, v, c = map(sp.IndexedBase, "WXYZPpyzwtvc")
exp, log, Sum, Product, Eq, Derivative = sp.exp, sp.log, sp.Sum, sp.Product, sp.Eq, sp.Derivative
delta = sp.KroneckerDelta
UNIT, LABEL = (0, 1), {0, 1}

score = Sum(X[i, k] * w[k], (k, 1, d)) + b
loss_of_one = -(y * log(a) + (1 - y) * log(1 - a))


def mean_loss_of(score):
    return -Sum(ys[i] * log(sigma(score)) + (1 - ys[i]) * log(1 - sigma(score)), (i, 1, n)) / n


mean_loss = mean_loss_of(score)
total = Sum(exp(zs[k]), (k, 1, K))
softmax = exp(zs[i]) / total
hidden = Sum(X[i, k] * W[k, m], (k, 1, d)) + c[m]
output = Sum(sigma(hidden) * v[m], (m, 1, h)) + b
two_layer_loss = mean_loss_of(output)
error = sigma(output) - ys[i]


def by(m_free):
    """Return the hidden score of unit `m_free` for sample i."""
    return hidden.subs(m, m_free)


factor = ps[i] ** ys[i] * (1 - ps[i]) ** (1 - ys[i])
each_log = ys[i] * log(ps[i]) + (1 - ys[i]) * log(1 - ps[i])
square = (sigma(z) - y) ** 2
small, slope = exp(-sp.Abs(z)), Derivative(sigma(z), z)
quarter, half = sp.Rational(1, 4), sp.Rational(1, 2)
o, s = sp.symbols("o s", real=True)
along = zs[i] + s * t[i]
loss_along = Sum(log(1 + exp(along)) - ys[i] * along, (i, 1, n)) / n
entropy = -q * log(q) - (1 - q) * log(1 - q)
divergence = q * log(q / p) + (1 - q) * log((1 - q) / (1 - p))


def dot(first, second):
    return Sum(first[k] * second[k], (k, 1, d))


# name: (start, domain, given, [(line, reason), ...]); a reason may begin with another relation
BOOK = {
    "chapter 1, from the log-odds to the probability": (
        p,
        {p: UNIT},
        [Eq(o, p / (1 - p)), Eq(z, log(o))],
        [
            (o / (1 + o), "$o (1 - p) = p$, so $o = p (1 + o)$"),
            (exp(z) / (1 + exp(z)), "$o = e^z$"),
            (1 / (1 + exp(-z)), "divide both parts by $e^z$"),
            (sigma(z), "definition"),
        ],
    ),
    "chapter 1, the odds ratio": (
        exp(a * (u + 1) + b) / exp(a * u + b),
        {},
        [],
        [(exp(a), "dividing powers subtracts exponents")],
    ),
    "chapter 2, Bernoulli: two cases on one line": (
        sp.Piecewise((p, Eq(y, 1)), (1 - p, True)),
        {p: UNIT, y: LABEL},
        [],
        [(p**y * (1 - p) ** (1 - y), "the exponents work as switches")],
    ),
    "chapter 2, from the likelihood to the cross-entropy": (
        log(Product(factor, (i, 1, n))),
        {ps: UNIT, ys: LABEL},
        [],
        [
            (Sum(log(factor), (i, 1, n)), "the log of a product is the sum of the logs"),
            (
                Sum(log(ps[i] ** ys[i]) + log((1 - ps[i]) ** (1 - ys[i])), (i, 1, n)),
                "the same rule, for two factors",
            ),
            (Sum(each_log, (i, 1, n)), "the log of a power: exponent times log"),
        ],
    ),
    "chapter 2, the loss from the score": (
        loss_of_one.subs(a, sigma(z)),
        {y: LABEL},
        [],
        [
            (-(y * log(sigma(z)) + (1 - y) * log(sigma(-z))), "symmetry of the sigmoid"),
            (y * log(1 + exp(-z)) + (1 - y) * log(1 + exp(z)), "the log of $1/u$ is $-\\log u$"),
            (y * (log(1 + exp(z)) - z) + (1 - y) * log(1 + exp(z)), "take out $e^{-z}$"),
            (log(1 + exp(z)) - y * z, "the logarithm occurs once"),
        ],
    ),
    "chapter 2, the logarithm of the sigmoid": (
        log(sigma(z)),
        {},
        [],
        [
            (-log(1 + exp(-z)), "definition"),
            (
                sp.Piecewise((-log(1 + exp(-z)), z >= 0), (z - log(1 + exp(z)), True)),
                "for $z < 0$, take out $e^{-z}$",
            ),
            (sp.Min(z, 0) - log(1 + exp(-sp.Abs(z))), "only $e^{-|z|}$ is left"),
        ],
    ),
    "chapter 2, the best coin": (
        Derivative(log(q**7 * (1 - q) ** 3), q),
        {q: UNIT},
        [],
        [
            (Derivative(7 * log(q) + 3 * log(1 - q), q), "the log of a product, and of powers"),
            (7 / q - 3 / (1 - q), "the derivative of the log"),
            ((7 - 10 * q) / (q * (1 - q)), "one fraction"),
        ],
    ),
    "chapter 2, nothing times infinity": (
        -u * log(u),
        {z: (0, sp.oo)},
        [Eq(u, exp(-z))],
        [(z * exp(-z), "$\\log e^{-z} = -z$"), (2 / z, "< $e^z > z^2/2$")],
    ),
    "chapter 2, cross-entropy is entropy plus divergence": (
        -q * log(p) - (1 - q) * log(1 - p) - entropy,
        {p: UNIT, q: UNIT},
        [],
        [
            (q * (log(q) - log(p)) + (1 - q) * (log(1 - q) - log(1 - p)), "take out"),
            (divergence, "the log of a quotient"),
        ],
    ),
    "chapter 2, the divergence is never negative": (
        -divergence,
        {p: UNIT, q: UNIT},
        [],
        [
            (q * log(p / q) + (1 - q) * log((1 - p) / (1 - q)), "$-\\log u = \\log(1/u)$"),
            (q * (p / q - 1) + (1 - q) * ((1 - p) / (1 - q) - 1), "<= $\\log u \\le u - 1$, twice"),
            (0, "multiply out"),
        ],
    ),
    "chapter 3, squared error through the sigmoid": (
        Derivative(square, z),
        {},
        [],
        [
            (2 * (sigma(z) - y) * Derivative(sigma(z), z), "chain rule"),
            (2 * (sigma(z) - y) * sigma(z) * (1 - sigma(z)), "derivative of the sigmoid"),
        ],
    ),
    "chapter 3, the curvature of squared error": (
        Derivative(square.subs(y, 1), z, z),
        {},
        [],
        [
            (Derivative(-2 * sigma(z) * (1 - sigma(z)) ** 2, z), "chain rule"),
            (2 * sigma(z) * (1 - sigma(z)) ** 2 * (3 * sigma(z) - 1), "product rule"),
        ],
    ),
    "chapter 3, cross-entropy bends upwards along every line": (
        Derivative(loss_along, s, s),
        {},
        [],
        [
            (Sum(sigma(along) * (1 - sigma(along)) * t[i] ** 2, (i, 1, n)) / n, "chain rule"),
            (0, ">= no term is negative"),
        ],
    ),
    "chapter 3, the second derivative of the cross-entropy": (
        Derivative(mean_loss, w[j], w[m]),
        {j: (1, d), m: (1, d)},
        [],
        [
            (
                Sum(sigma(score) * (1 - sigma(score)) * X[i, j] * X[i, m], (i, 1, n)) / n,
                "differentiate the gradient",
            )
        ],
    ),
    "chapter 3, the quadratic form is never negative": (
        sum(Derivative(mean_loss.subs(d, 2), w[one], w[other]) * t[one] * t[other]
            for one in (1, 2) for other in (1, 2)),
        {},
        [],
        [(0, ">= a sum of squares")],
    ),
    "chapter 4, the symmetry of the sigmoid": (
        1 - sigma(z),
        {},
        [],
        [
            (exp(-z) / (1 + exp(-z)), "one fraction"),
            (1 / (exp(z) + 1), "multiply both parts by $e^z$"),
            (sigma(-z), "definition"),
        ],
    ),
    "chapter 4, the derivative of the sigmoid": (
        Derivative(sigma(z), z),
        {},
        [],
        [
            (Derivative(1 / (1 + exp(-z)), z), "definition"),
            (exp(-z) / (1 + exp(-z)) ** 2, "chain rule"),
            (sigma(z) * exp(-z) / (1 + exp(-z)), "split the fraction"),
            (sigma(z) * (1 - sigma(z)), "symmetry"),
        ],
    ),
    "chapter 4, the steepest place": (
        p * (1 - p),
        {},
        [],
        [
            (quarter - (p - half) ** 2, "the square, multiplied out"),
            (quarter, "<= a square is never negative"),
        ],
    ),
    "chapter 4, the sigmoid for a negative score": (
        sigma(z),
        {},
        [],
        [
            (1 / (1 + exp(-z)), "definition"),
            (exp(z) / (exp(z) + 1), "both parts times $e^z$"),
        ],
    ),
    "chapter 4, the slope without a subtraction": (
        sigma(z) * sigma(-z),
        {},
        [],
        [
            (exp(-z) / (1 + exp(-z)) ** 2, "a line of the derivation of the slope"),
            (small / (1 + small) ** 2, "the same at $z$ and at $-z$"),
        ],
    ),
    "chapter 4, the second derivative of the sigmoid": (
        Derivative(sigma(z) * (1 - sigma(z)), z),
        {},
        [],
        [
            (slope * (1 - sigma(z)) - sigma(z) * slope, "product rule"),
            (slope * (1 - 2 * sigma(z)), "take out the slope"),
        ],
    ),
    "chapter 5, the loss by the probability": (
        Derivative(loss_of_one, a),
        {a: UNIT},
        [],
        [
            (-y * Derivative(log(a), a) - (1 - y) * Derivative(log(1 - a), a), "two paths"),
            (-y / a - (1 - y) / (1 - a) * Derivative(1 - a, a), "the derivative of the log"),
            (-y / a + (1 - y) / (1 - a), "$1 - a$ has the slope $-1$"),
            ((-y * (1 - a) + (1 - y) * a) / (a * (1 - a)), "one fraction"),
            ((a - y) / (a * (1 - a)), "multiply out"),
        ],
    ),
    "chapter 5, the score by a weight": (
        Derivative(Sum(w[k] * v[k], (k, 1, d)) + b, w[j]),
        {j: (1, d)},
        [],
        [(Sum(delta(j, k) * v[k], (k, 1, d)), "slope 1 by itself"), (v[j], "one term is left")],
    ),
    "chapter 5, the loss by a weight": (
        Derivative(loss_of_one, w[j]),
        {j: (1, d)},
        [Eq(a, sigma(z)), Eq(z, Sum(w[k] * v[k], (k, 1, d)) + b)],
        [((a - y) * v[j], "three links multiplied")],
    ),
    "chapter 5, the chain rule for one sample": (
        Derivative(loss_of_one, a) * Derivative(sigma(z), z),
        {y: LABEL},
        [Eq(a, sigma(z))],
        [
            ((-y / a + (1 - y) / (1 - a)) * Derivative(sigma(z), z), "$1/a$ from the log"),
            ((-y / a + (1 - y) / (1 - a)) * a * (1 - a), "derivative of the sigmoid"),
            (-y * (1 - a) + (1 - y) * a, "cancel"),
            (a - y, "multiply out"),
        ],
    ),
    "chapter 6, the mean gradient by a weight": (
        Derivative(mean_loss, w[j]),
        {j: (1, d)},
        [],
        [(Sum((sigma(score) - ys[i]) * X[i, j], (i, 1, n)) / n, "chain rule, sample by sample")],
    ),
    "chapter 6, the mean gradient by the bias": (
        Derivative(mean_loss, b),
        {},
        [],
        [(Sum(sigma(score) - ys[i], (i, 1, n)) / n, "chain rule, sample by sample")],
    ),
    "chapter 8, steepest descent": (
        u * sp.cos(a) * sp.cos(b) + u * sp.sin(a) * sp.sin(b),
        {u: (0, 9)},
        [],
        [
            (u * sp.cos(b - a), "addition theorem of the cosine"),
            (-u, ">= no cosine is below $-1$"),
        ],
    ),
    "chapter 8, what a step does to the distance": (
        p - a * Derivative(q + u / 2 * (p - b) ** 2, p) - b,
        {},
        [],
        [((1 - a * u) * (p - b), "differentiate, and take out the distance")],
    ),
    "chapter 8, the largest curvature": (
        p * (1 - p),
        {p: UNIT},
        [],
        [(sp.Rational(1, 4), "<= complete the square")],
    ),
    "chapter 8, the best step size": (
        1 - a * p,
        {p: (0, 9), q: (0, 9)},
        [Eq(a, 2 / (p + q)), Eq(u, q / p)],
        [((u - 1) / (u + 1), "divide both parts by the smallest curvature")],
    ),
    "chapter 8, the correction of Adam": (
        Sum((1 - b) * b**k * u, (k, 0, n - 1)),
        {b: UNIT},
        [],
        [(u * (1 - b**n), "sum of a geometric series")],
    ),
    "chapter 8, how far above the lowest point": (
        q + u * z + a / 2 * z**2,
        {a: (0, 9)},
        [],
        [(q - u**2 / (2 * a), ">= complete the square")],
    ),
    "chapter 9, the threshold that the costs ask for": (
        u * p - (1 - p),
        {p: UNIT, u: (0, sp.oo)},
        [],
        [
            ((1 + u) * p - 1, "multiply out, and take out $p$"),
            ((1 + u) * (p - 1 / (1 + u)), "take out $1 + u$"),
        ],
    ),
    "chapter 9, a threshold for p is a threshold for z": (
        sigma(z) - p,
        {p: UNIT},
        [],
        [
            (exp(z) / (1 + exp(z)) - p, "definition"),
            (((1 - p) * exp(z) - p) / (1 + exp(z)), "one fraction"),
            ((1 - p) / (1 + exp(z)) * (exp(z) - p / (1 - p)), "take out $1 - p$"),
        ],
    ),
    "chapter 9, scikit-learn's objective is ours": (
        (a * Sum(ys[i], (i, 1, n)) + Sum(w[k] ** 2, (k, 1, d)) / 2) / (a * n),
        {a: (0, sp.oo)},
        [Eq(b, 1 / (a * n))],
        [
            (Sum(ys[i], (i, 1, n)) / n + Sum(w[k] ** 2, (k, 1, d)) / (2 * a * n), "divide"),
            (Sum(ys[i], (i, 1, n)) / n + b * Sum(w[k] ** 2, (k, 1, d)) / 2, "what b is"),
        ],
    ),
    "chapter 10, softmax does not see a shift": (
        softmax,
        {i: (1, K)},
        [],
        [(exp(zs[i] - u) / Sum(exp(zs[k] - u), (k, 1, K)), "divide both parts by $e^u$")],
    ),
    "chapter 10, the Jacobian of softmax": (
        Derivative(softmax, zs[j]),
        {i: (1, K), j: (1, K)},
        [],
        [
            (
                (delta(i, j) * exp(zs[i]) * total - exp(zs[i]) * exp(zs[j])) / total**2,
                "quotient rule",
            ),
            (softmax * (delta(i, j) - softmax.subs(i, j)), "divide by the total twice"),
        ],
    ),
    "chapter 10, the gradient of softmax and cross-entropy": (
        Derivative(-Sum(ys[i] * log(softmax), (i, 1, K)), zs[j]),
        {j: (1, K), ys: UNIT},
        [Eq(Sum(ys[k], (k, 1, K)), 1)],
        [
            (
                -Sum(ys[i] / softmax * softmax * (delta(i, j) - softmax.subs(i, j)), (i, 1, K)),
                "the Jacobian",
            ),
            (softmax.subs(i, j) * Sum(ys[k], (k, 1, K)) - ys[j], "split the sum"),
            (softmax.subs(i, j) - ys[j], "the labels add up to 1"),
        ],
    ),
    "chapter 11, the gradient by a weight of the second layer": (
        Derivative(two_layer_loss, v[j]),
        {j: (1, h)},
        [],
        [(Sum(error * sigma(by(j)), (i, 1, n)) / n, "chain rule")],
    ),
    "chapter 11, the gradient by a weight of the first layer": (
        Derivative(two_layer_loss, W[r, j]),
        {j: (1, h), r: (1, d)},
        [],
        [
            (
                Sum(
                    error * v[j] * sigma(by(j)) * (1 - sigma(by(j)))
                    * X[i, r],
                    (i, 1, n),
                ) / n,
                "chain rule, through both layers",
            )
        ],
    ),
    "chapter 12, forgetting to clear is a momentum that never fades": (
        -a * Sum(t[k], (k, 1, n)),
        {},
        [Eq(u, -a * Sum(t[k], (k, 1, n - 1)))],
        [
            (-a * Sum(t[k], (k, 1, n - 1)) - a * t[n], "take the last term out of the sum"),
            (u - a * t[n], "the sum of the others was the move before"),
        ],
    ),
    "chapter 12, the loss has a floor": (
        log(1 + Sum(exp(ps[k] - q), (k, 1, K - 1))),
        {ps: UNIT, q: UNIT},
        [],
        [
            (log(1 + Sum(exp(-1), (k, 1, K - 1))), ">= $p_k$ is at least 0, $q$ at most 1"),
            (log(1 + (K - 1) / sp.E), "$K - 1$ equal terms"),
        ],
    ),
    "chapter 13, the price of the bias in liblinear": (
        (a * Sum(ys[i], (i, 1, n)) + Sum(w[k] ** 2, (k, 1, d)) / 2 + u**2 / 2) / (a * n),
        {a: (0, sp.oo), p: (0, sp.oo)},
        [Eq(b, 1 / (a * n)), Eq(u, q / p)],
        [
            (
                Sum(ys[i], (i, 1, n)) / n
                + Sum(w[k] ** 2, (k, 1, d)) / (2 * a * n)
                + u**2 / (2 * a * n),
                "divide",
            ),
            (
                Sum(ys[i], (i, 1, n)) / n
                + b * Sum(w[k] ** 2, (k, 1, d)) / 2
                + b / (2 * p**2) * q**2,
                "what b and u are",
            ),
        ],
    ),
    "chapter 13, what AdamW's weight decay is": (
        a * p / (1 - p),
        {a: (0, 9), u: (0, 9)},
        [Eq(p, u / (u + a))],
        [(u, "put p in, and cancel")],
    ),
    "chapter 13, the lowest point of a parabola": (
        p * z + a / 2 * z**2,
        {a: (0, 9)},
        [],
        [(a / 2 * (z + p / a) ** 2 - p**2 / (2 * a), "complete the square")],
    ),
    "chapter 13, the parabola of one sample": (
        (p - y) * z + a / 2 * z**2,
        {a: (0, 9)},
        [],
        [(a / 2 * (z - (y - p) / a) ** 2 - (y - p) ** 2 / (2 * a), "complete the square")],
    ),
    "chapter 13, Newton's step is a weighted least-squares fit": (
        Sum(c[i] * X[i, j] * (Sum(X[i, k] * v[k], (k, 1, d)) - t[i]), (i, 1, n)),
        {j: (1, d), i: (1, n), c: UNIT},
        [Eq(t[i], Sum(X[i, k] * w[k], (k, 1, d)) - (ps[i] - ys[i]) / c[i])],
        [
            (
                Sum(X[i, j] * c[i] * Sum(X[i, k] * (v[k] - w[k]), (k, 1, d)), (i, 1, n))
                + Sum(X[i, j] * (ps[i] - ys[i]), (i, 1, n)),
                "put the target in",
            )
        ],
    ),
    "chapter 13, the digits double": (
        p - (a * p + u / 2 * p**2) / (a + u * p),
        {a: (0, 9)},
        [],
        [(u * p**2 / 2 / (a + u * p), "one fraction; a p cancels")],
    ),
    "chapter 13, why the weights grow like a logarithm": (
        Derivative(log(1 + a * p), p),
        {a: (0, 9), p: (0, 9)},
        [Eq(u, log(1 + a * p))],
        [(a / (1 + a * p), "chain rule"), (a * exp(-u), "what u is")],
    ),
    "chapter 13, Newton adds one": (
        sigma(-z) / (sigma(z) * (1 - sigma(z))),
        {},
        [],
        [(1 / sigma(z), "cancel"), (1 + exp(-z), "definition")],
    ),
    "chapter 13, far out the loss is high": (
        log(1 + exp(a * p)),
        {a: (0, 9), p: (0, 9)},
        [],
        [(a * p, "> the logarithm is increasing")],
    ),
    "chapter 13, the mean square of a label's error": (
        p * (1 - p) ** 2 + (1 - p) * (0 - p) ** 2,
        {p: UNIT},
        [],
        [(p * (1 - p) * ((1 - p) + p), "take out"), (p * (1 - p), "the bracket is 1")],
    ),
    "chapter 14, cancellation multiplies an error by the odds": (
        ((1 - p * (1 + u)) - (1 - p)) / (1 - p),
        {},
        [Eq(p, sigma(z))],
        [(-u * exp(z), "the odds are $e^z$")],
    ),
    "chapter 14, log-sum-exp moves with a shift": (
        log(Sum(exp(zs[k]), (k, 1, K))),
        {},
        [],
        [
            (log(exp(u) * Sum(exp(zs[k] - u), (k, 1, K))), "take out $e^u$"),
            (u + log(Sum(exp(zs[k] - u), (k, 1, K))), "the log of a product"),
        ],
    ),
    "chapter 15, how wrong a forward difference is": (  # of b + p s + q s^2/2 + u s^3/6
        (o - b) / s - p,
        {s: UNIT},
        [Eq(o, b + p * s + q * s**2 / 2 + u * s**3 / 6)],
        [
            ((p * s + q * s**2 / 2 + u * s**3 / 6) / s - p, "the value cancels"),
            (q * s / 2 + u * s**2 / 6, "divide"),
        ],
    ),
    "chapter 15, how wrong a central difference is": (
        (o - y) / (2 * s) - p,
        {s: UNIT},
        [Eq(o, a + z), Eq(y, a - z), Eq(z, p * s + u * s**3 / 6)],
        [(z / s - p, "the even part cancels"), (u * s**2 / 6, "divide")],
    ),
    "chapter 15, the best step": (
        Derivative(u * s**2 / 6 + p * q / s, s),
        {s: UNIT, u: UNIT, p: UNIT, q: UNIT},
        [],
        [
            (u * s / 3 - p * q / s**2, "each term"),
            (u / (3 * s**2) * (s**3 - 3 * p * q / u), "take out"),
        ],
    ),
    "chapter 16, how far the mean of a sample is off": (
        u * m * (1 / m - 1 / n) ** 2 + u * (n - m) / n**2,
        {},
        [],
        [
            (u / m - 2 * u / n + m * u / n**2 + u / n - m * u / n**2, "multiply out"),
            (u * (1 / m - 1 / n), "two terms cancel, two others add up"),
        ],
    ),
    "chapter 16, what a step with a guessed curvature leaves over": (
        p - Derivative(q + u / 2 * (p - b) ** 2, p) / a - b,
        {a: (0, 9), u: (0, 9)},
        [],
        [
            (p - u * (p - b) / a - b, "differentiate the square"),
            ((1 - u / a) * (p - b), "take out the old distance"),
        ],
    ),
    "chapter 16, the change of the gradient": (
        Sum(W[j, k] * (v[k] + t[k]), (k, 1, d)) - Sum(W[j, k] * v[k], (k, 1, d)),
        {j: (1, d)},
        [],
        [(Sum(W[j, k] * t[k], (k, 1, d)), "multiply out; one half cancels")],
    ),
    "chapter 16, the rest has nothing to do with the step": (
        Sum(t[k] * (w[k] - a * v[k]), (k, 1, d)),
        {},
        [Eq(a, dot(t, w) / dot(t, v))],
        [
            (dot(t, w) - a * dot(t, v), "multiply out"),
            (0, "put in $a$, and cancel"),
        ],
    ),
    "chapter 16, the step of L-BFGS goes downhill": (
        Sum(w[k] * (c[k] + (a - dot(v, c) / dot(t, v)) * t[k]), (k, 1, d)),
        {},
        [Eq(a, dot(t, w) / dot(t, v))],
        [
            (dot(w, c) + (a - dot(v, c) / dot(t, v)) * dot(w, t), "multiply out"),
            (dot(w, c) + a * dot(w, t) - a * dot(v, c), "the quotient is $a$"),
            (
                Sum((w[k] - a * v[k]) * c[k], (k, 1, d)) + a**2 * dot(t, v),
                "take $u$ out",
            ),
        ],
    ),
    "chapter 16, how much faster several machines are": (
        (u + a) / (u / n + a),
        {a: (0, 9), u: (0, 9)},
        [],
        [
            (n * (u + a) / (u + n * a), "both parts times $M$"),
            ((u + a) / a, "< leave out $T$ below"),
        ],
    ),
}  # fmt: skip


def derive(name, lines=None):
    start, domain, given, right = BOOK[name]
    derivation = Derivation(start, domain=domain, given=given)
    for line, reason in right if lines is None else lines:
        relation = reason.split()[0] if reason[0] in "<>" else "="
        derivation.step(line, reason.removeprefix(relation), relation=relation)
    return derivation


@pytest.mark.parametrize("name", BOOK)
def test_the_book_derives(name):
    assert len(derive(name).steps) == len(BOOK[name][3]) + 1


def test_newton_is_weighted_least_squares():
    """Chapter 13: w + H^-1 X'(y - p) = (X'SX)^-1 X'S z with z = Xw + S^-1 (y - p)."""
    rows, columns = 3, 2
    x = sp.Matrix(rows, columns, lambda r, s: X[r + 1, s + 1])
    weights = sp.Matrix([w[1], w[2]])
    labels, probs = (sp.Matrix([base[1], base[2], base[3]]) for base in (ys, ps))
    s = sp.diag(*[each * (1 - each) for each in probs])
    working = x * weights + s.inv() * (labels - probs)
    hessian = x.T * s * x
    inverse = hessian.adjugate() / hessian.det()  # SymPy's own inverse simplifies for a minute
    derivation = Derivation(weights + inverse * x.T * (labels - probs), domain={ps: UNIT})
    derivation.step(inverse * x.T * s * working, "take out the inverse")
    with pytest.raises(StepError, match="in row 1, column 1 for"):
        derivation.step(inverse * x.T * working, "the weights forgotten")


def wrong(name, line, reason):
    return pytest.param(name, line, id=f"{name}: {reason}")


LOG_SUM = Sum(log(factor), (i, 1, n))
J = "chapter 10, the Jacobian of softmax"
WRONG = [
    wrong("chapter 1, from the log-odds to the probability", o / (1 - o), "sign below the line"),
    wrong("chapter 1, from the log-odds to the probability", exp(z), "odds for probability"),
    wrong("chapter 1, from the log-odds to the probability", sigma(-z), "the other class"),
    wrong("chapter 1, the odds ratio", a, "the logarithm forgotten"),
    wrong("chapter 1, the odds ratio", exp(a + b), "the bias kept"),
    wrong("chapter 1, the odds ratio", exp(a * u), "as if it depended on where one starts"),
    wrong("chapter 3, the curvature of squared error",
          -2 * sigma(z) * (1 - sigma(z)) ** 2 * (1 + sigma(z)), "the inner minus lost"),
    wrong("chapter 3, cross-entropy bends upwards along every line",
          Sum(ys[i] * (1 - ys[i]) * t[i] ** 2, (i, 1, n)) / n, "y (1 - y) for p (1 - p)"),
    wrong("chapter 5, the chain rule for one sample", (y / a + (1 - y) / (1 - a)) * a * (1 - a),
          "source 003's sign"),
    wrong("chapter 5, the chain rule for one sample", y - a, "sign"),
    wrong("chapter 5, the chain rule for one sample", (a - y) / (a * (1 - a)), "da/dz forgotten"),
    wrong("chapter 6, the mean gradient by a weight",
          Sum((sigma(score) - ys[i]) * X[i, j], (i, 1, n)), "1/n dropped"),
    wrong("chapter 6, the mean gradient by a weight",
          Sum((sigma(score) - ys[i]) * X[j, i], (i, 1, n)) / n, "indices exchanged"),
    wrong("chapter 6, the mean gradient by a weight",
          Sum((sigma(score) - ys[i]), (i, 1, n)) / n, "the input forgotten"),
    wrong("chapter 6, the mean gradient by a weight",
          Sum((sigma(score) - ys[i]) * X[i, j], (i, 1, n)) / d, "divided by the features"),
    wrong("chapter 6, the mean gradient by a weight",
          Sum((sigma(score) - ys[i]) * X[i, j], (i, 1, n - 1)) / n, "the last sample left out"),
    wrong("chapter 6, the mean gradient by the bias",
          Sum(sigma(score) - ys[i], (i, 0, n - 1)) / n, "counted from 0"),
    wrong("chapter 6, the mean gradient by the bias",
          Sum((sigma(score) - ys[i]) * X[i, 1], (i, 1, n)) / n, "the first weight's"),
    wrong("chapter 2, from the likelihood to the cross-entropy",
          log(Sum(factor, (i, 1, n))), "log of a sum"),
    wrong("chapter 2, from the likelihood to the cross-entropy",
          Product(log(factor), (i, 1, n)), "product of logs"),
    wrong("chapter 2, from the likelihood to the cross-entropy",
          Sum(ys[i] * log(ps[i]), (i, 1, n)), "label 0 forgotten"),
    wrong("chapter 2, from the likelihood to the cross-entropy",
          -Sum(each_log, (i, 1, n)), "sign"),
    wrong("chapter 2, from the likelihood to the cross-entropy",
          Sum(each_log, (i, 1, n)) / n, "a mean for a sum"),
    wrong("chapter 2, from the likelihood to the cross-entropy",
          Sum(each_log, (i, 1, n)) / log(2), "bits for nats"),
    wrong("chapter 2, the loss from the score", log(1 + exp(-z)) - y * z, "sign in the exponent"),
    wrong("chapter 2, the logarithm of the sigmoid", z, "right only far to the left"),
    wrong("chapter 2, the logarithm of the sigmoid", z - log(1 + exp(-z)), "wrong half"),
    wrong("chapter 2, the best coin", 7 / q + 3 / (1 - q), "the inner derivative of log(1 - q)"),
    wrong("chapter 2, nothing times infinity", -z * exp(-z), "sign"),
    wrong("chapter 2, cross-entropy is entropy plus divergence", -divergence, "sign"),
    wrong("chapter 2, cross-entropy is entropy plus divergence",
          divergence.subs({p: q, q: p}, simultaneous=True), "the divergence reversed"),
    wrong("chapter 9, the threshold that the costs ask for", (1 - u) * p - 1, "sign"),
    wrong("chapter 9, the threshold that the costs ask for", u * (p - 1 / u), "1/c for 1/(1 + c)"),
    wrong("chapter 9, a threshold for p is a threshold for z",
          (1 - p) / (1 + exp(z)) * (exp(z) - (1 - p) / p), "the odds against"),
    wrong("chapter 9, scikit-learn's objective is ours",
          Sum(ys[i], (i, 1, n)) / n + Sum(w[k] ** 2, (k, 1, d)) / (2 * a), "1/n forgotten"),
    wrong("chapter 3, squared error through the sigmoid", 2 * (sigma(z) - y), "no chain rule"),
    wrong("chapter 3, squared error through the sigmoid",
          2 * (sigma(z) - y) * y * (1 - y), "y (1 - y) for p (1 - p)"),
    wrong("chapter 3, squared error through the sigmoid",
          (sigma(z) - y) * sigma(z) * (1 - sigma(z)), "factor 2"),
    wrong("chapter 3, the second derivative of the cross-entropy",
          Sum(ys[i] * (1 - ys[i]) * X[i, j] * X[i, m], (i, 1, n)) / n, "y (1 - y) for p (1 - p)"),
    wrong("chapter 3, the second derivative of the cross-entropy",
          Sum(sigma(score) * (1 - sigma(score)) * X[i, j] ** 2, (i, 1, n)) / n, "diagonal"),
    wrong("chapter 4, the derivative of the sigmoid", z * (1 - z), "z for sigma(z)"),
    wrong("chapter 4, the derivative of the sigmoid",
          sigma(sigma(z)) * (1 - sigma(sigma(z))), "sigma twice"),
    wrong("chapter 4, the derivative of the sigmoid", -exp(-z) / (1 + exp(-z)) ** 2, "inner sign"),
    wrong("chapter 4, the derivative of the sigmoid", exp(-z) / (1 + exp(-z)), "the square lost"),
    wrong("chapter 4, the symmetry of the sigmoid", -sigma(z), "odd"),
    wrong("chapter 4, the steepest place", half - (p - half) ** 2, "a half for a quarter"),
    wrong("chapter 4, the sigmoid for a negative score", exp(z) / (1 + exp(-z)), "only the top"),
    wrong("chapter 4, the slope without a subtraction", small / (1 + small), "the square lost"),
    wrong("chapter 4, the slope without a subtraction",
          exp(sp.Abs(z)) / (1 + small) ** 2, "sign of the exponent"),
    wrong("chapter 4, the second derivative of the sigmoid", slope, "the product rule forgotten"),
    wrong("chapter 4, the second derivative of the sigmoid",
          slope * (1 - sigma(z)) + sigma(z) * slope, "the inner minus lost"),
    wrong("chapter 5, the loss by the probability", y / a + (1 - y) / (1 - a), "source 003"),
    wrong("chapter 5, the loss by the probability",
          -y / a - (1 - y) / (1 - a), "$1 - a$ without its slope"),
    wrong("chapter 5, the loss by the probability", y / a - (1 - y) / (1 - a), "likelihood's sign"),
    wrong("chapter 5, the score by a weight", w[j], "the weight for the input"),
    wrong("chapter 5, the score by a weight", Sum(v[k], (k, 1, d)), "all the inputs"),
    wrong("chapter 5, the loss by a weight", a - y, "the input forgotten"),
    wrong("chapter 5, the loss by a weight", (a - y) * w[j], "the weight for the input"),
    wrong(J, softmax * (1 - softmax), "only the diagonal"),
    wrong(J, softmax * (delta(i, j) - softmax), "index of the second factor"),
    wrong(J, softmax * (delta(i, j) + softmax.subs(i, j)), "sign"),
    wrong(J, -softmax * softmax.subs(i, j), "Kronecker delta forgotten"),
    wrong("chapter 10, the gradient of softmax and cross-entropy",
          ys[j] - softmax.subs(i, j), "sign"),
    wrong("chapter 10, the gradient of softmax and cross-entropy",
          (softmax.subs(i, j) - ys[j]) / K, "divided by the classes"),
    wrong("chapter 11, the gradient by a weight of the first layer",
          Sum(error * v[j] * by(j) * (1 - by(j)) * X[i, r], (i, 1, n)) / n, "source 000"),
    wrong("chapter 11, the gradient by a weight of the second layer",
          Sum(error * by(j), (i, 1, n)) / n, "the sigmoid of the hidden unit forgotten"),
    wrong("chapter 8, what a step does to the distance",
          (1 + a * u) * (p - b), "uphill"),
    wrong("chapter 8, what a step does to the distance",
          (1 - a * u / 2) * (p - b), "factor 2"),
    wrong("chapter 8, the best step size", (u - 1) / u, "the step 1/c for the steepest"),
    wrong("chapter 8, the correction of Adam", u * (1 - b ** (n - 1)), "one step too few"),
    wrong("chapter 12, forgetting to clear is a momentum that never fades",
          -a * t[n], "the step of a program that clears"),
    wrong("chapter 12, the loss has a floor", log(1 + K / sp.E), "the true class counted, too"),
    wrong("chapter 13, the price of the bias in liblinear",
          Sum(ys[i], (i, 1, n)) / n + b * Sum(w[k] ** 2, (k, 1, d)) / 2 + b * p**2 / 2 * q**2,
          "the scale of the bias upside down"),
    wrong("chapter 13, what AdamW's weight decay is", u / (u + a), "not solved for u"),
    wrong("chapter 13, the lowest point of a parabola",
          a / 2 * (z - p / a) ** 2 - p**2 / (2 * a), "uphill"),
    wrong("chapter 13, the parabola of one sample",
          a / 2 * (z - (y - p)) ** 2 - (y - p) ** 2 / (2 * a), "not divided by the curvature"),
    wrong("chapter 13, Newton's step is a weighted least-squares fit",
          Sum(X[i, j] * Sum(X[i, k] * (v[k] - w[k]), (k, 1, d)), (i, 1, n))
          + Sum(X[i, j] * (ps[i] - ys[i]), (i, 1, n)), "the weights forgotten"),
    wrong("chapter 13, the digits double", u * p**2 / 2 / a, "only nearly"),
    wrong("chapter 13, why the weights grow like a logarithm", a * exp(u), "sign"),
    wrong("chapter 13, Newton adds one", 1 + exp(z), "sign"),
    wrong("chapter 13, the mean square of a label's error", p**2 * (1 - p) ** 2, "multiplied"),
    wrong("chapter 14, cancellation multiplies an error by the odds", -u, "nothing happens"),
    wrong("chapter 14, log-sum-exp moves with a shift",
          log(Sum(exp(zs[k] - u), (k, 1, K))), "d2l's exercise: it does not move"),
    wrong("chapter 14, log-sum-exp moves with a shift",
          Sum(zs[k], (k, 1, K)), "log of a sum is the sum of logs"),
    wrong("chapter 15, how wrong a forward difference is", u * s**2 / 6, "as good as the central"),
    wrong("chapter 15, how wrong a forward difference is", q * s, "the half dropped"),
    wrong("chapter 15, how wrong a central difference is", u * s**2 / 3, "divided by one step"),
    wrong("chapter 15, how wrong a central difference is", q * s / 2, "as bad as the forward"),
    wrong("chapter 15, the best step", u * s / 3 + p * q / s**2, "sign of the slope of 1/h"),
    wrong("chapter 16, how far the mean of a sample is off",
          u / m, "as if no row were in both means"),
    wrong("chapter 16, how far the mean of a sample is off",
          u * (1 / m + 1 / n), "as if the two means shared nothing"),
    wrong("chapter 16, what a step with a guessed curvature leaves over",
          (1 - a / u) * (p - b), "the quotient upside down"),
    wrong("chapter 16, what a step with a guessed curvature leaves over",
          (1 - u) * (p - b), "a step of plain descent"),
    wrong("chapter 16, the change of the gradient",
          Sum(W[k, j] * t[k], (k, 1, d)), "the transpose, of a matrix that need not be symmetric"),
    wrong("chapter 16, the rest has nothing to do with the step", dot(t, w), "nothing taken away"),
    wrong("chapter 16, the step of L-BFGS goes downhill",
          Sum((w[k] - a * v[k]) * c[k], (k, 1, d)) + a * dot(t, v), "the square forgotten"),
    wrong("chapter 16, how much faster several machines are", n, "as if nobody had to wait"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line"), WRONG)
def test_a_wrong_line_is_refused_with_a_true_counterexample(name, line):
    start, domain, _, right = BOOK[name]
    with pytest.raises(StepError, match="does not follow") as caught:
        derive(name, [(line, "so they say")])
    error = caught.value
    left, other = (in_floats(side, error.point) for side in (start, line))
    # floats, from values rounded to floats: a dozen digits; the error's own numbers have hundreds
    assert left == pytest.approx(float(error.left), rel=1e-9, abs=1e-12)
    assert other == pytest.approx(float(error.right), rel=1e-9, abs=1e-12)
    assert abs(left - other) > 1e-6 * max(abs(left), abs(other))
    for base, allowed in domain.items():
        check_in_domain(base, allowed, error.point)
    # the same line is refused wherever it comes in the chain
    with pytest.raises(StepError, match="does not follow"):
        derive(name, [*right, (line, "so they say")])


def in_floats(expression, point):
    """Return the expression at the point, by SymPy's substitution and evaluation, as a float.

    The derivatives are central differences, so that nothing here differentiates.
    """
    whole = {s: v for s, v in point.items() if s.is_Symbol and v.is_Integer and s.is_integer}
    numbers = {s: sp.Float(v, 60) for s, v in point.items() if s not in whole}
    text = expression.subs(whole)
    step = sp.Float("1e-12", 60)
    for each in text.atoms(Derivative):
        differences = each.expr.doit()
        for variable in each.variables:
            differences = (
                differences.subs(variable, variable + step)
                - differences.subs(variable, variable - step)
            ) / (2 * step)
        text = text.subs(each, differences)
    return float(text.doit().subs(numbers).evalf(40))


def check_in_domain(base, allowed, point):
    values = [value for s, value in point.items() if base in (s, getattr(s, "base", None))]
    if isinstance(allowed, set):
        assert set(values) <= allowed
    elif not base.is_integer:
        assert all(allowed[0] < value < allowed[1] for value in values)


def test_a_line_for_labels_only_is_refused_for_all_numbers():
    """y**2 = y holds for 0 and 1; the book says so where it uses it."""
    start = y**2 * log(p) + (1 - y) * log(1 - p)
    line = y * log(p) + (1 - y) * log(1 - p)
    Derivation(start, domain={p: UNIT, y: LABEL}).step(line, "$y^2 = y$")
    with pytest.raises(StepError, match="does not follow") as caught:
        Derivation(start, domain={p: UNIT}).step(line, "$y^2 = y$")
    assert caught.value.point[y] not in (0, 1)


def test_convexity_holds_only_this_way_around():
    second = Derivative(log(1 + exp(z)) - y * z, z, z)
    Derivation(second).step(0, "p (1 - p) is positive", relation=">")
    with pytest.raises(StepError, match="does not follow"):
        Derivation(second).step(0, "concave", relation="<=")
    with pytest.raises(StepError, match="does not follow"):
        Derivation(Derivative(square, z, z)).step(0, "squared error is not convex", relation=">=")
