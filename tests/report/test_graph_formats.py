"""Computation graphs as text, SVG, Mermaid and DOT.

UPDATE_GOLDEN=1 pytest tests/report/test_graph_formats.py writes the files in tests/golden again; look at them before
committing them.
"""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from clock import within
from running import run

import gradcalc
from gradcalc.formula.expr import Name, add
from gradcalc.problem.bundled import bundled_names
from gradcalc.program.graph import graph_of
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.solve import solve
from gradcalc.report.formats import GRAPH_FORMATS
from gradcalc.report.graph.style import DARK, KINDS, LIGHT
from gradcalc.report.page import Page
from problems import problem

SVG = "{http://www.w3.org/2000/svg}"
MERMAID = Path(__file__).with_name("mermaid.js")
PROBLEMS = [name for name in bundled_names() if "graph" in name or name in ("hw3", "micrograd", "mazur", "larose")]


def graph(given):
    if isinstance(given, Problem):
        given = replace(given, form="equations")
    return graph_of(solve(gradcalc.load(given) if isinstance(given, str) else given, check=False))


def drawn(given, form, page=None):
    return import_module(f"gradcalc.report.graph.{form}").render(graph(given), page or Page())


def command(*arguments):
    return run("graph", *arguments)


@pytest.fixture(scope="module")
def all_graphs():
    given = {name: gradcalc.load(name) for name in bundled_names()}
    return {name: graph_of(solve(each, check=False)) for name, each in given.items() if each.forward}


# The terminal.


def test_a_circuit_in_the_terminal():
    """Values and gradients as on the course's slide: f = (x + y) z at -2, 5, -4."""
    assert drawn("cs231n-circuit", "text") == (
        "f = (x + y) z\n"
        "═════════════\n"
        "\n"
        "                 value  gradient\n"
        "●    x  (input)  -2     -4\n"
        "│ ●  y  (input)  5      -4\n"
        "●─╯  q = x + y   3      -4\n"
        "│ ●  z  (input)  -4     3\n"
        "●─╯  f = q · z   -12    1\n"
        "\n"
        "The gradient on each value is the gradient of f; 'gradcalc solve' shows those of\n"
        "larger matrices.\n"
    )


def test_rails_lead_from_where_a_value_is_made_to_each_of_its_uses():
    """Where a rail ends, goes on, and is passed over."""
    given = problem({"c": "a + b", "d": "a + c", "e": "b * d + c", "f": "e"}, inputs={"a": 1, "b": 2}, objective="f")
    rails = [line[:9].rstrip() for line in drawn(given, "text").splitlines()[4:10]]
    assert rails == [
        "●      a",
        "│ ●    b",
        "├─┼─●  c",
        "●─│─┤  d",
        "●─┴─╯  e",
        "●      f",
    ]


def test_nothing_seems_to_lead_on_from_an_end():
    given = problem({"f": "a ** 2", "g": "b ** 2"}, inputs={"a": 1, "b": 2})
    rails = [line[:6] for line in drawn(given, "text").splitlines()[4:8]]
    assert rails == ["●    a", "●    f", "  ●  b", "●─╯  g"]


def test_ascii_terminals():
    text = drawn("micrograd", "text", Page(ascii_only=True)).replace("=\n", "")
    assert text.isascii()
    assert "+-+-|-*  d1 = a * b + b ** 3" in text


THREE = """inputs: [1, 2, 3]
targets: [0, 1]
layers:
  - {weights: [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6], [-0.7, 0.8, 0.9]], biases: [0, 0, 0], activation: sigmoid}
  - {weights: [[1, -1], [2, 0.5], [-0.5, 1]], biases: [0.1, -0.1], activation: identity}
loss: half_squared_error
"""


@pytest.mark.parametrize("width", [48, 80, 140])
def test_matrices_of_three_rows_are_shown_at_any_width_that_has_room(width):
    """Every number of a 3-3-2 network and of its gradients, computed here, stands in the text, whole."""
    W1, W2 = np.array([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6], [-0.7, 0.8, 0.9]]), np.array([[1, -1], [2, 0.5], [-0.5, 1]])
    x, y = np.array([1, 2, 3]), np.array([0, 1])
    h = 1 / (1 + np.exp(-(x @ W1)))
    out = h @ W2 + [0.1, -0.1] - y
    inner = W2 @ out * h * (1 - h)
    each = graph_of(solve(gradcalc.loads(THREE), check=False))
    text = import_module("gradcalc.report.graph.text").render(each, Page(width))
    rows = "\n".join(re.sub(r"(?<=\[) +|(?<= ) +", "", line) for line in text.splitlines())
    for row in (h, np.outer(h, out)[1], *np.outer(x, inner), W2 @ out, W1 @ inner):
        assert f"[{', '.join(f'{entry:.4f}' for entry in row)}]" in rows
    assert max(map(len, text.splitlines())) <= width
    assert "[ 0.4,  0.5, -0.6]" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width, all_graphs):
    for name, each in all_graphs.items():
        if max(len(edges) for edges in ([e for e in each.edges if e.target == n.name] for n in each.nodes)) < 8:
            lines = import_module("gradcalc.report.graph.text").render(each, Page(width)).splitlines()[4:]
            rows = [line for line in lines if not line.startswith("The gradient")]
            assert max(map(len, rows)) <= width, name


