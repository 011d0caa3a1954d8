"""What may not stand in any file, and what must: a room lists its files, and `help` knows every public name."""

from __future__ import annotations

import ast
import inspect
import pydoc
import re
import subprocess
from pathlib import Path

import pytest

import gradcalc

ROOT = Path(__file__).parents[1]
HOME = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+|opt|tmp)/\w")
HOSTS = re.compile(r"\b(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|debian\.org)\b")
PACKAGE = Path(gradcalc.__file__).parent
ROOMS = [path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE]
MANY = 6
"""With more files than this a room says what each is for."""
LISTED = re.compile(r"^(\w+) {2,}\S", re.MULTILINE)
"""`solve         build all equations …`: a file, and what it is for."""


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


def files(room: Path) -> set[str]:
    inner = {path.parent.name for path in room.glob("*/__init__.py")}
    return inner | {path.stem for path in room.glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(PACKAGE)))
def test_a_room_says_what_each_of_its_files_is_for(room: Path) -> None:
    listed = LISTED.findall(ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or "")
    if listed or len(files(room)) > MANY:
        assert sorted(listed) == sorted(files(room))


@pytest.mark.parametrize("name", gradcalc.__all__)
def test_help_knows_every_public_name(name: str) -> None:
    doc = inspect.getdoc(getattr(gradcalc, name))
    assert doc
    assert doc.splitlines()[0] in pydoc.plain(pydoc.render_doc(gradcalc))
