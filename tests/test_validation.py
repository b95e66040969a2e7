"""The checks at the public door: what passes, what does not, and what the message says."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from lrcore import _validation as v


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_as_floats_keeps_a_floating_type_and_does_not_copy(dtype):
    array = np.array([1, 2], dtype=dtype)
    assert v.as_floats("a", array) is array


@pytest.mark.parametrize(
    "value",
    [[1, 2], [True, 2], np.array([1, 2], np.int8), [Fraction(1), np.float32(2)], pd.Series([1, 2])],
)
def test_as_floats_makes_float64_of_other_real_numbers(value):
    array = v.as_floats("a", value)
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, [1, 2])


def test_as_floats_takes_numpy_bools_among_objects():
    np.testing.assert_array_equal(v.as_floats("a", np.array([np.True_, 0], object)), [1, 0])


def test_nan_passes():
    assert np.isnan(v.as_floats("a", np.nan))
    v.check_unit_interval("a", np.array([np.nan, 0.0, 1.0]))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("text", "a: expected real numbers, got an array of <U4"),
        (["1"], "a: expected real numbers, got an array of <U1"),
        ([1, "1"], f"a: expected real numbers, got an array of {np.array([1, '1']).dtype}"),
        (np.array([1, "1"], object), "a: expected real numbers, got a str"),
        ([1, None], "a: expected real numbers, got a NoneType"),
        ([Decimal(1)], "a: expected real numbers, got a Decimal"),
        (1j, "a: expected real numbers, got an array of complex128"),
        (np.array(["2020"], "M8[Y]"), "a: expected real numbers, got an array of datetime64[Y]"),
        ([[1], [1, 2]], "a: expected an array of numbers, got rows of unequal length"),
        ([-(10**400)], "a: expected numbers below 1.8e308, got a larger one"),
        (np.ma.masked_less([1, 2], 2), "a: expected an array without a mask, got masked entries"),
    ],
)
def test_as_floats_names_the_stranger(value, message):
    with pytest.raises(ValueError, match=r"^a: ") as caught:
        v.as_floats("a", value)
    assert str(caught.value) == message


def test_a_mask_that_hides_nothing_is_none():
    np.testing.assert_array_equal(v.as_floats("a", np.ma.array([1.0, 2.0])), [1, 2])


@pytest.mark.parametrize("error", [RuntimeError, TypeError])
def test_what_refuses_to_be_an_array_is_named(error):
    """As PyTorch's tensors do while they record, or on another device."""

    class Refusing:
        def __array__(self, *_, **__):
            raise error("call detach() first")

    message = r"^a: expected an array of numbers, got call detach\(\) first$"
    with pytest.raises(ValueError, match=message):
        v.as_floats("a", Refusing())


@pytest.mark.parametrize(
    ("value", "ndim", "message"),
    [
        ([1], 0, "a: expected a number, got shape (1,)"),
        ([[1]], 1, "a: expected a 1-D array, got shape (1, 1)"),
        ([1], 2, "a: expected a 2-D array, got shape (1,)"),
    ],
)
def test_as_double_counts_dimensions(value, ndim, message):
    with pytest.raises(ValueError, match=r"^a: ") as caught:
        v.as_double("a", value, ndim)
    assert str(caught.value) == message
    assert v.as_double("a", np.zeros((2,) * ndim, np.float32), ndim).dtype == np.float64


def test_check_shape_says_expected_and_got():
    v.check_shape("a", np.zeros((2, 1)), (2, 1), "like b")
    with pytest.raises(ValueError, match=r"^a: expected shape \(2,\) like b, got \(2, 1\)$"):
        v.check_shape("a", np.zeros((2, 1)), (2,), "like b")


def test_check_not_empty():
    v.check_not_empty("a", np.zeros(1))
    with pytest.raises(ValueError, match=r"^a: expected at least one entry, got shape \(2, 0\)$"):
        v.check_not_empty("a", np.zeros((2, 0)))


@pytest.mark.parametrize("outside", [-1e-300, np.nextafter(1, 2), np.inf, -np.inf])
def test_check_unit_interval_shows_the_first_value_outside(outside):
    v.check_unit_interval("a", np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"^a: expected values in \[0, 1\], got ") as caught:
        v.check_unit_interval("a", np.array([[0.5, outside], [7.0, np.nan]]))
    assert str(caught.value).endswith(f"got {outside}")


