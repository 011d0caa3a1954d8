"""Wrong forms of equations: each is wrong, is what its name says, and is said in a sentence."""

import ast
from dataclasses import replace

import numpy as np
import pytest
from answering import as_sheet
from bundled import solved
from hw3_by_hand import W2, worked
from random_problems import random_problem

from gradcalc.check.marking.grader import Grader
from gradcalc.check.mistakes.anew import Anew
from gradcalc.check.mistakes.catalogue import Mutants, mutations
from gradcalc.check.mistakes.derivatives import at_other_values
from gradcalc.check.mistakes.model import LIKELY, UNLIKELY, likelihood
from gradcalc.check.mistakes.rules import samples
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.formula.expr import names
from gradcalc.formula.write import code
from gradcalc.functions import activations
from gradcalc.problem.bundled import bundled_names
from gradcalc.problem.load import load, loads
from gradcalc.program.beside import with_further
from gradcalc.program.naming import change_name
from gradcalc.program.solve import solve
from gradcalc.program.unrolled import unrolled

HW3 = solve(load("hw3"), check=False)
EQUATION = {equation.name: equation for equation in HW3.equations}
DESIGN = {
    "missing-activation-derivative",
    "derivative-at-wrong-value",
    "softmax-jacobian-diagonal",
    "cross-entropy-shortcut",
    "weights-transposed",
    "updated-weights-in-backprop",
    "sign-flipped",
    "factor-of-two",
    "ascent-not-descent",
    "learning-rate-left-out",
    "increment-not-value",
    "bias-left-out",
}
"""The ids that the design names and that the worked example can show (those of layouts and batches aside)."""


def formulas(name, id, solution=HW3):
    equation = next(eq for eq in solution.equations if eq.name == name)
    return {code(m.expr) for m in mutations(equation, solution) if m.id == id}


def values(name, id, solution=HW3):
    equation = next(eq for eq in solution.equations if eq.name == name)
    found = [
        attempt(m.expr, solution.values, solution.problem.axis) for m in mutations(equation, solution) if m.id == id
    ]
    return [value.ravel() for value in found if value is not None]


def has(name, id, expected, solution=HW3):
    expected = np.ravel(expected)
    return any(value.size == expected.size and np.allclose(value, expected) for value in values(name, id, solution))


def test_every_mistake_of_the_design_is_known():
    found = {mutation.id for equation in HW3.equations for mutation in mutations(equation, HW3)}
    assert found >= DESIGN


@pytest.mark.parametrize(
    ("name", "mistake", "id"),
    [
        ("da2", "shortcut", "cross-entropy-shortcut"),
        ("da2", "diagonal", "softmax-jacobian-diagonal"),
        ("dh1", "transposed", "weights-transposed"),
        ("dh1", "updated", "updated-weights-in-backprop"),
        ("da1", "no slope", "missing-activation-derivative"),
        ("da1", "slope of h", "derivative-at-wrong-value"),
        ("dyhat", "half", "factor-of-two"),
        ("W1_new", "ascent", "ascent-not-descent"),
    ],
)
def test_a_mutation_gives_what_the_mistake_gives_by_hand(name, mistake, id):
    label = "updated.W1" if name == "W1_new" else f"gradients.{name[1:]}"
    assert has(name, id, worked(mistake)[label])


def test_mutations_of_a_sum():
    assert formulas("a1", "bias-left-out") == {"W1.T @ x"}
    assert "W1 @ x + b1" in formulas("a1", "weights-transposed")
    assert "W1.T @ x - b1" in formulas("a1", "sign-flipped")


def test_mutations_of_a_step():
    assert formulas("W1_new", "not-updated") == {"W1"}
    assert formulas("W1_new", "increment-not-value") == {"-(lr * dW1)", "lr * dW1", "dW1"}


def test_mutations_of_the_pass_after_the_step():
    assert formulas("a2_new", "old-parameters-used") == {
        "W2.T @ h1_new + b2_new",
        "W2_new.T @ h1_new + b2",
        "W2.T @ h1_new + b2",
        "W2_new.T @ h1 + b2_new",
        "W2.T @ h1 + b2",
    }


