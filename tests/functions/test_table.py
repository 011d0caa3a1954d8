"""The functions table: each value is its definition, each gradient rule is right, each mistake is wrong."""

from __future__ import annotations

import math

import image_loops
import numpy as np
import pytest
import reference

from gradcalc import loads
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.commands.listings import functions_report
from gradcalc.errors import GradcalcError
from gradcalc.formula.bound import bound, unbound
from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.entries import entry as entry_of
from gradcalc.formula.expr import ONE, Apply, Name, Num, call, mul, names
from gradcalc.formula.faults import NoGradientError
from gradcalc.formula.kinks import distances
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import broadcast, each_sample, reduced, same, scalar, shape_of
from gradcalc.formula.table import (
    Axis,
    Function,
    Mistake,
    Pair,
    ShapeMismatch,
    functions,
    known,
    lookup,
    pair,
    pairs,
    register,
    register_pair,
    unregister,
    unregister_pair,
)
from gradcalc.program.derive import backward
from gradcalc.program.problem import Equation
from gradcalc.program.solve import solve
from gradcalc.report.code import numpy_program
from gradcalc.report.code.idioms import IDIOMS
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.page import Page
from problems import column, matrix, row

ALL = functions()
BY_NAME = {"ids": lambda entry: entry.name}
AXES = pytest.mark.parametrize("axis", [Axis.COLUMNS, Axis.ROWS], ids=["columns", "rows"])
GRADIENTS = [
    pytest.param(entry, axis, id=f"{entry.name}-{along}", marks=() if usual else pytest.mark.slow)
    for along, axis in (("columns", Axis.COLUMNS), ("rows", Axis.ROWS))
    for entry in ALL
    for usual in [axis is Axis.COLUMNS or entry.per_sample or entry.by_layout]
    if entry.gradient
]
"""Along the other axis in the usual run only of what knows of axes."""
OTHER_PARAMS = {"alpha": 0.3, "delta": 0.6}
"""For a parameter that isn't here, something else than its usual value."""

ONE_ARGUMENT = [((2, 3),), ((3, 1),), ((1, 3),), ((1, 1),), ((),)]
TWO_ARGUMENTS = [
    ((2, 3), (2, 3)),
    ((2, 3), (2, 1)),
    ((2, 1), (2, 3)),
    ((2, 3), (1, 3)),
    ((1, 3), (2, 3)),
    ((2, 3), ()),
    ((), (2, 3)),
    ((1, 1), (2, 3)),
    ((3, 1), (3, 1)),
    ((3, 1), ()),
    ((1, 3), (1, 3)),
    ((), ()),
    ((1, 1), ()),
]
SHAPE_RULES = (broadcast, same, scalar, each_sample, reduced)
"""Rules that take all of these; other functions are tried on those that they take."""
OWN = {
    **image_loops.CASES,
    "matmul": [((2, 3), (3, 4)), ((3, 1), (1, 2)), ((1, 3), (3, 1))],
    "trace": [((3, 3),), ((1, 1),)],
    "diag": [((3, 1),), ((3, 3),), ((1, 1),)],
    "unvec": [((6, 1), (2, 3))],
    "kron": [((2, 3), (2, 2)), ((2, 1), (1, 3)), ((2, 2), ()), ((), (2, 2))],
    "block_inner": [((4, 6), (2, 3))],
    "block_sum": [((4, 6), (2, 2))],
    "inv": [((3, 3),), ((2, 2),), ((1, 1),)],
    "det": [((3, 3),), ((2, 2),), ((1, 1),)],
    "solve": [((3, 3), (3, 1)), ((3, 3), (3, 2)), ((2, 2), (2, 2)), ((1, 1), (1, 3))],
    "eye": [()],
    "concat": [((2, 3), (4, 3)), ((2, 3), (2, 1)), ((2, 1), ()), ((), (2, 1)), ((), (1, 2)), ((), ())],
    "unflatten": [((6, 1), (2, 3)), ((6, 1), (1, 2, 3))],
    "reshape_like": [((6, 1), (2, 3)), ((2, 3), (3, 2)), ((1, 1), ())],
    "std": [((2, 3),), ((4, 2),)],
    "where": [((2, 3), (2, 3), (2, 3)), ((2, 1), (2, 3), ()), ((2, 3), (), (1, 3)), ((), (2, 1), (2, 1)), ((), (), ())],
    "outer": [((3, 1), (2, 1)), ((2, 1), (2, 1)), ((1, 1), (2, 1))],
    "ones": [()],
    "zeros": [()],
    "part": [((3, 1),), ((1, 3),), ((1, 1),)],
    "place": [((), (3, 1)), ((), (1, 3)), ((), (1, 1))],
    "lookup": [((2, 3), (3, 1)), ((3, 2), (1, 4)), ((2, 2), ())],
    "add_at": [((2, 3), (3, 1), (2, 4)), ((3, 3), (1, 3), (2, 3)), ((2, 2), (2, 1), (2, 2)), ((), (2, 1), (2, 2))],
    "put_at": [((2, 3), (3, 1), (2, 4)), ((3, 3), (1, 3), (2, 3)), ((2, 2), (2, 1), (2, 2)), ((), (2, 1), (2, 2))],
    "pi": [()],
}
OWN_PARAMS = {
    **image_loops.PARAMS,
    "ones": [(), (("rows", 2.0), ("columns", 3.0))],
    "zeros": [(), (("rows", 2.0), ("columns", 3.0))],
    "eye": [(), (("n", 3.0),)],
    "reshape": [
        (),
        (("rows", 3.0), ("columns", -1.0)),
        (("rows", 3.0), ("columns", 2.0)),
        (("rows", 1.0), ("columns", 1.0)),
    ],
}


