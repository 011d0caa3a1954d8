"""What is wrong within a formula is told at its place, however the formula is spaced, quoted or folded."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.errors import InputError
from gradcalc.problem.load import loads

VALUES = "inputs: {v: [1, 2], u: [1, 2, 3]}\nparameters: {W: [[1, 2, 3], [4, 5, 6]]}\n"


def places(work, *arguments: str) -> list[tuple[int, int]]:
    with pytest.raises(InputError) as caught:
        work(*arguments)
    return [(fault.span.line, fault.span.column) for fault in caught.value.faults]


def place_of(text: str, marked: str) -> tuple[int, int]:
    """Where the mark ‸ stands in a text."""
    before = text[: text.index(marked)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


@pytest.mark.parametrize(
    "formula",
    [
        "tanh(‸W @ v)",
        "tanh(‸W@v)",
        "tanh( ‸W@ v )",
        "tanh(‸(W)@v)",
        "tanh(‸W·1@v)",
        "W @ u + ‸W@v",
        "(W @ u) * exp(‸u+v)",
        "sum(W@u)  +  ‸dot(u,v)",
        "W⊙1@u + ‸W@v",
        "'tanh(‸W @ v)'",
        '"tanh(‸W\\x40v)"',
        "'W @ u +\n    tanh(‸W @ v)'",
        ">\n    W @ u +\n    tanh(‸W @ v)",
        "|\n    W @ u\n    + tanh(\n      ‸W @ v)",
        "W @ u\n    + tanh(‸W@v)",
    ],
)
def test_shapes_that_do_not_fit_are_told_where_they_stand(formula: str) -> None:
    text = f"{VALUES}equations:\n  h: {formula}\n  z: sum(h)\nof: z\n"
    assert places(loads, text.replace("‸", ""), "f") == [place_of(text, "‸")]


def test_a_misfit_is_told_at_the_right_one_of_two_that_look_alike() -> None:
    text = f"{VALUES}equations:\n  h: W @ u\n  z: sum(W @ u) + sum(‸h + u) + sum(h+u)\nof: z\n"
    assert places(loads, text.replace("‸", ""), "f") == [place_of(text, "‸")]


@pytest.mark.parametrize(
    "formula",
    ["sum(W @ u) * ‸sign(w)", "sum(W@u)*‸sign(w)", "'sum(W @ u)\n    * ‸sign(w)'", ">\n    w +\n    ‸sign(w)"],
)
def test_a_function_without_gradient_is_told_where_it_stands(formula: str, tmp_path: Path) -> None:
    text = VALUES.replace("{W:", "{w: 2, W:") + f"equations:\n  f: {formula}\nof: f\n"
    file = tmp_path / "problem.yaml"
    file.write_text(text.replace("‸", ""), encoding="utf-8")
    assert places(solution_report, Request(str(file))) == [place_of(text, "‸")]


@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        ("‸sign", "squared_error"),
        ("'  ‸sign( )'", "squared_error"),
        ("sigmoid", "sum(yhat) * sum(‸sign(yhat))"),
    ],
)
def test_what_a_layer_names_is_told_where_it_is_named(activation: str, loss: str, tmp_path: Path) -> None:
    """The formula that is made of a function's name has places of its own, which aren't the file's."""
    layer = f"{{weights: [[3, 6], [4, 5]], activation: {activation}}}"
    text = f"inputs: [1, 0]\ntargets: [1, 2]\nlayers:\n  - {layer}\nloss: {loss}\n"
    file = tmp_path / "problem.yaml"
    file.write_text(text.replace("‸", ""), encoding="utf-8")
    assert places(solution_report, Request(str(file))) == [place_of(text, "‸")]
