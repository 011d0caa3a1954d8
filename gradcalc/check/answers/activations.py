r"""Activations by a letter that stands for any: `g(z)`, `f'(z)`, `g^{[1]}(z^{[1]})`, where the problem applies one."""

from __future__ import annotations

from typing import Final

from gradcalc.check.answers.calls import is_function
from gradcalc.check.answers.letters import PRIMES
from gradcalc.check.answers.probabilities import Probabilities

_ANY: Final = frozenset("fgφϕψ") | {"phi", "varphi", "psi", "act"}
"""What people call an activation, whichever it is."""


class Activations(Probabilities):
    """Reads them, where nothing else has their letter."""

    def activation(self, text: str) -> tuple[str, bool] | None:
        """The activation of the quantity in the bracket ahead, and whether its derivative is meant; else None."""
        start = self.position
        while self.tokens[start].kind == "layer" or self.tokens[start].text in PRIMES:
            start += 1
        ahead = self.tokens[self.position : start]
        has_layer = any(each.kind == "layer" for each in ahead)
        is_any = text in _ANY and self.builder.resolve(text) is None and text not in self.meanings.letters
        if self.tokens[start].text != "(" or not (is_any or (has_layer and is_function(text))):
            return None
        inside = self.tokens[start + 1 : self.closing(start)]
        of = self.builder.resolve(inside[0].text) if inside and inside[0].kind == "name" else None
        function = self.meanings.activations.get(of or "")
        if function is None or any(each.kind != "index" for each in inside[1:]):
            return None
        self.position = start
        return function, any(each.text in PRIMES for each in ahead)
