"""Marks as a student sees them: what is wrong is marked by colour and a sign, what is right is folded away."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from documents import network

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import load
from gradcalc.program.solve import solve
from gradcalc.report.document import Contrast, Judged, Verdicts
from gradcalc.report.html import page as html
from gradcalc.report.page import Page
from gradcalc.report.story.marks import marks_document
from gradcalc.report.terminal import page as terminal
from gradcalc.report.terminal import plain
from gradcalc.report.tex import latex, markdown

HW3 = solve(load("hw3"), check=False)
TRANSPOSED = {
    "forward": {"yhat": [0.6267, 0.3733]},
    "gradients": {"a2": [0.2932, -0.2932], "h1": [-0.5865, 0], "a1": [-0.0104, 0]},
    "updated": {"W1": [[3.0052, 6], [4, 5]]},
}
"""∇h1 with W2 transposed: W2ᵀ∇a2 = [2·0.2932 − 4·0.2932, 3·0.2932 − 3·0.2932] = [−0.5865, 0]."""


def document(answers, solution=HW3, **options):
    return marks_document(mark(solution, sheet_from_data(answers, solution)), **options)


def drawn(answers, width=80, solution=HW3, **page):
    return terminal.render(document(answers, solution), Page(width, **page))


def judged(answers, word) -> list[Judged]:
    (block,) = [each for each in document(answers).blocks if isinstance(each, Verdicts)]
    return [each for each in block.judged if each.word == word]


ONE_OFF = {"gradients": {"W2": [[0.2880, 0.2880], [0.1466, -0.1466]]}}
"""The source has ∇W2[1,2] = −0.2880."""


@pytest.mark.parametrize(
    ("render", "marked"),
    [
        (lambda told: terminal.render(told, Page(80)), r"0\.288✗"),
        (lambda told: terminal.render(told, Page(80, ascii_only=True)), r"0\.288x"),
        (lambda told: terminal.render(told, Page(80, colour=True)), r"\x1b\[1;31m0\.288✗\x1b\[0m"),
        (lambda told: plain.render(told, Page()), r"0\.288✗"),
        (
            lambda told: html.render((told, None), Page()),
            r'<mtd class="bad\b[^>]*><mn>0\.288</mn><mpadded[^>]*><mtext>✗<',
        ),
        (lambda told: latex.render(told, Page()), r"\\textcolor\{red\}\{0\.288\{\}\^\{\\times\}\}"),
        (lambda told: markdown.render(told, Page()), r"\\textcolor\{red\}\{0\.288\{\}\^\{\\times\}\}"),
    ],
)
def test_the_wrong_entry_is_marked_and_no_other(render, marked):
    text = render(document(ONE_OFF))
    found = re.findall(marked, text)
    assert len(found) == 1
    # The first row is [0.288, 0.288]: it's the second number that is wrong.
    before = text[: re.search(marked, text).start()]
    assert re.search(r"0\.288\D", before[before.rfind("yours") :])


def test_a_single_number_is_not_marked_twice():
    assert "0.5✗" not in drawn({"loss": 0.5})
    assert "✗ wrong" in drawn({"loss": 0.5})


def test_what_follows_from_a_mistake_is_not_marked_as_wrong():
    (carried,) = judged(TRANSPOSED, "carried")
    assert carried.folded
    assert all(value.wrong is None for answer in carried.answers for value in answer.yours)


def test_neighbours_with_one_verdict_for_one_reason_are_folded_together():
    (right,) = judged(TRANSPOSED, "correct")
    assert [answer.name.expr.id for answer in right.answers] == ["yhat", "da2"]
    (carried,) = judged(TRANSPOSED, "carried")
    assert [answer.name.expr.id for answer in carried.answers] == ["da1", "W1_new"]


def test_the_right_ones_take_a_line_and_the_wrong_ones_their_matrices():
    text = drawn(TRANSPOSED)
    assert re.search(r"^✓ correct +ŷ = \[0\.6267, 0\.3733\], ∇a² = \[0\.2932, -0\.2932\]$", text, re.MULTILINE)
    assert re.search(r"yours ⎡-0\.5865✗⎤ +right ⎡-0\.2932⎤", text)
    assert "3.0052" not in text


def test_matrices_one_below_the_other_never_touch():
    for width in (40, 60, 80, 120):
        lines = drawn(SOME, width, solution=WIDE).splitlines()
        assert not any("⎣" in above and "⎡" in below for above, below in pairwise(lines)), width


WIDE = solve(network(5, 6, 3, samples=8), check=False)
SOME = {"forward": {"a1": np.round(WIDE.values["a1"] + np.eye(6, 8), 4).tolist()}, "gradients": {}}


def test_a_large_sheet_fits_into_few_lines():
    """All right but for one 6×8 matrix: it took 108 lines for a 4×6 one."""
    values = {name: np.round(value, 4).tolist() for name, value in WIDE.gradients.items()}
    text = drawn({**SOME, "gradients": values}, solution=WIDE)
    assert len(text[text.index("Verdicts") : text.index("The first error")].splitlines()) < 30


@pytest.mark.parametrize("width", [20, 30, 40, 80, 120])
def test_every_width_has_every_word(width):
    text = drawn(TRANSPOSED, width)
    assert max(map(len, text.splitlines()[2:])) <= max(width, 20)
    for word in ("correct", "wrong", "carried", "yours", "right"):
        assert word in text


def test_no_id_is_on_a_students_screen():
    told = document(TRANSPOSED)
    for text in (drawn(TRANSPOSED), plain.render(told, Page()), html.render((told, None), Page())):
        assert "weights-transposed" not in text
        assert "gradients.h1" not in text


def ways(answers, solution=HW3, **options):
    told = document(answers, solution, **options)
    (block,) = [each for each in told.blocks if isinstance(each, Contrast)]
    return block.ways


def test_the_students_way_stands_beside_the_right_one():
    (taken, wrong), (due, right) = ways(TRANSPOSED)
    assert (taken, due) == ("Your way", "The right way")
    np.testing.assert_allclose(wrong.quantities[0].value.ravel(), [-0.58648, 0], atol=1e-4)
    np.testing.assert_allclose(right.quantities[0].value.ravel(), [-0.29324, 0.29324], atol=1e-4)


def test_the_right_way_has_the_students_own_numbers():
    """∇a2 is wrong for no known reason; ∇h1 = W2 ∇a2 is made of it, with W2 transposed.

    W2 = [2 3; 4 3]: the right rule gives [2·0.31 + 3·0.17, 4·0.31 + 3·0.17] = [1.13, 1.75].
    """
    answers = {"gradients": {"a2": [0.31, 0.17], "h1": [1.3, 1.44]}}
    marks = mark(HW3, sheet_from_data(answers, HW3))
    verdict = next(each for each in marks.verdicts if each.quantity == "gradients.h1")
    assert verdict.taken is not None
    np.testing.assert_allclose(verdict.taken.value.ravel(), [1.3, 1.44])
    np.testing.assert_allclose(verdict.due.value.ravel(), [1.13, 1.75])


def test_several_mistakes_that_fit_are_no_certain_way():
    """b2's gradient times one half may be a lost 2 or one half too many."""
    answers = {"gradients": {"b2": [0.1466, -0.1466]}}
    marks = mark(HW3, sheet_from_data(answers, HW3))
    assert len(marks.first_error.mistakes) > 1
    assert ways(answers)[0][0] == "Perhaps your way"


