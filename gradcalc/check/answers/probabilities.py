r"""Probabilities in formulas of LaTeX: `P(y = k \mid x)` is what the problem compares with its target, at that class.

What the student's model is isn't said by the problem: what is right is so, and what isn't may be meant otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from gradcalc.check.answers.letters import letter_of
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.points import Points
from gradcalc.check.answers.typed import UnknownName
from gradcalc.formula.expr import Apply, Name, Num, add, call, mul, neg

_NAMES = ("P", "p", "Pr", "q")
_BARS = ("|", "∣", ";")


class Probabilities(Points):
    """Reads probabilities of classes."""

    def is_probability(self, name: str) -> bool:
        """Whether a name stands before a bracket with a bar in it, alone: else bars stand for absolute values."""
        inside = self.tokens[self.position : self.closing(self.position)] if self.token.text == "(" else []
        return name in _NAMES and any(token.kind == "sign" and token.text in _BARS[:2] for token in inside)

    def probability(self, name: str) -> Part:
        r"""`p(y = k \mid x)`, `P(y \mid x)`: what stands in the bracket behind the name."""
        end = self.closing(self.position)
        inside = self.tokens[self.position + 1 : end]
        event = [*takewhile(lambda token: token.text not in _BARS, inside)]
        at = next((i for i, token in enumerate(event) if token.text == "="), len(event))
        of, value = event[:at], event[at + 1 :]
        pair = self.of_sample(of[0]) if len(of) == 1 and len(event) < len(inside) else None
        if pair is not None:
            self.position = end + 1
            self.meanings.uncertain = True
            return (self.of_two if max(pair[1].shape or (1,)) == 1 else self.of_classes)(*pair, value)
        target = next(iter(self.meanings.predicted), None)
        is_target = bool(of) and target is not None and self.builder.resolve(of[0].text.lower()) == target
        if not value and not is_target and target is not None and self.meanings.one_hot:
            value = self.word(event)
        of_class = len(value) == 1 and (not event[at + 1 :] or self.is_class(letter_of(value[0])))
        if len(event) == len(inside) or target is None or not (is_target or of_class):
            raise UnknownName(name)
        self.position = end + 1
        self.meanings.uncertain = True
        output = Part(Name(self.meanings.predicted[target]), self.builder.shapes.get(self.meanings.predicted[target]))
        hot = Part(Name(target), self.builder.shapes.get(target))
        rest = [token for each in of[1:] for token in (each.inner[0] if each.kind in ("index", "layer") else [])]
        sample = [token for token in rest if letter_of(token)]
        if self.meanings.one_hot and hot.shape == output.shape and max(hot.shape or (1,)) > 1:
            return self.of_classes(output, hot, value)
        output, hot = (self.part_of(each, sample) if sample else each for each in (output, hot))
        return self.of_two(output, hot, value)

    def of_sample(self, of: Token) -> tuple[Part, Part] | None:
        """What is predicted for a sample, and its target, by that, `y_i`; None of anything else."""
        members = [each for each in self.meanings.predicted.items() if all(name.endswith("]") for name in each)]
        families = {target.partition("[")[0]: output.partition("[")[0] for target, output in members}
        family, _, index = of.text.partition("[")
        if of.kind not in ("member", "lettered") or family not in families:
            return None
        letters = of.inner[1] if of.kind == "lettered" else of.inner[0].indices
        return self.some_member(f"{families[family]}[{index}", letters), self.some_member(of.text, letters)

    def word(self, event: Sequence[Token]) -> list[Token]:
        r"""The letter of which `p(o \mid c)` or `p(w_j \mid w_I)` is the probability, if it is one."""
        if not event or len(event) > 2 or (len(event) == 2 and event[1].kind != "index"):
            return []
        inside = [token for token in event[1].inner[0] if token.kind != "end"] if event[1:] else [*event]
        letter = letter_of(inside[0]) if len(inside) == 1 else ""
        known = letter if self.is_class(letter) else letter.lower()
        is_index = bool(event[1:]) and bool(letter) and letter.islower()
        return [Token("name", known, inside[0].start, (known,))] if is_index or self.is_class(known) else []

    def is_class(self, letter: str) -> bool:
        """Whether a letter names a class, or is an index here."""
        return bool(letter) and (letter in self.meanings.classes or letter in self.meanings.letters)

    def of_classes(self, output: Part, hot: Part, value: Sequence[Token]) -> Part:
        """Of one of several classes; without one that of the target."""
        if not value:
            return self.builder.whole(call("sum", mul(output.expr, hot.expr)), output, hot)
        return self.part_of(output, value)

    def of_two(self, output: Part, hot: Part, value: Sequence[Token]) -> Part:
        """Of 1 or 0; without one that of the target, whichever it is."""
        other = add(Num(1.0), neg(output.expr))
        said = [token.text for token in value]
        if said not in (["1"], ["0"], []):
            self.fail("a probability of another class than 1 and 0")
        if said:
            return output if said == ["1"] else self.builder.whole(other, output)
        both = (Apply("pow", (output.expr, hot.expr)), Apply("pow", (other, add(Num(1.0), neg(hot.expr)))))
        return self.builder.whole(mul(*both), output, hot)