def test_a_frozen_parameter_can_only_be_updated_by_mistake():
    frozen = solve(replace(load("hw3"), frozen=frozenset({"W1"})), check=False)
    equation = next(eq for eq in frozen.equations if eq.name == "W1_new")
    assert [m.id for m in mutations(equation, frozen)] == ["frozen-but-updated"]


BATCH = solve(
    loads("""
notation: x @ W + b
inputs: [[1, 0.5], [0, 2], [0.3, -0.4]]
targets: [1, 0, 1]
layers:
  - {weights: [[0.3, 0.6], [0.4, 0.5]], biases: [0.1, -0.2], activation: relu}
  - {weights: [[0.2, 0.3], [0.4, -0.7]], biases: [0.1, 0.2], activation: softmax}
loss: cross_entropy
reduction: mean
penalty: 0.05 * sum(W1 ** 2)
lr: 0.5
"""),
    check=False,
)


def test_mutations_of_batches():
    yhat, y = BATCH.forward["yhat"], BATCH.problem.targets["y"]
    assert has("da2", "sum-not-mean", yhat - y, BATCH)
    assert has("da2", "mean-not-sum", (yhat - y) / 9, BATCH)
    assert has("db2", "sum-left-out", BATCH.gradients["a2"], BATCH)
    assert has("data_loss", "sum-not-mean", -np.sum(y * np.log(yhat)), BATCH)
    assert has("loss", "penalty-left-out", BATCH.values["data_loss"], BATCH)
    assert has("dW1", "penalty-left-out", BATCH.problem.inputs["x"].T @ BATCH.gradients["a1"], BATCH)


def test_a_derivative_taken_twice():
    """ŷ − y times softmax′ once more."""
    yhat, y = BATCH.forward["yhat"], BATCH.problem.targets["y"]
    assert has("da2", "derivative-twice", (yhat - y) / 3 * yhat * (1 - yhat), BATCH)


def test_the_derivative_of_another_activation():
    h1, dh1 = BATCH.forward["h1"], BATCH.gradients["h1"]
    assert has("da1", "other-activation-derivative", dh1 * (1 - h1**2), BATCH)


@pytest.mark.parametrize(
    ("equations", "name", "id", "expected"),
    [
        ({"q": "x * y", "f": "q + x"}, "dy", "product-rule", 5.0),
        ({"q": "y ** 3", "f": "q + x"}, "dy", "power-rule", 25.0),
        ({"q": "y ** 3", "f": "q + x"}, "dy", "power-rule", 375.0),
        ({"q": "exp(y)", "f": "q + x"}, "dy", "derivative-left-out", 1.0),
        ({"q": "maximum(x, y)", "f": "q * 3"}, "dx", "max-gate", 3.0),
        ({"q": "x / y", "f": "q * 2"}, "dy", "quotient-rule", -2 * 2.0 / 5.0),
        ({"q": "cos(x)", "f": "q * y"}, "dx", "sign-flipped", 5.0 * np.sin(2.0)),
    ],
)
def test_mutations_of_calculus(equations, name, id, expected):
    lines = "".join(f"  {key}: {formula}\n" for key, formula in equations.items())
    solution = solve(loads(f"inputs: {{x: 2, y: 5}}\nequations:\n{lines}of: f\n"), check=False)
    assert has(name, id, expected, solution)


def every_mutation():
    for seed in range(25):
        solution, _ = random_problem(np.random.default_rng([4, seed]))
        for equation in solution.equations:
            for mutation in mutations(equation, solution):
                yield solution, equation, mutation


def test_every_mutation_is_another_formula():
    for solution, equation, mutation in every_mutation():
        assert mutation.expr != equation.expr
        used = {n for n in ast.walk(ast.parse(code(mutation.expr), mode="eval")) if isinstance(n, ast.Name)}
        known = set(solution.values)
        functions = {n.func.id for n in ast.walk(ast.parse(code(mutation.expr))) if isinstance(n, ast.Call)}
        assert {n.id for n in used} - functions <= known