def test_a_wrong_formula_is_the_students_way():
    (taken, wrong), _ = ways({"gradients": {"h1": "W2.T @ da2"}})
    assert taken == "Your way"
    np.testing.assert_allclose(wrong.quantities[0].value.ravel(), [-0.58648, 0], atol=1e-4)


def test_with_a_hidden_key_the_rules_have_no_numbers():
    text = plain.render(document(TRANSPOSED, hide_key=True), Page())
    assert "Your way is dh1 = W2.T @ da2." in text
    assert "The rule is dh1 = W2 @ da2." in text
    assert "-0.2932, 0.2932" not in text
    assert not any(isinstance(block, Contrast) for block in document(TRANSPOSED, hide_key=True).blocks)


def test_empty_cells_are_not_said():
    text = plain.render(document(TRANSPOSED | {"loss": "?"}), Page())
    verdicts = [line for line in text.splitlines() if line.startswith("verdict ")]
    assert len(verdicts) == 6
    assert not any(re.search(r", (right|why|yours) ?(,|$)", line) for line in verdicts)


BIG = solve(network(5, 20, 3, samples=50), check=False)


def with_wrong(*places):
    answer = BIG.values["a1"].copy()
    for place in places:
        answer[place] += 5
    return document({"forward": {"a1": np.round(answer, 4).tolist()}}, BIG)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_what_is_wrong_is_never_left_out_on_a_screen(width):
    """Row 11 of 20 and column 26 of 50 are in the middle of what isn't shown."""
    told = with_wrong((10, 25), (19, 49))
    text = terminal.render(told, Page(width))
    assert text.count("✗") == 3, "the verdict and both entries"
    right = f"{BIG.values['a1'][10, 25]:.4f}"
    assert right in text[text.index("right") :], "beside it the right number"
    assert max(map(len, text.splitlines())) <= width


