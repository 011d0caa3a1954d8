r"""The loss in formulas of LaTeX with what people write behind it: `\mathcal{L}(w)`, `J_{\text{neg-sample}}`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gradcalc.check.answers.differentiating import NO_LOSS
from gradcalc.check.answers.extremes import Extremes
from gradcalc.check.answers.letters import letter_of
from gradcalc.check.answers.lexer import END, Token
from gradcalc.check.answers.parts import Part
from gradcalc.formula.expr import Name
from gradcalc.program.customs import LOSSES
from gradcalc.program.naming import gradient_name

_CROSS_ENTROPY: Final = ("CE", "BCE", "cross_entropy", "binary_cross_entropy")
"""What the loss is called by many where that isn't applied to anything."""
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
            return self.pass_over_inputs(super().indexed(found))
        self.position += 1
        self.pass_over_arguments()
        self.meanings.uncertain |= self.meanings.has_parts and _WHOLE.search(" ".join(words)) is None
        return found

    def gradient_of_loss(self, name: str) -> Part | None:
        r"""`\nabla L(w)` and `\nabla L`, not that of the loss by itself, which is 1; None of any other name."""
        loss = self.meanings.objective
        if loss is None or name != gradient_name(loss):
            return None
        found = self.by_variable()
        self.meanings.uncertain |= found is None  # by all parameters together, or by one that isn't said
        return found

    def gradient_of_next(self) -> Part:
        r"""`\nabla \mathcal{L}(w)`; `\nabla^2 L(w)` is the Hessian."""
        start = self.position
        is_second = self.token.kind == "raise" and [each.text for each in self.token.inner[0][:-1]] == ["2"]
        self.position += is_second
        is_loss = self.is_loss(self.token)
        self.position += is_loss
        found = self.by_variable(is_second) if is_loss else None
        if found is None:
            self.position = start
            return super().gradient_of_next()
        return found

    def is_loss(self, token: Token) -> bool:
        """Whether it is the loss by its name, or by a customary one."""
        name = self.builder.resolve(token.text) if token.kind == "name" else None
        named = name == self.meanings.objective or (name is None and token.text in LOSSES)
        return token.kind == "name" and self.meanings.objective is not None and named

    def customary_loss(self, text: str) -> Part | None:
        """The loss by a name that it has with many people; None of any other name."""
        objective = self.meanings.objective
        is_index = text in self.meanings.letters
        if text in (*LOSSES, "l") and not is_index and (objective or self.meanings.gradients):
            is_small = text in ("ℓ", "l") and self.token.text == "("
            self.meanings.uncertain |= is_small  # `\ell(\theta)`, which is the log-likelihood to many
            self.pass_over_arguments()
            return Part(Name(objective or NO_LOSS), ())
        if text in _CROSS_ENTROPY and objective:
            several = self.meanings.over or self.meanings.over_samples
            self.meanings.uncertain |= self.meanings.has_parts or bool(several)  # that of one sample, or a part
            return Part(Name(objective), ())
        return None

    def by_variable(self, twice: bool = False) -> Part | None:
        """The gradient or the Hessian of the loss by what stands behind it; None where that isn't known."""
        loss, variable = Part(Name(self.meanings.objective or ""), ()), self.variable_ahead()
        if variable is None:
            return None
        self.pass_over_arguments()
        return self.second(loss, variable, variable) if twice else self.partial(loss, variable)

    def variable_ahead(self) -> Part | None:
        """By what it is taken: by what stands in the bracket behind it, else by the one parameter that there is."""
        end = self.closing(self.position) if self.token.text == "(" else self.position
        said = [each.text for each in self.tokens[self.position + 1 : end] if each.kind != "sign"]
        mine = [name for text in said if (name := self.builder.resolve(text)) in self.builder.shapes]
        every = [*mine] if mine else [*self.meanings.parameters]
        name = every[0] if len(every) == 1 and len(said) < 2 else None
        return None if name is None else Part(Name(name), self.builder.shapes.get(name))

    def pass_over_arguments(self) -> None:
        """`ℒ(w)` is ℒ."""
        if self.token.text != "(":
            return
        end = self.closing(self.position)
        inside = self.tokens[self.position + 1 : end]
        kinds = ("name", "member", "layer", "index", "transpose")
        if all(each.kind in kinds or each.text in ",;()[]" for each in inside):
            self.position = min(end + 1, len(self.tokens) - 1)

    def pass_over_inputs(self, found: Part) -> Part:
        r"""`\phi_j(x)` is the problem's `\phi_j`, which rests on its x, and no product with it.

        With a comma between, `L_t(\hat{y}_t, y_t)`, all may stand there that it rests on.
        So it is where nothing else is said: `a(z) = \dots`.
        """
        if self.token.text != "(" or not isinstance(found.expr, Name):
            return found
        base = found.expr.id.partition("[")[0]
        beneath = self.meanings.rests_on(self.meanings.members.get(base, base)) - {base}
        inputs = self.meanings.given & beneath
        end = self.closing(self.position)
        inside = self.tokens[self.position + 1 : end]
        known = [self.builder.resolve(each.text) if each.kind == "name" else None for each in inside]
        families = {each.partition("[")[0] for each in beneath}
        arguments = [each.text.partition("[")[0] for each in inside if each.text != ","]
        are_several = len(arguments) == len(inside) // 2 + 1 > 1 and families.issuperset(arguments)
        behind = min(end + 1, len(self.tokens) - 1)
        is_alone = self.position == 1 and self.tokens[behind].kind == "end" and beneath.issuperset(known)
        are_inputs = are_several or is_alone or all(name in inputs for name in known)
        may_be_factor = base in self.meanings.gradients and not are_several
        if inside and are_inputs and not (may_be_factor and self.is_factor(found, inside, self.tokens[behind])):
            self.position = behind
        return found

    def is_factor(self, gradient: Part, inside: Sequence[Token], behind: Token) -> bool:
        r"""Whether `(x)` behind a gradient is multiplied with it: `\delta (x)^T`, and where either is one number."""
        shapes = [gradient.shape, *(self.builder.shapes.get(self.builder.resolve(each.text) or "") for each in inside)]
        return behind.kind == "transpose" or any(shape in ((), (1, 1)) for shape in shapes)

    def closing(self, start: int) -> int:
        """Where the bracket closes that opens at a token; the end where none does."""
        opened = 0
        for at in range(start, len(self.tokens)):
            opened += (self.tokens[at].text == "(") - (self.tokens[at].text == ")")
            if not opened:
                return at
        return len(self.tokens)
