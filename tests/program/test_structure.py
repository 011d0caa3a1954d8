"""What equations and problems say of themselves, held against what the files say."""

import pytest
from bundled import WORKED, solved

from gradcalc.problem.load import load, loads
from gradcalc.program.naming import gradient_name, new_name, state_name
from gradcalc.program.problem import Equation
from gradcalc.program.solve import solve
from gradcalc.program.structure import Edge, Layer, Unit
from problems import problem

HW3 = solve(load("hw3"), check=False)
GRAPH = """
inputs: {x1: 1, x2: 0.5}
vertices:
  h: {weights: {x1: 0.2, x2: -0.4}, bias: 0.1, activation: sigmoid}
  o: {weights: {h: 0.3, x1: 0.7}, activation: sigmoid}
targets: {o: 1}
loss: squared_error
lr: 0.5
"""


def of(solution, name):
    return next(eq for eq in solution.equations if eq.name == name)


@pytest.mark.parametrize("name", WORKED)
def test_every_equation_says_of_which_quantity_it_is(name):
    """Against how names are made: the kind and the quantity give the name, and the name gives no other."""
    solution = solved(name)
    made = {"value": str, "gradient": gradient_name, "new value": new_name}
    rule = solution.problem.optimizer
    for equation in solution.equations:
        if equation.kind == "state":
            assert equation.name in [state_name(line, equation.quantity) for line in rule.state]
        else:
            assert equation.name == made[equation.kind](equation.quantity)
    kinds = {section: {eq.kind for eq in solution.equations if eq.section == section} for section in SECTIONS}
    assert kinds["forward"] == {"value"}
    in_turn = solution.problem.order != "simultaneous"  # what is worked out anew between two updates
    assert kinds["update"] <= {"new value", *(["state"] if rule else []), *(["value"] if in_turn else [])}
    assert kinds["after"] <= {"new value"}
    parts = [eq.name for eq in solution.equations if eq.section == "backward" and eq.kind == "value"]
    assert not {*parts} & {gradient_name(n) for n in (*solution.problem.given, *solution.forward)}


SECTIONS = ("forward", "backward", "update", "after")


def test_a_part_that_is_named_to_be_written_once_is_no_gradient_of_anything():
    """The gradient on `g1` would else be looked for under the name `1`."""
    deep = "tanh(" * 14 + "x" + ")" * 14
    solution = solve(problem({"loss": f"sum({deep})"}, inputs={"x": [[1.0], [2.0]]}), check=False)
    assert of(solution, "g1").kind == "value"
    assert of(solution, "g1").quantity == "g1"
    assert [*solution.gradients] == ["x"]


def test_an_equation_alone_is_a_value_and_its_own_quantity():
    plain = Equation("forward", "h", HW3.equations[0].expr)
    assert (plain.kind, plain.quantity) == ("value", "h")
    assert (plain.layer, plain.unit, plain.index) == (None, None, None)


def test_a_layered_network_keeps_its_layers():
    assert HW3.problem.layers == (Layer(1, "x", "W1", "b1", "a1", "h1"), Layer(2, "h1", "W2", "b2", "a2", "yhat"))
    layers = {name: of(HW3, name).layer for name in ("a1", "h1", "a2", "yhat", "loss", "dW1", "db2", "dyhat", "dx")}
    assert layers == {"a1": 1, "h1": 1, "a2": 2, "yhat": 2, "loss": None, "dW1": 1, "db2": 2, "dyhat": 2, "dx": None}
    assert {name: of(HW3, name).layer for name in ("W2_new", "h1_new")} == {"W2_new": 2, "h1_new": 1}
    without = loads("inputs: [1]\nlayers: [{weights: [[2]]}]\nof: yhat\n")
    assert without.layers == (Layer(1, "x", "W1", None, "a1", "yhat"),)
    turned = loads("notation: W @ x + b\ninputs: [1]\nlayers: [{weights: [[2]]}]\nof: yhat\n")
    assert turned.layers[0].inputs_along == 1


def test_a_graph_keeps_its_units_and_edges():
    solution = solve(loads(GRAPH), check=False)
    assert solution.problem.units == (Unit("h", "b_h", "a_h", "o_h"), Unit("o", None, "a_o", "o_o"))
    assert solution.problem.edges == (
        Edge("x1", "o_h", "w_x1_h"),
        Edge("x2", "o_h", "w_x2_h"),
        Edge("o_h", "o_o", "w_h_o"),
        Edge("x1", "o_o", "w_x1_o"),
    )
    units = {name: of(solution, name).unit for name in ("a_h", "o_o", "dw_x1_h", "db_h", "w_h_o_new", "loss", "dx1")}
    assert units == {
        "a_h": "h",
        "o_o": "o",
        "dw_x1_h": "h",
        "db_h": "h",
        "w_h_o_new": "o",
        "loss": None,
        "dx1": None,
    }


def test_biases_are_those_of_layers_and_vertices():
    assert HW3.problem.biases == {"b1", "b2"}
    assert loads(GRAPH).biases == {"b_h"}
    assert loads("inputs: {x: 1}\nparameters: {b: 2}\nequations: {f: x * b}\nof: f\n").biases == set()


def test_values_by_what_they_are_given_for():
    given = HW3.problem
    assert [*given.data] == ["x", "y", "W1", "b1", "W2", "b2"]
    assert [*given.leaves] == ["W1", "b1", "W2", "b2", "x"]
