"""Functions, and one pass of loss and gradient over the rows, beside SciPy, NumPy and PyTorch."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import numpy as np
import scipy.special
import torch
from sklearn._loss import HalfBinomialLoss
from sklearn.linear_model._linear_loss import LinearModelLoss

import lrcore
from lrcore._fitting.objectives import LinearObjective, Logistic
from lrcore._fitting.rows import Rows, Units

from .timing import Work

Row = tuple[str, str, Work, Work]


def rows() -> Iterator[Row]:
    """Yield what is compared, with whom, our call, their call."""
    z = np.random.default_rng(0).normal(scale=5, size=1_000_000)
    yield (
        "sigmoid, 1e6 scores",
        "SciPy expit",
        partial(lrcore.sigmoid, z),
        partial(scipy.special.expit, z),
    )
    yield (
        "log_sigmoid, 1e6 scores",
        "NumPy logaddexp",
        partial(lrcore.log_sigmoid, z),
        partial(np.logaddexp, 0, -z),
    )
    for n_samples in (10, 100, 1000):
        point = (*_data(n_samples, 5), np.ones(5), 0.5)
        yield (
            f"logistic_gradient, {n_samples} x 5",
            "our own loop",
            partial(lrcore.logistic_gradient, *point),
            partial(lrcore.logistic_gradient_loop, *point),
        )
    for n_samples, n_features in ((1000, 10), (1_000_000, 64)):
        yield from _passes(n_samples, n_features)
    yield "import lrcore", "import numpy", partial(_import, "lrcore"), partial(_import, "numpy")


def _data(n_samples: int, n_features: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(n_samples, n_features)), rng.integers(0, 2, n_samples)


def _passes(n_samples: int, n_features: int) -> Iterator[Row]:
    X, y = _data(n_samples, n_features)
    w = np.ones(n_features) / n_features
    rows, units = Rows(X, y, np.full(n_samples, 1 / n_samples)), Units.none(n_features)
    ours = LinearObjective(rows, Logistic(), np.zeros(n_features), units, fit_intercept=False)
    peer = LinearModelLoss(base_loss=HalfBinomialLoss(), fit_intercept=False)
    name = f"loss and gradient, {n_samples} x {n_features}"
    target = y.astype(np.float64)
    yield (
        name,
        "scikit-learn's loss",
        partial(ours.value_and_gradient, w),
        partial(peer.loss_gradient, w, X, target),
    )
    tensors = torch.from_numpy(X), torch.from_numpy(target), torch.from_numpy(w)
    yield (
        name,
        "PyTorch autograd",
        partial(ours.value_and_gradient, w),
        partial(_autograd, *tensors),
    )


def _autograd(X: torch.Tensor, y: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    w = w.clone().requires_grad_()
    torch.nn.functional.binary_cross_entropy_with_logits(X @ w, y).backward()
    return w.grad


def _import(module: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
