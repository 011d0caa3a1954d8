"""The course's own derivations, handed in as write-ups: what is right is right, and the mistakes are those known.

Each document's displayed equations stand in `seeds/`, part by part, beside the problem that they are about. The table
of all of them is `docs/derivations.md`; `UPDATE_DERIVATIONS=1` writes it anew. Behind each line of a public derivation
stands what it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from clock import within

from gradcalc.check.marking.verdicts import Marks
from gradcalc.check.writeup.chains import taken_apart
from gradcalc.check.writeup.model import Display, Row
from gradcalc.check.writeup.rows import rows
from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import load

HERE = Path(__file__).parent / "seeds"
PAGE = Path(__file__).parents[2] / "docs" / "derivations.md"
DOCUMENTS = {
    "HW 3 Solution": ("hw3-problem-1", "hw3-problem-2", "hw3-case-2"),
    "CS224n, assignment 1 (Chen Luo)": (
        *("cs224n-shift", "cs224n-sigmoid", "cs224n-softmax", "cs224n-network", "cs224n-vec", "cs224n-trace"),
    ),
    "CS224n, assignment 1 (handwritten answers)": ("cs224n-hand-a", "cs224n-hand-b", "cs224n-hand-c"),
    "TTIC 31020, problem set 8 (Hung Le Tran)": (
        *("ttic-b-sigmoid", "ttic-b-vertex", "ttic-b-output", "ttic-b-graph-sigmoid", "ttic-b-graph-softmax"),
        *("ttic-b-softmax", "ttic-b-softmax-output", "ttic-b-network", "ttic-b-parity"),
    ),
    "TTIC 31020, backpropagation on a graph": (
        *("ttic-a-softmax", "ttic-a-sums", "ttic-a-softmax-vertex", "ttic-a-sigmoid-vertex"),
        *("ttic-a-softmax-output", "ttic-a-sigmoid-output", "ttic-a-softmax-parent", "ttic-a-sigmoid-parent"),
        *("ttic-a-softmax-to-softmax", "ttic-a-softmax-to-sigmoid"),
        *("ttic-a-sigmoid-to-sigmoid", "ttic-a-sigmoid-to-softmax"),
        *("ttic-a-network", "ttic-a-jacobian", "ttic-a-hinge"),
    ),
}
PUBLIC = {
    "Word2vec: naive softmax and negative sampling": ("public-word2vec-1", "public-word2vec-2"),
    "Logistic and softmax regression": tuple(f"public-softmax-regression-{part}" for part in (1, 2, 3, 4)),
    "A recurrent network: backpropagation through time": ("public-recurrent-network",),
    "The four equations of backpropagation": ("public-four-equations",),
    "An LSTM cell, gate by gate": ("public-lstm",),
    "A recurrent network, unrolled": ("public-unrolled",),
}
READ = ("correct", "imprecise", "wrong", "carried")


@dataclass(frozen=True)
class Line:
    """One line of a derivation: its place, its equation's number, how it was read, and what was found."""

    part: str
    line: int
    number: str
    shown: str
    verdict: str
    said: str

    @property
    def place(self) -> str:
        return f"({self.number})" if self.number else f"{self.part}, line {self.line}"


def source(part: str) -> Path:
    """The write-up."""
    found = HERE / f"{part}.tex"
    return found if found.exists() else HERE / f"{part}.md"


@cache
def marks(part: str) -> Marks | None:
    """The marks of one part; None where no problem can be stated for it yet."""
    problem = HERE / f"{part}.yaml"
    if not problem.exists():
        return None
    return marked(load(str(problem)), str(source(part)), Marking())[0]


@cache
def lines(part: str) -> tuple[Line, ...]:
    return tuple(sorted(_lines(part), key=lambda each: each.line))


def _lines(part: str) -> Iterator[Line]:
    found = marks(part)
    if found is None:
        writeup = taken_apart(source(part).read_text(), source(part).name)
        for chain in writeup.chains:
            for side in chain.sides[1:]:
                text = " ".join(side.tex.split())
                yield Line(part, writeup.span(side.start).line, side.number, text, "not read", "no problem states this")
        return
    for verdict in found.verdicts:
        for each in verdict.lines:
            word = each.verdict if each.verdict in READ else "not read"
            said = each.message if word != "not read" else unread_as(part, each.text, each.message)
            yield Line(part, each.place.line if each.place else 0, each.number, each.text, word, said)
    for unread in found.unread:
        found_rows = rows(Display(unread.text, 0))
        for _ in range(max(1, sum(len(row.sides) - 1 for row in found_rows if isinstance(row, Row)))):
            said = unread_as(part, unread.text, unread.reason)
            yield Line(part, unread.place.line, unread.number, unread.text, "not read", said)


