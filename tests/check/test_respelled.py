"""Write-ups in other words: each line keeps its verdict under every respelling of `respelled.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from respelled import DISPLAYED, SIDES, SPELLED

from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import load

HERE = Path(__file__).parent
PROBLEMS = {path.stem: path for room in ("seeds", "writeups") for path in sorted((HERE / room).glob("*.yaml"))}
QUICK = ("cs224n-softmax", "hw3-problem-1", "ttic-b-network", "softmax")
MANY = tuple(part for part in PROBLEMS if part.startswith(("cs224n-s", "ttic-a-s", "ttic-b-s", "ttic-b-o", "hw3-c")))
BUNDLES = 12
"""The spellings are dealt to so many bundles, each tried at once, with one way to change sides and displays."""
SAME = {"correct": "right", "imprecise": "right", "wrong": "wrong", "carried": "wrong"}
_NUMBER = re.compile(r"\\q?quad *\(\d+\)|\\tag\{[^{}]*\}")


def source(part: str) -> Path:
    problem = PROBLEMS[part]
    return next(path for path in (problem.with_suffix(".tex"), problem.with_suffix(".md")) if path.exists())


def found(part: str, text: str, folder: Path) -> list[tuple[str, str]]:
    """What each line is found to be, in order, and the line as it is shown."""
    path = folder / source(part).name
    path.write_text(text, encoding="utf-8")
    marks = marked(load(str(PROBLEMS[part])), str(path), Marking())[0]
    lines = [(each.place, SAME.get(each.verdict, "not read"), each) for one in marks.verdicts for each in one.lines]
    unread = [(each.place, "not read", each) for each in marks.unread]
    ordered = sorted((*lines, *unread), key=lambda line: (line[0].line, line[0].column))
    return [(word, f"{line.text}: {getattr(line, 'message', '') or line.reason}") for _, word, line in ordered]


def bundle(number: int, part: str) -> dict[str, object]:
    shift = number + 5 * sorted(PROBLEMS).index(part)
    named = [[*table.items()][shift % len(table)] for table in (DISPLAYED, SIDES)]
    return dict([*named, *[*SPELLED.items()][number::BUNDLES]])


def differences(part: str, number: int, folder: Path) -> Iterator[str]:
    text = _NUMBER.sub("", source(part).read_text(encoding="utf-8"))
    before, new = found(part, text, folder), text
    for change in bundle(number, part).values():
        new = change(new)
    after = found(part, new, folder)
    if len(before) != len(after):
        yield f"{len(before)} lines became {len(after)}"
        return
    for (was, line), (now, respelled) in zip(before, after, strict=True):
        if was != now:
            yield f"{was} became {now}: {line}\n    {respelled}"


@pytest.mark.parametrize("number", range(BUNDLES))
def test_a_line_keeps_its_verdict_in_other_words(number: int, tmp_path: Path) -> None:
    part = QUICK[number % len(QUICK)]
    assert [*differences(part, number, tmp_path)] == [], bundle(number, part).keys()


@pytest.mark.slow
@pytest.mark.parametrize("part", MANY)
def test_no_right_line_becomes_wrong_nor_a_wrong_one_right(part: str, tmp_path: Path) -> None:
    """A spelling that isn't read is told so, and not marked."""
    odd = [line for number in range(BUNDLES) for line in differences(part, number, tmp_path)]
    assert [line for line in odd if line.startswith(("right became wrong", "wrong became right"))] == []
