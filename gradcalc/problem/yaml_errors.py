"""Say in plain words what is wrong where a file isn't YAML."""

from __future__ import annotations

from typing import Final

# What PyYAML's two parsers say (the one in C, the one in Python) -> what to do about it.
_ADVICE: Final = (
    ("',' or ']'", "a list in [ ] is not closed, or a comma is missing"),
    ("',' or '}'", "a mapping in { } is not closed, or a comma is missing"),
    ("mapping values are not allowed", "a ':' is out of place: check the indentation, or quote the text"),
    ("unexpected ':'", "a ':' is out of place: put the text into quotes"),
    ("could not find expected ':'", "a ':' is missing after the key"),
    ("unexpected end of stream", "a quote is opened and never closed"),
    ("escape", "this backslash sequence is unknown: use single quotes for text with backslashes"),
    ("'-' indicator", "this doesn't fit the list around it: check the indentation"),
    ("block end", "this doesn't fit the lines around it: check the indentation and the quotes"),
    ("expected key", "this doesn't fit the lines around it: check the indentation and the quotes"),
    ("sequence entries", "a '-' is out of place: a list item starts a line of its own"),
    ("mapping keys are not allowed", "a '?' is out of place: put the text into quotes"),
    ("node content", "a value is missing here"),
    ("document start", "more follows where the problem has ended: check the brackets and the indentation"),
    ("scanning an alias", "a '*' can't start a value: put the text into quotes"),
    ("scanning an anchor", "a '&' can't start a value: put the text into quotes"),
    ("parsing a tag", "a '!' can't start a value: put the text into quotes"),
    ("scanning a tag", "a '!' can't start a value: put the text into quotes"),
    ("directive", "a line can't start with '%': put the text into quotes"),
    ("indentation", "check the indentation here"),
    ("scanning a block scalar", "after '|' or '>' the text starts on the next line"),
    ("incompatible YAML", "leave the %YAML line out"),
    ("nested", "too many levels of nesting: write this flatter"),
)


def explain(error: Exception, text: str) -> tuple[int, str]:
    """The offset of a syntax error, and a message. Takes what PyYAML raises."""
    at, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    offset = min(at.index, len(text)) if at is not None else 0
    advice = _advice(error, text[offset : offset + 1])
    if opened is not None and advice.startswith("a quote"):
        offset = opened.index
    elif opened is not None and " is not closed" in advice:
        advice += f" (it was opened in line {opened.line + 1}, column {opened.column + 1})"
    return offset, f"not valid YAML: {advice}"


def _advice(error: Exception, character: str) -> str:
    problem = str(getattr(error, "problem", None) or "it can't be read")
    if "cannot start any token" in problem or "found a tab" in problem:
        return _bad_start(character)
    said = f"{problem} {getattr(error, 'context', None)}"
    return next((advice for sign, advice in _ADVICE if sign in said), problem)


def _bad_start(character: str) -> str:
    if character == "\t":
        return "indent with spaces, not with a tab"
    return f"a value can't start with '{character}': put it into quotes"
