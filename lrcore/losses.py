"""Losses: from labels and predictions to one number, the mean over samples, in nats.

Truth comes first.  Nothing is clipped: a certain and right prediction costs 0, a certain and wrong
one costs infinity, and a loss is never negative.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._validation import (
    Floats,
    as_class_indices,
    as_count,
    as_double,
    as_floats,
    check_not_empty,
    check_shape,
    check_unit_interval,
)
from .activations import log_softmax

_ROUNDING_OF_A_SUM = 1e-5  # how far a row of probabilities may be from summing to 1


def _mean(losses: Floats) -> float:
    """Average losses; where only their sum is too large for a float, divide before adding."""
    mean = np.mean(losses)
    if np.isinf(mean):
        mean = np.minimum(np.sum(losses / losses.size), np.max(losses))
    return float(mean)


def one_hot(y: ArrayLike, n_classes: int | None = None) -> NDArray[np.float64]:
    """Write class indices as rows that hold a single 1.

    Parameters
    ----------
    y : array_like, shape (n_samples,)
        Class indices: whole numbers from 0 to ``n_classes - 1``.
    n_classes : int, optional
        Number of columns; ``max(y) + 1`` if not given.

    Returns
    -------
    ndarray, shape (n_samples, n_classes)
        ``Y[i, k]`` is 1.0 where ``y[i] == k`` and 0.0 elsewhere.

    Raises
    ------
    ValueError
        If a label is not a whole number in range, or if `y` is empty and `n_classes` not given.

    Notes
    -----
    Give `n_classes` whenever a class may be missing from `y`: a batch without its last class would
    otherwise lose a column.  :doc:`Chapter 10 </10_more_than_two_classes>` of the book uses it.

    Examples
    --------
    >>> print(one_hot([2, 0], n_classes=3))
    [[0. 0. 1.]
     [1. 0. 0.]]
    """
    if n_classes is not None:
        n_classes = as_count("n_classes", n_classes, least=1)
    indices = as_class_indices("y", y, n_classes)
    if n_classes is None:
        check_not_empty("y", indices)
        n_classes = int(indices.max()) + 1
    Y = np.zeros((len(indices), n_classes))
    Y[np.arange(len(indices)), indices] = 1.0
    return Y


def _labels_and(name: str, y: ArrayLike, predictions: ArrayLike) -> tuple[Floats, Floats]:
    """Return labels in [0, 1] and predictions, both float64 and of exactly one shape."""
    labels = as_floats("y", y).astype(np.float64, copy=False)
    values = as_floats(name, predictions).astype(np.float64, copy=False)
    check_shape(name, values, labels.shape, "like y")
    check_not_empty("y", labels)
    check_unit_interval("y", labels)
    return labels, values


@np.errstate(all="ignore")
def squared_error(y: ArrayLike, p: ArrayLike) -> float:
    r"""Average the squared distance between label and probability (the Brier score).

    .. math:: L = \frac1n \sum_{i=1}^n (y_i - p_i)^2

    Parameters
    ----------
    y : array_like, shape (n_samples,)
        Labels in [0, 1].
    p : array_like, shape (n_samples,)
        Predicted probabilities of the label 1, in [0, 1].

    Returns
    -------
    float
        The mean squared error, in [0, 1]; there is no factor 1/2.

    Raises
    ------
    ValueError
        If a value lies outside [0, 1], the shapes differ, or there are no samples.

    Notes
    -----
    :doc:`Chapter 3 </03_why_not_squared_error>` of the book shows why it is the wrong loss to train
    a sigmoid with.

    References
    ----------
    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78(1), 1950, pp. 1-3.

    Examples
    --------
    >>> print(f"{squared_error([0, 1], [0.1, 0.7]):.2f}")
    0.05
    """
    y, p = _labels_and("p", y, p)
    check_unit_interval("p", p)
    return float(np.mean((y - p) ** 2))


@np.errstate(all="ignore")
def binary_cross_entropy(y: ArrayLike, p: ArrayLike) -> float:
    r"""Average the surprise at the labels, given probabilities: the log loss.

    .. math:: L = -\frac1n \sum_{i=1}^n \bigl[y_i \log p_i + (1 - y_i) \log(1 - p_i)\bigr]

    Parameters
    ----------
    y : array_like, shape (n_samples,)
        Labels in [0, 1]; 0 and 1 in classification.
    p : array_like, shape (n_samples,)
        Predicted probabilities of the label 1, in [0, 1].

    Returns
    -------
    float
        The mean loss in nats: 0 if every prediction was certain and right, inf if one was certain
        and wrong.

    Raises
    ------
    ValueError
        If a value lies outside [0, 1], the shapes differ, or there are no samples.

    See Also
    --------
    binary_cross_entropy_from_logits : the same loss from scores; more accurate, and finite
        for finite scores.

    Notes
    -----
    ``p`` is not clipped: adding 1e-10 inside the logarithm makes the loss of a perfect prediction
    negative, and clipping at 1e-7 caps the loss at 16.  A label of 0 removes its term even where
    the logarithm is infinite, because :math:`x \log x \to 0` as :math:`x \to 0`.  :doc:`Chapter 2
    </02_likelihood_to_cross_entropy>` derives it from the likelihood.

    References
    ----------
    I. J. Good, "Rational decisions", Journal of the Royal Statistical Society B 14(1), 1952,
    pp. 107-114.

    Examples
    --------
    >>> print(f"{binary_cross_entropy([0, 1], [0.1, 0.7]):.4f}")
    0.2310
    >>> binary_cross_entropy([1, 0], [1.0, 0.0])
    0.0
    >>> binary_cross_entropy([1], [0.0])
    inf
    """
    y, p = _labels_and("p", y, p)
    check_unit_interval("p", p)
    # log1p(-p) keeps the digits of a small p that 1 - p would round away
    if_one = np.where((y == 0) & (p == 0), 0.0, -y * np.log(p))
    if_zero = np.where((y == 1) & (p == 1), 0.0, -(1.0 - y) * np.log1p(-p))
    return _mean(if_one + if_zero)


@np.errstate(all="ignore")
def binary_cross_entropy_from_logits(y: ArrayLike, z: ArrayLike) -> float:
    r"""Average the surprise at the labels, given scores.

    .. math:: L = \frac1n \sum_{i=1}^n \bigl[\log(1 + e^{z_i}) - y_i z_i\bigr]

    Parameters
    ----------
    y : array_like, shape (n_samples,)
        Labels in [0, 1]; 0 and 1 in classification.
    z : array_like, shape (n_samples,)
        Scores (logits): any real numbers, infinities included.

    Returns
    -------
    float
        The mean loss in nats: what :func:`binary_cross_entropy` gives for ``sigmoid(z)``, without
        its rounding.

    Raises
    ------
    ValueError
        If a label lies outside [0, 1], the shapes differ, or there are no samples.

    Notes
    -----
    The formula above cancels for ``y = 1`` and a large score.  Split by the sign of ``z`` it is a
    sum of two terms that are never negative, so no digits are lost for any label or score.
    :doc:`Chapter 2 </02_likelihood_to_cross_entropy>` derives it.

    Examples
    --------
    >>> print(f"{binary_cross_entropy_from_logits([0, 1], [-40.0, 40.0]):.3e}")
    4.248e-18
    >>> binary_cross_entropy_from_logits([1], [-1000.0])
    1000.0
    """
    y, z = _labels_and("z", y, z)
    # log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), so the loss is log1p(e^-|z|)
    # plus |z| times the label's share that lies on the other side of the boundary
    wrong_share = np.where(z >= 0, 1.0 - y, y)
    charge = np.where(wrong_share == 0, 0.0, wrong_share * np.abs(z))  # 0 * inf is nan
    return _mean(charge + np.log1p(np.exp(-np.abs(z))))


@np.errstate(all="ignore")
def softmax_cross_entropy(y: ArrayLike, Z: ArrayLike) -> float:
    r"""Average the surprise at the true classes, given the scores of all classes.

    .. math:: L = -\frac1n \sum_{i=1}^n \sum_k y_{ik} \log \operatorname{softmax}(z_i)_k

    Parameters
    ----------
    y : array_like, shape (n_samples,) or (n_samples, n_classes)
        Class indices, or rows of probabilities such as one-hot rows.
    Z : array_like, shape (n_samples, n_classes)
        Scores (logits).

    Returns
    -------
    float
        The mean loss in nats, averaged over samples only, not over classes.

    Raises
    ------
    ValueError
        If `Z` is not 2-D or empty, if an index is out of range, or if rows of `y` do not fit `Z`,
        leave [0, 1] or do not sum to 1.

    Notes
    -----
    A mean over all entries of the table, as ``np.mean(Y * log_P)`` takes it, is ``n_classes`` times
    too small.  :doc:`Chapter 10 </10_more_than_two_classes>` of the book derives the loss from the
    categorical likelihood.

    Examples
    --------
    >>> print(f"{softmax_cross_entropy([2, 0], [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]):.4f}")
    0.7531
    """
    Z = as_double("Z", Z, 2)
    check_not_empty("Z", Z)
    Y = _class_probabilities("y", y, Z.shape, like="Z")
    log_P = log_softmax(Z)
    # 0 log 0 = 0: a class without a share in the truth costs nothing, however unlikely it was
    terms = np.where((Y == 0) & ~np.isnan(log_P), 0.0, -Y * log_P)
    return _mean(terms.sum(axis=1))


def _class_probabilities(name: str, y: ArrayLike, shape: tuple[int, ...], like: str) -> Floats:
    """Return the truth as rows of probabilities, whether it came as rows or as class indices."""
    truth = as_floats(name, y)
    if truth.ndim == 1:
        check_shape(name, truth, shape[:1], f"(one label for each row of {like})")
        return one_hot(truth, n_classes=shape[1])
    check_shape(name, truth, shape, f"like {like}, or class indices")
    check_unit_interval(name, truth)
    allowed = max(_ROUNDING_OF_A_SUM, float(np.finfo(truth.dtype).eps))  # float16 needs more
    truth = truth.astype(np.float64, copy=False)
    totals = truth.sum(axis=1)
    if np.any(np.abs(totals - 1) > allowed):
        row = int(np.argmax(np.abs(totals - 1) > allowed))
        raise ValueError(f"{name}: expected rows that sum to 1, got {totals[row]:g} in row {row}")
    return truth
