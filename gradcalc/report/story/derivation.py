"""Tell the way to each gradient: the chain rule written out, a line for each rule that is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gradcalc.formula.expr import TOTAL, Apply, Expr, Name, names
from gradcalc.formula.names import Names
from gradcalc.formula.table import Shape, pair
from gradcalc.formula.unknown import ENTRYWISE
from gradcalc.formula.write import code, latex
from gradcalc.program.derivation.lines import Derivation, Line, Sides, count
from gradcalc.program.naming import gradient_name, partial_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.report.document import Block, Chain, Definitions, Document, Heading, Inline, Link, Math, Paragraph, Text
from gradcalc.report.scalars import scalar_over
from gradcalc.report.sequences import members_told
from gradcalc.report.story.glossary import glossary
from gradcalc.report.story.solution import listed, objective_text, opening
from gradcalc.report.styled import InStyle

SHORT: Final = 8
"""A formula of no more uses of names is shown beside a line, as its reason."""
SHORTER: Final = 4
"""And one that is put in, and has been told before."""
FEW: Final = 3
_CHANGE: Final = "d"
"""How a differential is shown, before what changes."""
_RULES: Final = {
    "add": "sum rule",
    "mul": "product rule",
    "div": "quotient rule",
    "pow": "power rule",
    "matmul": "matrix product",
    "inner": "inner product",
    "dot": "inner product",
    "unknown": "derivative of the function",
    "unknown_of": "gradient of the function",
    "unknown_gradient": "Hessian of the function",
    **dict.fromkeys(ENTRYWISE[1:], "derivative of the derivative"),
}


@dataclass(frozen=True, slots=True)
class Derived:
    """Derivations from a problem; `shapes` are those of its names and of what was named to derive.

    Formulas are told as `lettered` makes them, an equation of the forward pass by its `sides`. `alone` is the quantity
    that was asked for, where it is one. What the style needs to be understood is said in the `introduction`.
    """

    solution: Solution
    derivations: Sequence[Derivation]
    shapes: Mapping[str, Shape]
    alone: str = ""
    lettered: Callable[[Expr], Expr] = lambda expr: expr
    sides: Callable[[str, Expr], tuple[Expr, Expr]] = lambda name, expr: (Name(name), expr)
    introduction: Sequence[str | Expr] = ()

    @property
    def problem(self) -> Problem:
        """The problem, as it was solved."""
        return self.solution.problem

    def told(self, equation: Equation) -> tuple[Expr, Expr]:
        """An equation of the forward pass, as it is told."""
        left, right = self.sides(equation.name, equation.expr)
        return left, self.lettered(right)

    @property
    def forward(self) -> list[Equation]:
        """The equations of the forward pass that are told: all of them, or those of which the lines speak."""
        lines = [line for each in self.derivations for line in each.lines]
        sides = [line.expr for line in lines] + [side for line in lines for each in line.because for side in each]
        changing = {id: of for of, id in self.changes.items()}
        used = {changing.get(name, self._whole(name)) for side in sides for name in names(side)}
        return [eq for eq in self.solution.forward_equations if not self.alone or eq.name in used]

    def _whole(self, name: str) -> str:
        """The quantity of which a name is an entry, by letters or numbers."""
        return name if name in self.shapes else name.rpartition("[")[0]

    @property
    def partials(self) -> dict[str, tuple[str, str]]:
        """The derivatives of one quantity by another that are written as such, by their names."""
        return {partial_name(*pair): pair for each in self.derivations for pair in each.partials}

    @property
    def changes(self) -> dict[str, str]:
        """The names of differentials, by what changes."""
        return dict(self.derivations[-1].changes)


def derivation_document(derived: Derived, remark: str = "") -> Document:
    """The forward pass as rules, and a chain of lines for each gradient."""
    problem = derived.problem
    blocks: list[Block] = [*opening(problem, remark), *glossary(derived.solution, derived.forward, in_letters=True)]
    if derived.forward:
        blocks += [Heading("Forward pass"), Definitions(tuple(map(derived.told, derived.forward)))]
    blocks += [Heading("The chain rule, line by line"), _introduction(derived), *_chains(derived), *_kept(derived)]
    members = members_told(derived.solution)
    return Document(tuple(blocks), _shown(derived), problem.digits, _shapes(derived), problem.axis, members)


def _shapes(derived: Derived) -> dict[str, Shape]:
    """That a derivative as a fraction is written as a number is, beside a dot."""
    return {**derived.shapes, **dict.fromkeys(derived.partials, ())}


def _shown(derived: Derived) -> Names:
    """The names of the problem, of what was named to derive, and of derivatives as fractions: ∂L/∂W."""
    plain = shown_names(derived.problem, derived.shapes)
    unicode, latex = dict(plain.unicode_of), dict(plain.latex_of)
    for of, id in derived.changes.items():
        unicode[id] = _CHANGE + plain.unicode(of)
        latex[id] = rf"\mathrm{{{_CHANGE}}}{plain.latex(of)}"
    for id, (of, by) in derived.partials.items():
        unicode[id] = f"∂{plain.unicode(of)}/∂{plain.unicode(by)}"
        latex[id] = rf"\frac{{\partial {plain.latex(of)}}}{{\partial {plain.latex(by)}}}"
    return replace(plain, unicode_of=unicode, latex_of=latex)


def _introduction(derived: Derived) -> Paragraph:
    said: list[Inline] = ["Each line is equal to the one above it. "]
    said += [each if isinstance(each, str) else Math(each) for each in derived.introduction]
    told = [each.of for each in derived.derivations if each.stands_for is None]
    example = next((name for name in told if name in derived.problem.parameters), told[-1])
    left = next(each.left for each in derived.derivations if each.of == example)
    if isinstance(left, Name) and left.id in derived.partials:
        whole = Name(gradient_name(example))
        gradient, _ = derived.sides(whole.id, whole)
        said += [Math(gradient), " is ", Math(left)]
        said += [", in the shape of ", Math(Name(example))] if gradient == whole else []
        said.append(".")
    return Paragraph(tuple(said))


def _chains(derived: Derived) -> Iterator[Block]:
    known: set[str] = set()
    waiting: list[Chain] = []
    for each in derived.derivations:
        links = tuple(Link(derived.lettered(line.expr), _why(line, each, derived, known)) for line in each.lines)
        caption: Text = (Math(Name(each.of)), " changes:") if each.changes else ()
        waiting.append(Chain(each.left, links, caption=caption))
        known.add(gradient_name(each.of))
        if each.stands_for is None:
            name = "" if derived.alone else gradient_name(each.of)
            yield from (replace(made, name=name) for made in waiting)
            waiting = []


def _kept(derived: Derived) -> Iterator[Block]:
    """What could be asked for next, where one gradient was asked for."""
    told = {gradient_name(each.of) for each in derived.derivations}
    kept = dict.fromkeys(name for each in derived.derivations for name in each.kept if name not in told)
    if kept and derived.alone:
        verb, each = ("keeps its name", "it has") if len(kept) == 1 else ("keep their names", "each has")
        yield Paragraph((*listed(kept), f" {verb}: {each} a derivation of its own."), "note")


# Why a line is equal to the one before.


def _why(line: Line, derivation: Derivation, derived: Derived, known: set[str]) -> Text:
    because = tuple((left, derived.lettered(right)) for left, right in line.because)
    match line.by:
        case "chain":
            made = derivation.stands_for
            told = (", where ", *_equation(Name(derivation.of), derived.lettered(made))) if made is not None else ()
            return (*_by_way(line.names, derivation, derived.problem), *told)
        case "function":
            return (_rules(line), *_if_short(because))
        case "derivative":
            return _equations(because)
        case "put":
            short = _is_short(because, SHORTER)
            named = {name for each in derivation.lines if each.by == "named" for name in each.names}
            return _equations(because) if short else (*_some(line.names), _above(line.names, known | named))
        case "shortcut":
            return (_at_once(line.names),)
        case "restored":
            return _equations(because) if _is_short(because) else (*_some(line.names), " written out")
        case "paths":
            return ("sum over paths", *_if_short(because))
        case "trace":
            return _equations(because)
        case "rotated":
            return ("factors of a trace may go round",)
        case "alone":
            return ("so that ", Math(Name(line.names[0])), " stands alone")
        case "named":
            return ("where ", *_equations(because))
        case "nothing":
            return (*objective_text(derived.problem, start=True), " doesn't depend on it")
        case _:
            return ("simplified",)


def _by_way(users: Sequence[str], derivation: Derivation, problem: Problem) -> Iterator[Inline]:
    """`chain rule: the loss depends on W¹ by a¹`, `sum over paths: …`."""
    yield "chain rule" if len(users) == 1 else "sum over paths"
    if problem.objective is not None:
        yield from (": ", *objective_text(problem), " depends on ", Math(Name(derivation.of)))
    yield from (" by ", *_some(users))


def _some(ids: Sequence[str]) -> Text:
    """All of a few names, of many the first."""
    return listed(ids) if len(ids) <= FEW else (*listed(ids[:1]), f" and {len(ids) - 1} more")


def _rules(line: Line) -> str:
    """The rules by their names; what is added to several samples receives something from each."""
    told = dict.fromkeys(_RULES.get(name) or f"derivative of {name.replace('_', ' ')}" for name in line.names)
    summed = isinstance(line.expr, Apply) and line.expr.function in ("sum", TOTAL) and line.names == ("add",)
    return "sum rule, for every sample" if summed else " and ".join(told)


def _at_once(names: Sequence[str]) -> str:
    """A pair's two functions, and what of it holds since the targets are as they are."""
    found = pair(*names) if names else None
    both = " of ".join(name.replace("_", " ") for name in names)
    return f"{both} in one step" + (", as each target sums to 1" if found and found.requires else "")


