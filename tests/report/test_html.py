"""The web page: what it holds, that it's well-formed, and that nothing in a problem file gets to run in it."""

import re
import sys
import xml.etree.ElementTree as ET
from functools import cache
from html.parser import HTMLParser

import numpy as np
import pytest
from bundled import WORKED, solved
from documents import others, worked_out

from gradcalc.__main__ import main
from gradcalc.commands.listings import functions_report, optimizers_report
from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.formula.expr import names
from gradcalc.formula.names import name_table
from gradcalc.formula.parse import parse
from gradcalc.problem.load import load
from gradcalc.program.graph import graph_of
from gradcalc.program.shown import shown_names
from gradcalc.program.solve import solve
from gradcalc.report.document import Document, Heading, Math, Paragraph, Quantity, Table, Workings
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.html import page
from gradcalc.report.html.setter import Setter
from gradcalc.report.html.tex import mathml
from gradcalc.report.page import Page

VOID = {"meta", "link"}
EVIL = "</title><script>alert(1)</script><img src=x onerror=alert(1)> & \"quoted\" 'too' \x00"
OTHERS = others()


class Tags(HTMLParser):
    """Every start tag, as a browser's parser sees it; raises where an element isn't closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), "an attribute stands twice"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in VOID or "svg" in self.open, "HTML has no elements that end so, but for its own and those of SVG"
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


@cache
def html_of(name: str) -> str:
    return render(solution_report(Request(name)), lookup_format("html"), Page())


def written(document: Document, fragment: bool = False) -> str:
    return page.render((document, None), Page(fragment=fragment))


def tree(formula: str, shapes: dict | None = None) -> ET.Element:
    expr = parse(formula)
    document = Document((), name_table(names(expr), layered=True), shapes=shapes or {})
    return ET.fromstring(f"<math>{Setter(document).formula(expr).markup}</math>")


def shown(element: ET.Element) -> str:
    """The text, scripts and fractions with signs, invisible operators left out."""
    inner = [shown(child) for child in element]
    match element.tag:
        case "mfrac":
            return "({})/({})".format(*inner)
        case "msup":
            return "{}^{}".format(*inner)
        case "msub":
            return "{}_{}".format(*inner)
        case "msubsup":
            return "{}_{}^{}".format(*inner)
        case "msqrt":
            return "√({})".format("".join(inner))
        case "mover":
            return "{}{}".format(*inner)
    return re.sub("[\u2061\u2062]", "", element.text or "") + "".join(inner)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("W1.T @ x + b1", "(W^1)^⊤x+b^1"),
        ("W.T @ x", "W^⊤x"),
        ("a - b + c", "a−b+c"),
        ("a - (b - c)", "a−(b−c)"),
        ("-a * b", "−a⊙b"),
        ("2 * a", "2·a"),
        ("a * -2", "a·(−2)"),
        ("(a + b) * c", "(a+b)⊙c"),
        ("a / b", "(a)/(b)"),
        ("(a + 1) / (b - 1)", "(a+1)/(b−1)"),
        ("a ** 2", "a^2"),
        ("a ** (b + 1)", "a^b+1"),
        ("W1 ** 2", "(W^1)^2"),
        ("(a / b) ** 2", "((a)/(b))^2"),
        ("sigmoid(a1)", "σ(a^1)"),
        ("1 / (1 + exp(-a))", "(1)/(1+exp(−a))"),
        ("softmax(a)", "softmax(a)"),
        ("sqrt(a + b)", "√(a+b)"),
        ("abs(a - b)", "|a−b|"),
        ("leaky_relu(a, alpha=0.1)", "leaky_relu(a,α=0.1)"),
        ("half_squared_error(yhat, y)", "(1)/(2)‖y^−y‖^2"),
        ("half_squared_error(yhat, a + b)", "(1)/(2)‖y^−(a+b)‖^2"),
        ("inner(dyhat, yhat)", "⟨dyhat,y^⟩"),
        ("maximum(a, 0)", "max(a,0)"),
        ("1e-7 * a", "1×10^−7·a"),
    ],
)
def test_a_formula_has_the_structure_of_its_tree(formula, expected):
    assert shown(tree(formula)) == expected


def test_the_elements_of_mathml_have_as_many_children_as_they_must():
    count = {"mfrac": 2, "msup": 2, "msub": 2, "mover": 2, "msubsup": 3}
    for name in WORKED:
        text = "".join(re.findall(r"<math.*?</math>", html_of(name), re.DOTALL))
        for element in ET.fromstring(f"<all>{text}</all>").iter():
            assert len(element) == count.get(element.tag, len(element)), (name, ET.tostring(element))
            if element.tag in ("mi", "mn", "mo", "mtext"):
                assert len(element) == 0


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("W_0^1", "W_0^1"),
        (r"\hat{y}", "y^"),
        (r"\nabla W^{1}", "∇W^1"),
        (r"\mathbf{H}", "𝐇"),
        (r"\mathcal{L}", "ℒ"),
        (r"\mathrm{loss}_{new}", "loss_new"),
        (r"\delta_{i,j}", "δ_i,j"),
        (r"\frac{1}{2}", "(1)/(2)"),
        ("x'", "x′"),
        (r"\unheardof", r"\unheardof"),
        ("{" * 5000, "{" * 5000),
        ("x}", "x}"),
        (r"\left(", r"\left("),
        ("^", None),
        ("<script>", "<script>"),
    ],
)
def test_symbols_of_a_problem_are_shown_or_left_as_typed(latex, expected):
    element = ET.fromstring(f"<math>{mathml(latex)}</math>")
    assert expected is None or shown(element) == expected


def test_a_name_says_whose_it_is_in_a_rule_and_in_its_numbers():
    names_in = [each.get("data-name") for each in tree("W1.T @ x + b1").iter() if each.get("data-name")]
    assert names_in == ["W1", "x", "b1"]
    expr = parse("W.T @ x")
    values = {"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "x": np.array([[5.0], [-6.0]])}
    piece = Setter(Document((), name_table(["W", "x"]))).numbers(expr, values, frozenset("Wx"))
    element = ET.fromstring(f"<math>{piece.markup}</math>")
    assert [[[cell[0] for cell in row] for row in table] for table in element.iter("mtable")]
    cells = [["".join(cell.itertext()) for cell in row] for row in next(element.iter("mtable"))]
    assert cells == [["1", "3"], ["2", "4"]], "the transpose of numbers is written out"


@pytest.mark.parametrize("name", [*WORKED, *OTHERS])
def test_every_report_is_a_well_formed_page_that_loads_nothing(name):
    text = html_of(name) if name in WORKED else written(OTHERS[name]())
    ET.fromstring(re.sub(r"<(style|script)>.*?</\1>", "", text.removeprefix("<!DOCTYPE html>"), flags=re.DOTALL))
    tags = Tags(text)
    assert not re.search(r"(?:src|href|action|url|@import|fetch)\W{0,3}(?:https?:)?//", text)
    for _, attrs in tags.found:
        assert not {"src", "style", "onclick", "srcdoc"} & set(attrs)
        assert attrs.get("href", "data:,") == "data:," or attrs["href"].startswith("#gradcalc-"), "on this page"
    assert len(tags.all("h1")) == len(tags.all("main")) == 1
    assert tags.all("html")[0]["lang"] == "en"
    assert all(attrs.get("tabindex", "0") == "0" for _, attrs in tags.found)
    ids = [attrs["id"] for _, attrs in tags.found if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", WORKED)
def test_every_quantity_is_a_step_which_names_its_sources(name):
    solution = solved(name)
    found = {
        attrs["data-name"]: attrs
        for _, attrs in Tags(html_of(name)).found
        if attrs.get("class") == "quantity" and "data-uses" in attrs
    }
    for equation in solution.equations:
        assert found[equation.name]["data-uses"].split() == list(names(equation.expr))
        shown = shown_names(solution.problem, solution.shapes).unicode(equation.name)
        assert found[equation.name]["aria-label"].startswith(f"{shown} = ")


@pytest.mark.parametrize("name", WORKED)
def test_a_diagram_shows_the_forward_pass(name):
    text = html_of(name)
    found = re.search(r"<svg.*?</svg>", text, re.DOTALL)
    assert found, "every problem that comes with gradcalc is small enough"
    on_it = {each for attrs in Tags(found.group()).found for each in (attrs[1].get("data-name") or "").split()}
    graph = graph_of(solved(name))
    assert on_it <= {node.name for node in graph.nodes} | {f"d{node.name}" for node in graph.nodes}
    if 'aria-label="Network"' not in text:
        assert on_it >= {node.name for node in graph.nodes}


def test_the_network_of_the_worked_example_has_its_units_and_weights():
    svg = re.search(r"<svg.*?</svg>", html_of("hw3"), re.DOTALL).group()
    labels = [attrs["aria-label"] for attrs in Tags(svg).all("g") if "aria-label" in attrs]
    assert [label.split(" = ")[0] for label in labels] == [
        *("x[1]", "x[2]", "H[1]", "H[2]", "ŷ[1]", "ŷ[2]", "loss"),
    ]
    assert "ŷ[1] = 0.6267; bias −1".replace("−", "-") in labels[4]
    weights = re.findall(r' aria-label="(W[¹²])\[\d,\d\] = ([^",]*), gradient ', svg)
    assert [(name, float(number)) for name, number in weights] == [
        *(("W¹", 3), ("W¹", 6), ("W¹", 4), ("W¹", 5)),
        *(("W²", 2), ("W²", 3), ("W²", 4), ("W²", 3)),
    ]


@pytest.mark.parametrize("notation", ["W.T @ x + b", "W @ x + b", "x @ W + b", "x @ W.T + b"])
def test_a_weight_stands_on_the_edge_between_its_two_units(tmp_path, notation):
    weights = "[[1, 2, 3], [4, 5, 6]]" if notation not in ("W @ x + b", "x @ W.T + b") else "[[1, 4], [2, 5], [3, 6]]"
    file = tmp_path / "net.yaml"
    file.write_text(
        f'notation: "{notation}"\ninputs: [1, 0]\ntargets: [0, 1, 0]\nloss: half_squared_error\n'
        f"layers:\n  - {{weights: {weights}, biases: [0, 0, 0], activation: sigmoid}}\n"
    )
    from gradcalc.report.html.diagram.network import network_of

    network = network_of(solve(load(str(file))))
    assert {(link.source, link.target): link.weight for link in network.links if link.name} == {
        (f"x[{i + 1}]", f"yhat[{j + 1}]"): 3 * i + j + 1 for i in range(2) for j in range(3)
    }


def test_what_strangers_wrote_is_text_and_nothing_else():
    quantity = Quantity(EVIL, np.array(1.0), parse("x + 1"), notes=(EVIL,))
    blocks = (
        Heading(EVIL, 1),
        Heading(EVIL),
        Paragraph((EVIL, Math(parse("x"))), "warning"),
        Table((EVIL,), (((EVIL,),),)),
        Workings((quantity,), {"x": np.array(0.0)}),
    )
    symbols = {"x": r"\mathrm{<script>alert(1)</script>}"}
    tags = Tags(written(Document(blocks, name_table(["x"], symbols=symbols))))
    assert len(tags.all("script")) == 1
    assert not tags.all("img")
    assert not any(key.startswith("on") for _, attrs in tags.found for key in attrs)
    assert tags.text.count("<script>alert(1)</script>") >= 4


def test_a_problem_file_can_bring_no_script(tmp_path):
    file = tmp_path / "evil.yaml"
    file.write_text(
        'title: "<script>alert(1)</script>"\nsource: "</style><script>alert(2)</script>"\n'
        'inputs: {x: 1}\nequations: {f: x * x}\nof: f\nsymbols: {x: "</math><script>alert(3)</script>"}\n'
    )
    tags = Tags(html_of(str(file)))
    assert len(tags.all("script")) == 1
    assert "<script>alert(1)</script>" in tags.text


def test_only_the_pages_own_script_may_run():
    text = html_of("hw3")
    policy = Tags(text).all("meta")[1]["content"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_fragment_brings_no_document_of_its_own():
    text = written(worked_out("hw3"), fragment=True)
    assert not re.search(r"<(html|head|body|meta|title)\b", text)
    assert text.count('<div class="gradcalc"') == 1


def test_what_is_too_large_is_shown_in_part_and_said_so(tmp_path):
    file = tmp_path / "large.yaml"
    row = ", ".join(map(str, range(40)))
    file.write_text(
        f"inputs: {{x: [{row}], W: [{', '.join([f'[{row}]'] * 30)}]}}\nequations: {{f: sum(W @ x)}}\nof: f\n"
    )
    text = html_of(str(file))
    assert "⋱" in text
    assert "shown in part" in text
    assert len(text) < 120_000


def run(monkeypatch, *arguments) -> int:
    monkeypatch.setattr(sys, "argv", ["gradcalc", *arguments])
    return main()


def test_open_writes_a_page_and_shows_it(tmp_path, monkeypatch, capsys):
    import webbrowser

    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    file = tmp_path / "page.html"
    assert run(monkeypatch, "solve", "hw3", "--open", "--output", str(file)) == 0
    assert opened == [file.as_uri()]
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(monkeypatch, "solve", "hw3", "--open") == 0
    (made,) = tmp_path.glob("gradcalc-*.html")
    assert opened[1] == made.as_uri()
    assert capsys.readouterr().out == ""
    assert run(monkeypatch, "solve", "hw3", "--open", "--format", "json") == 2
    assert run(monkeypatch, "solve", "nowhere", "--open") == 2
    assert len(list(tmp_path.glob("gradcalc-*.html"))) == 1, "a page that couldn't be written leaves no file behind"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("step", "hw3", "--steps", "3", "--curve"), 0),
        (("check", "hw3"), 0),
        (("check", "hw3", "{sheet}"), 1),
        (("grade", "hw3", "{sheet}"), 1),
        (("lint", "hw3"), 0),
        (("explain", "hw3", "dW1[1,2]"), 0),
        (("functions", "softmax"), 0),
        (("optimizers",), 0),
        (("problems",), 0),
    ],
)
def test_every_command_with_a_page_opens_it(words, code, tmp_path, monkeypatch, capsys):
    import webbrowser

    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sheet = tmp_path / "ann.yaml"
    sheet.write_text("loss: 5\n")
    assert run(monkeypatch, *(word.format(sheet=sheet) for word in words), "--open") == code
    (made,) = tmp_path.glob("gradcalc-*.html")
    assert opened == [made.as_uri()]
    page = made.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "</html>" in page
    assert capsys.readouterr().out == ""


def test_without_a_browser_the_page_is_named(monkeypatch, capsys, tmp_path):
    import webbrowser

    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    assert run(monkeypatch, "solve", "hw3", "--open", "--output", str(tmp_path / "p.html")) == 0
    assert "no browser" in capsys.readouterr().err


def test_units_are_drawn_only_where_each_weight_joins_two_of_them(tmp_path):
    file = tmp_path / "net.yaml"
    file.write_text(
        "inputs: [1, 2]\nof: yhat\nlayers:\n  - {weights: [[1, 2, 3], [4, 5, 6]], activation: tanh}\n"
        "  - {weights: [[1, 2], [3, 4], [5, 6]], activation: softmax_weighted_sum}\n"
    )
    assert 'aria-label="Computation graph"' in html_of(str(file))


def test_values_that_are_not_finite_are_shown(tmp_path):
    file = tmp_path / "overflow.yaml"
    file.write_text("inputs: {x: 1000, v: [0, 1]}\nequations: {q: exp(x) * v, f: sum(q)}\nof: f\n")
    text = html_of(str(file))
    assert "<mn>∞</mn>" in text
    assert "<mn>nan</mn>" in text


PARTS = {"msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mfrac": 2}
"""How many children these elements have (W3C, MathML Core, 3.3 and 3.4); with others they are none of these."""


def test_scripts_and_fractions_have_as_many_parts_as_mathml_asks():
    reports = [
        optimizers_report(),
        *map(optimizers_report, ("amsgrad", "adam")),
        functions_report(),
        *(solution_report(Request(name)) for name in ("gomez-lstm", "scipy-logsumexp", "d2l-momentum")),
    ]
    for report in reports:
        shown = render(report, lookup_format("html"), Page())
        tree = ET.fromstring(re.sub(r"<(script|style)>.*?</\1>|<!DOCTYPE html>", "", shown, flags=re.DOTALL))
        wrong = [each for each in tree.iter() if len(each) != PARTS.get(each.tag, len(each))]
        assert [ET.tostring(each, "unicode") for each in wrong] == []
    assert mathml(r"v_{\max}") == "<msub><mi>v</mi><mi>max</mi></msub>"
    assert mathml(r"\log_2 x") == "<mrow><msub><mi>log</mi><mn>2</mn></msub><mo>\u2061</mo><mi>x</mi></mrow>"
    assert mathml(r"\exp(x)").startswith("<mrow><mi>exp</mi><mo>\u2061</mo>")
