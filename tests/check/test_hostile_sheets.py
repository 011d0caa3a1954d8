"""Sheets from strangers: each answer gets its reason, the others are read, nothing is run, within a second."""

from contextlib import suppress

import pytest
from clock import within
from hypothesis import given
from hypothesis import strategies as st
from slow import mostly_slow

from gradcalc.check.answers.read import read_answer, sheet_from_data, sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError
from gradcalc.formula.table import functions
from gradcalc.problem.load import load, loads
from gradcalc.problem.reading import decode
from gradcalc.problem.source import read_text
from gradcalc.program.solve import solve

HW3 = solve(load("hw3"), check=False)
GOOD = "loss: 0.3927\n"


def quickly(text):
    """The answers and their marks, which took no more than a second."""

    def read_and_marked():
        sheet = sheet_from_document(read_text(text + GOOD, lenient=True), HW3)
        return sheet, mark(HW3, sheet)

    sheet, marks = within(1.0, read_and_marked)
    verdicts = {verdict.quantity: verdict.verdict for verdict in marks.verdicts}
    assert verdicts["loss"] == "correct"
    return {answer.quantity: answer for answer in sheet.answers}


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("9**9**9", "doesn't give finite numbers"),
        ("9**9**9**9**9 * W1", "doesn't give finite numbers"),
        ('__import__("os")', "unknown function '__import__'"),
        ('__import__("os").system("touch hacked")', "function of the table"),
        ("W1.__class__.__bases__", "isn't part of a formula"),
        ("W1.T.shape", "isn't part of a formula"),
        ("W1.dtype", "isn't part of a formula"),
        ("eval(x)", "unknown function 'eval'"),
        ("lambda x: x", "can't stand in a formula"),
        ("[x for x in y]", "holds numbers alone"),
        ("sum([x for x in y])", "can't stand in a formula"),
        ("(x := 3)", "can't"),
        ("x if y else W1", "can't stand in a formula"),
        ("'a' * 1000000000", "isn't a number"),
        ("ones(rows=100000, columns=100000)", "makes a large array"),
        ("ones(rows=1001, columns=1000) @ ones(rows=1000, columns=1)", "makes a large array"),
        ("sum(ones(rows=1e300, columns=1e300)) * W1", "makes a large array"),
        ("kron(" * 9 + "W1" + ", W1)" * 9, "makes a large array"),
        ("(" * 300 + "x" + ")" * 300, "nested"),
        ("-" * 1500 + "x", "nested"),
        ("x.T" * 500, "isn't part of a formula"),
        ("x + " * 5000 + "x", "at most 2,000 characters"),
        ("\u202e x", "can't"),
        ("x" * 1999, "unknown name"),
    ],
)
def test_formulas(formula, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    quoted = formula.replace("'", "''")
    answer = quickly(f"gradients: {{W1: '{quoted}', b1: [-0.0052, 0.0733]}}\n")["gradients.W1"]
    assert words in answer.unreadable
    assert len(answer.unreadable) < 400
    assert not list(tmp_path.iterdir())


def test_a_large_array_is_refused_before_there_is_one(monkeypatch):
    from gradcalc.formula import compile as compiling

    def ran(*args, **kwargs):
        raise AssertionError("it was worked out")

    monkeypatch.setattr(compiling, "compile_formulas", ran)
    huge = "outer(vec(ones(rows=1000, columns=1000)), vec(ones(rows=1000, columns=1000)))"
    sheet = sheet_from_document(read_text(f"gradients: {{W1: '{huge}'}}"), HW3)
    assert "makes a large array" in sheet.answers[0].unreadable


def test_much_work_with_arrays_that_are_just_small_enough():
    big = "ones(rows=1000, columns=1000)"
    chain = " @ ".join([big] * 50)
    answer = quickly(f"gradients: {{W1: 'sum({chain}) * W1'}}\n")["gradients.W1"]
    assert "more work than the problem itself" in answer.unreadable


def test_ten_thousand_unknown_names():
    lines = "".join(f"  W{i}x: [[1, 2], [3, 4]]\n" for i in range(10_000))
    found = quickly(f"gradients:\n{lines}")
    assert sum(bool(answer.unreadable) for answer in found.values()) == 10_000
    assert all(answer.unreadable.startswith("there is no gradients.W") for q, answer in found.items() if q != "loss")


def test_ten_thousand_sections():
    found = quickly("".join(f"s{i}: {{W1: 1}}\n" for i in range(10_000)))
    assert len(found) == 10_001


def test_ten_thousand_answers_to_one_question():
    lines = "".join(f"  {'d' * (i % 2)}W1: 'x @ da1.T + {i}'\n" for i in range(5_000))
    found = sheet_from_document(read_text(f"gradients:\n{lines}", lenient=True), HW3).answers
    assert sum(not answer.unreadable for answer in found) == 1
    quickly(f"gradients:\n{lines}")


@pytest.mark.parametrize("depth", [3, 49, 60, 1000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deep_nesting(depth, brackets):
    opened, closed = brackets if brackets == "[]" else ("{a: ", "}")
    found = quickly(f"forward: {{h1: {opened * depth}1{closed * depth}, a1: [4, 0]}}\n")
    assert found["forward.h1"].unreadable
    assert found["forward.a1"].numbers is not None
    assert len(found) == 3


def test_strange_text_in_every_place():
    for text in (
        "⚠",
        "%",
        "a\tb",
        "N/A",
        "?",
        "-",
        "TODO: later",
        "'; DROP TABLE--",
        "=SUM(A1:B2)",
        "0x",
        "1e",
        "1..2",
    ):
        quoted = text.replace("'", "''")
        found = quickly(f"gradients: {{W1: '{quoted}'}}\n'{quoted}': 1\nforward: {{'{quoted}': 1}}\n")
        assert found["gradients.W1"].unreadable


@pytest.mark.parametrize(
    "argument", mostly_slow(["W1", "x", "x.T", "2", "yhat", "ones(rows=3)", "kron(W1, x)", "W1 @ W2 @ x"], "x.T")
)
@pytest.mark.parametrize("other", mostly_slow(["x", "W1", "1", "y.T", "itself"], "W1"))
def test_no_function_of_the_table_brings_the_reader_down(argument, other):
    """Whatever shapes it gets, a formula is read or refused: every function with every argument."""
    for entry in functions():
        second = argument if other == "itself" else other
        args = [argument, *[second] * (len(entry.args) - 1)][: len(entry.args)]
        sheet = sheet_from_document(read_text(f"gradients: {{W1: '{entry.name}({', '.join(args)})'}}"), HW3)
        (answer,) = sheet.answers
        assert (answer.formula is None) != (answer.unreadable == "")
        mark(HW3, sheet)


@given(st.text(max_size=60) | st.text("xyW12dab@*+-/.T()[]; ,'0e^ⁿ²∇ŷσ⊙ᵀ½\\", max_size=60))
def test_any_text_is_numbers_or_a_formula_or_unreadable(text):
    answer = read_answer("gradients.W1", text, HW3)
    found = [answer.numbers is not None, answer.formula is not None, answer.unreadable != ""]
    assert sum(found) == (0 if not text.strip() else 1)


SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8)


@given(st.recursive(SCALARS, st.lists, max_leaves=20))
def test_any_data_is_numbers_or_a_formula_or_unreadable(data):
    answer = read_answer("gradients.W1", data, HW3)
    assert (answer.numbers is not None) + (answer.formula is not None) + (answer.unreadable != "") <= 1


@given(st.text("abW1:[]{},\n -'\"&*!|>#%?0.5", max_size=80))
def test_any_sheet_is_read_or_refused_as_a_whole(text):
    try:
        document = read_text(text, lenient=True)
    except InputError:
        return
    with suppress(InputError):
        mark(HW3, sheet_from_document(document, HW3))


SHEET = """\
# a comment
forward: {h1: [0.982, 0.5], yhat: [0.6267, 0.3733]}
loss: 0.3927
gradients:
  yhat: [0.6267, -0.6267]
  W2: [[0.2880, -0.2880], [0.1466, -0.1466]]
  W1: "x @ da1.T"
updated: {W2: "W2 - lr * dW2"}
after: {loss: 1/3}
"""
PIECES = st.sampled_from(
    [
        *"[]{}:,-&*!|>'\"%#0.5x@/^²½",
        "forward: ",
        "gradients: ",
        "W1: ",
        "yhat",
        "1e-3",
        ".nan",
        "dW2",
        ".T",
        "\n",
        "\n  ",
    ]
)


@st.composite
def mutilated(draw):
    """A good sheet with parts cut out and others put in."""
    text = SHEET
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(PIECES) + text[start + draw(st.integers(0, 12)) :]
    return text.encode()


@given(mutilated() | st.binary(max_size=200))
def test_any_bytes_are_marked_or_refused_as_a_whole(content):
    with suppress(InputError):
        marks = mark(HW3, sheet_from_document(read_text(decode(content, "f"), "f", lenient=True), HW3))
        words = {"correct", "carried", "imprecise", "wrong", "missing", "unreadable"}
        assert {verdict.verdict for verdict in marks.verdicts} <= words
        assert all(verdict.message and 0 <= verdict.points <= verdict.of for verdict in marks.verdicts)


@pytest.mark.parametrize("formula", ["f{0} * 1.002 + x", "1.001 f_{0} + x", "f{0} @ x", "relu(f{0} * 1.001 + x - {0})"])
def test_two_hundred_formulas_in_a_chain_are_marked_soon(formula):
    chain = "".join(f"  f{i}: f{i - 1} * 1.001 + x\n" for i in range(1, 200))
    problem = f"inputs: {{x: 1}}\nparameters: {{v: 1}}\nequations:\n  f0: v * x\n{chain}of: f199\n"
    answers = "".join(f"  f{i}: {formula.format(i - 1)}\n" for i in range(1, 200))

    def marked(solution):
        mark(solution, sheet_from_document(read_text(f"forward:\n{answers}", lenient=True), solution))

    within(4.0, marked, lambda: solve(loads(problem), check=False))


@pytest.mark.parametrize(
    "text",
    [
        "\\begin{bmatrix}" * 20_000,
        "[" * 100_000 + "]" * 100_000,
        "tensor(" * 30_000,
        "|" * 200_000,
        "| " * 100_000,
        "⎡" * 100_000,
        "^T" * 100_000,
        "\\frac{" * 30_000,
        " " * 200_000 + "x",
        "1 " * 100_000,
        "1,2 " * 50_000,
        "np." * 60_000 + "float64(1)",
        "1×10^{" * 30_000,
    ],
)
def test_long_pasted_text_is_read_or_refused_soon(text):
    answer = within(4.0, lambda: read_answer("gradients.W1", text, HW3))
    assert answer.unreadable or answer.numbers is not None or answer.formula is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: {100000: {loss: 1}}\n", "up to 50"),
        ("steps: {" + ", ".join(f"{k}: {{loss: null}}" for k in range(2, 1500)) + "}\n", "up to 50"),
        ("table: {step: [" + ", ".join(map(str, range(2, 900))) + "], loss: [" + "null, " * 897 + "1]}\n", "up to 50"),
    ],
)
def test_no_more_steps_are_worked_out_than_homework_has(text, said):
    answers = quickly(text)
    last = list(answers.values())[-2]
    assert said in last.unreadable


def test_so_many_steps_as_the_problem_has_and_no_more():
    solution = solve(
        loads("inputs: {x: 1}\nparameters: {w: 2}\nequations: {L: (w*x - 1)**2}\nof: L\nlr: 0.1\nsteps: 500\n")
    )
    far = {number: {"updated": {"w": 1}} for number in (*range(300, 420), 500, 501)}
    answers = sheet_from_data({"steps": far}, solution).answers
    assert answers[-1].unreadable == "of this problem a sheet can have the steps up to 500"
    assert sum(not answer.unreadable for answer in answers) == 50
    assert "at most 50 later steps" in answers[-2].unreadable
