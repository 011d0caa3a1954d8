r"""The rows of a display, and the sides of their equations: cut at `\\`, at `=`, at `\Rightarrow`, at `, \quad`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile, pairwise
from typing import Final

from gradcalc.check.writeup.conditions import (
    LONGEST,
    RANGE,
    UNEQUAL,
    about_indices,
    begins_with_word,
    behind,
    said_at,
    said_first,
    says_what_is,
    without_range,
    words_of,
)
from gradcalc.check.writeup.model import Display, Refused, Row, Side
from gradcalc.check.writeup.sides import NEARLY, ONE_NAME, WIDE, WIDE_SPACE, is_sign, side_of, text_of
from gradcalc.check.writeup.tokens import NAMES, Token, tokens

_BEGINS: Final = frozenset(
    (
        *(r"\Rightarrow", r"\implies", r"\Longrightarrow", r"\therefore", r"\because", r"\iff", r"\Leftrightarrow"),
        *(r"\Longleftrightarrow", r"\leadsto", r"\rightsquigarrow", "⇒", "∴", "∵", "⟹", "⇔"),
    )
)
_IMPLIES: Final = frozenset((r"\Rightarrow", r"\implies", r"\Longrightarrow", "⇒", "⟹"))
_ENDS: Final = frozenset((r"\in", "∈", r"\rightarrow", r"\to", "→", r"\longrightarrow", r"\forall", "∀"))
"""What begins a remark: of which set something is, where it leads."""
_SETS: Final = (r"\mathbb", r"\mathbf", r"\R", "ℝ")
"""With what the name of the set of arrays of some shape begins."""
_JOINS: Final = frozenset(("and", "so", "so that", "thus", "hence", "then", "therefore", "where", "with", "i.e", "or"))
"""Words between two equations."""
_REASONS: Final = frozenset(("as", "because", "since", "using", "recall"))
"""Words before a reason, in which there may be equations."""
_LETTERS_EQUAL: Final = re.compile(r"\s*(?:\\[,;: ]|~|\\q?quad)*\s*[a-z]\s*(?:=|\\equiv)\s*[a-z0-9]\s*(?:[,.]|\Z)")
_GOES_ON: Final = re.compile(r"[-+−]|\\(?:cdot|times|odot|circ|otimes|pm)(?![A-Za-z])")
_JOINED: Final = frozenset(("+", "-", "−", r"\cdot", r"\times", r"\odot", r"\circ", r"\otimes"))
"""Between these and what they join a row may end."""
_DERIVATIVE: Final = re.compile(r"\s*(?:\\[dt]?frac\s*\{\s*\\partial|\\nabla|∇)")
"""What begins the left side of a second equation behind a wide space."""
_NUMBER: Final = re.compile(r"\s*\(([\d.]+[a-z]?)\)\s*")


def rows(display: Display) -> Iterator[Row | Refused]:
    """The rows of a display; what is no equation is refused."""
    number = ""
    found: list[Row | Refused] = []
    for part in _cut(list(tokens(display.tex))):
        number = next((token.number for token in part if token.number), "")
        number, part = (number, part) if number else _numbered_by_hand(part)
        condition: Side | None = None
        segments = [*_segments([token for token in part if token.text])]
        for segment, after in zip(segments, [*segments[1:], []], strict=True):
            leads_on = bool(after) and after[0].text in _IMPLIES
            if leads_on and condition is None and (condition := said_first(display, segment)) is not None:
                continue
            row = _row(display, segment)
            row = row if condition is None or isinstance(row, Refused | None) else replace(row, condition=condition)
            condition = None
            found += [_numbered(each, number) for each in _with_names(row)]
    yield from found


def _with_names(row: Row | Refused | None) -> Iterator[Row | Refused]:
    r"""A row without the names that it gives at its end, `= y_j - t_j := e_j`, and each with what it is for."""
    if not isinstance(row, Row):
        yield from () if row is None else (row,)
        return
    kept = [side for side in row.sides if not side.is_name]
    if len(kept) > 1 or len(row.sides) == 1:
        yield replace(row, sides=tuple(kept))
    for before, side in pairwise(row.sides):
        if side.is_name and before.tex:
            yield Row((side, before))


def _numbered_by_hand(row: list[Token]) -> tuple[str, list[Token]]:
    """A number in brackets behind a wide space, and the row without it."""
    wide = max((i for i, token in enumerate(row) if token.depth == 0 and token.text in WIDE), default=len(row))
    found = _NUMBER.fullmatch("".join(token.text for token in row[wide + 1 :]))
    return ("", row) if found is None else (found[1], row[:wide])


def _numbered(row: Row | Refused, number: str) -> Row | Refused:
    if isinstance(row, Refused) or not number:
        return row
    shape = None if row.shape is None else replace(row.shape, number=number)
    return replace(row, sides=tuple(replace(side, number=number) for side in row.sides), shape=shape)


def _cut(every: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens row by row; one that ends with a sign goes on in the next, whose own sign it may be as well."""
    row: list[Token] = []
    for before, token in pairwise([Token("", 0, 0), *every]):
        if token.depth == 0 and token.text.startswith("\\\\"):
            if not _has_open_end(row):
                yield row
                row = []
        elif is_sign(token) and _has_open_end(row):
            row[_last(row) :] = [token]
        elif not (token.depth == 0 and token.text == "&"):
            row.append(token)
        elif before.text == "&" and (not row or row[-1].text != WIDE_SPACE):
            row.append(replace(token, text=WIDE_SPACE))
    yield row


