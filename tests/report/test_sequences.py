"""Long sequences are told in part, whatever the format; data for programs has all of them."""

from __future__ import annotations

import json

import pytest
from running import run

from gradcalc import loads, solve
from gradcalc.commands.show import Look
from gradcalc.formula.write import code
from gradcalc.report.document import Paragraph, Workings
from gradcalc.report.formats import Report, lookup_format, render
from gradcalc.report.page import Page
from gradcalc.report.sequences import FIRST, LAST, LONG, shortened
from gradcalc.report.story.solution import solution_document

STEPS = 12


def net(steps: int) -> str:
    return f"""
over: {{t: {steps}}}
inputs:
  x[t]: {[0.1 * t for t in range(steps)]}
  h[0]: 0
parameters: {{u: 0.5, w: 0.8}}
equations:
  h[t]: tanh(u * x[t] + w * h[t-1])
loss: sum(h[t] ** 2, t)
"""


def told(steps: int, full: bool = False) -> tuple[list[str], dict[str, str], str]:
    """The names that a report tells, their rules, and its notes."""
    document = shortened(Look(full=full)._shown(solution_document(solve(loads(net(steps))))))
    quantities = [each for block in document.blocks if isinstance(block, Workings) for each in block.quantities]
    notes = [part for block in document.blocks if isinstance(block, Paragraph) for part in block.text]
    rules = {each.name: code(each.rule) for each in quantities if each.rule is not None}
    return [each.name for each in quantities], rules, "".join(part for part in notes if isinstance(part, str))


def test_the_middle_is_left_out_and_named() -> None:
    names, rules, notes = told(STEPS)
    kept = [*range(1, FIRST + 1), *range(STEPS - LAST + 1, STEPS + 1)]
    assert [name for name in names if name.startswith("h")] == [f"h[{t}]" for t in kept]
    assert {f"dh[{t}]" for t in kept} < {*names}
    assert "dh[6]" not in names
    assert rules["loss"] == "h[1] ** 2 + h[2] ** 2 + h[3] ** 2 + ... + h[11] ** 2 + h[12] ** 2"
    assert "`--full` shows all" in notes


@pytest.mark.parametrize(("steps", "full"), [(LONG, False), (STEPS, True)])
def test_short_and_full_ones_are_whole(steps: int, full: bool) -> None:
    names, rules, notes = told(steps, full)
    assert {f"h[{t}]" for t in range(1, steps + 1)} < {*names}
    assert "..." not in rules["loss"]
    assert "--full" not in notes


def test_data_has_all(tmp_path) -> None:
    (tmp_path / "net.yaml").write_text(net(STEPS))
    data = json.loads(run("solve", "net.yaml", "--format", "json", cwd=tmp_path).stdout)
    assert {f"h[{t}]" for t in range(1, STEPS + 1)} <= {line["name"] for line in data["equations"]}
    program = run("solve", "net.yaml", "--format", "numpy", cwd=tmp_path).stdout
    assert "h_6 = " in program


@pytest.mark.parametrize(("form", "dots"), [("table", "..."), ("plain", "..."), ("latex", r"\cdots"), ("html", "…")])
def test_every_format_writes_the_gap(form: str, dots: str) -> None:
    report = Report(lambda: solution_document(solve(loads(net(STEPS)))))
    assert dots in render(report, lookup_format(form), Page())