def cases(entry: Function, axis: Axis, params=()):
    """Shapes of arguments to try."""
    axis = entry.along(params, axis)
    if entry.name in OWN:
        return [case for case in OWN[entry.name] if takes(entry, case, axis, params)]
    shapes = ONE_ARGUMENT if len(entry.args) == 1 else TWO_ARGUMENTS
    if entry.shape not in SHAPE_RULES:
        shapes = [case for case in shapes if takes(entry, case, axis, params)]
        assert shapes, f"{entry.name} takes none of these shapes: name some in OWN"
    # A target that is a distribution, or names a class, has an entry for each class.
    whole = [a for a in entry.args if entry.domain.get(a) in ("distribution", "one_hot")]
    fits = []
    for case in shapes:
        features = {(shape or (1, 1))[axis] for shape in case}
        if not whole or len(features) == 1:
            fits.append(case)
    return fits


def takes(entry: Function, case, axis: Axis, params=()) -> bool:
    try:
        entry.shape(case, entry.parameters(params), axis)
    except ShapeMismatch:
        return False
    return True


def test_every_entry_that_works_on_samples_is_tried_along_each_axis():
    assert all(len(settings(entry)) >= 3 for entry in ALL if entry.per_sample or "axis" in entry.params)


def drawn(shape, domain, random, axis):
    """A random value in a domain."""
    value = random.uniform(-2, 2, shape)
    if domain == "positive":
        value = random.uniform(0.3, 2, shape)
    elif domain == "probability":
        value = random.uniform(0.1, 0.9, shape)
    elif domain == "sign":
        value = np.sign(value)
    elif domain == "bit":
        value = (value > 0).astype(float)
    elif domain == "index":
        value = random.integers(1, 3, shape).astype(float)
    elif domain == "distribution":
        value = random.uniform(0.1, 1, shape)
        value = value / (np.sum(value, axis=axis, keepdims=True) if shape else value)
    elif domain == "one_hot":
        value = np.zeros(shape)
        if not shape:
            return np.ones(())
        for sample in range(shape[1 - axis]):
            entry = random.integers(shape[axis])
            value[(entry, sample) if axis == 0 else (sample, entry)] = 1
    else:
        assert domain in ("real", None), domain
    return np.asarray(value)


def point(entry: Function, case, params, axis: Axis, seed: int = 0):
    """Random arguments by name, away from kinks."""
    node = Apply(entry.name, tuple(map(Name, entry.args)), params)
    axis = entry.along(params, axis)
    for attempt in range(1000):
        random = np.random.default_rng([seed, attempt])
        values = {a: drawn(s, entry.domain.get(a), random, axis) for a, s in zip(entry.args, case, strict=True)}
        kinks = [(f"kink {i}", distance) for i, distance in enumerate(distances(node))]
        found = compile_formulas(kinks, entry.args, axis)(values).values() if kinks else []
        if all(np.min(np.abs(distance)) > 0.05 for distance in found):
            return values
    raise AssertionError(f"no point of {entry.name} is away from its kinks")


def settings(entry: Function):
    """The parameters to try: the default ones, and others."""
    if entry.name in ("part", "place"):  # other indices: test_parts.py
        return [()]
    if entry.name in OWN_PARAMS:
        return OWN_PARAMS[entry.name]
    if set(entry.params) == {"axis"}:
        return [(), (("axis", 0.0),), (("axis", 1.0),)]
    others = tuple((name, OTHER_PARAMS.get(name, 0.6 * usual + 0.1)) for name, usual in entry.params.items())
    along = [(*others, ("axis", 0.0)), (("axis", 1.0),)] if entry.per_sample else []
    return [(), *([others] if others else []), *along]


def plain(entry: Function, params, values, axis):
    """The value by the test's own definition, or else by the one that the table gives."""
    node = Apply(entry.name, tuple(map(Name, entry.args)), params)
    if entry.name in reference.PLAIN or entry.name in reference.EACH_SAMPLE:
        return reference.evaluate(node, values, axis)
    return by_definition(entry, params, values, axis)


def by_definition(entry: Function, params, values, axis):
    assert entry.definition is not None, f"{entry.name} needs a definition, or a line in tests/reference.py"
    formula = bound(entry.definition, Apply(entry.name, tuple(map(Name, entry.args)), params))
    return compile_formulas([("f", formula)], values, axis)(values)["f"]


def is_helper(entry: Function) -> bool:
    """What gradient rules and kinks are made of; it is tested through these."""
    within = [*entry.kinks, *entry.gradient.values()]
    others = [rule for each in ALL for rule in (*each.kinks, *each.gradient.values()) if each is not entry]
    is_said = entry.definition or entry.name in reference.PLAIN or entry.name in reference.EACH_SAMPLE
    return not is_said and not within and any(f"{entry.name}(" in rule for rule in others)


def test_which_are_helpers():
    assert {entry.name for entry in ALL if is_helper(entry)} <= {"block_inner", "block_sum", "lead", "largest"}


