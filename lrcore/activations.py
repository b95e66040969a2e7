"""Sigmoid, softmax and their logarithms: from scores to probabilities.

Written as in most textbooks, these functions overflow, or lose their digits, once a score reaches a
few dozen or a few hundred.  Here each is the same formula, rearranged so that it does not; the
comment above a line names the identity that makes the line true.  The work is done in float64 and
rounded once, to the type that came in.  Floating-point flags stay silent, because an underflow to
zero and an infinity are correct answers here.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ._validation import Floats, as_axis, as_floats


def _widened(name: str, value: ArrayLike) -> tuple[Floats, np.dtype[Any]]:
    """Return `value` in float64 (or wider), and the type to round the result to."""
    array = as_floats(name, value)
    return array.astype(np.result_type(array, np.float64), copy=False), array.dtype


def _narrowed(result: Floats, dtype: DTypeLike) -> Any:
    return result.astype(dtype, copy=False)[()]


@np.errstate(all="ignore")
def sigmoid(z: ArrayLike) -> Any:
    r"""Turn a score into a probability: the logistic function.

    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^z}{1 + e^z}

    Parameters
    ----------
    z : array_like, any shape
        Scores (logits); integers are taken as float64.

    Returns
    -------
    float or ndarray, the shape of `z`
        Probabilities in [0, 1], of the floating type of `z`.

    Raises
    ------
    ValueError
        If `z` does not consist of real numbers.

    Notes
    -----
    :doc:`Chapter 1 </01_a_line_that_speaks_in_probabilities>` of the book derives it.

    ``1 / (1 + exp(-z))`` overflows below -709.78, and returns 0 from there down to -745, where the
    true value is still a positive float.  Taking the exponential of ``-abs(z)`` overflows nowhere:
    :doc:`chapter 4 </04_the_derivative_of_the_sigmoid>` derives it so, and :doc:`chapter 14
    </14_numbers_that_break>` measures it.

    References
    ----------
    P.-F. Verhulst, "Notice sur la loi que la population suit dans son accroissement",
    Correspondance mathématique et physique 10, 1838, pp. 113-121.

    Examples
    --------
    >>> sigmoid(0.0)
    np.float64(0.5)
    >>> print(sigmoid([-1000, -2, 2, 1000]).round(4))
    [0.     0.1192 0.8808 1.    ]
    """
    z, dtype = _widened("z", z)
    # sigma(z) = 1/(1 + e^-z) for z >= 0 and e^z/(1 + e^z) for z < 0: both need only e^-|z| <= 1
    e = np.exp(-np.abs(z))
    # e <= 1, so max(e, [z >= 0]) is the 1 or the e that belongs above the line, without a branch
    return _narrowed(np.maximum(e, z >= 0) / (1.0 + e), dtype)


@np.errstate(all="ignore")
def sigmoid_derivative(z: ArrayLike) -> Any:
    r"""Differentiate the sigmoid at `z`, a score and not a probability.

    .. math:: \sigma'(z) = \sigma(z)\,\sigma(-z) = \frac{e^{-|z|}}{(1 + e^{-|z|})^2}

    Parameters
    ----------
    z : array_like, any shape
        Scores (logits).

    Returns
    -------
    float or ndarray, the shape of `z`
        Slopes in [0, 1/4], of the floating type of `z`.

    Raises
    ------
    ValueError
        If `z` does not consist of real numbers.

    Notes
    -----
    The familiar ``s * (1 - s)`` with ``s = sigmoid(z)`` is exact algebra and poor arithmetic: above
    z = 37 ``s`` has been rounded to 1 and the product is 0.  Much code passes ``s`` where ``z`` is
    meant, or the other way round; this function takes ``z``.
    :doc:`Chapter 4 </04_the_derivative_of_the_sigmoid>` of the book derives it.

    Examples
    --------
    >>> sigmoid_derivative(0.0)
    np.float64(0.25)
    >>> print(f"{sigmoid_derivative(40.0):.3e}")
    4.248e-18
    """
    z, dtype = _widened("z", z)
    # sigma'(z) is even: sigma(z) sigma(-z) = e / (1 + e)^2 with e = e^-|z|: nothing is subtracted
    e = np.exp(-np.abs(z))
    # (1 + e)^2 = 1 + e (2 + e): only the last addition is rounded at full size
    return _narrowed(e / (1.0 + e * (2.0 + e)), dtype)


@np.errstate(all="ignore")
def log_sigmoid(z: ArrayLike) -> Any:
    r"""Take the logarithm of the sigmoid, to full accuracy in both tails.

    .. math:: \log\sigma(z) = -\log(1 + e^{-z}) = \min(z, 0) - \log(1 + e^{-|z|})

    Parameters
    ----------
    z : array_like, any shape
        Scores (logits).

    Returns
    -------
    float or ndarray, the shape of `z`
        Logarithms of probabilities, in nats, all <= 0, of the floating type of `z`.

    Raises
    ------
    ValueError
        If `z` does not consist of real numbers.

    Notes
    -----
    ``log(sigmoid(z))`` is -inf below -745 and 0 above 37; the true values there are about ``z`` and
    ``-exp(-z)``.  :doc:`Chapter 2 </02_likelihood_to_cross_entropy>` of the book meets it as the
    loss of one sample, :doc:`chapter 14 </14_numbers_that_break>` measures it.

    References
    ----------
    M. Mächler, "Accurately computing ``log(1 - exp(-|a|))``", vignette of the R package Rmpfr,
    2012, equation (10).

    Examples
    --------
    >>> print(log_sigmoid([-1000.0, 0.0]).round(4))
    [-1.000e+03 -6.931e-01]
    >>> print(f"{log_sigmoid(50.0):.3e}")
    -1.929e-22
    """
    z, dtype = _widened("z", z)
    # log sigma(z) = min(z, 0) - log(1 + e^-|z|): two terms of one sign, and log1p keeps a tiny e
    return _narrowed(np.minimum(z, 0.0) - np.log1p(np.exp(-np.abs(z))), dtype)


def _below_the_largest(name: str, Z: ArrayLike, axis: int) -> tuple[Floats, Floats, Floats, Any]:
    """Measure every score from the largest one along `axis`.

    Returns the distances ``Z - max`` (exactly 0 for one winner), their exponentials, the sum of
    those exponentials without the winner's 1, and the type to round to.
    """
    Z, dtype = _widened(name, Z)
    axis = as_axis("axis", axis, Z)
    winner = np.expand_dims(np.argmax(Z, axis=axis), axis)
    largest = np.take_along_axis(Z, winner, axis)
    distance = Z - largest
    # Knuth's two-sum: distance + lost = Z - largest exactly
    shifted_back = distance - Z
    lost = (Z - (distance - shifted_back)) - (largest + shifted_back)
    np.put_along_axis(distance, winner, np.where(np.isnan(largest), np.nan, 0.0), axis)
    # e^(d + r) = e^d (1 + r) for r this small; without it e^d is off by up to |d|/2 units
    exponentials = np.exp(distance) * (1.0 + np.where(np.isfinite(lost), lost, 0.0))
    others = exponentials.copy()
    np.put_along_axis(others, winner, 0.0, axis)
    # NumPy adds pairwise along the last axis only; elsewhere the error grows with every class
    total = np.ascontiguousarray(np.moveaxis(others, axis, -1)).sum(axis=-1)
    return distance, exponentials, np.expand_dims(total, axis), dtype


@np.errstate(all="ignore")
def logsumexp(Z: ArrayLike, axis: int = -1) -> Any:
    r"""Take the logarithm of a sum of exponentials: the soft maximum.

    .. math:: \log \sum_k e^{z_k} = m + \log\Bigl(1 + \sum_{k \ne k^*} e^{z_k - m}\Bigr),
       \qquad m = z_{k^*} = \max_k z_k

    Parameters
    ----------
    Z : array_like, shape (..., n_classes) for the default `axis`
        Scores (logits).
    axis : int, default -1
        The axis that is summed over.

    Returns
    -------
    float or ndarray, the shape of `Z` without `axis`
        The soft maximum, in the units of the scores (nats), of the floating type of `Z`.

    Raises
    ------
    ValueError
        If `Z` does not consist of real numbers, or has no such `axis`, or no entry along it.

    Notes
    -----
    A shift of all scores shifts the result by as much: :math:`\operatorname{lse}(z + c) =
    \operatorname{lse}(z) + c`.  It is the softmax that stays the same.  :doc:`Chapter 14
    </14_numbers_that_break>` of the book derives the formula.

    References
    ----------
    P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and softmax
    functions", IMA Journal of Numerical Analysis 41(4), 2021, pp. 2311-2330, equation (1.5),
    doi:10.1093/imanum/draa038.

    Examples
    --------
    >>> print(f"{logsumexp([1000.0, 1000.0]):.4f}")
    1000.6931
    """
    _, _, others, dtype = _below_the_largest("Z", Z, axis)
    largest = np.max(as_floats("Z", Z), axis=axis)
    # log(e^m (1 + others)) = m + log1p(others); an infinite m is the limit by itself
    finite = largest + np.log1p(np.squeeze(others, axis))
    return _narrowed(np.where(np.isinf(largest), largest, finite), dtype)


@np.errstate(all="ignore")
def softmax(Z: ArrayLike, axis: int = -1) -> Any:
    r"""Turn the scores of several classes into probabilities that sum to one.

    .. math:: p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}

    Parameters
    ----------
    Z : array_like, shape (..., n_classes) for the default `axis`
        Scores (logits).
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray, the shape of `Z`
        Probabilities in [0, 1] that sum to 1 along `axis`, of the floating type of `Z`.

    Raises
    ------
    ValueError
        If `Z` does not consist of real numbers, or has no such `axis`, or no entry along it.

    Notes
    -----
    A shift of all scores cancels, so the largest is subtracted first and ``exp`` cannot overflow.
    The subtraction itself is rounded, which would cost e^-500 some 250 units in the last place; the
    rounding error is known exactly and is put back.  One score at +inf wins outright; where two do,
    there is no limit and the result is nan.  :doc:`Chapter 10 </10_more_than_two_classes>` of the
    book derives it.

    References
    ----------
    P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and softmax
    functions", IMA Journal of Numerical Analysis 41(4), 2021, pp. 2311-2330, section 3,
    doi:10.1093/imanum/draa038.

    Examples
    --------
    >>> print(softmax([1000.0, 1001.0, 1002.0]).round(4))
    [0.09   0.2447 0.6652]
    """
    _, exponentials, others, dtype = _below_the_largest("Z", Z, axis)
    # e^z_k / sum_j e^z_j = e^(z_k - m) / (1 + others)
    return _narrowed(exponentials / (1.0 + others), dtype)


@np.errstate(all="ignore")
def log_softmax(Z: ArrayLike, axis: int = -1) -> Any:
    r"""Take the logarithm of the softmax, to full accuracy also for the winner.

    .. math:: \log p_k = z_k - m - \log\Bigl(1 + \sum_{j \ne k^*} e^{z_j - m}\Bigr),
       \qquad m = z_{k^*} = \max_j z_j

    Parameters
    ----------
    Z : array_like, shape (..., n_classes) for the default `axis`
        Scores (logits).
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray, the shape of `Z`
        Logarithms of probabilities, in nats, all <= 0, of the floating type of `Z`.

    Raises
    ------
    ValueError
        If `Z` does not consist of real numbers, or has no such `axis`, or no entry along it.

    Notes
    -----
    ``Z - logsumexp(Z)`` subtracts two nearly equal numbers for the winning class, and returns 0
    where the true value is a small negative number.  Leaving the winner's 1 to ``log1p`` keeps it.
    :doc:`Chapter 10 </10_more_than_two_classes>` of the book derives it, :doc:`chapter 14
    </14_numbers_that_break>` measures it.

    Examples
    --------
    >>> print(" ".join(f"{value:.4g}" for value in log_softmax([0.0, 40.0])))
    -40 -4.248e-18
    """
    distance, _, others, dtype = _below_the_largest("Z", Z, axis)
    # log(e^d / (1 + others)) = d - log1p(others): two terms of one sign
    return _narrowed(distance - np.log1p(others), dtype)
