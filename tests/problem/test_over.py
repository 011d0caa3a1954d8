"""Names with an index: what a family is written out to, and what is said where it can't be."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import run

from gradcalc import loads, solve
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError
from gradcalc.formula.parse import parse
from gradcalc.formula.write import code
from gradcalc.program.explain import explain

RNN = """
over: {t: 3}
inputs:
  x[t]: [[1, 0], [0, 1], [1, 1]]
  h[0]: [0, 0]
targets:
  y[t]: [[1, 0], [0, 1], [1, 0]]
parameters:
  U: [[0.1, 0.2], [0.3, 0.4]]
  W: [[0.5, -0.5], [0.25, 0.5]]
  b: [0.1, -0.1]
  V: [[1, -1], [0.5, 0.5]]
equations:
  h[t]: tanh(U @ x[t] + W @ h[t-1] + b)
  p[t]: softmax(V @ h[t])
  L[t]: cross_entropy(p[t], y[t])
loss: sum(L[t], t)
lr: 0.1
"""

BY_HAND = """
inputs: {x1: [1, 0], x2: [0, 1], x3: [1, 1], h0: [0, 0]}
targets: {y1: [1, 0], y2: [0, 1], y3: [1, 0]}
parameters: {U: [[0.1, 0.2], [0.3, 0.4]], W: [[0.5, -0.5], [0.25, 0.5]], b: [0.1, -0.1], V: [[1, -1], [0.5, 0.5]]}
equations:
  h1: tanh(U @ x1 + W @ h0 + b)
  h2: tanh(U @ x2 + W @ h1 + b)
  h3: tanh(U @ x3 + W @ h2 + b)
  p1: softmax(V @ h1)
  p2: softmax(V @ h2)
  p3: softmax(V @ h3)
  L1: cross_entropy(p1, y1)
  L2: cross_entropy(p2, y2)
  L3: cross_entropy(p3, y3)
loss: L1 + L2 + L3
lr: 0.1
"""


def plain(name: str) -> str:
    """`dh_new[2]` as it is called without an index: `dh2_new`."""
    return re.sub(r"(\w*?)(_new)?\[(\d+)\]", r"\1\3\2", name)


def test_writing_out_is_writing_by_hand() -> None:
    mine, by_hand = solve(loads(RNN)), solve(loads(BY_HAND))
    assert [plain(eq.name) for eq in mine.equations] == [eq.name for eq in by_hand.equations]
    assert [plain(code(eq.expr)) for eq in mine.equations] == [code(eq.expr) for eq in by_hand.equations]
    for name, value in mine.values.items():
        np.testing.assert_array_equal(value, by_hand.values[plain(name)])


def test_what_is_of_which_member_is_data() -> None:
    problem = loads(RNN)
    assert problem.members["h[2]"] == ("h", (2,))
    assert problem.over == {"t": (1, 3)}
    assert {eq.name: eq.index for eq in problem.forward}["L[3]"] == (3,)


@st.composite
def nets(draw: st.DrawFn) -> tuple[str, int]:
    """A random recurrent net of two layers over a few steps, and a seed for its numbers."""
    steps, seed = draw(st.integers(1, 4)), draw(st.integers(0, 999))
    act, state = (
        draw(st.sampled_from(["tanh", "sigmoid", "softplus"])),
        draw(st.sampled_from(["c[t-1] * h[t]", "h[t]"])),
    )
    skip = draw(st.sampled_from(["", " + x[t]", " + h[t-1]"]))
    random = np.random.default_rng(seed)
    text = f"""
over: {{t: {steps}}}
inputs:
  x[t]: {random.uniform(-1, 1, (steps, 2)).round(3).tolist()}
  h[0]: [0.1, -0.2]
  c[0]: [1, 0.5]
parameters:
  U: {random.uniform(-1, 1, (2, 2)).round(3).tolist()}
  W: {random.uniform(-1, 1, (2, 2)).round(3).tolist()}
equations:
  h[t]: {act}(U @ x[t] + W @ h[t-1]){skip}
  c[t]: sigmoid({state}) + c[t-1]