@AXES
@pytest.mark.parametrize("entry", [e for e in ALL if not is_helper(e)], **BY_NAME)
def test_value(entry, axis):
    for params in settings(entry):
        for case in cases(entry, axis, params):
            values = point(entry, case, params, axis)
            node = Apply(entry.name, tuple(map(Name, entry.args)), params)
            found = compile_formulas([("f", node)], values, axis)(values)["f"]
            true = plain(entry, params, values, axis)
            assert np.shape(found) == np.shape(true), case
            assert np.shape(found) == shape_of(node, {a: np.shape(v) for a, v in values.items()}, axis)
            np.testing.assert_allclose(found, true, rtol=1e-12, atol=1e-14, err_msg=str(case))


@AXES
@pytest.mark.parametrize("entry", [e for e in ALL if e.definition], **BY_NAME)
def test_value_is_its_definition(entry, axis):
    for params in settings(entry):
        for case in cases(entry, axis, params):
            values = point(entry, case, params, axis, seed=1)
            node = Apply(entry.name, tuple(map(Name, entry.args)), params)
            found = compile_formulas([("f", node)], values, axis)(values)["f"]
            true = by_definition(entry, params, values, axis)
            np.testing.assert_allclose(np.broadcast_to(true, np.shape(found)), found, rtol=1e-12, atol=1e-13)


def derived(entry: Function, params, values, axis, argument, rules=None, assumed=()):
    """The gradient of sum(r * F(args)) with respect to one argument, and that sum as a function of the arguments."""
    node = Apply(entry.name, tuple(map(Name, entry.args)), params)
    shapes = {name: np.shape(value) for name, value in values.items()}
    shapes["r"] = shapes["F"] = shape_of(node, shapes, axis)
    forward = [Equation("forward", "F", node), Equation("forward", "f", call("sum", mul(Name("r"), Name("F"))))]
    shapes["f"] = ()
    values = {**values, "r": np.asarray(np.random.default_rng(7).uniform(0.5, 1.5, shapes["r"]))}
    equations = backward(forward, {"f": ONE}, (argument,), shapes, axis, frozenset(assumed), rules or {})
    lines = [(eq.name, eq.expr) for eq in (*forward, *equations)]
    found = compile_formulas(lines, values, axis)(values)["d" + argument]
    return found, lambda moved: np.sum(values["r"] * plain(entry, params, moved, axis))


@pytest.mark.parametrize(("entry", "axis"), GRADIENTS)
def test_gradient_rules(entry, axis):
    for params in settings(entry):
        for case in cases(entry, axis, params):
            values = point(entry, case, params, axis, seed=2)
            for argument in entry.gradient:
                found, objective = derived(entry, params, values, axis, argument)
                true = reference.differences(objective, values, argument)
                assert np.shape(found) == np.shape(true), (case, argument)
                np.testing.assert_allclose(found, true, rtol=1e-7, atol=1e-8, err_msg=f"{case} {argument}")


@pytest.mark.parametrize(("entry", "axis"), GRADIENTS)
def test_gradient_rules_where_the_upstream_gradient_is_one_number(entry, axis):
    """Inside one formula, under a sum, nothing has spread it over the matrix yet."""
    for case in cases(entry, axis):
        values = point(entry, case, (), axis, seed=4)
        node = Apply(entry.name, tuple(map(Name, entry.args)))
        lines = [("f", mul(Num(3.0), call("sum", node)))]
        shapes = {name: np.shape(value) for name, value in values.items()} | {"f": ()}
        forward = [Equation("forward", name, expr) for name, expr in lines]
        equations = backward(forward, {"f": ONE}, tuple(entry.gradient), shapes, axis)
        found = compile_formulas([(eq.name, eq.expr) for eq in (*forward, *equations)], values, axis)(values)
        for argument in entry.gradient:
            true = reference.differences(lambda moved: 3 * np.sum(plain(entry, (), moved, axis)), values, argument)
            assert np.shape(found["d" + argument]) == np.shape(true), (case, argument)
            np.testing.assert_allclose(found["d" + argument], true, rtol=1e-7, atol=1e-8, err_msg=f"{case} {argument}")


def test_which_functions_have_no_gradient():
    without = {entry.name for entry in ALL if not entry.gradient}
    assert without >= {"sign", "step", "argmax", "size", "features", "ones", "ones_like"}
    assert without.isdisjoint({e.name for e in ALL if e.heading in ("activation", "loss", "operator", "reduction")})
    for entry in ALL:
        assert bool(entry.gradient) != bool(entry.no_gradient), entry.name


@pytest.mark.parametrize("entry", ALL, **BY_NAME)
def test_rules_speak_of_the_function_only(entry):
    known = {*entry.args, *entry.params}
    assert set(entry.gradient) <= set(entry.args)
    for rule in entry.gradient.values():
        assert set(names(unbound(rule))) <= known | {"g", "out"}
    for formula in ([entry.definition] if entry.definition else []) + list(entry.kinks):
        assert set(names(unbound(formula))) <= known
    assert set(entry.domain) <= set(entry.args)
    assert entry.summary
    for mistake in entry.mistakes:
        assert mistake.arg in ("", *entry.args)
        assert mistake.arg == "" or mistake.arg in entry.gradient
        assert mistake.id
        assert mistake.message
        assert set(names(unbound(mistake.rule))) <= known | ({"g", "out"} if mistake.arg else set())


MISTAKES = [(entry, mistake) for entry in ALL for mistake in entry.mistakes]


