"""Known mistakes in the softmax and in its loss."""

from typing import Any

import numpy as np

from lrcore import activations

from .recipes import share
from .slips import slip


@slip("no-max-shift", "normalize")
def _unshifted(Z: Any) -> Any:
    """The largest score is not subtracted before the exponential.

    exp of 1000 is infinite, and infinity divided by infinity is nan. A shift of all scores of a row
    changes no probability, so the largest may be made 0.

    Hint: Which number can you subtract from every score of a row without changing the result?

    Met: source 004; apache/singa pull request 540; open-edge-platform/geti pull request 1507.
    """
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


@slip("wrong-axis", "normalize")
def _down_the_columns(Z: Any) -> Any:
    """The wrong axis is used.

    Rows are samples: what belongs to one sample lies along axis 1, and sums over samples run along
    axis 0.

    Hint: Take a table with 2 rows and 3 columns. Which way do your sums run?

    Met: apache/singa pull request 540.
    """
    return activations.softmax(Z, axis=0)


@slip("sum-over-whole-table", "normalize")
def _whole_table(Z: Any) -> Any:
    """The sum, or the maximum, runs over the whole table, where each row needs its own.

    Every sample's probabilities sum to 1 by themselves; other samples have no say in them.

    Hint: Add up one row of your result. Is it 1?

    Met: the answer in apache/singa pull request 540, written for one vector.
    """
    return np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum()


slip("sum-over-whole-table", "normalize")(lambda Z: np.exp(Z) / np.exp(Z).sum())
slip("sum-over-whole-table", "normalize")(
    lambda Z: (
        np.exp(Z - Z.max(axis=1, keepdims=True)) / np.exp(Z - Z.max(axis=1, keepdims=True)).sum()
    )
)


@slip("sum-over-whole-table", "normalize")
def _shift_by_the_whole(Z: Any) -> Any:
    shifted = np.exp(Z - Z.max())
    return shifted / shifted.sum(axis=1, keepdims=True)


@slip("missing-keepdims", "normalize")
def _without_keepdims(Z: Any) -> Any:
    """A sum over an axis has lost that axis, and the division broadcasts the wrong way.

    Dividing (n, k) by (n,) pairs the sums with the columns; it fails, or with n = k is silently
    wrong. keepdims=True keeps the shape (n, 1).

    Hint: Print the shape of the sum. Which shape lets each row be divided by its own?

    Met: oreilly-japan/deep-learning-from-scratch issue 45; DeNA/HandyRL pull request 209.
    """
    shifted = np.exp(Z - Z.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1)


@slip("missing-keepdims", "normalize")
def _neither_keepdims(Z: Any) -> Any:
    shifted = np.exp(Z - Z.max(axis=1))
    return shifted / shifted.sum(axis=1)


@slip("missing-keepdims", "normalize")
def _unshifted_without_keepdims(Z: Any) -> Any:
    return np.exp(Z) / np.exp(Z).sum(axis=1)


@slip("missing-keepdims", "normalize")
def _max_without_keepdims(Z: Any) -> Any:
    shifted = np.exp(Z - Z.max(axis=1))
    return shifted / shifted.sum(axis=1, keepdims=True)


@slip("wrong-axis", "normalize")
def _max_down_the_columns(Z: Any) -> Any:
    shifted = np.exp(Z - Z.max(axis=0))
    return shifted / shifted.sum(axis=1, keepdims=True)


@slip("wrong-axis", "normalize")
def _sum_down_the_columns(Z: Any) -> Any:
    shifted = np.exp(Z - Z.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=0)


@slip("wrong-axis", "normalize")
def _unshifted_down_the_columns(Z: Any) -> Any:
    return np.exp(Z) / np.exp(Z).sum(axis=0)


@slip("divided-by-max", "normalize")
def _divided(Z: Any) -> Any:
    """The scores are divided by the largest, where it should be subtracted.

    A shift cancels in the quotient of exponentials; a scale does not.

    Hint: What does exp(a - b) become as a quotient, and what exp(a / b)?
    """
    return activations.softmax(Z / Z.max(axis=1, keepdims=True))


slip("missing-exp", "normalize")(lambda Z: Z / Z.sum(axis=1, keepdims=True))
slip("missing-exp", "normalize", alone=True)(lambda Z: np.exp(Z) / Z.sum(axis=1, keepdims=True))
slip("missing-exp", "normalize")(lambda Z: np.abs(Z) / np.abs(Z).sum(axis=1, keepdims=True))


