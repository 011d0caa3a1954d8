"""Imports run downward only, room by room; the rooms inside `check` and `report` have floors of their own."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gradcalc

PACKAGE = Path(gradcalc.__file__).parent
LAYERS = [
    "words",
    "errors",
    "garbage",
    "display",
    "formula",
    "functions",
    "optimizers",
    "program",
    "problem",
    "check",
    "report",
    "classes",
    "api",
    "commands",
    "cli",
    "__main__",
]
"""From the bottom up. The package itself, which hands on its public names, is above all."""
FLOORS = {
    "check": [
        ["wording", "rounding"],
        ["ledger", "answers"],
        ["mistakes", "claims", "writeup"],
        ["marking"],
        ["author", "code"],
    ],
    "report": [
        ["numbers", "page", "parts", "scalars"],
        ["as_json", "as_csv", "code", "styled", "dust", "images"],
        ["document"],
        ["plot", "sequences"],
        ["formats", "terminal", "story"],
        ["graph", "tex"],
        ["html"],
    ],
}
"""Rooms on one floor know nothing of each other."""


def layer(module: str) -> int:
    """How high a module stands: `gradcalc.formula.parse` is in layer 4."""
    parts = module.split(".")
    return LAYERS.index(parts[1]) if len(parts) > 1 else len(LAYERS)


def is_upward(module: str, imported: str) -> bool:
    """Whether one module may not import the other: it stands higher, or next door on the same floor."""
    if layer(imported) != layer(module):
        return layer(imported) > layer(module)
    here, there = ((*name.split(".")[1:3], "")[:2] for name in (module, imported))
    if here[0] not in FLOORS or not here[1] or here == there:
        return False
    return floor(*there) >= floor(*here)


def floor(room: str, inner: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS[room]) if inner in rooms)


def imports(tree: ast.AST, module: str, is_package: bool):
    """Every module of gradcalc that the source imports, at its top or inside a function, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module if is_package else module.rpartition(".")[0]
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(part for part in (base, node.module) if part)
            yield from ((f"{source}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and _is_import(node.func):
            for name in node.args[:1]:
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield name.value, node.lineno


def _is_import(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("import_module", "__import__")


def upward(package: Path):
    """Every import of a module in a higher layer, as `file:line: what`."""
    for path in sorted(package.rglob("*.py")):
        parts = ["gradcalc", *path.relative_to(package).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if is_package else parts)
        for name, line in imports(ast.parse(path.read_text(encoding="utf-8")), module, is_package):
            if name.split(".")[0] != "gradcalc" or name.count(".") == 0 or not _is_module(name):
                continue
            if is_upward(module, name):
                yield f"{path.relative_to(package)}:{line}: {name}"


def _is_module(name: str) -> bool:
    """`gradcalc.__version__` and the package's other own names are no modules."""
    return name.split(".")[1] in LAYERS


def test_nothing_imports_upward():
    assert list(upward(PACKAGE)) == []


def test_ours_imports_no_pydantic():
    """It may come along with Typer; problem files are read by code of our own."""
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for name, line in imports(ast.parse(path.read_text(encoding="utf-8")), "gradcalc", is_package=True)
        if name.split(".")[0].startswith("pydantic")
    ]
    assert found == []


def test_every_module_has_a_layer():
    tops = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert tops - {"__init__"} <= set(LAYERS)


@pytest.mark.parametrize("room", FLOORS)
def test_every_inner_room_has_a_floor(room):
    inner = {path.stem for path in (PACKAGE / room).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert inner - {"__init__", "__pycache__"} == set().union(*FLOORS[room])


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(source, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    "planted",
    [
        "import gradcalc.cli",
        "from gradcalc.report.document import Document",
        "from gradcalc import cli",
        "from gradcalc.program import solve",
        "from ..program.solve import solve",
        "from .. import report",
        "def f():\n    from gradcalc.problem.load import load",
        "def f():\n    import gradcalc.check.marking.mark as m",
        "class A:\n    def f(self):\n        if self:\n            import gradcalc.functions",
        "try:\n    import gradcalc.cli\nexcept ImportError:\n    pass",
        "from importlib import import_module\nimport_module('gradcalc.cli')",
        "__import__('gradcalc.report')",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gradcalc.program.problem import Problem",
    ],
)
def test_a_planted_import_is_found(tmp_path, planted):
    root = tree(tmp_path / "gradcalc", {"formula/parse.py": planted, "formula/write.py": "import gradcalc.errors"})
    found = list(upward(root))
    assert len(found) == 1
    assert found[0].startswith("formula/parse.py:")


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("gradcalc.check.answers.read", "gradcalc.check.marking.mark"),
        ("gradcalc.check.mistakes.rules", "gradcalc.check.claims.try_out"),
        ("gradcalc.report.story.marks", "gradcalc.report.html.page"),
        ("gradcalc.report.tex.latex", "gradcalc.report.graph.svg"),
    ],
)
def test_inner_rooms_are_held_apart(module, imported):
    assert is_upward(module, imported)
    assert not is_upward("gradcalc.check.marking.mark", "gradcalc.check.marking.numbers")
    assert not is_upward("gradcalc.check.marking.mark", "gradcalc.check.answers.read")


@pytest.mark.parametrize(
    "fine",
    [
        "import ast\nimport numpy as np",
        "from gradcalc.errors import FormulaError",
        "from gradcalc.formula.expr import Num",
        "from .expr import Num",
        "from . import expr",
        "from .. import errors",
        "from gradcalc import __version__",
        "import gradcalculus.cli",
    ],
)
def test_other_imports_are_not(tmp_path, fine):
    assert list(upward(tree(tmp_path / "gradcalc", {"formula/parse.py": fine}))) == []


# What is loaded when.


def loaded(*arguments: str) -> set[str]:
    """The modules that a Python process has loaded at its end."""
    code = (
        "import sys, atexit; atexit.register(lambda: print('\\n'.join(sys.modules), file=sys.stderr)); " + arguments[0]
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    return set(result.stderr.split())


def imported_by(*arguments: str) -> set[str]:
    """The modules that a command loads, as Python itself reports them."""
    command = [sys.executable, "-X", "importtime", "-m", "gradcalc", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent, check=False)
    assert result.returncode == 0, result.stderr[-500:]
    return {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if line.startswith("import time:")}


def test_the_version_is_said_without_loading_numpy_or_typer():
    modules = imported_by("--version")
    assert "gradcalc" in modules
    assert modules.isdisjoint(
        {"numpy", "typer", "rich", "pydantic", "yaml", "typing", "gradcalc.errors", "gradcalc.cli"}
    )


def test_help_loads_no_numpy():
    assert imported_by("--help").isdisjoint({"numpy", "yaml"})
    assert imported_by("solve", "--help").isdisjoint({"numpy", "yaml"})


@pytest.mark.parametrize("command", [["solve", "hw3"], ["step", "--lr", "0.5", "--steps", "2"], ["check", "hw3"]])
def test_a_good_problem_is_worked_without_rich(command):
    """To load it takes longer than to work a small problem."""
    modules = imported_by(*command)
    assert "numpy" in modules
    assert "rich" not in modules


def test_what_a_command_does_needs_nothing_slow():
    """Typer brings pydantic, which brings the others; nothing of ours does."""
    work = "from gradcalc.commands import request, show, solve"
    modules = loaded(f"{work}; show.show(lambda: solve.solution_report(request.Request('hw3')), 'table')")
    assert "gradcalc.report.terminal.page" in modules
    assert modules.isdisjoint({"typer", "pydantic", "pydantic_core", "rich", "importlib.metadata", "tempfile"})


def test_solve_loads_only_what_its_report_needs():
    modules = loaded("sys.argv[1:] = ['solve', 'hw3']; from gradcalc.__main__ import main; main()")
    assert "gradcalc.report.terminal.page" in modules
    assert modules.isdisjoint({"numpy.typing", "gradcalc.problem.schema", "gradcalc.problem.claims", "gradcalc.check"})
    assert not [name for name in modules if name.startswith(("gradcalc.report.html", "gradcalc.report.tex"))]
    # Plain descent needs no table of rules.
    assert modules.isdisjoint({"gradcalc.optimizers.table", "gradcalc.problem.rules", "gradcalc.program.in_turn"})


def test_the_package_loads_numpy_only_when_it_is_used():
    assert "numpy" not in loaded("import gradcalc, gradcalc.errors; gradcalc.__version__")
    assert "numpy" in loaded("import gradcalc; gradcalc.solve")


def test_formulas_are_read_and_written_without_numpy():
    """Only what computes needs it."""
    modules = loaded("import gradcalc.formula.parse, gradcalc.formula.write, gradcalc.formula.simplify")
    assert "gradcalc.formula.write" in modules
    assert modules.isdisjoint({"numpy", "yaml", "pydantic", "rich", "typer"})


def test_computing_loads_neither_files_nor_screens():
    modules = loaded("import gradcalc.program.solve")
    assert "numpy" in modules
    assert modules.isdisjoint({"yaml", "pydantic", "rich", "typer", "gradcalc.problem", "gradcalc.report"})
