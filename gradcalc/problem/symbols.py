"""Check the LaTeX of `symbols`: only what the reader of TeX knows gets into a report, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from gradcalc.formula.spelling import canonical
from gradcalc.formula.tex.read import TexError, read
from gradcalc.formula.tex.tree import is_visible
from gradcalc.problem.draft import Draft
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Path

_MAY_HAVE: Final = r"; a symbol has letters (\theta), accents (\hat{y}), fonts (\mathbf{W}), scripts (W_0^1)"


def by_name(symbols: Mapping[str, str]) -> dict[str, str]:
    """The symbols by the names that formulas have."""
    return {canonical(name): symbol for name, symbol in symbols.items()}


def check_names(draft: Draft, symbols: Mapping[str, str], names: Iterable[str]) -> None:
    """A fault for each symbol of a name that isn't in the problem."""
    names = list(names)
    known = {*names, "lr", *map(gradient_name, names)}
    for raw in symbols:
        if canonical(raw) not in known:
            draft.key_fault(("symbols", raw), f": unknown name{draft.near(canonical(raw), names)}")


def check_latex(draft: Draft, symbols: Mapping[str, str]) -> None:
    """A fault for each symbol that can't be read, at what is wrong in it."""
    for raw, symbol in symbols.items():
        path: Path = ("symbols", raw)
        try:
            if not is_visible(read(symbol)):
                draft.fault(path, f": nothing is to be seen of it{_MAY_HAVE}")
        except TexError as error:
            place = draft.document.inside(error.start, *path)
            draft.fault_at(place, path, f": {error.why}{error.hint or _MAY_HAVE}")
