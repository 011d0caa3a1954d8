r"""What people call the quantities of a problem: `z1`, `A1`, `δ2`, `dL/dW2`, `W^{(2)}`, `y_hat`, `Loss`, a vertex `O3`.

A name of the problem itself comes before all of these, and so does every spelling that a report shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from gradcalc.formula.spelling import canonical
from gradcalc.formula.tex.commands import GREEK
from gradcalc.program.naming import derivative_name, gradient_name, new_name
from gradcalc.program.structure import Structure

LOSSES = ("L", "J", "E", "C", "ℓ", "ℒ", "loss", "Loss", "LOSS", "cost", "Cost", "error", "Error")
_LOSS = r"(?:\\mathcal\s*\{?L\}?|\\ell|" + "|".join(sorted(LOSSES, key=len, reverse=True)) + ")"
_D = r"(?:∂|\\partial|\\mathrm\{d\}|d)\s*"
_OF_LOSS = (
    re.compile(rf"{_D}{_LOSS}\s*/\s*{_D}(?P<of>.+)"),
    re.compile(rf"\\[dt]?frac\s*\{{\s*{_D}{_LOSS}\s*\}}\s*\{{\s*{_D}(?P<of>.+)\}}"),
    re.compile(rf"(?:∇|\\nabla)\s*_\s*\{{?(?P<of>[^{{}}]+)\}}?\s*{_LOSS}?"),
    re.compile(r"(?:\\nabla\s+|grad_)(?P<of>.+)"),
    re.compile(rf"d_?{_LOSS}_?d_?(?P<of>\w+)"),
    re.compile(r"(?P<of>.+?)(?:\.grad|_grad)"),
)
_NEW = (
    re.compile(r"(?P<of>.+?)(?:'|′|\^\{?\+\}?|[_^]\{?(?:\\mathrm\{|\\text\{)?new\}?\}?)"),
    re.compile(r"new_(?P<of>.+)"),
)
_SECOND = re.compile(rf"{_D}(?:²|\^?2|\^\{{2\}})\s*(?P<of>.+?)\s*/\s*\(?{_D}(?P<by>[^()]+)\)?")
_SQUARED = re.compile(r"(?P<by>.+?)\s*(?:²|\^?2|\^\{2\})")
_AND_BY = re.compile(rf"\s*{_D}")
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


def is_second_derivative(written: str) -> bool:
    """Whether this is written as a second derivative is: `d2L/dw2`, `∂²L/∂x∂y`."""
    found = _SECOND.fullmatch(written.strip().strip("$").strip()) if len(written) <= _LONGEST else None
    return found is not None and bool(_SQUARED.fullmatch(found["by"]) or _AND_BY.search(found["by"]))


@lru_cache(maxsize=1024)
def _readings(name: str) -> tuple[str, ...]:
    """The same, remembered: every sheet of a class has a `name` or an `id`."""
    return tuple(readings(name))


class Customs:
    """The customary names of a problem's quantities."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure

    def meant(self, written: str) -> Iterator[str]:
        """The names in equations that somebody may mean, the likeliest first."""
        if len(written) > _LONGEST:
            return
        for reading in _readings(written):
            yield reading
            if reading in self._called:
                yield self._called[reading]
        yield from self._second(written)

    def _second(self, written: str) -> Iterator[str]:
        """What a second derivative such as `d2L/dw2` or `∂²L/∂x∂y` is called."""
        found, of = _SECOND.fullmatch(written.strip().strip("$").strip()), self.structure.objective
        if found is None or of is None or plain(found["of"]) not in (of, *LOSSES):
            return
        twice = _SQUARED.fullmatch(found["by"])
        pairs = [(twice["by"],) * 2] if twice else []
        pairs += [(found["by"][: sign.start()], found["by"][sign.end() :]) for sign in _AND_BY.finditer(found["by"])]
        yield from (derivative_name((of, plain(one), plain(other))) for one, other in pairs)

    @cached_property
    def _called(self) -> Mapping[str, str]:
        """What a quantity is called elsewhere -> its name here; of gradients and new values too."""
        found: dict[str, str] = {}
        for also, name in _customs(self.structure):
            for make in (str, gradient_name, new_name):
                found.setdefault(make(also), make(name))
        return found


def _customs(structure: Structure) -> Iterator[tuple[str, str]]:
    """Customary names. `A` is what comes out of a layer (Ng's notation) and `Z` its weighted sum, which is a here."""
    for layer in structure.layers:
        for letter in ("z", "Z", "net"):
            yield f"{letter}{layer.number}", layer.sums
        for letter in ("A", "H", "h", "o", "O", "out"):
            yield f"{letter}{layer.number}", layer.output
        for letter in ("δ", "delta"):
            yield f"{letter}{layer.number}", gradient_name(layer.sums)
            yield f"{letter}_{layer.number}", gradient_name(layer.sums)
        if layer.number == 1:
            yield from ((letter, layer.source) for letter in ("X", "A0", "h0", "H0"))
    for unit in structure.units:
        yield unit.name, unit.output
        for mark in ("_", "") if unit.name.isdecimal() else ("_",):
            yield from ((f"{letter}{mark}{unit.name}", unit.sum) for letter in ("z", "net", "in", "a"))
            yield from ((f"{letter}{mark}{unit.name}", unit.output) for letter in ("out", "h", "O", "o"))
            yield from ((f"{letter}{mark}{unit.name}", gradient_name(unit.sum)) for letter in ("δ", "delta"))
    for name, (family, index) in structure.members.items():
        yield from ((f"{family}{mark}{index[0]}", name) for mark in ("", "_") if len(index) == 1)
    if structure.objective is not None:
        yield from ((name, structure.objective) for name in LOSSES)
    if len(structure.targets) == 1:
        yield from ((name, structure.targets[0]) for name in ("y", "t", "Y", "T", "target", "y_true"))
    yield from ((name, "yhat") for name in ("y_hat", "y_pred", "Yhat", "Y_hat", "pred", "yHat"))
    yield from ((name, "lr") for name in ("η", "eta", "α", "alpha", "learning_rate"))