def test_what_is_wrong_is_never_left_out_on_a_page():
    told = with_wrong((10, 25), (19, 49))
    right = f"{abs(BIG.values['a1'][10, 25]):.4f}"
    text = html.render((told, None), Page())
    assert text.count('class="bad') == 2
    assert f"<mn>{right}</mn>" in text
    for render in (latex.render, markdown.render):
        text = render(told, Page())
        assert len(re.findall(r"\\textcolor\{red\}\{-?\d", text)) == 2
        assert right in text


def test_of_too_many_wrong_entries_the_first_and_the_last_are_shown():
    text = terminal.render(document({"forward": {"a1": (-BIG.values["a1"]).round(4).tolist()}}, BIG), Page(80))
    rows = [line for line in text.splitlines() if re.search("[⎡⎢⎣].*✗", line)]
    assert len(rows) == 8
    assert all(2 < line.count("✗") < 9 for line in rows)


@pytest.mark.parametrize("width", [40, 50, 60, 80, 100])
def test_matrices_fit_into_the_screen(width):
    """They were drawn as wide as the screen, and stood behind the verdict."""
    for told in (document(SOME, WIDE), with_wrong((3, 3)), document({"forward": {"yhat": [[1.0] * 8] * 3}}, WIDE)):
        assert max(map(len, terminal.render(told, Page(width)).splitlines())) <= width


def test_markdown_parts_no_matrix_either():
    """The signs made the answer wider than the right values: it alone was cut in halves."""
    text = markdown.render(document(SOME, WIDE), Page())
    verdict = text[text.index("## Verdicts") : text.index("## The first error")]
    assert verdict.count(r"\begin{bmatrix}") == 2
    assert r"\begin{matrix}" not in verdict


def test_every_verdict_has_a_colour_of_its_kind_in_latex():
    answers = TRANSPOSED | {"loss": 0.39, "after": {"loss": None}}
    text = latex.render(document(answers), Page())
    colours = dict(re.findall(r"\\textcolor\{(\w+)\}\{[^{}]*\\textbf\{(\w+)\}", text))
    assert colours == {"gradcalcright": "correct", "red": "wrong", "gradcalchalf": "missing"}
    assert len(re.findall(r"\\textcolor\{gradcalchalf\}", text)) == 3, "carried, imprecise and missing"


def test_what_is_right_is_on_the_page_of_what_was_answered():
    text = latex.render(document(ONE_OFF), Page())
    assert re.search(r"yours[^\n]*\\\\\*\[6pt\]\n[^\n]*right", text)


def test_latex_parts_no_matrix(tmp_path):
    text = latex.render(document(SOME, WIDE), Page())
    assert r"\begin{matrix}" not in text
    assert r"\begin{tabular}" not in text


def test_the_mark_is_under_no_other_column():
    """Decimals stay under each other, whether or not an entry is marked."""
    lines = [line for line in drawn(ONE_OFF).splitlines() if "0.1466" in line or "0.288✗" in line]
    assert lines[0].index(".288✗") == lines[1].index(".1466", lines[1].index("-0.1466"))


def test_marks_without_a_right_value():
    marks = mark(HW3, sheet_from_data(ONE_OFF, HW3))
    bare = replace(marks, verdicts=tuple(replace(each, right=None, due=None, taken=None) for each in marks.verdicts))
    assert "0.288" in plain.render(marks_document(bare), Page())


def test_what_was_not_given_is_shown_as_missing_and_what_was_is_marked():
    told = document({"gradients": {"b2": [None, 5], "W2": [[None, 7], [0.1466, None]]}})
    text = terminal.render(told, Page(80))
    assert re.search(r"yours ⎡null ⎤.*\n.*⎣   5✗⎦", text)
    assert re.search(r"yours ⎡null +7✗⎤.*\n.*⎣ +0\.1466  null ⎦", text)
    assert "yours [null, 5✗]" in plain.render(told, Page())
    assert html.render((told, None), Page()).count('class="bad') == 2
    assert r"\mathrm{null}" in latex.render(told, Page())


def test_what_cannot_be_read_is_quoted_or_named():
    for width in (30, 80):
        text = drawn({"gradients": {"b2": "yhat - * y", "nope": [1]}}, width)
        assert "yhat - * y" in " ".join(text.split())
        assert "nope" in text


def test_no_program_that_makes_pages_of_markdown_takes_marks_for_its_own():
    """Jekyll, which makes GitHub's pages, puts something else in the place of two braces."""
    assert "{{" not in markdown.render(document(ONE_OFF), Page())
