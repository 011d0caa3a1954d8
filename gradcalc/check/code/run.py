"""Run a student's program in a process of its own, with limits on time, memory, output and processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from gradcalc.check.code import child

SECONDS: Final = 10
"""How long all instances together may take, of the processor's time."""
PATIENCE: Final = 3
"""So many times that is waited for, since other programs may run too."""
GRACE: Final = 5
"""So many seconds later the process ends itself, should nobody wait for it any more."""
_TOO_SLOW: Final = [getattr(signal, name, None) for name in ("SIGXCPU", "SIGALRM")]
_UNUSABLE: Final = ("Unusable", "SyntaxError", "IndentationError", "TabError")
MEMORY: Final = 4 << 30
"""Of addresses, in bytes: a program that imports a framework takes two thousand million of them for nothing."""
OUTPUT: Final = 16 << 20
"""How many bytes any file may have that is written, what is printed among them."""
TAIL: Final = 2_000
"""How much of what was printed is kept, in characters."""
LIMITS: Final[Mapping[str, int]] = {
    "RLIMIT_AS": MEMORY,
    "RLIMIT_FSIZE": OUTPUT,
    "RLIMIT_CORE": 0,
    "RLIMIT_NOFILE": 64,
}
THREADS: Final = 256
"""How many threads a program may start; of processes none, which limits can't tell from threads.

What the user's other programs start meanwhile counts too: a browser starts a hundred.
"""
ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


How: TypeAlias = Literal["", "unusable", "too slow", "crashed"]
"""What a failure is: no program by the convention, one that didn't end, or one that ended before its time."""


@dataclass(frozen=True)
class Outcome:
    """What a program did: the function that was called, what it returned on each instance, and why there is no more."""

    function: str = ""
    returned: tuple[Mapping[str, Any], ...] = ()
    failure: str = ""
    line: int = 0
    """The line of the program at which it failed; 0 where that isn't known."""
    printed: str = ""
    """The end of what it printed."""
    how: How = ""
    whole: bool = False
    """Whether it has answered on every instance; if it failed, then in what comes after the gradients."""


def run(program: Path, instances: Sequence[Mapping[str, Any]], seconds: float = SECONDS) -> Outcome:
    """Run the program on these instances; whatever it does ends in an Outcome."""
    with tempfile.TemporaryDirectory(prefix="gradcalc-") as name:
        folder = Path(name)
        away = f"{program.resolve().parent}{os.sep}", ""  # where it was unpacked says nothing to who wrote it
        job = {
            "program": str(program.resolve()),
            "limits": {**LIMITS, "RLIMIT_CPU": ceil(seconds)},
            "threads": THREADS,
            "alarm": ceil(PATIENCE * seconds) + GRACE,
            "instances": list(instances),
        }
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        code = _wait(folder, seconds)
        lines = list(_lines(folder / "result.jsonl"))
        printed = _tail(folder / "printed.txt").replace(*away)
    function = next((line["function"] for line in lines if "function" in line), "")
    returned = tuple(line["answers"] for line in lines if "answers" in line)
    error = next((line for line in lines if "error" in line), None)
    if error is not None:
        how: How = "unusable" if error["error"] in _UNUSABLE else "crashed"
        said, whole = _said(error).replace(*away), len(returned) == len(instances)
        return Outcome(function, returned, said, int(error["line"]), printed, how, whole)
    if lines and "end" in lines[-1]:
        return Outcome(function, returned, printed=printed, whole=True)
    slow = code is None or -code in _TOO_SLOW
    said = f"it was not done after {seconds:g} seconds" if slow else _ended(code or 0)
    return Outcome(function, returned, said, printed=printed, how="too slow" if slow else "crashed")


def _wait(folder: Path, seconds: float) -> int | None:
    """Start the process, and wait for its end: its exit code, None where it had to be ended."""
    command = [sys.executable, "-P", "-B", child.__file__, str(folder / "job.json"), str(folder / "result.jsonl")]
    surroundings = os.environ | dict.fromkeys(ONE_THREAD, "1")
    with (folder / "printed.txt").open("wb") as printed:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )
        try:
            return process.wait(PATIENCE * seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, and what it may have started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines that were written, as far as they are whole."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                found = json.loads(line)
            except ValueError:
                return
            if isinstance(found, dict):
                yield found


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 4 * TAIL, 0))
        return file.read().decode("utf-8", errors="replace")[-TAIL:]


def _said(error: Mapping[str, Any]) -> str:
    kind, message = str(error["error"]), str(error["message"])
    match kind:
        case "Unusable":
            return message
        case "Refused":
            return f"it tried to start or end a process ({message}), which a program that is marked may not"
        case "SystemExit":
            return "it ended itself (sys.exit) before it had answered"
        case "MemoryError":
            return f"it asked for more memory than the {MEMORY >> 30} GB that it may use"
        case "OSError" if "too large" in message:
            return f"it wrote more than {OUTPUT >> 20} MB"
    return f"{kind}: {message}" if message else kind


def _ended(code: int) -> str:
    if code < 0:
        return f"it was ended by the system ({signal.Signals(-code).name}) before it had answered"
    return f"it ended itself (exit code {code}) before it had answered"
