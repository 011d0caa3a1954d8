r"""Arrays as programs, Markdown and our own reports write them, put into the brackets of a list of rows.

`tensor([[1., 2.]], grad_fn=…)`, `array([1, 2])`, LaTeX's `bmatrix`, `[1 2; 3 4]'`, `⎡1⎤ ⎣2⎦`, `| 1 | 2 |`,
`{{1, 2}, {3, 4}}`. Nothing is run: the text is taken apart by a few patterns, each linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_MODULE = r"(?:[A-Za-z_]\w{0,20}\.){0,2}"
_MAKER = r"(?:array|asarray|tensor|Tensor|Array|Matrix|matrix|mat|list|tuple)"
_WRAPPER = re.compile(rf"(?:Parameter containing:\s*)?{_MODULE}{_MAKER}\s*\((?P<inside>.*)\)", re.DOTALL)
_PRINTED_BY = ("array", "tensor", "Array")
"""How NumPy, PyTorch and JAX begin when they print (people type `np.array`)."""
_OPTIONS = re.compile(r",\s*(?:dtype|requires_grad|grad_fn|device|shape|weak_type)\s*=")
_TRANSPOSE = re.compile(r"\s*(?:\.T|\.t\(\)|\.transpose\(\)|\^\s*\{?\s*(?:T|⊤|\\top|\\intercal)\s*\}?|ᵀ|⊤|')$")
_SCALAR = re.compile(rf"{_MODULE}(?:float|int|double)\d{{0,3}}\(([^()]{{0,60}})\)")
_POWER_OF_TEN = re.compile(r"\s*(?:[×·⋅*]|\\times|\\cdot)\s*10\s*(?:\^|\*\*)\s*[{(]?\s*([-+−–]?\s*\d{1,6})\s*[})]?")
_DRAWN = re.compile("[⎡⎢⎣⎛⎜⎝]([^⎡⎢⎣⎛⎜⎝⎤⎥⎦⎞⎟⎠]*)[⎤⎥⎦⎞⎟⎠]")
_MATRIX = re.compile(
    r"\\begin\{(?P<kind>[bBpvV]?(?:small)?matrix|array)\}(?:\{[^{}]{0,40}\})?(?P<rows>.*)\\end\{(?P=kind)\}", re.DOTALL
)
_FENCES = re.compile(r"\\(?:left|right)\s*[\[\]().|]|\\[,;!]|\\q?quad\b")
_ROW_END = re.compile(r"\\\\(?:\s*\[[^\[\]]{0,20}\])?")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]{1,40})\}\s*\{([^{}]{1,40})\}")
_CLOSING = ("]", ")", "}", "⎦", "⎠")
_LETTER = re.compile(r"[^\W\d_eE]")
_RULE = re.compile(r"[\s|:—-]*-[\s|:—-]*")
_DIGIT = re.compile(r"\d")
_BRACKETS = str.maketrans("(){}", "[][]")


@dataclass(frozen=True, slots=True)
class Pasted:
    """An array's text in square brackets; whether it stands transposed; whether a program has printed it."""

    text: str
    turned: bool = False
    printed: bool = False


def unwrapped(text: str) -> Pasted:
    """The text without what programs put around an array; as it is where nothing is."""
    found = _without_calls(text.strip().strip("$").strip())
    inner = _POWER_OF_TEN.sub(lambda m: f"e{''.join(m[1].split())}", _SCALAR.sub(r"\1", found.text))
    return replace(found, text=_latex(inner) or _drawn(inner) or _table(inner) or _brackets(inner))


def _without_calls(text: str) -> Pasted:
    """`array(…)` and transposes taken off, from the outside."""
    turned = printed = False
    for _ in range(4):
        transpose, wrapper = _TRANSPOSE.search(text[-40:]), _WRAPPER.fullmatch(text)
        if transpose and text[: -len(transpose[0])].endswith(_CLOSING):
            text, turned = text[: -len(transpose[0])], not turned
        elif wrapper:
            options = _OPTIONS.search(wrapper["inside"])
            text = wrapper["inside"][: options.start() if options else None].strip().rstrip(",")
            printed |= text.startswith("[") and wrapper[0].startswith(_PRINTED_BY)
    return Pasted(text, turned, printed)


def _latex(text: str) -> str:
    r"""The rows of `\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}`."""
    found = _MATRIX.fullmatch(_FENCES.sub("", text).strip())
    if found is None:
        return ""
    rows = _ROW_END.split(_FRACTION.sub(r"\1/\2", found["rows"]).replace(r"\hline", ""))
    return _rows([row.replace("&", " , ") for row in rows if row.strip()])


def _drawn(text: str) -> str:
    """The rows of a matrix drawn with tall brackets, as our own reports have it."""
    rows = _DRAWN.findall(text)
    return _rows(rows) if rows and not _DRAWN.sub("", text).strip() else ""


def _table(text: str) -> str:
    """The rows of a Markdown table, without the line under its head and a head that has no numbers."""
    if not (text.startswith("|") and text.endswith("|") and len(text) > 1):
        return ""
    lines = text.splitlines() if "\n" in text else re.split(r"(?<=\|)\s+(?=\|)", text)
    ruled = any(_RULE.fullmatch(line) for line in lines)
    body = [line.strip().strip("|").replace("|", " , ") for line in lines if not _RULE.fullmatch(line)]
    return _rows(body[1:] if ruled and len(body) > 1 and not _DIGIT.search(body[0]) else body)


def _rows(rows: Sequence[str]) -> str:
    return f"[{', '.join(f'[{row.strip()}]' for row in rows)}]"


def _brackets(text: str) -> str:
    """Tuples, and the braces of Mathematica, in square brackets."""
    if text[:1] in ("(", "{") and re.search("[,;]", text) and not _LETTER.search(text):
        return text.translate(_BRACKETS)
    return text
