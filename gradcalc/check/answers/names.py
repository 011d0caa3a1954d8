r"""What people call the quantities of a problem: `z1`, `A1`, `δ2`, `dL/dW2`, `W^{(2)}`, `y_hat`, `Loss`, a vertex `O3`.

A name of the problem itself comes before all of these, and so does every spelling that a report shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from gradcalc.formula.spelling import canonical
from gradcalc.formula.tex.commands import GREEK
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Problem
from gradcalc.program.quantities import Quantities, Quantity, of_solution
from gradcalc.program.solve import Solution

LOSSES = ("L", "J", "E", "C", "ℓ", "ℒ", "loss", "Loss", "LOSS", "cost", "Cost", "error", "Error")
_LOSS = r"(?:\\mathcal\s*\{?L\}?|\\ell|" + "|".join(sorted(LOSSES, key=len, reverse=True)) + ")"
_D = r"(?:∂|\\partial|\\mathrm\{d\}|d)\s*"
_OF_LOSS = (
    re.compile(rf"{_D}{_LOSS}\s*/\s*{_D}(?P<of>.+)"),
    re.compile(rf"\\[dt]?frac\s*\{{\s*{_D}{_LOSS}\s*\}}\s*\{{\s*{_D}(?P<of>.+)\}}"),
    re.compile(rf"(?:∇|\\nabla)\s*_\s*\{{?(?P<of>[^{{}}]+)\}}?\s*{_LOSS}?"),
    re.compile(r"(?:\\nabla\s+|grad_)(?P<of>.+)"),
    re.compile(r"(?P<of>.+?)(?:\.grad|_grad)"),
)
_NEW = (
    re.compile(r"(?P<of>.+?)(?:'|′|\^\{?\+\}?|[_^]\{?(?:\\mathrm\{|\\text\{)?new\}?\}?)"),
    re.compile(r"new_(?P<of>.+)"),
)
_HAT = re.compile(r"\\hat\s*\{?\s*(\w)\s*\}?|(\w)_hat\b|(\w)Hat\b")
_FONT = re.compile(r"\\(?:mathbf|mathbb|mathrm|mathcal|boldsymbol|bm|vec|text)\s*\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_NUMBER = re.compile(r"\s*[_^]?\s*(?:\{\s*[\[(]?\s*(\d+)\s*[\])]?\s*\}|[\[(]\s*(\d+)\s*[\])]|(\d+))$")
_LONGEST = 100


def plain(name: str) -> str:
    r"""A name without the dress of its number and its hat: `W^{(2)}`, `W^[2]` and `W_2` are W2, `\hat{y}` is yhat."""
    text = _FONT.sub(r"\1", name.strip().strip("$").strip())
    text = _HAT.sub(lambda m: f"{m[1] or m[2] or m[3]}hat", text)
    text = _COMMAND.sub(lambda m: GREEK.get(m[1], m[0]), text)
    return canonical(_NUMBER.sub(lambda m: m[1] or m[2] or m[3], text).replace("{", "").replace("}", ""))


def readings(name: str) -> Iterator[str]:
    """What a name may be, as equations have it: itself, a gradient of the loss, a new value."""
    yield plain(name)
    for patterns, made in ((_OF_LOSS, gradient_name), (_NEW, new_name)):
        for pattern in patterns:
            found = pattern.fullmatch(name.strip().strip("$").strip())
            if found is not None:
                yield made(plain(found["of"]))


class Names:
    """Finds the quantity that is meant by what people write, in a section of a sheet or in a formula."""

    def __init__(self, solution: Solution) -> None:
        self.problem = solution.problem
        self.catalogue: Quantities = of_solution(solution)
        self.equations = {*solution.problem.given, *(equation.name for equation in solution.equations)}
        self._by_equation = {quantity.equation: quantity for quantity in self.catalogue.every}

    def find(self, section: str, written: str) -> Quantity | str:
        """The quantity that a name means in a section; else what is wrong with the name."""
        return self.get(section, written) or self.catalogue.find(section, written)

    def get(self, section: str, written: str) -> Quantity | None:
        """The same; None where there is none."""
        found = self.catalogue.get(section, written)
        if found is not None or len(written) > _LONGEST:
            return found
        for name in self._meant(written):
            quantity = self._by_equation.get(name)
            if quantity is not None and quantity.section == section:
                return quantity
            found = self.catalogue.get(section, name)
            if found is not None:
                return found
        return None

    def alone(self, written: str) -> str | None:
        """The name in the equations of what is meant in a formula; None where there is none."""
        if written in self.equations:
            return written
        quantity = self.catalogue.alone(written) if len(written) <= _LONGEST else None
        if quantity is not None:
            return quantity.equation
        return next((name for name in self._meant(written) if name in self.equations), None)

    def at_top(self, written: str) -> Quantity | None:
        """The quantity that an answer outside all sections is to: `dW1`, `h1`; not what is given, as the old `W1`."""
        name = self.alone(written)
        quantity = None if name is None or name in self.problem.given else self._by_equation.get(name)
        return quantity if quantity is not None and quantity.section in self._sections else None

    @cached_property
    def _sections(self) -> frozenset[str]:
        return frozenset(label.partition(".")[0] for label in self.catalogue.labels())

    def _meant(self, written: str) -> Iterator[str]:
        if len(written) > _LONGEST:
            return
        for reading in readings(written):
            yield reading
            if reading in self._called:
                yield self._called[reading]

    @cached_property
    def _called(self) -> Mapping[str, str]:
        """What a quantity is called elsewhere -> its name here; of gradients and new values too."""
        found: dict[str, str] = {}
        for also, name in _customs(self.problem):
            for make in (str, gradient_name, new_name):
                found.setdefault(make(also), make(name))
        return found


def _customs(problem: Problem) -> Iterator[tuple[str, str]]:
    """Customary names. `A` is what comes out of a layer (Ng's notation) and `Z` its weighted sum, which is a here."""
    for layer in problem.layers:
        for letter in ("z", "Z", "net"):
            yield f"{letter}{layer.number}", layer.sums
        for letter in ("A", "H", "h", "o", "O", "out"):
            yield f"{letter}{layer.number}", layer.output
        for letter in ("δ", "delta"):
            yield f"{letter}{layer.number}", gradient_name(layer.sums)
            yield f"{letter}_{layer.number}", gradient_name(layer.sums)
        if layer.number == 1:
            yield from ((letter, layer.source) for letter in ("X", "A0", "h0", "H0"))
    for unit in problem.units:
        yield unit.name, unit.output
        yield from ((f"{letter}_{unit.name}", unit.sum) for letter in ("z", "net", "in"))
        yield from ((f"{letter}_{unit.name}", unit.output) for letter in ("out", "h", "O"))
        yield from ((f"{letter}_{unit.name}", gradient_name(unit.sum)) for letter in ("δ", "delta"))
    if problem.objective is not None:
        yield from ((name, problem.objective) for name in LOSSES)
    if len(problem.targets) == 1:
        yield from ((name, next(iter(problem.targets))) for name in ("y", "t", "Y", "T", "target", "y_true"))
    yield from ((name, "yhat") for name in ("y_hat", "y_pred", "Yhat", "Y_hat", "pred", "yHat"))
    yield from ((name, "lr") for name in ("η", "eta", "α", "alpha", "learning_rate"))
