"""Which files are write-ups, and the part of one that counts: without its preamble, its comments, what is verbatim."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

_SUFFIXES: Final = {".tex": True, ".latex": True, ".md": False, ".markdown": False}
"""Endings of write-ups, and whether they are LaTeX."""
ENDINGS: Final = tuple(_SUFFIXES)
_COMMENT: Final = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_VERBATIM: Final = re.compile(
    r"\\begin\{(verbatim|lstlisting|minted|comment)\*?\}.*?(?:\\end\{\1\*?\}|\Z)"
    r"|^[ \t]*(?P<fence>```+|~~~+)(?P<of>[^\n]*)\n.*?(?:^[ \t]*(?P=fence)[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_BEGIN: Final = r"\begin{document}"
_END: Final = r"\end{document}"


def is_writeup(path: str) -> bool:
    """Whether a file is a write-up, by the ending of its name."""
    return PurePath(path).suffix.lower() in _SUFFIXES


def body(text: str, path: str) -> str:
    """The text with spaces in the place of all that doesn't count, so that places stay what they are."""
    is_latex = _SUFFIXES.get(PurePath(path).suffix.lower(), True)
    if is_latex:
        text = _COMMENT.sub(lambda found: found[1] + " " * (len(found[0]) - len(found[1])), text)
    begin, end = text.find(_BEGIN), text.find(_END)
    if begin >= 0:
        text = _blank(text[: begin + len(_BEGIN)]) + text[begin + len(_BEGIN) :]
    if end >= 0:
        text = text[:end] + _blank(text[end:])
    return _VERBATIM.sub(lambda found: found[0] if (found["of"] or "").strip() == "math" else _blank(found[0]), text)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
