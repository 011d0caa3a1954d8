"""What stands at the vertices and edges of a graph: shapes, numbers, gradients and signs, checked by hand; escapes."""

from __future__ import annotations

import html
import re
import string
import xml.etree.ElementTree as ET
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.program.graph import graph_of
from gradcalc.program.solve import solve
from gradcalc.report.graph import dot, mermaid
from gradcalc.report.graph.labels import Labels
from gradcalc.report.page import Page
from problems import problem

NUMBERS = problem(
    {"s": "a - b", "q": "s / c", "p": "a * q", "n": "-p", "f": "n ** 2 + sigmoid(b)"},
    inputs={"a": 3, "b": 1, "c": 4},
    objective="f",
)
MATRICES = problem(
    {"m": "W @ x", "h": "m * v", "f": "sum(h)"},
    inputs={"x": [[1], [2], [3]], "v": [[0.123456], [2]]},
    parameters={"W": [[1, 2, 3], [4, 5, 6]]},
    objective="f",
)


def graph(of):
    return graph_of(solve(of, check=False))


def labels(of) -> Labels:
    return Labels(graph(of))


def operations(of) -> dict[tuple[str, str], str]:
    made = labels(of)
    return {(edge.source, edge.target): made.operation(edge) for edge in made.graph.edges}


def test_signs_on_edges_between_numbers():
    """A difference is a sum with a negative."""
    assert operations(NUMBERS) == {
        **{("a", "s"): "+", ("b", "s"): "−", ("s", "q"): "÷", ("c", "q"): "÷", ("a", "p"): "·", ("q", "p"): "·"},
        **{("p", "n"): "−", ("n", "f"): "^", ("b", "f"): "σ"},
    }


def test_signs_on_edges_between_matrices():
    assert operations(MATRICES) == {
        **{("W", "m"): "@", ("x", "m"): "@", ("m", "h"): "⊙", ("v", "h"): "⊙", ("h", "f"): "sum"},
    }


def test_small_matrices_show_their_entries_and_gradients():
    """f = sum(W x * v), so its gradients are v xᵀ by W, Wᵀ v by x, W x by v, v by m and 1 by h."""
    made = labels(MATRICES)
    assert {node.name: made.facts(node) for node in made.graph.nodes} == {
        "W": ["[1, 2, 3]", "[4, 5, 6]", "gradient", "[0.1235, 0.2469, 0.3704]", "[     2,      4,      6]"],
        "x": ["[1, 2, 3]", "gradient [8.1235, 10.2469, 12.3704]"],
        "v": ["[0.123456, 2]", "gradient [14, 32]"],
        "m": ["[14, 32]", "gradient [0.1235, 2]"],
        "h": ["[1.7284, 64]", "gradient [1, 1]"],
        "f": [f"{14 * 0.123456 + 32 * 2:.4f}", "gradient 1"],
    }


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        ((3, 3), ["[1, 2, 3]", "[4, 5, 6]", "[7, 8, 9]"]),
        ((9, 1), ["[1, 2, 3,", " 4, 5, 6,", " 7, 8, 9]"]),
        ((10, 1), ["10×1"]),
        ((2, 4), ["2×4"]),
        ((4, 3), ["4×3"]),
    ],
)
def test_a_large_matrix_shows_rows_by_columns(shape, shown):
    value = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    made = labels(problem({"f": "sum(x)"}, inputs={"x": value.tolist()}, objective="f"))
    assert made.value(made.graph.nodes[0]) == shown
    assert len(made.gradient(made.graph.nodes[0])) == len(shown) - (shown[0][-2:] in ("×1", "×4", "×3"))


