"""Array checks for the public door: every message names the argument, what was expected, what came.

Each function takes the argument's name first, returns the checked array, and never changes what
it was given.  What is nan stays nan: a missing number is not an error here, it is contagious.
"""

import math
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]


def as_array(name: str, value: ArrayLike) -> NDArray[Any]:
    """Return `value` as an array of whatever it holds."""
    if np.ma.is_masked(value):  # NumPy would show what is under the mask
        raise ValueError(f"{name}: expected an array without a mask, got masked entries")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name}: expected an array of numbers, got rows of unequal length"
        ) from error
    except (RuntimeError, TypeError) as error:  # such as a tensor that asks for its gradient
        raise ValueError(f"{name}: expected an array of numbers, got {error}") from error


def as_floats(name: str, value: ArrayLike) -> Floats:
    """Return `value` as a floating-point array of its own precision; integers become float64."""
    array = as_array(name, value)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind == "O":
        return _from_objects(name, array)
    if array.dtype.kind != "f":
        raise ValueError(f"{name}: expected real numbers, got an array of {array.dtype}")
    return array


def _from_objects(name: str, array: NDArray[Any]) -> Floats:
    # numpy would turn None into nan and a string of digits into a number, both in silence
    strangers = [item for item in array.flat if not isinstance(item, Real | np.bool_)]
    if strangers:
        raise ValueError(f"{name}: expected real numbers, got a {type(strangers[0]).__name__}")
    try:
        return array.astype(np.float64)
    except OverflowError as error:
        raise ValueError(f"{name}: expected numbers below 1.8e308, got a larger one") from error


def as_double(name: str, value: ArrayLike, ndim: int) -> Floats:
    """Return `value` as a float64 array with `ndim` dimensions."""
    array = as_floats(name, value).astype(np.float64, copy=False)
    if array.ndim != ndim:
        kind = {0: "a number", 1: "a 1-D array", 2: "a 2-D array"}[ndim]
        raise ValueError(f"{name}: expected {kind}, got shape {array.shape}")
    return array


def check_shape(name: str, array: NDArray[Any], expected: tuple[int, ...], why: str) -> None:
    """Raise unless `array` has exactly the `expected` shape, so that nothing broadcasts unseen."""
    if array.shape != expected:
        raise ValueError(f"{name}: expected shape {expected} {why}, got {array.shape}")


def check_not_empty(name: str, array: NDArray[Any]) -> None:
    """Raise if `array` holds no entry: the mean of nothing is not a number."""
    if array.size == 0:
        raise ValueError(f"{name}: expected at least one entry, got shape {array.shape}")


def check_finite(name: str, array: Floats) -> None:
    """Raise if an entry of `array` is nan or infinite: a picture has no place for it."""
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, got {array[~np.isfinite(array)][0]}")


def check_unit_interval(name: str, array: Floats) -> None:
    """Raise if an entry of `array` lies outside [0, 1]; nan passes."""
    outside = (array < 0) | (array > 1)
    if np.any(outside):
        raise ValueError(f"{name}: expected values in [0, 1], got {array[outside].flat[0]}")


def as_class_indices(name: str, value: ArrayLike, n_classes: int | None) -> NDArray[np.intp]:
    """Return `value` as a 1-D array of whole numbers in [0, n_classes)."""
    floats = as_double(name, value, 1)
    indices = np.nan_to_num(floats, nan=0.5, posinf=0.5, neginf=0.5)
    if np.any(indices != np.floor(indices)):
        bad = floats[indices != np.floor(indices)][0]
        raise ValueError(f"{name}: expected class indices (whole numbers), got {bad}")
    upper = np.iinfo(np.intp).max if n_classes is None else n_classes
    outside = (floats < 0) | (floats >= upper)
    if np.any(outside):
        limit = "" if n_classes is None else f" and below n_classes={n_classes}"
        raise ValueError(
            f"{name}: expected class indices from 0{limit}, got {floats[outside][0]:g}"
        )
    return floats.astype(np.intp)


def as_axis(name: str, value: Any, array: NDArray[Any]) -> int:
    """Return `value` as the number of an axis of `array`, along which it has an entry."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name}: expected a whole number, got {value!r}")
    if not -array.ndim <= value < array.ndim:
        raise ValueError(f"{name}: expected an axis of shape {array.shape}, got {value}")
    if array.shape[value] == 0:
        raise ValueError(
            f"{name}: expected at least one entry along {name} {value}, got shape {array.shape}"
        )
    return int(value)


def as_positive(name: str, value: Any, *, zero_allowed: bool = False) -> float:
    """Return `value` as a finite float above zero (or at zero, where that is allowed)."""
    wanted = "a finite number >= 0" if zero_allowed else "a finite number > 0"
    if isinstance(value, bool) or not isinstance(value, Real) or not _is_finite(value):
        raise ValueError(f"{name}: expected {wanted}, got {value!r}")
    if value < 0 or (value == 0 and not zero_allowed):
        raise ValueError(f"{name}: expected {wanted}, got {value!r}")
    return float(value)


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False


def as_count(name: str, value: Any, *, least: int) -> int:
    """Return `value` as a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name}: expected a whole number >= {least}, got {value!r}")
    return int(value)


def check_flag(name: str, value: Any) -> None:
    """Raise unless `value` is True or False (or 1 or 0): any other word would count as true."""
    if not isinstance(value, Integral | np.bool_) or value not in (0, 1):
        raise ValueError(f"{name}: expected True or False, got {value!r}")


def check_callable(name: str, value: Any) -> None:
    """Raise unless `value` is a function, or can be called like one."""
    if not callable(value):
        raise ValueError(f"{name}: expected a function, got {value!r}")


def check_numbers(name: str, value: Any) -> None:
    """Raise unless `value` holds real numbers, before another library makes numbers of the rest.

    It would turn a date into a count of days, and a string of digits into a number, in silence.
    """
    array = as_array(name, value)
    if array.dtype.kind not in "biufcO":
        raise ValueError(f"{name}: expected real numbers, got an array of {array.dtype}")
    for item in array.flat if array.dtype.kind == "O" else ():
        if isinstance(item, str | bytes | np.datetime64 | np.timedelta64):
            raise ValueError(f"{name}: expected real numbers, got a {type(item).__name__}")
        try:
            float(0 if item is None else item)  # None counts as nan
        except (TypeError, OverflowError) as error:
            kind = type(item).__name__
            raise TypeError(f"{name}: expected real numbers, got a {kind}: {error}") from error


def check_labels(name: str, value: Any) -> None:
    """Raise if labels are of several kinds, of which NumPy may make one: 0 and "a", "0" and "a"."""
    array = as_array(name, value)
    if isinstance(value, list | tuple) and array.dtype.kind in "US":
        array = np.asarray(value, dtype=object)
    if array.dtype.kind != "O" or value is None:
        return
    kinds = {type(item) for item in array.flat}
    if not any(all(issubclass(kind, one) for kind in kinds) for one in (str, bytes, Real)):
        got = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise ValueError(f"{name}: expected labels, all numbers or all strings, got {got}")
