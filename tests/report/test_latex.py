"""LaTeX that TeX itself takes: every problem is set by pdflatex, and its log is read."""

import os
import re
import shutil
import subprocess

import numpy as np
import pytest
from bundled import WORKED
from documents import SOME_OR_ALL, every, worked_out
from slow import mostly_slow

from gradcalc.commands.request import Request
from gradcalc.commands.show import show
from gradcalc.commands.solve import solution_report
from gradcalc.errors import UsageError
from gradcalc.formula.expr import Name
from gradcalc.formula.names import name_table
from gradcalc.problem.load import load
from gradcalc.program.solve import solve
from gradcalc.program.told import as_told
from gradcalc.report.document import Document, Heading, Math, Paragraph, Quantity, Table, Value, Workings
from gradcalc.report.page import Page
from gradcalc.report.tex.latex import render
from gradcalc.report.tex.tokens import total, written
from gradcalc.report.tex.typeset import TexSetter

needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
BEGIN, END = "\\begin{document}\n", "\\end{document}"
BAD = re.compile(r"^(?:Overfull .*|! .*|.*[Uu]ndefined.*|.*[Mm]ultiply.defined.*|.*Missing character.*)$", re.MULTILINE)
NASTY = "50% of α & β_1 — naïve Müller’s “quote” at $5, ✓ 中文 x² ½ ≤ #1 {~^\\} Łódź, σ(a) ⊙ ∇W¹ 'a' \"b\" <tag> e₂ ﬁ"


def pdflatex(text, folder, runs=1):
    """What pdflatex says of a document; its lines are not broken."""
    (folder / "report.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    environment = os.environ | {"max_print_line": "10000", "TEXMFVAR": str(folder)}
    for _ in range(runs):
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300)
    return (folder / "report.log").read_text(encoding="utf-8", errors="replace")


def page(document, fragment=False):
    return render(document, Page(fragment=fragment))


def body(document):
    return page(document).partition(BEGIN)[2].rpartition(END)[0]


def together(preamble, bodies):
    """One document of several reports, each announced in the log."""
    parts = (f"\\clearpage\\typeout{{== {name}}}\n{text}" for name, text in bodies.items())
    return preamble + BEGIN + "\n".join(parts) + END + "\n"


def complaints(log):
    """What the log complains of, by report."""
    _, *parts = re.split(r"^== (\S+)$", log, flags=re.MULTILINE)
    return {name: found for name, part in zip(parts[::2], parts[1::2], strict=True) if (found := BAD.findall(part))}


@pytest.fixture(scope="module", params=SOME_OR_ALL)
def documents(request):
    return every(request.param)


@needs_latex
def test_every_report_is_set_without_a_complaint(documents, tmp_path):
    preamble = page(documents["hw3"]).partition(BEGIN)[0]
    log = pdflatex(together(preamble, {name: body(each) for name, each in documents.items()}), tmp_path)
    assert complaints(log) == {}
    assert BAD.findall(log) == []
    assert log.count("\n== ") == len(documents)
    assert "Output written on report.pdf" in log


@needs_latex
@pytest.mark.parametrize("size", mostly_slow([10, 12], 10))
def test_every_fragment_fits_into_a_plain_article(documents, size, tmp_path):
    packages = "".join(f"\\usepackage{{{name}}}\n" for name in ("amsmath", "amssymb", "array", "longtable"))
    preamble = f"\\documentclass[{size}pt]{{article}}\n{packages}"
    log = pdflatex(together(preamble, {name: page(each, True) for name, each in documents.items()}), tmp_path)
    assert complaints(log) == {}
    assert "Output written on report.pdf" in log


@needs_latex
def test_a_whole_document_stands_by_itself(documents, tmp_path):
    log = pdflatex(page(documents["hw3"]), tmp_path)
    assert BAD.findall(log) == []
    assert "Output written on report.pdf (3 pages" in log


def invented(*blocks, ids=("W", "x")):
    return Document((Heading(NASTY, 1), *blocks), name_table([*ids]))


@needs_latex
def test_letters_of_all_kinds_and_large_values(tmp_path):
    rng = np.random.default_rng(0)
    values = {"W": rng.normal(size=(3, 30)) * 1e-9, "x": rng.normal(size=(30, 60)), "ж": np.array(np.inf)}
    quantities = tuple(Quantity(name, value, section="given") for name, value in values.items())
    long = "/a/folder" * 20 + "/problem.yaml:1:2: " + NASTY
    document = invented(
        Paragraph((NASTY, Value(values["W"])), "warning"),
        Workings(quantities, values),
        Table(("a", "b & c", NASTY), tuple(((NASTY,), (Value(np.array(each)),), (long,)) for each in range(40))),
        ids=("W", "x", "ж"),
    )
    assert BAD.findall(pdflatex(page(document), tmp_path)) == []


def formulas(document):
    setter = TexSetter(document)
    for block in document.blocks:
        for quantity in block.quantities if isinstance(block, Workings) else ():
            if quantity.value.ndim > 2:
                continue  # an image is shown map by map
            yield setter.name(quantity.name)
            yield from filter(None, (setter.rule(quantity.rule), setter.value(quantity.value)))
            yield from filter(None, (setter.numbers(quantity.rule, block.values, block.exact),))