@pytest.mark.parametrize(("entry", "mistake"), MISTAKES, ids=[f"{e.name}-{m.id}-{m.rule}" for e, m in MISTAKES])
def test_mistakes_are_wrong(entry, mistake):
    """At random points, for more than one sample and entry, a mistaken rule gives other numbers."""
    # With delta = 1 there is no difference between ±1 and ±delta.
    params = (("delta", 0.5),) if mistake.id == "huber-beyond-delta" else image_loops.MISTAKEN.get(entry.name, ())
    case = next(c for c in cases(entry, Axis.COLUMNS, params) if all(shape for shape in c))
    if mistake.id == "margins-not-counted":
        case = ((4, 3), (4, 3))  # of two classes at most one is wrong, and there is nothing to count
    values = point(entry, case, params, Axis.COLUMNS, seed=3)
    if mistake.arg:
        rules = {(entry.name, mistake.arg): mistake.rule}
        right, _ = derived(entry, params, values, Axis.COLUMNS, mistake.arg)
        wrong, _ = derived(entry, params, values, Axis.COLUMNS, mistake.arg, rules)
    else:
        right = plain(entry, params, values, Axis.COLUMNS)
        node = Apply(entry.name, tuple(map(Name, entry.args)), params)
        wrong = compile_formulas([("f", bound(mistake.rule, node))], values)(values)["f"]
    assert np.shape(wrong) == np.shape(right)
    assert np.all(np.isfinite(wrong))
    assert np.max(np.abs(wrong - right)) > 1e-3 * np.max(np.abs(right))


@pytest.mark.parametrize("entry", ALL, **BY_NAME)
def test_aliases(entry):
    for name in (entry.name, *entry.aliases):
        assert lookup(name) is entry
    assert entry.name not in entry.aliases


def test_known_names():
    assert [known(name) for name in ("sigmoid", "σ", "nothing", "")] == [True, True, False, False]


def test_the_names_that_problems_use():
    wanted = """identity sigmoid tanh relu leaky_relu elu softplus silu gelu exp log sqrt sin cos abs sign step maximum
    minimum sum mean inner softmax log_softmax half_squared_error squared_error mean_squared_error cross_entropy
    binary_cross_entropy absolute_error huber"""
    assert set(wanted.split()) <= {entry.name for entry in ALL}
    for alias, name in {"σ": "sigmoid", "ReLU": "relu", "ln": "log", "swish": "silu", "Σ": "sum", "mse": None}.items():
        assert lookup(alias).name == (name or "mean_squared_error")


# Kinks.

ON_KINKS = {
    "relu": [(0.0,)],
    "leaky_relu": [(0.0,)],
    "elu": [(0.0,)],
    "abs": [(0.0,)],
    "sign": [(0.0,)],
    "step": [(0.0,)],
    "maximum": [(0.7, 0.7), (-1.0, -1.0)],
    "minimum": [(0.7, 0.7), (-1.0, -1.0)],
    "absolute_error": [(0.7, 0.7)],
    "max": [(column(1, 1, 0),)],
    "hinge": [(1.0, 1.0), (-1.0, -1.0)],
    "perceptron_loss": [(0.0, 1.0)],
    "multiclass_hinge": [(column(1, 0, 0), column(1, 0, 0))],
    "multiclass_hinge_sum": [(column(1, 0, -1), column(1, 0, 0))],
    "norm": [(column(0, 0),)],
    "std": [(column(1, 1),)],
    "min": [(column(0, 1, 0),)],
    "max_pool": [(column(1, 1),)],
    "threshold": [(0.0,)],
    "greater": [(0.7, 0.7)],
    "less": [(0.7, 0.7)],
    "greater_equal": [(0.7, 0.7)],
    "less_equal": [(0.7, 0.7)],
    "equal": [(0.7, 0.7)],
    "not_equal": [(0.7, 0.7)],
}
"""Points on kinks; for a function that isn't here one is looked for."""


def is_bent(right, left) -> bool:
    """Whether slopes are those of a kink, or of a jump."""
    return abs(right - left) > 0.1 or min(right, left) > 1e5


def on_kinks(entry: Function, params):
    """Points on a kink of which a difference tells: where values are small whole numbers."""
    for seed in range(2000):
        random = np.random.default_rng(seed)
        shape = () if entry.elementwise else (3, 1)
        values = {name: found_at_random(shape, entry.domain.get(name), random) for name in entry.args}
        if on_a_kink(entry, params, values) and is_bent(*slopes(entry, params, values)):
            return [tuple(values.values())]
    raise AssertionError(f"no kink of {entry.name} was found: name a point in ON_KINKS")


def found_at_random(shape, domain, random):
    if domain in (None, "real", "positive"):
        return np.asarray(random.integers(1 if domain == "positive" else -1, 3, shape), dtype=float)
    return drawn(shape, domain, random, Axis.COLUMNS)


def on_a_kink(entry: Function, params, values) -> bool:
    node = Apply(entry.name, tuple(map(Name, entry.args)), params)
    formulas = [(f"kink {i}", distance) for i, distance in enumerate(distances(node))]
    found = compile_formulas(formulas, values)(values)
    return any(np.any(np.abs(distance) < 1e-12) for distance in found.values())


