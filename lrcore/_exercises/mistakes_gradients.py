"""Known mistakes in gradients: errors, transposes, axes, averages."""

from typing import Any

import numpy as np

from lrcore import activations

from .recipes import column, loss_slope, softmax_gradient, two_layer_gradient
from .slips import mistake, slip

BINARY = {"logistic_gradient", "two_layer_gradient", "two_layer_step", "fit", "fit_l2"}


# The score and the error ----------------------------------------------------------------------


@slip("missing-bias", "score")
def _no_bias(X: Any, w: Any, b: Any) -> Any:
    """The bias is left out of the score.

    The boundary then always passes through the origin.

    Hint: Which of the arguments does your score not depend on?
    """
    return X @ w


@slip("wrong-sign-of-bias", "score")
def _minus_bias(X: Any, w: Any, b: Any) -> Any:
    """The bias is subtracted, where it should be added.

    The score is X w + b here, not a threshold that X w must pass.

    Hint: What does a larger bias do to the probability?
    """
    return X @ w - b


slip("wrong-sign", "error")(lambda p, y: y - p)


@slip("extra-sigmoid-derivative", "error", only=BINARY | {"newton_step"})
def _times_slope(p: Any, y: Any) -> Any:
    """The error is multiplied by the slope of the sigmoid once too often.

    p - y is already the derivative with respect to the score: the logarithm in the loss cancels the
    slope. With the extra factor it is (up to 2) the gradient of the squared error.

    Hint: Derive dL/dz on paper. What is left of p (1 - p)?

    Met: networks trained with squared error and then given another loss.
    """
    return (p - y) * p * (1 - p)


@slip("diagonal-jacobian", "error", only={"softmax_gradient"})
def _diagonal(P: Any, Y: Any) -> Any:
    """Only the diagonal of the softmax's Jacobian is used, or a factor P (1 - P) too much.

    Each score moves all probabilities of its row. Together with the logarithm, the whole Jacobian
    leaves no more than P - Y.

    Hint: How does the probability of class 1 change when the score of class 2 does?

    Met: ML-From-Scratch, Softmax.gradient, which returns p (1 - p).
    """
    return (P - Y) * P * (1 - P)


slip("diagonal-jacobian", "error", only={"softmax_gradient"})(lambda P, Y: Y * (P - 1))


@slip("missing-chain-rule", "error")
def _by_probability(p: Any, y: Any) -> Any:
    """The derivative with respect to p is taken for the one with respect to the score.

    Between the two stands the derivative of the sigmoid, or of the softmax, by the chain rule.

    Hint: dL/dz is dL/dp times what?
    """
    return (p - y) / (p * (1 - p))


slip("missing-chain-rule", "error", only={"softmax_gradient"})(lambda P, Y: -Y / P)


@slip("squared-error", "error")
def _squared_error(p: Any, y: Any) -> Any:
    return (p - y) ** 2


slip("squared-error", "error", only=BINARY)(lambda p, y: 2 * (p - y) * p * (1 - p))
slip("absolute-value", "error")(lambda p, y: np.abs(p - y))


@slip("plus-for-minus", "error")
def _plus(p: Any, y: Any) -> Any:
    """A plus stands where a minus belongs.

    The error is a difference: zero where prediction and truth agree.

    Hint: What should the error of a perfect prediction be?
    """
    return p + y


@slip("missing-labels", "error")
def _no_truth(p: Any, y: Any) -> Any:
    return p


@slip("loss-for-gradient", "error", only=BINARY)
def _loss(p: Any, y: Any) -> Any:
    """The loss itself stands where its derivative is wanted.

    Descending needs the slope of the loss, not its height.

    Hint: What is the derivative of the logarithm?
    """
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


slip("thresholded-too-early", "error")(
    lambda p, y: (p >= 0.5) * 1.0 - y if p.ndim == 1 else np.eye(p.shape[1])[p.argmax(1)] - y
)

# The derivative with respect to p -------------------------------------------------------------

slip("loss-for-gradient", "loss_slope")(lambda y, p: -(y * np.log(p) + (1 - y) * np.log(1 - p)))
slip("wrong-sign", "loss_slope")(lambda y, p: -loss_slope(y, p))
slip("wrong-sign-inside", "loss_slope")(lambda y, p: y / p + (1 - y) / (1 - p))
slip("wrong-sign-inside", "loss_slope")(lambda y, p: -y / p - (1 - y) / (1 - p))
slip("missing-class", "loss_slope")(lambda y, p: -y / p)
slip("missing-class", "loss_slope")(lambda y, p: (1 - y) / (1 - p))
slip("flipped-labels", "loss_slope")(lambda y, p: loss_slope(1 - y, p))
slip("flipped-labels", "loss_slope")(lambda y, p: -y / (1 - p) + (1 - y) / p)
slip("plus-for-minus", "loss_slope")(lambda y, p: (p - y) / (p * (1 + p)))
slip("missing-labels", "loss_slope")(lambda y, p: -1 / p + 1 / (1 - p))
slip("zero-times-infinity", "loss_slope")(lambda y, p: (p - y) / (p * (1 - p)))
slip("zero-times-infinity", "loss_slope")(lambda y, p: -y / p + (1 - y) / (1 - p))
slip("squared-error", "loss_slope")(lambda y, p: 2 * (p - y))


