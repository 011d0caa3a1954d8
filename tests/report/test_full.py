"""`--full`: every number of a large matrix in every format for people, and none left out in part."""

from __future__ import annotations

import re

import numpy as np
import pytest
import yaml

from tests.running import run

ROWS, COLUMNS = 14, 45
"""More than any format shows of a matrix."""
MARKED = re.compile(r"\d(?:</?\w+[^>]*>)*✗|\^\{\\times\}")
"""A number with the sign of a wrong one, in the terminal, on a page, in TeX."""


@pytest.fixture
def problem(tmp_path):
    """A file, and the parameters in it: no two alike, so that each can be looked for."""
    numbers = 0.001 * (1 + np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS))
    content = {
        "inputs": {"x": [1.0] * ROWS},
        "parameters": {"W": numbers.round(3).tolist()},
        "equations": {"a": "W.T @ x", "loss": "sum(a^2)"},
        "lr": 0.1,
    }
    file = tmp_path / "large.yaml"
    file.write_text(yaml.safe_dump(content))
    return file, {f"{number:.3f}".rstrip("0") for number in numbers.flat}


def shown(file, form, *more) -> tuple[str, set[str]]:
    text = run("solve", str(file), "--format", form, *more).stdout
    return text, {re.sub(r"(\.\d+?)0+$", r"\1", each) for each in re.findall(r"(?<![\w.])\d\.\d+", text)}


@pytest.mark.parametrize("form", ["table", "html", "latex", "markdown"])
def test_full_shows_every_number(problem, form):
    file, numbers = problem
    text, found = shown(file, form)
    assert "in part" in text
    assert not numbers <= found
    text, found = shown(file, form, "--full")
    assert "in part" not in text
    assert numbers <= found


def test_a_rule_is_still_shown_without_the_numbers_of_large_matrices(problem):
    file, _ = problem
    rule = re.search(r"^ *a = .*", shown(file, "table", "--full")[0], re.MULTILINE)
    assert rule is not None
    assert "[" not in rule[0]


@pytest.mark.parametrize("form", ["table", "html", "latex"])
def test_wrong_entries_are_marked_in_the_whole_matrix(problem, form):
    file, _ = problem
    answers = file.with_name("answers.yaml")
    answers.write_text(yaml.safe_dump({"forward": {"a": [-1.0] * COLUMNS}}))
    part, whole = (run("check", str(file), str(answers), "--format", form, *more).stdout for more in ((), ("--full",)))
    assert len(MARKED.findall(part)) < COLUMNS <= len(MARKED.findall(whole))
