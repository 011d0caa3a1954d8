"""What is uploaded to Gradescope once for an assignment: the program, the problem, and how they are run there."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gradcalc.errors import UsageError

PROBLEM = "problem/problem.yaml"
_PROGRAMS = ("setup.sh", "run_autograder")
RUN_CODE = "--run-code"
_WANTED = {False: "one file, in YAML or JSON", True: "student.py"}
_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can have: the same zip is made every time."""
_SETUP = """\
#!/usr/bin/env bash
# Runs once, when Gradescope makes the container: Python 3.11 or later, and what gradcalc needs.
set -euo pipefail
cd "$(dirname "$0")"
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    apt-get update
    apt-get install -y python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv venv || { apt-get update && apt-get install -y python3-venv && "$python" -m venv venv; }
venv/bin/pip install --requirement requirements.txt
"""
_RUN = """\
#!/usr/bin/env bash
# Runs for each submission: marks what is in submission/, and writes results/results.json.
cd "$(dirname "$0")"
root=$PWD
python=$root/source/venv/bin/python
[ -x "$python" ] || python=python3
mkdir -p results
PYTHONPATH=$root/source/lib "$python" -m gradcalc grade source/{problem} submission \\
    --gradescope results/results.json {options} || true
[ -s results/results.json ] || echo \\
    '{{"score": 0, "output": "No answer sheet was found: hand in {wanted}.", "tests": []}}' \\
    > results/results.json
"""


@dataclass(frozen=True)
class Marked:
    """What is marked, and how: the problem's text, the files that it names, and options for `grade`."""

    problem: str
    files: Mapping[str, bytes]
    options: Sequence[str] = ()


def upload(marked: Marked) -> bytes:
    """The zip."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, data in _members(marked):
            about = ZipInfo(name, _TIME)
            about.compress_type = ZIP_DEFLATED
            about.external_attr = (0o755 if name in _PROGRAMS else 0o644) << 16
            archive.writestr(about, data)
    return content.getvalue()


def _members(marked: Marked) -> Iterator[tuple[str, bytes]]:
    options = " ".join(map(shlex.quote, marked.options))
    yield "setup.sh", _SETUP.encode()
    wanted = _WANTED[RUN_CODE in marked.options]
    yield "run_autograder", _RUN.format(problem=PROBLEM, options=options, wanted=wanted).encode()
    yield "requirements.txt", "".join(f"{each}\n" for each in needed()).encode()
    yield PROBLEM, marked.problem.encode()
    yield from ((f"problem/{name}", data) for name, data in marked.files.items())
    yield from _package(files("gradcalc"), "lib/gradcalc")


def needed() -> list[str]:
    """What gradcalc needs to run, as pip takes it; without what only its extras need.

    Raises UsageError where it isn't installed, so that nobody knows.
    """
    try:
        found = requires("gradcalc") or ()
    except PackageNotFoundError:
        raise UsageError("gradcalc is not installed here, so that what it needs isn't known: install it") from None
    return [each for each in found if "extra ==" not in each]


def _package(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    """The files of a package, in order, without what Python has made of them."""
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir() and each.name != "__pycache__":
            yield from _package(each, f"{path}/{each.name}")
        elif each.is_file() and not each.name.endswith((".pyc", ".pyo")):
            yield f"{path}/{each.name}", each.read_bytes()
