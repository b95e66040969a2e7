"""The losses that a fit makes small, each as a function of one flat vector of parameters.

An objective knows the model and its rows; a solver knows neither, and sees only this::

    objective.n_params                        the length of the vector
    objective.value_and_gradient(theta)       the loss there, and its slopes
    objective.value_gradient_hessian(theta)   and the matrix of second derivatives (linear models)
    objective.of_rows(rows)                   the loss of a mini-batch, an estimate of the whole

Each row has a share of the loss, and the shares sum to one: they are 1/n_samples unless samples
have weights.  A linear model is two things, and each does not know the other: scores that are
linear in the parameters (:class:`LinearObjective`), and what the loss makes of the scores of a row
(:class:`Logistic`, :class:`Softmax`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations
from typing import Self, cast

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from lrcore._validation import Floats
from lrcore.activations import log_sigmoid, sigmoid, sigmoid_derivative, softmax

from .rows import Data, Labels, Rows, Units

_LOGARITHMS_IN_ONE = 512  # so many factors of at most 2 do not overflow


class Logistic:
    """The binary cross-entropy of one score for each row: ``Z`` has shape (1, n_samples)."""

    basis = np.ones((1, 1))  # the parameters are the weights

    def loss_and_slopes(self, Z: Floats, y: Labels, shares: Floats) -> tuple[float, Floats]:
        """Return the loss, and its slope for each score."""
        signs = 2.0 * y - 1.0
        margins = signs * Z[0]
        # -log sigma(m) = log(1 + e^-|m|) - min(m, 0), with the slope -sigma(-m): p - 1 for y = 1
        # and, turned by the sign, p for y = 0; so it is p - y, and nothing is subtracted
        tail = np.exp(-np.abs(margins))
        loss = _sum_of_logs(tail, shares) - shares @ np.minimum(margins, 0.0)
        slopes = -shares * signs * np.where(margins > 0, tail, 1.0) / (1.0 + tail)
        return float(loss), slopes[None]

    def curvatures(self, Z: Floats, shares: Floats) -> Iterator[tuple[Floats, Floats]]:
        """Yield how the loss curves for each row, and along which direction of parameters."""
        yield shares * sigmoid_derivative(Z[0]), np.ones(1)

    def margins(self, Z: Floats, y: Labels) -> Floats:
        """Return the score of each row's own class: positive where it is right."""
        return (2 * y - 1) * Z[0]


class Softmax:
    """The softmax cross-entropy of a score for each class: ``Z`` has shape (n_classes, n_samples).

    The same number added to the scores of all classes changes nothing.  So the weights of each
    column can sum to zero, and K - 1 numbers tell all K of them: they multiply the columns of
    `basis`, which are of length one, at right angles to each other, and sum to zero.
    """

    def __init__(self, n_classes: int, *, free: bool = True) -> None:
        ones = np.ones((1, n_classes))
        self.basis: Floats = scipy.linalg.null_space(ones) if free else np.eye(n_classes)

    def loss_and_slopes(self, Z: Floats, y: Labels, shares: Floats) -> tuple[float, Floats]:
        """Return the loss, and its slope for each score."""
        own = y, np.arange(len(y))
        Z = Z - Z.max(axis=0)
        P = np.exp(Z)
        total = P.sum(axis=0)
        loss = shares @ (np.log(total) - Z[own])
        P /= total
        P[own] -= 1.0
        return float(loss), P * shares

    def curvatures(self, Z: Floats, shares: Floats) -> Iterator[tuple[Floats, Floats]]:
        """Yield how the loss curves for each row, and along which direction of parameters."""
        P = softmax(Z, axis=0)
        # dp_k/dz_m = -p_k p_m for m != k, and dp_k/dz_k = p_k (1 - p_k) = sum of the p_k p_m:
        # each pair of classes gives p_k p_m (e_k - e_m)(e_k - e_m)^T, and nothing is subtracted
        for k, m in combinations(range(len(P)), 2):
            yield shares * P[k] * P[m], self.basis[k] - self.basis[m]

    def margins(self, Z: Floats, y: Labels) -> Floats:
        """Return by how much each row's own class outscores each other one."""
        others = y != np.arange(len(Z))[:, None]
        return np.asarray((Z[y, np.arange(len(y))] - Z)[others])


