"""Ctrl-C, whenever it comes: exit code 130, not a word, and no half a file."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from slow import mostly_slow

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")

ROOT = Path(__file__).parent.parent
RUN = """
import builtins, os, signal, sys

def press():
    os.kill(os.getpid(), signal.SIGINT)

{what}

class Finder:
    def find_spec(name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(Finder)
            happen()

sys.meta_path.insert(0, Finder)
sys.argv[0] = "gradcalc"
from gradcalc.__main__ import main
sys.exit(main())
"""
AS_IT_IS = "happen = press"
AS_ANOTHER_ERROR = """
def happen():  # as Python 3.11 tells what comes up in __set_name__
    try:
        press()
    except KeyboardInterrupt as error:
        raise RuntimeError("Error calling __set_name__") from error
"""
STARTED = RUN.format(what="def happen(): print('started', flush=True)", module="gradcalc.cli")
"""Says when Ctrl-C is heeded; a moment before, it could come too early on a machine with much to do."""
UNCATCHABLE = """
class Last:
    def __del__(self):
        press()

def happen():
    Last()
"""


def heed():
    """What nohup starts, or a script in the background, inherits a deaf ear for Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(what, module, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(what=what, module=module), *arguments],
        capture_output=True,
        cwd=ROOT,
        preexec_fn=heed,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("what", [AS_IT_IS, AS_ANOTHER_ERROR], ids=["as-it-is", "as-another-error"])
@pytest.mark.parametrize(
    "module",
    mostly_slow(["gradcalc.cli", "gradcalc.commands.solve", "gradcalc.problem.load", "numpy"], "gradcalc.cli", "numpy"),
)
def test_while_something_is_imported(what, module):
    assert interrupted(what, module, "solve", "hw3") == (130, b"", b"")


@pytest.mark.parametrize("module", ["gradcalc.commands.solve", "gradcalc.report.terminal.page"])
def test_where_python_lets_nobody_catch_it(module):
    """What is raised in a `__del__` can only be passed over; it ends the program or it doesn't, but without noise."""
    code, out, err = interrupted(UNCATCHABLE, module, "functions", "relu")
    assert err == b""
    assert (code, out) == (130, b"") or (code == 0 and out.startswith(b"relu"))


def test_while_a_file_is_written(tmp_path):
    """At the last moment: the new file is whole, and shall take the place of the old one."""
    (tmp_path / "old.txt").write_text("kept")
    at_rename = "import pathlib\npathlib.Path.replace = lambda *_: press()\ndef happen(): pass"
    assert interrupted(at_rename, "", "solve", "hw3", "-o", str(tmp_path / "old.txt")) == (130, b"", b"")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("old.txt", "kept")]


@pytest.mark.parametrize("moment", mostly_slow(range(12), 1, 7))
def test_at_any_time(moment):
    """From the moment when Python has started and gradcalc's own code runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, "step", "hw3", "--steps", "10000"],
        cwd=ROOT,
        preexec_fn=heed,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"started\n"
    time.sleep(0.02 + moment * 0.05)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode in (130, 0)
