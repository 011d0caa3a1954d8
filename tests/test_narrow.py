"""Screens of 20 columns and less, real terminals among them, and widths that make no sense: nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import run

ROOT = Path(__file__).parent.parent
WRONG = "forward: {yhat: [0.6267, 0.3733]}\ngradients: {a2: [0.6267, -0.6267], W1: 'x @ '}\n"
COMMANDS = (
    "solve hw3",
    "solve hw3 --expand",
    "solve ttic-graph-sigmoid",
    "step hw3 --steps 3",
    "check hw3",
    "check hw3 -",
    "check identities",
    "lint hw3",
    "explain hw3 dW1[1,2]",
    "explain hw3 yhat/a2",
    "functions",
    "optimizers",
    "optimizers adamw",
    "functions softmax",
    "problems",
)
DRAWN = ("graph hw3", "sheet hw3", "--help", "solve --help", "solve nope")


def gradcalc(command, **environment):
    return run(*command.split(), stdin=WRONG, **environment)


def breakable(line):
    """Whether a line could have been broken: it has spaces, and not only behind a sign or within brackets."""
    return " " in line.lstrip("=·+-/⊙ ") and not set(line) & set("([⎡⎢⎣")


@pytest.mark.parametrize("columns", ["20", "1", "7"])
@pytest.mark.parametrize("command", COMMANDS)
def test_lines_are_broken_wherever_they_can_be(command, columns):
    done = gradcalc(command, COLUMNS=columns)
    assert done.returncode in (0, 1)
    assert done.stderr == ""
    assert [line for line in done.stdout.splitlines() if len(line) > 20 and breakable(line)] == []


@pytest.mark.parametrize("command", ["problems", "functions softmax", "check identities", "check hw3 -", "lint hw3"])
def test_every_word_is_there(command):
    wide = gradcalc(command, COLUMNS="200").stdout
    words = set(gradcalc(command, COLUMNS="20").stdout.split())
    letters = {word for word in wide.split() if word.isalpha()}
    assert letters <= words | {word.rstrip(":") for word in words}


def test_a_graph_has_its_title_and_its_legend():
    lines = gradcalc("graph hw3", COLUMNS="20").stdout.splitlines()
    assert lines[:4] == ["HW 3, problem 2: a", "2-2-2 network, one", "step of gradient", "descent"]
    assert lines[-2:] == ["shows those of", "larger matrices."]


@pytest.mark.parametrize("columns", ["abc", "0", "-5", "²", "٣٠", "9" * 30, "9" * 5000, "1e3", " "])
@pytest.mark.parametrize("command", ["solve hw3", "solve hw3 -o /dev/null", "graph", "--help", *DRAWN])
def test_no_width_is_an_error(command, columns):
    done = gradcalc(command, COLUMNS=columns)
    assert "Traceback" not in done.stderr
    assert done.returncode == (2 if "nope" in command else 0)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("columns", [20, 1, 0])
def test_a_terminal_so_wide(columns):
    """0 columns are what a terminal says that doesn't know."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "gradcalc", "explain", "hw3", "dW1[1,2]"],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", "PYTHONIOENCODING": "utf-8"},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so where the other side is closed.
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 0
    assert b"\x1b" not in shown
    lines = shown.decode("utf-8").splitlines()
    assert [line for line in lines if len(line) > (20 if columns else 80) and breakable(line)] == []
    assert max(map(len, lines)) > (0 if columns else 40)
