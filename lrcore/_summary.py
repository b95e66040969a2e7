"""What statisticians ask of a fit: how sure are the coefficients, and how likely are the data."""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.special

from ._validation import Floats


def standard_errors(information: Floats, centre: Floats, scale: Floats, n_columns: int) -> Floats:
    """Return the standard error of each weight and bias, one row for each linear score.

    `information` is the Hessian of the negative log-likelihood at its minimum, in the parameters
    for the columns ``(x - centre) / scale`` and one of ones; its inverse is their covariance.
    """
    # classes whose common shift changes nothing leave flat directions: the parameters that sum to
    # zero have no part along them, and neither has their covariance
    flat = 50 * len(information) * np.finfo(np.float64).eps
    shape = n_columns, len(information) // n_columns
    covariance = scipy.linalg.pinvh(information, rtol=flat).reshape(shape * 2)
    errors = np.sqrt(np.einsum("jkjk->kj", covariance))
    # w = v / scale and b = c - v.(centre / scale), of the weights v and the bias c found inside
    errors[:, : len(scale)] /= scale
    if n_columns > len(scale):
        back = np.append(-centre / scale, 1.0)
        errors[:, -1] = np.sqrt(np.einsum("i,ikjk,j->k", back, covariance, back))
    return errors


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
