r"""Which quantity somebody means on a sheet: in a section, in a formula, or outside all sections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

from gradcalc.check.answers.deltas import delta_trees
from gradcalc.check.answers.families import Family, families
from gradcalc.check.answers.normal import normal, other_ways
from gradcalc.check.answers.numbered_layers import numbered_layers
from gradcalc.check.answers.patterns import Patterns, patterns
from gradcalc.formula.expr import Expr, Num
from gradcalc.formula.spelling import canonical
from gradcalc.formula.tex.commands import GREEK
from gradcalc.formula.tex.read import read
from gradcalc.formula.tex.tree import Char, Row, Scripted, Symbol
from gradcalc.program.naming import gradient_name, has_part, new_name
from gradcalc.program.quantities import Quantities, of_solution
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution

_AS_TYPED = {"mul": "⊙", "matmul": "@"}
"""The signs of products, which stand between what they multiply."""
_CALLED = r"\s*['′]?\s*\("
"""Behind a function: the bracket with its argument."""
_GOES_ON = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]_")
_ENDS = r"(?!(?!ᵀ)[^\W\d]|(?<=[⁰¹²³⁴⁵⁶⁷⁸⁹])[⁰¹²³⁴⁵⁶⁷⁸⁹]|(?<=[₀₁₂₃₄₅₆₇₈₉])[₀₁₂₃₄₅₆₇₈₉])"
"""No name goes on here, nor its number."""


def _called(name: str, alone: re.Pattern[str] | None, found: re.Match[str]) -> str:
    """The function's name in the place of its symbol; a quantity that is shown so stays: `φ (1 - φ)` is a product."""
    is_product = alone is not None and alone.search(_in_brackets(found.string, found.end()))
    return found[0] if is_product else name


def _in_brackets(text: str, start: int) -> str:
    """What stands in the brackets that open next."""
    opened = 0
    for at in range(start, len(text)):
        opened += (text[at] == "(") - (text[at] == ")")
        if text[at] == ")" and not opened:
            return text[start:at]
    return text[start:]


