"""A place among the tokens of a typed formula, from which it is read on; and how deep in it that place is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn

from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.numerals import NotReadable

DEEPEST: Final = 40
"""How many levels a formula may be nested."""


class Cursor:
    """The token that is read next; all that fails raises NotReadable with its column."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.position = self.depth = 0

    @property
    def token(self) -> Token:
        """The token that stands here."""
        return self.tokens[self.position]

    def fail(self, why: str) -> NoReturn:
        """Say why it can't be read on here."""
        raise NotReadable(f"column {self.token.start + 1}: {why}")

    def accept(self, *signs: str) -> str:
        """The sign that stands here, if it is one of these, and go on."""
        if self.token.kind == "sign" and self.token.text in signs:
            self.position += 1
            return self.tokens[self.position - 1].text
        return ""

    def expect(self, sign: str) -> None:
        """Go on past this sign, which must stand here."""
        if not self.accept(sign):
            self.fail(f"'{sign}' is missing here")

    def deeper(self) -> None:
        """Count how many calls are open: each level takes ten of Python's."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"nested more than {DEEPEST} levels deep")
