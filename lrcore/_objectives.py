"""The losses that a fit makes small, each as a function of one flat vector of parameters.

An objective knows the model and its rows; a solver knows neither, and sees only this::

    objective.n_params                        the length of the vector
    objective.value_and_gradient(theta)       the loss there, and its slopes
    objective.value_gradient_hessian(theta)   and the matrix of second derivatives (linear models)
    objective.of_rows(rows)                   the loss of a mini-batch, an estimate of the whole

Each row has a share of the loss, and the shares sum to one: they are 1/n_samples unless samples
have weights.  The bias of a linear model is the weight of a column of ones, without a penalty.
"""

from collections.abc import Iterator
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ._validation import Floats
from .activations import log_sigmoid, log_softmax, sigmoid, sigmoid_derivative, softmax

_BLOCK = 2**21  # bytes of X in a block of rows


class _OverRows:
    """Rows, the index of each row's class, and each row's share of the loss."""

    def __init__(self, X: Floats, y: NDArray[np.intp], shares: Floats, n_params: int) -> None:
        self.X, self.y, self.shares, self.n_params = X, y, shares, n_params

    def blocks(self) -> Iterator[slice]:
        """Cut the rows into blocks that fit the cache: a pass then reads each from memory once."""
        size = max(1, _BLOCK // max(1, self.X[:1].nbytes))
        for start in range(0, len(self.X), size):
            yield slice(start, start + size)

    def of_rows(self, rows: NDArray[np.intp]) -> Self:
        """Estimate this loss from some of its rows."""
        part = copy(self)
        part.X, part.y = self.X[rows], self.y[rows]
        part.shares = self.shares[rows] * (len(self.y) / len(rows))
        return part


class LogisticObjective(_OverRows):
    r"""The mean binary cross-entropy of one linear score, with a penalty for each column.

    .. math:: L(\theta) = -\sum_i s_i \log\sigma\bigl((2y_i - 1)\, x_i^\top\theta\bigr)
       + \tfrac12 \sum_j \lambda_j \theta_j^2
    """

    def __init__(self, X: Floats, y: NDArray[np.intp], shares: Floats, penalty: Floats) -> None:
        super().__init__(X, y, shares, n_params=X.shape[1])
        self.penalty = penalty

    def value_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        loss, gradient = 0.5 * self.penalty @ theta**2, self.penalty * theta
        for rows in self.blocks():
            X, shares, signs = self.X[rows], self.shares[rows], 2.0 * self.y[rows] - 1.0
            margins = signs * (X @ theta)
            # -log sigma(margin) has the slope -sigma(-margin): p - 1 for y = 1 and, turned by the
            # sign, p for y = 0; so it is p - y, and nothing is subtracted
            loss -= shares @ log_sigmoid(margins)
            gradient -= (shares * signs * sigmoid(-margins)) @ X
        return float(loss), gradient

    def value_gradient_hessian(self, theta: Floats) -> tuple[float, Floats, Floats]:
        hessian = np.diag(self.penalty)
        for rows in self.blocks():
            X = self.X[rows]
            curvature = self.shares[rows] * sigmoid_derivative(X @ theta)
            hessian += (X.T * curvature) @ X
        return *self.value_and_gradient(theta), hessian

    def margins(self, theta: Floats) -> Floats:
        """Return the score of each row's own class: positive where `theta` is right."""
        return (2 * self.y - 1) * (self.X @ theta)


class SoftmaxObjective(_OverRows):
    r"""The mean softmax cross-entropy of a linear score per class, with a penalty for each column.

    .. math:: L(W) = -\sum_i s_i \log\operatorname{softmax}(W^\top x_i)_{y_i}
       + \tfrac12 \sum_{j,k} \lambda_j W_{jk}^2

    The vector of parameters is W, of shape (n_columns, n_classes), row after row.
    """

    def __init__(
        self, X: Floats, y: NDArray[np.intp], shares: Floats, penalty: Floats, n_classes: int
    ) -> None:
        super().__init__(X, y, shares, n_params=X.shape[1] * n_classes)
        self.penalty, self.n_classes = penalty, n_classes

    def value_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        W, Z, own = self._weights(theta), self._scores(theta), self._own_class()
        loss = -self.shares @ log_softmax(Z)[own] + 0.5 * self.penalty @ (W**2).sum(axis=1)
        gradient = (
            self.X.T @ (self.shares[:, None] * (softmax(Z) - own)) + self.penalty[:, None] * W
        )
        return float(loss), gradient.ravel()

    def value_gradient_hessian(self, theta: Floats) -> tuple[float, Floats, Floats]:
        P, size = softmax(self._scores(theta)), (self.X.shape[1], self.n_classes)
        hessian = np.zeros(size + size)
        for k in range(self.n_classes):
            for m in range(k):
                # dp_k/dz_m = -p_k p_m for m != k
                block = (self.X.T * (self.shares * P[:, k] * P[:, m])) @ self.X
                hessian[:, k, :, m] = hessian[:, m, :, k] = -block
                # dp_k/dz_k = p_k (1 - p_k) = sum of p_k p_m over the others: nothing is subtracted
                hessian[:, k, :, k] += block
                hessian[:, m, :, m] += block
        penalty = np.diag(np.repeat(self.penalty, self.n_classes))
        return *self.value_and_gradient(theta), hessian.reshape(penalty.shape) + penalty

    def margins(self, theta: Floats) -> Floats:
        """Return by how much each row's own class outscores each other one."""
        Z, own = self._scores(theta), self._own_class()
        return (Z[own][:, None] - Z)[~own]

    def _weights(self, theta: Floats) -> Floats:
        return theta.reshape(-1, self.n_classes)

    def _scores(self, theta: Floats) -> Floats:
        return self.X @ self._weights(theta)

    def _own_class(self) -> NDArray[np.bool_]:
        """Return the one-hot rows of the labels, which also pick one entry of each row."""
        return self.y[:, None] == np.arange(self.n_classes)


class TwoLayerObjective(_OverRows):
    r"""The mean binary cross-entropy of a network with one hidden layer of sigmoids.

    .. math:: L = -\sum_i s_i \log\sigma\bigl((2y_i - 1)\, z_i\bigr), \qquad
       z = \sigma(X W_1 + b_1) W_2 + b_2

    The vector of parameters is W1, b1, W2, b2, each row after row, one behind the other.
    """

    def __init__(self, X: Floats, y: NDArray[np.intp], shares: Floats, n_hidden: int) -> None:
        super().__init__(X, y, shares, n_params=(X.shape[1] + 2) * n_hidden + 1)
        self.n_hidden = n_hidden

    def parts(self, theta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return W1, b1, W2 and b2."""
        n = self.n_hidden
        W1, b1, W2, b2 = np.split(theta, [-2 * n - 1, -n - 1, -1])
        return W1.reshape(-1, n), b1, W2.reshape(n, 1), b2

    def value_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        W1, b1, W2, b2 = self.parts(theta)
        Z1 = self.X @ W1 + b1
        A = sigmoid(Z1)
        z2 = (A @ W2 + b2)[:, 0]
        loss = -self.shares @ log_sigmoid((2 * self.y - 1) * z2)
        # from the output back to the input: each line is the chain rule through one layer
        grad_z2 = (self.shares * (sigmoid(z2) - self.y))[:, None]
        grad_Z1 = grad_z2 @ W2.T * sigmoid_derivative(Z1)
        gradients = self.X.T @ grad_Z1, grad_Z1.sum(axis=0), A.T @ grad_z2, grad_z2.sum(axis=0)
        return float(loss), np.concatenate([g.ravel() for g in gradients])


LinearObjective = LogisticObjective | SoftmaxObjective
Objective = LinearObjective | TwoLayerObjective