def _last(row: Sequence[Token]) -> int:
    """Where the last token stands that is no space."""
    ends = (i for i in reversed(range(len(row))) if not (row[i].text.isspace() or row[i].text in {"", *WIDE}))
    return next(ends, -1)


def _has_open_end(row: Sequence[Token]) -> bool:
    """Whether a row ends with the sign of an equation, or of a sum or product, behind a formula: not with `_+`."""
    end = _last(row)
    is_script = end > 0 and row[_last(row[:end])].text in ("_", "^")
    return end > 0 and not is_script and (is_sign(row[end]) or (row[end].depth == 0 and row[end].text in _JOINED))


def _segments(row: Sequence[Token]) -> Iterator[list[Token]]:
    """The equations of a row: apart by ⇒, by a semicolon, by a comma, or by a word between them."""
    part: list[Token] = []
    passed = 0
    last = max((i for i, token in enumerate(row) if is_sign(token)), default=-1)
    for i, token in enumerate(row):
        if i < passed:
            continue
        word, size = said_at(row, i)
        is_condition = word == "where" and not says_what_is(row[i + size : i + size + LONGEST])
        if word in _JOINS and not is_condition and i + size <= last and (_has_sign(part) or _is_blank(part)):
            yield part
            part, passed = [], i + size
            continue
        if size and _is_blank(part) and _is_headed(row[i:], size):
            part, passed = [], i + size
            continue
        if token.depth == 0 and token.text in _BEGINS:
            yield part
            part = [token]
            continue
        if i < last and token.depth == 0 and _parts(row, i, part):
            yield part
            part = []
            continue
        part.append(token)
    yield part


def _is_headed(row: Sequence[Token], size: int) -> bool:
    r"""Whether words of so many tokens stand above an equation, `\text{Similarly,}`, and are no condition of it."""
    said, after = text_of(row[:size]).rstrip(" }"), row[size:]
    follows = next((each for each in after if not each.text.isspace()), None)
    is_apart = said.endswith((",", ":")) or (follows is not None and follows.text in {",", ":", *WIDE})
    says_more = begins_with_word(row) or "=" in said or "$" in said or words_of(row, 0).split()[:1] == ["where"]
    what_follows = [*dropwhile(lambda each: each.text.isspace() or each.text in {",", ":", *WIDE}, after)]
    return is_apart and not says_more and _has_sign(what_follows[1:]) and not is_sign(what_follows[0])


def _parts(row: Sequence[Token], at: int, before: Sequence[Token]) -> bool:
    """Whether what stands here is between two equations: a semicolon, a comma, or a wide space behind a stop."""
    token, after = row[at], row[at + 1 : at + LONGEST]
    if token.text in WIDE and _has_sign(before) and (_DERIVATIVE.match(text_of(after)) or _is_given(before, after)):
        return True
    if token.text in WIDE:
        return _ends_with_stop(before) and not (begins_with_word(after) or about_indices(before, after))
    return not token.brackets and (token.text == ";" or (token.text == "," and _is_between(before, after)))


def _is_given(before: Sequence[Token], after: Sequence[Token]) -> bool:
    r"""Whether a name is given behind a wide space, `\qquad \delta = …`: no index, whose range that says."""
    after = _without_space(after)
    sign = next((i for i, token in enumerate(after) if is_sign(token)), 0)
    is_name = sign > 0 and ONE_NAME.fullmatch(text_of(after[:sign])) is not None
    told = text_of(after)
    return is_name and not (RANGE.match(told) or _LETTERS_EQUAL.match(told) or about_indices(before, after))


