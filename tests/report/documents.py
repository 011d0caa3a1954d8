"""Every kind of report there is, for the tests of the formats: by name, made when asked for."""

from __future__ import annotations

from collections.abc import Callable

from gradcalc.problem.bundled import bundled_names
from gradcalc.problem.load import load
from gradcalc.report.document import Document
from gradcalc.report.session import (
    Request,
    check_report,
    explain_report,
    functions_report,
    problems_report,
    solution_report,
    step_report,
)

WORKED = [name for name in bundled_names() if load(name).forward]
CLAIMS = [name for name in bundled_names() if not load(name).forward]

EXPLAINED = [
    ("hw3", "dW1[1,2]"),
    ("hw3", "dW1"),
    ("hw3", "after.loss"),
    ("hw3", "x[1]"),
    ("ng-regularized", "dW1"),
    ("schiendorfer-batch", "dW1[1,1]"),
    ("ttic-graph-mixed", "dx1"),
    ("larose", "dw_x1_A"),
    ("hinge-margins", "dw[1]"),
    ("tensorflow-huber", "loss"),
    ("multiclass-hinge", "dW[1,1]"),
]


def others() -> dict[str, Callable[[], Document]]:
    """A report of each command beside `solve`."""
    made = {
        "step": lambda: step_report(Request("hw3")),
        "steps": lambda: step_report(Request("hw3", freeze=["W1"]), steps=30),
        "functions": functions_report,
        "function": lambda: functions_report("huber"),
        "problems": problems_report,
        "expand": lambda: solution_report(Request("hw3"), expand=True),
        "expand-batch": lambda: solution_report(Request("ng-regularized"), expand=True),
        "jacobian": lambda: explain_report(Request("hw3-problem1"), "yhat/W1"),
        "check": lambda: check_report(Request("hw3")),
    }
    explained = {
        f"explain-{name}-{what}": lambda name=name, what=what: explain_report(Request(name), what)
        for name, what in EXPLAINED
    }
    claims = {f"check-{name}": lambda name=name: check_report(Request(name)) for name in CLAIMS}
    return {name: lambda make=make: make().document() for name, make in (made | explained | claims).items()}


def solved(name: str) -> Document:
    """A problem that comes with gradcalc, worked out."""
    return solution_report(Request(name)).document()
