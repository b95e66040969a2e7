"""The book's data: real sets that scikit-learn ships, and made ones whose truth is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._validation import as_count


@dataclass(frozen=True)
class Dataset:
    """Inputs, labels, and what they mean.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_features)
        Inputs.
    y : ndarray of int, shape (n_samples,)
        Class indices.
    feature_names, class_names : tuple of str
        What the columns of `X` and the values of `y` stand for.
    source : str
        Where the data come from.
    """

    X: NDArray[np.float64]
    y: NDArray[np.intp]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    source: str


def load_breast_cancer() -> Dataset:
    """Load the Wisconsin diagnostic breast-cancer data, with 1 for malignant.

    Returns
    -------
    Dataset
        `X` of shape (569, 30): mean, standard error and worst value of ten measurements of the cell
        nuclei in an image; lengths are in the units of that image.  `y`: 1 malignant, 0 benign.

    Notes
    -----
    scikit-learn's own loader codes benign as 1.  Here 1 is what a doctor looks for, so that a
    probability near 1 means danger and recall means the share of tumours found.
    :doc:`Chapter 9 </09_a_classifier_you_can_use>` of the book uses it.

    References
    ----------
    W. H. Wolberg, O. L. Mangasarian, W. N. Street, "Breast Cancer Wisconsin (Diagnostic)", UCI
    Machine Learning Repository, 1993, doi:10.24432/C5DW2B.

    Examples
    --------
    >>> data = load_breast_cancer()
    >>> data.X.shape, int(data.y.sum())
    ((569, 30), 212)
    >>> data.class_names
    ('benign', 'malignant')
    """
    from sklearn.datasets import load_breast_cancer as load  # heavy, so imported when it is needed

    bunch = load()
    return Dataset(
        X=bunch.data,
        y=(1 - bunch.target).astype(np.intp),
        feature_names=tuple(str(name) for name in bunch.feature_names),
        class_names=("benign", "malignant"),
        source="UCI Machine Learning Repository, doi:10.24432/C5DW2B, as shipped with scikit-learn",
    )


# each class is a round cloud of unit variance; the centres are two standard deviations apart
_CENTRES = np.array([[-0.8, -0.6], [0.8, 0.6]])


def make_clouds(n_samples: int = 200, random_state: Any = 0) -> Dataset:
    r"""Draw two round clouds of points whose true class probabilities are logistic.

    .. math:: x \mid y \sim \mathcal N(\mu_y, I), \quad P(y = 1) = \tfrac12
       \quad\Longrightarrow\quad P(y = 1 \mid x) = \sigma\bigl((\mu_1 - \mu_0)^\top x\bigr)

    Parameters
    ----------
    n_samples : int, default 200
        Number of points.
    random_state : int or numpy.random.Generator, default 0
        Seed, or source of randomness.

    Returns
    -------
    Dataset
        `X` of shape (n_samples, 2); `y` of 0 and 1, about half of each.

    Raises
    ------
    ValueError
        If `n_samples` is not a whole number of at least 2, or `random_state` cannot be a seed.

    Notes
    -----
    With :math:`\mu_1 = -\mu_0 = (0.8, 0.6)`, Bayes' rule gives the weights (1.6, 1.2) and the bias
    0: a fit can be compared with the truth.  The clouds overlap; in the long run no classifier gets
    more than 84 % of such points right, the normal probability of a value below 1.

    Examples
    --------
    >>> data = make_clouds(100)
    >>> data.X.shape, data.y.shape
    ((100, 2), (100,))
    """
    n_samples = as_count("n_samples", n_samples, least=2)
    try:
        rng = np.random.default_rng(random_state)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"random_state: expected a whole number >= 0 or a Generator, got {random_state!r}"
        ) from error
    y = rng.integers(0, 2, size=n_samples)
    X = _CENTRES[y] + rng.standard_normal((n_samples, 2))
    return Dataset(X, y.astype(np.intp), ("x1", "x2"), ("0", "1"), "drawn by make_clouds")
