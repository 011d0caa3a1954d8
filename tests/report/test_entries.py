"""One entry, written out from definitions, against the same entry of the value that NumPy computes."""

import numpy as np
import pytest

from gradcalc.formula.bound import unbound
from gradcalc.formula.entries import NoEntryError, entry, entry_name, positions, split_index
from gradcalc.formula.expr import Apply, Expr, Name, Num, call
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis, functions, lookup
from gradcalc.formula.write import code

NAMES = {"W": (2, 3), "x": (2, 1), "r": (1, 3), "A": (2, 3), "B": (2, 3), "s": (), "S": (2, 2)}


def evaluate(expr: Expr, values, axis):
    if isinstance(expr, Num):
        return expr.value
    if isinstance(expr, Name):
        base, index = split_index(expr.id)
        array = np.asarray(values[base])
        if len(index) == 1:
            return array.reshape(-1)[index[0] - 1]
        return array[index[0] - 1, index[1] - 1] if index else array[()]
    function = lookup(expr.function)
    params = {**function.params, **dict(expr.params)} | ({"axis": axis} if function.per_sample else {})
    return function.value(*(evaluate(arg, values, axis) for arg in expr.args), **params)


def check(expr, values, axis):
    shapes = {name: np.shape(value) for name, value in values.items()}
    whole = np.asarray(evaluate(expr, values, axis))
    for i, j in positions(whole.shape):
        part = entry(expr, (i, j), shapes, axis)
        assert all(np.ndim(values[split_index(n.id)[0]]) == 0 or "[" in n.id for n in uses(part))
        assert evaluate(part, values, axis) == pytest.approx(whole[i, j] if whole.ndim else whole, rel=1e-9), code(part)


def uses(expr):
    if isinstance(expr, Name):
        return [expr]
    return [name for arg in expr.args for name in uses(arg)] if isinstance(expr, Apply) else []


@pytest.mark.parametrize("axis", list(Axis))
@pytest.mark.parametrize("shape", [(), (3, 1), (1, 3), (3, 4), (1, 1)])
@pytest.mark.parametrize("name", [f.name for f in functions() if f.definition])
def test_a_definition_entry_by_entry_gives_the_function(name, shape, axis):
    function = lookup(name)
    random = np.random.default_rng(7)
    values = {arg: sample(function, arg, random, shape, axis) for arg in function.args}
    if function.heading in ("matrix", "entry", "count") and not fits(function, values, axis):
        pytest.skip("doesn't take this shape")
    if set(used_by(unbound(function.definition))) & ELEMENTARY:
        pytest.skip("rests on a function that has no definition itself")
    check(call(name, *map(Name, function.args)), values, axis)


ELEMENTARY = {
    f.name
    for f in functions()
    if f.definition is None and not f.elementwise and f.heading not in ("operator", "reduction", "count")
}


def used_by(expr):
    """Every function that an expression rests on."""
    if not isinstance(expr, Apply):
        return []
    inner = lookup(expr.function).definition
    below = [name for arg in expr.args for name in used_by(arg)]
    return [
        expr.function,
        *below,
        *(used_by(unbound(inner)) if inner and not lookup(expr.function).elementwise else []),
    ]


def sample(function, arg, random, shape, axis):
    domain = function.domain.get(arg, "real")
    if domain == "real":
        return random.normal(size=shape)
    values = random.uniform(0.1, 0.9, size=shape)
    if domain == "distribution" and shape:
        values = values / values.sum(axis=axis, keepdims=True)
    return values


def fits(function, values, axis):
    try:
        function.shape([np.shape(v) for v in values.values()], dict(function.params), axis)
    except Exception:
        return False
    return True


@pytest.mark.parametrize(
    ("formula", "i", "j", "written"),
    [
        ("W.T @ x + s", 2, 0, "W[1,3] * x[1] + W[2,3] * x[2] + s"),
        ("x @ r", 1, 2, "x[2] * r[3]"),
        ("W.T", 2, 1, "W[2,3]"),
        ("A * B", 0, 1, "A[1,2] * B[1,2]"),
        ("A + x + r", 1, 2, "A[2,3] + x[2] + r[3]"),
        ("sigmoid(A)", 0, 0, "sigmoid(A[1,1])"),
        ("leaky_relu(A, alpha=0.3)", 0, 0, "leaky_relu(A[1,1], alpha=0.3)"),
        ("sum(A, axis=0)", 0, 2, "A[1,3] + A[2,3]"),
        ("sum(A, axis=1)", 1, 0, "A[2,1] + A[2,2] + A[2,3]"),
        ("inner(x, x)", 0, 0, "x[1] ** 2 + x[2] ** 2"),
        ("inner(A, B)", 0, 1, "A[1,2] * B[1,2] + A[2,2] * B[2,2]"),
        ("softmax(x)", 1, 0, "exp(x[2]) / (exp(x[1]) + exp(x[2]))"),
        ("mean(x)", 0, 0, "(x[1] + x[2]) / 2"),
        ("W @ ones(rows=3, columns=1)", 0, 0, "W[1,1] + W[1,2] + W[1,3]"),
        ("x - (x - s)", 0, 0, "x[1] - (x[1] - s)"),
        ("trace(S)", 0, 0, "S[1,1] + S[2,2]"),
        ("outer(x, x)", 0, 1, "x[1] * x[2]"),
    ],
)
def test_an_entry_is_written_as_by_hand(formula, i, j, written):
    assert code(entry(parse(formula), (i, j), NAMES)) == written


def test_rows_are_samples_under_the_row_notation():
    assert code(entry(parse("inner(A, B)"), (1, 0), NAMES, Axis.ROWS)) == (
        "A[2,1] * B[2,1] + A[2,2] * B[2,2] + A[2,3] * B[2,3]"
    )


def test_entries_are_named_from_one():
    assert entry_name("h", (3, 1), 2, 0) == "h[3]"
    assert entry_name("h", (1, 3), 0, 2) == "h[3]"
    assert entry_name("W", (2, 2), 1, 0) == "W[2,1]"
    assert entry_name("loss", (), 0, 0) == "loss"
    assert split_index("W[2,1]") == ("W", (2, 1))
    assert split_index("loss") == ("loss", ())


def test_a_function_without_a_definition_says_so(table):
    import dataclasses

    table(dataclasses.replace(lookup("softmax"), name="riddle", definition=None, aliases=()))
    with pytest.raises(NoEntryError, match="riddle"):
        entry(parse("riddle(x)"), (0, 0), NAMES)