def test_mutations_come_likeliest_first_and_each_once():
    for equation in HW3.equations:
        found = mutations(equation, HW3)
        assert [likelihood(m) for m in found] == sorted(likelihood(m) for m in found)
        assert len({(m.id, m.expr) for m in found}) == len(found)


def test_what_has_a_better_name_is_not_said_again_in_general():
    for _, equation, mutation in every_mutation():
        if mutation.id in UNLIKELY:
            continue
        assert mutation.id != "factor-left-out", equation


def test_a_message_is_one_sentence():
    for _, _, mutation in every_mutation():
        assert 10 < len(mutation.message) < 160
        assert mutation.message[0].islower() or not mutation.message[0].isalpha() or mutation.message[0] in "WXR"
        assert not mutation.message.endswith((".", "!", " "))


ADAM = "{parameters: {w: [1, 2]}, gradients: {w: [3, 4]}, optimizer: adam}"


def test_likelihoods_name_mistakes_that_there_are():
    found = {mutation.id for _, _, mutation in every_mutation()}
    found |= {m.id for equation in BATCH.equations for m in mutations(equation, BATCH)}
    twice = unrolled(HW3, [2])
    found |= {mutation.id for equation in twice.equations for mutation in Mutants(twice).of(equation)}
    in_order = solve(replace(load("hw3"), order="sequential"), check=False)
    by_rule = solve(loads(ADAM), check=False)
    for other in (in_order, by_rule, with_further(HW3, [change_name("W1")])):
        found |= {mutation.id for equation in other.equations for mutation in mutations(equation, other)}
    assert set(LIKELY) <= found
    assert set(UNLIKELY) <= found


def test_mistakes_of_the_table_are_no_identities():
    """Each of the table's wrong rules for a gradient differs from the right rule."""
    assert activations
    for name in ("sigmoid", "tanh", "relu", "softmax", "leaky_relu", "softplus"):
        text = (
            f"inputs: {{a: [1.3, -0.7, 0.4], c: [0.5, 2, -1.5]}}\nequations: {{h: '{name}(a)', f: sum(h * c)}}\nof: f\n"
        )
        solution = solve(loads(text), check=False)
        equation = next(eq for eq in solution.equations if eq.name == "da")
        right = evaluate(equation.expr, solution.values, solution.problem.axis)
        from gradcalc.formula.table import lookup

        for mistake in lookup(name).mistakes:
            if mistake.arg:
                wrong = Anew("a", solution).by({(name, "a"): mistake.rule})
                assert wrong is not None
                assert not np.allclose(evaluate(wrong, solution.values, solution.problem.axis), right)


def test_a_grader_makes_mutations_once():
    grader = Grader(HW3)
    known = grader.formulas.mutants
    made = known.of(EQUATION["da1"])
    first, second = (grader.mark(as_sheet(HW3, {"gradients.a1": [0.5, 0.1]})) for _ in range(2))
    assert known.of(EQUATION["da1"]) is made
    assert [v.message for v in first.verdicts] == [v.message for v in second.verdicts]


def test_the_same_mistake_elsewhere():
    known = Mutants(HW3)
    ascent = next(m for m in known.of(EQUATION["W1_new"]) if m.id == "ascent-not-descent")
    assert set(known.again(ascent, "W1_new")) == {"b1_new", "W2_new", "b2_new"}
    assert known.again(ascent, "W1_new")["W2_new"] == next(
        m.expr for m in known.of(EQUATION["W2_new"]) if m.id == "ascent-not-descent"
    )


def test_backprop_through_updated_weights_uses_the_step():
    wrong = next(m for m in mutations(EQUATION["dh1"], HW3) if m.id == "updated-weights-in-backprop")
    new = W2 - 0.5 * np.outer(worked()["forward.h1"], worked()["gradients.a2"])
    value = evaluate(wrong.expr, HW3.values, HW3.problem.axis)
    np.testing.assert_allclose(value.ravel(), new @ worked()["gradients.a2"])