@slip("gradient-of-logits", "loss_slope")
def _of_logits(y: Any, p: Any) -> Any:
    """The derivative with respect to the score is given, where the one for p is asked.

    p - y is dL/dz. Before the slope of the sigmoid cancels it, dL/dp has a denominator.

    Hint: With respect to which variable do you differentiate?

    Met: many tutorials remember only the final p - y.
    """
    return p - y


@slip("multiplied-for-divided", "loss_slope")
def _multiplied(y: Any, p: Any) -> Any:
    """It is multiplied by p (1 - p), where it should be divided by it.

    The derivative of a logarithm is a reciprocal: it grows where the probability is small.

    Hint: What is the derivative of log p?
    """
    return (p - y) * p * (1 - p)


@slip("missing-denominator", "loss_slope")
def _only_p(y: Any, p: Any) -> Any:
    """A part of the denominator is missing.

    The two classes bring 1/p and 1/(1 - p); over a common denominator both factors stand below.

    Hint: Add the two fractions on paper.
    """
    return (p - y) / p


slip("missing-denominator", "loss_slope")(lambda y, p: (p - y) / (1 - p))
slip("missing-parentheses", "loss_slope")(lambda y, p: (p - y) / p * (1 - p))
slip("missing-parentheses", "loss_slope")(lambda y, p: p - y / (p * (1 - p)))
slip("squared-factor", "loss_slope")(lambda y, p: (p - y) / p**2)


def _with_epsilon(epsilon: float) -> Any:
    return lambda y, p: -y / (p + epsilon) + (1 - y) / (1 - p + epsilon)


def _over_epsilon(epsilon: float) -> Any:
    return lambda y, p: (p - y) / (p * (1 - p) + epsilon)


for _k in range(1, 17):
    slip("epsilon-in-denominator", "loss_slope", alone=True)(_with_epsilon(10.0**-_k))
    slip("epsilon-in-denominator", "loss_slope", alone=True)(_over_epsilon(10.0**-_k))


@slip("epsilon-in-denominator", "loss_slope")
def _shifted_denominator(y: Any, p: Any) -> Any:
    """A small number is added to the denominator.

    Probabilities then no longer sum to 1; a gradient is capped where it should be largest, at a
    confident mistake.

    Hint: Where is your denominator almost 0, and what does the added number change elsewhere?
    """
    return (p - y) / (p * (1 - p) + 1e-9)


@mistake("swapped-arguments", "binary_cross_entropy_gradient")
def _swapped(y: Any, p: Any) -> Any:
    return loss_slope(p, y) / len(y)


@mistake("swapped-arguments", "binary_cross_entropy_gradient")
def _swapped_fraction(y: Any, p: Any) -> Any:
    return (y - p) / (y * (1 - y)) / len(y)


# From errors to gradients ---------------------------------------------------------------------


@slip("missing-transpose", "weigh")
def _as_it_stands(X: Any, error: Any) -> Any:
    """A transpose is missing.

    The gradient has the shape of the parameter: a row of X.T for each feature, a sum over samples.
    Without it the shapes fit only by accident, when the table is square.

    Hint: Write the shapes below the product. Which axis do you sum over?

    Met: scikit-learn and PyTorch keep their weights transposed to each other; d2l exercises.
    """
    return X @ error


slip("missing-transpose", "back")(lambda errors, W2: errors @ W2)


@slip("row-against-table", "weigh", only={"logistic_gradient", "fit", "fit_l2"})
def _error_beside_features(X: Any, error: Any) -> Any:
    """The errors stand beside the features, where each belongs to a sample.

    NumPy aligns shapes at the right: error * X gives feature j the error of sample j, or stops.

    Hint: Which axis of X has as many entries as there are errors?

    Met: source 003, whose dW is dZ * X.
    """
    return np.sum(error * X, axis=0)


@slip("not-summed", "weigh")
def _per_sample(X: Any, error: Any) -> Any:
    """The contributions of the samples are not added up.

    One gradient for each sample comes back, where one for all of them is wanted.

    Hint: Which shape does the parameter have, and which has your gradient?

    Met: source 003, whose db is never summed and whose dW is dZ * X.
    """
    return X * np.reshape(error, (len(X), -1))


