"""Mark a class: sheets a second on one core, from text to a line of results; memory for a small and a large one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np
import yaml

import gradcalc
from benchmarks.agreement import DisagreementError
from benchmarks.table import Row
from benchmarks.timing import Work, in_turns
from gradcalc.check.answers.blank import filled_sheet
from gradcalc.check.mistakes.catalogue import mutations
from gradcalc.check.mistakes.model import UNLIKELY
from gradcalc.classes.contents import Given
from gradcalc.classes.journal import line
from gradcalc.classes.marking import Desk, Job
from gradcalc.classes.model import Submission
from gradcalc.classes.workers import spare_garbage
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.formula.expr import Expr
from gradcalc.program.solution import Solution

ROUNDS = 15
RIGHT, MISTAKEN = 1 / 1500, 1 / 300
"""Seconds a sheet."""
YARDSTICK = "`yaml.load` of the sheets, by libyaml"
CLASS = 60
"""So many different sheets are gone through again and again."""
SMALL, LARGE = 1_000, 100_000
GROWTH = 1.2
MEASURED = """
import resource, sys
from gradcalc.__main__ import main
if __name__ == "__main__":
    sys.argv[1:] = ["grade", "hw3", {sheets!r}, "--output", {output!r}]
    main()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(max(each.ru_maxrss for each in used) / 1024, sum(each.ru_utime + each.ru_stime for each in used))
"""


def right_sheets(solution: Solution) -> list[str]:
    """Sheets on which all is right, with a name on each, by students who write four decimals, or five, or six."""
    texts = [filled_sheet(solution, digits) for digits in (4, 5, 6)]
    return [f"name: Student {i}\n{text}" for i, text in zip(range(CLASS), cycle(texts), strict=False)]


def mistaken_sheets(solution: Solution) -> dict[str, str]:
    """Sheets with one of the likeliest mistakes of each equation, and all that follows from it, by both."""
    found: dict[str, str] = {}
    for equation in solution.equations:
        likely = [each for each in mutations(equation, solution) if each.id not in UNLIKELY]
        for mutation in likely[:4]:
            values = _carried(solution, equation.name, mutation.expr)
            if values is not None:
                found[f"{equation.name} {mutation.id}"] = filled_sheet(replace(solution, values=values))
    return found


def _carried(solution: Solution, name: str, wrong: Expr) -> Mapping[str, np.ndarray] | None:
    """All values, with another formula for one; None where that has none in the right shape, or hardly another one."""
    values, axis = dict(solution.values), solution.problem.axis
    value = attempt(wrong, values, axis)
    if value is None or value.shape != values[name].shape or np.abs(value - values[name]).max() < 0.01:
        return None
    for each in solution.equations:
        values[each.name] = evaluate(wrong if each.name == name else each.expr, values, axis)
    return values


def measure(rounds: int = ROUNDS) -> Iterator[Row]:
    """Read, mark and write down one sheet after the other, by the processor's time."""
    desk = Desk(Job(gradcalc.load("hw3")))
    solution = desk.grader.solution
    spare_garbage()  # as in the processes of `grade`
    right = right_sheets(solution)
    named = {key: text for key, text in mistaken_sheets(solution).items() if _is_named(desk, key, text)}
    if not all(desk.result(1, _handed_in(text)).all_right for text in right) or len(named) < CLASS / 2:
        raise DisagreementError(f"the sheets aren't marked as they should be, and {len(named)} mistakes are named")
    yield from _row("a right sheet of a class, read, marked, written", desk, right, RIGHT, rounds)
    yield from _row(f"a sheet with one of {len(named)} mistakes, named", desk, [*named.values()], MISTAKEN, rounds)


def _is_named(desk: Desk, key: str, text: str) -> bool:
    marks = desk.result(1, _handed_in(text)).marks
    return key.split()[1] in {mistake["id"] for verdict in marks["verdicts"] for mistake in verdict["mistakes"]}


def _handed_in(text: str) -> Submission:
    return Submission("student", "student.yaml", Given(text))


def _row(what: str, desk: Desk, texts: Sequence[str], limit: float, rounds: int) -> Iterator[Row]:
    ways: dict[str, Work] = {
        what: lambda: [line(desk.result(1, _handed_in(text))) for text in texts],
        YARDSTICK: lambda: [yaml.load(text, yaml.CSafeLoader) for text in texts],
    }
    timing = in_turns(ways, rounds, time.process_time)
    ours, peer = (timing.seconds[way] / len(texts) for way in ways)
    yield Row(what, YARDSTICK, ours, peer, timing.ratios[YARDSTICK], limit=limit)


def memory(rounds: int = 1) -> Iterator[Row]:
    """The most memory that any process of `grade` takes, for a small class and for a large one; the time of both."""
    (small, began), (large, took) = used(SMALL), used(LARGE)
    word = "within" if large <= GROWTH * small else "**over**"
    note = f"{large:,.0f} MB ({SMALL:,}: {small:,.0f} MB), {word} {GROWTH:g} ×"
    yield Row(f"memory of `gradcalc grade` for {LARGE:,} sheets", f"for {SMALL:,}", note=note)
    yield Row("one more sheet of `gradcalc grade`, both processes", "", (took - began) / (LARGE - SMALL))


def used(count: int) -> tuple[float, float]:
    """Megabytes, of the process that takes more of the two, and seconds of the processor's time of both."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sheets.jsonl")
        with path.open("w", encoding="utf-8") as file:
            file.writelines(_lines(count))
        program = MEASURED.format(sheets=str(path), output=str(Path(folder, "results.jsonl")))
        script = Path(folder, "measured.py")
        script.write_text(program, encoding="utf-8")
        done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
        megabytes, seconds = done.stdout.split()[-2:]
        return float(megabytes), float(seconds)


def _lines(count: int) -> Iterable[str]:
    sheets = map(yaml.safe_load, right_sheets(gradcalc.solve(gradcalc.load("hw3"))))
    return (json.dumps(sheet | {"id": f"s{i}"}) + "\n" for i, sheet in zip(range(count), cycle([*sheets])))