loss: sum(sum(c[t] ** 2) / t, t)
"""
    return text, steps


@settings(max_examples=20, deadline=None)
@given(nets())
def test_gradients_of_random_recurrent_nets_agree_with_differences(net: tuple[str, int]) -> None:
    text, steps = net
    solution = solve(loads(text))
    found = solution.verification
    assert found is not None
    assert found.max_relative_error < 1e-6
    assert f"dh[{steps}]" in solution.values


def test_two_indices_and_a_line_that_wins() -> None:
    problem = loads(
        """
over: {t: 2, l: 0..1}
inputs:
  x[t]: [1, 2]
  h[l,0]: [0, 0]
parameters:
  W[l]: [0.5, 0.25]
equations:
  h[-1,t]: x[t]
  h[l,t]: W[l] * (h[l-1,t] + h[l,t-1])
  h[1,2]: 7 * h[0,2]
loss: sum(h[1,t], t)
"""
    )
    formulas = {eq.name: code(eq.expr) for eq in problem.forward}
    assert formulas == {
        "h[-1,1]": "x[1]",
        "h[-1,2]": "x[2]",
        "h[0,1]": "W[0] * (h[-1,1] + h[0,0])",
        "h[0,2]": "W[0] * (h[-1,2] + h[0,1])",
        "h[1,1]": "W[1] * (h[0,1] + h[1,0])",
        "h[1,2]": "7 * h[0,2]",
        "loss": "h[1,1] + h[1,2]",
    }
    assert problem.parameters["W[1]"] == 0.25


def test_a_line_that_wins_may_stand_first() -> None:
    problem = loads(
        """
over: {t: 3}
parameters:
  w[2]: 7
  w[t]: [1, 2, 3]
equations:
  h[2]: w[2]
  h[t]: t * w[t]
loss: sum(h[t], t)
"""
    )
    assert {name: float(value) for name, value in problem.parameters.items()} == {"w[1]": 1, "w[2]": 7, "w[3]": 3}
    assert solve(problem).loss == 1 * 1 + 7 + 3 * 3


def test_a_letter_of_a_sum_stands_for_the_members_number_again_behind_it() -> None:
    """h[2] is (1 + 10 + 100) · 2, and so on."""
    sums = "over: {t: 3}\ninputs: {'x[t]': [1, 10, 100]}\nequations: {'h[t]': 'sum(x[t], t) * t'}\nof: 'h[3]'\n"
    values = solve(loads(sums)).values
    assert [values[f"h[{t}]"] for t in (1, 2, 3)] == [111, 222, 333]


def test_a_mean_over_an_index_is_divided_by_its_terms_however_long_they_are() -> None:
    means = "over: {t: 3}\ninputs: {'x[t]': [1, 10, 100]}\nequations: {m: 'mean(x[t] + t, t)'}\nof: m\n"
    assert solve(loads(means)).values["m"] == pytest.approx((1 + 1 + 10 + 2 + 100 + 3) / 3)


def test_members_of_families_in_letters_know_their_numbers() -> None:
    """A file in letters is read several times; each time t is the number of the member."""
    text = "over: {t: 2}\nparameters: {'w[t]': [D, D]}\nequations: {'h[t]': 'sum(t * w[t])'}\nloss: sum(h[t], t)\n"
    problem = loads(text.replace("D", "vector(D)"), at={"D": 3})
    values = solve(problem).values
    assert values["loss"] == pytest.approx(values["w[1]"].sum() + 2 * values["w[2]"].sum())


def test_layers_that_are_written_once() -> None:
    """Lists by two indices: the first is the outermost."""
    problem = loads(
        """
