"""Markdown whose formulas KaTeX reads, before and after a Markdown program has been over them as GitHub's does."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from documents import SOME_OR_ALL, every
from markdown_it import MarkdownIt

from gradcalc.formula.expr import Name
from gradcalc.formula.names import name_table
from gradcalc.report.document import Document, Heading, Math, Paragraph, Quantity, Table, Value, Workings
from gradcalc.report.page import Page
from gradcalc.report.tex.commonmark import mathematics
from gradcalc.report.tex.markdown import render

KATEX = Path(__file__).with_name("katex.js")
FORMULA = re.compile(r"\$\$\n(?P<display>.*?)\n\$\$|(?<!\\)\$(?P<inline>[^$]+?)(?<!\\)\$", re.DOTALL)
NASTY = "50% of *all* **x**2** & a_b _c_ `d_e` [f](g) ~~h~~ <i> $5 \\ | 1. #2 α ŷ 中文 it's 'q'"


@pytest.fixture(scope="module", params=SOME_OR_ALL)
def pages(request):
    return {name: render(document, Page()) for name, document in every(request.param).items()}


def formulas(text):
    return [(m["display"] or m["inline"], m["display"] is not None) for m in FORMULA.finditer(text)]


def read(text):
    """What a Markdown program hands on: the text of every paragraph, heading and cell, without its markup."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for token in parser.parse(text):
        if token.type == "inline":
            kinds = {child.type for child in token.children}
            assert kinds <= {"text", "softbreak", "code_inline"}, (kinds, token.content)
            yield "".join("\n" if child.type == "softbreak" else child.content for child in token.children)


def katex_is_there():
    found = shutil.which("node")
    return found is not None and not subprocess.run([found, "-e", "require('katex')"], capture_output=True).returncode


@pytest.mark.skipif(not katex_is_there(), reason="node or its package katex is not installed (see NODE_PATH)")
def test_katex_reads_every_formula(pages, tmp_path):
    texts = pages | {f"{name}, read": "\n\n".join(read(page)) for name, page in pages.items()}
    found = [
        {"tex": tex, "display": display, "where": name}
        for name, text in texts.items()
        for tex, display in formulas(text)
    ]
    assert len(found) > 1000
    (tmp_path / "formulas.json").write_text(json.dumps(found), encoding="utf-8")
    done = subprocess.run(["node", KATEX, tmp_path / "formulas.json"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_markdown_programs_leave_every_formula_alone(pages):
    for name, page in pages.items():
        assert [tex for text in read(page) for tex, _ in formulas(text)] == [tex for tex, _ in formulas(page)], name


def test_dollars_stand_where_all_programs_see_them(pages):
    """Displays on lines of their own without empty lines; inline ones between spaces or signs, for GitHub."""
    for page in pages.values():
        assert not re.search(r"(?<!\n)\$\$|\$\$(?!\n)", page)
        for tex, display in formulas(page):
            assert "\n\n" not in tex
            assert display or tex == tex.strip()
        for match in FORMULA.finditer(page):
            if match["inline"]:
                assert not page[match.start() - 1 : match.start()].isalnum()
                assert not page[match.end() : match.end() + 1].isalnum()


def test_no_line_of_a_formula_could_begin_something_else(pages):
    for page in pages.values():
        for tex in (tex for tex, display in formulas(page) if display):
            assert all(re.match(r"[\\&A-Za-z(\d]", line) for line in tex.split("\n")), tex


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\begin{bmatrix} 1 \\ 2 \end{bmatrix}", r"\begin{bmatrix} 1 \cr 2 \end{bmatrix}"),
        (r"A \, B", r"A \thinspace B"),
        (r"a\,b", r"a\thinspace b"),
        (r"\operatorname{leaky\_relu}(a)", "\\mathrm{leaky\\ relu}(a)"),
        (r"\left|a\right|", r"\left\vert a\right\vert "),
        (r"W^*", r"W^\ast "),
        (r"\mathbf{1}[a > 0]", r"\mathbf{1}[a \gt  0]"),
        (r"\mathbf{W}_1 + \hat{y}_{2}", r"\mathbf{W}_ 1 + \hat{y}_ {2}"),
        (r"W_1 + W_{12}", r"W_1 + W_{12}"),
        (r"h[2](x)", r"h[2] (x)"),
        ("α + ж", r"\alpha  + \text{ж}"),
    ],
)
def test_formulas_are_written_so_that_markdown_has_no_hold_of_them(tex, shown):
    assert mathematics(tex) == shown
    assert "".join(read(f"${mathematics(tex)} {mathematics(tex)}$")) == f"${shown} {shown}$"


def document(*blocks):
    return Document(blocks, name_table(["W", "x"]))


def test_sentences_read_as_they_were_written():
    table = Table(("a", NASTY), (((NASTY,), ("b",)),))
    page = render(document(Heading(NASTY, 1), Paragraph((NASTY,)), Paragraph(("1. a - b",), "warning"), table), Page())
    plain = NASTY.replace("`", "")
    assert list(read(page)) == [plain, plain, "1. a - b", "a", plain, plain, "b"]


def test_matrices_in_tables_keep_to_their_cells():
    row = ((Math(Name("x")),), (Value(np.array([[1.0, -2], [0.5, 3]])),))
    (_, _, *cells) = read(render(document(Table(("name", "value"), (row,))), Page()))
    assert cells == ["$x$", r"$\begin{bmatrix} 1 & -2 \cr 0.5000 & 3 \end{bmatrix}$"]


def test_long_sections_are_parted_between_equations():
    quantities = tuple(Quantity("x", np.arange(12.0).reshape(1, 12)) for _ in range(60))
    page = render(document(Workings(quantities, {})), Page())
    blocks = [tex for tex, display in formulas(page) if display]
    assert len(blocks) > 1
    assert sum(tex.count("x &=") for tex in blocks) == 60
    assert max(map(len, blocks)) < 3000


def test_what_is_too_large_is_said_to_be_shown_in_part():
    page = render(document(Workings((Quantity("x", np.zeros((13, 2))),), {})), Page())
    assert r"\vdots" in page
    assert page.endswith("Large matrices are shown in part; --full or --format json has every number.\n")
