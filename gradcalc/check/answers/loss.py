r"""The loss in formulas of LaTeX with what people write behind it: `\mathcal{L}(w)`, `J_{\text{neg-sample}}`."""

from __future__ import annotations

import re
from typing import Final

from gradcalc.check.answers.extremes import Extremes
from gradcalc.check.answers.letters import letter_of
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.tex import END
from gradcalc.formula.expr import Name

_WHOLE: Final = re.compile("samp|neg|total|all", re.IGNORECASE)
"""In words below the loss, which no part of one is called by."""


class Loss(Extremes):
    """Reads past the arguments of the loss, and words below it."""

    def indexed(self, found: Part) -> Part:
        r"""`J_{\text{naive-softmax}}(v_c, o, U)` is the loss; where that has parts, one of them may be meant."""
        by = self.token.inner[0][:-1]
        is_loss = isinstance(found.expr, Name) and found.expr.id == self.meanings.objective
        if is_loss and len(by) == 1 and by[0].kind == "name" and self.builder.resolve(by[0].text):
            self.position += 1
            self.meanings.uncertain = True  # which is a derivative to some, and a name to others
            return self.partial(found, self.inner([*by, END]))
        words = [each.text for each in self.token.inner[0] if each.text[:1].isalpha() and not letter_of(each)]
        if not (words and is_loss):
            return super().indexed(found)
        self.position += 1
        self.pass_over_arguments()
        self.meanings.uncertain |= self.meanings.has_parts and _WHOLE.search(" ".join(words)) is None
        return found

    def pass_over_arguments(self) -> None:
        """`ℒ(w)` is ℒ."""
        if self.token.text != "(":
            return
        end = self.closing(self.position)
        inside = self.tokens[self.position + 1 : end]
        kinds = ("name", "member", "layer", "index", "transpose")
        if all(each.kind in kinds or each.text in ",()[]" for each in inside):
            self.position = min(end + 1, len(self.tokens) - 1)

    def closing(self, start: int) -> int:
        """Where the bracket closes that opens at a token; the end where none does."""
        opened = 0
        for at in range(start, len(self.tokens)):
            opened += (self.tokens[at].text == "(") - (self.tokens[at].text == ")")
            if not opened:
                return at
        return len(self.tokens)
