"""Imports inside the package run downward only, also those within functions."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import gradcalc

ORDER = ("errors", "display", "formula", "functions", "program", "problem", "check", "report", "cli", "__main__")
PACKAGE = Path(gradcalc.__file__).parent


def imported(source: str, module: str) -> Iterator[str]:
    """The modules that a source imports, in full."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield from ([name] if node.module else [f"{name}.{alias.name}" for alias in node.names])
            # `from gradcalc import cli` imports a module as well.
            yield from (f"{name}.{alias.name}" for alias in node.names if name == "gradcalc")


def upward(package: Path) -> list[str]:
    """Each import of a room by one below it."""
    found = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts == ("__init__",):
            continue  # The package's own names come from all rooms, each loaded when it is asked for.
        room = ORDER.index(parts[0])
        module = ".".join(["gradcalc", *(parts[:-1] if parts[-1] == "__init__" else parts)])
        for name in imported(path.read_text(encoding="utf-8"), module):
            other = name.split(".")[1] if name.startswith("gradcalc.") else ""
            if other in ORDER and ORDER.index(other) > room:
                found.append(f"{module} imports {name}")
    return found


def test_nothing_points_up() -> None:
    assert upward(PACKAGE) == []


def test_every_room_has_its_place() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert rooms == {*ORDER, "__init__"}


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("errors.py", "import gradcalc.formula.expr"),
        ("formula/expr.py", "from gradcalc.functions import losses"),
        ("program/solve.py", "def late():\n    from gradcalc.problem.load import load"),
        ("check/mark.py", "from gradcalc.report.terminal import render"),
        ("problem/load.py", "from gradcalc import cli"),
        ("program/solve.py", "from ..report import terminal"),
    ],
)
def test_a_planted_import_is_found(tmp_path: Path, file: str, line: str) -> None:
    planted = tmp_path / "gradcalc" / file
    planted.parent.mkdir(parents=True)
    planted.write_text(line + "\n", encoding="utf-8")
    assert len(upward(tmp_path / "gradcalc")) == 1


@pytest.mark.parametrize(("arguments", "unwanted"), [("--version", "numpy typer rich"), ("--help", "numpy rich")])
def test_nothing_is_loaded_before_it_is_needed(arguments: str, unwanted: str) -> None:
    code = (
        "import sys, contextlib, io\n"
        f"sys.argv = ['gradcalc', '{arguments}']\n"
        "from gradcalc.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()): main()\n"
        f"print([name for name in '{unwanted}'.split() if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
