r"""Names of the student's own in TeX: what a line, a brace or a formula says that they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from gradcalc.check.answers.definitions import Definition, defined
from gradcalc.check.answers.facts import Facts
from gradcalc.check.answers.families import Family, Member, member
from gradcalc.check.answers.meanings import Meanings
from gradcalc.check.answers.names import Names
from gradcalc.check.answers.nodes import rows_in
from gradcalc.check.answers.normal import normal
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.trees import typed
from gradcalc.formula.expr import Apply, Name
from gradcalc.formula.primes import derivative
from gradcalc.formula.table import Shape
from gradcalc.formula.tex.commands import COMMANDS
from gradcalc.formula.tex.read import TexError
from gradcalc.formula.tex.read import read as read_tree
from gradcalc.formula.tex.tree import Accented, Char, Fenced, Fraction, Row, Scripted, Symbol, Words
from gradcalc.formula.write import code
from gradcalc.program.solution import Solution

_BARS = (Char("|"), Symbol(COMMANDS["mid"]))


class OwnNames:
    """What names of one student's own stand for, beside those of a solution."""

    def __init__(self, solution: Solution, called: Names, facts: Facts) -> None:
        self.solution, self.called, self.facts = solution, called, facts
        self.trees: dict[Row, str] = {}
        """The names by their trees, and what they stand for."""
        self.parts: dict[str, tuple[Shape | None, tuple[Part, Part] | None, str]] = {}
        """Of these the shape, of what and by what it is a derivative, and it as a Jacobian."""
        self.definitions: dict[str, Definition] = {}
        """Those with indices, by their families."""
        self.by_letters: dict[Row, Definition] = {}
        """The last of each name, with its letters: with others the same name may be given to something else."""
        self.said: list[tuple[str, str]] = []
        """What derivatives were said to be called, as they are typed."""
        self.abbreviations: set[Row] = set()
        """Those without that stand for a formula that is no derivative."""

    def define(self, name: str, part: Part, meanings: Meanings) -> None:
        """Take in a student's own name for a derivative: `\\delta^{(2)} = \\partial ŷ / \\partial a_2`."""
        row = self._tree(name)
        if row:
            self.define_tree(row, part, meanings)

    def define_tree(self, row: Row, part: Part, meanings: Meanings) -> None:
        """The same for a name by its tree, which may have indices."""
        found, lettered = (defined(row, part, meanings, f"own {len(self.definitions)}", each) for each in (False, True))
        if lettered is not None and self.bound(lettered.family.core):
            self.bind(lettered)
            return
        if lettered is not None:
            self.by_letters[lettered.family.core] = lettered
        if found is not None:
            self.definitions[found.family.name] = found
        if found is not None and not found.family.sites and found.by is not None:  # `δ_j = ∂L/∂a_j` says what δ is
            of, by = found.of, found.by
            text, rows = (f"{name}({code(of.expr)}, {code(by.expr)})" for name in ("grad", "jacobian"))
            self.trees[found.family.core] = text
            self.parts[text] = by.shape, (of, by), rows
        if found is not None:
            return
        text = code(part.expr)
        if text not in meanings.partials:
            same = self.facts.quantity_of(part.expr) or self._member(part, meanings)
            self.abbreviations.add(row)
            self.trees[row] = text = same or f"({text})"
            if same is not None and not same.endswith("]"):
                return
        self.trees[row] = text
        self.parts[text] = part.shape, meanings.partials.get(text), meanings.rows.get(text, "")

    def _member(self, part: Part, meanings: Meanings) -> str | None:
        """The member by a letter of which a formula is the value, as `W h_t` is of `o[t]`."""
        named = meanings.named(part).expr
        return named.id if isinstance(named, Name) and named.id.endswith("]") and named != part.expr else None

    def another(self, name: str, part: Part, meanings: Meanings) -> Definition | None:
        """What a name stands for that has other letters than before, which count otherwise: `δ_j` beside `δ_k`."""
        found = defined(self._tree(name), part, meanings, "", as_formula=True)
        before = None if found is None else self.by_letters.get(found.family.core)
        if found is None or before is None or self.bound(found.family.core, found.of_letters):
            return None
        counts = zip(found.counts, before.counts, strict=False)
        elsewhere = any(None not in (now, then) and now != then for now, then in counts)
        return found if elsewhere and found.of_letters != before.of_letters else None

    def bind(self, found: Definition) -> None:
        """Let a name stand for this with these letters alone, and with its former ones for what it stood for."""
        core = found.family.core
        before = self.by_letters.get(core, found)
        self.trees.pop(core, None)
        self.definitions = {
            key: each for key, each in self.definitions.items() if each.family.core != core or each.family.letters
        }
        for each in (before, found):
            family = replace(
                each.family, name=" ".join(("own", typed(core), *each.of_letters)), letters=each.of_letters
            )
            self.definitions[family.name] = replace(each, family=family)
        self.by_letters[core] = found

    def bound(self, core: Row, letters: tuple[str, ...] = ()) -> bool:
        """Whether a name stands for something with some letters alone, or with these."""
        mine = [each.letters for each in (it.family for it in self.definitions.values()) if each.core == core]
        return letters in mine if letters else any(mine)

    def may_be_name(self, tex: str) -> bool:
        r"""Whether letters alone stand here, with their scripts: no `\left. … \right|_{(t)}`."""
        row = self._tree(tex)
        bases = [node.base if isinstance(node, Scripted) else node for node in row]
        return not any(isinstance(base, Fenced | Fraction) or base in _BARS for base in bases)

    def is_one_name(self, tex: str) -> bool:
        """Whether this is a letter with what stands above and below it, and nothing else."""
        row = self._tree(tex)
        base = row[0].base if len(row) == 1 and isinstance(row[0], Scripted) else row[0] if len(row) == 1 else None
        base = base.inner if isinstance(base, Accented) else base
        return isinstance(base, Char | Words) or (isinstance(base, Symbol) and base.command.kind == "letter")

    def is_abbreviation(self, tex: str) -> bool:
        """Whether this is a name of the student's own for a formula that is no derivative."""
        return self._tree(tex) in self.abbreviations or bool(self.member(tex, derivatives=False))

    def member(self, tex: str, derivatives: bool = True) -> Member | None:
        """This as a name of the student's own with indices; without derivatives, as one for another formula."""
        row = self._tree(tex)
        own = [each.family for each in self.definitions.values() if derivatives or each.may_be_given_again]
        return member(row[0], own, False) if len(row) == 1 and isinstance(row[0], Scripted) else None

    def recurs(self, left: str, right: str) -> bool:
        """Whether the left side is a member of a family of the student's own, and the right side has one too."""
        found = self.member(left)
        return found is not None and self._has(self._tree(right), found.family)

    def _has(self, row: Row, family: Family) -> bool:
        return any(
            (isinstance(node, Scripted) and member(node, [family], False) is not None)
            or any(self._has(inner, family) for inner in rows_in(node))
            for node in row
        )

    def _tree(self, tex: str) -> Row:
        try:
            return normal(read_tree(tex))
        except TexError:
            return ()

    def define_slope(self, side: str, of: Part, by: Part) -> bool:
        """Take in a student's own function for a slope, `∂h/∂a = \\text{sg}(h)`; whether it is one."""
        row = self._tree(side)
        equation = self.solution.by_name.get(of.expr.id) if isinstance(of.expr, Name) else None
        applied = equation.expr if equation is not None else None
        is_called = len(row) > 3 and isinstance(row[0], Words) and (row[1], row[-1]) == (Char("("), Char(")"))
        slope = derivative(applied) if is_called and isinstance(applied, Apply) and applied.args == (by.expr,) else None
        if slope is None:
            return False
        text = f"({code(slope)})"
        self.trees[row], self.parts[text] = text, (of.shape, None, "")
        return True

    def name_as_said(self, meanings: Meanings) -> None:
        """Take in the names that stand under braces, but for those that mean something already."""
        for node, part in meanings.given_names:
            if (node,) not in self.called.trees and (node,) not in self.called.other_trees:
                self.define_tree((node,), part, meanings)
        meanings.given_names.clear()

    @contextmanager
    def calling(self, trees: Mapping[Row, str]) -> Iterator[None]:
        """Let names of the student's own in TeX stand for names of the problem, for a while."""
        before = self.trees
        self.trees = {**before, **trees}
        try:
            yield
        finally:
            self.trees = before
