"""Sheets for problems in letters: formulas alone, right where they are right at every size, told in letters."""

import json

import pytest
import running

BATCH = """
title: A batch in letters
notation: x @ W + b
inputs: N×Dx
targets: one_hot(Dy, N)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
reduction: mean
"""
RIGHT = """
forward: {a1: x @ W1 + b1, h1: sigmoid(a1)}
gradients:
  a2: (yhat - y) / N
  W2: h1.T @ da2
  b2: sum(da2, axis=0)
  h1: da2 @ W2.T
  a1: dh1 * h1 * (1 - h1)
  W1: x.T @ da1
  b1: sum(da1, axis=0)
"""


@pytest.fixture
def marked(tmp_path):
    def run(answers, *more, problem=BATCH):
        (tmp_path / "problem.yaml").write_text(problem, encoding="utf-8")
        (tmp_path / "answers.yaml").write_text(answers, encoding="utf-8")
        paths = [str(tmp_path / "problem.yaml"), str(tmp_path / "answers.yaml")]
        found = running.run("check", *paths, *more, merged=True)
        return found.returncode, found.stdout

    return run


def verdicts(output):
    return {each["quantity"]: each for each in json.loads(output)["verdicts"]}


def test_right_formulas_are_right(marked):
    code, output = marked(RIGHT, "--format", "json")
    assert code == 0
    assert {each["verdict"] for each in verdicts(output).values()} == {"correct"}


@pytest.mark.parametrize("size", [2, 7, 11, 13])
def test_what_is_right_at_one_size_alone_is_wrong(marked, size):
    code, output = marked(RIGHT.replace("(yhat - y) / N", f"(yhat - y) / {size}"), "--format", "json")
    assert code == 1
    assert verdicts(output)["gradients.a2"]["verdict"] == "wrong"


@pytest.mark.parametrize(
    ("right", "wrong", "quantity", "mistake"),
    [
        ("da2 @ W2.T", "W2 @ da2", "gradients.h1", None),
        ("da2 @ W2.T", "da2 @ W2", "gradients.h1", "weights-transposed"),
        ("dh1 * h1 * (1 - h1)", "dh1", "gradients.a1", "missing-activation-derivative"),
        ("sum(da1, axis=0)", "mean(da1, axis=0)", "gradients.b1", "mean-not-sum"),
        ("(yhat - y) / N", "yhat - y", "gradients.a2", "sum-not-mean"),
        ("(yhat - y) / N", "(y - yhat) / N", "gradients.a2", "sign-flipped"),
    ],
)
def test_mistakes_are_named(marked, right, wrong, quantity, mistake):
    code, output = marked(RIGHT.replace(right, wrong), "--format", "json")
    found = verdicts(output)[quantity]
    assert code == 1
    assert found["verdict"] == "wrong"
    assert mistake is None or mistake in [each["id"] for each in found["mistakes"]]


def test_what_is_said_has_letters_and_no_numbers_of_the_key(marked):
    _, output = marked(RIGHT.replace("da2 @ W2.T", "W2 @ da2").replace("(yhat - y) / N", "yhat - y"))
    assert "H×Dy @ N×Dy doesn't fit" in " ".join(output.split())
    assert "The rule is ∇a² = (ŷ - y) / N." in output
    assert "wrong at" not in output


def test_numbers_are_no_answer(marked):
    code, output = marked("gradients: {b1: [[1, 2]], W1: 3}")
    assert code == 1
    assert "the problem is in letters: answer with a formula" in output
    assert "2 unreadable" in output


def test_a_chain_may_use_a_letter_in_some_of_its_lines(marked):
    """A letter is looked up only when a line asks for it, and the sheet is read anew then."""
    lines = "a2: ['= (yhat - y) / N', '= yhat / N - y / N'], W2: = h1.T @ da2 = h1.T @ (yhat - y) / N"
    code, output = marked(f"gradients: {{{lines}}}", "--format", "json")
    assert code == 0
    found = verdicts(output)
    assert {name: [line["verdict"] for line in each["lines"]] for name, each in found.items()} == {
        "gradients.a2": ["correct"] * 2,
        "gradients.W2": ["correct"] * 2,
    }


def test_of_numbers_that_nobody_sees_no_entries_are_said(marked):
    """A formula that is no known mistake is wrong at entries of numbers that were made for marking."""
    _, output = marked(RIGHT.replace("da2 @ W2.T", "abs(da2 @ W2.T)"), "--format", "json")
    found = verdicts(output)["gradients.h1"]
    assert found["verdict"] == "wrong"
    assert "it isn't equal to what it should be" in found["message"]
    assert "wrong at" not in output


def test_lines_of_a_chain_are_told_in_letters(marked):
    lines = '["= da2 @ W2.T", "= W2 @ da2", "= abs(da2 @ W2.T)"]'
    _, output = marked(RIGHT.replace("da2 @ W2.T", lines), "--format", "json")
    found = verdicts(output)["gradients.h1"]["lines"]
    assert [each["verdict"] for each in found] == ["correct", "wrong", "wrong"]
    assert "H×Dy @ N×Dy doesn't fit" in found[1]["message"]
    assert "it isn't equal to what it should be" in found[2]["message"]
