r"""Notations of one's own for gradients, as ∂L/∂W: `\bar{W}`, `\delta W`, `\mathrm{grad}_W L`.

A bar may be that of a mean: it is read as a gradient where the write-up says so, or where that makes a line right. A δ
before a name is one where such a pair stands on a left side, and neither a δ by itself nor the loss behind one does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from gradcalc.check.writeup.model import Derivation, Side, WriteUp

_INSIDE: Final = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_NAME: Final = r"(?:\\(?:mathbf|boldsymbol|bm|vec|hat|mathcal|mathrm|text|bf)\s*)?(?:\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z])"
_TURNED: Final = r"\^\s*(?:\{\s*)?(?:T\b|\\top|\\intercal|\\dagger|\\mathsf|\\mathrm)"
_SCRIPTS: Final = rf"(?:\s*(?!{_TURNED})[_^]\s*(?:\{{[^{{}}]*\}}|\\[A-Za-z]+|\w))*"
_BAR: Final = re.compile(rf"\\(?:bar|overline)\s*(?P<of>{_INSIDE}|\\[A-Za-z]+|[A-Za-z])(?P<scripts>{_SCRIPTS})")
_DELTA: Final = re.compile(rf"\\delta(?![A-Za-z_^])\s*(?P<of>(?![_^(]){_NAME})(?P<scripts>{_SCRIPTS})")
_ONE_NAME: Final = re.compile(rf"\{{?\s*{_NAME}{_SCRIPTS}\s*\}}?")
_GRAD: Final = re.compile(
    r"(?:\\(?:mathrm|text|textrm|operatorname|mathit)\s*\{\s*grad\s*\}|(?<![A-Za-z\\])grad)"
    r"(?=\s*(?:_|\((?P<of>[^()]*)\)))(?:\s*\([^()]*\))?"
)
_QUOTIENT_OF_DELTAS: Final = re.compile(
    rf"(\\[dt]?frac\s*\{{\s*)\\delta(?![A-Za-z_^])(?P<above>(?:[^{{}}]|{_INSIDE})*\}}\s*\{{\s*)\\delta(?![A-Za-z_^])"
)
r"""`\frac{\delta L}{\delta W}`, which has a δ for ∂."""
_FRACTION: Final = r"\\[dt]?frac\s*\{\s*\\partial\s*[^{}]{1,15}\}\s*\{\s*\\partial\s*\{?\s*(?P=of)\s*\}?\s*\}"
_QUOTIENT: Final = r"\\partial\s*[^{}$]{1,15}/\s*\\partial\s*\{?\s*(?P=of)"
_SAID: Final = re.compile(
    rf"\\(?:bar|overline)\s*\{{?\s*(?P<of>\\?[A-Za-z]+)\s*\}}?[^=.]{{0,40}}?\s*"
    rf"(?:=|:=|\\equiv|\\triangleq|\\coloneqq|\bfor\b|\bdenotes?\b|\bis\b|\bmeans?\b)[^=.]{{0,25}}?(?:{_FRACTION}|{_QUOTIENT})"
)
"""A bar over something that is said to be the derivative by that."""
_MEAN: Final = re.compile(r"\\[dt]?frac\s*\{?\s*1.*\\sum|\\sum.*/|\\mathbb\s*\{?E|\\langle", re.DOTALL)
OF_LOSS: Final = re.compile(r"\s*\\delta\s*(?:[LJEC]|\\mathcal\s*(?:\{\s*\w\s*\}|\w)|\\ell)\s*")
r"""`\delta L` on a left side: beside such a line a δ is that of differentials."""


class Notations:
    """What one write-up writes for gradients of a loss."""

    def __init__(self, writeup: WriteUp, loss: str, is_name: Callable[[str], bool]) -> None:
        r"""`loss` is the TeX of what is differentiated; `is_name` says whether TeX is one name of the problem."""
        self.loss, self.is_name = loss, is_name
        self.says_bars = _SAID.search(writeup.text) is not None
        self.has_bars = self.says_bars
        """Whether bars are read: by whoever tries whether they make a line right, where that isn't said."""
        firsts = [(chain.sides[0].tex, chain.sides[1].tex) for chain in writeup.chains if not chain.sides[0].is_plain]
        self.means = {_of(found) for left, right in firsts if (found := _BAR.fullmatch(left)) and _MEAN.search(right)}
        whole = [found for left, _ in firsts if (found := _DELTA.fullmatch(left.strip())) is not None]
        alone = any(re.match(r"\\delta\s*(?:[_^]|\Z)", left.strip()) for left, _ in firsts)
        named = any(self.is_name(_of(found)) for found in whole)
        is_varied = any(OF_LOSS.fullmatch(left) for left, _ in firsts)
        self.has_left_deltas = named and not is_varied
        self.has_deltas = self.has_left_deltas and not alone
        """Whether a δ before a name is a gradient anywhere; beside a δ alone it may be a factor, but for left sides."""

    def with_bars(self, writeup: WriteUp) -> Iterator[Derivation]:
        """The chains that say what a bar is, for one who tries whether it is a gradient."""
        self.has_bars = True
        for chain in writeup.chains:
            if _BAR.fullmatch(chain.sides[0].tex.strip()):
                yield self.respelled(chain)
        self.has_bars = self.says_bars

    def says_what_a_bar_is(self, chain: Derivation) -> bool:
        r"""Whether a chain only says how gradients are written: `\bar{v} = \partial L / \partial v`."""
        found = _SAID.search(" = ".join(side.tex for side in chain.sides)) if len(chain.sides) == 2 else None
        return found is not None and not self.is_name(found["of"])

    def respelled(self, chain: Derivation) -> Derivation:
        """A chain with ∂L/∂W for what else it writes for that."""
        if chain.is_shape or chain.sides[0].is_plain:
            return chain
        left, *rest = map(self._side, chain.sides)
        if self.has_left_deltas and _DELTA.fullmatch(left.tex.strip()):
            left = left.respelled(_DELTA.sub(self._delta, left.tex))
        return replace(chain, sides=(left, *rest))

    def _side(self, side: Side) -> Side:
        tex = _GRAD.sub(lambda it: r"\nabla" + (f"_{{{it['of']}}} " if it["of"] else ""), side.tex)
        tex = _QUOTIENT_OF_DELTAS.sub(r"\1\\partial\g<above>\\partial", tex)
        tex = _BAR.sub(self._bar, tex) if self.has_bars else tex
        tex = _DELTA.sub(self._delta, tex) if self.has_deltas else tex
        return side.respelled(tex)

    def _bar(self, found: re.Match[str]) -> str:
        of = _of(found)
        is_one = _ONE_NAME.fullmatch(found["of"]) is not None and of not in self.means
        return self._gradient(of) if is_one else found[0]

    def _delta(self, found: re.Match[str]) -> str:
        of = _of(found)
        return self._gradient(of) if self.is_name(of) else found[0]

    def _gradient(self, of: str) -> str:
        return rf"\frac{{\partial {self.loss}}}{{\partial {of}}}"


def _of(found: re.Match[str]) -> str:
    of = found["of"]
    return f"{of[1:-1] if of[0] == '{' else of}{found['scripts']}"
