r"""The rows of a display, and the sides of their equations: cut at `\\`, at `=`, at `\Rightarrow`, at `, \quad`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile
from typing import Final

from gradcalc.check.writeup.model import Display, Refused, Row, Side
from gradcalc.check.writeup.tokens import Token, tokens

_EQUALS: Final = frozenset(
    (
        *("=", r"\approx", r"\equiv", r"\triangleq", r"\coloneqq", r"\doteq", r"\simeq", "≈", "≡", ":="),
        *(r"\leftarrow", r"\gets", "←"),
    )
)
_BEGINS: Final = frozenset(
    (
        *(r"\Rightarrow", r"\implies", r"\Longrightarrow", r"\therefore", r"\because", r"\iff", r"\Leftrightarrow"),
        *(r"\Longleftrightarrow", r"\leadsto", r"\rightsquigarrow", "⇒", "∴", "∵", "⟹", "⇔"),
    )
)
_ENDS: Final = frozenset((r"\in", "∈", r"\rightarrow", r"\to", "→", r"\longrightarrow", r"\forall", "∀"))
"""What begins a remark: of which set something is, where it leads."""
_SETS: Final = (r"\mathbb", r"\mathbf", r"\R", "ℝ")
"""With what the name of the set of arrays of some shape begins."""
_WIDE: Final = frozenset((r"\quad", r"\qquad", r"\hspace"))
_UNEQUAL: Final = frozenset(
    ("<", ">", r"\le", r"\ge", r"\leq", r"\geq", r"\neq", r"\ne", r"\propto", r"\sim", "≤", "≥")
)
_GOES_ON: Final = re.compile(r"[-+−]|\\(?:cdot|times|odot|circ|otimes|pm)(?![A-Za-z])")
_STOPS: Final = ",;.:"
_NUMBER: Final = re.compile(r"\s*\(([\d.]+[a-z]?)\)\s*")


def rows(display: Display) -> Iterator[Row | Refused]:
    """The rows of a display; what is no equation is refused."""
    number = ""
    found: list[Row | Refused] = []
    for part in _cut(list(tokens(display.tex))):
        number = next((token.number for token in part if token.number), "")
        number, part = (number, part) if number else _numbered_by_hand(part)
        for segment in _segments([token for token in part if token.text]):
            row = _row(display, segment)
            found += [] if row is None else [_numbered(row, number)]
    yield from found


def _numbered_by_hand(row: list[Token]) -> tuple[str, list[Token]]:
    """A number in brackets behind a wide space, and the row without it."""
    wide = max((i for i, token in enumerate(row) if token.depth == 0 and token.text in _WIDE), default=len(row))
    found = _NUMBER.fullmatch("".join(token.text for token in row[wide + 1 :]))
    return ("", row) if found is None else (found[1], row[:wide])


def _numbered(row: Row | Refused, number: str) -> Row | Refused:
    if isinstance(row, Refused) or not number:
        return row
    shape = None if row.shape is None else replace(row.shape, number=number)
    return replace(row, sides=tuple(replace(side, number=number) for side in row.sides), shape=shape)


def _cut(every: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens row by row."""
    row: list[Token] = []
    for token in every:
        if token.depth == 0 and token.text.startswith("\\\\"):
            yield row
            row = []
        elif not (token.depth == 0 and token.text == "&"):
            row.append(token)
    yield row


def _segments(row: Sequence[Token]) -> Iterator[list[Token]]:
    """The equations of a row: apart by ⇒, by a semicolon, or by a comma and a wide space."""
    part: list[Token] = []
    for i, token in enumerate(row):
        if token.depth == 0 and token.text in _BEGINS:
            yield part
            part = [token]
            continue
        wide = token.depth == 0 and token.text in _WIDE and _ends_with_stop(part)
        if (wide or (token.depth == 0 and token.text == ";" and not token.brackets)) and _has_sign(row[i + 1 :]):
            yield part
            part = []
            continue
        part.append(token)
    yield part


def _ends_with_stop(part: Sequence[Token]) -> bool:
    last = next((token.text for token in reversed(part) if not token.text.isspace()), "")
    return last in (",", ";", ".")


