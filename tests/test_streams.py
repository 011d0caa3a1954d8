"""Standard streams closed, full, or without a reader: one message or none, a fitting exit code, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from slow import mostly_slow

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")

ROOT = Path(__file__).parent.parent
REPORTS = ("solve hw3", "step hw3 -f json", "check hw3", "lint hw3", "explain hw3 dW1", "sheet hw3", "graph hw3")
LISTS = ("functions", "optimizers", "problems", "schema")
INSTANT = ("--help", "solve --help", "--version")
FEW = ("solve hw3", "step hw3 -f json", "functions")
ERRORS = ("solve nope", "slove", "")
FORMATS = ("plain", "markdown", "latex", "html", "numpy", "torch", "jax")
CLOSED = "Error: the output can't be written: standard output is closed\n"
FULL = "Error: the output can't be written: No space left on device\n"


def shell(command, redirection, **environment):
    """The exit code of gradcalc, what it wrote on standard output, and on standard error."""
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m gradcalc {command} {redirection}', sys.executable],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "command",
    mostly_slow([*REPORTS, *LISTS, *INSTANT, *(f"solve hw3 -f {form}" for form in FORMATS)], *FEW, "solve hw3 -f html"),
)
def test_a_reader_who_has_gone_is_no_error(command):
    process = subprocess.Popen(
        [sys.executable, "-m", "gradcalc", *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0
    process.stderr.close()


@pytest.mark.parametrize("command", mostly_slow([*REPORTS, *LISTS], *FEW))
def test_closed_standard_output_is_said(command):
    assert shell(command, ">&-") == (2, "", CLOSED)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", mostly_slow([*REPORTS, *LISTS, *INSTANT], *FEW, "solve --help"))
def test_a_full_disk_is_said(command):
    assert shell(command, ">/dev/full") == (2, "", FULL)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize("command", mostly_slow(ERRORS, "slove"))
def test_where_nobody_can_be_told_the_exit_code_tells(command, closed):
    assert shell(command, closed) == shell(command, closed, PYTHONUNBUFFERED="1") == (2, "", "")
    assert shell(command, f">&- {closed}") == (2, "", "")


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
def test_a_report_needs_no_standard_error(closed):
    whole = shell("graph", "")
    assert "No problem was named" in whole[2]
    assert shell("graph", closed) == (0, whole[1], "")


@pytest.mark.parametrize("command", ["solve -", "check hw3 -"])
def test_closed_standard_input_is_said(command):
    assert shell(command, "<&-") == (2, "", "Error: standard input can't be read: it is closed\n")


@pytest.mark.parametrize("command", ["--help", "solve --help"])
def test_help_into_a_pipe_that_nobody_reads_is_no_error(command):
    unread, into = os.pipe()
    os.close(unread)
    start = [sys.executable, "-m", "gradcalc", *command.split()]
    ended = subprocess.run(start, stdout=into, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(into)
    assert (ended.returncode, ended.stderr) == (0, b"")
