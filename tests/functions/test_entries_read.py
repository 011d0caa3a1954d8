"""An entry of the table reads as a page of a textbook, and every field is explained where it is declared."""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest

import gradcalc.functions
from gradcalc.formula import table
from gradcalc.formula.table import Function, Mistake, functions

FOLDER = Path(gradcalc.functions.__file__).parent
ORDER = [field.name for field in fields(Function)]
PLAIN = ("name", "unicode")
"""What needs no words, or has those of the field after it."""


def entries() -> list[tuple[str, list[str]]]:
    """The fields of every entry, as they stand in its file."""
    calls = (node for path in FOLDER.glob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    found = (node for node in calls if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Function")
    return [(ast.unparse(node.keywords[0].value), [str(each.arg) for each in node.keywords]) for node in found]


def test_all_entries_are_seen() -> None:
    assert {ast.literal_eval(name) for name, _ in entries()} == {entry.name for entry in functions()}


@pytest.mark.parametrize(("name", "given"), entries(), ids=lambda each: each if isinstance(each, str) else "")
def test_an_entry_is_in_the_order_of_the_fields(name: str, given: list[str]) -> None:
    assert given == sorted(given, key=ORDER.index)


def test_the_order_is_that_of_a_textbook() -> None:
    shown = [name for name in ORDER if name in ("definition", "gradient", "source", "value", "mistakes")]
    assert shown == ["definition", "gradient", "source", "value", "mistakes"]


@pytest.mark.parametrize("declared", [Function, Mistake], ids=lambda each: each.__name__)
def test_every_field_is_explained_where_it_is_declared(declared: type) -> None:
    tree = ast.parse(inspect.getsource(table))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == declared.__name__).body
    told = {
        line.target.id
        for line, after in pairwise(body)
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and is_text(after)
    }
    assert {field.name for field in fields(declared)} - told <= set(PLAIN)


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