def slopes(entry: Function, params, values, h=1e-6):
    """One-sided differences to the right and to the left, along the first entry of the first argument that can move."""
    first = next((name for name in entry.args if name not in entry.stops), entry.args[0])

    def along(step):
        moved = np.array(values[first], dtype=float)
        moved[(0,) * moved.ndim] += step
        return np.sum(plain(entry, params, {**values, first: moved}, Axis.COLUMNS))

    return (along(h) - along(0)) / h, (along(0) - along(-h)) / h


@pytest.mark.parametrize("entry", [e for e in ALL if e.elementwise], **BY_NAME)
def test_what_goes_entry_by_entry_goes_over_several_values_at_once(entry):
    """Along an axis before rows and columns: so marking works out many roundings as one array."""
    random = np.random.default_rng(3)
    domains = [entry.domain.get(name) for name in entry.args]
    several = [[drawn((2, 3), domain, random, Axis.COLUMNS) for domain in domains] for _ in range(4)]
    for params in settings(entry):
        keywords = entry.keywords(params, Axis.COLUMNS)
        at_once = entry.value(*map(np.array, zip(*several, strict=True)), **keywords)
        np.testing.assert_allclose(at_once, [entry.value(*each, **keywords) for each in several], rtol=1e-13)


@pytest.mark.parametrize("entry", [e for e in ALL if e.kinks], **BY_NAME)
def test_kinks_are_kinks(entry):
    params = (("alpha", 0.3),) if entry.name == "elu" else ()
    for point_ in ON_KINKS.get(entry.name) or on_kinks(entry, params):
        values = {name: np.asarray(value) for name, value in zip(entry.args, point_, strict=True)}
        assert on_a_kink(entry, params, values)
        assert is_bent(*slopes(entry, params, values))


GRID = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)


@pytest.mark.parametrize("entry", [e for e in ALL if e.gradient and e.elementwise and not e.variadic], **BY_NAME)
def test_there_is_no_other_kink(entry):
    """Where slopes to both sides differ, the table says so; and it doesn't say so elsewhere."""
    grid = [x for x in GRID if x > 0 or entry.domain.get(entry.args[0]) != "positive"]
    others = [(1.0, 0.25), (0.5, 0.25)] if len(entry.args) > 1 else [()]
    for params in settings(entry):
        node = Apply(entry.name, tuple(map(Name, entry.args)), params)
        for a in grid:
            for b in others:
                values = {name: np.asarray(value) for name, value in zip(entry.args, (a, *b), strict=False)}
                formulas = [(f"kink {i}", distance) for i, distance in enumerate(distances(node))]
                found = compile_formulas(formulas, values)(values)
                said = any(abs(distance) < 1e-12 for distance in found.values())
                right, left = slopes(entry, params, values)
                assert said == (abs(right - left) > 1e-2), (params, a, b)


def test_losses_without_kinks_are_smooth_at_their_joints():
    for delta in (1.0, 0.6):
        for error in (delta, -delta, 0.0):
            right, left = slopes(lookup("huber"), (("delta", delta),), {"yhat": np.asarray(error), "y": np.zeros(())})
            assert right == pytest.approx(left, abs=1e-4)


# Pairs.


