"""Check the LaTeX of `symbols`: only what the reader of TeX knows gets into a report, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from gradcalc.formula.names import Names
from gradcalc.formula.spelling import canonical
from gradcalc.formula.symbols import to_unicode
from gradcalc.formula.table import functions, lookup
from gradcalc.formula.table import known as is_function
from gradcalc.formula.tex.read import TexError, read
from gradcalc.formula.tex.tree import is_visible
from gradcalc.problem.draft import Draft
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Path
from gradcalc.words import listed

_MAY_HAVE: Final = r"; a symbol has letters (\theta), accents (\hat{y}), fonts (\mathbf{W}), scripts (W_0^1)"

_PART: Final = r"[\w\s:,]{1,40}\]"
"""The index of an entry or a part, and what closes it: `i]`, `:,w]`."""
_SIGNS: Final = {"mul": ("⊙", "∘", "∗", "·", "×"), "matmul": ("·", "×")}
"""The signs by which a product can be told from the other one."""


def by_name(symbols: Mapping[str, str]) -> dict[str, str]:
    """The symbols by the names that formulas have."""
    return {canonical(name): symbol for name, symbol in symbols.items()}


def check_names(draft: Draft, symbols: Mapping[str, str], names: Iterable[str]) -> None:
    """A fault for each symbol of a name that is neither in the problem nor a function of the table."""
    names = list(names)
    sizes = () if draft.letters is None else (*draft.letters.sizes, *draft.letters.counts)
    above = ("loss",) if "upstream" in draft.document.data else ()  # which isn't given, and has a sign all the same
    known = {*names, "lr", *map(gradient_name, names), *sizes, *above, *draft.indices.absent}
    for raw in symbols:
        if not {canonical(raw), *_whole(draft, raw)} & known and not is_function(canonical(raw)):
            near = draft.did_you_mean(canonical(raw), [*names, *(entry.name for entry in functions())])
            draft.key_fault(("symbols", raw), f": unknown name{near or draft.near(canonical(raw), names)}")


def _whole(draft: Draft, raw: str) -> Iterator[str]:
    """That of which `w[u][i]` is an entry, and of `w[u]` the member, as the first members of its family."""
    whole, bracket, index = raw.strip().rpartition("[")
    if not (bracket and re.fullmatch(_PART, index)):
        return
    first = {letter: str(range[0]) for letter, range in draft.indices.ranges}
    for each in (whole, raw):
        yield canonical(re.sub(r"[^\W\d]\w*(?=[,\]])", lambda found: first.get(found.group(), found.group()), each))


def check_functions(draft: Draft, symbols: Mapping[str, str], shown: Names, used: Collection[str]) -> None:
    """A fault for each symbol of a function by which another function is meant: one that is shown so, or is used.

    `shown` says how all names are shown, `used` are the functions of the equations. A quantity may be shown as a
    function is: a name before a bracket with arguments is the function, any other the quantity.
    """
    taken: dict[str, str] = {}
    for raw, symbol in symbols.items():
        name = canonical(raw)
        if name in shown.unicode_of or not is_function(name):
            continue
        mine, text = lookup(name).name, to_unicode(symbol) or symbol
        if mine in _SIGNS:
            if text not in _SIGNS[mine]:
                draft.fault(("symbols", raw), f": a product's sign is one of {listed(_SIGNS[mine])}")
            continue
        other = lookup(text).name if is_function(text) else mine
        meant = taken.get(text) or (f"the function {other}" if other in used and other != mine else "")
        if meant:
            draft.fault(("symbols", raw), f": {text} is shown for {meant} as well: two meanings can't be shown alike")
        taken[text] = f"the function {mine}"


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
