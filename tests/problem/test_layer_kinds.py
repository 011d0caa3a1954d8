"""The kinds of layers: the equations that each stands for, and what is said of files that don't fit."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gradcalc.errors import InputError
from gradcalc.formula.expr import Num, mul
from gradcalc.formula.write import code
from gradcalc.problem.keys import Keys, form, key
from gradcalc.problem.load import loads
from gradcalc.problem.networks import simple, table
from gradcalc.program.solve import solve


def equations(text: str) -> list[str]:
    return [f"{equation.name} = {code(equation.expr)}" for equation in loads(text).forward]


def said(text: str) -> list[str]:
    """Each fault as `line:column: message`."""
    with pytest.raises(InputError) as error:
        loads(text)
    return [f"{fault.span.line}:{fault.span.column}: {fault.message}" for fault in error.value.faults]


DROPPED = """\
notation: x @ W + b
inputs: [[1, -2], [0, 1]]
layers:
  - {weights: [[1, -1], [0.5, 1]]}
  - {dropout: [[1, 0], [0, 1]], keep: 0.5}
  - {add: h1}
upstream: [[1, 0], [1, 2]]
"""


def test_dropout_and_residual_layers() -> None:
    text = DROPPED
    assert equations(text) == ["a1 = x @ W1", "h1 = a1", "h2 = h1 * mask2 / 0.5", "yhat = h2 + h1"]
    assert equations(text.replace(", keep: 0.5", ""))[2] == "h2 = h1 * mask2"
    solution = solve(loads(text))
    g = np.array([[1.0, 0.0], [1.0, 2.0]])
    np.testing.assert_allclose(solution.gradients["h1"], g + g * np.eye(2) / 0.5)
    assert "mask2" not in solution.gradients


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        (
            "[[1, 0], [0, 1]], keep",
            "[1, 0, 1], keep",
            "5:15: layers[2].dropout is 1×3, but h1 is 2×2: it must be so too",
        ),
        ("keep: 0.5", "keep: 1.5", "5:39: layers[2].keep is 1.5: it must be a number above 0, and at most 1"),
        ("keep: 0.5", "keeps: 0.5", "5:33: layers[2].keeps: unknown key; did you mean 'keep'?"),
        ("{add: h1}", "{add: h7}", "6:11: layers[3].add: unknown quantity 'h7'; known are x, a1, h1, h2"),
        ("{add: h1}", "{add: x2}", "6:11: layers[3].add: unknown quantity 'x2'"),
        ("[[1, -1], [0.5, 1]]", "[[1], [0.5]]", "5:15: layers[2].dropout is 2×2, but h1 is 2×1: it must be so too"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(was: str, becomes: str, fault: str) -> None:
    assert was in DROPPED
    faults = said(DROPPED.replace(was, becomes))
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_a_kind_that_is_misspelled() -> None:
    assert "5:6: layers[2].droput: unknown key; did you mean 'dropout'?" in said(DROPPED.replace("dropout", "droput"))


def test_what_is_added_must_have_the_same_shape() -> None:
    text = "inputs: [1, 2, 3]\nlayers: [{weights: [[1], [2], [3]]}, {add: x}]\nupstream: 1\n"
    fault = "2:44: layers[2].add: x is 3×1, but h1 is 1×1: only the same shape can be added"
    assert fault in said(text)


def test_every_kind_is_told_by_a_key_that_is_its_own() -> None:
    for told, each in table.forms().items():
        assert table.form_of({told: 1}) is each
        assert table.key_of(vars(each(**{told: 1}))) == told


def test_a_kind_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    @form
    class Scale(Keys):
        """What goes in, times a number."""

        scale: float = key("The factor")

    def lower(stage, layer):
        for index, source in stage.sources.items():
            stage.put_out(index, mul(Num(layer.scale), source))

    monkeypatch.setitem(simple.KINDS, "scale", table.Kind(Scale, lower))
    monkeypatch.setitem(table.MODULES, "scale", "simple")
    assert equations("inputs: [1, 2]\nlayers: [{scale: 2}]\nupstream: [1, 1]\n") == ["yhat = 2 * x"]
    fault = said("inputs: [1, 2]\nlayers: [{scale: two}]\nupstream: [1, 1]\n")
    assert re.match(r"2:18: layers\[1\]\.scale is two: it must be given", fault[0])
