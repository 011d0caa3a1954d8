r"""Functions of a student's own: `f(x) = \sigma(w^T x)` says what `f(x_i)` is in the lines of its write-up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from gradcalc.check.writeup.model import Derivation, Side, WriteUp

_SUBSCRIPT: Final = r"(?:\s*_\s*(?:\{[^{}]*\}|\\[A-Za-z]+|\w))?"
_ARGUMENT: Final = r"(?:\\mathbf\s*\{\w\}|\\vec\s*\{\w\}|\w)"
_INDEX: Final = r"(?:_\s*\{?\w\}?|\^\s*\{\s*\(?\w\)?\s*\})"
_DEFINED: Final = re.compile(
    rf"\s*(?P<name>[fgh]{_SUBSCRIPT})\s*\(\s*(?P<of>{_ARGUMENT})\s*(?P<index>{_INDEX})?\s*\)\s*"
)
MOST: Final = 5
_LONGEST: Final = 200
"""So many are taken in, of so many characters each."""


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """Its name, the letter that it is a function of, with an index if it has one, and what it is, as TeX."""

    name: str
    of: str
    index: str
    tex: str

    def put_in(self, side: Side) -> Side:
        """A side with what it is in its place, at the same letter with any index."""
        name = r"\s*".join(map(re.escape, "".join(self.name.split())))
        called = re.compile(rf"(?<![A-Za-z\\]){name}\s*\(\s*{re.escape(self.of)}\s*(?P<index>{_INDEX})?\s*\)")
        return side.respelled(called.sub(self._at, side.tex))

    def _at(self, found: re.Match[str]) -> str:
        index = found["index"] or ""
        bare = re.compile(rf"(?<![A-Za-z\\_^{{]){re.escape(self.of)}\s*{re.escape(self.index)}(?![A-Za-z])")
        return f"({bare.sub(lambda _: f'{self.of}{index}', self.tex)})"


def own_functions(writeup: WriteUp, is_known: Callable[[str], bool]) -> Iterator[OwnFunction]:
    """Those that chains define; `is_known` says whether a problem can read some TeX itself."""
    for chain in writeup.chains:
        found = _DEFINED.fullmatch(chain.sides[0].tex)
        tex = chain.sides[-1].tex
        if found is None or chain.is_shape or len(tex) > _LONGEST or is_known(found[0]):
            continue
        if not _DEFINED.search(tex):
            yield OwnFunction(found["name"], found["of"], (found["index"] or "").strip(), tex)


def says_more(chain: Derivation) -> bool:
    """Whether a chain says more than what such a function is."""
    return len(chain.sides) > 2 or _DEFINED.fullmatch(chain.sides[0].tex) is None
