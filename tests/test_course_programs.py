"""The examples for Otter and nbgrader in docs/: run as these programs run them, on right and on wrong gradients.

Otter itself is used where it is installed; else a stand-in for the one decorator that the example takes from it.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import gradcalc

DOCS = Path(__file__).parents[1] / "docs"
NAMES = ("dh1", "dW1", "dW2")
BEGIN, END = "### BEGIN SOLUTION\n", "### END SOLUTION\n"


def gradients(**wrong: Any) -> dict[str, Any]:
    values = gradcalc.solve("hw3").values
    return {name: values[name] for name in NAMES} | wrong


def stand_in(points: float, hidden: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As `otter.test_files.test_case`, of which the example needs no more."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        function.worth = points  # type: ignore[attr-defined]
        return function

    return decorate


@pytest.fixture
def otter(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example, with the stand-in in Otter's place."""
    files = ModuleType("otter.test_files")
    files.test_case = stand_in  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "otter", ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", files)
    spec = importlib.util.spec_from_file_location("q1", DOCS / "otter" / "q1.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def earned(module: ModuleType, answers: dict[str, Any]) -> dict[str, float]:
    """The points of each test that doesn't fail; each is given the variables that it names."""
    found = {}
    for name, test in vars(module).items():
        if hasattr(test, "worth"):
            code = test.__code__
            try:
                test(**{each: answers[each] for each in code.co_varnames[: code.co_argcount]})
            except AssertionError:
                found[name] = 0
            else:
                found[name] = test.worth
    return found


def test_otter_gives_points_for_what_is_right_or_carried(otter: ModuleType) -> None:
    assert sum(earned(otter, gradients()).values()) == otter.points
    right = gradients()
    # Both have the wrong sign: the second only carries on what is wrong with the first.
    carried = earned(otter, gradients(dh1=-right["dh1"], dW1=-right["dW1"]))
    assert carried == {"test_shapes": 1, "test_hidden_layer": 0, "test_first_weights": 2}
    assert earned(otter, gradients(dW1=-right["dW1"]))["test_first_weights"] == 0


def test_otter_itself_reads_the_example() -> None:
    files = pytest.importorskip("otter.test_files.exception_test")
    right = gradients()
    for answers, score in ((right, 5), (right | {"dh1": -right["dh1"], "dW1": -right["dW1"]}, 3)):
        test = files.ExceptionTestFile.from_file(str(DOCS / "otter" / "q1.py"))
        test.run(dict(answers))
        assert (test.score, test.possible) == (score, 5)


def cells() -> list[dict[str, Any]]:
    notebook = json.loads((DOCS / "nbgrader" / "hw3.ipynb").read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def graded(change: Callable[[str], str]) -> tuple[Any, float]:
    """What the notebook's last cell comes to, with another solution, and the points that it can give."""
    names: dict[str, Any] = {}
    value = None
    for cell in cells():
        source = "".join(cell["source"])
        if cell["metadata"]["nbgrader"]["solution"]:
            assert BEGIN in source
            assert END in source + "\n"
            source = change(source)
        body = ast.parse(source).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last is not None else None
    return value, cells()[-1]["metadata"]["nbgrader"]["points"]


def test_nbgrader_gives_a_point_for_each_gradient(capsys: pytest.CaptureFixture[str]) -> None:
    """A cell that ends with a float gives so many points; its text must read as one."""
    value, points = graded(lambda source: source)
    assert (repr(value), points) == ("3.0", 3)
    value, _ = graded(lambda source: source.replace("h1 * (1 - h1)", "(1 - h1)"))
    assert repr(value) == "2.0"
    assert "wrong" in capsys.readouterr().out


def test_nbgrader_hides_what_is_tested() -> None:
    """What students get has neither the solution nor the key: both stand between lines that nbgrader takes out."""
    last = "".join(cells()[-1]["source"])
    before, rest = last.split("### BEGIN HIDDEN TESTS\n")
    assert "check" not in before
    assert rest.endswith("### END HIDDEN TESTS")