def _above(names: Sequence[str], known: set[str]) -> str:
    return " as above" if known.issuperset(names) else " put in"


def _equation(left: Expr, right: Expr) -> Text:
    return Math(left), " = ", Math(right)


def _equations(because: Sides) -> Text:
    told: list[Inline] = []
    for number, (left, right) in enumerate(because):
        told += [*([", "] if number else []), *_equation(left, right)]
    return tuple(told)


def _is_short(because: Sides, most: int = SHORT) -> bool:
    return len(because) <= FEW and sum(count(right) for _, right in because) <= most


def _if_short(because: Sides) -> Text:
    return (": ", *_equations(because)) if because and _is_short(because) else ()


# For programs.


def derivation_data(derived: Derived) -> dict[str, Any]:
    """The same for programs: every line as it is typed and in LaTeX, its rule, and the equations on which it rests."""
    problem, shapes = derived.problem, _shapes(derived)
    names, axis = _shown(derived), problem.axis
    styled, scalar = InStyle(names, shapes, axis), scalar_over(shapes, axis, one=((),))

    def written(expr: Expr) -> str:
        return latex(styled(expr), names.latex, scalar, names.function_latex)

    return {
        "title": problem.title,
        "source": problem.source,
        "forward": [_rule(*derived.told(eq)) for eq in derived.forward],
        "derivations": [_derivation(each, derived, written) for each in derived.derivations],
    }


def _derivation(derivation: Derivation, derived: Derived, written: Callable[[Expr], str]) -> dict[str, Any]:
    made = derivation.stands_for
    return {
        "quantity": derivation.of,
        "gradient": gradient_name(derivation.of),
        "stands_for": None if made is None else code(derived.lettered(made)),
        "left": code(derivation.left),
        "lines": [_line(line, derived, written) for line in derivation.lines],
        "kept": [*derivation.kept],
    }


def _line(line: Line, derived: Derived, written: Callable[[Expr], str]) -> dict[str, Any]:
    expr = derived.lettered(line.expr)
    return {
        "formula": code(expr),
        "latex": written(expr),
        "by": line.by,
        "names": [*line.names],
        "because": [_rule(left, derived.lettered(right)) for left, right in line.because],
    }


def _rule(left: Expr, right: Expr) -> dict[str, str]:
    return {"name": code(left), "formula": code(right)}