GARBLED = {
    "hw3-problem-1": {r"\partial \boldsymbol{W}_{i}^{1}}, \frac": "∂H[k]/∂W¹₁, ∂H[k]/∂W¹₂, …"},
    "hw3-problem-2": {
        r"\phi \begin{pmatrix}": "φ([3 4; 6 5] [1; 0] + [1; −6])",
        r"\sigma_M \begin{pmatrix}": "σ_M([2 4; 3 3] [0.982; 0.5] + [−1; −2])",
        r"\boldsymbol{H} - \hat{y}[1]\hat{y}[2]\boldsymbol{H}\right]": "two columns",
        r"\left[0.6267 * 0.3733 \begin{bmatrix}": "two columns in each bracket",
    },
    "cs224n-hand-b": {r",_{\theta}": "a stroke behind the line"},
    "cs224n-hand-c": {
        r"\theta_{i, \text{label}[a]}": "label[i]",
        r"q \left(": "log",
        r"\partial b_1^T}": "b_t",
        "hp.sum": "np.sum",
    },
    "cs224n-softmax": {r"\mathbf{1}^{T_{\boldsymbol{\rho}}\boldsymbol{\theta}}": "1ᵀ e^θ"},
}
"""By part, what a scan has made of a formula, and what stood there: such copies aren't mended."""
BY_THE_SCAN = "garbled by the scan"


def unread_as(part: str, shown: str, reason: str) -> str:
    """Why a line isn't read: of what a scan has garbled that it has, and what stood there."""
    found = (meant for garbled, meant in GARBLED.get(part, {}).items() if garbled in shown)
    meant = next(found, None)
    return reason if meant is None else f"{BY_THE_SCAN}, for {meant}: {reason}"


_TOLD = re.compile(r"% (right|layout|wrong)$")
FITTING = {"right": ("correct",), "layout": ("correct", "imprecise"), "wrong": ("wrong", "carried")}


def expected(part: str) -> dict[int, str]:
    """What each line of a public derivation is, by its place: worked out by hand and by differences.

    A definition is none, and stands nowhere.
    """
    rows = enumerate(source(part).read_text().splitlines(), 1)
    return {number: found[1] for number, row in rows if (found := _TOLD.search(row))}


def share(parts: tuple[str, ...]) -> tuple[int, int, int]:
    """How many lines are read, of how many, and how many of these a scan has garbled so that they aren't."""
    every = [line for part in parts for line in lines(part)]
    garbled = sum(line.verdict not in READ and line.said.startswith(BY_THE_SCAN) for line in every)
    return sum(line.verdict in READ for line in every), len(every), garbled


KNOWN = {
    "hw3-problem-1": {"(7)", "(9)", "(10)"},
    "hw3-problem-2": {"hw3-problem-2, line 84", "hw3-problem-2, line 104"},
    "cs224n-network": {"(17)", "(19)", "(30)", "(33)"},
    "cs224n-hand-b": {"cs224n-hand-b, line 10"},
    "cs224n-hand-c": {f"cs224n-hand-c, line {line}" for line in (2, 14, 18, 22, 26, 30)},
    "ttic-a-softmax-parent": {"ttic-a-softmax-parent, line 5"},
    "ttic-a-sigmoid-parent": {"ttic-a-sigmoid-parent, line 2"},
    "ttic-a-network": {"ttic-a-network, line 6"},
    "ttic-a-jacobian": {"ttic-a-jacobian, line 2"},
    "ttic-b-graph-sigmoid": {"ttic-b-graph-sigmoid, line 14"},
    "ttic-b-graph-softmax": {"ttic-b-graph-softmax, line 22"},
    "ttic-a-hinge": {"ttic-a-hinge, line 18", "ttic-a-hinge, line 20"},
}
"""Where the documents are wrong, as `docs/seed-mistakes.md` has it.

What isn't counted there: line 104 of HW 3 has W² for W¹ in an index, line 2 of the batch ŷ for y, (30) lacks a trace.
"""
SHARES = {
    "Word2vec: naive softmax and negative sampling": 0.76,
    "Logistic and softmax regression": 1.0,
    "A recurrent network: backpropagation through time": 1.0,
    "The four equations of backpropagation": 0.92,
    "An LSTM cell, gate by gate": 1.0,
    "A recurrent network, unrolled": 0.92,
    "HW 3 Solution": 0.90,
    "CS224n, assignment 1 (Chen Luo)": 0.97,
    "CS224n, assignment 1 (handwritten answers)": 0.88,
    "TTIC 31020, problem set 8 (Hung Le Tran)": 0.95,
    "TTIC 31020, backpropagation on a graph": 0.95,
}
"""How much of each is read at least."""
CLEAR = {
    "HW 3 Solution": 1.0,
    "CS224n, assignment 1 (Chen Luo)": 1.0,
    "CS224n, assignment 1 (handwritten answers)": 0.97,
}
"""How much of what no scan has garbled."""


