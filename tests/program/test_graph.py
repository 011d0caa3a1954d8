import numpy as np
import pytest

import gradcalc
from gradcalc.formula.write import code
from gradcalc.problem.bundled import bundled_names
from gradcalc.program.graph import Edge, graph_of
from gradcalc.program.solve import solve
from problems import column, problem


def edges(lines, **more):
    return {(e.source, e.target): e.operations for e in graph_of(solve(problem(lines, **more), check=False)).edges}


def test_the_graph_of_the_worked_example():
    graph = graph_of(solve(gradcalc.load("hw3")))
    assert [node.name for node in graph.nodes] == ["x", "W1", "b1", "a1", "h1", "W2", "b2", "a2", "yhat", "y", "loss"]
    assert [node.kind for node in graph.nodes[:4]] == ["input", "parameter", "parameter", "quantity"]
    h1 = next(node for node in graph.nodes if node.name == "h1")
    assert code(h1.rule) == "sigmoid(a1)"
    # The source's equations (14) and (21).
    np.testing.assert_allclose(h1.value, [[0.982], [0.5]], atol=5e-5)
    np.testing.assert_allclose(h1.gradient, [[-0.2932], [0.2932]], atol=5e-5)
    assert Edge("W2", "a2", ("matmul",)) in graph.edges
    assert Edge("b2", "a2", ("add",)) in graph.edges
    assert graph.ends == ("loss",)


def test_an_edge_tells_what_is_done_with_a_value():
    found = edges(
        {"f": "-(a @ b.T).T * c - d + exp(e) / g ** h"},
        inputs={name: [[1.0]] for name in "abcdegh"},
    )
    assert found == {
        ("a", "f"): ("matmul",),
        ("b", "f"): ("matmul",),
        ("c", "f"): ("mul",),
        ("d", "f"): ("neg",),
        ("e", "f"): ("exp",),
        ("g", "f"): ("pow",),
        ("h", "f"): ("pow",),
    }


def test_a_value_used_twice_has_one_edge_with_both_uses():
    assert edges({"f": "a * a + a"}, inputs={"a": 2}) == {("a", "f"): ("mul", "add")}


def test_another_name_and_a_minus_alone():
    assert edges({"f": "a", "g": "-f"}, inputs={"a": 2}) == {("a", "f"): ("identity",), ("f", "g"): ("neg",)}


def test_what_is_differentiated_has_gradient_one_and_targets_have_none():
    graph = graph_of(
        solve(problem({"loss": "sum((x - y) ** 2)"}, inputs={"x": column(1, 2)}, targets={"y": column(0, 0)}))
    )
    gradients = {node.name: node.gradient for node in graph.nodes}
    assert gradients["loss"] == 1
    assert gradients["y"] is None
    np.testing.assert_array_equal(gradients["x"], column(2, 4))


def test_gradients_from_above_are_ends():
    graph = graph_of(solve(problem({"z": "2 * x"}, inputs={"x": 3}, upstream={"z": 10})))
    assert graph.ends == ("z",)
    assert {node.name: float(node.gradient) for node in graph.nodes} == {"x": 20, "z": 10}


def test_a_value_that_nothing_uses_comes_last():
    graph = graph_of(solve(problem({"f": "a ** 2"}, inputs={"unused": 1, "a": 2})))
    assert [node.name for node in graph.nodes] == ["a", "f", "unused"]


@pytest.mark.parametrize("name", bundled_names())
def test_every_value_comes_after_those_it_is_computed_from(name):
    given = gradcalc.load(name)
    if given.forward:
        graph = graph_of(solve(given, check=False))
        place = {node.name: position for position, node in enumerate(graph.nodes)}
        assert all(place[edge.source] < place[edge.target] for edge in graph.edges)
        assert set(place) == {*given.inputs, *given.targets, *given.parameters, *(eq.name for eq in given.forward)}
