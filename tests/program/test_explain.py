from dataclasses import replace

import numpy as np
import pytest
from bundled import WORKED, solved

from gradcalc.errors import UsageError
from gradcalc.formula.entries import entry_name, positions, split_index
from gradcalc.formula.expr import Apply, Name, Num, mul, names, walk
from gradcalc.problem.load import load, loads
from gradcalc.program.explain import MAX_STEPS, explain
from gradcalc.program.solve import solve

HW3 = solve(load("hw3"), check=False)


NOTHING_PLAIN = ("onnx-activations", "keras-gelu")
"""Problems all of whose functions are beyond plain arithmetic."""


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


# What mathematics these names have, apart from the program's own table.
MEANING = {
    "add": lambda *terms: sum(terms),
    "neg": lambda a: -a,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "relu": lambda a: max(a, 0.0),
    "step": lambda a: float(a > 0),
    "maximum": max,
    "minimum": min,
    "abs": abs,
    "sign": np.sign,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
}


def worth(expr, values):
    """The number that a formula over entries stands for."""
    if isinstance(expr, Num):
        return expr.value
    if isinstance(expr, Name):
        return values[expr.id]
    return MEANING[expr.function](*(worth(arg, values) for arg in expr.args))


def entries(solution):
    return {
        entry_name(name, value.shape, *place): float(value[place] if value.ndim else value)
        for name, value in solution.values.items()
        for place in positions(value.shape)
    }


def test_the_chain_rule_for_one_weight_of_the_course():
    """Equation (22) of the course's solution, by hand: x[1] times the delta of the second hidden unit."""
    explained = explain(HW3, "dW1[1,2]")
    assert explained.differentiated == ("loss", "W1")
    formulas = {step.name: step.expr for step in explained.steps}
    assert formulas["dW1[1,2]"] == mul(Name("x[1]"), Name("da1[2]"))
    values = {step.name: step.value for step in explained.steps}
    assert values["dW1[1,2]"] == pytest.approx(0.0733, abs=5e-5)
    assert values["dh1[2]"] == pytest.approx(0.2932, abs=5e-5)
    assert values["yhat[1]"] == pytest.approx(0.6267, abs=5e-5)
    assert {"x[1]", "W2[2,1]", "W2[2,2]", "y[1]", "y[2]"} <= set(explained.given)


@pytest.mark.parametrize("problem", WORKED)
def test_every_step_of_every_problem_is_true(problem):
    """Worked out from the numbers of its factors, with plain arithmetic."""
    solution = solved(problem)
    values = entries(solution)
    checked = 0
    for equation in solution.equations:
        shape = solution.shapes[equation.name]
        first = entry_name(equation.name, shape, *(0 for _ in shape))
        for step in explain(solution, first).steps:
            assert step.value == pytest.approx(values[step.name], nan_ok=True)
            if step.expr is not None and all(n.function in MEANING for n in applications(step.expr)):
                assert worth(step.expr, values) == pytest.approx(step.value, rel=1e-6, abs=1e-9), step
                checked += 1
    assert checked or problem in NOTHING_PLAIN


def applications(expr):
    return [node for node in walk(expr) if isinstance(node, Apply)]


@pytest.mark.parametrize("what", ["dW1[1,2]", "loss", "after.loss", "db1[2]", "W1_new[2,1]"])
def test_each_factor_is_explained_once_and_referred_to_elsewhere(what):
    explained = explain(HW3, what)
    steps = {step.number: step for step in explained.steps}
    assert [*steps] == list(range(1, len(steps) + 1))
    assert len({step.name for step in steps.values()}) == len(steps)
    parents = [number for step in steps.values() for number in step.steps]
    assert sorted(parents) == list(range(2, len(steps) + 1))
    for step in steps.values():
        named = {steps[number].name for number in (*step.steps, *step.elsewhere)}
        assert named | set(explained.given) >= set(names(step.expr))
        assert all(split_index(used)[0] not in HW3.problem.given for used in named)
        assert all(number > step.number for number in step.steps)


