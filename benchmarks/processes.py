"""Whole processes: from pressing Enter to the prompt."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.agreement import agree
from benchmarks.table import Row, rows
from benchmarks.timing import Work, in_turns, of_processes, process

ROUNDS = 15
IMPORTS = "import numpy, yaml, typer, rich.console, rich.table; from pydantic import TypeAdapter"
"""What a command loads of other people's: Typer reads its arguments by pydantic's adapters."""
TORCH_SCRIPT = Path(__file__).parent / "peers" / "torch_script.py"
PAGE = 0.03
"""Seconds."""
PARAMETERS = ("W1", "b1", "W2", "b2")


def measure(rounds: int = ROUNDS) -> Iterator[Row]:
    """`gradcalc solve hw3`, `--version` and `--help` as processes, beside what they can't be faster than."""
    yield from _solve(rounds)
    yield _page(rounds)
    yield from _start("--version", "pass", 2.0, rounds)
    yield from _start("--help", "import typer", 1.3, rounds)


def _solve(rounds: int) -> Iterator[Row]:
    imports, script, trace = f'`python -c "{IMPORTS}"`', "a PyTorch script", "`bp generate mazur`"
    ways: dict[str, Work] = {"gradcalc": process(_gradcalc("solve", "hw3")), imports: process(_python(IMPORTS))}
    if find_spec("torch") is not None:
        ways[script] = process([sys.executable, str(TORCH_SCRIPT)])
        agree(script, _gradients("hw3"), json.loads(process([sys.executable, str(TORCH_SCRIPT)])()))
    if (bp := _backprop_trace()) is not None:
        ways[trace] = process([bp, "generate", "mazur"])
        agree(trace, _mazur(), _trace(json.loads(process([bp, "generate", "mazur"])())), tolerance=1e-8)
    # To make the adapters of a command's arguments takes Typer a tenth of the time of all these imports.
    bounds = {imports: 1.35, script: 0.25, trace: 0.25}
    yield from rows("`gradcalc solve hw3`, whole process", in_turns(ways, rounds), bounds)


def _page(rounds: int) -> Row:
    """What a page takes beyond the report in the terminal, of the processor's time, as the two differ by so little."""
    solve, page = (process(_gradcalc("solve", "hw3", *options)) for options in ((), ("--format", "html")))
    timing = in_turns({"page": page, "report": solve}, 2 * rounds, of_processes)
    added, whole = timing.beyond["report"], timing.seconds["report"]
    return Row("what `--format html` adds to `gradcalc solve hw3`", "the whole command", added, whole, limit=PAGE)


def _start(option: str, code: str, bound: float, rounds: int) -> list[Row]:
    peer = f'`python -c "{code}"`'
    timing = in_turns({"gradcalc": process(_gradcalc(option)), peer: process(_python(code))}, rounds)
    return rows(f"`gradcalc {option}`", timing, {peer: bound})


def _gradcalc(*arguments: str) -> list[str]:
    """The installed program where there is one, as people run it."""
    program = shutil.which("gradcalc", path=str(Path(sys.executable).parent))
    return [program, *arguments] if program else [sys.executable, "-m", "gradcalc", *arguments]


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _backprop_trace() -> str | None:
    beside = Path(__file__).parent / "node_modules" / ".bin"
    return shutil.which("bp", path=str(beside)) or shutil.which("bp")


def _gradients(problem: str) -> dict[str, Any]:
    solved = json.loads(process(_gradcalc("solve", problem, "--format", "json"))())
    return {name: solved["values"]["gradients"][name] for name in PARAMETERS}


def _mazur() -> dict[str, Any]:
    found = _gradients("mazur")
    return {"W1": found["W1"], "W2": found["W2"]}


def _trace(receipt: dict[str, Any]) -> dict[str, Any]:
    """The gradients of w1 to w8, four to a layer, of a backprop-trace receipt, which gives the direction of descent."""
    found = [-update["gradient"] for update in receipt["updates"] if update["kind"] == "weight"]
    return {"W1": found[:4], "W2": found[4:]}