def _is_between(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether a comma is between two equations, the second of which says no range and compares no two letters."""
    after = _without_space(after)
    told = text_of(after)
    says_more = begins_with_word(after) or RANGE.match(told) or _LETTERS_EQUAL.match(told)
    return not says_more and _has_sign(before)


def _ends_with_stop(part: Sequence[Token]) -> bool:
    last = next((token.text for token in reversed(part) if not token.text.isspace()), "")
    return last in (",", ";", ".")


def _without_space(part: Sequence[Token]) -> list[Token]:
    """A part without the spaces at its beginning."""
    return [*dropwhile(lambda each: each.text in WIDE or each.text.isspace(), part)]


def _is_blank(part: Sequence[Token]) -> bool:
    return all(token.text in WIDE or token.text.isspace() for token in part)


def _has_sign(part: Sequence[Token]) -> bool:
    return any(is_sign(token) for token in part)


def _row(display: Display, segment: Sequence[Token]) -> Row | Refused | None:
    """A row as sides; None where there is nothing in it."""
    begins = bool(segment) and segment[0].text in _BEGINS
    segment = segment[1:] if begins else segment
    segment, condition = behind(display, without_range(_without_remark(segment)))
    shaped = _shaped(display, segment)
    if shaped is not None:
        return shaped
    end = next((i for i, token in enumerate(segment) if token.depth == 0 and token.text in _ENDS), len(segment))
    segment = segment[:end]
    said = "".join(token.text for token in segment if token.text not in WIDE).strip(" \t\n,;.")
    if not said or _NUMBER.fullmatch(said):
        return None
    segment = _without_space(segment)
    parts: list[list[Token]] = [[]]
    signs = [""]
    for token in segment:
        if is_sign(token):
            parts.append([])
            signs.append(token.text)
        else:
            parts[-1].append(token)
    sides = tuple(_side(display, part, signs[: i + 1]) for i, part in enumerate(parts))
    tex, start = text_of(segment), display.start + segment[0].start
    if not all(side.tex for side in sides[1:]):
        return Refused(tex, start, "a side is missing behind =")
    unclosed = _unclosed(segment) if len(sides) == 1 else None
    if unclosed is not None:
        return Refused(tex, display.start + unclosed.start, f"'{unclosed.text}' isn't closed", is_here=True)
    if len(sides) == 1 and any(token.depth == 0 and token.text in UNEQUAL for token in segment):
        return Refused(tex, start, "an inequality")
    is_more = len(sides) == 1 and not begins and _GOES_ON.match(tex) is not None
    return Row(sides, begins, is_more, condition=condition)


def _side(display: Display, part: Sequence[Token], signs: Sequence[str]) -> Side:
    """A side with what the sign before it says of it; `signs` are those up to it, the first of which is none."""
    side = side_of(display, part)
    gives = signs[-1] == NAMES or (signs[-1] == ":=" and len(signs) > 2)
    is_name = gives and ONE_NAME.fullmatch(side.tex) is not None
    return replace(side, is_near=signs[-1] in NEARLY, is_name=is_name)


def _without_remark(segment: Sequence[Token]) -> Sequence[Token]:
    r"""A row without words at its end, `\text{by definition}`, behind a formula, and without a reason.

    A reason, `\text{since } a = b`, goes on to the end, unless the next sign = stands behind its words.
    """
    for at in range(len(segment)):
        if _opens_remark(segment[at:]) or _are_words_in_brackets(segment, at):
            return segment[:at]
        word, size = said_at(segment, at)
        if not size:
            continue
        rest = _without_space(segment[at + size : at + LONGEST])
        goes_on = bool(rest) and is_sign(rest[0])
        if word and word.split()[0].lower() in _REASONS and not goes_on:
            return segment[:at]
        if word and goes_on and text_of(segment[:at]):
            return [*segment[:at], *_without_remark(segment[segment.index(rest[0], at) :])]
        if " " in word and _is_remark(segment[:at], rest):
            return segment[:at]
        if (word and " " not in word) or text_of(rest).strip(" ,.;"):
            continue
        before = next((token for token in reversed(segment[:at]) if token.text.strip() not in ("", *WIDE)), None)
        if before is not None and not is_sign(before):
            return segment[:at]
    return segment


def _opens_remark(rest: Sequence[Token]) -> bool:
    r"""Whether all that is left is a remark in brackets: `(\text{where} \quad a = b)`."""
    opens = rest[0].text == "(" and rest[0].depth == rest[0].brackets - 1 == 0
    first = next((i for i, token in enumerate(rest) if i and not token.text.isspace()), 0) if opens else 0
    word = words_of(rest, first).split()[:1] if first else []
    if not word or word[0].lower() not in {*_REASONS, "where", "with", "by", "note"}:
        return False
    behind_it = next((i for i, token in enumerate(rest) if token.text == ")" and token.brackets == 1), len(rest))
    return not text_of(rest[behind_it + 1 :]).strip(" ,.;")


def _are_words_in_brackets(segment: Sequence[Token], at: int) -> bool:
    r"""Whether words in brackets begin here, behind a wide space, and go on to the end: `& (\text{same as } y)`."""
    if segment[at].text != "(" or not any(token.text in WIDE for token in segment[max(at - 2, 0) : at]):
        return False
    said = text_of(segment[at + 1 : at + LONGEST])
    return said.startswith(r"\text") and text_of(segment[-2:]).strip(" .,;").endswith(")")


def _is_remark(before: Sequence[Token], rest: Sequence[Token]) -> bool:
    """Whether words behind a wide space go on with what is no equation and no inequality: `without terms in w`."""
    last = next((token.text for token in reversed(before) if not token.text.isspace()), "")
    says = any(token.text in UNEQUAL or token.text in _ENDS or is_sign(token) for token in rest)
    return last in WIDE and bool(text_of(before).strip()) and not says


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
    sides = tuple(side_of(display, part) for part in of)
    return Row(sides, shape=side_of(display, segment[at + 1 :])) if all(side.tex for side in sides) else None
