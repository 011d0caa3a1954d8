r"""Write sentences for LaTeX: its special characters, Unicode that pdflatex knows nothing of, code in backticks."""

from __future__ import annotations

import re
import unicodedata

from gradcalc.formula.tex.commands import GREEK
from gradcalc.report.tex.values import SCIENTIFIC, number

_SPECIAL = {
    **{char: rf"\{char}" for char in "#$%&_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "\u00a0": "~",
}
_GREEK = {letter: rf"\{name}" for name, letter in GREEK.items() if name != "omicron"} | {
    letter.upper(): rf"\{name.capitalize()}"
    for name, letter in GREEK.items()
    if name in ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega")
}
_MATHS = _GREEK | {
    **{"×": r"\times", "·": r"\cdot", "⊙": r"\odot", "−": "-", "±": r"\pm", "∇": r"\nabla", "∂": r"\partial"},
    **{"≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "→": r"\to", "←": r"\leftarrow", "⇒": r"\Rightarrow"},
    **{"∞": r"\infty", "∈": r"\in", "√": r"\surd", "∘": r"\circ", "ℓ": r"\ell", "′": r"'", "⟨": r"\langle"},
    **{"⟩": r"\rangle", "ᵀ": r"^\top", "✓": r"\checkmark", "✗": r"\times", "↪": r"\hookrightarrow", "○": r"\circ"},
    **{
        "Σ": r"\Sigma",
        "Π": r"\Pi",
        "∑": r"\sum",
        "∏": r"\prod",
        "ℝ": r"\mathbb{R}",
        "½": r"\tfrac{1}{2}",
        "⋅": r"\cdot",
    },
}
_TEXT = {
    **{
        "–": "--",
        "—": "---",
        "‘": "`",
        "’": "'",
        "“": "``",
        "”": "''",
        "…": r"\dots{}",
        "§": r"\S{}",
        "°": r"$^\circ$",
    },
    **{"ß": r"\ss{}", "ø": r"\o{}", "Ø": r"\O{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}"},
    **{"ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "ȷ": r"\j{}", "©": r"\copyright{}", "•": r"\textbullet{}"},
    **{
        "«": r"$\ll$",
        "»": r"$\gg$",
        "¿": "?`",
        "¡": "!`",
        "\u2009": r"\,",
        "\u202f": r"\,",
        "\u200b": r"\allowbreak{}",
        "\u00ad": r"\-",
    },
}
_ACCENTS = {
    **{"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": "."},
    **{"\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b"},
}
_LONG = re.compile(r"[^ \n\t\u00a0]{25,}")
_HINT = re.compile(r"[/_,;:=)\]-]|\.(?=[^\W\d])")
"""Behind these signs a line may end within a long word, such as the path of a file or a name with dots."""
_CODE = re.compile(r"`([^`]+)`")
_QUOTED = re.compile(r"(?<![\w'`])'([^'`]+)'(?!\w)|\"([^\"]*)\"")


def prose(text: str) -> str:
    """A sentence; what stands in backticks is set as code, straight quotation marks become pairs."""
    parts = _CODE.split(_LONG.sub(lambda match: _HINT.sub("\\g<0>\u200b", match[0]), text))
    return "".join(rf"\texttt{{{_escaped(part)}}}" if i % 2 else _sentence(part) for i, part in enumerate(parts))


def _sentence(text: str) -> str:
    quoted = _QUOTED.sub(lambda match: f"‘{match[1]}’" if match[1] else f"“{match[2]}”", text)
    parts = SCIENTIFIC.split(quoted)
    return "".join(f"${number(part)}$" if i % 2 else _escaped(part) for i, part in enumerate(parts))


def _escaped(text: str) -> str:
    """Character by character; what pdflatex has no letter for is shown by XeLaTeX and LuaLaTeX alone."""
    shown = ""
    unknown = ""
    for char in unicodedata.normalize("NFC", text):
        tex = _character(char)
        if tex is None:
            unknown += char
            continue
        shown += _only_unicode(unknown) + tex
        unknown = ""
    return shown + _only_unicode(unknown)


def _only_unicode(text: str) -> str:
    if not text:
        return ""
    numbers = " ".join(f"U+{ord(char):04X}" for char in text)
    return rf"{{\ifdefined\Umathchar {text}\else[{numbers}]\fi}}"


def _character(char: str) -> str | None:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if char.isascii():
        return char if char.isprintable() else " "
    if char in _TEXT:
        return _TEXT[char]
    if char in _MATHS:
        return f"${_MATHS[char]}$"
    return _composed(char)


def _composed(char: str) -> str | None:
    """An accented letter, a raised or lowered sign, or another form of what is known."""
    base, *marks = list(unicodedata.normalize("NFD", char))
    if marks and base.isascii() and all(mark in _ACCENTS for mark in marks):
        tex = {"i": r"\i", "j": r"\j"}.get(base, base)
        for mark in marks:
            tex = rf"\{_ACCENTS[mark]}{{{tex}}}"
        return tex
    kind, _, plain = unicodedata.decomposition(char).rpartition("> ")
    if not kind:
        return None
    known = _escaped("".join(chr(int(code, 16)) for code in plain.split()))
    if r"\Umathchar" in known:
        return None
    return {"<super": f"$^{{\\text{{{known}}}}}$", "<sub": f"$_{{\\text{{{known}}}}}$"}.get(kind, known)


def mathematics(tex: str) -> str:
    """TeX mathematics in which names may have letters beyond ASCII."""
    return tex if tex.isascii() else "".join(char if char.isascii() else _letter(char) for char in tex)


def _letter(char: str) -> str:
    return _MATHS[char] + " " if char in _MATHS else rf"\text{{{_escaped(char)}}}"


def letters(tex: str) -> str:
    """The same for those who read Unicode: signs by their commands, other letters as text."""
    return tex if tex.isascii() else "".join(char if char.isascii() else _unicode_letter(char) for char in tex)


def _unicode_letter(char: str) -> str:
    return _MATHS[char] + " " if char in _MATHS else rf"\text{{{char}}}"
