"""Known mistakes in what any function gives back."""

from typing import Any

import numpy as np

from .recipes import logistic_gradient
from .slips import mistake, slip


def _like_input(output: Any, arguments: Any) -> Any:
    """Cut the output off where the first argument was of integers."""
    return np.trunc(output) if np.asarray(arguments[0]).dtype.kind in "iu" else output


slip("integer-truncation", "result")(_like_input)
slip("integer-truncation", "result")(lambda output, _: np.trunc(output))

for _digits in range(6):  # a sixth is lost in the tolerance
    slip("rounded", "result", alone=True)(
        lambda output, _, digits=_digits: np.round(output, digits)
    )


@slip("rounded", "result", only={"sigmoid"}, alone=True)
def _to_three(output: Any, arguments: Any) -> Any:
    """The result is rounded.

    Round what you print, not what you compute with.

    Hint: Where do your digits end?
    """
    return np.round(output, 3)


@slip("column-vector", "result")
def _as_column(output: Any, arguments: Any) -> Any:
    """A column is returned, where a plain one-dimensional array is wanted.

    Shape (n, 1) and shape (n,) hold the same numbers, and broadcast very differently.

    Hint: Print the shape of what you return.

    Met: pytorch/pytorch issue 19699.
    """
    return np.reshape(output, (-1, 1)) if np.ndim(output) == 1 else output


@slip("transposed", "result")
def _turned(output: Any, arguments: Any) -> Any:
    """The result is transposed.

    The numbers are right; rows and columns have changed places.

    Hint: Compare the shape of your result with the one that is asked for.

    Met: texts whose columns are samples; source 002.
    """
    return np.transpose(output)


@slip("averaged-away", "result")
def _one_number(output: Any, arguments: Any) -> Any:
    """A mean or a sum over everything is returned, where each entry is wanted.

    np.mean and np.sum without an axis leave one number.

    Hint: How many numbers should come back?
    """
    return np.mean(output)


slip("averaged-away", "result")(lambda output, _: np.sum(output))


slip("last-sample-only", "result")(lambda output, _: output[-1])
slip("last-sample-only", "result")(lambda output, _: output[0])
slip("column-vector", "result")(
    lambda output, _: np.reshape(output, (1, -1)) if np.ndim(output) == 1 else output
)


@mistake("reversed-outputs", "logistic_gradient")
def _bias_first_out(*arguments: Any) -> Any:
    return logistic_gradient(*arguments)[::-1]
