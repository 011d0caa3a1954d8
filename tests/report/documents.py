"""Every kind of report there is, for the tests of the formats: by name, made when asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection

import numpy as np
import pytest
from bundled import CLAIMS, WORKED

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.commands.check import check_report
from gradcalc.commands.derive import all_derived
from gradcalc.commands.explain import explain_report
from gradcalc.commands.listings import functions_report, optimizers_report, problems_report
from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.commands.steps import Way, step_report
from gradcalc.problem.bundled import bundled_path
from gradcalc.problem.load import load, loads
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve
from gradcalc.report.document import Document
from gradcalc.report.story.marks import marks_document
from gradcalc.report.story.solution import solution_document

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


DERIVED = [
    (name, style)
    for name in ("hw3", "ng-regularized", "ttic-graph-mixed", "gomez-lstm")
    for style in ("chain", "indices", "differentials")
]


def network(inputs: int, hidden: int, outputs: int, samples: int) -> Problem:
    """A network of two layers with arbitrary numbers, one sample a column."""
    random = np.random.default_rng(3)

    def numbers(rows: int, columns: int) -> list[list[float]]:
        return np.round(random.normal(0, 0.6, (rows, columns)), 2).tolist()

    first = {"weights": numbers(hidden, inputs), "biases": numbers(hidden, 1), "activation": "sigmoid"}
    second = {"weights": numbers(outputs, hidden), "biases": numbers(outputs, 1), "activation": "identity"}
    given = {"notation": "W @ x + b", "inputs": numbers(inputs, samples), "targets": numbers(outputs, samples)}
    rest = {"layers": [first, second], "loss": "half_squared_error", "reduction": "sum", "lr": 0.1}
    return loads(json.dumps(given | rest))


ANSWERS = {
    "forward": {"h1": [0.9820, 0.5], "yhat": "softmax(a2)", "loss": 0.39},
    "gradients": {"W1": [[-0.2932, 0.2932], [0, 0]], "W2": [[1, 2, 3]], "b2": "yhat - * y"},
    "updated": {"W1": [[3.1466, 5.8534], [4, 5]], "W9": 1},
}


def marked(**options: bool) -> Document:
    """A sheet with answers that are right, wrong, carried, too short and unreadable."""
    solution = solve(load("hw3"), check=False)
    return marks_document(mark(solution, sheet_from_data(ANSWERS, solution)), **options)


RULES = {
    "adam": "optimizer: adam",
    "clipped": "lr: 1\noptimizer: nesterov(weight_decay=0.1, clip_norm=0.5)\nstart: {k: 3, v: {W1: [[1, 2], [0, 3]]}}",
    "together": "optimizer: amsgrad(global_clip_norm=0.5)\nlr: 0.1 / sqrt(k)\ndirection: ascent",
    "own": "lr: [0.1, 0.2]\nupdate: {v: 0.5 * v + g ** 2, theta: theta - lr * g / (1 + v)}",
    "sequential": "lr: 0.5\norder: sequential",
}


def by_rule(keys: str) -> Document:
    """The worked example with another update."""
    lines = bundled_path("hw3").read_text(encoding="utf-8").splitlines()
    kept = "\n".join(lines[: next(i for i, line in enumerate(lines) if line.startswith("lr:"))])
    return solution_document(solve(loads(f"{kept}\n{keys}")))


def others() -> dict[str, Callable[[], Document]]:
    """A report of each command beside `solve`."""
    made = {
        "step": lambda: step_report(Request("hw3")),
        "curve": lambda: step_report(Request("lfd-descent"), Way(watch=["dv"], curve=True, contour=("u", "v"))),
        "whole-steps": lambda: solution_report(Request("xor-online"), way=Way(steps=3)),
        "steps": lambda: step_report(Request("hw3", freeze=["W1"]), steps=30),
        "functions": functions_report,
        "function": lambda: functions_report("huber"),
        "problems": problems_report,
        "optimizers": optimizers_report,
        "optimizer": lambda: optimizers_report("adamw"),
        "expand": lambda: solution_report(Request("hw3"), expand=True),
        "expand-batch": lambda: solution_report(Request("ng-regularized"), expand=True),
        "jacobian": lambda: explain_report(Request("hw3-problem1"), "yhat/W1"),
        "check": lambda: check_report(Request("hw3")),
    }
    explained = {
        f"explain-{name}-{what}": lambda name=name, what=what: explain_report(Request(name), what)
        for name, what in EXPLAINED
    }
    derived = {
        f"derive-{name}-{style}": lambda name=name, style=style: all_derived(Request(name), style=style)
        for name, style in DERIVED
    }
    claims = {f"check-{name}": lambda name=name: check_report(Request(name)) for name in CLAIMS}
    marks = {"marks": marked, "marks-without-key": lambda: marked(hide_key=True)}
    rules = {f"rule-{name}": lambda keys=keys: by_rule(keys) for name, keys in RULES.items()}
    return (
        marks
        | rules
        | {name: lambda make=make: make().document() for name, make in (made | explained | derived | claims).items()}
    )


SOME_OR_ALL = [
    pytest.param([*dict.fromkeys(["hw3", *WORKED[3::4]])], id="some"),
    pytest.param(WORKED, id="all", marks=pytest.mark.slow),
]
"""Solutions for those who read every report: of some problems that come with gradcalc in the usual run."""


def every(names: Collection[str]) -> dict[str, Document]:
    """Every kind of report, and the solutions of these problems."""
    return {name: worked_out(name) for name in names} | {f"{name}-report": make() for name, make in others().items()}


def worked_out(name: str) -> Document:
    """A problem that comes with gradcalc, worked out."""
    return solution_report(Request(name)).document()
