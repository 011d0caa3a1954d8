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
    """The fields of every entry, as they stand in its file; those of one function that makes several are of each."""
    found = []
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in calls_of("Function", tree):
            given = [str(each.arg) for each in call.keywords]
            found.extend((name, given) for name in names_of(call.keywords[0].value, call, tree))
    return found


def calls_of(function: str, tree: ast.AST) -> list[ast.Call]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == function]


def names_of(name: ast.expr, call: ast.Call, tree: ast.Module) -> list[str]:
    """The name that stands there, or those that the function around it is called with."""
    if isinstance(name, ast.Constant):
        return [name.value]
    makers = [node for node in tree.body if isinstance(node, ast.FunctionDef) and call in ast.walk(node)]
    return [ast.literal_eval(each.args[0]) for maker in makers for each in calls_of(maker.name, tree)]


def test_all_entries_are_seen() -> None:
    assert {name for name, _ in entries()} == {entry.name for entry in functions()}


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
