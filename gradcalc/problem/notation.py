"""How a layer combines its weights with what goes in: the four notations, and their layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gradcalc.formula.expr import Expr, Name, add, call
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.draft import Draft


@dataclass(frozen=True, slots=True)
class Notation:
    """One notation: as it is written, along which axis a sample lies, and which axis of W its inputs have."""

    text: str
    axis: Axis
    inputs_along: int
    transposed: bool = False

    def weighted(self, weights: Expr, x: Expr) -> Expr:
        """The product of weights and inputs."""
        turned = call("transpose", weights) if self.transposed else weights
        return call("matmul", x, turned) if self.axis is Axis.ROWS else call("matmul", turned, x)

    def combined(self, weights: str, bias: str | None, x: str) -> Expr:
        """The formula of a layer's sums over these names."""
        product = self.weighted(Name(weights), Name(x))
        return product if bias is None else add(product, Name(bias))

    def layout(self, inputs: int | None) -> str:
        """The shape that weights must have, in words; K is the number of units."""
        sides = ("K", "K") if inputs is None else (str(inputs), "K")
        return "×".join(sides if self.inputs_along == 0 else sides[::-1])

    def sample_shape(self, features: int, samples: int) -> Shape:
        """The shape of that many samples with that many entries."""
        return (features, samples) if self.axis is Axis.COLUMNS else (samples, features)


NOTATIONS: Final = {
    notation.text.replace(" ", ""): notation
    for notation in (
        Notation("W.T @ x + b", Axis.COLUMNS, inputs_along=0, transposed=True),
        Notation("W @ x + b", Axis.COLUMNS, inputs_along=1),
        Notation("x @ W + b", Axis.ROWS, inputs_along=0),
        Notation("x @ W.T + b", Axis.ROWS, inputs_along=1, transposed=True),
    )
}


def notation_of(text: str) -> Notation | None:
    """The notation that a text names, however it is spaced; None if it names none."""
    return NOTATIONS.get("".join(text.split()).replace("^T", ".T").replace("ᵀ", ".T"))


def read_notation(draft: Draft, text: str) -> Notation:
    """The notation that a file names; a fault, and the usual one, if there is none of that name."""
    found = notation_of(text)
    if found is None:
        known = ", ".join(notation.text for notation in NOTATIONS.values())
        draft.fault(("notation",), f"is '{text}': it must be one of {known}")
    return found or next(iter(NOTATIONS.values()))
