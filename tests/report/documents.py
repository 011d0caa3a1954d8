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
    claims = {f"check-{name}": lambda name=name: check_report(Request(name)) for name in CLAIMS}
    return {name: lambda make=make: make().document() for name, make in (made | claims).items()}


def solved(name: str) -> Document:
    """A problem that comes with gradcalc, worked out."""
    return solution_report(Request(name)).document()
