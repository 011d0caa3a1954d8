"""Measure how often marking is right, and write the figures that the documentation shows.

`python tests/check/figures.py 5000` measures everything on so many sheets; `… 5000 farming typos` these parts alone.
`python docs/make_reference.py` then brings docs/checking.md and docs/classes.md up to date. At 5000 it takes hours.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from false_names import SPOILED, names_falsely, spoiled
from farming import PROBLEMS, Farm
from off_by_a_little import verdicts
from on_variants import PROBLEMS as VARIED
from on_variants import measured
from planting import gets_full_marks, outcomes, plant, plant_by_hand, plant_in_images, plant_in_layers

FIGURES = Path(__file__).parents[2] / "docs" / "figures.json"
FIRST_SEED = 10**6
PLANTED: dict[str, tuple] = {
    "all quantities": ("all", plant, False),
    "final answers alone": ("final", plant, False),
    "a random half": ("half", plant, False),
    "all quantities, zeros at the end left off": ("all", plant, True),
    "all quantities, formulas written by hand": ("all", plant_by_hand, False),
    "a random half, formulas written by hand": ("half", plant_by_hand, False),
    "all quantities, recurrent layers, normalisation, dropout, embeddings, attention": ("all", plant_in_layers, False),
    "a random half of these": ("half", plant_in_layers, False),
    "all quantities, convolution and pooling": ("all", plant_in_images, False),
    "a random half of those": ("half", plant_in_images, False),
}
"""What is on the sheets, how the mistake is planted, and whether the sheet is typed."""


def planted(row: str, count: int) -> dict:
    """How often the mistake is found, and which are missed: so many of so many that can be told."""
    which, make, is_typed = PLANTED[row]
    counts: Counter[str] = Counter()
    kinds: Counter[tuple[str, bool]] = Counter()
    for result in outcomes(range(FIRST_SEED, FIRST_SEED + count), which, make, is_typed):
        counts["sheets"] += 1
        counts["told"] += result.told
        counts["placed"] += result.told and result.placed
        counts["named"] += result.told and result.named
        counts["first"] += result.told and result.named_first
        counts["full"] += gets_full_marks(result)
        kinds[result.planted.id, result.named] += result.told
    missed = {id: [n, n + kinds[id, True]] for (id, named), n in sorted(kinds.items()) if n and not named}
    return {name: counts[name] for name in ("sheets", "told", "placed", "named", "first", "full")} | {"missed": missed}


def off(_: str, count: int) -> dict:
    """The verdicts on answers that are 1 to 10% off."""
    words: Counter[str] = Counter()
    for _, verdict, _ in verdicts(range(10 * FIRST_SEED, 10 * FIRST_SEED + 10 * count)):
        words[verdict.verdict] += 1
        if words.total() == count:
            break
    return {"sheets": words.total(), "wrong": words["wrong"]}


def false_names(row: str, count: int) -> dict:
    """How often a mistake of understanding is named where there was none."""
    found = list(spoiled(range(FIRST_SEED, FIRST_SEED + count), row))
    return {
        "sheets": len(found),
        "wrong": sum(verdict.verdict == "wrong" for verdict in found),
        "named": sum(names_falsely(verdict) for verdict in found),
    }


def farmed(row: str, count: int) -> dict:
    """The part of the points that the best of so many cheap sheets earns."""
    farm = Farm(PROBLEMS[row])
    best, tricks = farm.best(np.random.default_rng(FIRST_SEED), count)
    print(row, farm.sheet(tricks))
    return {"sheets": count, "asked": len(farm.questions), "earned": best * len(farm.questions)}


PARTS: dict[str, tuple[Callable[[str, int], dict], list[str], int]] = {
    "planted": (planted, list(PLANTED), 1),
    "off": (off, ["1 to 10% off"], 1),
    "typos": (false_names, list(SPOILED), 5),
    "farming": (farmed, list(PROBLEMS), 5),
    "variants": (measured, list(VARIED), 5),
}
"""What is measured, its rows, and which part of the sheets each has."""


def measure(part: str, row: str, count: int) -> None:
    """Put one row into the file; what is there of others stays."""
    found = PARTS[part][0](row, count)
    print(part, row, found, flush=True)
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    figures.setdefault(part, {})[row] = found
    in_order = {p: {r: figures[p][r] for r in PARTS[p][1] if r in figures[p]} for p in PARTS if p in figures}
    FIGURES.write_text(json.dumps(in_order, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    size, *chosen = sys.argv[1:]
    for part, (_, rows, share) in PARTS.items():
        for row in rows:
            if not chosen or part in chosen or row in chosen:
                measure(part, row, int(size) // share)
