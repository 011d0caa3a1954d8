"""Say in plain words what is wrong where a file isn't YAML.

PyYAML's two parsers (the one in C, the one in Python) and their releases word a fault differently, but agree on its
class (a sign that can't stand there, or well-written signs in a wrong order), on where it is, and on where the list,
mapping, text or key began in which it is. The advice is chosen by these and by what stands in the text at both places.
"""

from __future__ import annotations

import re
from typing import Final

from yaml import MarkedYAMLError
from yaml.parser import ParserError

from gradcalc.problem.nesting import QUOTED, opened

_INDEXED: Final = re.compile(r"""[{,]\s*([^\W\d][^\[\]{},:"'\n]{0,60}\[[^\[\]"'\n]{0,60}\])\s*:""")
"""A key such as `W1[1,2]` within `{ }`, where YAML takes its bracket for a list."""
_UNCLOSED: Final = {
    "[": "a list in [ ] is not closed, or a comma is missing",
    "{": "a mapping in { } is not closed, or a comma is missing",
}
_NO_VALUE: Final = {sign: f"a '{sign}' can't start a value: put the text into quotes" for sign in "*&!"}
_BLOCK_TEXT: Final = "after '|' or '>' the text starts on the next line"
_BEGUN: Final = _NO_VALUE | {
    "|": _BLOCK_TEXT,
    ">": _BLOCK_TEXT,
    "%": "a line can't start with '%': put the text into quotes",
}
"""What can't go on after this sign as it does."""
_ALONE: Final = {
    ":": "a ':' is out of place: check the indentation, or quote the text",
    "-": "a '-' is out of place: a list item starts a line of its own",
    "?": "a '?' is out of place: put the text into quotes",
}
"""What is wrong with a sign that belongs to nothing before it."""


def explain(error: Exception, text: str) -> tuple[int, str]:
    """The offset of a syntax error, and a message. Takes what PyYAML raises."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return 0, "not valid YAML: it can't be read"
    at = min(error.problem_mark.index, len(text))
    began = None if error.context_mark is None else min(error.context_mark.index, at)
    offset, advice = (_in_order if isinstance(error, ParserError) else _as_sign)(text, at, began)
    return offset, f"not valid YAML: {advice}"


def _in_order(text: str, at: int, began: int | None) -> tuple[int, str]:
    """Of well-written signs that can't follow each other: what doesn't fit into what began there."""
    if began is None:
        if text.startswith("%YAML", at):
            return at, "leave the %YAML line out"
        return at, "more follows where the problem has ended: check the brackets and the indentation"
    first = text[began : began + 1]
    if began == at:
        return at, _NO_VALUE["!"] if first == "!" else "a value is missing here"
    line_end = len(text[:at]) + len(text[at:].split("\n", 1)[0])
    key = _INDEXED.search(text, began, line_end) if first == "{" else None
    if key is not None and key.start(1) <= at <= key.end():
        return key.start(1), f'within {{ }} a name with brackets must stand in quotes: "{key[1]}": …'
    if first in _UNCLOSED and opened(text, began, at)[:1] == [began]:
        line, column = text.count("\n", 0, began) + 1, began - text.rfind("\n", 0, began)
        return at, f"{_UNCLOSED[first]} (it was opened in line {line}, column {column})"
    if re.match(r"-\s", text[began:at]):
        return at, "this doesn't fit the list around it: check the indentation"
    return at, "this doesn't fit the lines around it: check the indentation and the quotes"


def _as_sign(text: str, at: int, began: int | None) -> tuple[int, str]:
    """Of a sign that can't stand where it does: what it is, or what began before it and can't go on."""
    sign = text[at : at + 1]
    if sign == "\t":
        return at, "indent with spaces, not with a tab"
    if began is None or began == at:
        return at, _ALONE.get(sign, f"a value can't start with '{sign}': put it into quotes")
    first = text[began]
    if first in "'\"":
        return _in_quotes(text, at, began)
    if first in _BEGUN:
        return at, _BEGUN[first]
    if sign == ":" and "\n" not in text[began:at]:
        return at, "a ':' is out of place: put the text into quotes"
    return began, "a ':' is missing after the key"


def _in_quotes(text: str, at: int, began: int) -> tuple[int, str]:
    """Of a fault in or after a quoted text."""
    quoted = re.compile(QUOTED, re.DOTALL).match(text, began)
    assert quoted
    if quoted.end() <= at < len(text):
        return began, "a ':' is missing after the key"
    if text[began] == '"' and "\\" in text[at - 2 : at + 1] and at < len(text):
        return at, "this backslash sequence is unknown: use single quotes for text with backslashes"
    return began, "a quote is opened and never closed"
