r"""Turn the LaTeX of a problem's `symbols` (`W_0^1`, `\mathbf{H}`, `\hat{y}`) into one line of Unicode."""

from __future__ import annotations

import re
import unicodedata

_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"),
    *("nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
GREEK = {name: unicodedata.lookup(f"GREEK SMALL LETTER {name.replace('lambda', 'lamda').upper()}") for name in _GREEK}
_CAPITALS = {name.capitalize(): letter.upper() for name, letter in GREEK.items()}
_OTHERS = {
    "ell": "ℓ",
    "nabla": "∇",
    "partial": "∂",
    "varepsilon": "ε",
    "vartheta": "ϑ",
    "varphi": "φ",
    "prime": "′",
    "star": "*",
    "ast": "*",
    "top": "ᵀ",
    "cdot": "·",
    "infty": "∞",
}
_LETTERS = {**GREEK, **_CAPITALS, **_OTHERS}
_FONTS = frozenset(
    (
        *("mathbf", "boldsymbol", "bm", "mathrm", "mathit", "mathsf", "mathbb", "mathcal", "mathscr"),
        *("text", "textbf", "textrm", "operatorname", "vec"),
    )
)
_ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "bar": "\u0304",
    "overline": "\u0304",
    "tilde": "\u0303",
    "dot": "\u0307",
}
_SPACES = frozenset({",", ";", "!", " ", "quad"})
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}^_])|(\s+)|(.)", re.DOTALL)

_RAISED = dict(
    zip("0123456789+-=()abcdefghijklmnoprstuvwxyz*′ᵀ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ*′ᵀ", strict=True)
)
_LOWERED = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))


def raised(text: str) -> str | None:
    """`text` as a superscript, or None where Unicode has no such characters."""
    return _scripted(text, _RAISED)


def lowered(text: str) -> str | None:
    """`text` as a subscript, or None where Unicode has no such characters."""
    return _scripted(text, _LOWERED)


def _scripted(text: str, letters: dict[str, str]) -> str | None:
    return "".join(letters[c] for c in text) if text and all(c in letters for c in text) else None


def to_unicode(latex: str) -> str | None:
    """The symbol in Unicode; None when there is something in it that one line of text can't show."""
    reader = _Reader(latex)
    try:
        shown = reader.row(closed=False)
    except _NotUnderstoodError:
        return None
    return unicodedata.normalize("NFC", shown) or None


class _NotUnderstoodError(Exception):
    """The symbol has something that can't be shown on one line."""


class _Reader:
    def __init__(self, latex: str) -> None:
        self.tokens = [m.group() for m in _TOKEN.finditer(latex) if not m.group(3)]
        self.position = 0

    def row(self, closed: bool) -> str:
        """Atoms with their scripts, up to the closing brace or the end."""
        shown = ""
        while (token := self.peek()) is not None and token != "}":
            shown += self.scripts() if token in "^_" else self.atom()
        if closed != (token == "}"):
            raise _NotUnderstoodError
        self.position += closed
        return shown

    def scripts(self) -> str:
        """Scripts of one symbol, the lower ones first, as in W₀¹."""
        lower = upper = ""
        while (token := self.peek()) in ("^", "_"):
            self.position += 1
            inner = self.atom()
            if token == "^":
                upper += raised(inner) or self.refuse()
            else:
                lower += lowered(inner) or (f"_{inner}" if inner.isalpha() else self.refuse())
        return upper + lower if lower.startswith("_") else lower + upper

    def atom(self) -> str:
        token = self.take()
        if token == "{":
            return self.row(closed=True)
        if token in ("^", "_", "}", "&", "$", "%", "#", "~"):
            self.refuse()
        return self.command(token[1:]) if token.startswith("\\") else token

    def command(self, name: str) -> str:
        if name in _FONTS:
            return self.atom()
        if name in _ACCENTS:
            inner = self.atom()
            return inner + _ACCENTS[name] if len(inner) == 1 else self.refuse()
        if name in _SPACES:
            return ""
        return _LETTERS.get(name) or self.refuse()

    def peek(self) -> str | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            self.refuse()
        self.position += 1
        return token or ""

    def refuse(self) -> str:
        raise _NotUnderstoodError
