r"""A formula as a row of tokens: what TeX is told, how wide each is, and where a line may be broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gradcalc.report.tex.metrics import BINARY, COMMA, RELATION, THIN, width

TokenKind = Literal["atom", "number", "operator", "comma", "open", "close", "seam"]
SUM, PRODUCT, TOUCHING = 0, 1, 2
"""How tight an operator binds; TOUCHING is a product without a sign."""


@dataclass(frozen=True, slots=True)
class Token:
    """An indivisible piece of a formula; `rows` says how many lines of numbers tall it is.

    `divided` gives what takes its place where it is wider than a line. A seam is where such parts touch.
    """

    tex: str
    width: float
    kind: TokenKind = "atom"
    rows: int = 1
    level: int = SUM
    script: str = ""
    divided: Callable[[float], tuple[Token, ...]] | None = None


Tokens = tuple[Token, ...]

_SCRIPTS = r"(?:[\^_](?:\{[^{}]*\}|\\[A-Za-z]+|\w))*"
_LEX = re.compile(
    rf"\\left\s*(?P<open>\\[A-Za-z]+|.)|\\right\s*(?P<close>\\[A-Za-z]+|.)(?P<script>{_SCRIPTS})"
    r"|(?P<comma>,)\s*|\s(?P<operator>[-+/]|\\odot|\\cdot|\\otimes)\s"
)
_COMMAND_AT_END = re.compile(r"\\[A-Za-z]+$")
_TALL = {"(": 0.875, ")": 0.875, "[": 0.667, "]": 0.667, "|": 0.556, r"\langle": 0.806, r"\rangle": 0.806}
_TALLEST = 0.9
_LEVELS = {"+": SUM, "-": SUM}
SEAM = Token(r"\quad", 1.0, "seam", level=PRODUCT)
EQUALS = Token("=", 0.778 + RELATION, "operator")


def atom(tex: str, rows: int = 1) -> Token:
    """A piece of TeX that stays together."""
    return Token(tex, width(tex), rows=rows)


def operator(sign: str) -> Token:
    """A sign between two operands; none for a product of matrices."""
    if not sign:
        return Token(r"\,", THIN, "operator", level=TOUCHING)
    return Token(sign, _bare(sign) + BINARY, "operator", level=_LEVELS.get(sign, PRODUCT))


def _bare(sign: str) -> float:
    return 0.278 if sign == r"\cdot" else 0.5 if sign == "/" else 0.778


def opening(delimiter: str = "(") -> Token:
    """A bracket that opens; how tall it gets depends on what it holds."""
    return Token(delimiter, width(delimiter), "open")


def closing(delimiter: str = ")", script: str = "") -> Token:
    """A bracket that closes, and what stands at its corner."""
    return Token(delimiter, width(delimiter) + width("{}" + script), "close", script=script)


def comma() -> Token:
    """Between arguments."""
    return Token(",", COMMA, "comma")


def lex(text: str) -> Tokens:
    """The text between the arguments of a template, such as `\\sigma\\left(` or ` - `."""
    return tuple(_lexed(text))


def _lexed(text: str) -> Iterator[Token]:
    position = 0
    for match in _LEX.finditer(text):
        yield from _plain(text[position : match.start()])
        position = match.end()
        if match["open"]:
            yield opening(match["open"])
        elif match["close"]:
            yield closing(match["close"], match["script"])
        else:
            yield comma() if match["comma"] else operator(match["operator"])
    yield from _plain(text[position:])


def _plain(text: str) -> Iterator[Token]:
    if text.strip():
        yield atom(text.strip())


def braced(tokens: Sequence[Token]) -> Tokens:
    r"""The same where no token holds half a pair of braces: `\sqrt{`, `a` and `}` become one."""
    done: list[Token] = []
    held: list[Token] = []
    depth = 0
    for token in tokens:
        depth += _open_braces(token)
        held.append(token)
        if depth <= 0:
            done.append(held[0] if len(held) == 1 else merged(held))
            held = []
    return (*done, *held)


def _open_braces(token: Token) -> int:
    text = token.tex + token.script
    return text.count("{") - text.count("}") - text.count(r"\{") + text.count(r"\}")


def merged(tokens: Sequence[Token]) -> Token:
    """One token that can't be broken."""
    return Token(written(tokens), total(settled(tokens)), rows=max((token.rows for token in tokens), default=1))