def small(equations, given, end="f"):
    return solve(loads(f"{given}\nequations: {equations}\nof: {end}"), check=False)


def test_weights_left_out_of_a_difference_of_paths():
    """h is used by p = uh and q = 3 - vh: its gradient is u∇p - v∇q, and without the weights ∇p - ∇q."""
    given = "inputs: {x: 2}\nparameters: {w: 0.5, u: 0.7, v: -1.5}"
    solution = small("{h: w * x, p: u * h, q: 3 - v * h, f: p ** 2 * q}", given)
    p, q = 0.7, 4.5
    assert has("dh", "weights-left-out", 2 * p * q - p**2, solution)


def test_a_penalty_is_over_its_parameter_alone():
    """Of (wx - 1)² + 0.1w² the penalty's part is 0.2w; what the data give, 2(wx - 1)x, is none."""
    text = "inputs: {x: 3}\nparameters: {w: 0.5}\nequations: {c: x}\nloss: (w * x - 1) ** 2\npenalty: 0.1 * w ** 2"
    solution = solve(loads(text), check=False)
    assert [float(value[0]) for value in values("dw", "penalty-left-out", solution)] == pytest.approx([3.0])


def test_a_penalty_is_known_by_what_it_is_of_and_not_by_its_name():
    """Of the terms of a loss the penalty is the one over parameters alone, whatever the two are called."""
    text = "inputs: {x: 3}\nparameters: {w: 0.5}\nequations: {penalty_kick: (w * x) ** 2, roughness: w ** 2}\n"
    solution = solve(loads(text + "loss: penalty_kick + roughness"), check=False)
    assert formulas("loss", "penalty-left-out", solution) == {"penalty_kick"}
    assert formulas("loss", "term-left-out", solution) == {"roughness"}


def test_where_nothing_is_data_no_term_is_a_penalty():
    text = "parameters: {w: 0.5, v: 2}\nequations: {p: w ** 2, q: v ** 2}\nloss: p + q"
    assert not formulas("loss", "penalty-left-out", solve(loads(text), check=False))


def test_derivatives_with_parameters_of_their_own_are_taken_with_these():
    """A leaky ReLU of slope 0.3: whatever is said of its derivative elsewhere, it is 1 or 0.3."""
    given = "inputs: {x: [1, -2, -1]}\nparameters: {w: [1, 1, -2]}"
    solution = small("{a: w * x, h: 'leaky_relu(a, alpha=0.3)', f: 'sum(h ** 2)'}", given)
    slopes = [value / solution.gradients["h"].ravel() for value in values("da", "derivative-at-wrong-value", solution)]
    assert set(np.round(np.ravel(slopes), 9)) <= {0.3, 1.0}


def test_the_derivative_at_another_layers_outputs():
    """σ′ is h(1 - h): with what else has that shape it is another number, whether that went through a σ or not."""
    given = "inputs: {x: [1, -2]}\nparameters: {W: [[0.5, 0.1], [-0.3, 0.8]], V: [[0.2, 0.9], [0.4, -0.6]]}"
    solution = small("{a: W @ x, h: sigmoid(a), b: V @ h, k: tanh(b), f: 'sum(k ** 2)'}", given)
    for other in (solution.forward["k"], solution.problem.inputs["x"]):
        wrong = solution.gradients["h"] * other * (1 - other)
        assert has("da", "derivative-at-wrong-value", wrong, solution)


@pytest.mark.parametrize("added", [1e-7, 1e-8])
def test_a_logarithm_with_something_added(added):
    solution = small("{f: -log(p)}", "inputs: {p: 0.0000001}")
    assert has("f", "logarithm-clipped", -np.log(1e-7 + added), solution)


