"""One module makes names, and none takes one apart: what a name is of stands on its equation."""

import re
from pathlib import Path

import pytest

import gradcalc

PACKAGE = Path(gradcalc.__file__).parent
TAKEN_APART = re.compile(
    r"""\.?(removeprefix|removesuffix|startswith|endswith)\(\(?["'](d|∇|_new|[aobwy]_|[Wbah])["']"""
    r"""|(name|\bid|weights|quantity)\[1:\]"""
    r"""|["']d["'] \+|\+ ["']_new["']|f["'](d|[aobwy]_)\{|\}_new["']"""
)


@pytest.mark.parametrize(
    "planted",
    [
        'name.removesuffix("_new")',
        "equation.name[1:]",
        'name.startswith("d")',
        '"d" + name',
        'f"d{name}"',
        'f"{name}_new"',
        'f"o_{vertex}"',
        'name.removeprefix("o_")',
        'if name.startswith("W")',
    ],
)
def test_a_name_taken_apart_is_found(planted):
    assert TAKEN_APART.search(planted)


def test_names_are_made_in_one_place_and_taken_apart_nowhere():
    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / "program" / "naming.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if TAKEN_APART.search(line)
    ]
    assert found == []
