"""What statisticians ask of a fit: how sure are the coefficients, and how likely are the data."""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.special

from lrcore._validation import Floats

from .rows import Units


def standard_errors(information: Floats, units: Units, basis: Floats) -> Floats:
    """Return the standard error of each weight and bias, one row for each linear score.

    `information` is the Hessian of the negative log-likelihood at its minimum, in the parameters
    for columns in `units`; its inverse is their covariance.
    """
    n_free, n_features = basis.shape[1], len(units.scale)
    shape = len(information) // n_free, n_free
    covariance = scipy.linalg.inv(information).reshape(shape * 2)
    of_weights = covariance[:n_features, :, :n_features]
    errors = np.sqrt(np.einsum("ka,jajb,kb->kj", basis, of_weights, basis)) / units.scale
    if shape[0] == n_features:
        return np.asarray(errors)
    # w = v / scale and b = c - v.(centre / scale), of the weights v and the bias c found inside
    back = np.append(-units.centre / units.scale, 1.0)
    of_biases = np.einsum("i,iajb,j->ab", back, covariance, back)
    return np.column_stack([errors, np.sqrt(np.einsum("ka,ab,kb->k", basis, of_biases, basis))])


@dataclass(frozen=True)
class Summary:
    """A table of coefficients, which prints itself."""

    names: list[str]
    coefficients: Floats
    standard_errors: Floats
    log_likelihood: float

    @property
    def z(self) -> Floats:
        """How many standard errors each coefficient is away from zero."""
        return self.coefficients / self.standard_errors

    @property
    def p_values(self) -> Floats:
        """How often chance alone would take a coefficient of zero so far, either way."""
        return np.asarray(2.0 * scipy.special.ndtr(-np.abs(self.z)))

    @property
    def odds_ratios(self) -> Floats:
        """By what the odds are multiplied when a feature grows by one: e to the coefficient."""
        with np.errstate(all="ignore"):
            return np.asarray(np.exp(self.coefficients))

    def __str__(self) -> str:
        heads = ["coefficient", "std. error", "z", "p-value", "odds ratio"]
        columns = [self.coefficients, self.standard_errors, self.z, self.p_values, self.odds_ratios]
        width = max(map(len, self.names))
        lines = [" " * width + "".join(f"{head:>13}" for head in heads)]
        for name, *row in zip(self.names, *columns, strict=True):
            lines.append(f"{name:<{width}}" + "".join(f"{value:13.4g}" for value in row))
        return "\n".join([*lines, f"log-likelihood: {self.log_likelihood:.6g}"])

    __repr__ = __str__
