"""The vertices, equations and claims forms: what they lower to, and every refusal with its place."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from clock import within
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.errors import InputError
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code
from gradcalc.problem.claims import Claim
from gradcalc.problem.load import loads
from gradcalc.problem.order import Cycle, in_order
from gradcalc.program.kinds import ValueKind
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve

GRAPH = """\
inputs: {x1: 1, x2: 0, x3: 1}
targets: {o6: 1}
vertices:
  h4: {weights: {x1: 0.2, x2: 0.4, x3: -0.5}, bias: -0.4, activation: sigmoid}
  h5: {weights: {x1: -0.3, x2: 0.1, x3: 0.2}, bias: 0.2, activation: sigmoid}
  o6: {weights: {h4: -0.3, h5: -0.2}, bias: 0.1, activation: sigmoid}
loss: half_squared_error
lr: 0.9
"""
EQUATIONS = """\
inputs: {x: [1, 2]}
parameters: {W: [[1, 2], [3, 4]]}
equations:
  h: tanh(q)
  q: W @ x
  f: sum(h)
of: f
"""
CLAIMS = """\
claims:
  - claim: softmax(v + c) == softmax(v)
    where: {v: vector, c: scalar}
    holds: true
"""


def cases(name: str) -> list[tuple[str, ...]]:
    lines = (Path(__file__).parent / "bad" / f"{name}.txt").read_text("utf-8").splitlines()
    return [tuple(line.replace("\\n", "\n").split(" => ")) for line in lines if line and line[0] != "#"]


EDITS = [
    pytest.param(text, *case, id=f"{name}: {case[1]}".replace("\n", " "))
    for name, text in (("graph", GRAPH), ("equations", EQUATIONS), ("claims", CLAIMS))
    for case in cases(name)
]


@pytest.mark.parametrize(("text", "old", "new", "fault"), EDITS)
def test_each_fault_has_its_place_and_what_would_be_right(text: str, old: str, new: str, fault: str) -> None:
    assert old in text
    with pytest.raises(InputError) as caught:
        loads(text.replace(old, new, 1), "f")
    found = [str(fault) for fault in caught.value.faults]
    assert len(found) == 1
    assert found[0].startswith(f"f:{fault}")


def forward(problem: Problem) -> list[str]:
    return [f"{equation.name} = {code(equation.expr)}" for equation in problem.forward]


def test_a_graph_has_the_names_of_the_design() -> None:
    problem = loads(GRAPH)
    assert forward(problem) == [
        "a_h4 = w_x1_h4 * x1 + w_x2_h4 * x2 + w_x3_h4 * x3 + b_h4",
        "o_h4 = sigmoid(a_h4)",
        "a_h5 = w_x1_h5 * x1 + w_x2_h5 * x2 + w_x3_h5 * x3 + b_h5",
        "o_h5 = sigmoid(a_h5)",
        "a_o6 = w_h4_o6 * o_h4 + w_h5_o6 * o_h5 + b_o6",
        "o_o6 = sigmoid(a_o6)",
        "loss = half_squared_error(o_o6, y_o6)",
    ]
    assert list(problem.parameters)[:4] == ["w_x1_h4", "w_x2_h4", "w_x3_h4", "b_h4"]
    assert {name: value.tolist() for name, value in problem.targets.items()} == {"y_o6": 1}
    assert all(value.shape == () for value in problem.given.values())
    assert problem.warnings == ()


def test_a_graph_gives_the_published_step() -> None:
    """Han, Kamber & Pei, Data Mining (2012), example 9.1, tables 9.2 to 9.4."""
    solution = solve(loads(GRAPH))
    assert solution.forward["o_o6"] == pytest.approx(0.474, abs=5e-4)
    assert solution.gradients["a_o6"] == pytest.approx(-0.1311, abs=2e-4)
    assert solution.updated["w_x3_h4"] == pytest.approx(-0.508, abs=5e-4)
    assert solution.updated["b_h4"] == pytest.approx(-0.408, abs=5e-4)


def test_vertices_may_stand_in_any_order() -> None:
    lines = GRAPH.splitlines()
    turned = "\n".join([*lines[:3], lines[5], lines[4], lines[3], *lines[6:]])
    assert solve(loads(turned)).loss == solve(loads(GRAPH)).loss
    assert [eq.name for eq in loads(turned).forward][:6] == ["a_h5", "o_h5", "a_h4", "o_h4", "a_o6", "o_o6"]


def test_several_targets_add_up_in_their_order() -> None:
    problem = loads(GRAPH.replace("{o6: 1}", "{o6: 1, h4: 0}"))
    assert forward(problem)[-1] == "loss = half_squared_error(o_o6, y_o6) + half_squared_error(o_h4, y_h4)"


def test_a_loss_of_a_graph_may_be_a_formula() -> None:
    problem = loads(GRAPH.replace("half_squared_error", "(o_o6 - y_o6) ** 2 + 0.1 * w_h4_o6 ** 2"))
    assert forward(problem)[-1] == "loss = (o_o6 - y_o6) ** 2 + 0.1 * w_h4_o6 ** 2"


def test_a_formula_is_one_loss_for_all_targets() -> None:
    formula = "(o_o6 - y_o6) ** 2 + (o_h4 - y_h4) ** 2"
    problem = loads(GRAPH.replace("{o6: 1}", "{o6: 1, h4: 0}").replace("half_squared_error", formula))
    assert forward(problem)[-1] == f"loss = {formula}"


def test_the_target_of_one_vertex_is_no_distribution() -> None:
    """Cross-entropy is then a sum over vertices: of each its own target, that sums to 1 with none."""
    text = GRAPH.replace("{o6: 1}", "{o6: 0.3, h4: 0.6}").replace("half_squared_error", "cross_entropy")
    solution = solve(loads(text))
    o6, h4 = (float(solution.forward[name]) for name in ("o_o6", "o_h4"))
    assert solution.loss == pytest.approx(-(0.3 * np.log(o6) + 0.6 * np.log(h4)))


def test_the_target_of_one_vertex_is_what_its_loss_takes() -> None:
    with pytest.raises(InputError, match=r"2:15: targets\.o6 is 1\.5, but .* between 0 and 1"):
        loads(GRAPH.replace("{o6: 1}", "{o6: 1.5}").replace("half_squared_error", "binary_cross_entropy"))


@pytest.mark.parametrize("bias", ["0.5", "[0.5]", "[0, 1]"])
def test_a_bias_has_as_many_numbers_as_a_weight(bias: str) -> None:
    vertex = f"{{weights: {{x: [1, -1, 0.5]}}, bias: {bias}, activation: softmax_weighted_sum}}"
    with pytest.raises(InputError, match=r"vertices\.s\.bias is .*, but a weight is a list of 3"):
        loads(f"inputs: {{x: 2}}\nvertices: {{s: {vertex}}}\nof: s")


@pytest.mark.parametrize("of", ["o6", "o_o6"])
def test_a_vertex_may_be_differentiated(of: str) -> None:
    assert loads(GRAPH.replace("loss: half_squared_error", f"of: {of}")).objective == "o_o6"


def test_vector_vertices_have_a_column_of_weights_for_each_edge() -> None:
    vertex = "{weights: {x: [1, -1, 0.5]}, bias: [0, 1, 0], activation: softmax_weighted_sum}"
    problem = loads(f"inputs: {{x: 2}}\nvertices: {{s: {vertex}}}\nof: s")
    assert problem.parameters["w_x_s"].shape == (3, 1)
    z = np.array([2.0, -1.0, 1.0])
    assert solve(problem).forward["o_s"] == pytest.approx((z * np.exp(z)).sum() / np.exp(z).sum())


def test_a_vertex_without_activation_passes_its_sum_on() -> None:
    assert forward(loads("inputs: {x: 1}\nvertices: {h: {weights: {x: 2}}}")) == ["a_h = w_x_h * x", "o_h = a_h"]


def test_names_that_would_be_the_same_are_refused() -> None:
    text = "inputs: {x: 1}\nvertices:\n  b_a: {weights: {x: 1}}\n  b: {weights: {b_a: 1}}\n  a_b: {weights: {b: 1}}"
    with pytest.raises(InputError, match=r"5:19: vertices.a_b.weights.b: 'w_b_a_b' is the name of something in line 4"):
        loads(text)


def test_a_large_graph_loads_fast() -> None:
    random.seed(0)
    names = ["x0", "x1"]
    lines = ["inputs: {x0: 1, x1: 0.5}", "of: v999", "vertices:"]
    for i in range(1000):
        edges = random.sample(names, min(10, len(names)))
        weights = ", ".join(f"{edge}: {random.uniform(-1, 1):.4f}" for edge in edges)
        lines.append(f"  v{i}: {{weights: {{{weights}}}, activation: sigmoid}}")
        names.append(f"v{i}")
    problem = within(5, lambda: loads("\n".join(lines)))
    assert len(problem.parameters) > 9_900


def test_equations_come_in_the_order_in_which_they_are_computed() -> None:
    problem = loads(EQUATIONS)
    assert forward(problem) == ["q = W @ x", "h = tanh(q)", "f = sum(h)"]
    assert (problem.objective, problem.form) == ("f", "equations")
    assert list(problem.inputs) == ["x"]
    assert list(problem.parameters) == ["W"]
    assert problem.origins["q"] == ("equations", "q")
    assert problem.place(*problem.origins["q"]).line == 5


def test_the_circuit_of_the_design() -> None:
    problem = loads("inputs: {x: -2, y: 5, z: -4}\nequations:\n  q: x + y\n  f: q * z\nof: f")
    solution = solve(problem)
    assert {name: float(value) for name, value in solution.gradients.items() if name in "xyz"} == {
        "x": -4,
        "y": -4,
        "z": 3,
    }


def test_a_loss_may_be_given_beside_equations() -> None:
    problem = loads("inputs: {x: 2}\nequations: {q: x * 3}\nloss: q ** 2\npenalty: 0.5 * x")
    assert forward(problem)[1:] == ["data_loss = q ** 2", "penalty = 0.5 * x", "loss = data_loss + penalty"]
    assert solve(problem).loss == 37


def test_the_row_notation_turns_flat_lists() -> None:
    problem = loads("notation: x @ W + b\ninputs: {x: [1, 2]}\nequations: {f: sum(x)}\nof: f")
    assert (problem.axis, problem.inputs["x"].shape) == (Axis.ROWS, (1, 2))


def test_names_may_be_spelled_as_people_write_them() -> None:
    problem = loads("inputs: {θ: 1, ŷ: 2}\nequations: {f: θ * ŷ}\nof: f")
    assert forward(problem) == ["f = θ * yhat"]


def test_an_equation_may_be_a_number() -> None:
    assert forward(loads("inputs: {x: 1}\nequations: {c: 2, f: c * x}\nof: f")) == ["c = 2", "f = c * x"]


@pytest.mark.parametrize(
    ("y", "assumed"),
    [
        ("targets: {y: [0, 1]}", {"y"}),
        ("inputs: {y: [0, 1]}", set()),
        ("targets: {y: [1, 1]}", set()),
        ("targets: {y: [1.5, -0.5]}", set()),  # they sum to 1, and one is no probability
    ],
)
def test_targets_that_sum_to_one_are_known_to(y: str, assumed: set[str]) -> None:
    given_y = y if y.startswith("inputs") else f"{y}\ninputs: {{}}"
    text = f"{given_y}\nparameters: {{z: [1, 2]}}\nequations: {{p: softmax(z), loss: 'cross_entropy(p, y)'}}\nof: loss"
    assert loads(text).assumed == assumed


def test_inputs_may_be_said_to_sum_to_one() -> None:
    text = "inputs: {y: [0, 1], z: [1, 2]}\nequations: {loss: 'cross_entropy(softmax(z), y)'}\nof: loss\nassumed: y"
    assert loads(text).assumed == {"y"}


def test_negative_numbers_are_no_probabilities() -> None:
    text = "inputs: {y: [1.5, -0.5], z: [1, 2]}\nequations: {f: 'sum(y * z)'}\nof: f\nassumed: y"
    with pytest.raises(InputError, match="assumed: the samples of 'y' don't sum to 1"):
        loads(text)


def test_what_is_not_used_is_warned_of() -> None:
    problem = loads("inputs: {x: 1, z: 2}\nequations: {a: x, b: x, c: x}\nof: a\nexpected: {forward: {c: 1}}")
    assert problem.warnings == ("z is given, but no equation uses it", "b is computed, but not used for a")


@pytest.mark.parametrize(("upstream", "ends"), [("{a: 1}", "a"), ("{a: 1, b: 2}", "a or b")])
def test_what_leads_to_no_given_gradient_is_warned_of(upstream: str, ends: str) -> None:
    problem = loads(f"inputs: {{x: 1}}\nequations: {{a: 2 * x, b: 3 * x, c: 4 * x}}\nupstream: {upstream}")
    unused = [name for name in "bc" if name not in upstream]
    assert problem.warnings == tuple(f"{name} is computed, but not used for {ends}" for name in unused)


@pytest.mark.parametrize("turned", [False, True])
def test_a_chain_of_five_thousand_equations_loads_fast(turned: bool) -> None:
    chain = [f"  q{i}: sin({'x' if i == 0 else f'q{i - 1}'})" for i in range(5000)]
    text = "inputs: {x: 1}\nof: q4999\nequations:\n" + "\n".join(reversed(chain) if turned else chain)
    problem = within(5, lambda: loads(text))
    assert [equation.name for equation in problem.forward] == [f"q{i}" for i in range(5000)]


def test_the_order_is_that_of_the_file_where_needs_leave_a_choice() -> None:
    """By definition: of the names whose needs have come, the first in the file is next."""
    random.seed(0)
    for _ in range(200):
        ranks = random.sample(range(8), 8)
        needs = {
            f"q{i}": [f"q{j}" for j in range(8) if ranks[j] < ranks[i] and random.random() < 0.3] for i in range(8)
        }
        found: list[str] = []
        while len(found) < len(needs):
            found.append(next(name for name in needs if name not in found and {*needs[name]} <= {*found}))
        assert in_order(needs) == found


def test_of_two_cycles_the_one_that_comes_first_is_named() -> None:
    with pytest.raises(Cycle) as caught:
        in_order({"q": ["z", "a"], "z": ["q"], "a": ["q"]})
    assert caught.value.names == ("q", "z")


def test_a_long_cycle_is_found_and_named() -> None:
    with pytest.raises(Cycle) as caught:
        in_order({f"q{i}": [f"q{(i + 1) % 5000}"] for i in range(5000)})
    assert len(caught.value.names) == 5000
    assert caught.value.names[:2] == ("q0", "q1")


@given(st.dictionaries(st.integers(0, 12).map(str), st.sets(st.integers(0, 14).map(str), max_size=4)))
def test_an_order_has_everything_after_its_needs_or_there_is_a_cycle(needs: dict[str, set[str]]) -> None:
    found: list[str] | Cycle
    try:
        found = in_order(needs)
    except Cycle as cycle:
        found = cycle
    if isinstance(found, Cycle):
        following = [*found.names[1:], found.names[0]]
        assert all(after in needs[name] for name, after in zip(found.names, following, strict=True))
    else:
        assert sorted(found) == sorted(needs)
        assert all(found.index(need) < i for i, name in enumerate(found) for need in needs[name] & needs.keys())


def claims(text: str) -> tuple[Claim, ...]:
    return loads(text).claims


def test_a_claim_has_two_sides_and_what_its_names_stand_for() -> None:
    (claim,) = claims(CLAIMS)
    assert tuple(map(code, claim.sides)) == ("softmax(v + c)", "softmax(v)")
    assert claim.where == {"v": ValueKind("vector", ("n",)), "c": ValueKind("scalar")}
    assert (claim.holds, claim.path) == (True, ("claims", 0))


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("scalar", ValueKind("scalar")),
        ("vector", ValueKind("vector", ("n",))),
        ("vector(k)", ValueKind("vector", ("k",))),
        ("vector(²)", ValueKind("vector", ("²",))),  # a digit to Unicode, and no number to Python
        ("one_hot(2)", ValueKind("one_hot", (2,))),
        ("probability", ValueKind("probability", ("n",))),
        ("'matrix( n ,m )'", ValueKind("matrix", ("n", "m"))),
        ("sign", ValueKind("sign")),
        ("sign(n)", ValueKind("sign", ("n",))),
        ("'positive(n, 3)'", ValueKind("positive", ("n", 3))),
    ],
)
def test_kinds_and_their_sizes(written: str, kind: ValueKind) -> None:
    (claim,) = claims(f"claims: [{{claim: t == t, where: {{t: {written}}}}}]")
    assert claim.where["t"] == kind


def test_derivatives_are_known_in_claims() -> None:
    text = "claims: [{claim: 'grad(sigmoid(t), t) == jacobian(t, t)', where: {t: scalar}, holds: false}]"
    (claim,) = claims(text)
    assert getattr(claim.sides[0], "function", "") == "grad"
    assert claim.holds is False


def test_claims_may_stand_beside_any_form() -> None:
    problem = loads(EQUATIONS + CLAIMS)
    assert (problem.form, len(problem.claims)) == ("equations", 1)
    assert loads(CLAIMS).form == "claims"


def test_a_name_that_a_claim_does_not_use_is_warned_of() -> None:
    assert loads(CLAIMS.replace("c: scalar", "c: scalar, d: sign")).warnings == ("claim 1: 'd' is not used",)


def test_very_many_faults_are_cut_short() -> None:
    with pytest.raises(InputError) as caught:
        loads("inputs: {x: [" + "a, " * 500 + "]}\nequations: {f: x}")
    assert len(caught.value.faults) == 101
    assert "and 400 faults more" in caught.value.faults[-1].message


@pytest.mark.parametrize("form", ["equations", "vertices"])
def test_thousands_of_unknown_names_are_refused_fast(form: str) -> None:
    formula = "z{0} + 1" if form == "equations" else "{{weights: {{z{0}: 1}}}}"
    lines = [f"  q{i}: {formula.format(i)}" for i in range(5000)]
    text = f"inputs: {{x: 1}}\n{form}:\n" + "\n".join(lines)

    def refused() -> None:
        with pytest.raises(InputError, match="unknown"):
            loads(text)

    within(5, refused)
