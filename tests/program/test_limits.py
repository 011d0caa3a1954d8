"""Large data make a large problem; a large problem out of little data is refused."""

import pytest

from gradcalc.formula.faults import ShapeError
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.program.limits import cost, refuse_too_much
from gradcalc.program.problem import Equation

# A 1024-1024-100 network and a batch of 4,096.
SHAPES = {
    "x": (1024, 4096),
    "W1": (1024, 1024),
    "b1": (1024, 1),
    "W2": (1024, 100),
    "a1": (1024, 4096),
    "h1": (1024, 4096),
    "a2": (100, 4096),
}
FORWARD = [
    Equation("forward", "a1", parse("W1.T @ x + b1")),
    Equation("forward", "h1", parse("relu(a1)")),
    Equation("forward", "a2", parse("W2.T @ h1")),
]


def test_large_data_make_a_large_problem():
    refuse_too_much(FORWARD, 1024 * (4096 + 1024 + 100 + 1), SHAPES, Axis.COLUMNS)


def test_what_takes_much_work_for_little_data_names_where_it_is_done():
    with pytest.raises(ShapeError) as caught:
        refuse_too_much(FORWARD, 1000, SHAPES, Axis.COLUMNS)
    assert caught.value.equation == "a1"
    assert "too much to work out" in str(caught.value)


def test_many_multiplications_of_few_entries_are_too_much_as_well():
    shapes = {"x": (500, 500), "y": (500, 500)}
    chain = Equation("forward", "y", parse(" @ ".join(["x"] * 5)))
    refuse_too_much([chain], 500 * 500, shapes, Axis.COLUMNS)
    with pytest.raises(ShapeError, match="500,000,000 multiplications"):
        refuse_too_much([chain], 1000, shapes, Axis.COLUMNS)


def test_cost_counts_what_has_no_name():
    small = Equation("forward", "y", parse("sum(x)"))
    large = Equation("forward", "y", parse("sum(x) * sum(ones(rows=1000, columns=1000))"))
    shapes = {"x": (2, 1), "y": ()}
    assert cost([small], shapes, Axis.COLUMNS) < 10
    assert cost([large], shapes, Axis.COLUMNS) > 1_000_000
