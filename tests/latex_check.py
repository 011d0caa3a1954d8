"""A check of LaTeX mathematics that needs no TeX."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\s]")


def check_latex(text: str) -> None:
    """Fail where TeX would: braces or \\left … \\right that don't match, two superscripts on one atom."""
    tokens = _TOKEN.findall(text)
    position, opened, scripts = 0, [], set()
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token in "^_":
            assert token not in scripts, f"double script in {text}"
            assert position < len(tokens), text
            assert tokens[position] not in "}^_&", text
            scripts.add(token)
            position = _skip(tokens, position, text)
            continue
        if token in ("{", r"\left"):
            opened.append(token)
            position += token == r"\left"
        elif token in ("}", r"\right"):
            assert opened, text
            assert opened.pop() == {"}": "{", r"\right": r"\left"}[token], text
            position += token == r"\right"
        scripts = set()
    assert not opened, text


def _skip(tokens: list[str], position: int, text: str) -> int:
    """The position behind one argument: a token or a group; the inside of a group is checked as well."""
    if tokens[position] != "{":
        return position + 1
    depth, start = 0, position + 1
    while True:
        depth += {"{": 1, "}": -1}.get(tokens[position], 0)
        position += 1
        if depth == 0:
            check_latex(" ".join(tokens[start : position - 1]))
            return position
        assert position < len(tokens), text
