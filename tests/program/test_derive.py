"""Backward equations: right for any formula, small, quick, and in the words of textbooks."""

from __future__ import annotations

import numpy as np
import reference
from hypothesis import given
from hypothesis import strategies as st
from shaped import SHAPES, shaped, values

from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.expr import ONE, Name, add, call, mul
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.program.derive import backward
from gradcalc.program.problem import Equation


def gradients(lines, given_values, wrt, axis=Axis.COLUMNS, assumed=()):
    """The value of every gradient of the last equation, by compiling what backward gives."""
    forward = [Equation("forward", name, expr) for name, expr in lines]
    shapes = {name: np.shape(value) for name, value in reference.run(lines, given_values, axis).items()}
    equations = backward(forward, {lines[-1][0]: ONE}, wrt, shapes, axis, frozenset(assumed))
    everything = [*lines, *((eq.name, eq.expr) for eq in equations)]
    found = compile_formulas(everything, given_values, axis)(given_values)
    return {name: found["d" + name] for name in wrt}


def check(lines, given_values, wrt, axis=Axis.COLUMNS, assumed=(), rtol=1e-6):
    found = gradients(lines, given_values, wrt, axis, assumed)

    def objective(moved):
        return reference.run(lines, moved, axis)[lines[-1][0]]

    for name in wrt:
        true = reference.differences(objective, given_values, name)
        assert np.shape(found[name]) == np.shape(true), name
        np.testing.assert_allclose(
            found[name], true, rtol=rtol, atol=rtol * max(1.0, np.max(np.abs(true))), err_msg=name
        )


WRT = tuple(SHAPES)
TARGETS = sorted(set(SHAPES.values()))


LOSSES = ["sum(f)", "mean(f)", "sum(weights * tanh(f))", "sum(sum(f, axis=0) ** 2)", "sum(sin(sum(f, axis=1)))"]


@given(st.data(), st.sampled_from(TARGETS), st.sampled_from(LOSSES), st.sampled_from([0, 1]), st.integers(1, 3))
def test_gradients_of_any_formula(data, shape, loss, axis, depth):
    """One nested formula; its own gradient is a number, the same along an axis, or different everywhere."""
    expr = data.draw(shaped(shape, depth, axis))
    seed = data.draw(st.integers(0, 9))
    weights = np.random.default_rng(seed + 100).uniform(0.5, 1.5, shape)
    lines = [("f", expr), ("loss", parse(loss))]
    check(lines, {**values(seed), "weights": np.asarray(weights)}, WRT, Axis(axis))


@given(
    st.data(), st.lists(st.sampled_from(TARGETS), min_size=1, max_size=4), st.sampled_from([0, 1]), st.integers(0, 9)
)
def test_gradients_through_equations(data, shapes, axis, seed):
    """Equations that use the names before them, several times."""
    given_values = values(seed)
    lines = []
    for position, shape in enumerate(shapes):
        expr = data.draw(shaped(shape, 2, axis))
        earlier = [name for (name, _), known in zip(lines, shapes, strict=False) if known == shape]
        if earlier:
            name = Name(data.draw(st.sampled_from(earlier)))
            expr = add(mul(expr, call("tanh", name)), name)
        lines.append((f"f{position}", expr))
    losses = st.sampled_from(["sum({})", "sum(sin({}))", "mean({})", "sum(sum({}, axis=0) ** 2)"])
    total = add(*(parse(data.draw(losses).format(name)) for name, _ in lines))
    lines.append(("loss", total))
    check(lines, given_values, WRT, Axis(axis), rtol=1e-5)