@pytest.mark.parametrize("part", [part for parts in DOCUMENTS.values() for part in parts])
def test_what_is_right_is_right_and_the_known_mistakes_are_found(part: str) -> None:
    wrong = {line.place for line in lines(part) if line.verdict == "wrong"}
    assert wrong == KNOWN.get(part, set())


@pytest.mark.parametrize("part", [part for parts in PUBLIC.values() for part in parts])
def test_a_line_of_a_public_derivation_is_what_it_is_or_not_read(part: str) -> None:
    right, found = expected(part), lines(part)
    assert {line.line for line in found} == {*right}
    for line in found:
        assert line.verdict == "not read" or line.verdict in FITTING[right[line.line]], line


@pytest.mark.parametrize("document", [*DOCUMENTS, *PUBLIC])
def test_so_much_of_a_document_is_read(document: str) -> None:
    read, every, garbled = share({**DOCUMENTS, **PUBLIC}[document])
    assert read >= SHARES[document] * every
    assert read >= CLEAR.get(document, SHARES[document]) * (every - garbled)


def test_gradients_that_are_transposed_are_told_so() -> None:
    """Both of 1 (b): their formulas come to the transposes."""
    turned = [line for line in lines("ttic-a-network") if line.verdict == "imprecise"]
    assert len(turned) >= 4
    assert all("rows and columns" in line.said for line in turned)


def test_a_write_up_takes_little_time() -> None:
    """Of 26 equations in letters, in time of the processor; the first reading of a problem is left out."""
    marks("cs224n-network")
    within(4, lambda: marks.__wrapped__("cs224n-network"))


def table() -> str:
    """The page: every line of every document with what was found, and how much is read."""
    return "\n".join([HEAD, *_documents(DOCUMENTS), HEAD_OF_PUBLIC, *_documents(PUBLIC)])


def _documents(documents: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for document, parts in documents.items():
        read, every, garbled = share(parts)
        clear = f"; a scan has garbled {garbled}: of the others {read / (every - garbled):.0%}" if garbled else ""
        yield f"## {document}\n\n{read} of {every} lines are read ({read / every:.0%}){clear}.\n"
        yield "| equation | as written | verdict | what is said |\n| --- | --- | --- | --- |"
        yield from (_row(line) for part in parts for line in lines(part))
        yield ""


def _row(line: Line) -> str:
    shown = line.shown if len(line.shown) <= 120 else f"{line.shown[:119]}…"
    said = "" if line.verdict == "correct" else line.said.replace("|", "\\|")
    return f"| {line.place} | `{shown.replace('|', chr(92) + '|')}` | {line.verdict} | {said} |"


HEAD = """# The course's derivations, line by line

The five documents that the problems of the course come from, handed in as write-ups (`tests/check/seeds/`), and what
`gradcalc check` finds in each displayed equation. A test writes this page. `correct` and `imprecise` (in another
layout) are right, `carried` follows from a wrong line before, `not read` lines are never marked: the reason is beside
them. What is wrong is told in [seed-mistakes.md](seed-mistakes.md).
"""


HEAD_OF_PUBLIC = """# Public derivations

Derivations as people publish them, handed in the same way: what is wrong in them stands behind each line in
`tests/check/seeds/`.
"""


def test_the_page_of_derivations_is_up_to_date() -> None:
    if os.environ.get("UPDATE_DERIVATIONS"):
        PAGE.write_text(table(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == table()
