"""The files of style and script that pages are made of, without what only their readers need."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_REMARK = re.compile(r"^\s*//.*\n", re.MULTILINE)
_SIGN = r"[{}();,=<>?:&|+*-]"
_KEPT_OR_SPACE = re.compile(
    rf"""
    ( "(?:\\.|[^"\\\n])*" | `[^`]*`                                              # texts
    | (?<=\() / (?:\\. | \[(?:\\.|[^\]\\])*\] | [^/\\\n])+ / | (?<==[ ]) /.+/    # regular expressions
    ) | \s+ (?={_SIGN}) | (?<={_SIGN}) \s+
    """,
    re.VERBOSE,
)
_BRACES = re.compile(r"\s*([{};>])\s*|(?<=[:,])\s+")
_PREFIX = re.compile(r"\.gradcalc (?=\S)")
_ITSELF = re.compile(r"\.gradcalc(?=[{:])")


def style_of(names: Iterable[str]) -> str:
    """The rules of these files, nested in `.gradcalc`, which so needn't stand in each of them."""
    rules = "".join(map(_style, names))
    return f".gradcalc{{{_ITSELF.sub('&', _PREFIX.sub('', rules))}}}"


def script_of(names: Iterable[str]) -> str:
    """The scripts of these files, one after the other."""
    return "".join(map(_script, names))


@cache
def _style(name: str) -> str:
    return _BRACES.sub(r"\1", _read(f"{name}.css")).replace(";}", "}")


@cache
def _script(name: str) -> str:
    """Without remarks, and without spaces and ends of lines beside signs, but for those in texts and expressions."""
    return _KEPT_OR_SPACE.sub(lambda found: found[1] or "", _REMARK.sub("", _read(f"{name}.js")))


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