@pytest.mark.parametrize("value", [[0, 2], [0.0, 2.0], [False, 2], np.array([0, 2], np.uint8)])
def test_as_class_indices_takes_whole_numbers_of_any_type(value):
    indices = v.as_class_indices("y", value, 3)
    assert indices.dtype == np.intp
    np.testing.assert_array_equal(indices, [0, 2])


@pytest.mark.parametrize(
    ("value", "n_classes", "message"),
    [
        ([0, 1.5], None, "y: expected class indices (whole numbers), got 1.5"),
        ([0, np.nan], None, "y: expected class indices (whole numbers), got nan"),
        ([0, np.inf], 3, "y: expected class indices (whole numbers), got inf"),
        ([0, -np.inf], 3, "y: expected class indices (whole numbers), got -inf"),
        ([0, -1], None, "y: expected class indices from 0, got -1"),
        ([0, 3], 3, "y: expected class indices from 0 and below n_classes=3, got 3"),
        ([1e300], None, "y: expected class indices from 0, got 1e+300"),
        ([[0], [1]], 2, "y: expected a 1-D array, got shape (2, 1)"),
    ],
)
def test_as_class_indices_shows_what_is_no_class(value, n_classes, message):
    with pytest.raises(ValueError, match=r"^y: ") as caught:
        v.as_class_indices("y", value, n_classes)
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [1, 0.5, np.float32(2), np.int8(3), Fraction(1, 3), 5e-324])
def test_as_positive_takes_real_numbers(value):
    assert v.as_positive("a", value) == float(value)
    assert isinstance(v.as_positive("a", value), float)


@pytest.mark.parametrize("value", [-1, np.nan, np.inf, "1", None, 1j, [1.0], True, 10**400])
@pytest.mark.parametrize("zero_allowed", [True, False])
def test_as_positive_refuses_the_rest(value, zero_allowed):
    wanted = "a finite number >= 0" if zero_allowed else "a finite number > 0"
    with pytest.raises(ValueError, match=r"^a: ") as caught:
        v.as_positive("a", value, zero_allowed=zero_allowed)
    assert str(caught.value) == f"a: expected {wanted}, got {value!r}"


def test_zero_is_positive_only_where_allowed():
    assert v.as_positive("a", 0, zero_allowed=True) == 0.0
    with pytest.raises(ValueError, match=r"^a: expected a finite number > 0, got 0$"):
        v.as_positive("a", 0)


def test_as_count_takes_whole_numbers_from_the_least_on():
    assert v.as_count("n", 2, least=2) == 2
    assert type(v.as_count("n", np.int8(3), least=2)) is int


@pytest.mark.parametrize("value", [True, False, np.True_, 0, 1, np.int8(1)])
def test_a_flag_is_true_or_false_in_any_spelling(value):
    v.check_flag("f", value)


@pytest.mark.parametrize("value", ["no", None, 2, -1, 1.0, np.nan, [True], np.array([1, 0])])
def test_no_other_word_is_taken_for_true(value):
    with pytest.raises(ValueError, match=r"^f: expected True or False, got ") as caught:
        v.check_flag("f", value)
    assert str(caught.value).endswith(repr(value))


@pytest.mark.parametrize("value", ["abc", None, 1.0])
def test_a_function_can_be_called(value):
    v.check_callable("f", abs)
    with pytest.raises(ValueError, match=rf"^f: expected a function, got {value!r}$"):
        v.check_callable("f", value)


def test_a_true_axis_is_no_axis():
    with pytest.raises(ValueError, match=r"^axis: expected a whole number, got True$"):
        v.as_axis("axis", True, np.zeros((2, 2)))


@pytest.mark.parametrize("value", [0, -3, 2.0, True, "2", None])
def test_as_count_refuses_the_rest(value):
    with pytest.raises(ValueError, match=r"^n: expected a whole number >= 1, got ") as caught:
        v.as_count("n", value, least=1)
    assert str(caught.value).endswith(repr(value))
