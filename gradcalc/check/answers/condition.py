"""Where a line is said to hold, as formulas have it: a number that is 1 there, `step(z)`, `min(W == W.T)`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition by its text; of an array it is the least of its entries, several are a product of brackets."""

    text: str

    @property
    def sides(self) -> tuple[str, str] | None:
        """Both sides of one that is an equation; None of any other."""
        is_least = self.text.startswith("min(")
        inner = self.text.removeprefix("min(").removesuffix(")" if is_least else "")
        left, equal, right = inner.partition(" == ")
        return (left, right) if equal else None

    @property
    def are_several(self) -> bool:
        """Whether it is several at once."""
        return self.text.startswith("(") and ") * (" in self.text