slip("not-summed", "gather")(lambda error: error)
slip("not-summed", "gather")(lambda error: error * len(error))  # nor divided
slip("wrong-axis", "gather")(lambda error: np.sum(error, axis=-1))
slip("wrong-axis", "gather")(lambda error: np.mean(error, axis=-1) * len(error))
slip("sum-not-mean", "weigh")(lambda X, error: len(X) * X.T @ error)
slip("sum-not-mean", "gather")(lambda error: len(error) * np.sum(error, axis=0))
slip("wrong-axis", "weigh")(lambda X, error: (X * np.reshape(error, (len(X), -1))).sum(axis=1))


@slip("summed-too-far", "gather", only={"softmax_gradient", "two_layer_gradient", "two_layer_step"})
def _to_one_number(error: Any) -> Any:
    """Too much is added up: one number stands where several are wanted.

    np.sum without an axis adds up the whole table; each parameter needs its own sum over samples.

    Hint: How many parameters are there, and how many numbers did you return?
    """
    return np.sum(error)


slip("summed-too-far", "weigh")(lambda X, error: np.sum(X.T @ error))


@slip("inputs-ignored", "weigh")
def _errors_only(X: Any, error: Any) -> Any:
    """The inputs are left out of the weights' gradient.

    A weight's share of the error is the error times the input that the weight was multiplied by.

    Hint: What is the derivative of the score with respect to the weight?
    """
    return np.zeros_like(X.T @ error) + np.sum(error, axis=0)


@slip("missing-bias-gradient", "gather", only=BINARY)
def _errors_times_nothing(error: Any) -> Any:
    """The bias gets no gradient.

    Its derivative is the error itself, because the score contains the bias with a factor of 1.

    Hint: What is the derivative of the score with respect to the bias?
    """
    return 0.0 * np.sum(error, axis=0)


slip("missing-bias-gradient", "gather", only={"softmax_gradient"})(
    lambda error: 0 * np.sum(error, axis=0)
)


@slip("last-sample-only", "gather")
def _last(error: Any) -> Any:
    """Only one sample counts.

    In a loop, an = stands where a += (or an append, or out[i] =) belongs, or a return has slipped
    into the loop.

    Hint: What does your variable hold when the loop has ended?

    Met: Cross Validated, "GD for logistic regression isn't stable": a line outside its loop.
    """
    return error[-1]


slip("last-sample-only", "gather")(lambda error: error[0])
slip("wrong-sign", "gather", alone=True)(lambda error: -np.sum(error, axis=0))
slip("wrong-sign", "weigh", alone=True)(lambda X, error: -X.T @ error)
slip("last-sample-only", "weigh")(lambda X, error: X[-1:].T @ error[-1:])
slip("last-sample-only", "weigh")(lambda X, error: X[:1].T @ error[:1])


def _total(total: Any, rows: Any) -> Any:
    return total


slip("sum-not-mean", "average")(_total)
slip("extra-factor", "average")(lambda total, rows: total / (2 * len(rows)))
slip("extra-factor", "average")(lambda total, rows: 2 * total / len(rows))
slip("divided-by-n-minus-one", "average")(lambda total, rows: total / (len(rows) - 1))


@slip("averaged-twice", "average")
def _twice(total: Any, rows: Any) -> Any:
    """The mean is taken twice.

    The sum is divided by the number of samples once and no more.

    Hint: Count the divisions by n, and the calls of np.mean.
    """
    return total / len(rows) ** 2


@slip("divided-by-n-features", "average")
def _features(total: Any, rows: Any) -> Any:
    """The sum over the samples is divided by another count than theirs.

    The mean runs over the samples: the rows of X, X.shape[0].

    Hint: Which of the two numbers in X.shape is the number of samples?

    Met: handson-ml, an early notebook, where both counts were 3 and nobody noticed.
    """
    return total / np.shape(rows)[-1]


slip("mean-over-all-entries", "average")(lambda total, rows: total / np.size(rows))
mistake("mean-over-all-entries", "softmax_gradient")(
    lambda X, Y, W, b: tuple(part / Y.shape[1] for part in softmax_gradient(X, Y, W, b))
)


@slip("multiplied-by-n", "average")
def _multiplied_by_n(total: Any, rows: Any) -> Any:
    """The sum is multiplied by the number of samples, where it should be divided.

    A mean lies among its values.

    Hint: What happens to your answer when every sample is given twice?
    """
    return total * len(rows)


# Loops that count the rows unequally: an error times its weight -------------------------------