def test_the_gradient_at_a_number_is_its_difference_quotient():
    def f(a, b, c):
        return (a * (a - b) / c) ** 2 + 1 / (1 + np.exp(-b))

    made, at, step = labels(NUMBERS), np.array([3.0, 1.0, 4.0]), 1e-6
    for i, name in enumerate("abc"):
        moved = np.eye(3)[i] * step
        slope = (f(*(at + moved)) - f(*(at - moved))) / (2 * step)
        (node,) = (node for node in made.graph.nodes if node.name == name)
        value, said = made.facts(node)
        assert value == f"{at[i]:g}"
        assert float(said.removeprefix("gradient ")) == pytest.approx(slope, abs=6e-5)


def test_given_numbers_stand_as_they_are_given_and_results_with_their_decimals():
    made = labels(problem({"f": "x * 3"}, inputs={"x": 0.25}, objective="f"))
    assert {node.name: made.value(node) for node in made.graph.nodes} == {"x": ["0.25"], "f": ["0.7500"]}


# Escapes.

EVERY = st.text(st.sampled_from(string.printable.replace("\x0b", "").replace("\x0c", "") + "αŷ⊙·"), max_size=12)


def decoded(label: str) -> str:
    """What Mermaid shows: `#quot;` and `#35;` are entities."""
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", re.sub(r"#([a-z]+);", r"&\1;", label[1:-1])))


@given(EVERY)
def test_mermaid_shows_every_character(text):
    label = mermaid.quoted(text)
    assert decoded(label) == " ".join(text.split())
    assert not set('"<>&`*') & set(label[1:-1]), "Mermaid would take it for its own"
    assert re.fullmatch(r"(?:[^#]|#\w+;)*", label[1:-1])


@given(EVERY)
def test_dot_shows_every_character(text):
    label = dot.quoted(text)
    inner = re.fullmatch(r'"((?:[^"\\\n]|\\["\\n])*)"', label)
    assert inner, label
    assert re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], inner[1]) == text


KINDS = problem(
    {"f": "sum((W @ x - y) ** 2)"},
    inputs={"x": [[1], [2]]},
    targets={"y": [[1]]},
    parameters={"W": [[1, 2]]},
    objective="f",
)


def test_kinds_of_values_have_their_shapes():
    text = mermaid.render(graph(KINDS), Page())
    found = dict(re.findall(r'^  n\d+([(\[{]+)"(\w)', text, re.MULTILINE))
    assert {letter: opening for opening, letter in found.items()} == {"x": "([", "W": "[", "y": "{{", "f": "("}
    assert re.search(r"class n3 goal", text)
    assert re.search(r'n0\(\["x', text)
    lines = dot.render(graph(KINDS), Page())
    assert 'style="rounded,filled,dashed"' in next(line for line in lines.splitlines() if line.startswith('  "y"'))
    assert "penwidth" in next(line for line in lines.splitlines() if line.startswith('  "f"'))


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_edges_lead_from_what_is_used_to_what_uses_it(form):
    text = import_module(f"gradcalc.report.graph.{form}").render(graph(MATRICES), Page())
    if form == "dot":
        found = set(re.findall(r'"(\w)" -> "(\w)"', text))
    else:
        names = dict(re.findall(r'^  (n\d+)[(\[{]+"(\w)', text, re.MULTILINE))
        found = {(names[a], names[b]) for a, b in re.findall(r"(n\d+) -->\S* (n\d+)", text)}
    assert found == {("W", "m"), ("x", "m"), ("m", "h"), ("v", "h"), ("h", "f")}


def test_the_drawing_has_each_number_and_its_gradient():
    root = ET.fromstring(import_module("gradcalc.report.graph.svg").render(graph(NUMBERS), Page()))
    space = "{http://www.w3.org/2000/svg}"
    (vertex,) = root.findall(f".//{space}g[@data-name='c']")
    texts = {text.get("class"): text.text.replace("\u00a0", " ").strip() for text in vertex.iter(f"{space}text")}
    # f = (a (a - b) / c)² + …, so its derivative by c is -2 (a (a - b))² / c³ = -72 / 64.
    assert texts == {"head": "c", "value": "4", "gradient": "-1.1250"}
