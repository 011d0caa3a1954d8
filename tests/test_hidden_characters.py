"""What acts on a screen, or turns the direction of writing, is shown as an escape, wherever it comes from."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import run

from gradcalc.errors import FormulaError, GradcalcError
from gradcalc.formula.parse import parse
from gradcalc.problem.load import loads
from gradcalc.words import shorten, visible

TURNED = "\u202eevil\u2066x\u2069\u200f"
ESCAPE = "\x1b[31m"
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters (Unicode's Cc) but for tab and line feed, and what has the property Bidi_Control."""

PROBLEM = f"""\
title: "Net {TURNED}"
source: "page {TURNED}"
inputs: [1, 0]
targets: [0, 1]
layers:
  - {{weights: [[3, 6], [4, 5]], biases: [1, -6], activation: sigmoid}}
  - {{weights: [[2, 3], [4, 3]], biases: [-1, -2], activation: softmax}}
loss: half_squared_error
lr: 0.1
expected: {{loss: 0.1}}
misprints:
  - {{quantity: loss, printed: 0.5, note: "note {TURNED}"}}
claims:
  - {{claim: "v + 0 == v", where: {{v: vector}}}}
"""
SHEET = f"""\
forward: {{a1: "[4 {TURNED}", "zz{TURNED}": 1, h1: "x {TURNED}", a2: "'{TURNED}'"}}
"{TURNED}": 1
loss: "{TURNED}"
"""
BROKEN = f"""\
inputs: [1, 0]
"{TURNED}": 3
layers:
  - {{weights: [[3, 6], [4, "{TURNED}"]], activation: "si{TURNED}"}}
loss: "half{TURNED}"
notation: "{TURNED}"
claims:
  - {{claim: "v + 0 == {TURNED}", where: {{"v{TURNED}": "vector{TURNED}"}}}}
"""
FORMATS = ("table", "plain", "html", "latex", "markdown", "json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"problem.yaml": PROBLEM, f"s{TURNED}.yaml": SHEET, "broken.yaml": BROKEN}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shows_nothing_hidden(done: subprocess.CompletedProcess[str]) -> bool:
    assert "Traceback" not in done.stderr
    found = [HIDDEN.search(text) for text in (done.stdout, done.stderr)]
    return found == [None, None]


@pytest.mark.parametrize("form", FORMATS)
def test_reports(folder: Path, form: str) -> None:
    commands = [
        ["solve", "problem.yaml"],
        ["step", "problem.yaml"],
        ["check", "problem.yaml"],
        ["check", "problem.yaml", f"s{TURNED}.yaml"],
        ["lint", "problem.yaml"],
        ["explain", "problem.yaml", "dW1"],
    ]
    for command in commands:
        assert shows_nothing_hidden(run(*command, "--format", form)), command


@pytest.mark.parametrize(
    "command",
    [
        *(["solve", "problem.yaml", "--format", form] for form in ("numpy", "torch", "jax")),
        *(["graph", "problem.yaml", "--format", form] for form in ("text", "svg", "mermaid", "dot")),
        ["sheet", "problem.yaml"],
    ],
)
def test_programs_drawings_and_empty_sheets(folder: Path, command: list[str]) -> None:
    done = run(*command)
    assert done.returncode == 0
    assert shows_nothing_hidden(done)
    assert "\\u202eevil" in done.stdout.replace("\\\\", "\\")


@pytest.mark.parametrize("odd", [ESCAPE, TURNED])
@pytest.mark.parametrize(
    "command",
    [
        ["solve", "hw3", "--freeze", "ODD"],
        ["solve", "ODD"],
        ["solve", "noODD.yaml"],
        ["solve", "nowhereODD/x.yaml"],
        ["solve", "hw3", "--format", "ODD"],
        ["solve", "hw3", "--lr", "ODD"],
        ["solve", "hw3", "--digits", "ODD"],
        ["solve", "hw3", "--output", "nowhereODD/x"],
        ["solve", "hw3", "ODD"],
        ["solve", "hw3", "--ODD"],
        ["check", "hw3", "ODD"],
        ["check", "hw3", "ODD", "--rtol", "ODD"],
        ["explain", "hw3", "ODD"],
        ["explain", "hw3", "ODD/a2"],
        ["explain", "hw3", "dW1[ODD]"],
        ["graph", "hw3", "--format", "ODD"],
        ["functions", "ODD"],
        ["ODD"],
        ["--ODD"],
        ["solve", "broken.yaml"],
    ],
)
def test_messages(folder: Path, command: list[str], odd: str) -> None:
    done = run(*[part.replace("ODD", odd) for part in command])
    assert done.returncode == 2
    assert shows_nothing_hidden(done)
    assert "\\x1b[31m" in done.stderr or "\\u202e" in done.stderr or command[-1] == "broken.yaml"


def test_json_is_json_and_has_the_escapes_too(folder: Path) -> None:
    data = json.loads(run("solve", "problem.yaml", "--format", "json").stdout)
    assert data["title"] == r"Net \u202eevil\u2066x\u2069\u200f"


def test_an_error_that_a_program_catches() -> None:
    with pytest.raises(GradcalcError) as caught:
        loads(BROKEN, f"f{TURNED}")
    assert HIDDEN.search(str(caught.value)) is None
    with pytest.raises(FormulaError) as misread:
        parse(f"x {TURNED} + 1")
    assert HIDDEN.search(str(misread.value)) is None


def test_carets_stand_under_what_is_shown() -> None:
    said = str(FormulaError("\u202ex + \u202e)", "unmatched", 5, 7)).splitlines()
    assert said[1:] == [r"    \u202ex + \u202e)", "    " + " " * 10 + "^" * 7]


@given(st.text())
def test_visible_hides_nothing_and_leaves_other_text(text: str) -> None:
    assert HIDDEN.search(visible(text)) is None
    assert (visible(text) == text) == (HIDDEN.search(text) is None)
    assert visible(visible(text)) == visible(text)
    assert HIDDEN.search(shorten(text, 10)) is None
