"""Run `gradcalc` as it is typed, but within this process: one of its own takes half a second of the processor to start.

Where the process is the point (its start, signals, locale, streams closed or full), tests start one themselves.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from gradcalc.__main__ import main

OF_THE_SCREEN = ("COLUMNS", "LINES", "TERM", "FORCE_COLOR", "NO_COLOR", "PYTHONIOENCODING", "PYTHONUNBUFFERED")
"""Where the tests are run, these variables may be set; it shall change nothing."""


def run(
    *arguments: str, stdin: str | None = None, cwd: Path | None = None, merged: bool = False, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What `subprocess.run` would give: exit code, standard output, standard error (`merged`: all in the first).

    `environment` has variables to set; of PYTHONIOENCODING the streams take notice.
    """
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    given = io.TextIOWrapper(io.BytesIO((stdin or "").encode()), encoding="utf-8")
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    err = out if merged else io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace")
    streams = mock.patch.multiple(sys, argv=["gradcalc", *arguments], stdin=given, stdout=out, stderr=err)
    with _kept(), mock.patch.dict(os.environ), contextlib.chdir(cwd or Path.cwd()), streams:
        for name in OF_THE_SCREEN:
            os.environ.pop(name, None)
        os.environ.update(environment)
        code = main()
    return subprocess.CompletedProcess(arguments, code, _text(out), "" if merged else _text(err))


@contextlib.contextmanager
def _kept() -> Iterator[None]:
    """Puts back what `main` sets for the rest of a process."""
    threshold, interrupt = gc.get_threshold(), signal.getsignal(signal.SIGINT)
    hooks = mock.patch.multiple(sys, excepthook=sys.excepthook, unraisablehook=sys.unraisablehook)
    try:
        with hooks, warnings.catch_warnings():
            yield
    finally:
        gc.set_threshold(*threshold)
        signal.signal(signal.SIGINT, interrupt)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode(stream.encoding)