over: {l: 2, i: 0..1}
inputs: {"a[l,i]": [[1, 2], [3, 4]], "h[0]": [1, 1]}
parameters: {"W[l]": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]}
equations: {"h[l]": "sigmoid(W[l] @ h[l-1]) * a[l,1]"}
freeze: "W[l]"
of: "s"
""".replace("of:", "loss: sum(h[2])\nlr: 1 #")
    )
    assert problem.inputs["a[2,0]"] == 3
    assert problem.parameters["W[2]"].tolist() == [[5, 6], [7, 8]]
    assert problem.frozen == {"W[1]", "W[2]"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RNN.replace("  h[0]: [0, 0]\n", ""), "13:29: equations.h[t]: h[0] is needed, and neither given nor computed"),
        (RNN.replace("h[t-1]", "h[t+1]"), "14:29: equations.h[t]: h[4] is needed, and neither given nor computed"),
        (
            RNN.replace("h[t-1]", "h[t+1]"),
            "14:29: equations.h[t]: h[4] is needed, and neither given nor computed: each of these needs the next, so "
            "none can come first: h[1] → h[2] → h[3] → h[4]; give h[4], or let each need one before",
        ),
        (
            RNN.replace("h[t-1]", "p[t]"),
            "14:3: equations.h[t]: a cycle: each of these needs the next: h[1] → p[1] → h[1]",
        ),
        (RNN.replace("h[t-1]", "h[s]"), "14:31: equations.h[t]: the index 's' stands for no number here; 'over' has t"),
        (RNN.replace("h[t-1]", "h"), "14:29: equations.h[t]: 'h' has members, such as h[1]: write which one is meant"),
        (RNN.replace("[0, 1], [1, 1]]", "[0, 1]]"), "4:9: inputs.x[t] has 2 of them: it must be a list with one entry"),
        (RNN.replace("[1, 1]]", "[1, 1], [0, 0]]"), "4:9: inputs.x[t] has 4 of them: it must be a list with one entry"),
        (RNN.replace("  V:", "  v[t,t]: 1\n  V:"), "12:3: parameters.v[t,t]: the index 't' stands twice in it"),
        (RNN.replace("sum(L[t], t)", "L[t]"), "17:9: loss: the index 't' stands for no number here"),
        (RNN.replace("sum(L[t], t)", "sum(L[t], t) * t"), "17:22: loss: the index 't' stands for no number here"),
        (RNN.replace("{t: 3}", "{s: 3}"), "4:3: inputs.x[t]: how far does 't' count? Say so under 'over'"),
        (RNN.replace("{t: 3}", "{t: 0}"), "2:11: over.t counts from 1 to 0: there is nothing to count"),
        (RNN.replace("{t: 3}", "{t: 1000000000}"), "2:11: over.t counts 1,000,000,000 times: an index counts at most"),
        (RNN.replace("{t: 3}", "{t: 10**9}"), "2:11: over.t is 10**9: it must be a whole number such as 3"),
        (RNN.replace("{t: 3}", "{t: 3, lr: 2}"), "2:14: over.lr: 'lr' is the learning rate; choose another name"),
        (RNN.replace("{t: 3}", "3"), "2:7: over: write a mapping from an index to how far it counts"),
        (RNN.replace("  U:", "  t: 1\n  U:"), "9:3: parameters.t: 't' is an index under 'over'; choose another name"),
        (RNN.replace("  U:", "  h: 1\n  U:"), "9:3: parameters.h: 'h' has members such as h[1] already"),
        (RNN.replace("L[t]: c", "L[t+1]: c"), "16:3: equations.L[t+1]: an index is a letter or a number here"),
        (RNN.replace("@ h[t-1]", "@ x[t].T"), "14:25: equations.h[t]: 2×2 @ 1×2 doesn't fit"),
        (RNN.replace("tanh(U", "tanh(2 U"), "14:14: equations.h[t]: an operator is missing near here"),
        (RNN.replace("over: {t: 3}", "over: {t: 200, s: 200}\nlet: {'e[t,s]': 1}"), ": with this line there are more"),
        ("inputs: {x[t]: [1]}\nequations: {a: 1}\n", 'a name with brackets must stand in quotes: "x[t]": …'),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        loads(text, path="f")
    told = [f"{fault.span.line}:{fault.span.column}: {fault.message}" for fault in caught.value.faults]
    assert any(said in each for each in told), told


@pytest.mark.parametrize(
    ("line", "chain"),
    [
        ("h[t]: 2 * h[t+1]", "h[1] → h[2] → … → h[8] → h[9]"),
        ("h[t]: 2 * h[t+3]", "h[3] → h[6] → h[9]"),
        ("h[t]: 2 * h[t-1]", None),
        ("h[t]: 2 * g[t+1]\n  g[t]: 1", None),
        ("h[8]: 2 * h[9]", None),
        ("h[t,s]: h[t-1,s+1]", None),
        ("h[2,t]: h[2,t+1]", "h[2,1] → h[2,2] → … → h[2,8] → h[2,9]"),
    ],
)
def test_a_family_that_runs_on_is_told_from_one_without_a_start(line: str, chain: str | None) -> None:
    with pytest.raises(InputError) as caught:
        loads(f"over: {{t: 8, s: 2}}\ninputs: {{x: 1}}\nequations:\n  {line}\n  L: x\n", path="f")
    fault = next(fault.message for fault in caught.value.faults if "is needed" in fault.message)
    assert ("none can come first" in fault) == (chain is not None)
    assert (f": {chain}; give " if chain else "; there is ") in fault


def test_each_fault_is_told_once() -> None:
    """Not for every member again."""
    for wrong in ("W @ zz", "W @ x[t].T", "W @@ 2"):
        with pytest.raises(InputError) as caught:
            loads(RNN.replace("W @ h[t-1]", wrong))
        assert len(caught.value.faults) == 1


def verdicts(sheet: dict[str, object]) -> dict[str, tuple[str, str]]:
    solution = solve(loads(RNN))
    marks = mark(solution, sheet_from_data(sheet, solution))
    return {each.quantity: (each.verdict, each.message) for each in marks.verdicts}


def test_members_are_answered() -> None:
    given = {
        "forward": {"h[1]": "tanh(U @ x[1] + W @ h[0] + b)", "h[2][1]": 0.2913, "p": [[0.4508, 0.5492], None, None]},
        "gradients": {"h[3]": "V.T @ (p[3] - y[3])", "h_2": "Vᵀ(p[2] − y[2]) + Wᵀ(∇h[3] ⊙ (1 − h[3]²))"},
        "∇L[2]": 1,
        "after": {"L[1]": 0.6014},
    }
    found = verdicts(given)
    right = {quantity for quantity, (verdict, _) in found.items() if verdict == "correct"}
    forward = {"forward.h[1]", "forward.h[2]", "forward.p[1]"}
    assert right == {*forward, "gradients.h[3]", "gradients.h[2]", "gradients.L[2]", "after.L[1]"}
    assert {verdict for verdict, _ in found.values()} == {"correct", "missing"}


def test_a_path_through_time_left_out_is_named() -> None:
    """The states' gradients without what comes back through time, and a sum that stops early."""
    found = verdicts(
        {"gradients": {"h[1]": "V.T @ (p[1] - y[1])", "b": "dh[3] * (1 - h[3] ** 2) + dh[2] * (1 - h[2] ** 2)"}}
    )
    for quantity, by in (("gradients.h[1]", "h[2]"), ("gradients.b", "h[1]")):
        verdict, message = found[quantity]
        assert verdict == "wrong"
        assert f"the part that comes by {by}" in message
        assert "left out" in message


