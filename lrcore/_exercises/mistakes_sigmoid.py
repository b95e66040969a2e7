"""Known mistakes in the sigmoid and in its slope."""

from typing import Any

import numpy as np

from lrcore import activations

from .slips import slip


@slip("missing-sigmoid", "link", "hidden")
def _identity(z: Any) -> Any:
    """The sigmoid is left out: a score stands where a probability is wanted.

    A score is any real number; only the sigmoid makes a probability of it.

    Hint: Which line of your code keeps every value between 0 and 1?

    Met: towards the end of many beginners' loops; PyTorch's BCELoss needs what its sibling with
    logits does not.
    """
    return z


@slip("wrong-sign-in-exponent", "link", "hidden", "link & hidden")
def _rising_exponent(z: Any) -> Any:
    """The sign in the exponent is turned round.

    The curve then falls where it should rise, or grows where it should vanish.

    Hint: Try a large positive score by hand. Should the exponential grow or vanish?

    Met: beginners' sigmoids, and softmax with exp(-Z).
    """
    return activations.sigmoid(-z)


@slip("minus-for-plus", "link", "hidden")
def _minus_exponential(z: Any) -> Any:
    """A minus stands where a plus belongs, or a plus where a minus does.

    With the wrong one of the two, the result leaves the range that it may have.

    Hint: Put in the score 0. What should come out, and what does?
    """
    return 1 / (1 - np.exp(-z))


@slip("missing-parentheses", "link")
def _one_over_one(z: Any) -> Any:
    """Parentheses are missing, so Python reads the formula in another order.

    Division binds tighter than addition: 1 / 1 + e is 1 + e, and 1 - y * a is 1 - (y * a).

    Hint: Which part of your line does the division, or the minus, really reach?

    Met: Cross Validated, "GD for logistic regression isn't stable": exp(1 + b.x) for 1 + exp(b.x).
    """
    return 1 / 1 + np.exp(-z)


@slip("missing-parentheses", "link")
def _one_inside_exp(z: Any) -> Any:
    return np.exp(z) / np.exp(1 + z)


@slip("missing-parentheses", "link")
def _division_first(z: Any) -> Any:
    return np.exp(z) / 1 + np.exp(z)


@slip("missing-parentheses", "terms")
def _label_without_parentheses(y: Any, log_p: Any, log_q: Any) -> Any:
    return y * log_p + 1 - y * log_q


@slip("missing-reciprocal", "link")
def _denominator(z: Any) -> Any:
    """Only the denominator is returned.

    The formula is one divided by this.

    Hint: Can a probability be larger than 1?
    """
    return 1 + np.exp(-z)


@slip("missing-exp", "link")
def _no_exp(z: Any) -> Any:
    """The exponential is left out.

    Scores may be negative; the exponential is what makes them positive before they are shared out.

    Hint: What happens to your formula when a score is negative?
    """
    return 1 / (1 - z)


slip("missing-exp", "link")(lambda z: 1 / (1 + np.abs(z)))


@slip("missing-exp", "link")
def _no_exp_plus(z: Any) -> Any:
    return 1 / (1 + z)


@slip("thresholded-too-early", "link", "hidden")
def _step_function(z: Any) -> Any:
    """A probability is rounded to 0 or 1 before it is used.

    What comes next needs to know how sure the model was; a label has forgotten it.

    Hint: Where does a 0.51 become the same as a 0.99?

    Met: source 004, whose loss and gradient see thresholded predictions.
    """
    return (z > 0) * 1.0


@slip("tanh-for-sigmoid", "link", "hidden")
def _tanh(z: Any) -> Any:
    """The hyperbolic tangent, or its derivative, stands for the sigmoid's.

    tanh runs from -1 to 1, the sigmoid from 0 to 1, and at 0 it is a quarter as steep: it equals
    (1 + tanh(z/2))/2.

    Hint: What are the limits of your function on both sides, and what is its slope at 0?

    Met: two-layer tutorials copied from a network with tanh units.
    """
    return np.tanh(z)


