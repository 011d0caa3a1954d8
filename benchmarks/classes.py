"""Mark a class: sheets a second on one core, from text to a line of results; memory for a small and a large one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import gradcalc
from benchmarks.agreement import DisagreementError
from benchmarks.table import Row
from benchmarks.timing import in_turns
from gradcalc.check.answers.blank import filled_sheet
from gradcalc.classes.contents import Given
from gradcalc.classes.journal import line
from gradcalc.classes.marking import Desk, Job
from gradcalc.classes.model import Result, Submission

ROUNDS = 15
RIGHT, MISTAKEN = 1 / 1500, 1 / 300
"""Seconds a sheet."""
SMALL, LARGE = 1_000, 100_000
GROWTH = 1.2
MEASURED = """
import resource, sys
from gradcalc.__main__ import main
if __name__ == "__main__":
    sys.argv[1:] = ["grade", "hw3", {sheets!r}, "--output", {output!r}]
    main()
    used = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(max(used) / 1024)
"""


def sheets() -> dict[str, str]:
    """A right sheet of hw3, and one with a weight's gradient that was worked out wrong."""
    right = filled_sheet(gradcalc.solve(gradcalc.load("hw3")))
    before, gradients, after = right.partition("gradients:")
    begin = after.index("\n  W2:")
    end = after.index("\n", begin + 1)
    wrong = after[begin:end].replace("0.", "0.5", 1)
    return {"right": right, "mistaken": before + gradients + after[:begin] + wrong + after[end:]}


def measure(rounds: int = ROUNDS) -> Iterator[Row]:
    """Read, mark and write down one sheet."""
    desk = Desk(Job(gradcalc.load("hw3")))
    handed = {name: Submission(name, name, Given(text)) for name, text in sheets().items()}

    def marked(name: str) -> Result:
        result = desk.result(1, handed[name])
        line(result)
        return result

    if not marked("right").all_right or marked("mistaken").marks["first_error"] != "gradients.W2":
        raise DisagreementError("the sheets aren't marked as they should be")
    timing = in_turns({name: lambda name=name: marked(name) for name in handed}, rounds)  # type: ignore[misc]
    yield Row("a right sheet of a class, read, marked, written", "", timing.seconds["right"], limit=RIGHT)
    yield Row("the same with one mistake", "", timing.seconds["mistaken"], limit=MISTAKEN)


def memory(rounds: int = 1) -> Iterator[Row]:
    """The most memory that any process of `grade` takes, for a small class and for a large one."""
    small, large = used(SMALL), used(LARGE)
    word = "within" if large <= GROWTH * small else "**over**"
    note = f"{large:,.0f} MB ({SMALL:,}: {small:,.0f} MB), {word} {GROWTH:g} ×"
    yield Row(f"memory of `gradcalc grade` for {LARGE:,} sheets", f"for {SMALL:,}", note=note)


def used(count: int) -> float:
    """Megabytes, of the process that takes more of the two."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sheets.jsonl")
        with path.open("w", encoding="utf-8") as file:
            text = sheets()["right"]
            file.writelines(json.dumps({"id": f"s{i}", **_sections(text)}) + "\n" for i in range(count))
        program = MEASURED.format(sheets=str(path), output=str(Path(folder, "results.jsonl")))
        script = Path(folder, "measured.py")
        script.write_text(program, encoding="utf-8")
        done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
        return float(done.stdout.split()[-1])


def _sections(text: str) -> dict[str, object]:
    import yaml

    return dict(yaml.safe_load(text))
