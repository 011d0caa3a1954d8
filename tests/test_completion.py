"""What a shell is told to complete, asked as bash asks; and what a mistyped option is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcalc.problem.bundled import bundled_names
from tests.running import run


def completed(*words: str, cwd: Path | None = None) -> set[str]:
    """What may stand in the place of the last word."""
    asked = {"_GRADCALC_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    result = run(cwd=cwd, **asked)
    assert (result.returncode, result.stderr) == (0, "")
    return {*result.stdout.split()}


def test_problems_are_completed(tmp_path):
    assert completed("gradcalc", "solve", "hw", cwd=tmp_path) == {n for n in bundled_names() if n.startswith("hw")}
    (tmp_path / "week").mkdir()
    for name in ("hw9.yaml", "hw9.txt", ".hw9.yaml", "week/one.yml"):
        (tmp_path / name).write_text("")
    assert completed("gradcalc", "check", "hw9", cwd=tmp_path) == {"hw9.yaml"}
    assert completed("gradcalc", "check", "we", cwd=tmp_path) == {"week/"}
    assert completed("gradcalc", "check", "week/", cwd=tmp_path) == {"week/one.yml"}
    assert completed("gradcalc", "check", "nowhere/", cwd=tmp_path) == set()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("explain", "hw3", "dW"), {"dW1", "dW2"}),
        (("explain", "hw3", "l"), {"loss", "loss_new", "lr", "losses"}),
        (("step", "hw3", "--watch", "h1"), {"h1", "h1_new"}),
        (("solve", "hw3", "--freeze", "W"), {"W1", "W2"}),
        (("solve", "--freeze", "b"), {"b1", "b2"}),
        (("explain", "nowhere.yaml", "dW"), set()),
        (("explain", "-", "dW"), set()),
        (("explain", "hw3", "yhat/W"), {"yhat/W1", "yhat/W2", "yhat/W1_new", "yhat/W2_new"}),
        (("functions", "sof"), {"softmax", "softplus", "softmax_weighted_sum"}),
        (("optimizers", "adam"), {"adam", "adamw", "adamax"}),
    ],
)
def test_names_are_those_of_the_problem(words, names):
    assert completed("gradcalc", *words) == names


@pytest.mark.parametrize("name", sorted(completed("gradcalc", "explain", "hw3", "")))
def test_every_name_that_is_completed_can_be_explained(name):
    assert run("explain", "hw3", name).returncode == 0


@pytest.mark.parametrize(
    ("words", "formats"),
    [
        (("solve", "hw3", "--format", "j"), {"json", "jax"}),
        (("explain", "hw3", "W1", "-f", "j"), {"json"}),
        (("step", "-f", "s"), {"svg"}),
        (("graph", "-f", "d"), {"dot"}),
        (("sheet", "hw3", "-f", ""), {"yaml", "numpy", "html", "latex", "markdown"}),
    ],
)
def test_formats_are_those_of_the_command(words, formats):
    assert completed("gradcalc", *words) == formats


@pytest.mark.parametrize("typed", ["--color", "--colour", "--color=always"])
@pytest.mark.parametrize("command", [("solve", "hw3"), ("check", "hw3"), ("grade", "sheets"), ("functions",)])
def test_who_asks_for_colours_is_told_how_to_have_them(command, typed):
    """Without an option that is spelled alike, as `--lr` or `--column`."""
    told = " ".join(run(*command, typed).stderr.split())
    assert "NO_COLOR=1 leaves them out, FORCE_COLOR=1 has them everywhere" in told
    assert "ossible options" not in told
    assert "id you mean" not in told


def test_a_shell_is_told_how_to_ask():
    shown = run(_GRADCALC_COMPLETE="source_bash").stdout
    assert "_GRADCALC_COMPLETE=complete_bash" in shown


@pytest.mark.parametrize(
    ("typed", "meant"), [("--color", None), ("--silent", None), ("--digit", "--digits"), ("--stpes", "--steps")]
)
def test_an_unknown_option_is_answered_by_its_like(typed, meant):
    told = run("solve", "hw3", typed).stderr
    said = told.partition("No such option")[2]  # the rest is worded otherwise from release to release
    assert typed in said
    assert ("ossible options" in said or "id you mean" in said) == (meant is not None)
    assert meant is None or f"{meant}" in said.partition(typed)[2]
