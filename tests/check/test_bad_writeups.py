"""What can't be read of a write-up or a chain is told with its place and what would be right; the rest is marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcalc.check.marking.verdicts import Marks
from gradcalc.commands.check import Marking, marked
from gradcalc.errors import InputError
from gradcalc.problem.load import loads

PROBLEM = """
notation: x @ W + b
inputs: {x: 1×D}
targets: {y: one_hot(K)}
parameters: {W: D×K}
equations: {a: x @ W, p: softmax(a), L: "cross_entropy(p, y)"}
of: L
"""
RIGHT = r"\[ \frac{\partial L}{\partial a} = p - y \]"


def marks(tmp_path: Path, text: str, name: str = "homework.tex") -> Marks:
    (tmp_path / name).write_text(text)
    return marked(loads(PROBLEM), str(tmp_path / name), Marking())[0]


@pytest.mark.parametrize(
    ("tex", "column", "said"),
    [
        (r"\frac{\partial L}{\partial W} = x^T \foobar (p - y)", 40, r"column 40: unknown command '\foobar'"),
        (r"\frac{\partial L}{\partial W} &= \quad x^T \, \foobar (p - y)", 50, r"column 50: unknown command '\foobar'"),
        (r"\frac{\partial L}{\partial W} = x^{T (p - y)", 38, "column 38: '{' isn't closed"),
        (r"\frac{\partial L}{\partial W = x^T (p - y)", 21, "column 21: '{' isn't closed"),
        (r"\frac{\partial L}{\partial W} = x^T \left( p - y", 52, r"column 52: \left has no \right"),
        (r"\frac{\partial L}{\partial W} = x^T \begin{pmatrix} p - y", 40, "column 40: 'pmatrix' isn't closed"),
        (r"\frac{\partial L}{\partial W} = x^T} (p - y)", 39, "column 39: '}' closes nothing"),
        (r"\frac{\partial L}{\partial W} = x^T (p - y", 36, "')' is missing here"),
        (r"\frac{\partial L}{\partial W}", 4, "no equation: it has no sign = with a formula on both sides"),
        (r"\frac{\partial L}{\partial W} =", 4, "a side is missing behind ="),
        (
            r"\frac{\partial L}{\partial W_{ij}} = x_i (p_k + y_k)",
            41,
            "the index 'k' is on this side alone: sum over it",
        ),
        (r"\frac{\partial L}{\partial W} = x^T q", 36, "unknown name 'q'"),
    ],
)
def test_a_fault_is_told_at_its_place_and_the_equations_beside_it_are_marked(
    tex: str, column: int, said: str, tmp_path: Path
) -> None:
    found = marks(tmp_path, f"One\n\n\\[ {tex} \\]\n{RIGHT}\n")
    (unread,) = found.unread
    assert (Path(unread.place.path).name, unread.place.line) == ("homework.tex", 3)
    assert unread.reason.startswith(said) or said in unread.reason
    assert unread.place.column == column
    assert [each.verdict for each in found.verdicts if each.verdict != "unanswered"] == ["correct"]


def test_a_fault_in_a_later_line_of_a_formula_is_told_there(tmp_path: Path) -> None:
    text = "\\[ \\frac{\\partial L}{\\partial W}\n  = x^T % the inputs\n    \\foobar (p - y) \\]\n" + RIGHT
    (unread,) = marks(tmp_path, text).unread
    assert (unread.place.line, unread.place.column) == (3, 5)


def test_a_display_that_is_not_closed_hides_none_before_it(tmp_path: Path) -> None:
    found = marks(tmp_path, f"{RIGHT}\n\n$$ \\frac{{\\partial L}}{{\\partial W}} = x^T (p - y)\n")
    (unread,) = found.unread
    assert (unread.place.line, unread.place.column, unread.reason) == (3, 1, "column 1: '$$' isn't closed")
    assert [each.verdict for each in found.verdicts if each.verdict != "unanswered"] == ["correct"]


def test_an_index_of_two_lengths_is_a_mistake_told_by_both(tmp_path: Path) -> None:
    tex = r"\[ \frac{\partial L}{\partial W_{ij}} = \sum_k x_k (p_k - y_k) \]"
    (verdict,) = [each for each in marks(tmp_path, tex).verdicts if each.verdict != "unanswered"]
    (line,) = verdict.lines
    assert line.verdict == "wrong"
    assert line.message == "the index 'k' counts to D in one place, and to K in another"
    assert (line.place.line, line.place.column) == (1, 41)


@pytest.mark.parametrize("name", ["homework.tex", "homework.md"])
@pytest.mark.parametrize("text", ["", "Only words here.\n", "# Words\n\n- and a list\n"])
def test_a_write_up_without_equations_is_refused_with_what_to_write(text: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        marks(tmp_path, text, name)
    (fault,) = caught.value.faults
    assert str(fault).endswith(
        f"{name}:1:1: there is no displayed equation in it: write $$ … = … $$, or an align environment"
    )


def test_a_write_up_of_one_side_alone_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        marks(tmp_path, "See\n\\[ p - y \\]\n")
    (fault,) = caught.value.faults
    assert (fault.span.line, fault.span.column) == (2, 4)
    assert "it has no sign = with a formula on both sides" in fault.message


def test_a_chain_on_a_sheet_with_a_side_missing_is_told_so(tmp_path: Path) -> None:
    found = marks(tmp_path, "gradients:\n  a: '= p - y ='\n  W: 'x.T @ (p - y) ='\n", "sheet.yaml")
    told = {each.quantity: (each.verdict, each.said, [line.message for line in each.lines]) for each in found.verdicts}
    assert told["gradients.a"][0] == "correct"
    assert told["gradients.a"][2] == ["right", "a side is missing behind ="]
    assert told["gradients.W"][:2] == ("unreadable", "a side is missing behind =")


def test_a_letter_for_two_sizes_is_refused_in_letters_with_its_place() -> None:
    with pytest.raises(InputError) as caught:
        loads(PROBLEM.replace("a: x @ W,", "a: x @ W, b: a @ W,"))
    (fault,) = caught.value.faults
    assert (fault.span.line, fault.span.column) == (6, 26)
    assert "1×K @ D×K doesn't fit: K columns on the left, D rows on the right in a @ W" in fault.message