slip("tanh-for-sigmoid", "link", "hidden")(lambda z: (np.tanh(z) + 1) / 2)


@slip("relu-for-sigmoid", "link", "hidden")
def _relu(z: Any) -> Any:
    """A rectifier stands for the sigmoid.

    max(0, z) has no upper limit, and its slope is 0 or 1.

    Hint: What does your function return for a score of 5?
    """
    return np.maximum(z, 0.0)


@slip("sigmoid-twice", "link", "hidden", "logits")
def _sigmoid_twice(z: Any) -> Any:
    """The sigmoid is applied twice.

    What arrives has been through the sigmoid (or will go through it): once more squeezes it into
    the range from 0.5 to 0.73.

    Hint: Is the number that you feed to the sigmoid a score, or already a probability?

    Met: source 000 mixes the two conventions: sigmoid_derivative expects sigma(z) and is given z1.
    """
    return activations.sigmoid(activations.sigmoid(z))


@slip("sigmoid-twice", "probability")
def _sigmoid_of_probability(p: Any) -> Any:
    return activations.sigmoid(p)


@slip("sigmoid-twice", "slope")
def _slope_of_sigmoid(z: Any) -> Any:
    return activations.sigmoid_derivative(activations.sigmoid(z))


@slip("sigmoid-twice", "error", only={"logistic_gradient", "two_layer_gradient"})
def _probability_for_score(p: Any, y: Any) -> Any:  # autograd, given a probability for a score
    return (activations.sigmoid(p) - y) * p * (1 - p)


@slip("absolute-value", "link")
def _one_branch(z: Any) -> Any:
    """An absolute value, or the wrong branch of a case by sign, hides a sign.

    A positive and a negative number then count alike.

    Hint: Which number loses its sign in your code? Should the answer change with it?

    Met: half-finished stable sigmoids.
    """
    return activations.sigmoid(np.abs(z))


@slip("overflow", "link")
def _exp_over_exp(z: Any) -> Any:
    """An exponential overflows.

    exp of a number above 709.78 is infinite, and what follows infinite or nan. The same formula
    can be arranged so that only exponentials of negative numbers appear.

    Hint: Which exponential in your formula grows without limit, and for which sign of the score?

    Met: textbook formulas typed as they stand; oreilly-japan/deep-learning-from-scratch writes the
    shifted form instead.
    """
    return np.exp(z) / (1 + np.exp(z))


@slip("derivative-for-function", "link")
def _derivative(z: Any) -> Any:
    """The derivative of the sigmoid stands where the sigmoid itself is wanted.

    The derivative is a hill, at most 1/4; the sigmoid climbs from 0 to 1.

    Hint: What should come out for a very large score?
    """
    return activations.sigmoid_derivative(z)


@slip("function-for-derivative", "slope")
def _function(z: Any) -> Any:
    """One factor of the derivative is missing.

    The slope of the sigmoid is a product of two factors, one for each side.

    Hint: The slope must vanish far to the left and far to the right. Does yours?
    """
    return activations.sigmoid(z)


@slip("function-for-derivative", "slope")
def _other_factor(z: Any) -> Any:
    return activations.sigmoid(-z)


@slip("wrong-base", "link", "hidden")
def _power_of_two(z: Any) -> Any:
    """The exponential has another base than e.

    Log-odds are natural logarithms here, so only e turns them back into odds.

    Hint: Which number is raised to the power?
    """
    return 1 / (1 + 2.0**-z)


@slip("wrong-base", "link", "hidden")
def _power_of_ten(z: Any) -> Any:
    return 1 / (1 + 10.0**-z)


for _e in (2.7, 2.71, 2.718, 2.7182, 2.72, 3.0):
    slip("wrong-base", "link", alone=True)(lambda z, e=_e: 1 / (1 + e**-z))
    slip("wrong-base", "normalize", alone=True)(lambda Z, e=_e: activations.softmax(Z * np.log(e)))