@slip("rows-left-out", "error", only={"logistic_gradient"})
def _without_an_odd_row(p: Any, y: Any) -> Any:
    """Some rows are left out: the first, the last, or those that fill no block.

    Each row belongs into the sum once; a last block may be shorter than the others.

    Hint: List the row numbers that your loop visits, for an odd number of rows. Is each there?
    """
    return (p - y) * (np.arange(len(p)) < len(p) // 2 * 2)


slip("rows-left-out", "error", only={"logistic_gradient"}, alone=True)(
    lambda p, y: (p - y) * (np.arange(len(p)) > 0)
)
slip("rows-left-out", "error", only={"logistic_gradient"}, alone=True)(
    lambda p, y: (p - y) * (np.arange(len(p)) < len(p) - 1)
)


def _by_blocks(error: Any, size: int) -> Any:
    """Give the rows the weights that they have in a mean of the means of blocks."""
    blocks = np.arange(len(error)) // size
    return error * len(error) / np.bincount(blocks)[blocks] / (blocks[-1] + 1)


@slip("mean-of-means", "error", only={"logistic_gradient"})
def _mean_of_means(p: Any, y: Any) -> Any:
    """A mean of the means of blocks stands for the mean of all rows.

    A last block with fewer rows then counts as much as a full one.

    Hint: How much does the last row count if it is a block of its own?

    Met: chapter 16; losses that are averaged over mini-batches.
    """
    return _by_blocks(p - y, 2)


for _size in (3, 4):
    slip("mean-of-means", "error", only={"logistic_gradient"}, alone=True)(
        lambda p, y, size=_size: _by_blocks(p - y, size)
    )


@slip("divided-in-the-loop", "error", only={"logistic_gradient"})
def _divided_in_the_loop(p: Any, y: Any) -> Any:
    """The division by the number of rows stands inside the loop.

    What the first row handed in is divided again and again, the last row's share only once.

    Hint: How often is the first row's share divided, and how often the last one's?

    Met: chapter 6, a line that is indented too far.
    """
    n = len(p)
    return (p - y) * n / float(n) ** (n - np.arange(n))


# The hidden layer -----------------------------------------------------------------------------


@slip("missing-output-weights", "back")
def _no_weights(errors: Any, W2: Any) -> Any:
    """The weights of the output are left out on the way back.

    A hidden unit shares the error in proportion to the weight that carries it to the output.

    Hint: How strongly does the output depend on each hidden unit?
    """
    return errors * np.ones(len(W2))


def _layers(X: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    Z1 = X @ W1 + b1
    A = activations.sigmoid(Z1)
    z2 = A @ W2 + b2
    return Z1, A, z2, activations.sigmoid(z2) - column(y)


def _gradients(X: Any, A: Any, inner: Any, outer: Any) -> Any:
    n = len(X)
    return X.T @ inner / n, inner.sum(axis=0) / n, A.T @ outer / n, outer.sum(axis=0) / n


@mistake("slope-at-wrong-layer", "two_layer_gradient")
def _outer_slope(X: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    """The slope of the activation is taken at another layer's score.

    The error that enters the hidden layer meets the hidden activation, at the hidden score.

    Hint: Which score went into the sigmoid that you are passing through?
    """
    _, A, z2, outer = _layers(X, y, W1, b1, W2, b2)
    return _gradients(X, A, outer @ W2.T * activations.sigmoid_derivative(z2), outer)


@mistake("wrong-layer-input", "two_layer_gradient")
def _scores_for_activations(X: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    """A layer's weights get the wrong input in their gradient.

    The input of the second layer is the hidden activation, after the sigmoid.

    Hint: Which array was multiplied by this weight on the way forward?
    """
    Z1, A, _, outer = _layers(X, y, W1, b1, W2, b2)
    return _gradients(X, Z1, outer @ W2.T * A * (1 - A), outer)


@mistake("missing-error", "two_layer_gradient")
def _without_error(X: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    """The error of the output does not reach the hidden layer.

    The chain rule multiplies by everything that lies between the loss and the weight.

    Hint: Does the first layer's gradient vanish when the prediction is perfect?
    """
    _, A, _, outer = _layers(X, y, W1, b1, W2, b2)
    return _gradients(X, A, W2.T * A * (1 - A), outer)


@mistake("reversed-outputs", "two_layer_gradient")
def _second_layer_first(*arguments: Any) -> Any:
    """The results come back in another order than asked.

    Each is right, in another's place.

    Hint: Compare your return line with the signature of the exercise.
    """
    grad_W1, grad_b1, grad_W2, grad_b2 = two_layer_gradient(*arguments)
    return grad_W2, grad_b2, grad_W1, grad_b1
