"""Whole reports as files in tests/golden, read by a person before they were accepted.

UPDATE_GOLDEN=1 pytest tests/report/test_golden.py writes them again; read the difference before committing it.
"""

import os
import re
from pathlib import Path

import pytest

from gradcalc.commands.derive import all_derived
from gradcalc.commands.explain import explain_report
from gradcalc.commands.listings import functions_report
from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.commands.steps import Way, step_report
from gradcalc.report.formats import STEP_FORMATS, lookup_format, render
from gradcalc.report.page import Page

GOLDEN = Path(__file__).parent.parent / "golden"
HW3 = Request("hw3")
SURFACE, WAY = Request("lfd-descent"), Way(curve=True, contour=("u", "v"))
CASES = {
    "solve-hw3-80.txt": (lambda: solution_report(HW3), "table", Page(80)),
    "solve-hw3-120.txt": (lambda: solution_report(HW3), "table", Page(120)),
    "solve-hw3-40.txt": (lambda: solution_report(HW3), "table", Page(40)),
    "solve-hw3-ascii.txt": (lambda: solution_report(HW3), "table", Page(80, ascii_only=True)),
    "solve-hw3-expand.txt": (lambda: solution_report(HW3, expand=True), "table", Page(80)),
    "solve-hw3-plain.txt": (lambda: solution_report(HW3), "plain", Page()),
    "solve-hw3.html": (lambda: solution_report(HW3), "html", Page()),
    "solve-hw3.json": (lambda: solution_report(HW3), "json", Page()),
    "solve-hw3-case2.txt": (
        lambda: solution_report(Request("hw3", freeze=("W1", "b1"))),
        "table",
        Page(100),
    ),
    "step-hw3-80.txt": (lambda: step_report(HW3), "table", Page(80)),
    "step-hw3-120.txt": (lambda: step_report(HW3), "table", Page(120)),
    "step-hw3-30-steps.txt": (lambda: step_report(HW3, steps=30), "table", Page(80)),
    "step-hw3-plain.txt": (lambda: step_report(HW3, steps=2), "plain", Page()),
    "step-descent-80.txt": (lambda: step_report(SURFACE, WAY), "table", Page(80)),
    "step-descent-120.txt": (lambda: step_report(SURFACE, WAY), "table", Page(120)),
    "step-descent-ascii.txt": (lambda: step_report(SURFACE, WAY), "table", Page(60, ascii_only=True)),
    "step-batches-80.txt": (lambda: step_report(Request("xor-online"), Way(watch=["W2"])), "table", Page(80)),
    "solve-hw3-2-steps-80.txt": (lambda: solution_report(HW3, way=Way(steps=2)), "table", Page(80)),
    "solve-hw3-2-steps-120.txt": (lambda: solution_report(HW3, way=Way(steps=2)), "table", Page(120)),
    "step-hw3.json": (lambda: step_report(HW3, steps=2), "json", Page()),
    "solve-batch-mean.txt": (lambda: solution_report(Request("ng-regularized")), "table", Page(80)),
    "solve-relu.txt": (lambda: solution_report(Request("hw3-problem1")), "table", Page(80)),
    "solve-rows-plain.txt": (lambda: solution_report(Request("cross-entropy-batch")), "plain", Page()),
    "solve-graph.txt": (lambda: solution_report(Request("ttic-graph-sigmoid")), "table", Page(80)),
    "hw3.tex": (lambda: solution_report(HW3), "latex", Page()),
    "step-hw3-fragment.tex": (lambda: step_report(HW3), "latex", Page(fragment=True)),
    "hw3.md": (lambda: solution_report(HW3), "markdown", Page()),
    "explain-entry.txt": (lambda: explain_report(HW3, "dW1[1,2]"), "table", Page(80)),
    "explain-entry-plain.txt": (lambda: explain_report(HW3, "dW1[1,2]"), "plain", Page()),
    "explain-entry.tex": (lambda: explain_report(HW3, "dW1[1,2]"), "latex", Page()),
    "explain-entry.md": (lambda: explain_report(HW3, "dW1[1,2]"), "markdown", Page()),
    "explain-matrix.txt": (lambda: explain_report(HW3, "dW1"), "table", Page(80)),
    "derive-hw3-80.txt": (lambda: all_derived(HW3), "table", Page(80)),
    "derive-hw3-120.txt": (lambda: all_derived(HW3), "table", Page(120)),
    "derive-batch-80.txt": (
        lambda: explain_report(Request("cross-entropy-batch"), "dW1", derive=True),
        "table",
        Page(80),
    ),
    "derive-hw3-indices-80.txt": (lambda: all_derived(HW3, style="indices"), "table", Page(80)),
    "derive-hw3-indices-120.txt": (lambda: all_derived(HW3, style="indices"), "table", Page(120)),
    "derive-hw3-differentials-80.txt": (lambda: all_derived(HW3, style="differentials"), "table", Page(80)),
    "derive-hw3-differentials-120.txt": (lambda: all_derived(HW3, style="differentials"), "table", Page(120)),
    "derive-hw3.md": (lambda: explain_report(HW3, "dW1", derive=True), "markdown", Page()),
    "functions-sigmoid.txt": (lambda: functions_report("sigmoid"), "table", Page(80)),
}
ERROR = re.compile(
    r"(?<=largest\srelative\serror\s)(\$\d\.\d \\times 10\^\{-\d+\}\$|\d\.\de-\d+)"
    r"|(?<=\"max_relative_error\": )[\d.e-]+"
)
LONG = re.compile(r"(\d\.\d{9})\d{2,}(?![\de])")


def steady(text: str) -> str:
    """The text without what may differ between processors: rounding errors, and the last digits of long numbers."""
    return LONG.sub(r"\1", ERROR.sub("1e-10", text))


@pytest.mark.parametrize("name", CASES)
def test_a_report_is_as_it_was_accepted(name):
    make, form, page = CASES[name]
    text = steady(render(make(), lookup_format(form, STEP_FORMATS), page))
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over():
    assert {file.name for file in GOLDEN.iterdir() if file.is_file()} >= set(CASES)
