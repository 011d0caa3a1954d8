r"""Tell how wide TeX mathematics will be, in em, without running TeX: `width(r"\hat{y}_1")`.

The widths are those of Computer Modern; what isn't known is taken to be wide rather than narrow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

SCRIPT = 0.8
"""How wide a superscript is: its letters are smaller, and wider for their height."""
RELATION, BINARY, THIN, COMMA = 0.556, 0.444, 0.167, 0.445
"""The space around `=`, around `+`, between a bracket and its neighbour; a comma with the space behind it."""


def _table(text: str) -> dict[str, float]:
    return {pair[:-3]: int(pair[-3:]) / 1000 for pair in text.split()}


_ITALIC = _table(
    "A750 B809 C786 D856 E796 F782 G786 H912 I518 J651 K921 L681 N912 O791 P781 Q791 R767 S671 T723 U792 V806 X907"
    " Y803 Z754 a529 b429 c433 d520 e466 f597 g513 h576 i345 j469 k552 l318 m878 n600 o485 p503 q482 r479 s469 t361"
    " u572 v521 w743 x572 y526 z509"
) | {"M": 1.079, "W": 1.083}
_ROMAN = _table(
    "A750 B708 C722 D764 E681 F653 G785 H750 I361 J514 K778 L625 M917 N750 O778 P681 Q778 R736 S556 T722 U750 V764"
    " X750 Y775 Z611 a500 b556 c444 d556 e444 f383 g514 h556 i278 j306 k528 l278 m833 n556 o500 p556 q528 r392 s394"
    " t389 u556 v542 w736 x528 y542 z444"
) | {"W": 1.042, " ": 0.333}
_SIGNS = _table("(389 )389 [278 ]278 .278 ,445 /500 |278 !278 :834 ;445 *500 '300") | {
    "=": 1.334,
    "<": 1.334,
    ">": 1.334,
}
_COMMANDS = _table(
    "alpha643 beta618 gamma573 delta482 epsilon406 varepsilon466 zeta511 eta532 theta497 vartheta591 iota354 kappa576"
    " lambda583 mu603 nu558 xi484 pi606 rho517 sigma607 tau550 upsilon576 phi596 varphi654 chi626 psi687 omega658"
    " Gamma625 Delta833 Theta778 Lambda694 Xi667 Pi750 Sigma722 Upsilon778 Phi722 Psi778 Omega722 nabla833 partial586"
    " ell417 prime300 top778 star500 ast500 lVert500 rVert500 lvert278 rvert278 vert278 langle389 rangle389"
    " cdot722 quad999 dots999 ldots999 vdots278"
) | {"infty": 1.0, "times": 1.222, "odot": 1.222, "otimes": 1.222, "qquad": 2.0, "cdots": 1.172, "ddots": 1.282}
_SPACES = {",": 0.167, ":": 0.222, ";": 0.278, "!": -0.167, " ": 0.333, "_": 0.5}
_UPRIGHT = {"mathrm": 1.0, "text": 1.0, "operatorname": 1.0, "mathbf": 1.18, "boldsymbol": 1.18, "bm": 1.18}
_NO_WIDTH = frozenset(("left", "right", "displaystyle", "limits"))
_WORDS = frozenset(("exp", "log", "ln", "sin", "cos", "tan", "tanh", "max", "min"))
_ACCENTS = frozenset(
    ("hat", "widehat", "bar", "overline", "tilde", "dot", "ddot", "vec", "mathit", "mathcal", "mathbb", "mathsf")
)
_UNKNOWN = 1.0
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}^_])|\s+|(.)", re.DOTALL)


@lru_cache(maxsize=4096)
def width(tex: str) -> float:
    """How wide a formula without environments is, in em."""
    return _Reader(tex).row(_ITALIC)


class _Reader:
    def __init__(self, tex: str) -> None:
        self.tokens = [m.group() for m in _TOKEN.finditer(tex)]
        self.position = 0

    def row(self, font: Mapping[str, float]) -> float:
        """Everything up to the closing brace or the end."""
        total = upper = lower = 0.0
        while (token := self.take()) not in ("", "}"):
            if token == "^":
                upper += SCRIPT * self.atom(font) + 0.05
            elif token == "_":
                lower += SCRIPT * self.atom(font) + 0.05
            else:
                total += max(upper, lower) + self.of(token, font)
                upper = lower = 0.0
        return total + max(upper, lower)

    def atom(self, font: Mapping[str, float]) -> float:
        token = self.take()
        while token.isspace():
            token = self.take()
        return self.of(token, font)

    def of(self, token: str, font: Mapping[str, float]) -> float:
        if token == "{":
            return self.row(font)
        if token.startswith("\\") and len(token) > 1:
            return self.command(token[1:], font)
        if token.isspace():
            return font.get(" ", 0.0)
        if token.isdigit():
            return 0.5
        if token in "+-":
            return 0.778
        return font.get(token) or _SIGNS.get(token, _UNKNOWN)

    def command(self, name: str, font: Mapping[str, float]) -> float:
        if name in _UPRIGHT:
            return _UPRIGHT[name] * self.atom(_ROMAN) + (THIN if name == "operatorname" else 0.0)
        if name in _ACCENTS:
            return max(self.atom(font), 0.5)
        if name == "frac":
            return max(self.atom(font), self.atom(font)) + 0.26
        if name == "sqrt":
            return 1.0 + self.atom(font)
        if name in _WORDS:
            return sum(_ROMAN[letter] for letter in name) + THIN
        if name in _NO_WIDTH:
            return 0.0
        return _SPACES.get(name) or _COMMANDS.get(name, _UNKNOWN)

    def take(self) -> str:
        self.position += 1
        return self.tokens[self.position - 1] if self.position <= len(self.tokens) else ""
