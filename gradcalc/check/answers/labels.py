r"""The class of a sample in formulas of LaTeX: `b = \text{label}[a]` is where its target is 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from gradcalc.check.answers.lexer import Token
from gradcalc.formula.table import Axis

_WORDS: Final = ("label", "labels", "class", "gold", "truth", "target", "targets")


def sample_of(
    tokens: Sequence[Token], resolve: Callable[[str], str | None], target: str = ""
) -> Sequence[Token] | None:
    """The letter of the sample whose class these tokens are, none where there is one sample; None of anything else.

    Where a class is asked for, the `target` with 1 there may stand for it: `y = k`.
    """
    first, *rest = [token for token in tokens if token.kind != "end"] or [Token("end", "", 0)]
    is_word = first.text.lower() in _WORDS and resolve(first.text) is None
    if first.kind != "name" or not (is_word or (target and resolve(first.text) == target)):
        return None
    rest = [each for token in rest for each in (token.inner[0] if token.kind in ("index", "layer") else [token])]
    letters = [token for token in rest if token.kind != "end" and token.text not in ("[", "]", "(", ")")]
    return letters if len(letters) < 2 else None


def target_at(target: str, sample: str, entry: str, axis: Axis) -> str:
    """The entry of the targets for a sample, which a problem with one has none of, and a class."""
    index = (sample, entry) if axis == Axis.ROWS else (entry, sample)
    return f"{target}[{','.join(index) if sample else entry}]"
