"""What a report is made from isn't written over, an empty name is no problem, and a hidden key is hidden."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import run

PROBLEM = """\
inputs: {x: 2}
parameters: {w: 3}
equations: {f: w * x * 1.2345678}
of: f
lr: 0.1
expected: {forward: {f: 7.1}}
misprints:
  - {quantity: forward.f, printed: 7.3, note: a misprint}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "p.yaml").write_text(PROBLEM)
    (tmp_path / "s.yaml").write_text("forward: {f: 7}\n")
    (tmp_path / "link.yaml").symlink_to("p.yaml")
    (tmp_path / "sheet-link.yaml").symlink_to(tmp_path / "s.yaml")
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("output", ["p.yaml", "./p.yaml", "inner/../p.yaml", "link.yaml"])
@pytest.mark.parametrize(
    "command", [["solve"], ["step"], ["check"], ["lint"], ["sheet"], ["graph"], ["explain", "dw"], ["check", "s.yaml"]]
)
def test_the_problem_is_not_written_over(folder: Path, command: list[str], output: str) -> None:
    done = run(command[0], "p.yaml", *command[1:], "--output", output)
    assert done.returncode == 2
    assert "the problem itself stands there" in done.stderr
    assert (folder / "p.yaml").read_text() == PROBLEM


@pytest.mark.parametrize("output", ["s.yaml", "sheet-link.yaml"])
def test_the_answers_are_not_written_over(folder: Path, output: str) -> None:
    done = run("check", "p.yaml", "s.yaml", "-o", output)
    assert done.returncode == 2
    assert "the answer sheet itself stands there" in done.stderr
    assert (folder / "s.yaml").read_text() == "forward: {f: 7}\n"


def test_another_file_is_written_over(folder: Path) -> None:
    (folder / "old.txt").write_text("old")
    assert run("solve", "p.yaml", "-o", "old.txt").returncode == 0
    assert "Forward pass" in (folder / "old.txt").read_text()


@pytest.mark.parametrize("command", [["solve"], ["step"], ["graph"], ["check"], ["sheet"], ["lint"]])
def test_an_empty_name_is_no_problem(command: list[str]) -> None:
    done = run(*command, "")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "the name of the problem is empty" in done.stderr


@pytest.mark.parametrize("form", ["table", "plain", "html", "latex", "markdown", "json"])
def test_a_hidden_key_is_hidden_without_a_sheet_too(folder: Path, form: str) -> None:
    """2 · 3 · 1.2345678 is 7.4074."""
    shown = run("check", "p.yaml", "--format", form)
    hidden = run("check", "p.yaml", "--format", form, "--hide-key")
    assert shown.returncode == hidden.returncode == 1
    assert "7.407" in shown.stdout
    assert "7.4" not in hidden.stdout
    if form == "json":
        assert json.loads(hidden.stdout)["misprints"][0]["right"] is None
