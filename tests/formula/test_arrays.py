"""What is asked of small arrays is what NumPy says, and what is made once can't be changed."""

import numpy as np
import pytest

from gradcalc.formula.arrays import every, some, spread, throughout

ARRAYS = [
    np.array(True),
    np.array(0.0),
    np.zeros((0, 3)),
    np.ones((2, 2)),
    np.array([[0.0, -0.0], [0.0, 1e-300]]),
    np.array([np.nan, 0.0]),
    np.array([[True, False]]),
    np.eye(20),
]


@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_every_and_some_are_all_and_any(array):
    assert every(array) is bool(array.all())
    assert some(array) is bool(array.any())
    assert every(array[()]) is bool(array.all())


@pytest.mark.parametrize(("value", "kind"), [(True, np.bool_), (1, np.int_), (1.0, np.float64), (0.1, np.float64)])
def test_one_value_throughout(value, kind):
    for shape in ((), (2, 1), (0,), (300, 2)):
        found = throughout(shape, value)
        assert (found.shape, found.dtype, every(found == value)) == (shape, kind, True)
    with pytest.raises(ValueError, match="read-only"):
        throughout((2, 1), value)[0, 0] = 0


def test_a_value_in_its_own_shape_is_itself():
    value = np.array([[1.0, 2.0]])
    assert spread(value, (1, 2)) is value
    np.testing.assert_array_equal(spread(value, (3, 2)), [[1.0, 2.0]] * 3)
    with pytest.raises(ValueError, match="broadcast"):
        spread(value, (2, 1))
