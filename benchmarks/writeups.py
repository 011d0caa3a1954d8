"""Mark write-ups about problems in letters, from the files to the verdicts, in seconds of a processor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.agreement import DisagreementError
from benchmarks.table import Row
from benchmarks.timing import in_turns
from gradcalc.check.marking.verdicts import Marks
from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import load

ROUNDS = 5
SEEDS = Path(__file__).parents[1] / "tests" / "check" / "seeds"
UNROLLED = SEEDS / "public-unrolled.yaml"
LEFT, RIGHT = r"\frac{\partial h^{(t)}_i}{\partial h^{(t-1)}_j}", r"(1 - (h^{(t)}_i)^2) W_{ij}"
ALLOWED = 2.2
"""Twice as many lines may take so many times as long."""


def measure(rounds: int = ROUNDS) -> Iterator[Row]:
    """A recurrent network's published derivation; a chain of forty lines, beside one of twenty."""
    with TemporaryDirectory() as folder:
        forty, twenty = (_chain(Path(folder), count) for count in (40, 20))
        ways = {
            "forty": _marking(UNROLLED, forty),
            "twenty": _marking(UNROLLED, twenty),
            "network": _marking(SEEDS / "public-recurrent-network.yaml", SEEDS / "public-recurrent-network.tex"),
        }
        for name, lines in (("forty", 40), ("twenty", 20), ("network", 24)):
            _read(ways[name](), lines)
        timing = in_turns(ways, rounds, time.process_time)
    yield Row("a recurrent network's derivation marked", "", timing.seconds["network"], limit=2.0)
    ours, peer = timing.seconds["forty"], timing.seconds["twenty"]
    yield Row("a chain of 40 lines about a recurrence", "20 of its lines", ours, peer, timing.ratios["twenty"], ALLOWED)


def _chain(folder: Path, count: int) -> Path:
    lines = [f"{RIGHT} + {number} - {number}" for number in range(count)]
    path = folder / f"{count}.tex"
    path.write_text(f"$$ {LEFT} = {' = '.join(lines)} $$", encoding="utf-8")
    return path


def _marking(problem: Path, writeup: Path) -> Callable[[], Marks]:
    return lambda: marked(load(str(problem)), str(writeup), Marking())[0]


def _read(marks: Marks, least: int) -> None:
    """A write-up of which little is read isn't worth its time."""
    right = sum(line.verdict == "correct" for verdict in marks.verdicts for line in verdict.lines)
    if right < least:
        raise DisagreementError(f"{right} lines of a write-up are right, not {least}")