@needs_latex
def test_widths_are_those_of_tex(documents, tmp_path):
    """Never narrower than TeX sets it, so that lines fit; and not so much wider that lines are broken for nothing."""
    pieces = [piece for name in WORKED if name in documents for piece in formulas(documents[name])]
    preamble = page(documents["hw3"]).partition(BEGIN)[0].replace("11pt", "10pt")
    measures = "".join(
        f"\\setbox0\\hbox{{$\\displaystyle {written(piece.tokens)}$}}\\typeout{{:: \\the\\wd0}}\n" for piece in pieces
    )
    log = pdflatex(f"{preamble}{BEGIN}\\setcounter{{MaxMatrixCols}}{{40}}\n{measures}{END}", tmp_path)
    widths = [float(width) / 10 for width in re.findall(r"^:: ([\d.]+)pt", log, re.MULTILINE)]
    assert len(widths) == len(pieces) > 1000
    for piece, width in zip(pieces, widths, strict=True):
        assert 0.985 * width - 0.05 <= total(piece.tokens) <= 1.3 * width + 1.0, written(piece.tokens)


NUMBER = re.compile(r"-?[\d.]+(?: \\times 10\^\{-?\d+\})?")


def last_value(equation):
    """The numbers of the last matrix, or the last number, of an equation."""
    shown = equation.rpartition("=")[2]
    cells = re.findall(NUMBER, shown.replace("bmatrix", "").replace(r"\\", " "))
    return [float(cell.replace(r" \times 10^{", "e").replace("}", "")) for cell in cells]


@pytest.mark.parametrize("name", ["hw3", "ng-regularized", "larose", "cs231n-image"])
def test_every_equation_ends_with_its_value(name):
    """Read back out of the LaTeX and compared with the arrays."""
    solution = solve(load(name))
    text = re.sub(r" \\notag *\\\\\*?\n", " ", page(worked_out(name)))
    found = [
        each
        for block in re.findall(r"\\begin\{align\}\n(.*?)\n\\end\{align\}", text, re.S)
        for each in re.split(r" \\\\(?:\[6pt\])?\n", block)
    ]
    equations = found[len(found) - len(solution.equations) :]
    atol = 0.50001 * 10.0**-solution.problem.digits
    for shown, equation in zip(equations, as_told(solution.equations, solution.problem), strict=True):
        np.testing.assert_allclose(last_value(shown), solution.values[equation.name].ravel(), atol=atol, rtol=1e-4)


def test_the_symbols_of_the_problem_are_used():
    text = body(worked_out("hw3"))
    assert r"W_0^2 - \eta \cdot \nabla W_0^2" in text
    assert "b2" not in text
    assert text.count(r"\begin{align}") == 5


def test_what_is_too_large_is_shown_in_part_and_said_so():
    rows, columns = np.arange(13.0).reshape(13, 1), np.arange(41.0).reshape(1, 41)
    for value in (rows, columns):
        text = page(invented(Workings((Quantity("x", value),), {})))
        assert "dots" in text
        assert "Large matrices are shown in part" in text


@pytest.mark.parametrize("columns", [2, 11, 17, 30, 40])
def test_a_wide_matrix_is_broken_and_not_cut(columns):
    value = 1000 + np.arange(2.0 * columns).reshape(2, columns)
    text = page(invented(Workings((Quantity("x", value),), {})))
    assert sorted(map(int, re.findall(r"\b1\d{3}\b", text))) == sorted(value.ravel())
    assert "in part" not in text


def test_a_fragment_has_no_document_of_its_own(capsys):
    show(lambda: solution_report(Request("hw3")), "latex", fragment=True)
    text = capsys.readouterr().out
    assert "documentclass" not in text
    assert text.count("begin{document}") == 0
    assert text.startswith("%")
    with pytest.raises(UsageError, match=r"--fragment goes with --format latex.*, not with --format table"):
        show(lambda: solution_report(Request("hw3")), "table", fragment=True)


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("é ü ç ñ ő š", r"""\'{e} \"{u} \c{c} \~{n} \H{o} \v{s}"""),
        ("50% & #1 $5 a_b {x}", r"50\% \& \#1 \$5 a\_b \{x\}"),
        ("α ≤ ∇", r"$\alpha$ $\leq$ $\nabla$"),
        ("say 'sigmoid' or \"tanh\"", "say `sigmoid' or ``tanh''"),
        ("it's", "it's"),
        ("run `a_b`", r"run \texttt{a\_b}"),
        ("error 5.4e-11.", r"error $5.4 \times 10^{-11}$."),
        ("x²", r"x$^{\text{2}}$"),
        ("ﬁt", "fit"),
    ],
)
def test_sentences(sentence, shown):
    document = invented(Paragraph((sentence,)))
    assert shown in page(document).splitlines()


def test_letters_of_names_are_letters_of_tex():
    table = name_table(["α", "é", "long_name"])
    document = Document((Paragraph(tuple(Math(Name(id)) for id in "αé")),), table)
    assert r"$\alpha $$\text{\'{e}}$" in page(document)
