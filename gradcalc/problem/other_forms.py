"""Shapes and kinds as books and programs write them, and how they are written here: `1×D` for `row(D)`."""

from __future__ import annotations

import re
from typing import Any, Final

_NUMBERS: Final = frozenset({"number", "real", "float", "int", "integer", "double", "R", "ℝ", r"\mathbb{R}", r"\R"})
_ROWS: Final = frozenset({"row", "row_vector", "rowvector", "rowvec"})
_COLUMNS: Final = frozenset({"column", "column_vector", "columnvector", "col", "colvec"})
_ALONE: Final = {_NUMBERS: "scalar", _ROWS: "1×D", _COLUMNS: "vector(D)"}
_WORDS: Final = {*_ROWS, *_COLUMNS, "vector", "vec"}
_OF_TWO: Final = {*_WORDS, "matrix", "mat", "tensor", "array"}
_SIZE: Final = r"[^\W\d_]\w{0,7}|\d{1,4}"
_SIGN: Final = r"\s*(?:×|,|\*|\\times|\\cdot|·|\s[xX]\s|\sby\s)\s*"
_IN_BRACKETS: Final = re.compile(
    rf"(?P<word>[^\W\d]\w*|(?:ℝ|R|\\R|\\mathbb\{{R\}})\s*\^)?\s*(?P<open>[({{\[])?\s*"
    rf"(?P<rows>{_SIZE})(?:{_SIGN}(?P<columns>{_SIZE}))?\s*,?\s*[)}}\]]?"
)
_RUN_TOGETHER: Final = re.compile(r"([a-z]\d?)x([a-z]\d?)")


def right_form(written: Any) -> str:
    """How a shape or a kind in other words is written in a problem file; empty of what is none."""
    if isinstance(written, list) and written and all(isinstance(each, str) for each in written):
        written = f"({', '.join(written)})"
    text = written.strip() if isinstance(written, str) else ""
    for words, form in _ALONE.items():
        if text in words:
            return form
    if len(text) == 1 and text.isupper():
        return f"vector({text}) or scalar"
    together, found = _RUN_TOGETHER.fullmatch(text), _IN_BRACKETS.fullmatch(text)
    if together is not None:
        return "×".join(together.groups())
    if found is None or not _is_shape(found):
        return ""
    form = _shape(found["word"] or "", found["rows"], found["columns"] or "")
    return "" if form == text else form  # what is right is refused for something else


def _is_shape(found: re.Match[str]) -> bool:
    """Whether what stands before sizes is a word for arrays, or a sign of the reals."""
    word = found["word"] or ""
    if word and not word.endswith("^"):
        return word in (_OF_TWO if found["columns"] else _WORDS)
    return bool(word or found["columns"] or found["open"])


def _shape(word: str, rows: str, columns: str) -> str:
    if columns:
        return f"{rows}×{columns}"
    return f"1×{rows}" if word in _ROWS else f"{rows}×1" if word in _COLUMNS else f"vector({rows})"