@slip("softmax-for-sigmoid", "link")
def _softmax_of_vector(z: Any) -> Any:
    """The samples compete with each other: a softmax over the scores stands for the sigmoid.

    Each sample has a probability of its own; those of different samples need not sum to 1.

    Hint: Should the answer for one sample change when another sample does?
    """
    return activations.softmax(z)


@slip("z-for-sigmoid", "slope")
def _of_z(z: Any) -> Any:
    """The score z is used where sigma(z) is wanted.

    s * (1 - s) is the slope only if s is the probability. With the score itself it is a parabola
    that runs to minus infinity.

    Hint: Which of your variables is the score and which the probability?

    Met: source 000: sigmoid_derivative(fx) expects sigma(z) but is called with z1.
    """
    return z * (1 - z)


@slip("z-for-sigmoid", "slope")
def _half_of_z(z: Any) -> Any:
    return activations.sigmoid(z) * (1 - z)


@slip("z-for-sigmoid", "slope")
def _other_half_of_z(z: Any) -> Any:
    return z * activations.sigmoid(-z)


slip("minus-for-plus", "link")(lambda z: np.exp(z) / (1 - np.exp(z)))


@slip("minus-for-plus", "slope")
def _plus_for_minus(z: Any) -> Any:
    return activations.sigmoid(z) * (1 + activations.sigmoid(z))


slip("missing-parentheses", "slope", only={"sigmoid_derivative"})(
    lambda z: np.zeros(np.shape(z))  # s * 1 - s
)
slip("wrong-sign-in-exponent", "slope")(lambda z: np.exp(z) * activations.sigmoid(z) ** 2)
slip("wrong-sign-in-exponent", "slope")(lambda z: np.exp(-z) * activations.sigmoid(-z) ** 2)


@slip("wrong-sign", "slope")
def _negative_slope(z: Any) -> Any:
    return -activations.sigmoid_derivative(z)


@slip("squared-factor", "slope")
def _square(z: Any) -> Any:
    """One factor is used twice, where two different factors belong.

    The slope of the sigmoid is p (1 - p), not the square of p or of 1 - p.

    Hint: Put in p = 0.1, then 0.9. The product is the same for both; is yours?
    """
    return activations.sigmoid(z) ** 2


@slip("squared-factor", "slope")
def _other_square(z: Any) -> Any:
    return activations.sigmoid(-z) ** 2


@slip("tanh-for-sigmoid", "slope")
def _tanh_slope(z: Any) -> Any:
    return 1 - np.tanh(z) ** 2


@slip("tanh-for-sigmoid", "slope")
def _tanh_slope_of_sigmoid(z: Any) -> Any:
    return 1 - activations.sigmoid(z) ** 2


@slip("relu-for-sigmoid", "slope")
def _relu_slope(z: Any) -> Any:
    return (z > 0) * 1.0


@slip("missing-slope", "slope")
def _no_slope(z: Any) -> Any:
    """The slope of the activation is left out of the chain rule.

    The error passes through the hidden sigmoid on its way back, and is multiplied by its slope.

    Hint: Name every function between the loss and this weight. Is each one's derivative there?
    """
    return np.ones(np.shape(z))


@slip("overflow", "slope")
def _overflowing_slope(z: Any) -> Any:
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@slip("overflow", "slope")
def _overflowing_slope_upwards(z: Any) -> Any:
    return np.exp(z) / (1 + np.exp(z)) ** 2


@slip("coarse-difference", "slope")
def _coarse_difference(z: Any, h: float = 1e-3) -> Any:
    """A difference quotient with a coarse step stands for the derivative.

    It is an approximation; its error shrinks with the step only as long as rounding allows.

    Hint: Which formula is exact and needs no small step?
    """
    return (activations.sigmoid(z + h) - activations.sigmoid(z)) / h


for _h in (0.1, 0.01, 1e-4, 1e-5):
    slip("coarse-difference", "slope", alone=True)(lambda z, h=_h: _coarse_difference(z, h))