def test_a_factor_is_explained_as_near_to_the_top_as_it_is_used():
    explained = explain(HW3, "dW1[1,2]")
    by_name = {step.name: step for step in explained.steps}
    assert by_name["h1[2]"].number in by_name["da1[2]"].steps
    assert by_name["h1[2]"].number in by_name["a2[1]"].elsewhere


def test_the_value_of_a_gradient_is_what_differences_say():
    problem = load("hw3")
    small = 1e-6
    losses = []
    for shift in (small, -small):
        weights = problem.parameters["W1"].copy()
        weights[0, 1] += shift
        hidden = sigmoid(weights.T @ problem.inputs["x"] + problem.parameters["b1"])
        scores = problem.parameters["W2"].T @ hidden + problem.parameters["b2"]
        output = np.exp(scores) / np.exp(scores).sum()
        losses.append(float(((output - problem.targets["y"]) ** 2).sum() / 2))
    assert explain(HW3, "dW1[1,2]").value == pytest.approx((losses[0] - losses[1]) / (2 * small), rel=1e-6)


@pytest.mark.parametrize(
    ("what", "quantity", "entry"),
    [
        ("dW1[1,2]", "dW1", "dW1[1,2]"),
        ("∇W1[1,2]", "dW1", "dW1[1,2]"),
        ("∇W¹[ 1 , 2 ]", "dW1", "dW1[1,2]"),
        ("gradients.W1[1,2]", "dW1", "dW1[1,2]"),
        ("gradients.W1", "dW1", ""),
        ("updated.W1", "W1_new", ""),
        ("W1_new[1,2]", "W1_new", "W1_new[1,2]"),
        ("forward.h1[2]", "h1", "h1[2]"),
        ("h1[2,1]", "h1", "h1[2]"),
        ("after.h1", "h1_new", ""),
        ("loss", "loss", "loss"),
        ("after.loss", "loss_new", "loss_new"),
        ("ŷ[1]", "yhat", "yhat[1]"),
        ("∇ŷ", "dyhat", ""),
        ("W1", "W1", ""),
        ("gradients.dW1", "dW1", ""),
        ("gradients.∇W¹[1,2]", "dW1", "dW1[1,2]"),
        ("updated.W1_new", "W1_new", ""),
        ("after.h1_new[1]", "h1_new", "h1_new[1]"),
        ("forward.x[1]", "x", "x[1]"),
        ("H[2]", "h1", "h1[2]"),
        (r"\mathbf{H}[2]", "h1", "h1[2]"),
        (r"\mathbf H", "h1", ""),
        ("∇H", "dh1", ""),
        ("gradients.H", "dh1", ""),
        ("after.H", "h1_new", ""),
        (r"\nabla W^{1}", "dW1", ""),
        (r"\nabla W^1", "dW1", ""),
        (r"\hat y", "yhat", ""),
    ],
)
def test_a_quantity_is_found_however_it_is_written(what, quantity, entry):
    problem = replace(HW3.problem, symbols={"h1": r"\mathbf{H}"})
    explained = explain(replace(HW3, problem=problem), what)
    assert (explained.quantity, explained.entry) == (quantity, entry)


def test_of_a_vertex_its_output_is_meant():
    solution = solve(load("han-kamber"), check=False)
    assert explain(solution, "h4").quantity == "o_h4"
    assert explain(solution, "dh4").quantity == "do_h4"


def test_a_vertex_has_gradients_and_new_values_too():
    solution = solve(load("han-kamber"), check=False)
    for what in ("gradients.h4", "gradients.dh4", "gradients.do_h4"):
        assert explain(solution, what).quantity == "do_h4"
    for what in ("after.h4", "after.h4_new", "h4_new"):
        assert explain(solution, what).quantity == "o_h4_new"