@pytest.mark.parametrize("what", ["h[2][1]", "dh[2][1]", "dW[1,2]", "after.h[2][1]", "L[2]"])
def test_members_are_explained_down_to_what_is_given(what: str) -> None:
    explanation = explain(solve(loads(RNN)), what)
    assert explanation.steps
    assert set(explanation.given) <= {
        *(f"x[{t}][{i}]" for t in (1, 2, 3) for i in (1, 2)),
        *(f"y[{t}][{i}]" for t in (1, 2, 3) for i in (1, 2)),
        *("h[0][1]", "h[0][2]", "b[1]", "b[2]", "lr"),
        *(f"{name}[{i},{j}]" for name in "UVW" for i in (1, 2) for j in (1, 2)),
    }
    assert "h[0][1]" in explanation.given or what == "dh[2][1]"


def test_what_is_shown_is_read_again() -> None:
    problem = loads(RNN)
    for equation in solve(problem).equations:
        assert parse(code(equation.expr), indices=problem.indices) == equation.expr


def test_symbols_of_families() -> None:
    problem = loads(RNN + "symbols: {'h[t]': 'h^{(t)}', 'y[t]': '\\theta_t'}\n")
    assert problem.symbols["h[2]"] == "h^{(2)}"
    assert problem.symbols["h[0]"] == "h^{(0)}", "which has a line of its own, before t begins to count"
    assert problem.symbols["y[3]"] == r"\theta_3"


