"""Derivations in the notations of books and posts: behind each line of `writeups/` stands what it is.

What is `not read` may be read one day; what is right is never called wrong, nor what is wrong right.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import load

HERE = Path(__file__).parent / "writeups"
_TOLD = re.compile(r"% (right|wrong|not read)$")
MEANT = {"correct": "right", "wrong": "wrong", "carried": "wrong"}


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("*.tex")))
def test_each_line_is_what_stands_behind_it(name: str) -> None:
    text = (HERE / f"{name}.tex").read_text()
    meant = {number: told[1] for number, row in enumerate(text.splitlines(), 1) if (told := _TOLD.search(row))}
    marks, *_ = marked(load(str(HERE / f"{name}.yaml")), str(HERE / f"{name}.tex"), Marking())
    lines = [line for verdict in marks.verdicts for line in verdict.lines if line.place is not None]
    found = {line.place.line: MEANT.get(line.verdict, "not read") for line in lines}
    found |= {unread.place.line: "not read" for unread in marks.unread}
    assert found == meant


BRACKETS = r"""
over: {i: m}
inputs: {"x[i]": vector(n)}
targets: {"y[i]": bit}
parameters: {theta: vector(n)}
equations:
  h[i]: sigmoid(theta.T @ x[i])
  J: -mean(y[i] * log(h[i]) + (1 - y[i]) * log(1 - h[i]), i)
of: J
symbols: {theta: '\theta', "h[i]": 'h_\theta(x^{(i)})', "x[i]": 'x^{(i)}', "y[i]": 'y^{(i)}'}
"""


@pytest.mark.parametrize("opening", ["(", r"\left(", r"\bigl("])
def test_brackets_in_a_name_have_any_size(opening: str, tmp_path: Path) -> None:
    closing = {"(": ")", r"\left(": r"\right)", r"\bigl(": r"\bigr)"}[opening]
    (tmp_path / "problem.yaml").write_text(BRACKETS)
    name = rf"h_\theta {opening} x^{{(i)}} {closing}"
    right = rf"\frac{{\partial J}}{{\partial \theta}} = \frac{{1}}{{m}} \sum_{{i=1}}^m ({name} - y^{{(i)}}) x^{{(i)}}"
    (tmp_path / "homework.tex").write_text(rf"\[ {right} \] \[ {right.replace('- y', '+ y')} \]")
    marks, *_ = marked(load(str(tmp_path / "problem.yaml")), str(tmp_path / "homework.tex"), Marking())
    assert [line.verdict for verdict in marks.verdicts for line in verdict.lines] == ["correct", "wrong"]
