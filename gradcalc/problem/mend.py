"""Put quotes around what people paste into a sheet, so that YAML reads it.

A printed array (`[[1. 2.]` and the next row on the next line), a Markdown table, `[[1, 2]]^T`, a comma inside `{ }` and
LaTeX in double quotes all end YAML's scalar too early, or not at all. Lines stay where they are, so that places in
messages keep their lines. Problem files are never mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

_ENTRY: Final = re.compile(
    r"""(\s*(?:"[^"]*"\s*|'[^']*'\s*|[^\s#'"{}\[\],&*!|>%@`-][^#:]*):)(?:[ \t]+(\S.*)|[ \t]*)$"""
)
_BLOCK: Final = re.compile(r"[|>][-+0-9]{0,2}\s*(?:#.*)?$")
_ITEM: Final = re.compile(r"""\s*("[^"]*"|'[^']*'|[^,:\s'"{}][^,:]{0,100}):\s""")
_SAFE: Final = re.compile(r"[\w.+-]*|\[(?:[\w.,+\s\[-]|\](?!\s*\[))*\]")
_COMMENT: Final = re.compile(r"(?<=\s)#.*$")
_ESCAPED_LATEX: Final = re.compile(
    r'"[^"\n]*(?<!\\)\\(?:begin|bar|beta|bmatrix|frac|forall|times|top|text|tilde|theta|tau|tanh|tfrac|nabla|nu|right|rho'
    r"|rangle|alpha|approx|ast|vec|vert|eta|exp|epsilon)[^a-z]"
)
_INDEXED: Final = re.compile(r"""([{,]\s*)([^\W\d][^\[\]{},:"'\n]*\[[^\[\]"'\n]*\])(?=\s*:)""")
"""A key such as `W1[1,2]` within `{ }`, where YAML takes its bracket for a list."""
_BRACKET: Final = re.compile(r"[()\[\]]")
_PAIRS: Final = (("(", ")"), ("[", "]"))
MOST_LINES: Final = 1_000
"""A value that is pasted has no more lines than this."""


def is_cut(data: Any, text: str) -> bool:
    """Whether values were cut off at a comma inside `{ }`, or LaTeX was read as escapes."""
    if isinstance(data, dict):
        inner = (value if isinstance(value, dict) else {key: value} for key, value in data.items())
        pairs = (pair for each in inner for pair in each.items())
        words = [part for pair in pairs for part in pair if isinstance(part, str)]
        if _BRACKET.search("\n".join(words)) and any(map(_is_open, words)):
            return True
    return bool(_ESCAPED_LATEX.search(text))


def _is_open(part: str) -> bool:
    return any(part.count(a) != part.count(b) for a, b in _PAIRS)


def mended(text: str) -> str:
    """The text of a sheet with quotes around every value that isn't plainly a number, a name or a list of numbers."""
    return "\n".join(_mended(_INDEXED.sub(r'\1"\2"', text).split("\n")))


def _mended(lines: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        found = _ENTRY.match(lines[at])
        end = at + 1 if found is None else _end(lines, at, found)
        yield from lines[at:end] if found is None or _stays(found, lines[at:end]) else _quoted(found, lines[at:end])
        at = end


def _end(lines: Sequence[str], at: int, entry: re.Match[str]) -> int:
    """The first line after the value: it goes on while brackets are open, and on lines further in than the key."""
    indent, value = _indent(entry[1]), entry[2] or ""
    is_mapping = not value and at + 1 < len(lines) and (_ENTRY.match(lines[at + 1]) or _is_item(lines[at + 1]))
    if is_mapping or value.startswith("#"):
        return at + 1
    end, opened = at + 1, _open_brackets(value)
    while end < min(len(lines), at + MOST_LINES):
        line = lines[end]
        if line.strip() and opened <= 0 and _indent(line) <= indent:
            break
        opened += _open_brackets(line)
        end += 1
    return end


def _is_item(line: str) -> bool:
    return line.lstrip().startswith("- ")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _open_brackets(text: str) -> int:
    return sum(text.count(a) - text.count(b) for a, b in (*_PAIRS, ("{", "}")))


def _stays(entry: re.Match[str], lines: Sequence[str]) -> bool:
    """Whether YAML reads the value as it is meant, or it breaks off: then what is missing must be said."""
    value = "\n".join([entry[2] or "", *lines[1:]]).strip()
    if not value or _BLOCK.match(entry[2] or "") or value[0] in "#'" or _open_brackets(value) > 0:
        return True
    return bool(_SAFE.fullmatch(_COMMENT.sub("", value).rstrip())) or (value[0] == '"' and "\\" not in value)


def _quoted(entry: re.Match[str], lines: Sequence[str]) -> list[str]:
    value = "\n".join([_COMMENT.sub("", entry[2] or ""), *lines[1:]])
    bare = value.strip()
    if bare.startswith("{") and bare.endswith("}") and _ITEM.match(bare[1:]):
        text = _mapping(value)
    elif bare.startswith('"') and bare.endswith('"') and len(bare) > 1:
        text = _quote(bare[1:-1])
    else:
        text = _quote(value)
    first, *rest = f"{entry[1]} {text}".split("\n")
    # YAML wants the lines of a quoted text further in than the key.
    return [first, *(f"{' ' * (_indent(entry[1]) + 1)}{line}" for line in rest)]


def _quote(value: str) -> str:
    body = value.rstrip()
    return f"'{body.replace(chr(39), chr(39) * 2)}'" + value[len(body) :]


def _mapping(value: str) -> str:
    """`{a: f(x, y), b: 1}`: each value in quotes; a comma separates where a key and a colon follow it."""
    first, last = value.index("{") + 1, value.rindex("}")
    inside, after = value[first:last], value[last:]
    parts: list[str] = []
    start = before = opened = 0
    for comma in (*(m.start() for m in re.finditer(",", inside)), len(inside)):
        opened += _open_brackets(inside[before:comma])
        before = comma
        if comma == len(inside) or (opened <= 0 and _ITEM.match(inside, comma + 1)):
            parts.append(_item(inside[start:comma]))
            start = before = comma + 1
            opened = 0
    return f"{{{','.join(parts)}{after}"


def _item(part: str) -> str:
    found = _ITEM.match(part)
    value = part[found.end() :] if found else ""
    if found is None or not value.strip() or value.lstrip()[0] in "{'" or _SAFE.fullmatch(value.strip()):
        return part
    if value.strip()[0] == '"' and "\\" not in value:
        return part
    return part[: found.end()] + _quote(value.strip().strip('"'))
