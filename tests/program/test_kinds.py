"""Kinds of values: round and random ones are of their kind in both layouts; whoever adds a kind adds what it is."""

import numpy as np
import pytest

from gradcalc.formula.table import Axis
from gradcalc.program.kinds import KINDS, ValueKind, choices, chosen, random_value, roughness, rounder, shape_of_kind

SUMS_TO_ONE = {
    Axis.COLUMNS: lambda v: np.allclose(v.sum(axis=0), 1),
    Axis.ROWS: lambda v: np.allclose(v.sum(axis=1), 1),
}
WHAT = {
    "scalar": lambda v, _: v.shape == (),
    "edge": lambda v, _: v.shape == (),
    "function": lambda v, _: v.shape in ((), (3, 1), (1, 3)),  # the numbers that say which
    "vector": lambda v, axis: v.shape == ((3, 1) if axis is Axis.COLUMNS else (1, 3)),
    "matrix": lambda v, _: v.shape == (3, 4),
    "symmetric": lambda v, _: v.shape == (3, 3) and (v == v.T).all(),
    "one_hot": lambda v, axis: np.isin(v, (0, 1)).all() and SUMS_TO_ONE[axis](v),
    "probability": lambda v, axis: (v >= 0).all() and SUMS_TO_ONE[axis](v),
    "sign": lambda v, _: np.isin(v, (-1, 1)).all(),
    "bit": lambda v, _: np.isin(v, (0, 1)).all(),
    "binary": lambda v, axis: np.isin(v, (0, 1)).all() and v.shape[axis] == 3,
    "positive": lambda v, _: (v > 0).all(),
}
EVERY = [(name, count) for name, kind in KINDS.items() for count in kind.counts]


@pytest.mark.parametrize("axis", Axis)
@pytest.mark.parametrize(("name", "count"), EVERY)
def test_values_are_of_their_kind(name, count, axis):
    kind, is_one = ValueKind(name, (3, 4)[:count]), WHAT[name]
    shape, random = shape_of_kind(kind, {}, axis), np.random.default_rng(3)
    for _ in range(20):
        drawn = random_value(kind, shape, random, axis)
        numbers = [option[random.integers(len(option))] for option in choices(kind, shape, axis)]
        picked = chosen(kind, shape, numbers, axis)
        for value in (drawn, picked):
            assert value.shape == shape
            assert value.dtype == np.float64
            assert is_one(value, axis)
        for other in rounder(kind, drawn, axis):
            assert other.shape == shape
            assert is_one(other, axis)
            assert roughness(other) <= roughness(drawn)


def test_samples_lie_as_the_notation_has_them():
    kind = ValueKind("one_hot", ("K", "N"))
    assert shape_of_kind(kind, {"K": 2, "N": 5}, Axis.COLUMNS) == (2, 5)
    assert shape_of_kind(kind, {"K": 2, "N": 5}, Axis.ROWS) == (5, 2)
    assert shape_of_kind(ValueKind("matrix", ("K", "N")), {"K": 2, "N": 5}, Axis.ROWS) == (2, 5)
