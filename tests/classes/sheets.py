"""Sheets of hw3 as students hand them in: right, with an error carried on, wrong, broken, hostile."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import gradcalc
from gradcalc.check.answers.blank import filled_sheet

HOSTILE = (
    "a: &a [1, 2]\nb: *a\nforward: {h1: *a}\n",
    "[" * 3000,
    "forward: {h1: !!python/object/apply:os.system [ls]}\n",
    "loss: " + "9" * 5000 + "\n",
    "forward: {yhat: '" + "(" * 2000 + "'}\n",
    "loss: \x1b[2J0.3927\n",
    "gradients: {W1: [" + ", ".join(["1e308"] * 2000) + "]}\n",
    "forward: {h1: 'a1 ** a1 ** a1 ** 9 ** 9 ** 9'}\n",
)
BROKEN = ("forward: [1, 2\n", "just words", "", "{", "a: b: c", "\tforward: 1")


@cache
def right() -> str:
    return filled_sheet(gradcalc.solve(gradcalc.load("hw3")))


def changed(name: str, value: str) -> str:
    """The right sheet with another answer to one quantity."""
    lines = right().splitlines()
    place = next(i for i, line in enumerate(lines) if line.strip().startswith(f"{name}:"))
    lines[place] = f"  {name}: {value}"
    return "\n".join(lines) + "\n"


def sheets(count: int, seed: int = 0) -> Iterator[str]:
    """So many sheets of every kind, most of them right or nearly so."""
    by_chance = random.Random(seed)
    for number in range(count):
        about = f"name: Student {number}\n"
        kind = by_chance.choices(("right", "carried", "wrong", "broken", "hostile"), (40, 20, 25, 10, 5))[0]
        if kind == "right":
            yield about + right()
        elif kind == "carried":
            yield about + changed("a2", f"[{by_chance.uniform(1, 2):.4f}, 0.5]")
        elif kind == "wrong":
            yield about + changed(by_chance.choice(("W1", "h1", "b2")), f"[{by_chance.uniform(1, 2):.4f}, 3]")
        else:
            yield by_chance.choice(BROKEN if kind == "broken" else HOSTILE)


def folder(path: Path, count: int, seed: int = 0) -> Path:
    """A folder with so many sheets."""
    path.mkdir(parents=True)
    for number, text in enumerate(sheets(count, seed)):
        (path / f"student-{number:05}.yaml").write_text(text, encoding="utf-8")
    return path


@dataclass(frozen=True)
class Deadly:
    """A sheet whose process ends at once, or is stuck where Python can't reach it, or goes round for ever."""

    how: str

    def __call__(self) -> str:
        if self.how == "dies":
            import os

            os._exit(3)
        if self.how == "sleeps":
            time.sleep(3600)
        while self.how == "loops":
            pass
        if self.how == "fails":
            raise ZeroDivisionError("planted")
        return right()