@AXES
@pytest.mark.parametrize("shapes", [((3, 1), (3, 1)), ((3, 4), (3, 4)), ((3, 4), (3, 1)), ((3, 1), (3, 4))])
@pytest.mark.parametrize("entry", pairs(), ids=lambda p: f"{p.outer}-{p.inner}")
def test_a_pair_s_rule_and_value_are_the_composition(entry: Pair, shapes, axis):
    outer, inner = lookup(entry.outer), lookup(entry.inner)
    shapes = shapes if axis is Axis.COLUMNS else tuple(shape[::-1] for shape in shapes)
    random = np.random.default_rng(5)
    values = {"a": random.normal(size=shapes[0]) * 2}
    others = [name for name in outer.args if name != entry.through]
    values |= {name: drawn(shapes[1], outer.domain.get(name), random, axis) for name in others}
    lines = [("p", call(inner.name, Name("a")))]
    lines.append(("F", call(outer.name, *(Name("p") if n == entry.through else Name(n) for n in outer.args))))
    known = {name: np.shape(value) for name, value in values.items()}
    for name, expr in lines:
        known[name] = shape_of(expr, known, axis)
    values["r"] = np.asarray(random.uniform(0.5, 1.5, known["F"]))
    known |= {"r": known["F"], "f": ()}
    lines.append(("f", call("sum", mul(Name("r"), Name("F")))))
    forward = [Equation("forward", name, expr) for name, expr in lines]

    def gradient(assumed, rules=None):
        equations = backward(forward, {"f": ONE}, ("a",), known, axis, frozenset(assumed), rules)
        everything = [*lines, *((eq.name, eq.expr) for eq in equations)]
        return equations, compile_formulas(everything, values, axis)(values)

    short, by_pair = gradient(others)
    # A rule that is replaced by itself keeps shortcuts away.
    long, by_parts = gradient([], {(outer.name, entry.through): outer.gradient[entry.through]})
    assert [eq.expr for eq in short] != [eq.expr for eq in long]
    np.testing.assert_allclose(by_pair["da"], by_parts["da"], rtol=1e-9, atol=1e-12)
    true = reference.differences(lambda moved: reference.run(lines, moved, axis)["f"], values, "a")
    np.testing.assert_allclose(by_pair["da"], true, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(by_pair["f"], reference.run(lines, values, axis)["f"], rtol=1e-12)


# Far out, where the textbook's definition overflows or loses its digits.


def value(text, **given):
    arrays = {name: np.array(v, dtype=float)[()] for name, v in given.items()}
    return compile_formulas([("f", parse(text))], arrays)(arrays)["f"]


@pytest.mark.parametrize(
    ("text", "a", "true"),
    [
        *(("sigmoid(a)", a, math.exp(a)) for a in (-40.0, -700.0, -705.0, -720.0, -740.0)),
        ("sigmoid(a)", -745.0, 5e-324),
        ("sigmoid(a)", -1000.0, 0.0),
        ("sigmoid(a)", 1000.0, 1.0),
        ("sigmoid(a)", -math.inf, 0.0),
        ("sigmoid(a)", math.inf, 1.0),
        ("tanh(a)", 1000.0, 1.0),
        ("tanh(a)", -1000.0, -1.0),
        ("tanh(a)", 1e-300, 1e-300),
        ("softplus(a)", 1000.0, 1000.0),
        ("softplus(a)", 0.0, math.log(2)),
        ("softplus(a)", -700.0, math.exp(-700.0)),
        ("softplus(a)", -1000.0, 0.0),
        ("silu(a)", 1000.0, 1000.0),
        ("silu(a)", -700.0, -700.0 * math.exp(-700.0)),
        ("silu(a)", -1000.0, 0.0),
        ("gelu(a)", 1000.0, 1000.0),
        ("gelu(a)", -10.0, -10 * 7.619853024160527e-24),  # the normal distribution function at -10
        ("gelu(a)", -1000.0, 0.0),
        ("elu(a)", -1e-20, -1e-20),
        ("elu(a)", -1000.0, -1.0),
        ("elu(a)", 1000.0, 1000.0),
        ("leaky_relu(a)", -1e300, -1e298),
        ("relu(a)", -1e300, 0.0),
        ("erf(a)", 1000.0, 1.0),
    ],
)
def test_activations_far_out(text, a, true):
    for given in (a, [[a]], [[a], [a]]):
        np.testing.assert_allclose(value(text, a=given), np.broadcast_to(true, np.shape(given)), rtol=1e-10, atol=0)


def test_softmax_far_out():
    np.testing.assert_array_equal(value("softmax(a)", a=column(1000, 1000)), column(0.5, 0.5))
    np.testing.assert_array_equal(value("softmax(a)", a=column(1000, 0, -1000)), column(1, 0, 0))
    np.testing.assert_array_equal(value("log_softmax(a)", a=column(1000, 0, -1000)), column(0, -1000, -2000))
    np.testing.assert_allclose(value("log_softmax(a)", a=column(-1000, -1000)), -math.log(2) * column(1, 1), rtol=1e-13)
    assert value("softmax_weighted_sum(a)", a=column(1000, 0, -1000)) == 1000
    two = compile_formulas([("f", parse("softmax(a)"))], ["a"], Axis.ROWS)({"a": matrix([[1000, 1000], [0, 1000]])})
    np.testing.assert_array_equal(two["f"], [[0.5, 0.5], [0, 1]])


def test_losses_at_their_ends():
    """0 log 0 is 0, and log 0 is minus infinity."""
    assert value("cross_entropy(p, y)", p=column(1, 0), y=column(1, 0)) == 0
    assert value("cross_entropy(p, y)", p=column(1, 0), y=column(0, 1)) == math.inf
    assert value("binary_cross_entropy(p, y)", p=column(1, 0), y=column(1, 0)) == 0
    assert value("binary_cross_entropy(p, y)", p=1.0, y=0.0) == math.inf
    assert value("huber(p, y)", p=1e200, y=0.0) == 1e200
    assert value("cross_entropy(softmax(a), y)", a=column(1000, 0), y=column(0.5, 0.5)) == 500
    for axis in Axis:
        one = compile_formulas([("f", parse("cross_entropy(softmax(a), y)"))], ["a", "y"], axis)
        assert one({"a": np.float64(3.0), "y": np.float64(1.0)})["f"] == 0
    # The samples of a batch are each by themselves, however far apart they are.
    apart = value("cross_entropy(softmax(a), y)", a=matrix([[1000, 0], [0, 1]]), y=matrix([[0.5, 0.5], [0.5, 0.5]]))
    np.testing.assert_allclose(apart, row(500, math.log(1 + math.e) - 0.5))


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy"])
def test_a_loss_of_nothing_is_0_and_not_minus_0(loss):
    """Minus a sum of zeros is -0, which would be printed so."""
    solution = solve(loads(f"inputs: {{p: [1, 0], y: [1, 0]}}\nequations: {{f: '{loss}(p, y)'}}\nof: f"), check=False)
    assert math.copysign(1.0, solution.loss) == 1.0


def test_exact_values():
    assert value("sigmoid(a)", a=0.0) == 0.5
    np.testing.assert_array_equal(value("step(a)", a=row(-1, 0, 1)), row(0, 0, 1))
    np.testing.assert_array_equal(value("sign(a)", a=row(-1, 0, 1)), row(-1, 0, 1))
    np.testing.assert_array_equal(value("relu(a)", a=row(-1, 0, 1)), row(0, 0, 1))
    assert value("half_squared_error(p, y)", p=column(1, 2), y=column(0, 0)) == 2.5
    assert value("squared_error(p, y)", p=column(1, 2), y=column(0, 0)) == 5
    assert value("mean_squared_error(p, y)", p=column(1, 2), y=column(0, 0)) == 2.5
    assert value("absolute_error(p, y)", p=column(1, -2), y=column(0, 0)) == 3
    assert value("huber(p, y)", p=column(0.5, -2), y=column(0, 0)) == 0.125 + 1.5
    assert value("cross_entropy(p, y)", p=column(0.25, 0.75), y=column(1, 0)) == pytest.approx(2 * math.log(2))
    np.testing.assert_array_equal(
        value("inner(u, v)", u=matrix([[1, 2], [3, 4]]), v=matrix([[1, 1], [1, -1]])), [[4, -2]]
    )


# Adding a function touches one file.

ANSWERS = """
inputs: [0.5, -1]
targets: [1, 0]
layers:
  - {weights: [[1, -2], [0.5, 3]], biases: [0.1, -0.2], activation: bent_identity}
  - {weights: [[2, 1], [-1, 1]], activation: softmax}
loss: cross_entropy
lr: 0.1
"""


@pytest.fixture
def bent_identity(table):
    return table(
        Function(
            name="bent_identity",
            args=("a",),
            value=lambda a: (np.sqrt(a * a + 1) - 1) / 2 + a,
            summary="a line with a bend",
            definition="(sqrt(a ** 2 + 1) - 1) / 2 + a",
            role="activation",
            shape=lambda args, params, axis: args[0],
            elementwise=True,
            gradient={"a": "g * (1 + a / (2 * sqrt(a ** 2 + 1)))"},
            unicode="bend({a})",
            aliases=("bend",),
        )
    )


def test_adding_a_function_is_one_entry(bent_identity):
    """A formula, a problem, the listing, a gradient check: all know it at once."""
    from gradcalc.formula.write import code, latex, unicode
    from gradcalc.problem.load import loads
    from gradcalc.program.solve import solve

    assert bent_identity in functions()
    assert parse("bend(a) + bent_identity(b)") == parse("bent_identity(a) + bend(b)")
    assert value("bent_identity(a)", a=0.75) == 0.875
    assert unicode(parse("bend(a)")) == "bend(a)"
    assert parse(code(parse("bend(a)"))) == parse("bend(a)")
    assert "bent" in latex(parse("bend(a)"))
    solution = solve(loads(ANSWERS))
    a1 = solution.forward["a1"]
    np.testing.assert_allclose(solution.forward["h1"], (np.sqrt(a1**2 + 1) - 1) / 2 + a1)
    np.testing.assert_allclose(
        solution.gradients["a1"], solution.gradients["h1"] * (1 + a1 / (2 * np.sqrt(a1**2 + 1))), rtol=1e-14
    )
    assert solution.verification.max_relative_error < 1e-7
    test_value(bent_identity, Axis.ROWS)
    test_value_is_its_definition(bent_identity, Axis.COLUMNS)
    test_gradient_rules(bent_identity, Axis.COLUMNS)


@pytest.mark.parametrize("entry", [e for e in ALL if e.name in ON_KINKS], **BY_NAME)
def test_kinks_are_found(entry):
    """An entry with a kink needs no point of its own here."""
    assert on_kinks(entry, (("alpha", 0.3),) if entry.name == "elu" else ())


def _mean_square(a, axis):
    return np.mean(a * a, axis=int(axis), keepdims=True) if axis >= 0 and a.ndim else np.mean(a * a)


@pytest.fixture
def mean_square(table):
    return table(
        Function(
            name="mean_square",
            args=("a",),
            params={"axis": -1},
            summary="the mean of the squares",
            definition="sum(a ** 2, axis=axis) * size(sum(a, axis=axis)) / size(a)",
            gradient={"a": "g * 2 * a * size(sum(a, axis=axis)) / size(a)"},
            value=lambda a, axis: (
                np.mean(a**2, axis=int(axis), keepdims=True) if axis >= 0 and a.ndim else np.mean(a**2)
            ),
            shape=reduced,
            group="reduction",
            mistakes=(
                Mistake("sum-not-mean", "sum(a ** 2, axis=axis)", "the sum is given in place of the mean"),
                Mistake("factor-of-two", "g * a * size(sum(a, axis=axis)) / size(a)", "the 2 is left out", "a"),
            ),
        )
    )


@pytest.mark.parametrize("idiom", [None, "np.mean({a} ** 2{each})"])
def test_adding_a_reduction_is_one_entry(mean_square, idiom, monkeypatch):
    """Along rows or columns: values, gradients, single entries, programs, listings."""
    if idiom is not None:
        monkeypatch.setitem(IDIOMS, "mean_square", {"numpy": idiom})
    for axis in Axis:
        test_value(mean_square, axis)
        test_value_is_its_definition(mean_square, axis)
        test_gradient_rules(mean_square, axis)
        test_gradient_rules_where_the_upstream_gradient_is_one_number(mean_square, axis)
    A = matrix([[1, 2, 3], [4, 5, 6]])
    single = entry_of(parse("mean_square(A, axis=0)"), (0, 1), {"A": (2, 3)})
    assert set(names(single)) == {"A[1,2]", "A[2,2]"}
    assert reference.evaluate(single, {"A[1,2]": 2.0, "A[2,2]": 5.0}) == 14.5
    assert any(mean_square is entry for entry in functions())
    text = """
    inputs: {A: [[1, 2, 3], [4, 5, 6]]}
    equations: {m: "mean_square(tanh(A), axis=1)", n: "mean_square(A, axis=0)", f: sum(m) + sum(n ** 2)}
    of: f
    """
    solution = solve(loads(text))
    by_hand = 2 * np.tanh(A) * (1 - np.tanh(A) ** 2) / 3 + 2 * A * (A**2).mean(axis=0)
    np.testing.assert_allclose(solution.gradients["A"], by_hand, rtol=1e-14)
    assert solution.verification.max_relative_error < 1e-7
    program: dict[str, object] = {}
    exec(numpy_program.render(solution, Page()), program)
    np.testing.assert_allclose(program["m"], (np.tanh(A) ** 2).mean(axis=1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(program["n"], (A**2).mean(axis=0, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(program["dA"], by_hand, rtol=1e-14)


def test_what_an_added_reduction_passes_on_is_told_and_marked(mean_square):
    """Its formulas have an axis in them, which is a number in each application only."""
    test_rules_speak_of_the_function_only(mean_square)
    for mistake in mean_square.mistakes:
        test_mistakes_are_wrong(mean_square, mistake)
    for page in (functions_report(None), functions_report("mean_square")):
        assert "sum(a ** 2) * size(sum(a)) / size(a)" in render(page, lookup_format("plain"), Page())
    text = "{inputs: {A: [[1, 2, 3], [4, 5, 6]]}, equations: {m: 'mean_square(A, axis=1)', f: sum(m)}, of: f}"
    solution = solve(loads(text))
    half = (solution.gradients["A"] / 2).tolist()
    for answers, id in (
        ({"forward": {"m": [[14], [77]]}}, "sum-not-mean"),
        ({"gradients": {"A": half}}, "factor-of-two"),
    ):
        (verdict,) = mark(solution, sheet_from_data(answers, solution)).verdicts
        assert [mistake.id for mistake in verdict.mistakes] == [id]


def test_what_is_kept_of_the_table_is_forgotten_with_it(table):
    """A formula that was read before the table changed is read anew."""
    with pytest.raises(GradcalcError, match="unknown function"):
        parse("own(a)")
    one = table(Function(name="other", args=("a",), aliases=("own",), summary="", value=abs, shape=same))
    assert parse("own(a)") == call("other", Name("a"))
    unregister(one.name)
    with pytest.raises(GradcalcError, match="unknown function"):
        parse("own(a)")
    register(one)


def test_a_pair_is_taken_out_again():
    known_pairs = pairs()
    mine = Pair(outer="sum", inner="tanh", through="a", rule="g", summary="", value=lambda a, axis: 1.0)
    register_pair(mine)
    assert pair("sum", "tanh") is mine
    unregister_pair(mine)
    assert pairs() == known_pairs
    with pytest.raises(KeyError):
        unregister_pair(mine)


def test_it_is_gone_afterwards():
    assert "bent_identity" not in {entry.name for entry in functions()}
    with pytest.raises(Exception, match="bent_identity"):
        parse("bent_identity(a)")


def test_a_name_can_be_taken_once(table):
    for name, aliases in (("sigmoid", ()), ("σ", ()), ("own", ("relu",)), ("own", ("ReLU",))):
        with pytest.raises(ValueError, match="is in the table already"):
            table(Function(name=name, args=("a",), value=abs, summary="", shape=broadcast, aliases=aliases))
    assert "own" not in {entry.name for entry in functions()}


def test_a_function_without_a_rule_has_no_gradient(table):
    table(Function(name="own", args=("a",), value=np.abs, summary="", shape=broadcast))
    forward = [Equation("forward", "f", parse("sum(own(a))"))]
    with pytest.raises(NoGradientError, match="own has no gradient"):
        backward(forward, {"f": ONE}, ("a",), {"a": (2, 1), "f": ()})


@pytest.mark.parametrize("rows", ["2.5", "0", "-1"])
def test_a_count_is_a_whole_number_from_1(rows):
    with pytest.raises(GradcalcError, match="rows must be a whole number from 1"):
        shape_of(parse(f"ones(rows={rows}, columns=2)"), {})


def test_unknown_names_suggest_known_ones():
    with pytest.raises(Exception, match="did you mean 'sigmoid'"):
        lookup("sigmiod")


def test_shape_rules_raise_bare_facts():
    with pytest.raises(ShapeMismatch):
        broadcast([(2, 1), (1, 2)], {}, Axis.COLUMNS)
    assert Num(1.0) == ONE


@pytest.mark.parametrize("text", ["diag(2)", "vec(2)", "kron(2, 3)", "block_inner(2, 3)", "block_sum(2, 3)"])
def test_a_matrix_of_one_made_of_numbers(text):
    """What is known before running may be a matrix, too."""
    solution = solve(loads(f"inputs: {{x: 1}}\nequations: {{m: '{text}', f: sum(m) * x}}\nof: f\n"))
    assert solution.values["m"].shape == (1, 1)
    assert solution.values["f"] == solution.values["dx"] == {"diag": 2, "vec": 2}.get(text.partition("(")[0], 6)


@pytest.mark.parametrize(("v", "a"), [("[1, 2, 3]", "[[1, 2]]"), ("[[1, 2], [3, 4]]", "1"), ("2", "[1, 2]")])
def test_unvec_needs_as_many_entries(v, a):
    with pytest.raises(GradcalcError, match="has not as many entries as"):
        solve(loads(f"inputs: {{v: {v}, a: {a}}}\nequations: {{m: 'unvec(v, a)'}}\n"))
