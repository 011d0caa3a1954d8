"""Python's syntax tree of a formula, or what is wrong where it has none: a bracket, a reserved word, an operator."""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from functools import lru_cache

from gradcalc.errors import FormulaError
from gradcalc.formula.spelling import Spelling

MAX_DEPTH = 100
_PYTHONS_DEPTH = 200
"""Python reads no more brackets than these in each other."""
_WORD = re.compile(r"\w+")
_UNREADABLE = re.compile(r"[\0\ud800-\udfff]")


def refuse_unreadable(text: str) -> None:
    """Zero bytes, and the half characters of broken UTF-16, are neither read nor printed. Raises FormulaError."""
    match = _UNREADABLE.search(text)
    if match:
        raise FormulaError(_UNREADABLE.sub("?", text), _strange(match.group()), match.start())


def _strange(char: str) -> str:
    return f"the character U+{ord(char):04X} can't stand in a formula"


def syntax_tree(spelling: Spelling) -> ast.Expression:
    """The tree that Python has of it. Raises FormulaError."""
    text = spelling.text.strip()
    indent = len(spelling.text) - len(spelling.text.lstrip())
    if "#" in text:
        raise FormulaError(spelling.typed, "'#' can't stand in a formula", spelling.typed.index("#"))
    try:
        return _parsed(text)
    except SyntaxError as error:
        raise _syntax_error(spelling, error, indent) from None
    except (RecursionError, MemoryError):
        raise FormulaError(spelling.typed, f"nested more than {MAX_DEPTH} levels deep") from None
    except ValueError:
        raise FormulaError(spelling.typed, "this can't be read as a formula") from None


@lru_cache(maxsize=256)
def _parsed(text: str) -> ast.Expression:
    """Of a formula with letters for indices, which is read once for each of their numbers, the same tree."""
    with warnings.catch_warnings():
        # Python warns of what it reads on the way to an error, such as `1if`.
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval")


def _syntax_error(spelling: Spelling, error: SyntaxError, indent: int) -> FormulaError:
    start = error.offset - 1 + indent if error.offset else len(spelling.text)
    end = start + 1
    rest = spelling.text[start:].lstrip()
    word = next((m for m in _WORD.finditer(spelling.text) if keyword.iskeyword(m.group())), None)
    bracket, depth = _unpaired(spelling.text)
    if depth > _PYTHONS_DEPTH:
        message = f"nested more than {MAX_DEPTH} levels deep"
    elif bracket == start:
        char = spelling.text[bracket]
        message = f"'{char}' was never closed" if char in "([{" else f"unmatched '{char}'"
    elif word:
        message, (start, end) = reserved(word.group()), word.span()
    elif not rest:
        start, message = len(spelling.text.rstrip()), "the formula breaks off here"
    else:
        message = _guess(rest)
    return FormulaError(spelling.typed, message, *spelling.span(start, end))


def _unpaired(text: str) -> tuple[int, int]:
    """Where the first bracket that closes nothing stands, or the last one left open, or -1; how deep they go."""
    opened: list[int] = []
    depth = 0
    for position, char in enumerate(text):
        if char in "([{":
            opened.append(position)
        elif char in ")]}":
            if not opened:
                return position, depth
            opened.pop()
        depth = max(depth, len(opened))
    return opened[-1] if opened else -1, depth


def reserved(word: str) -> str:
    """What is said of a word of Python in the place of a name."""
    return f"'{word}' is a word of Python and can't be a name"


def _guess(rest: str) -> str:
    if not rest[0].isprintable():
        return _strange(rest[0])
    if rest.startswith("="):
        return "a formula holds no '='"
    if rest[0].isalnum() or rest[0] in "(_":
        return "an operator is missing near here ('*' is elementwise, '@' the matrix product)"
    return "this can't be read as a formula"
