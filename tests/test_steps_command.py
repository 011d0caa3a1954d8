"""`step` and `solve` with many steps, as they are typed: options that don't fit together, bars, files."""

import io
import json
import sys

import pytest
from running import run
from test_cli import fails

from gradcalc.commands import progress

LINE = """\
inputs: {x: [[1, 2, 3, 4, 5]]}
targets: {t: [[2, 3, 5, 4, 6]]}
parameters: {w: 0.5, b: 0}
equations: {yhat: w * x + b}
samples: [x, t]
loss: mean((yhat - t) ** 2)
lr: 0.01
"""


@pytest.fixture
def line(tmp_path):
    file = tmp_path / "line.yaml"
    file.write_text(LINE)
    return str(file)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--steps", "0"], ["number of steps must be from 1 to 100,000, not 0"]),
        (["--epochs", "-1"], ["number of epochs must be from 1 to 100,000, not -1"]),
        (["--steps", "2", "--epochs", "2"], ["steps and epochs both say how far to go"]),
        (["--epochs", "60000", "--batch-size", "1"], ["number of steps must be from 1 to 100,000, not 300,000"]),
        (["--until", "loss"], ["until: a condition compares two numbers: loss < 0.01"]),
        (["--until", "lss < 1"], ["until: there is no quantity 'lss'; did you mean 'loss'"]),
        (["--until", "loss < ("], ["until:", "loss < (", "^"]),
        (["--batch-size", "6"], ["the batch size is 6: it must be from 1 to 5, the number of samples"]),
        (["--batch-size", "0"], ["the batch size is 0"]),
        (["--every", "0", "--steps", "3"], ["--every 0: it must be a whole number from 1"]),
        (["--steps", "many"], ["'many' is not a whole number"]),
    ],
)
@pytest.mark.parametrize("command", ["solve", "step"])
def test_what_cannot_be_gone(command, options, words, line):
    assert fails(run(command, line, *options), *words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--watch", "ww"], ["there is no quantity 'ww'; did you mean 'w'"]),
        (["--watch", "yhat[9]"], ["there is no entry yhat[9]"]),
        (["--contour", "w", "yhat[1]"], ["there is no quantity 'yhat'"]),
        (["--contour", "w", "w"], ["w is named twice"]),
        (["--format", "svgg"], ["the formats are", "did you mean 'svg'"]),
        (["--format", "csv", "--fragment"], ["--fragment goes with"]),
    ],
)
def test_what_cannot_be_drawn(options, words, line):
    assert fails(run("step", line, "--steps", "2", *options), *words)


def test_a_program_is_of_one_step(line):
    assert fails(run("solve", line, "--steps", "3", "--format", "numpy"), "writes a program of one step")


@pytest.mark.parametrize("form", ["svg", "csv"])
def test_other_commands_do_not_write_curves(form, line):
    assert fails(run("solve", line, "--format", form), "the formats are")


def test_samples_must_be_known(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text(LINE.replace("samples: [x, t]\n", ""))
    assert fails(run("step", str(file), "--epochs", "2"), "epochs are passes over samples", "samples: [x, t]")
    assert fails(run("step", str(file), "--batch-size", "2"), "batches are cut from samples")


def test_going_on_from_a_saved_file(line, tmp_path):
    new = str(tmp_path / "next.yaml")
    assert run("step", line, "--steps", "3", "--batch-size", "2", "--save", new).returncode == 0
    rest = run("step", new, "--steps", "2", "--format", "json")
    whole = run("step", line, "--steps", "5", "--batch-size", "2", "--format", "json")
    assert json.loads(rest.stdout)["parameters"] == json.loads(whole.stdout)["parameters"]
    assert [step["samples"] for step in json.loads(rest.stdout)["steps"]] == [[1, 2], [3, 4]]


def test_what_is_left_out_of_a_saved_file_is_said(tmp_path):
    result = run("step", "hw3", "--save", str(tmp_path / "next.yaml"))
    assert result.returncode == 0
    assert "goes on from step 2; what is under expected is left out." in result.stderr


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "patience", "seen"), [(Screen, 0, True), (Screen, 60, False), (io.StringIO, 0, False)]
)
def test_a_bar_is_shown_on_a_terminal_where_it_takes_long(stream, patience, seen, monkeypatch):
    screen = stream()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    monkeypatch.setattr(progress, "_PAUSE", 0)
    with progress.shown_progress() as tell:
        for done in range(1, 6) if tell is not None else ():
            tell(done, 5)
    assert ("steps" in screen.getvalue()) == seen
