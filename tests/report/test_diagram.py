"""Where the parts of a diagram stand, and what they say: by geometry of its own, and by numbers computed here."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import partial
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import network
from test_graph_layout import graphs

from gradcalc.problem.load import load
from gradcalc.program.solve import solve
from gradcalc.report.graph.layout import layout
from gradcalc.report.html.diagram import plan
from gradcalc.report.html.diagram.draw import diagram
from gradcalc.report.html.diagram.figure import NARROW, SMALL, TEXT, width_of
from gradcalc.report.html.diagram.network import network_of
from gradcalc.report.html.diagram.plan import Line
from gradcalc.report.html.diagram.printed import places
from gradcalc.report.html.diagram.rows import stacked
from gradcalc.report.html.parts import script_of, style_of
from gradcalc.report.story.solution import solution_document


def drawn(solution) -> ET.Element:
    return ET.fromstring(diagram(solution, solution_document(solution).names))


def lines_of(figure) -> dict[str, ET.Element]:
    """The lines of weights by what they are called."""
    paths = [path for path in figure.iter("path") if path.get("aria-label")]
    return {path.get("aria-label").partition(" = ")[0]: path for path in paths}


def test_a_line_is_wide_as_its_weight_is_large_and_dashed_where_it_is_negative():
    solution = network((3, 2), seed=1)
    weights = solution.values["W1"]
    lines = lines_of(drawn(solution))
    assert len(lines) == weights.size
    least = min(lines.values(), key=lambda line: float(line.get("stroke-width")))
    for (i, j), weight in np.ndenumerate(weights):
        line = lines[f"W¹[{i + 1},{j + 1}]"]
        share = abs(weight) / abs(weights).max()
        assert float(line.get("stroke-width")) == pytest.approx(0.8 + 3.4 * share, abs=0.051)
        assert line.get("class") == ("plus" if weight >= 0 else "minus")
    assert float(least.get("stroke-width")) < 2


def test_lines_say_weight_and_gradient():
    """By the chain rule, dW[i,j] = (yhat - y)[i] x[j]."""
    solution = network((3, 2), seed=1)
    x, y = solution.values["x"], solution.values["y"]
    slopes = (solution.values["W1"] @ x + solution.values["b1"] - y) @ x.T
    for (i, j), slope in np.ndenumerate(slopes):
        said = lines_of(drawn(solution))[f"W¹[{i + 1},{j + 1}]"].get("aria-label")
        weight, gradient = said.partition(" = ")[2].split(", gradient ")
        assert float(weight) == solution.values["W1"][i, j]
        assert float(gradient) == pytest.approx(slope, abs=6e-5)


def test_layers_say_their_norms():
    solution = network((12, 9), seed=2)
    names = [each.get("aria-label") for each in drawn(solution).iter("g") if each.get("aria-label")]
    x, y, weights = (solution.values[name] for name in ("x", "y", "W1"))
    error = weights @ x + solution.values["b1"] - y
    slopes = {"W¹": error @ x.T, "x": weights.T @ error, "ŷ": error}
    for name, value in {"W¹": weights, "x": x, "ŷ": error + y}.items():
        (said,) = (each for each in names if re.match(rf"{name}[ :]", each))
        norm, slope = re.search(r"norm ([\d.]+), norm of the gradient ([\d.]+)", said).groups()
        assert float(norm) == pytest.approx(np.sqrt((value**2).sum()), abs=6e-5)
        assert float(slope) == pytest.approx(np.sqrt((slopes[name] ** 2).sum()), abs=6e-5)


@pytest.mark.parametrize(("name", "said"), [("slp3-softmax", False), ("griewank", True), ("hw3", True)])
def test_a_caption_speaks_of_gradients_where_there_are_some(name, said):
    caption = "".join(drawn(solve(load(name), check=False)).find("figcaption").itertext())
    assert ("its gradient ∇" in caption) == said


def test_a_matrix_of_one_entry_has_no_brackets():
    drawn_graph = drawn(solve(load("keras-masked-softmax"), check=False))
    lines = ["".join(each.itertext()) for each in drawn_graph.iter("text")]
    assert "0.21194156" in lines
    assert "[0.50000000]" in lines, "and one of more has them"


# Places.


def plans_of(solution, label=60.0):
    found = network_of(solution)
    lines = {unit.id: [Line((unit.id, "…"), "title"), Line((f"{unit.value:.4f}", "0"), None)] for unit in found.units}
    return found, [partial(each, found, lines, label) for each in (plan.across, plan.down)]


def apart(one, other) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def distance(point, route) -> float:
    """From a point to the nearest segment of a route."""
    found = []
    for a, b in pairwise(map(np.array, route)):
        along = np.clip((point - a) @ (b - a) / max((b - a) @ (b - a), 1e-9), 0, 1)
        found.append(np.linalg.norm(point - a - along * (b - a)))
    return min(found)


sizes = st.lists(st.integers(1, 8), min_size=2, max_size=5)


@settings(max_examples=30, deadline=None)
@given(sizes, st.integers(0, 99))
def test_units_and_labels_are_apart_and_labels_on_their_lines(sizes, seed):
    found, arrangements = plans_of(network(sizes, seed))
    for arranged in arrangements:
        for placed in (arranged(), arranged(40.0)):
            widths = {(link.source, link.target): 30.0 for link in found.links if link.weight is not None}
            labels = places(placed, widths)
            assert set(labels) in (set(), set(widths))
            boxes = [placed.box(unit.id) for unit in found.units]
            boxes += [(x - 15, y - 7, x + 15, y + 7) for x, y in labels.values()]
            assert all(apart(*pair) for pair in combinations(boxes, 2))
            assert all(a >= 0 and b >= 0 and c <= placed.size[0] and d <= placed.size[1] for a, b, c, d in boxes)
            for edge, point in labels.items():
                assert distance(np.array(point), placed.placed.routes[edge]) < 1e-6


@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 2), (2, 3, 2), (3, 3, 2)])
def test_labels_of_small_networks_find_their_places(sizes):
    found, arrangements = plans_of(network(sizes))
    widths = {(link.source, link.target): 30.0 for link in found.links if link.weight is not None}
    for arranged in arrangements:
        assert any(places(arranged(more), widths) for more in (0.0, 20.0, 40.0))


@pytest.mark.parametrize("count", range(1, 9))
def test_words_have_room_in_their_boxes_and_the_picture_on_a_phone(count):
    _, (_, narrow) = plans_of(network((count, count)))
    placed = narrow()
    assert placed.size[0] <= NARROW
    for id, words in placed.words.items():
        assert words
        left, _, right, _ = placed.box(id)
        for i, each in enumerate(words):
            assert width_of(each, SMALL, bold=i == 0) <= right - left
    assert width_of("x[1]", TEXT) > width_of("x[1]", SMALL)


def test_layers_may_be_differently_far_apart():
    boxes = dict.fromkeys("abc", (10.0, 10.0))
    plan = layout(boxes, [("a", "b"), ("b", "c")], gaps=(30.0, 70.0, 5.0), margin=2.0)
    (a, _), (b, _), (c, _) = (plan.positions[name] for name in "abc")
    assert (b - a, c - b) == (40.0, 80.0)
    assert plan.width == 2 + 10 + 30 + 10 + 70 + 10 + 2


@given(graphs())
def test_rows_and_their_rails(graph):
    """Each vertex on a row of its own; a rail is used by one source at a time; no rail passes a vertex."""
    sizes, edges = graph
    plan = stacked(sizes, edges)
    tops = [
        (plan.positions[name][1] - sizes[name][1] / 2, plan.positions[name][1] + sizes[name][1] / 2) for name in sizes
    ]
    assert all(above[1] < below[0] for above, below in pairwise(tops))
    assert plan.height >= tops[-1][1]
    spans: dict[float, list] = {}
    for (source, target), route in plan.routes.items():
        (left, _), (rail, start), (same, end), last = route
        assert rail == same
        assert 0 <= rail < left <= plan.positions[source][0] - sizes[source][0] / 2 + 1e-6
        assert last[0] == pytest.approx(plan.positions[target][0] - sizes[target][0] / 2)
        spans.setdefault(rail, []).append((start, end, source))
    for used in spans.values():
        for (start, end, source), (other, until, another) in combinations(used, 2):
            assert source == another or end <= other or until <= start


# Style and script.


def test_texts_and_expressions_of_scripts_stay_as_they_are():
    script = script_of(["script", "diagram", "fields"])
    for kept in (
        '"Steps of the computation"',
        "/ = (.*?)(, gradient (.*))?$/",
        "/-(?=\\d|inf)/g",
        "`translate(${others})`",
    ):
        assert kept in script
    assert "// " not in script


def test_styles_are_nested():
    style = style_of(["style", "diagram"])
    assert style.startswith(".gradcalc{")
    assert style.count(".gradcalc") == 1
    assert style.count("{") == style.count("}")
    assert "&{--paper:#fdfdfb" in style


def test_more_than_eight_units_are_no_longer_drawn_one_by_one():
    assert network_of(network((8, 8, 8))) is not None
    assert network_of(network((2, 9, 2))) is None
    assert "Layers" in diagram(network((2, 9, 2)), solution_document(network((2, 9, 2))).names)
    assert network_of(solve(load("hw3"), check=False)) is not None