def test_many_rails_are_said_in_words():
    names = [f"w{i}" for i in range(40)]
    given = problem({"f": " + ".join(names)}, inputs=dict.fromkeys(names, 1.0))
    text = drawn(given, "text")
    assert "●" not in text
    assert "w₃  (input)  -> f" in text


# SVG.


@pytest.mark.parametrize("name", PROBLEMS)
def test_svg_is_well_formed_and_says_everything(name):
    each = graph(name)
    root = ET.fromstring(drawn(name, "svg"))
    assert root.tag == f"{SVG}svg"
    vertices = root.findall(f".//{SVG}g[@data-name]")
    assert [v.get("data-name") for v in vertices] == [node.name for node in each.nodes]
    assert len(root.findall(f".//{SVG}path[@class='edge']")) == len(each.edges)
    texts = {v.get("data-name"): [t.text for t in v.iter(f"{SVG}text")] for v in vertices}
    assert all(texts.values())


def test_svg_shows_values_and_gradients_at_the_vertices():
    root = ET.fromstring(drawn("hw3", "svg"))
    (vertex,) = root.findall(f".//{SVG}g[@data-name='W2']")
    texts = [(text.get("class"), text.text.replace("\u00a0", " ").strip()) for text in vertex.iter(f"{SVG}text")]
    # The source's equation (19).
    assert texts == [
        ("head", "W²"),
        ("value", "2  3"),
        ("value", "4  3"),
        ("gradient", "0.2880  -0.2880"),
        ("gradient", "0.1466  -0.1466"),
    ]


def test_svg_tells_itself_to_a_screen_reader():
    root = ET.fromstring(drawn("hw3", "svg"))
    assert root.get("role") == "img"
    told = {element.get("id"): element.text for element in root}
    title, description = (told[id] for id in root.get("aria-labelledby").split())
    assert title == "HW 3, problem 2: a 2-2-2 network, one step of gradient descent"
    assert "Given: x (input), W¹ (parameter)" in description
    assert "loss = half_squared_error(ŷ, y)." in description


def test_svg_stands_alone():
    text = drawn("hw3", "svg")
    assert re.findall(r"https?://[^\s\"']+", text) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in text
    assert "<image" not in text


def test_no_text_is_wider_than_its_box():
    """At the widths of the monospaced letters that the style asks for: 0.602 of their size."""
    for name in PROBLEMS:
        root = ET.fromstring(drawn(name, "svg"))
        for vertex in root.findall(f".//{SVG}g[@data-name]"):
            box = vertex.find(f"{SVG}rect")
            right = float(box.get("x")) + float(box.get("width"))
            for text in vertex.iter(f"{SVG}text"):
                size = 13 if text.get("class") == "head" else 12
                letters = sum(1 for char in text.text if not 0x300 <= ord(char) < 0x370)
                assert float(text.get("x")) + 0.602 * size * letters <= right + 1, (name, text.text)


