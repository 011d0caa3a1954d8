"""Lay a statement out over several lines as formatters do: inside brackets, one item or one term a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 88
STEP = "    "
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"| (?:\*\*|==|[-+*/@]) |\w+|.')
_HEAD = re.compile(r"[\w, ]+ = |return |for [\w, ]+ in ")
_KEPT = re.compile(r",[)\]}]")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_PRECEDENCE = {" == ": 0, " + ": 1, " - ": 1, " * ": 2, " / ": 2, " @ ": 2, " ** ": 3}


@dataclass(frozen=True, slots=True)
class _Brackets:
    """A bracketed list of items; `comma` is one after the last, `call` says that these are arguments.

    `text` is all of it on one line; `forced` says that some brackets in it, or these, have a comma that asks for lines.
    """

    left: str
    items: tuple[_Pieces, ...]
    comma: bool
    call: bool
    text: str
    forced: bool

    @property
    def right(self) -> str:
        return _PAIRS[self.left]

    @property
    def is_list(self) -> bool:
        """A list, tuple or dict, of which no two items share a line once it's broken; not a term in brackets."""
        return not self.call and (len(self.items) > 1 or self.left != "(" or self.comma)


_Pieces: TypeAlias = "tuple[str | _Brackets, ...]"


def tidy(statement: str, indent: str = "") -> list[str]:
    """The lines of one statement (`name = …`, `return …`, `for … in …:` or a call), each indented.

    A comma before a closing bracket puts the items of these brackets on lines of their own.
    """
    if len(indent) + len(statement) <= WIDTH and not _KEPT.search(statement):
        return [indent + statement]
    match = _HEAD.match(statement)
    head = match.group() if match else ""
    colon = ":" if statement.endswith(":") else ""
    pieces = _read(statement[len(head) : len(statement) - len(colon)])
    return list(_whole(indent, head, pieces, colon))


def _read(text: str) -> _Pieces:
    """The text as pieces: brackets as trees, operators by themselves, and what is between them."""
    stack: list[tuple[str, list[list[str | _Brackets]]]] = [("", [[]])]
    for token in _TOKEN.findall(text):
        items = stack[-1][1]
        if token in _PAIRS:
            stack.append((token, [[]]))
        elif len(stack) > 1 and token == _PAIRS[stack[-1][0]]:
            left, _ = stack.pop()
            before = stack[-1][1][-1]
            call = bool(before) and before[-1] not in _PRECEDENCE and not str(before[-1]).endswith((" ", "-"))
            comma = len(items) > 1 and not items[-1]
            before.append(_brackets(left, tuple(tuple(item) for item in items if item), comma, call))
        elif token == "," and len(stack) > 1:
            items.append([])
        elif token != " " or items[-1]:
            _append(items[-1], token)
    return tuple(stack[0][1][0])


def _brackets(left: str, items: tuple[_Pieces, ...], comma: bool, call: bool) -> _Brackets:
    """Made from the inside out, so that the text of deep ones isn't put together again on every level."""
    is_tuple_of_one = left == "(" and len(items) == 1 and not call
    text = left + ", ".join(map(_flat, items)) + ("," if comma and is_tuple_of_one else "") + _PAIRS[left]
    forced = (comma and not is_tuple_of_one) or any(map(_forced, items))
    return _Brackets(left, items, comma, call, text, forced)


def _append(pieces: list[str | _Brackets], token: str) -> None:
    last = pieces[-1] if pieces else None
    if isinstance(last, str) and not {last, token} & set(_PRECEDENCE):
        pieces[-1] = last + token
    else:
        pieces.append(token)


def _flat(pieces: _Pieces) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def _forced(pieces: _Pieces) -> bool:
    return any(isinstance(p, _Brackets) and p.forced for p in pieces)


def _fits(indent: str, pieces: _Pieces, around: str) -> bool:
    return not _forced(pieces) and len(indent) + len(around) + len(_flat(pieces)) <= WIDTH


def _whole(indent: str, head: str, pieces: _Pieces, tail: str) -> Iterator[str]:
    """A statement: in brackets of its own where breaking the brackets that it begins or ends with isn't enough."""
    signs = _loosest(pieces)
    ends_open = isinstance(pieces[-1], _Brackets) and not _is_subscript(pieces)
    if len(signs) < 2 and (isinstance(pieces[0], _Brackets) or ends_open or not signs):
        lines = list(_in_brackets(indent, head, pieces, tail))
        if all(len(line) <= WIDTH for line in lines) or not signs:
            yield from lines
            return
    yield f"{indent}{head}("
    yield from _terms(indent + STEP, "", pieces, "")
    yield f"{indent}){tail}"


def _is_subscript(pieces: _Pieces) -> bool:
    """Whether these end with an index, which isn't broken as a call is."""
    before, last = pieces[-2:] if len(pieces) > 1 else ("", pieces[-1])
    return isinstance(last, _Brackets) and last.left == "[" and isinstance(before, str) and before not in _PRECEDENCE


def _loosest(pieces: _Pieces) -> list[str]:
    """The operators that bind least."""
    signs = [piece for piece in pieces if isinstance(piece, str) and piece in _PRECEDENCE]
    least = min((_PRECEDENCE[sign] for sign in signs), default=0)
    return [sign for sign in signs if _PRECEDENCE[sign] == least]


def _in_brackets(indent: str, head: str, pieces: _Pieces, tail: str) -> Iterator[str]:
    """Break the first brackets that don't fit with what follows up to the next."""
    line = indent + head
    for position, piece in enumerate(pieces):
        if isinstance(piece, str):
            line += piece
            continue
        rest = pieces[position + 1 :]
        following = next((i for i, p in enumerate(rest) if isinstance(p, _Brackets) and p.items), len(rest))
        up_to = _flat(rest[:following]) + (tail if following == len(rest) else "(")
        if not piece.items or _fits("", (piece,), line + up_to):
            line += piece.text
            continue
        yield line + piece.left
        yield from _items(indent + STEP, piece)
        line = indent + piece.right
    yield line + tail


def _items(indent: str, brackets: _Brackets) -> Iterator[str]:
    together = ", ".join(map(_flat, brackets.items))
    if not brackets.forced and len(indent) + len(together) <= WIDTH and not brackets.is_list:
        yield indent + together
        return
    # A term alone in brackets is no list, so it gets no comma.
    end = "," if brackets.is_list or len(brackets.items) > 1 else ""
    for item in brackets.items:
        yield from _terms(indent, "", item, end)


def _terms(indent: str, head: str, pieces: _Pieces, tail: str) -> Iterator[str]:
    """One line; else one term a line, each with the sign before it; else what is in brackets on lines of its own."""
    signs = _loosest(pieces)
    if _fits(indent, pieces, head + tail):
        yield f"{indent}{head}{_flat(pieces)}{tail}"
        return
    if not signs:
        yield from _in_brackets(indent, head, pieces, tail)
        return
    terms: list[tuple[str, list[str | _Brackets]]] = [(head, [])]
    for piece in pieces:
        if piece in signs:
            terms.append((str(piece).lstrip(), []))
        else:
            terms[-1][1].append(piece)
    for position, (sign, term) in enumerate(terms):
        yield from _terms(indent, sign, tuple(term), tail if position == len(terms) - 1 else "")