def total(tokens: Sequence[Token]) -> float:
    """How wide a row of settled tokens is."""
    return sum(_grown(token) for token in tokens)


def _grown(token: Token) -> float:
    if token.kind in ("open", "close") and token.rows > 1:
        return token.width - width(token.tex) + _TALL.get(token.tex, _TALLEST) + THIN
    return token.width


def scripted(tokens: Sequence[Token], script: str, wide: float) -> Tokens:
    """A script at the upper right corner of the last token."""
    *before, last = tokens
    if last.kind == "close":
        return (*before, replace(last, script=last.script + script, width=last.width + wide))
    return (*before, replace(last, tex=last.tex + script, width=last.width + wide, divided=None))


def settled(tokens: Sequence[Token]) -> Tokens:
    """The same with every bracket as tall as what it holds, so that it stays so when the row is broken."""
    done = list(tokens)
    for start, end in _partners(tokens):
        if start is not None and end is not None:
            rows = max((token.rows for token in tokens[start:end]), default=1)
            done[start], done[end] = replace(done[start], rows=rows), replace(done[end], rows=rows)
    return tuple(done)


def written(tokens: Sequence[Token]) -> str:
    r"""TeX for a row of tokens; brackets grow (`\left(`) around what is tall.

    The row may be a part of a settled formula: a bracket may have its partner in another row.
    """
    pieces = [(token.kind, _sign(i, tokens) + token.script) for i, token in enumerate(tokens)]
    left: list[str] = []
    right: list[str] = []
    for start, end in _partners(tokens):
        inside = tokens[0 if start is None else start + 1 : len(tokens) if end is None else end]
        tall = max((token.rows for token in inside), default=1)
        rows = max(tall, *(tokens[i].rows for i in (start, end) if i is not None))
        if rows > 1:
            _grow(pieces, start, end)
            phantom = [_phantom(rows)] * (tall < rows)
            left = [r"\left.", *left, *phantom] if start is None else left
            right = [*phantom, *right, r"\right."] if end is None else right
    return " ".join([*left, _spaced(pieces), *right])


def _sign(place: int, tokens: Sequence[Token]) -> str:
    """What a token says; a matrix stands apart from its neighbours without a space of its own."""
    token = tokens[place]
    touching = token.kind == "operator" and token.tex == r"\,"
    return "" if touching and any(t.rows > 1 for t in tokens[max(place - 1, 0) : place + 2]) else token.tex


def _grow(pieces: list[tuple[TokenKind, str]], start: int | None, end: int | None) -> None:
    if start is not None:
        pieces[start] = ("open", r"\left" + pieces[start][1])
    if end is not None:
        pieces[end] = ("close", r"\right" + pieces[end][1])


def _phantom(rows: int) -> str:
    """Nothing, as tall as so many rows: a bracket that is closed on another line has the same size there."""
    return r"\vphantom{\begin{matrix} " + r" \\ ".join("0" * rows) + r" \end{matrix}}"


def _spaced(pieces: Sequence[tuple[TokenKind, str]]) -> str:
    """Side by side, a space between where it helps the eye or where TeX needs it."""
    shown = ""
    before: tuple[str, str] = ("open", "")
    for kind, tex in filter(lambda piece: piece[1], pieces):
        close = before[0] == "open" or before == ("atom", "-") or kind in ("close", "comma")
        close |= kind == "open" and before[0] == "atom"
        needed = _COMMAND_AT_END.search(shown) and tex[:1].isalpha()
        shown += " " + tex if not close or needed else tex
        before = (kind, tex)
    return shown


def _partners(tokens: Sequence[Token]) -> list[tuple[int | None, int | None]]:
    """The places of brackets that belong together; None for a partner that isn't here."""
    found: list[tuple[int | None, int | None]] = []
    opened: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(i)
        elif token.kind == "close":
            found.append((opened.pop() if opened else None, i))
    return [*found, *((i, None) for i in opened)]