def test_what_is_differentiated_is_the_loss():
    solution = solve(load("cs231n-circuit"), check=False)
    assert solution.problem.objective == "f"
    assert explain(solution, "loss").quantity == "f"
    assert explain(solution, "df").differentiated is None
    assert explain(solution, "dq").differentiated == ("f", "q")


def test_an_entry_of_a_row():
    solution = solve(load("wikipedia-logistic"), check=False)
    explained = explain(solution, "yhat[1,3]")
    assert explained.entry == "yhat[3]"
    assert explained.value == pytest.approx(float(solution.values["yhat"][0, 2]))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("dW1[0,1]", ["no entry dW1[0,1]", "rows 1 to 2 and columns 1 to 2", "count from 1"]),
        ("dW1[3,1]", ["rows 1 to 2"]),
        ("dW1[1]", ["such as dW1[1,2]"]),
        ("dW1[-1,1]", ["rows 1 to 2"]),
        ("dW1[i,j]", ["no entry dW1[i,j]"]),
        ("h1[3]", ["h1 has entries 1 to 2"]),
        ("h1[1,2]", ["h1 has entries 1 to 2"]),
        ("loss[1]", ["loss is a number", "write loss"]),
        ("dW9", ["no quantity 'dW9'; did you mean 'dW"]),
        ("yht", ["did you mean 'yhat'?"]),
        ("dy", ["no quantity 'dy'"]),
        ("gradients.nothing", ["no quantity 'gradients.nothing'"]),
        ("", ["names no quantity"]),
        ("W1[1,2", ["names no quantity"]),
        ("W1[1,2]]", ["names no quantity"]),
    ],
)
def test_what_is_not_there_is_said_with_what_is(what, words):
    with pytest.raises(UsageError) as caught:
        explain(HW3, what)
    for word in words:
        assert word in str(caught.value)


def test_a_given_value_needs_no_explanation():
    explained = explain(HW3, "W1[1,2]")
    assert explained.equation is None
    assert explained.steps == ()
    assert explained.value == 6


LARGE = """
inputs: {x: %s}
parameters: {W: %s}
equations: {h: W @ x, g: tanh(h), f: sum(g)}
of: f
"""


def test_long_sums_and_large_trees_have_an_end():
    size = 65
    text = LARGE % ([0.1] * size, [[0.01] * size] * size)
    solution = solve(loads(text), check=False)
    assert "65" in explain(solution, "f").steps[0].note.replace(",", "")
    deep = "inputs: {x0: 1, x1: 2}\nequations:\n" + "".join(f"  x{i}: x{i - 1} * x{i - 2}\n" for i in range(2, 300))
    solution = solve(loads(deep.replace("x1: 2}", "x1: 1}") + "of: x299\n"), check=False)
    explained = explain(solution, "x299")
    assert len(explained.steps) == MAX_STEPS
    left = [step for step in explained.steps if step.left]
    assert left
    assert all(split_index(name)[0] in solution.shapes for step in left for name in step.left)


def test_the_rules_that_lead_to_a_whole_quantity():
    assert [eq.name for eq in explain(HW3, "dW1").sources] == ["dyhat", "da2", "dh1", "da1"]
    assert [eq.name for eq in explain(HW3, "h1").sources] == ["a1"]


@pytest.mark.parametrize("depth", [0, 1, 2, 5])
def test_factors_are_explained_so_many_levels_down(depth):
    solution = solve(load("hw3"))
    whole = explain(solution, "dW1[1,2]").steps
    level = {1: 0}
    for each in whole:
        level |= dict.fromkeys(each.steps, level[each.number] + 1)
    within = {each.name for each in whole if level[each.number] <= depth}
    cut = explain(solution, "dW1[1,2]", depth).steps
    assert {each.name for each in cut} == within
    left = {name for each in cut for name in each.left}
    assert left == {used for each in cut for used in names(each.expr)} & {each.name for each in whole} - within
    assert bool(left) == (within < {each.name for each in whole})
