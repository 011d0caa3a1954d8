"""No code reads a sentence back: what it needs to know of a fault stands in the fault, beside its message."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gradcalc

PACKAGE = Path(gradcalc.__file__).parent
SENTENCES = {"message", "msg", "why", "reason", "unreadable", "method", "warnings"}
"""Attributes that hold text for people."""
READING = {"startswith", "endswith", "find", "index", "partition", "rpartition", "split", "replace", "removeprefix"}


def is_sentence(node: ast.expr) -> bool:
    """`error.message`, `str(error)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str" and node.args:
        return isinstance(node.args[0], ast.Name) and node.args[0].id in ("error", "fault", "told", "mismatch")
    return isinstance(node, ast.Attribute) and node.attr in SENTENCES


def reads_a_sentence(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        compared = [node.left, *node.comparators]
        texts = [each for each in compared if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        return bool(texts) and any(map(is_sentence, compared))
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in READING and is_sentence(called.value)


def readings(source: str) -> list[int]:
    return [node.lineno for node in ast.walk(ast.parse(source)) if reads_a_sentence(node)]


def test_no_code_reads_a_sentence() -> None:
    found = {
        str(path.relative_to(PACKAGE)): readings(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "fault.message.startswith(('repeated key', 'merge keys'))",
        "said = 1 if 'too large' in error.message else 2",
        "if error.msg == 'nested': pass",
        "method, _, extent = verification.method.partition(', ')",
        "ClaimError(str(error).replace('·', ''))",
    ],
)
def test_a_planted_reading_is_found(planted: str) -> None:
    assert readings(planted) == [1]
