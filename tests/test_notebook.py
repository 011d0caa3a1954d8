"""The notebook in docs/ is run cell by cell, and what it shows is what is stored in it.

UPDATE_GOLDEN=1 pytest tests/test_notebook.py stores it again; read the difference before committing it.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gradcalc
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.own import check_problem
from gradcalc.check.marking.mark import mark
from gradcalc.commands.notebook import MOST_EQUATIONS, text
from gradcalc.display import Displayed
from gradcalc.program.descent import take_steps

NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebook.ipynb"
NOISE = re.compile(r"(?<=largest relative error )\d\.\de-\d+")


def lines(text: str) -> list[str]:
    return NOISE.sub("1e-10", text).splitlines(keepends=True)


def run(source: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """What a cell shows: what it prints, and the value of its last line."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
        value = None if last is None else eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
    if value is not None:
        outputs.append({"data": data(value), "metadata": {}, "output_type": "execute_result"})
    return outputs


def data(value: Any) -> dict[str, list[str]]:
    """The forms in which Jupyter would store a value; HTML is left out, as it is long and pages of it run no script."""
    if not isinstance(value, Displayed):
        return {"text/plain": lines(repr(value))}
    return {"text/markdown": lines(value._repr_markdown_() or ""), "text/plain": lines(text(value) or "")}


def test_the_notebook_shows_what_it_computes() -> None:
    stored = NOTEBOOK.read_text(encoding="utf-8")
    notebook = json.loads(stored)
    names: dict[str, Any] = {}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for count, cell in enumerate(cells, 1):
        cell["execution_count"] = count
        cell["outputs"] = run("".join(cell["source"]), names)
        for output in cell["outputs"]:
            output |= {"execution_count": count} if output["output_type"] == "execute_result" else {}
    shown = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        NOTEBOOK.write_text(shown, encoding="utf-8")
    assert shown == NOTEBOOK.read_text(encoding="utf-8")
    assert len(cells) >= 5


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    problem = gradcalc.load("hw3")
    solution = gradcalc.solve(problem)
    return {
        "solution": solution,
        "entry": gradcalc.explain(solution, "dW1[1,2]"),
        "matrix": gradcalc.explain(solution, "dW1"),
        "marks": mark(solution, sheet_from_data({"gradients": {"W1": [[1, 2], [3, 4]]}}, solution)),
        "check": check_problem(problem),
        "steps": take_steps(problem, 2),
    }


@pytest.mark.parametrize("name", ["solution", "entry", "matrix", "marks", "check", "steps"])
def test_results_show_themselves_in_every_way_that_jupyter_asks_for(results: dict[str, Any], name: str) -> None:
    shown = results[name]
    title = "HW 3, problem 2: a 2-2-2 network"
    assert shown._repr_markdown_().startswith(f"# {title}")
    html = shown._repr_html_()
    assert title in html
    assert "<!DOCTYPE" not in html
    printed: list[str] = []
    shown._repr_pretty_(SimpleNamespace(max_width=60, text=printed.append), False)
    assert printed[0].startswith(title)
    assert max(map(len, printed[0].splitlines())) <= 60


def test_what_is_loaded_when_it_is_shown() -> None:
    """Solving alone loads no report."""
    import subprocess
    import sys

    program = "import gradcalc, sys; s = gradcalc.solve(gradcalc.load('hw3')); print('gradcalc.report' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=NOTEBOOK.parents[1])
    assert done.stdout == "False\n", done.stderr


def test_what_would_make_a_notebook_too_large_is_told_in_a_sentence() -> None:
    count = MOST_EQUATIONS // 2 + 2
    equations = "".join(f"  x{i}: x{i - 1} + 1\n" for i in range(1, count))
    problem = gradcalc.loads(f"inputs: {{x0: 1}}\nequations:\n{equations}of: x{count - 1}\n")
    shown = gradcalc.solve(problem)._repr_markdown_()
    assert "equations are too many to be shown here" in (shown or "")


def test_where_nobody_writes_reports_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcalc.display._writer", "")
    assert Displayed()._repr_markdown_() is None
    assert Displayed()._repr_html_() is None