def test_a_softmax_applied_twice_after_the_update():
    yhat = HW3.after["yhat"]
    again = np.exp(yhat) / np.exp(yhat).sum()
    assert has("loss_new", "softmax-twice", np.sum((again - HW3.problem.targets["y"]) ** 2) / 2)


def test_no_sign_is_turned_inside_a_gate():
    """Where w > v isn't written as a difference by anybody: of its gradient only the whole has a sign to turn."""
    solution = small("{h: 'maximum(w, v)', f: h ** 2}", "inputs: {x: 1}\nparameters: {w: 3, v: 2}")
    assert [float(value[0]) for value in values("dw", "sign-flipped", solution)] == [-6.0]


def test_of_its_own_output_the_table_speaks():
    """σ′ at σ(a) is a mistake of the sigmoid's own, in its own words; what is said of other places names others."""
    at_others = [m.message for m in at_other_values(EQUATION["da1"], HW3)]
    assert at_others
    assert not any("taken at h1" in message for message in at_others)


@pytest.mark.parametrize("solution", [HW3, BATCH], ids=["hw3", "batch"])
def test_no_formula_is_wrong_by_what_does_not_exist_yet(solution):
    """No quantity is worked out from itself, and none of the forward pass from another layer's that comes later."""
    for equation in solution.equations:
        for mutation in mutations(equation, solution):
            used = names(mutation.expr)
            assert equation.name not in used
            if equation.section == "forward" and mutation.id == "other-quantity-used":
                assert all(solution.place.get(name, -1) < solution.place[equation.name] for name in used)


def test_without_a_step_there_are_no_updated_weights():
    text = "inputs: {x: 2}\nparameters: {w: 3, v: 0.5}\nequations: {h: w * x, f: v * h}\nof: f"
    for lr, expected in (("", set()), ("\nlr: 0.1", {"v_new"})):
        assert formulas("dh", "updated-weights-in-backprop", solve(loads(text + lr), check=False)) == expected


def test_weights_that_do_not_slide_are_no_kernel():
    solution = small("{h: w * x, k: w + x, f: u * h + v * k}", "inputs: {x: 2}\nparameters: {w: 3, u: 0.5, v: 0.7}")
    assert not formulas("dh", "kernel-not-flipped", solution)


def test_the_state_of_another_step_in_one_place_is_said_by_its_name():
    """Of ∇V3 = (∇h3 ⊙ (1 - h3²)) h2ᵀ one state alone stands in the outer product: no step but that is changed."""
    states = ", ".join(f"h{i}: tanh(V{i} @ {f'h{i - 1}' if i > 1 else 'x'} + c)" for i in range(1, 5))
    given = ", ".join(f"V{i}: [[0.{i}, 0.5], [-0.3, 0.{i}]]" for i in range(1, 5))
    solution = small(
        f"{{{states}, f: sum(h4 ** 2)}}", f"inputs: {{x: [1, -2]}}\nparameters: {{{given}, c: [0.1, 0.4]}}"
    )
    wrong = [m for m in mutations(solution.by_name["dV3"], solution) if m.id == "other-quantity-used"]
    h3 = solution.forward["h3"]
    value = (solution.gradients["h3"] * (1 - h3**2)) @ h3.T
    said = [m.message for m in wrong if np.allclose(evaluate(m.expr, solution.values, solution.problem.axis), value)]
    assert said == ["h3 is used where h2 belongs"]


def test_the_shortcut_of_another_loss_divided_by_the_samples():
    """Of squared errors of a softmax ŷ - y is no gradient, and neither is its third for three samples."""
    layer = "{weights: [[0.3, 0.6], [0.4, 0.5]], activation: softmax}"
    given = "notation: x @ W + b\ninputs: [[1, 0.5], [0, 2], [0.3, -0.4]]\ntargets: [[0, 1], [1, 0], [0, 1]]"
    solution = solve(loads(f"{given}\nlayers: [{layer}]\nloss: half_squared_error\nreduction: mean"), check=False)
    error = solution.forward["yhat"] - solution.problem.targets["y"]
    for wrong in (error, error / 3):
        assert has("da1", "cross-entropy-shortcut", wrong, solution)