def _sum_of_logs(e: Floats, shares: Floats) -> float:
    """Return the sum of ``shares * log(1 + e)``, for `e` from 0 to 1."""
    if (shares != shares[0]).any():
        return float(shares @ np.log1p(e))
    # a sum of logarithms is the logarithm of a product, and a product takes a tenth of the time
    products = np.multiply.reduceat(1.0 + e, np.arange(0, len(e), _LOGARITHMS_IN_ONE))
    return float(shares[0] * np.log(products).sum())


@dataclass(frozen=True)
class LinearObjective:
    r"""The mean loss of scores that are linear, with a penalty for each column.

    .. math:: L(V, c) = \sum_i s_i \ell\bigl(V^\top x_i + c,\, y_i\bigr)
       + \tfrac12 \sum_{j,k} \lambda_j V_{jk}^2

    The columns of x are those of the rows in `units`.  The vector of parameters is V, of shape
    (n_features, width of the basis), row after row, and then c, if there is a bias.
    """

    rows: Data
    scores: Logistic | Softmax
    penalty: Floats
    units: Units
    fit_intercept: bool = True

    @property
    def n_params(self) -> int:
        return self.n_columns * self.scores.basis.shape[1]

    @property
    def n_columns(self) -> int:
        return len(self.penalty) + self.fit_intercept

    def of_rows(self, rows: slice | NDArray[np.intp]) -> Self:
        """Estimate this loss from some of its rows, which must be in memory."""
        return replace(self, rows=cast(Rows, self.rows).some(rows))

    def sample(self, wanted: int) -> tuple[Self, Self | None]:
        """Estimate this loss from so many rows, and from as many others if there are others."""
        some, others = self.rows.sample(wanted)
        return replace(self, rows=some), replace(self, rows=others) if others else None

    def with_copied_rows(self) -> Self:
        """Return the same loss, of rows that are in its units themselves."""
        rows = self.rows.in_units(self.units)
        return replace(self, rows=rows, units=Units.none(rows.n_features))

    def in_units(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return weights of shape (n_features, n_scores) and biases, for columns in units."""
        V = theta.reshape(self.n_columns, -1) @ self.scores.basis.T
        n_features = len(self.penalty)
        return V[:n_features], V[n_features] if self.fit_intercept else np.zeros(V.shape[1])

    def weights(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return weights of shape (n_features, n_scores) and biases, for columns as they came."""
        return self.units.weights(*self.in_units(theta))

    def value_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        W, b = self.weights(theta)
        total = self.rows.total(partial(_loss_and_slopes, self.scores, W, b))
        penalty = self.penalty_on_each
        grad_b, grad_W = total[1 : 1 + len(b)], total[1 + len(b) :].reshape(W.shape)
        gradient = np.empty((self.n_columns, len(b)))
        gradient[: len(W)] = self.units.slopes(grad_W, grad_b)
        gradient[len(W) :] = grad_b
        value = float(total[0] + 0.5 * penalty @ theta**2)
        return value, (gradient @ self.scores.basis).ravel() + penalty * theta

    def hessian(self, theta: Floats) -> Floats:
        return self.value_gradient_hessian(theta)[2]

    def value_gradient_hessian(self, theta: Floats) -> tuple[float, Floats, Floats]:
        V, c = self.in_units(theta)
        of_block = partial(_up_to_hessian, self.scores, V, c, self.units, self.n_columns)
        total = self.rows.total(of_block)
        penalty = self.penalty_on_each
        value = float(total[0] + 0.5 * penalty @ theta**2)
        gradient, hessian = np.split(total[1:], [self.n_params])
        hessian = hessian.reshape(self.n_params, self.n_params) + np.diag(penalty)
        return value, gradient + penalty * theta, hessian

    def margins(self, theta: Floats) -> tuple[float, float]:
        """Return the smallest and the largest lead of a row's own class over another one."""
        of_block = partial(_leads, self.scores, *self.weights(theta))
        smallest, largest = self.rows.total(of_block, np.minimum)
        return float(smallest), float(-largest)

    def triangle(self) -> Floats:
        """Return R with ``R.T @ R = A.T @ A``: the rank of all columns A, and none is squared."""
        of_block = partial(_triangle, self.units, self.n_columns)
        return np.asarray(self.rows.total(of_block, _triangle_of_both))

    @cached_property
    def penalty_on_each(self) -> Floats:
        free = np.zeros(int(self.fit_intercept))
        return np.repeat(np.append(self.penalty, free), self.scores.basis.shape[1])


# What a block of rows gives to each sum.  These functions know nothing but what they are given, so
# they can be sent to where the rows are.


def _loss_and_slopes(
    scores: Logistic | Softmax, W: Floats, b: Floats, X: Floats, y: Labels, shares: Floats
) -> Floats:
    loss, slopes = scores.loss_and_slopes(W.T @ X.T + b[:, None], y, shares)
    return np.concatenate([[loss], slopes.sum(axis=1), (X.T @ slopes.T).ravel()])


def _up_to_hessian(
    scores: Logistic | Softmax,
    V: Floats,
    c: Floats,
    units: Units,
    n_columns: int,
    X: Floats,
    y: Labels,
    shares: Floats,
) -> Floats:
    A = units.columns(X)
    Z = V.T @ A.T + c[:, None]
    loss, slopes = scores.loss_and_slopes(Z, y, shares)
    gradient = np.empty((n_columns, len(slopes)))
    gradient[: A.shape[1]] = A.T @ slopes.T
    gradient[A.shape[1] :] = slopes.sum(axis=1)
    curvatures, along = zip(*scores.curvatures(Z, shares), strict=True)
    grams = [_gram(A, curvature, n_columns) for curvature in curvatures]
    pairs = [np.outer(d, d) for d in along]
    hessian = np.tensordot(grams, pairs, (0, 0)).swapaxes(1, 2)
    return np.concatenate([[loss], (gradient @ scores.basis).ravel(), hessian.ravel()])


def _gram(A: Floats, weights: Floats, n_columns: int) -> Floats:
    """Return ``A.T @ diag(weights) @ A``, for `A` with the column of ones."""
    roots = np.sqrt(weights)
    half = np.empty((n_columns, len(A)))
    np.multiply(A.T, roots, out=half[: A.shape[1]])
    half[A.shape[1] :] = roots
    return half @ half.T  # a matrix times its own transpose is half the work


def _leads(
    scores: Logistic | Softmax, W: Floats, b: Floats, X: Floats, y: Labels, shares: Floats
) -> Floats:
    leads = scores.margins(W.T @ X.T + b[:, None], y)
    return np.array([leads.min(), -leads.max()])


def _triangle(units: Units, n_columns: int, X: Floats, y: Labels, shares: Floats) -> Floats:
    A = np.ones((len(X), n_columns))
    A[:, : X.shape[1]] = units.columns(X)
    return _triangle_of_both(A, A[:0])


def _triangle_of_both(A: Floats, B: Floats) -> Floats:
    return scipy.linalg.qr(np.vstack([A, B]), mode="r")[0][: A.shape[1]]


@dataclass(frozen=True)
class TwoLayerObjective:
    r"""The mean binary cross-entropy of a network with one hidden layer of sigmoids.

    .. math:: L = -\sum_i s_i \log\sigma\bigl((2y_i - 1)\, z_i\bigr), \qquad
       z = \sigma(X W_1 + b_1) W_2 + b_2

    The vector of parameters is W1, b1, W2, b2, each row after row, one behind the other.
    """

    rows: Rows
    n_hidden: int

    @property
    def n_params(self) -> int:
        return (self.rows.X.shape[1] + 2) * self.n_hidden + 1

    def of_rows(self, rows: slice | NDArray[np.intp]) -> Self:
        """Estimate this loss from some of its rows."""
        return replace(self, rows=self.rows.some(rows))

    def parts(self, theta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return W1, b1, W2 and b2."""
        n = self.n_hidden
        W1, b1, W2, b2 = np.split(theta, [-2 * n - 1, -n - 1, -1])
        return W1.reshape(-1, n), b1, W2.reshape(n, 1), b2

    def value_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        W1, b1, W2, b2 = self.parts(theta)

        def of_block(X: Floats, y: Labels, shares: Floats) -> Floats:
            Z1 = X @ W1 + b1
            A = sigmoid(Z1)
            z2 = (A @ W2 + b2)[:, 0]
            loss = -shares @ log_sigmoid((2 * y - 1) * z2)
            # from the output back to the input: each line is the chain rule through one layer
            grad_z2 = (shares * (sigmoid(z2) - y))[:, None]
            grad_Z1 = grad_z2 @ W2.T * sigmoid_derivative(Z1)
            parts = X.T @ grad_Z1, grad_Z1.sum(axis=0), A.T @ grad_z2, grad_z2.sum(axis=0)
            return np.concatenate([[loss], *(part.ravel() for part in parts)])

        total = self.rows.total(of_block)
        return float(total[0]), total[1:]


Objective = LinearObjective | TwoLayerObjective