class Names:
    """Finds the quantity that is meant by what people write, in a section of a sheet or in a formula.

    What is the same for all sheets of a solution is made once.
    """

    def __init__(self, solution: Solution) -> None:
        self.problem = solution.problem
        self.catalogue: Quantities = of_solution(solution)
        self.solution = solution
        self.further = self.catalogue.further
        self.wanted: set[str] = set()
        """What was asked for beside the solution, and isn't in it yet."""
        self.abbreviations: dict[str, Expr] = {}
        """The student's own names for formulas."""

    @cached_property
    def equations(self) -> frozenset[str]:
        """The names in the equations: of what they are, and of what is given."""
        return self.solution.once(
            "names of equations", lambda: frozenset((*self.problem.given, *self.solution.by_name))
        )

    @cached_property
    def _by_equation(self) -> Mapping[str, Quantity]:
        return self.solution.once("by equation", lambda: {each.equation: each for each in self.catalogue.every})

    @cached_property
    def _words(self) -> Mapping[str, str]:
        """A word for each abbreviation of the problem whose name is none, such as `sg(z)`."""
        return self.solution.once("words", self._made_words)

    def _made_words(self) -> Mapping[str, str]:
        parts = (each.equation for each in self.further.values() if each.by)
        odd = (name for name in (*self.problem.let, *parts) if not name.isidentifier())
        return {f"abbreviation{number}": name for number, name in enumerate(odd, 1)}

    @cached_property
    def _partials(self) -> Mapping[str, re.Pattern[str]]:
        """What derivatives that are quantities of the problem are shown as, `∂L/∂w`, `(∂L/∂w)_new`; longest first."""
        return self.solution.once("partials", self._made_partials)

    def _made_partials(self) -> Mapping[str, re.Pattern[str]]:
        every = (make(name) for name in self.problem.derivatives for make in (str, gradient_name, new_name))
        shown = {name: self.catalogue.shown.unicode(name) for name in every if name in self.equations}
        signed = sorted((name for name in shown if "∂" in shown[name]), key=lambda name: -len(shown[name]))
        return {name: re.compile(rf"{re.escape(shown[name])}(?![^\Wᵀ])") for name in signed}

    @cached_property
    def trees(self) -> Mapping[Row, str]:
        """Names of equations by the trees of the TeX that reports show; what two are shown as is that of neither."""
        return self.solution.once("trees", self._made_trees)

    def _made_trees(self) -> Mapping[Row, str]:
        shown = self.catalogue.shown.latex_of
        trees = [(normal(read(latex)), name) for name, latex in shown.items() if name in self.equations]
        sizes = (name for name, expr in self.problem.let.items() if isinstance(expr, Num))
        trees += [(normal(read(symbols[name])), name) for name in sizes if name in (symbols := self.problem.symbols)]
        trees += self._entries()
        trees += numbered_layers(dict(trees), self.problem.layers)
        uses = Counter(tree for tree, _ in trees)
        functions = {tree: _AS_TYPED.get(name, name) for tree, name in self._function_trees}
        mine = {tree: name for tree, name in trees if uses[tree] == 1}
        deltas = self._deltas(mine) if self.problem.layers else {}  # δ² is that of the second layer but for symbols
        return functions | deltas | mine

    def _deltas(self, trees: Mapping[Row, str]) -> dict[Row, str]:
        """δ with the scripts of a weighted sum, by these trees of names."""
        return {} if self.problem.signs else delta_trees(trees, self.problem.forward, self.equations)

    def _entries(self) -> Iterator[tuple[Row, str]]:
        """Entries that a symbol names, `w_5` for `W2[1,1]`, by the trees of the symbols."""
        for key, symbol in self.problem.symbols.items():
            name, bracket, index = key.replace(" ", "").partition("[")
            numbers = index.removesuffix("]").replace(",", "")
            if bracket and numbers.isdecimal() and name in self.equations and key not in self.equations:
                yield normal(read(symbol)), f"{name}[{index}"

    @cached_property
    def _function_trees(self) -> Sequence[tuple[Row, str]]:
        """Functions with symbols of their own, by the trees of these."""
        shown = self.catalogue.shown.functions.items()
        return self.solution.once("function trees", lambda: [(normal(read(latex)), name) for name, latex in shown])

    @cached_property
    def functions_alike(self) -> Mapping[str, str]:
        """Functions that are shown as a quantity is, by that quantity: a bracket behind tells which one is meant."""
        trees = ((self.trees.get(tree), name) for tree, name in self._function_trees)
        return {quantity: name for quantity, name in trees if quantity in self.equations and quantity != name}

    @cached_property
    def tex_families(self) -> Sequence[Family]:
        """The families of the problem, as their members are shown in TeX."""
        return self.solution.once("families", lambda: tuple(self._made_families()))

    def _made_families(self) -> Iterator[Family]:
        found = families(self.trees.items(), self.problem.indices.families)
        counted = frozenset(self.problem.over)
        every = (replace(family, counted=counted) for family in found)
        yield from sorted(every, key=_least_told)  # `z_{h,t}` before `z_t`, of which that would be an entry

    @cached_property
    def squares(self) -> Mapping[str, str]:
        r"""The quantities that are shown as squares, `\sigma^2`, each with the one that is shown as what is squared."""
        shown = [(tree[0], name) for tree, name in self.trees.items() if len(tree) == 1]
        squared = ((node.base, node.scripts, name) for node, name in shown if isinstance(node, Scripted))
        bases = {
            name: Scripted(base, 0, rest) if (rest := scripts[:-1]) else base
            for base, scripts, name in squared
            if scripts and scripts[-1] == ("^", Char("2"))
        }
        return {name: other for name, base in bases.items() for node, other in shown if node == base}

    @cached_property
    def other_trees(self) -> Mapping[Row, str]:
        """The same for what is shown nearly so: `w_2` where `w^2` is a name, unless that means something itself."""
        return self.solution.once("other trees", self._made_other_trees)

    def _made_other_trees(self) -> Mapping[Row, str]:
        others = [(other, name) for tree, name in self.trees.items() for other in other_ways(tree)]
        uses = Counter(other for other, _ in others)
        near = {other: name for other, name in others if uses[other] == 1 and other not in self.trees}
        deltas = self._deltas(self.trees)
        other = {way: name for tree, name in deltas.items() for way in other_ways(tree) if way not in self.trees}
        return {**other, **deltas, **near}

    @cached_property
    def numbered(self) -> Mapping[str, Sequence[str]]:
        """The names that are shown as a letter with a number or a letter, by the first: `W` of `W_1` and `W_2`."""
        return self.solution.once("numbered", self._made_numbered)

    def _made_numbered(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        first = {*self.problem.given, *self.solution.forward}
        for tree, name in self.trees.items():
            letter = _letter_of(tree)
            if letter and name in first:
                found.setdefault(letter, []).append(name)
        return found

    @cached_property
    def unnumbered(self) -> Mapping[str, str]:
        """Of names that are shown without the number of a layer, as `h` for h1 or for h, what stands before it."""
        return self.solution.once("unnumbered", self._made_unnumbered)

    def _made_unnumbered(self) -> Mapping[str, str]:
        alone = (name for tree, name in self.trees.items() if len(tree) == 1 and not isinstance(tree[0], Scripted))
        found = {name: name.rstrip("0123456789") for name in alone if name in self.equations}
        return {name: letter for name, letter in found.items() if letter != name or name not in self.problem.parameters}

    @cached_property
    def weights(self) -> Mapping[str, Sequence[str]]:
        """The parameters that are shown as a letter with scripts, by that letter: `w` of `w_1` and `w_l`."""
        return self.solution.once("weights", self._made_weights)

    def _made_weights(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for tree, name in self.trees.items():
            base = tree[0].base if len(tree) == 1 and isinstance(tree[0], Scripted) else None
            if isinstance(base, Char) and name in self.problem.parameters:
                found.setdefault(base.text, []).append(name)
        return found

    @cached_property
    def patterns(self) -> Patterns:
        """Names that the problem shows with letters for indices."""
        problem = self.problem
        return self.solution.once("patterns", lambda: patterns(problem.symbols, problem.indices.families))

    def with_words(self, text: str) -> str:
        """A formula with these words in the place of such names."""
        for word, name in self._words.items():
            if name[0] not in text or (has_part(name) and not has_part(text)):
                continue
            spaced = r"\s*".join(map(re.escape, name))
            text = re.sub(rf"(?<!\w){spaced}", f" {word} ", text)
        for name, pattern in self._partials.items() if "∂" in text else ():
            text = pattern.sub(f" {name} ", text)
        for pattern, name, alone in self._functions:
            text = pattern.sub(partial(_called, name, alone), text)
        return text if text.isascii() or self._scripted is None else self._scripted.sub(self._typed, text)

    @cached_property
    def _functions(self) -> Sequence[tuple[re.Pattern[str], str, re.Pattern[str] | None]]:
        """Functions by the symbols that the problem has for them, before a bracket; signs of products wherever.

        With what is shown so alone, where that is a quantity.
        """
        return self.solution.once("functions", lambda: tuple(self._made_functions()))

    def _made_functions(self) -> Iterator[tuple[re.Pattern[str], str, re.Pattern[str] | None]]:
        names = self.catalogue.shown
        for name in names.functions:
            symbol = names.function_unicode(name) or ""
            if symbol and name in _AS_TYPED:
                yield re.compile(re.escape(symbol)), f" {_AS_TYPED[name]} ", None
            elif symbol:
                words = [symbol, *(word for word, letter in GREEK.items() if letter == symbol)]
                word = rf"(?<![\w\\])(?:{'|'.join(map(re.escape, words))})"
                alone = re.compile(rf"{word}(?!\w|{_CALLED})") if name in self.functions_alike.values() else None
                yield re.compile(rf"{word}(?={_CALLED})"), name, alone

    @cached_property
    def _as_shown(self) -> Mapping[str, str]:
        """Names of equations by what reports show for them, where a formula would read that as something else."""
        return self.solution.once("as shown", self._made_as_shown)

    def _made_as_shown(self) -> Mapping[str, str]:
        shown = {id: text for id, text in self.catalogue.shown.unicode_of.items() if id in self.equations}
        misread = {id for id, text in shown.items() if _GOES_ON.search(text) or self.alone(canonical(text)) != id}
        return {text: id for id, text in shown.items() if id in misread and not text.isascii()}

    @cached_property
    def _scripted(self) -> re.Pattern[str] | None:
        names = sorted(self._as_shown, key=len, reverse=True)
        return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, names))}){_ENDS}") if names else None

    def _typed(self, found: re.Match[str]) -> str:
        return f" {self._as_shown[found[1]]} "

    def find(self, section: str, written: str) -> Quantity | str:
        """The quantity that a name means in a section; else what is wrong with the name."""
        return self.catalogue.find(section, written)

    def get(self, section: str, written: str) -> Quantity | None:
        """The same; None where there is none."""
        return self.catalogue.get(section, written)

    def alone(self, written: str) -> str | None:
        """The name in the equations of what is meant in a formula; None where there is none."""
        if written in self.equations or written in self.abbreviations:
            return written
        if written in self._words:
            return self._words[written]
        quantity = self.catalogue.alone(written)
        return None if quantity is None else quantity.equation

    def at_top(self, written: str) -> Quantity | None:
        """The quantity that an answer outside all sections is to: `dW1`, `h1`; not what is given, as the old `W1`."""
        name = self.alone(written)
        quantity = None if name is None or name in self.problem.given else self._by_equation.get(name)
        return quantity if quantity is not None and quantity.section in self._sections else None

    @cached_property
    def _sections(self) -> frozenset[str]:
        return self.solution.once(
            "sections", lambda: frozenset(each.partition(".")[0] for each in self.catalogue.labels())
        )


def _letter_of(tree: Row) -> str:
    """The letter of a name that has one number or letter beside it and nothing else; empty of any other name."""
    node = tree[0] if len(tree) == 1 else None
    if not isinstance(node, Scripted) or node.primes or len(node.scripts) != 1:
        return ""
    (_, script), base = node.scripts[0], node.base
    if not (isinstance(script, Char) and script.text.isalnum()):
        return ""
    return base.text if isinstance(base, Char) else base.command.char if isinstance(base, Symbol) else ""


def _least_told(family: Family) -> tuple[int, bool, int]:
    """For an order in which what has more scripts of its own comes first."""
    return -len(family.sites), not family.is_shown, -len((*family.lower, *family.upper))