def _has_sign(part: Sequence[Token]) -> bool:
    return any(_is_sign(token) for token in part)


def _is_sign(token: Token) -> bool:
    return token.depth == 0 and token.brackets == 0 and token.text in _EQUALS


def _row(display: Display, segment: Sequence[Token]) -> Row | Refused | None:
    """A row as sides; None where there is nothing in it."""
    begins = bool(segment) and segment[0].text in _BEGINS
    segment = segment[1:] if begins else segment
    shaped = _shaped(display, segment)
    if shaped is not None:
        return shaped
    end = next((i for i, token in enumerate(segment) if token.depth == 0 and token.text in _ENDS), len(segment))
    segment = segment[:end]
    said = "".join(token.text for token in segment if token.text not in _WIDE).strip(" \t\n,;.")
    if not said or _NUMBER.fullmatch(said):
        return None
    segment = list(dropwhile(lambda token: token.text in _WIDE or token.text.isspace(), segment))
    parts: list[list[Token]] = [[]]
    for token in segment:
        if _is_sign(token):
            parts.append([])
        else:
            parts[-1].append(token)
    sides = tuple(_side(display, part) for part in parts)
    tex, start = _text(segment), display.start + segment[0].start
    if not all(side.tex for side in sides[1:]):
        return Refused(tex, start, "a side is missing behind =")
    unclosed = _unclosed(segment) if len(sides) == 1 else None
    if unclosed is not None:
        return Refused(tex, display.start + unclosed.start, f"'{unclosed.text}' isn't closed", is_here=True)
    if len(sides) == 1 and any(token.depth == 0 and token.text in _UNEQUAL for token in segment):
        return Refused(tex, start, "an inequality")
    return Row(sides, begins, is_more=len(sides) == 1 and not begins and _GOES_ON.match(tex) is not None)


def _unclosed(segment: Sequence[Token]) -> Token | None:
    """The first brace that isn't closed, which hides a sign = behind it."""
    open_braces: list[Token] = []
    for token in segment:
        if token.text == "{":
            open_braces.append(token)
        elif token.text == "}" and open_braces:
            open_braces.pop()
    return next(iter(open_braces), None)


def _shaped(display: Display, segment: Sequence[Token]) -> Row | None:
    r"""A row that says the shape of its sides, `W: n \times m` or `W \in \mathbb{R}^{n \times m}`."""
    signs = [i for i, token in enumerate(segment) if token.depth == token.brackets == 0 and not token.text.isspace()]
    at = next((i for i in signs if segment[i].text in (":", r"\in", "∈", r"\colon")), 0)
    said = [segment[i].text for i in signs if i > at]
    is_set = segment[at].text in (r"\in", "∈") and said[:1] and said[0].startswith(_SETS) if at else False
    is_product = at > 0 and segment[at].text not in (r"\in", "∈") and r"\times" in said
    if not (is_set or is_product) or _has_sign(segment):
        return None
    of: list[list[Token]] = [[]]
    for token in segment[:at]:
        if token.text == "," and token.depth == token.brackets == 0:
            of.append([])
        else:
            of[-1].append(token)
    sides = tuple(_side(display, part) for part in of)
    return Row(sides, shape=_side(display, segment[at + 1 :])) if all(side.tex for side in sides) else None


def _text(part: Sequence[Token]) -> str:
    return "".join(token.text for token in part).strip()


def _side(display: Display, part: Sequence[Token]) -> Side:
    """What stands between two signs, without the stop at its end."""
    first = next((token.start for token in part if not token.text.isspace()), part[0].start if part else 0)
    kept = [*dropwhile(_is_space, (token for token in part if not (token.depth == 0 and token.text in _WIDE)))]
    tex = _text(kept).rstrip(_STOPS + " \n\t")
    return Side(tex, display.start + first, is_plain=display.is_plain, pieces=tuple(_pieces(display, kept)))


def _pieces(display: Display, part: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where what stands side by side in the display begins: in the text of these tokens, and in the file."""
    length, end = 0, -1
    for token in part:
        if token.start != end:
            yield length, display.start + token.start
        length, end = length + len(token.text), token.start + len(token.text)


def _is_space(token: Token) -> bool:
    return token.text.isspace()