def luminance(colour):
    """As in the Web Content Accessibility Guidelines 2.2, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast_is_enough_to_read(colours):
    for ground in (*KINDS, "paper"):
        for ink in ("ink", "gradient"):
            bright, dim = sorted((luminance(colours[ground]), luminance(colours[ink])), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (ground, ink)
    bright, dim = sorted((luminance(colours["paper"]), luminance(colours["faint"])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_a_graph_too_wide_for_a_page_is_drawn_from_top_to_bottom():
    wide, deep = ET.fromstring(drawn("hw3", "svg")), ET.fromstring(drawn("ttic-graph-mixed", "svg"))
    assert float(wide.get("width")) > float(wide.get("height"))
    assert float(deep.get("width")) <= 1500


# DOT and Mermaid.


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_every_graph(all_graphs, tmp_path):
    files = []
    for name, each in all_graphs.items():
        files.append(tmp_path / f"{name}.dot")
        files[-1].write_text(import_module("gradcalc.report.graph.dot").render(each, Page()), encoding="utf-8")
    done = subprocess.run(["dot", "-Tsvg", "-O", *files], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for name, each in all_graphs.items():
        root = ET.parse(tmp_path / f"{name}.dot.svg").getroot()
        assert len(root.findall(f".//{SVG}g[@class='node']")) == len(each.nodes), name
        assert len(root.findall(f".//{SVG}g[@class='edge']")) == len(each.edges), name


def mermaid_is_there():
    node = shutil.which("node")
    find = "require.resolve('mermaid'); require.resolve('jsdom')"
    return node is not None and subprocess.run([node, "-e", find], capture_output=True).returncode == 0


@pytest.mark.skipif(not mermaid_is_there(), reason="node, mermaid or jsdom is not installed (see NODE_PATH)")
def test_mermaid_reads_every_graph(all_graphs, tmp_path):
    odd = {"odd": graph(ODD), "large": graph(chain(100))}
    files = []
    for name, each in {**all_graphs, **odd}.items():
        files.append(tmp_path / f"{name}.mmd")
        files[-1].write_text(import_module("gradcalc.report.graph.mermaid").render(each, Page()), encoding="utf-8")
    done = subprocess.run(["node", MERMAID, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines() == [f"{file} flowchart-v2" for file in files]


ODD = problem(
    {"end": "graph * subgraph", "class_": "end ** 2", "loss": "class_ - end"},
    inputs={"graph": 2, "subgraph": 3},
    title='A "quoted" title: <b> & `code` # [x] {y} \\n | end\nof line',
)


def test_mermaid_has_a_vertex_and_an_edge_for_each():
    each = graph("ttic-graph-mixed")
    text = drawn("ttic-graph-mixed", "mermaid")
    assert len(re.findall(r"^  n\d+[(\[{]", text, re.MULTILINE)) == len(each.nodes)
    assert text.count(" -->|") == len(each.edges)


@pytest.mark.parametrize("form", GRAPH_FORMATS)
def test_odd_titles_and_names(form):
    text = drawn(ODD, form)
    if form == "svg":
        assert ET.fromstring(text).find(f"{SVG}title").text.startswith('A "quoted" title: <b> & `code`')
    if form == "dot" and shutil.which("dot"):
        done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert "title: &lt;b&gt; &amp; `code`" in done.stdout


# All of them.


@pytest.mark.parametrize("form", GRAPH_FORMATS)
def test_every_problem_can_be_drawn(form, all_graphs):
    renderer = import_module(f"gradcalc.report.graph.{form}")
    for name, each in all_graphs.items():
        text = renderer.render(each, Page())
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name


@pytest.mark.parametrize(("form", "suffix"), [("text", "txt"), ("svg", "svg"), ("mermaid", "mmd"), ("dot", "dot")])
def test_a_graph_is_as_it_was_accepted(form, suffix):
    text, file = drawn("hw3", form), Path(__file__).parent.parent / "golden" / f"graph-hw3.{suffix}"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def chain(length):
    """A value added up along a chain, with a weight at each link and a shortcut from the first."""
    parameters = {f"w{i}": np.asarray(0.5) for i in range(length)}
    forward = [Equation("forward", "s0", Name("w0"))]
    forward += [
        Equation("forward", f"s{i}", add(Name(f"s{i - 1}"), Name(f"w{i}"), Name("w0"))) for i in range(1, length)
    ]
    return Problem(forward=tuple(forward), parameters=parameters, objective=f"s{length - 1}")


@pytest.mark.parametrize("form", GRAPH_FORMATS)
def test_a_large_graph_comes_out_quickly(form):
    render = import_module(f"gradcalc.report.graph.{form}").render
    text = within(15, lambda each: render(each, Page()), lambda: graph(chain(3000)))
    assert "s2999" in text or "s₂₉₉₉" in text


# The command.


def test_the_command_draws_text_unless_told_otherwise():
    result = command("cs231n-circuit")
    assert result.returncode == 0
    assert "●─╯  f = q · z   -12    1" in result.stdout


def test_the_command_without_a_problem_says_which_it_takes():
    result = command("--format", "dot")
    assert result.stdout.startswith("digraph {\n")
    assert "so this is hw3" in result.stderr


def test_the_command_writes_a_file(tmp_path):
    result = command("hw3", "--format", "svg", "--output", str(tmp_path / "hw3.svg"))
    assert (result.returncode, result.stdout) == (0, "")
    ET.parse(tmp_path / "hw3.svg")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hw3", "-f", "svgg"], "--format svgg: the formats are text, svg, mermaid, dot; did you mean 'svg'?"),
        (["identities"], "there are no equations to solve, only claims"),
        (["nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, message):
    result = command(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_digits_can_be_asked_for():
    assert "24.7041" in drawn("micrograd", "text")
    assert "24.70 " in command("micrograd", "--digits", "2").stdout
