"""From the text of a problem to its compiled gradient, within a running process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

import gradcalc
from benchmarks.table import Row
from benchmarks.timing import in_turns
from gradcalc.program.solve import build

ROUNDS = 30
HW3 = Path(__file__).parents[1] / "problems" / "hw3.yaml"


def measure(rounds: int = ROUNDS) -> Iterator[Row]:
    """Load, derive and compile hw3, beside one run of the YAML event parser over the same text."""
    text = HW3.read_text(encoding="utf-8")
    parser = "one PyYAML event parse"

    def compiled() -> object:
        return build(gradcalc.loads(text)).compiled

    def events() -> object:
        return sum(1 for _ in yaml.parse(text, Loader=yaml.CSafeLoader))

    timing = in_turns({"gradcalc": compiled, parser: events}, rounds)
    ours, peer = timing.seconds["gradcalc"], timing.seconds[parser]
    yield Row("load, derive and compile hw3", parser, ours, peer, timing.ratios[parser], limit=0.010)
