"""Programs in NumPy, PyTorch and JAX: what the frameworks compute by themselves is what gradcalc computes."""

import ast
import subprocess
import sys
from pathlib import Path

import image_loops
import numpy as np
import pytest
import running
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import FORMATS, assert_same, outputs, quantities, read, written
from shaped import SHAPES, shaped, values

import gradcalc
from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.errors import UsageError
from gradcalc.formula.expr import call
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import same
from gradcalc.formula.table import Axis, Function, ShapeMismatch, functions, lookup
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.solve import solve
from problems import column, matrix, problem

PROBLEMS = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))
every_format = pytest.mark.parametrize("form", FORMATS)


@pytest.fixture(scope="module")
def solutions():
    given = {path.stem: gradcalc.load(path) for path in PROBLEMS}
    return {name: solve(each) for name, each in given.items() if each.forward}


@every_format
@pytest.mark.parametrize("name", [path.stem for path in PROBLEMS])
def test_a_program_prints_what_the_solution_holds(name, form, solutions):
    if name not in solutions:
        pytest.skip("claims alone: there is nothing to compute")
    if solutions[name].problem.order != "simultaneous" and form != "numpy":
        with pytest.raises(UsageError, match="all gradients at once"):
            written(solutions[name], form)
    else:
        assert_same(solutions[name], form)


@every_format
def test_a_program_needs_its_framework_and_nothing_else(form, tmp_path):
    pytest.importorskip(form)
    solution = solve(gradcalc.load("hw3"))
    file = tmp_path / "hw3.py"
    file.write_text(written(solution, form), encoding="utf-8")
    tree = ast.parse(file.read_text())
    imported = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert imported == {form}
    run = subprocess.run([sys.executable, "-W", "error", str(file)], capture_output=True, text=True, cwd=tmp_path)
    assert run.stderr == ""
    found = read(run.stdout)
    # The source's own numbers, equations (22) and (32).
    np.testing.assert_allclose(found["dW1"], [[-0.0052, 0.0733], [0, 0]], atol=5e-5)
    np.testing.assert_allclose(found["loss_new"], 0.2146, atol=5e-5)


def test_numpy_lines_are_the_equations(solutions):
    program = written(solutions["hw3"], "numpy")
    for line in ("a1 = W1.T @ x + b1", "da1 = dh1 * h1 * (1 - h1)", "dW1 = x @ da1.T", "W1_new = W1 - lr * dW1"):
        assert f"\n{line}\n" in program