def test_expected_numbers_by_list_and_by_member() -> None:
    forward = "{'h[t]': [[0.1974, 0.1974], [0.2913, 0.4203], [0.3235, 0.7079]], L: [0.7967, 0.4799, 1.2412]}"
    problem = loads(RNN + f"expected: {{forward: {forward}, gradients: {{'h[0]': [0.0551, 0.441]}}}}\n")
    assert problem.expected["forward"]["h[3]"] == [0.3235, 0.7079]
    assert problem.expected["forward"]["L[2]"] == 0.4799


def test_answers_of_a_later_step_have_members() -> None:
    problem = loads(RNN + "expected: {steps: {2: {forward: {L: [0.7, 0.4, 1.2], 'p[1]': [0.5, 0.5]}}}}\n")
    forward = problem.expected["steps"]["2"]["forward"]
    assert forward == {"L[1]": 0.7, "L[2]": 0.4, "L[3]": 1.2, "p[1]": [0.5, 0.5]}


def test_members_go_on_and_are_written_into_their_list(tmp_path: Path) -> None:
    text = """
over: {l: 2}
inputs: {"h[0]": [1, -1]}
targets: {y: [1, 0]}
parameters:
  W[l]: [[[1, 2], [3, 4]], [[0.5, 0], [0, 0.5]]]  # both layers
equations:
  h[l]: tanh(W[l] @ h[l-1])
loss: sum((h[2] - y) ** 2)
lr: 0.1
optimizer: momentum
"""
    (tmp_path / "deep.yaml").write_text(text)
    run("step", "deep.yaml", "--steps", "2", "--save", "next.yaml", cwd=tmp_path)
    after = (tmp_path / "next.yaml").read_text()
    assert "]]]  # both layers" in after
    # Three steps in one go, and one after the two.
    last = json.loads(run("step", "deep.yaml", "--steps", "3", "--format", "json", cwd=tmp_path).stdout)
    went_on = json.loads(run("step", "next.yaml", "--format", "json", cwd=tmp_path).stdout)
    assert went_on["parameters"] == last["parameters"]


def test_the_right_class_may_be_picked_by_its_number() -> None:
    """A formula for the class that the problem's own target has; one for another class is wrong."""
    found = verdicts({"forward": {"L[1]": "-log(p[1][1])", "L[2]": "-log(p[2][2])", "L[3]": "-log(p[3][2])"}})
    assert [found[f"forward.L[{t}]"][0] for t in (1, 2, 3)] == ["correct", "correct", "wrong"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("over", value) for value in ("null", "[1]", "{t: null}", "{t: true}", "{t: 1.5}", "{t: {a: 1}}", '{"": 3}')),
        *(("x[t]", value) for value in ("null", "{a: 1}", "[null, 1]", '"[1, 2]"', "[[1], [1, 2]]", "[]")),
        *(("h[t]", value) for value in ("null", "[1, 2]", "h[t]", '"x[t"', "x[t][1]", "x[t:2]", "x[t,t]", "x[:]")),
    ],
)
def test_odd_files_are_refused_with_a_place(key: str, value: str) -> None:
    written = {"over": "{t: 2}", "x[t]": "[1, 2]", "h[t]": "2 * x[t]", key: value}
    over, given, formula = written["over"], written["x[t]"], written["h[t]"]
    text = f"over: {over}\ninputs:\n  x[t]: {given}\nequations:\n  h[t]: {formula}\nloss: sum(h[t], t)\n"
    with pytest.raises(InputError) as caught:
        loads(text)
    assert all(fault.span.line for fault in caught.value.faults)
