"""What may not stand in any file: places on somebody's computer, and where packages are fetched from."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOME = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+|opt|tmp)/\w")
HOSTS = re.compile(r"\b(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|debian\.org)\b")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a clone")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_speaks_of_one_computer() -> None:
    found = []
    for file in tracked():
        if file != Path(__file__):
            text = file.read_bytes().decode("utf-8", errors="replace")
            found += [f"{file.relative_to(ROOT)}: {m[0]}" for pattern in (HOME, HOSTS) for m in pattern.finditer(text)]
    assert found == []


def test_the_patterns_find_what_they_should() -> None:
    assert HOME.search("see /home/ada/notes")
    assert HOME.search('Path("/tmp/x")')
    assert not HOME.search("homework/notes and ../tmp/x")
    assert HOSTS.search("from https://pypi.org/simple")
