"""The tour is short, names files that are there, passes by every room, and comes to gradcalc's own numbers.

That its code runs and prints what it shows is in test_readme.py, as for every page.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from test_readme import ROOT, blocks

from gradcalc import loads, solve
from gradcalc.formula.table import Function as Entry
from gradcalc.formula.table import functions

TOUR = ROOT / "docs" / "tour.md"
PACKAGE = ROOT / "gradcalc"
TEXT = TOUR.read_text(encoding="utf-8")
BLOCKS = [block for _, block in blocks(TOUR, "python") if ">>> " not in block]
"""The program that the tour builds, part by part."""


def lines_of_code() -> int:
    """All but blank lines and docstrings."""
    lines = (line.strip() for block in BLOCKS for line in block.splitlines())
    return sum(1 for line in lines if line and not line.startswith('"""'))


def built() -> dict:
    """The tour's own functions by name."""
    names: dict = {}
    for block in BLOCKS:
        exec(compile(block, str(TOUR), "exec"), names)
    return names


def test_it_is_about_150_lines() -> None:
    assert 140 < lines_of_code() < 160
    assert len(built()["TABLE"]) == 6


def test_each_file_it_names_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", TEXT))
    assert len(named) > 50
    assert {name for name in named if not (PACKAGE / name).is_file()} == set()
    linked = re.findall(r"\[`([\w/]+)(?:\.py|/)`\]\(\.\./gradcalc/([\w/]+)\.py\)", TEXT)
    assert len(linked) >= len(named)
    assert [(shown, to) for shown, to in linked if not to.startswith(shown)] == []


def rooms() -> list[str]:
    """Every folder of the package, and every module that stands alone at its top or in `check`."""
    folders = [path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE]
    modules = [path for path in (*PACKAGE.glob("*.py"), *(PACKAGE / "check").glob("*.py")) if path.stem != "__init__"]
    return [f"{path.relative_to(PACKAGE).as_posix()}/" for path in folders] + [
        path.relative_to(PACKAGE).as_posix() for path in modules
    ]


@pytest.mark.parametrize("room", rooms())
def test_it_passes_by_every_room(room: str) -> None:
    assert f"`{room}" in TEXT


def test_its_rules_are_those_of_the_table() -> None:
    table: dict[str, Entry] = {entry.name: entry for entry in functions()}
    for name, own in built()["TABLE"].items():
        assert own.args == table[name].args
        assert own.gradient.items() <= table[name].gradient.items()
        for argument, rule, message in own.mistakes:
            assert (argument, rule, message) in [(m.arg, m.rule, m.message) for m in table[name].mistakes]


EQUATIONS = """
inputs: {x: -1.5, z: 0.8}
parameters: {w: 0.5, v: -0.3, b: 0.2}
equations:
  a: w * x + b
  h: sigmoid(a) * v + w / (b + 2)
  loss: (sigmoid(h - z) - 1) ** 2 / 2 + w ** 2
of: loss
"""


def test_it_comes_to_gradcalc_s_own_gradients() -> None:
    tour, problem = built(), loads(EQUATIONS)
    forward = {name: tour["parse"](text) for name, text in re.findall(r"^  (\w+): (.+)$", EQUATIONS, re.MULTILINE)}
    given = {name: float(value) for name, value in problem.given.items()}
    values = tour["compiled"](forward | tour["derive"](forward, "loss"), given)(**given)
    found = solve(problem).gradients
    assert set(found) >= {"w", "v", "b", "x", "z", "a", "h"}
    for name in found:
        np.testing.assert_allclose(values[f"d{name}"], found[name], rtol=1e-12, err_msg=name)
    assert tour["verified"](forward, given, values) < 1e-8


def test_it_comes_to_published_gradients() -> None:
    """The neuron of Karpathy's CS231n notes (Backpropagation, Intuitions), with the red numbers of its figure."""
    tour = built()
    forward = {"z": tour["parse"]("w0 * x0 + w1 * x1 + w2"), "loss": tour["parse"]("sigmoid(z)")}
    given = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
    values = tour["compiled"](forward | tour["derive"](forward, "loss"), given)(**given)
    published = {"loss": 0.73, "dz": 0.20, "dw0": -0.20, "dx0": 0.39, "dw1": -0.39, "dx1": -0.59, "dw2": 0.20}
    assert {name: round(float(values[name]), 2) for name in published} == published


@pytest.mark.parametrize("rule", ["g * out", "g * (1 - out)", "g * out * out"])
def test_a_wrong_rule_is_seen(rule: str) -> None:
    """By its own check against differences."""
    tour = built()
    forward = {"a": tour["parse"]("w * x"), "loss": tour["parse"]("sigmoid(a)")}
    given = {"w": 0.5, "x": 2.0}
    wrong = tour["replace"](tour["TABLE"]["sigmoid"], gradient={"a": rule})
    derived = tour["derive"](forward, "loss", tour["TABLE"] | {"sigmoid": wrong})
    values = tour["compiled"](forward | derived, given)(**given)
    assert tour["verified"](forward, given, values) > 1e-3
