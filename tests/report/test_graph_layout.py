"""The layout of any graph: nothing overlaps, every edge leads forward, few cross, and large ones come out."""

import itertools

import pytest
from clock import within
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.report.graph.layers import crossings, layered, ranked
from gradcalc.report.graph.layout import layout


@st.composite
def graphs(draw):
    """Sizes and edges of a graph without circles."""
    count = draw(st.integers(1, 14))
    names = [f"v{i}" for i in range(count)]
    pairs = list(itertools.combinations(names, 2))
    edges = draw(st.lists(st.sampled_from(pairs), max_size=24, unique=True)) if pairs else []
    size = st.tuples(st.integers(10, 200), st.integers(10, 80))
    return {name: draw(size) for name in names}, edges


def box(position, size):
    (x, y), (width, height) = position, size
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


@given(graphs(), st.booleans())
def test_no_two_vertices_overlap_and_all_are_on_the_page(graph, down):
    sizes, edges = graph
    plan = layout(sizes, edges, down=down)
    boxes = {name: box(plan.positions[name], sizes[name]) for name in sizes}
    for left, top, right, bottom in boxes.values():
        assert left >= 0
        assert top >= 0
        assert right <= plan.width
        assert bottom <= plan.height
    for one, other in itertools.combinations(boxes.values(), 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        above = one[3] <= other[1] or other[3] <= one[1]
        assert beside or above


@given(graphs())
def test_every_edge_leads_from_its_source_forward_to_its_target(graph):
    sizes, edges = graph
    plan = layout(sizes, edges)
    assert set(plan.routes) == set(edges)
    for (source, target), route in plan.routes.items():
        left, right = box(plan.positions[source], sizes[source]), box(plan.positions[target], sizes[target])
        assert route[0] == pytest.approx((left[2], plan.positions[source][1]))
        assert route[-1][0] == pytest.approx(right[0])
        assert right[1] <= route[-1][1] <= right[3]
        assert all(a[0] < b[0] or a[0] == pytest.approx(b[0]) for a, b in itertools.pairwise(route))


@given(graphs())
def test_an_edge_passes_no_vertex(graph):
    """Where an edge goes through a layer, it's a straight line beside the vertices there."""
    sizes, edges = graph
    plan = layout(sizes, edges)
    for edge, route in plan.routes.items():
        for (x0, y0), (x1, y1) in zip(route[1:-1:2], route[2:-1:2], strict=True):
            assert y0 == y1
            for name in set(sizes) - set(edge):
                left, top, right, bottom = box(plan.positions[name], sizes[name])
                assert right <= x0 or x1 <= left or not top < y0 < bottom


@given(graphs())
def test_layers_are_longest_paths_but_sources_stand_right_before_their_first_use(graph):
    sizes, edges = graph
    rank = ranked(list(sizes), edges)
    for name in sizes:
        before = [rank[source] for source, target in edges if target == name]
        after = [rank[target] for source, target in edges if source == name]
        if before:
            assert rank[name] == 1 + max(longest(source, edges) for source, target in edges if target == name)
        else:
            assert rank[name] == (min(after) - 1 if after else 0)


def longest(name, edges):
    """The longest path that ends at a name, by definition."""
    return max((1 + longest(source, edges) for source, target in edges if target == name), default=0)


@given(graphs())
def test_crossings_are_counted_as_pairs_that_cross(graph):
    sizes, edges = graph
    result = layered(sizes, edges)
    place = {vertex: i for layer in result.layers for i, vertex in enumerate(layer)}
    number = {vertex: i for i, layer in enumerate(result.layers) for vertex in layer}
    brute = sum(
        number[a] == number[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0
        for (a, b), (c, d) in itertools.combinations(result.links, 2)
    )
    assert crossings(result.layers, result.links) == brute


@given(graphs())
def test_ordering_never_makes_more_crossings(graph):
    sizes, edges = graph
    result = layered(sizes, edges)
    as_given = [
        sorted(layer, key=lambda v: (isinstance(v, tuple), list(sizes).index(v[0] if isinstance(v, tuple) else v)))
        for layer in result.layers
    ]
    assert crossings(result.layers, result.links) <= crossings(as_given, result.links)


@pytest.mark.parametrize(
    ("edges", "fewest"),
    [
        ([("a", "y"), ("b", "x"), ("c", "z")], 0),
        ([("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")], 1),  # K2,2
        ([(u, v) for u in "abc" for v in "xyz"], 9),  # K3,3
        ([("r", "c"), ("r", "a"), ("c", "x"), ("a", "y"), ("c", "z"), ("r", "z")], 0),
    ],
)
def test_the_fewest_crossings_that_there_can_be(edges, fewest):
    names = dict.fromkeys(name for edge in edges for name in edge)
    result = layered(names, edges)
    assert crossings(result.layers, result.links) == fewest


def test_a_chain_is_a_straight_line():
    plan = layout(dict.fromkeys("abcd", (50, 20)), [("a", "b"), ("b", "c"), ("c", "d")])
    assert len({y for _, y in plan.positions.values()}) == 1
    across = [plan.positions[name][0] for name in "abcd"]
    assert [b - a for a, b in itertools.pairwise(across)] == [106, 106, 106]  # width 50 and a gap of 56


def test_layers_can_be_given():
    """As for the units of a network, where an output may have no edge from the layer before it."""
    ranks = {"x1": 0, "x2": 0, "h": 1, "o": 2}
    plan = layout(dict.fromkeys(ranks, (20, 20)), [("x1", "h"), ("x2", "o")], ranks=ranks)
    assert plan.positions["x1"][0] == plan.positions["x2"][0] < plan.positions["h"][0] < plan.positions["o"][0]
    with pytest.raises(ValueError, match="an edge must lead to a later layer"):
        layout(dict.fromkeys(ranks, (20, 20)), [("h", "x1")], ranks=ranks)


def test_units_of_a_network_stay_in_their_order():
    names = [f"{kind}{i}" for kind in "xho" for i in range(4)]
    edges = [(f"x{i}", f"h{j}") for i in range(4) for j in range(4)] + [
        (f"h{i}", f"o{j}") for i in range(4) for j in range(4)
    ]
    plan = layout(dict.fromkeys(names, (24, 24)), edges, port=0)
    for kind in "xho":
        heights = [plan.positions[f"{kind}{i}"][1] for i in range(4)]
        assert heights == sorted(heights)
    assert {route[-1] for edge, route in plan.routes.items() if edge[1] == "h0"} == {
        (plan.positions["h0"][0] - 12, plan.positions["h0"][1])
    }


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="go round in a circle"):
        layout({"a": (1, 1), "b": (1, 1)}, [("a", "b"), ("b", "a")])


def test_no_vertices():
    assert layout({}, []).positions == {}


@pytest.mark.parametrize("width", [1, 30])
def test_large_graphs_come_out_quickly(width):
    """12,000 edges: in one layer each, and all between neighbours."""
    layers = 12_000 // (width * width)
    names = {f"v{i}_{j}": (60.0, 30.0) for i in range(layers + 1) for j in range(width)}
    edges = [(f"v{i}_{j}", f"v{i + 1}_{k}") for i in range(layers) for j in range(width) for k in range(width)]
    edges += [("v0_0", f"v{i}_0") for i in range(2, layers)]
    plan = within(10, lambda: layout(names, edges))
    assert len(plan.positions) == len(names)