slip("missing-exp", "normalize")(
    lambda Z: (
        (Z - Z.min(axis=1, keepdims=True))
        / (Z - Z.min(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
    )
)
for _k in range(1, 9):
    slip("epsilon-in-denominator", "normalize", alone=True)(
        lambda Z, e=10.0**-_k: (
            activations.softmax(Z)
            / (1 + e / np.exp(Z - Z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
        )
    )


@slip("missing-exp", "normalize")
def _shifted_without_exp(Z: Any) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted / shifted.sum(axis=1, keepdims=True)


slip("wrong-sign-in-exponent", "normalize")(lambda Z: activations.softmax(-Z))
slip("wrong-base", "normalize")(lambda Z: activations.softmax(Z * np.log(2)))
slip("wrong-base", "normalize")(lambda Z: activations.softmax(Z * np.log(10)))


@slip("sigmoid-for-softmax", "normalize")
def _sigmoid_of_each(Z: Any) -> Any:
    """Each class has a sigmoid of its own, where the classes should share one probability.

    Sigmoids do not know of each other, so a row need not sum to 1.

    Hint: Add up one row of your result. Is it 1?
    """
    return activations.sigmoid(Z)


@slip("missing-normalization", "normalize")
def _not_normalized(Z: Any) -> Any:
    """The exponentials are not divided by their sum.

    They are weights, not yet probabilities.

    Hint: Add up one row of your result. Is it 1?
    """
    return np.exp(Z - Z.max(axis=1, keepdims=True))


slip("missing-normalization", "normalize")(np.exp)


@slip("missing-softmax", "normalize")
def _scores(Z: Any) -> Any:
    """The softmax is left out: scores stand where probabilities are wanted.

    Scores are any real numbers; the softmax makes probabilities of them.

    Hint: Which line of your code makes each row sum to 1?
    """
    return Z


@slip("log-softmax", "normalize", only={"softmax", "softmax_gradient"})
def _log_softmax(Z: Any) -> Any:
    """The logarithm of the softmax stands for the softmax.

    Probabilities are not negative.

    Hint: Which sign do your numbers have?
    """
    return activations.log_softmax(Z)


@slip("thresholded-too-early", "normalize")
def _hardmax(Z: Any) -> Any:
    return np.eye(Z.shape[1])[Z.argmax(axis=1)]


@slip("softmax-twice", "normalize")
def _softmax_twice(Z: Any) -> Any:
    """The softmax is applied twice.

    The second one takes probabilities for scores and makes them almost equal.

    Hint: Is what you feed to the softmax a score, or already a probability?

    Met: PyTorch's CrossEntropyLoss fed with softmaxed outputs.
    """
    return activations.softmax(activations.softmax(Z))


@slip("shift-only-above", "normalize")
def _numerator_shifted(Z: Any) -> Any:
    """The shift is made above the line and not below.

    It cancels only if numerator and denominator are shifted alike.

    Hint: Compare the exponentials that you divide with those that you add up.
    """
    return np.exp(Z - Z.max(axis=1, keepdims=True)) / np.exp(Z).sum(axis=1, keepdims=True)


slip("shift-only-above", "normalize")(
    lambda Z: np.exp(Z) / np.exp(Z - Z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
)


@slip("mean-for-sum", "normalize")
def _by_mean(Z: Any) -> Any:
    """A mean stands where a sum is wanted.

    Divided by their mean, the entries of a row sum to their number.

    Hint: Add up one row of your result. Is it 1?
    """
    return activations.softmax(Z) * Z.shape[1]


@slip("euclidean-norm", "normalize")
def _by_norm(Z: Any) -> Any:
    """The exponentials are divided by their Euclidean length, where their sum is wanted.

    Probabilities sum to 1; it is not their squares that do.

    Hint: Add up one row of your result. Is it 1?
    """
    shifted = np.exp(Z - Z.max(axis=1, keepdims=True))
    return shifted / np.sqrt((shifted**2).sum(axis=1, keepdims=True))


@slip("mean-over-all-entries", "pick")
def _all_entries(Y: Any, log_P: Any) -> Any:
    """The mean runs over all entries of a table, where it should run over its rows only.

    A mean over n times k entries is k times too small.

    Hint: By which number do you divide in the end, and how many samples are there?

    Met: source 004, whose printed iris loss is 3 times too small.
    """
    return share(Y, log_P)


@slip("binary-terms", "pick")
def _both_terms(Y: Any, log_P: Any) -> Any:
    """The formula for two classes is used for many.

    With a softmax, the probability of the true class says everything; the other classes' terms are
    not added.

    Hint: How many logarithms should count for one sample?

    Met: FluxML/Flux.jl issue 139, where the two formulas are told apart.
    """
    return (share(Y, log_P) + share(1 - Y, np.log1p(-np.exp(log_P)))).sum(axis=1)


slip("wrong-axis", "pick")(lambda Y, log_P: share(Y, log_P).sum(axis=0))


@slip("predicted-for-true-class", "pick")
def _predicted(Y: Any, log_P: Any) -> Any:
    """The predicted class is looked at, where the true one is wanted.

    The loss then praises whatever the model says.

    Hint: Which argument tells you the right class?
    """
    return log_P.max(axis=1)


slip("missing-labels", "pick")(lambda Y, log_P: log_P.sum(axis=1))
