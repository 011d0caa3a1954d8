"""What people really did, one case a file: a problem, answers, and what has to be said of them.

A file in `cases/` starts with a comment that tells what somebody did. Its keys:

    problem    a problem file, as text
    answers    an answer sheet, as text
    verdicts   by quantity `WORD` or `WORD ID`: the verdict, and the id of a mistake that must be named; two words with
               a bar between where either is just. `mistake ID`, of a quantity that isn't on the sheet: found there
    says       by quantity, what its message must have in it (a text or a list of texts)
    never      by quantity, what it must not have in it; `all` holds for every message
    exit       the exit code (0 where all is right, else 1)
    points     what the sheet earns

Every answer on a sheet has a verdict in the file, so that a new false alarm fails as well. The numbers were made by
hand or with NumPy, never with gradcalc.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import loads
from gradcalc.problem.source import read_text
from gradcalc.program.solve import solve

CASES = Path(__file__).parent / "cases"
OPEN: list[str] = []
"""Cases that don't come out right yet; one that does has to leave this list."""
KEYS = {"problem", "answers", "verdicts", "says", "never", "exit", "points"}


def case(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def marked(data: dict):
    """The marks of a case, and its verdicts by quantity."""
    solution = solve(loads(data["problem"]), check=False)
    marks = mark(solution, sheet_from_document(read_text(data["answers"], "answers.yaml", lenient=True), solution))
    return marks, {verdict.quantity: verdict for verdict in marks.verdicts}


def listed(value) -> list[str]:
    return value if isinstance(value, list) else [value]


def cases():
    open_case = [pytest.mark.xfail(strict=True, reason="open")]
    paths = sorted(CASES.glob("*.yaml"))
    return [pytest.param(path, id=path.stem, marks=open_case if path.stem in OPEN else []) for path in paths]


@pytest.mark.parametrize("path", list(cases()))
def test_case(path):
    data = case(path)
    marks, verdicts = marked(data)
    told = {name: f"{v.verdict} {[(m.id, m.at) for m in v.mistakes]}: {v.message}" for name, v in verdicts.items()}
    answered = {name for name, v in verdicts.items() if v.verdict != "missing"}
    elsewhere = {name for name, said in data["verdicts"].items() if said.split()[0] == "mistake"}
    assert answered == set(data["verdicts"]) - elsewhere, told
    for name, expected in data["verdicts"].items():
        word, *mistakes = expected.split()
        if word == "mistake":
            found = {(mistake.id, mistake.at) for verdict in verdicts.values() for mistake in verdict.mistakes}
            assert {(each, name) for each in mistakes} <= found, told
        else:
            assert verdicts[name].verdict in word.split("|"), told
            assert set(mistakes) <= {mistake.id for mistake in verdicts[name].mistakes}, told
    for name, texts in data.get("says", {}).items():
        assert [text for text in listed(texts) if text not in verdicts[name].message] == [], told
    for name, texts in data.get("never", {}).items():
        messages = [v.message for v in verdicts.values()] if name == "all" else [verdicts[name].message]
        assert [text for text in listed(texts) for message in messages if text in message] == [], told
    if "points" in data:
        assert marks.score == pytest.approx(data["points"])
    assert marks.all_right == (data.get("exit", 1) == 0), told


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_case_is_well_formed(path):
    """A misspelled key would be a check that can't fail."""
    data = case(path)
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert {"problem", "answers", "verdicts"} <= set(data) <= KEYS
    assert set(data.get("says", {})) <= set(data["verdicts"])
    assert set(data.get("never", {})) <= {*data["verdicts"], "all"}