def test_a_sigmoid_in_the_place_of_the_softmax():
    a2 = HW3.forward["a2"]
    assert has("yhat", "other-activation", 1 / (1 + np.exp(-a2)))


def test_samples_are_those_of_the_targets():
    assert samples(HW3) == 1
    assert samples(BATCH) == len(BATCH.problem.targets["y"])
    assert samples(small("{f: x ** 2}", "inputs: {x: 2}")) == 1


def test_a_product_entry_by_entry_in_the_place_of_an_outer_product():
    """∇W2 is h1 ∇a2ᵀ, a matrix; h1 ⊙ ∇a2 is a column, in which nobody writes a transpose."""
    assert has("dW2", "not-matrix-product", HW3.forward["h1"] * HW3.gradients["a2"])


RECURRENT = """
inputs: {h0: [0.2, -0.4], x1: [1, -0.5], x2: [0.5, 1]}
targets: {y: [0.3, -0.2]}
parameters: {U: [[0.4, -0.3], [0.2, 0.6]], W: [[0.5, -0.2], [0.3, 0.1]]}
equations:
  s1: W @ x1 + U @ h0
  h1: tanh(s1)
  s2: W @ x2 + U @ h1
  h2: tanh(s2)
  L: half_squared_error(h2, y)
of: L
lr: 0.1
"""


def test_a_recurrence_may_have_a_line_for_each_sum():
    solution = solve(loads(RECURRENT), check=False)
    assert "ds2 @ h2.T + ds1 @ h1.T" in formulas("dU", "other-quantity-used", solution)


def test_a_penalty_on_several_weights_belongs_to_each_of_them():
    """It is a mistake at the bias alone, which has no part in it."""
    text = "inputs: {x: 2}\nparameters: {w: 3, v: 0.5, b: 0.7}\nequations: {h: w * x + b}"
    text += "\nloss: (v * h - 1) ** 2\npenalty: 0.1 * w ** 2 + 0.1 * v ** 2"
    solution = solve(loads(text), check=False)
    assert not formulas("dw", "penalty-on-bias", solution) | formulas("dv", "penalty-on-bias", solution)
    assert has("db", "penalty-on-bias", solution.gradients["b"] + 0.2 * 0.7, solution)


def test_the_penalty_left_out_leaves_all_paths():
    """w is used twice by the data and once by the penalty: without the last, 2(wx - 1)x + 2wy² stays."""
    text = "inputs: {x: 3, y: 2}\nparameters: {w: 0.5}\nequations: {p: w * x - 1, q: w * y}"
    solution = solve(loads(f"{text}\nloss: p ** 2 + q ** 2\npenalty: 0.1 * w ** 2"), check=False)
    left = 2 * 0.5 * 3 + 2 * 0.5 * 4
    assert [float(value[0]) for value in values("dw", "penalty-left-out", solution)] == pytest.approx([left])


@pytest.mark.parametrize("name", bundled_names())
def test_every_equation_of_the_problems_at_hand_can_be_got_wrong(name):
    """Also where the outputs are given, so that no equation defines what a loss compares with its targets."""
    solution = solved(name)
    assert all(mutations(equation, solution) for equation in solution.equations if names(equation.expr))


@pytest.mark.parametrize("function", ["sigmoid", "exp", "silu", "elu", "sin", "gelu"])
def test_a_minus_within_any_function_of_one_number_is_left_out(function):
    """By the table, and not by a list of names: of what is no function of each entry, as a sum, nothing is made."""
    text = f"inputs: {{x: [0.4, -0.9]}}\nequations: {{h: '{function}(-x)', k: sum(-x), L: sum(h) * k}}\nof: L"
    solution = solve(loads(text), check=False)
    assert f"{function}(x)" in formulas("h", "sign-flipped", solution)
    within = [m.message for eq in solution.equations for m in mutations(eq, solution) if "minus within" in m.message]
    assert len(within) == 1