@pytest.mark.parametrize("name", ["hw3", "han-kamber", "ng-network-penalty", "ttic-graph-mixed"])
def test_a_framework_is_given_no_gradient(name, solutions):
    torch = ast.parse(written(solutions[name], "torch"))
    backward = [
        n
        for n in torch.body
        if isinstance(n, ast.Assign) and n.targets[0].id[0] == "d" and n.targets[0].id[1:] in solutions[name].gradients
    ]
    assert len(backward) == len(
        quantities(solutions[name], "torch").keys() & {f"d{n}" for n in solutions[name].gradients}
    )
    assert all(isinstance(n.value, ast.Attribute) and n.value.attr == "grad" for n in backward)
    jax = ast.parse(written(solutions[name], "jax"))
    assigned = {n.id for n in ast.walk(jax) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    assert not assigned & {f"d{n}" for n in solutions[name].gradients}


# Functions of the table.


def argument(domain, shape, axis, random):
    """A random value in the domain that an entry asks for."""
    numbers = random.uniform(0.2, 0.8, shape)
    if domain in ("positive", "probability"):
        return numbers
    if domain == "distribution":
        return numbers / numbers.sum(axis=axis, keepdims=True)
    if domain == "index":
        return random.integers(1, 2, shape, endpoint=True).astype(float)
    if domain == "bit":
        return (random.normal(size=shape) > 0).astype(float)
    if domain == "sign":
        return np.sign(random.normal(size=shape))
    if domain == "one_hot":
        return (numbers == numbers.max(axis=axis, keepdims=True)).astype(float)
    return random.normal(size=shape)


COLUMN, BATCH, ROW, ROWS = ((3, 1), 0), ((3, 2), 0), ((1, 3), 1), ((2, 3), 1)
OF_SHAPE = {
    "matmul": [((2, 2), 0)],
    "trace": [((2, 2), 0)],
    "diag": [((3, 1), 0), ((2, 2), 0), ((1, 1), 0), ((), 0)],
    "outer": [((3, 1), 0)],
    "eye_like": [((2, 2), 0), ((2, 3), 0)],
    "kron": [((2, 3), 0), ((), 0)],
    "block_inner": [((2, 2), 0)],
    "block_sum": [((2, 2), 0)],
    "vec": [((2, 3), 0), ((), 0)],
    "part": [COLUMN, ROW],
    "inv": [((2, 2), 0)],
    "det": [((2, 2), 0)],
    "solve": [((2, 2), 0)],
    "std": [COLUMN, BATCH, ROW, ROWS],
}
OF_SHAPE |= {name: [] for name in ("unvec", "reshape_like", "place", "lookup", "add_at", "put_at")}
"""Their arguments differ in shape: tested below, and those of tables in `program/test_layer_kinds.py`."""
OF_SHAPE |= {name: [] for name in (*image_loops.CASES, "unflatten")}
CASES = [
    pytest.param(entry, shape, Axis(axis), id=f"{entry.name}-{'x'.join(map(str, shape)) or 'number'}-{axis}")
    for entry in functions()
    for shape, axis in OF_SHAPE.get(entry.name, [COLUMN, BATCH, ROW, ROWS, ((), 0)])
    if shape or not {"one_hot", "distribution"} & set(entry.domain.values())
]


def applied(entry, args, axis, **params):
    """The problem of one application: its value, and its gradient for a gradient from above that isn't all ones."""
    wanted = entry.shape([np.shape(a) for a in args.values()], {**entry.params, **params}, axis)
    above = np.asarray(np.random.default_rng(7).normal(size=wanted))
    forward = (Equation("forward", "value", call(entry.name, *map(call_name, args), **params)),)
    upstream = {} if entry.no_gradient else {"value": above}
    names = dict(zip(args, entry.args, strict=True))
    fixed = {name: value for name, value in args.items() if names[name] not in entry.gradient and not entry.variadic}
    moved = {name: value for name, value in args.items() if name not in fixed}
    return Problem(forward=forward, inputs=moved, targets=fixed, upstream=upstream, axis=axis)


def call_name(name):
    from gradcalc.formula.expr import Name

    return Name(name)


@every_format
@pytest.mark.parametrize(("entry", "shape", "axis"), CASES)
def test_every_function_of_the_table(entry, shape, axis, form):
    random = np.random.default_rng(3)
    names = [f"{arg}_" for arg in entry.args]
    args = {
        name: np.asarray(argument(entry.domain.get(arg), shape, int(axis), random))
        for name, arg in zip(names, entry.args, strict=True)
    }
    if entry.name == "block_inner" or entry.name == "block_sum":
        args[names[0]] = random.normal(size=(4, 4))
    assert_same(solve(applied(entry, args, axis)), form)


OF_IMAGES = [
    pytest.param(name, shapes, params, id=f"{name}-{'-'.join('x'.join(map(str, each)) for each in shapes)}-{params}")
    for name, cases in image_loops.CASES.items()
    for shapes in cases
    for params in image_loops.PARAMS[name]
]


@every_format
@pytest.mark.parametrize(("name", "shapes", "params"), OF_IMAGES)
def test_every_function_of_images(name, shapes, params, form):
    random, entry = np.random.default_rng(3), lookup(name)
    args = {f"{arg}_": np.asarray(random.normal(size=shape)) for arg, shape in zip(entry.args, shapes, strict=True)}
    try:
        given = applied(entry, args, Axis.COLUMNS, **dict(params))
    except ShapeMismatch:
        return  # tried with other parameters
    assert_same(solve(given), form)


@every_format
def test_parameters_of_functions(form):
    given = problem(
        {
            "a": "leaky_relu(x, alpha=0.3)",
            "b": "elu(x, alpha=2)",
            "c": "huber(x, y, delta=0.5)",
            "d": "sum(x, axis=0) + sum(x, axis=1)",
            "m": "ones(rows=2, columns=2) @ x",
            "loss": "sum(a) + sum(b) + c + sum(d) + sum(m)",
        },
        inputs={"x": [[-1.5], [0.4]]},
        targets={"y": [[0.2], [0.3]]},
    )
    assert_same(solve(given), form)


AXES = [f"{name}(x, axis={axis})" for name in ("sum", "mean", "var", "std", "max", "min", "argmax") for axis in (0, 1)]
AXES += [f"{name}(x, axis={axis})" for name in ("logsumexp", "softmax", "log_softmax", "lead") for axis in (0, 1)]


@every_format
@pytest.mark.parametrize("axis", list(Axis))
def test_every_axis(form, axis):
    lines = {f"v{number}": text for number, text in enumerate(AXES)}
    smooth = [name for name, text in lines.items() if not text.startswith(("argmax", "lead"))]
    lines["loss"] = " + ".join(f"sum({name} ** 2)" for name in smooth)
    given = problem(lines, inputs={"x": [[0.1, 0.7, -0.4], [1.2, -0.3, 0.5]]}, axis=axis)
    solution = solve(given)
    assert solution.verification.max_relative_error < 1e-7
    assert solution.shapes["v0"] == (1, 3)
    assert solution.shapes["v8"] == (1, 3)
    assert_same(solution, form)


@every_format
def test_choices(form):
    """What is chosen by a comparison, by a mask and by nothing, and what is held back."""
    lines = {
        "gate": "x > 0",
        "h": "where(x > 0, x, 0.1 * x) + where(mask, x ** 2, y) + gate * x + (x <= y) * y",
        "still": "stop_gradient(x) * x + stop_gradient(exp(x)) + pi",
        "loss": "sum(h * still) + sum(threshold(x) * (x != y))",
    }
    inputs = {"x": [[1.5], [-0.5], [0.25]], "y": [[1], [2], [-3]]}
    given = problem(lines, inputs=inputs, targets={"mask": [[1], [0], [1]]})
    solution = solve(given)
    assert solution.verification.max_relative_error < 1e-9
    assert "gate" not in solution.gradients
    assert_same(solution, form)


@every_format
def test_parts(form):
    """Entries, rows, columns and blocks, of names and of other values, and gradients put back into them."""
    given = problem(
        {
            "a": "x[2] * x[1:2] + W[2:3,1]",
            "b": "W[2,:] @ x[2:3] * (W @ x[1:2])[3] + W[:,2][1]",
            "c": "sum(place(x[1] ** 2, W[2,1]) * W) + sum(place(x[1:2], W[1:2,2]) * sigmoid(W))",
            "loss": "sum(a) + sum(b) + c",
        },
        inputs={"x": [[-1.5], [0.4], [0.7]], "W": [[1, 2], [3, 4], [5, 6]]},
    )
    assert_same(solve(given), form)


@every_format
def test_linear_algebra_and_arrangements(form):
    lines = {
        "w": "solve(A @ A.T + 0.1 * eye(2), b)",
        "stacked": "concat(w, x, 3, w * x[1])",
        "wide": "concat(A, inv(A), A.T @ w, axis=1)",
        "m": "reshape(wide, 5, 2) @ x + sum(tril(A)) + det(A)",
        "loss": "sum(stacked ** 2) + sum(flatten(wide) * m[1]) + sum(m) + sum(reshape_like(m[1:4], A) * A)",
    }
    given = problem(lines, inputs={"A": [[1.5, -0.3], [0.4, 2]], "b": [[1], [2]], "x": [[0.5], [-1]]})
    solution = solve(given)
    assert solution.verification.max_relative_error < 1e-8
    assert_same(solution, form)


@every_format
def test_a_function_of_a_number_and_of_a_matrix(form):
    """Which a program may have to define in two ways, whose names must be free."""
    lines = {"softmax_2": "softmax(x) * softmax(t)", "a": "inner(x, x) + max(x) + max(t)", "loss": "sum(softmax_2) * a"}
    assert_same(solve(problem(lines, inputs={"x": [[1], [2]], "t": 3})), form)


@every_format
def test_unvec(form):
    given = problem(
        {"m": "unvec(v, w) @ u", "loss": "sum(m ** 2)"},
        inputs={"v": [[1], [2], [3], [4], [5], [6]], "u": [[1], [2], [3]]},
        targets={"w": [[0, 0, 0], [0, 0, 0]]},
    )
    assert_same(solve(given), form)


@every_format
def test_a_function_added_to_the_table_can_be_written_at_once(form, table):
    table(
        Function(
            name="mish",
            args=("a",),
            params={"beta": 1.0},
            value=lambda a, beta: a * np.tanh(np.log1p(np.exp(beta * a))),
            summary="a smooth rectifier that dips below zero",
            definition="a * tanh(softplus(beta * a))",
            shape=same,
            elementwise=True,
            gradient={
                "a": "g * tanh(softplus(beta * a))"
                " + g * a * beta * (1 - tanh(softplus(beta * a)) ** 2) * sigmoid(beta * a)"
            },
        )
    )
    given = problem({"h": "mish(x) + mish(x, beta=2)", "loss": "sum(h ** 2)"}, inputs={"x": [[-1], [0.5]]})
    program = assert_same(solve(given), form)
    assert "def mish(a, beta=1):" in program
    assert "mish(x, beta=2)" in program


@every_format
def test_a_function_without_a_definition_is_refused(form, table):
    table(
        Function(
            name="mystery",
            args=("a",),
            value=np.cbrt,
            summary="nobody knows",
            shape=same,
            no_gradient="nobody knows",
        )
    )
    solution = solve(problem({"h": "1 + mystery(x)"}, inputs={"x": 8}))
    with pytest.raises(UsageError, match="the table has no definition of mystery"):
        written(solution, form)


@every_format
@settings(max_examples=40)
@given(st.data())
def test_random_formulas(form, data):
    axis = data.draw(st.sampled_from([0, 1]))
    expr = data.draw(shaped(data.draw(st.sampled_from(list(SHAPES.values()))), 3, axis))
    inputs = values(data.draw(st.integers(0, 9)))
    forward = (Equation("forward", "value", expr), Equation("forward", "loss", call("sum", call_name("value"))))
    given_values = {name: inputs[name] for name in sorted(inputs)}
    program = Problem(forward=forward, parameters=given_values, objective="loss", lr=0.1, axis=Axis(axis))
    try:
        solution = solve(program, check=False)
    except ShapeError:
        return
    if all(np.isfinite(value).all() for value in solution.values.values()):
        assert_same(solution, form)


# Kinks: there a framework's own convention may be another, so the programs hold to the table's.

KINKS = {
    "relu": ("relu(a)", {"a": column(0, 1)}),
    "leaky": ("leaky_relu(a, alpha=0.2)", {"a": column(0, 1)}),
    "elu": ("elu(a, alpha=0.7)", {"a": column(0, 1)}),
    "abs": ("abs(a)", {"a": column(0, 1)}),
    "maximum": ("maximum(a, b)", {"a": column(2, 1), "b": column(2, 0)}),
    "maximum-zero": ("maximum(0, a)", {"a": column(0, 1)}),
    "zero-maximum": ("maximum(a, 0)", {"a": column(0, 1)}),
    "minimum": ("minimum(a, b)", {"a": column(2, 1), "b": column(2, 0)}),
    "max": ("max(a)", {"a": column(1, 3, 3)}),
    "max-batch": ("max(a)", {"a": matrix([[1, 5], [3, 5], [3, 2]])}),
    "min": ("min(a)", {"a": column(3, 1, 1)}),
    "min-batch": ("min(a)", {"a": matrix([[3, 5], [1, 2], [1, 2]])}),
    "threshold": ("threshold(a)", {"a": column(0, 1)}),
    "hinge": ("hinge(a, b)", {"a": column(1, -3), "b": column(1, 1)}),
    "hinge-batch": ("hinge(a, b)", {"a": matrix([[1, -3, 2]]), "b": matrix([[1, 1, -1]])}),
    "perceptron": ("perceptron_loss(a, b)", {"a": column(0, -3), "b": column(1, 1)}),
    "multiclass": ("multiclass_hinge(a, k)", {"a": column(1, 0, 0)}),
    "multiclass-sum": ("multiclass_hinge_sum(a, k)", {"a": column(1, 0, -2)}),
    "absolute": ("absolute_error(a, b)", {"a": column(1, 2), "b": column(1, 0)}),
    "huber": ("huber(a, b)", {"a": column(1, 2), "b": column(0, 2)}),
    "pool": ("max_pool(a)", {"a": matrix([[1, 3, 0, 2], [3, 3, 2, 2]])}),
}


@every_format
@pytest.mark.parametrize("name", KINKS)
def test_on_a_kink_the_table_decides(name, form):
    formula, inputs = KINKS[name]
    lines = {"value": formula, "loss": "sum(value ** 2 + 3 * value)"}
    solution = solve(problem(lines, inputs=inputs, targets={"k": column(1, 0, 0)}))
    program = assert_same(solution, form)
    if solution.verification.kinks and form != "numpy":
        assert "On a kink, where the derivative jumps" in " ".join(program.split())


def test_every_function_with_a_kink_is_tried_on_it():
    tried = {formula.partition("(")[0] for formula, _ in KINKS.values()}
    has_gradient = {entry.name for entry in functions() if entry.kinks and not entry.no_gradient}
    assert has_gradient - {"norm", "std"} <= tried  # a norm has no subgradient that is a rule's: 0 / 0


# What a problem can be.


@every_format
def test_names_that_a_program_needs_itself(form):
    given = problem(
        {
            "jax": "np * torch",
            "forward": "jax + jnp",
            "print": "forward ** 2",
            "quantities": "print - leaves",
            "sum_": "quantities * 2",
            "name": "sum_ + shifts",
            "loss": "name * value",
        },
        inputs={"np": 2, "torch": 3, "value": 0.5},
        parameters={"jnp": 1, "leaves": 4, "shifts": 5},
        lr=0.1,
    )
    assert_same(solve(given), form)


@every_format
def test_greek_names_and_a_title_with_quotes(form):
    given = problem(
        {"σ2": "θ ** 2", "loss": "σ2 * λ"},
        inputs={"θ": 2},
        targets={"λ": 3},
        title='A "quoted" \\title\n with """three"""',
        source='ends with "',
    )
    assert_same(solve(given), form)


@every_format
def test_two_names_for_one_quantity_have_gradients_of_their_own(form):
    given = problem({"a": "w * x", "yhat": "a", "loss": "yhat ** 2 + a"}, inputs={"x": 2}, parameters={"w": 3})
    solution = solve(given)
    assert solution.gradients["a"] == solution.gradients["yhat"] + 1
    assert_same(solution, form)


@every_format
def test_an_input_that_the_loss_does_not_depend_on(form):
    given = problem(
        {"a": "w * x", "other": "v * x", "loss": "sum(a ** 2)"},
        inputs={"x": [[2], [3]]},
        parameters={"w": 3, "v": [[1], [1]]},
        lr=0.1,
    )
    assert_same(solve(given), form)


@every_format
def test_a_loss_that_nothing_moves(form):
    lines = {"a": "w * x", "f": "y ** 2"}
    assert_same(solve(problem(lines, inputs={"x": 2}, targets={"y": 3}, parameters={"w": 3}, objective="f")), form)


@every_format
def test_several_gradients_from_above(form):
    given = problem(
        {"a": "W @ x", "b": "sum(x ** 2)"},
        inputs={"x": [[2], [3]]},
        parameters={"W": [[1, 2], [3, 4]]},
        upstream={"a": [[1], [-1]], "b": 0.5},
        lr=0.1,
    )
    assert_same(solve(given), form)


@every_format
def test_frozen_parameters_are_kept(form):
    given = problem(
        {"a": "w * x + b", "loss": "a ** 2"},
        inputs={"x": 2},
        parameters={"w": 3, "b": 1},
        lr=0.1,
        frozen=frozenset({"w"}),
    )
    solution = solve(given)
    program = assert_same(solution, form)
    assert outputs(program, form)["w_new"] == 3
    everything = solve(problem({"loss": "w ** 2"}, parameters={"w": 3}, lr=0.1, frozen=frozenset({"w"})))
    assert_same(everything, form)


@every_format
def test_the_number_differentiated_may_be_a_matrix_of_one(form):
    given = problem({"f": "W @ x"}, inputs={"x": [[2], [3]]}, parameters={"W": [[1, 2]]}, objective="f", lr=0.1)
    assert_same(solve(given), form)


@every_format
def test_forward_pass_alone(form):
    given = problem(
        {"a": "argmax(x) + size(x) + features(x)", "c": "2 * 3", "h": "relu(x) + a"}, inputs={"x": [[2], [-3]]}
    )
    program = assert_same(solve(given), form)
    assert "grad" not in program.replace("gradcalc", "")


@every_format
def test_constants_that_python_would_not_compute(form):
    given = problem(
        {"a": "x + 1 / 0", "b": "x * 10 ** 400", "c": "x * (0 - 8) ** 0.5", "d": "exp(1) + sqrt(2 * 2)"},
        inputs={"x": 1},
    )
    program = written(solve(given), form)
    found = outputs(program, form)
    assert found["a"] == np.inf
    assert found["b"] == np.inf
    assert np.isnan(found["c"])
    assert found["d"] == pytest.approx(np.e + 2)


@every_format
def test_a_sum_of_thousands(form):
    inputs = {f"x{i}": i / 1000 for i in range(3000)}
    given = problem({"a": " + ".join(f"x{i}" for i in range(200)), "loss": "a ** 2"}, inputs=inputs)
    from gradcalc.formula.expr import Name, add

    long = add(*(Name(name) for name in inputs))
    given = Problem(forward=(Equation("forward", "loss", long),), inputs=given.inputs)
    assert_same(solve(given), form)


@every_format
@pytest.mark.filterwarnings("ignore:invalid value")
def test_saturated_outputs(form):
    """A sigmoid that is 1 to the last bit: 0 log 0 is 0, and no gradient is lost in it."""
    given = problem(
        {"a": "w * x", "yhat": "sigmoid(a)", "loss": "binary_cross_entropy(yhat, y)"},
        inputs={"x": 50},
        targets={"y": 1},
        parameters={"w": 1},
        lr=0.1,
    )
    found = outputs(written(solve(given), form), form)
    assert found["loss"] == pytest.approx(0, abs=1e-15)
    assert found["dw"] == pytest.approx(0, abs=1e-15)


def test_numpy_programs_are_stable_where_the_textbook_is_not():
    given = problem(
        {
            "s": "softmax(x)",
            "l": "log_softmax(x)",
            "g": "sigmoid(x)",
            "p": "softplus(x)",
            "t": "tanh(x)",
            "e": "elu(x)",
        },
        inputs={"x": column(-800, 0, 900)},
    )
    solution = solve(given)
    with np.errstate(all="raise", under="ignore"):
        found = outputs(written(solution, "numpy"), "numpy")
    for name, value in quantities(solution, "numpy").items():
        np.testing.assert_allclose(found[name], value, rtol=1e-12, atol=1e-300, err_msg=name)


@every_format
def test_claims_alone_have_no_program(form):
    with pytest.raises(UsageError, match="there are no equations to solve, only claims"):
        solution_report(Request("identities"))


@every_format
@pytest.mark.parametrize("command", [["step", "hw3"], ["functions"], ["problems"]])
def test_only_solve_writes_programs(command, form):
    result = running.run(*command, "--format", form)
    assert result.returncode == 2
    assert "'gradcalc solve' writes those" in result.stderr
    assert result.stdout == ""
