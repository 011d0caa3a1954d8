"""Turn a claim with `grad(f, x)` and `jacobian(f, x)` into plain equations, by the very rules of the backward pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias, TypeGuard

import numpy as np

from gradcalc.errors import GradcalcError
from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import Compiled, compile_formulas
from gradcalc.formula.cost import Cost
from gradcalc.formula.expr import ONE, Apply, Expr, Name, add, call, names, nodes, rebuild, substitute, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.index import region
from gradcalc.formula.kinks import distances
from gradcalc.formula.parse import PART
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Axis, Shape, lookup
from gradcalc.formula.write import code
from gradcalc.problem.claim_indices import DERIVATIVES, DIFFERENTIAL
from gradcalc.program.dependence import depending_on
from gradcalc.program.derivatives import GRAD, HESSIAN, JACOBIAN
from gradcalc.program.derive import backward
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation

MAX_ROWS = 400
"""A Jacobian in a claim has a row of equations for each entry of what is differentiated; no more than this."""
MAX_NODES = 10_000
"""Derivatives of derivatives take ever longer formulas; together they have no more nodes than this."""
MAX_ENTRIES = 5_000_000
MAX_WORK = 20_000_000
"""A claim is tried at hundreds of instances, each of which may take so many entries and multiplications."""
_OWN = " of the claim"
"""Ends names of what is worked out on the way, which nobody has written."""
_MARK = "·"
"""Stands before the claim's own names, so that none can be that of a gradient (`dx` beside `x`)."""


Derived: TypeAlias = dict[tuple[Expr, str, bool, bool], tuple[str, tuple[Equation, ...]]]
"""The equations for gradients, with the name that is differentiated in them.

By what it stands for, by what the gradient is taken, whether of one number, and whether along edges.
"""
NO_DISTANCES = Compiled((), (), "", tuple)
NOTHING: Mapping[str, tuple[int, ...]] = MappingProxyType({})


class ClaimError(GradcalcError):
    """A claim that can't be worked out; `beyond` where an index goes beyond what there is."""

    def __init__(self, message: str, beyond: bool = False) -> None:
        self.beyond = beyond
        super().__init__(message)


class Misfit(ClaimError):
    """A claim whose shapes don't fit: it can't be true."""


@dataclass(frozen=True, slots=True)
class Sides:
    """All sides of a claim as a program over its names, for one choice of sizes.

    `kinks` gives distances: where one is zero, something that is differentiated has no derivative. `ties` gives what
    `sign` is taken of: books differ about the sign of 0.
    """

    count: int
    cases: int
    program: Compiled
    kinks: Compiled
    ties: Compiled
    constants: Mapping[str, Array]

    def evaluate(self, values: Mapping[str, Array]) -> tuple[Array, ...]:
        """The values of the sides, float64, each in its formula's shape; those of several cases one below another."""
        every = self.by_case(values)
        return tuple(np.concatenate([each.reshape(-1, 1) for each in one]) if one[1:] else one[0] for one in every)

    def by_case(self, values: Mapping[str, Array]) -> list[list[Array]]:
        """The values of each side, case by case."""
        found = self.program(self._inputs(values))
        return [[np.asarray(found[_side(i, case)], float) for case in range(self.cases)] for i in range(self.count)]

    def on_kink(self, values: Mapping[str, Array], near: float = 1e-9) -> bool:
        """Whether a derivative that is asked for doesn't exist at these values."""
        return self._near_zero(self.kinks, values, near)

    def on_tie(self, values: Mapping[str, Array], near: float = 1e-9) -> bool:
        """Whether a sign is of 0 at these values."""
        return self._near_zero(self.ties, values, near)

    def _near_zero(self, program: Compiled, values: Mapping[str, Array], near: float) -> bool:
        distances = program(self._inputs(values)).values() if program.outputs else ()
        return any(bool(np.any(np.abs(distance) <= near)) for distance in distances)

    def _inputs(self, values: Mapping[str, Array]) -> dict[str, Array]:
        marked = {_MARK + name: value[()] for name, value in values.items()}
        return marked | {name: value[()] for name, value in self.constants.items()}


def lowered(
    cases: Sequence[Sequence[Expr]],
    shapes: Mapping[str, Shape],
    distributions: frozenset[str],
    axis: Axis = Axis.COLUMNS,
    strict: bool = False,
    equations: Sequence[Equation] = (),
    any_shapes: bool = False,
    along_edges: bool = False,
    within: Mapping[str, tuple[int, ...]] = NOTHING,
    directly: bool = False,
    known: Derived | None = None,
) -> Sides:
    """The sides of a chain, in each of its cases, for names of these shapes; `distributions` are names that sum to 1.

    A sample lies along `axis`; `strict` where no size is 1 by chance. `equations` define further names, in order. With
    `any_shapes` sides needn't have one shape. `along_edges` derivatives of a member by a member hold all others.
    `within` has the index of members of families whose derivatives are taken within their step, all else being held,
    where what they are taken by is to be found there; `directly` all that a quantity's own equation has beside it is
    held. `known` keeps what was derived for other claims about the same
    equations.
    Raises ClaimError, with what is wrong in words: shapes that don't fit, no gradient, or a softmax of what has one
    entry a sample.
    """
    lowering = _Lowering(shapes, distributions, axis, along_edges, {} if known is None else known)
    lowering.within = {_MARK + name: index for name, index in within.items()}
    lowering.directly = directly
    try:
        for equation in equations:
            lowering.take(equation)
        lowering.varying = tuple(_MARK + name for name in varying([s for sides in cases for s in sides], equations))
        plain = [[lowering.side(side) for side in sides] for sides in cases]
        for left, right in () if any_shapes else (pair for sides in plain for pair in pairwise(sides)):
            lowering.compare(left, right)
        every = [side for sides in plain for side in sides]
        if strict:
            lowering.refuse_single_entries(every)
        lowering.refuse_too_much(every)
        return lowering.compiled(plain)
    except ShapeError as error:
        unmarked: dict[str, Expr] = {_MARK + name: Name(name) for name in lowering.marks}
        whole = code(substitute(error.node, unmarked))
        said = error.message if _OWN in whole else f"{error.message} in {whole}"
        beyond = isinstance(error.node, Apply) and error.node.function == PART
        raise (Misfit if error.kind == "shapes" else ClaimError)(said, beyond) from None
    except ClaimError:
        raise
    except GradcalcError as error:
        raise ClaimError(str(error)) from None


def varying(sides: Sequence[Expr], equations: Sequence[Equation]) -> list[str]:
    """The names that vary in a claim with differentials: `d(h) == d(W) @ x` holds where W does, and x doesn't.

    Those that stand by themselves under a `d`, or else within one; not those that rest on others under a `d`.
    """
    met = dict[int, Expr]()
    under = [node.args[0] for side in sides for node in nodes(side, met) if _is_differential(node)]
    alone = dict.fromkeys(each.id for each in under if isinstance(each, Name))
    within = dict.fromkeys(name for each in under if not isinstance(each, Name) for name in names(each))
    every = [*dict.fromkeys((*alone, *within))]

    def is_root(name: str) -> bool:
        return not any(name in depending_on(equations, [other]) for other in every if other != name)

    roots = [name for name in alone if is_root(name)]
    return roots or [name for name in within if is_root(name)]


def _is_differential(node: Expr) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.function == DIFFERENTIAL


class _Lowering:
    """Collects equations for what is differentiated and for its gradients, each under a name of its own."""

    def __init__(
        self,
        shapes: Mapping[str, Shape],
        distributions: frozenset[str],
        axis: Axis,
        along_edges: bool,
        known: Derived,
    ) -> None:
        self.axis, self.along_edges = axis, along_edges
        self.shapes = {_MARK + name: shape for name, shape in shapes.items()}
        self.assumed = frozenset(_MARK + name for name in distributions)
        self.own = tuple(self.shapes)
        self.equations: list[Equation] = []
        self.constants: dict[str, Array] = {}
        self.watched: list[Expr] = []
        self.by = set[str]()
        """What derivatives are taken by."""
        self.marks: dict[str, Expr] = {name: Name(_MARK + name) for name in shapes}
        self.marked = {*self.shapes}
        self.cost = Cost(self.shapes, axis)
        self.lowered: dict[int, tuple[Expr, Expr]] = {}
        """Formulas without derivatives, by the identity of those with them: cases have much in common."""
        self.within: Mapping[str, tuple[int, ...]] = NOTHING
        self.directly = False
        self.defined: dict[Expr, str] = {}
        self.derived: dict[tuple[str, str], Expr] = {}
        """Names of what is differentiated, and derivatives, each once: cases ask for the same ones."""
        self.known = known
        self.derived_here: Derived = {}
        """The equations for derivatives of what the problem doesn't have."""
        self.differentiated = 0
        self.nodes = 0
        self.varying: tuple[str, ...] = ()
        """What varies under differentials."""

    def take(self, equation: Equation) -> None:
        """Enter a name that an equation defines: a quantity of the problem, or the gradient on one."""
        name, expr = _MARK + equation.name, substitute(equation.expr, self.marks)
        self.shapes[name] = self.shape(expr)
        self.equations.append(Equation("forward", name, expr))
        self.marks[equation.name] = Name(name)
        self.marked.add(name)

    def side(self, expr: Expr) -> Expr:
        """One side of the claim without derivatives."""
        side = self.plain(expr)
        self.shape(side)
        return side

    def shape(self, expr: Expr) -> Shape:
        return self.cost.shape(expr)

    def plain(self, expr: Expr) -> Expr:
        """A formula of the claim in marked names, without derivatives."""
        if isinstance(expr, Name):
            return self.marks.get(expr.id, expr)
        if not isinstance(expr, Apply):
            return expr
        if id(expr) not in self.lowered:
            self.lowered[id(expr)] = expr, self.without_derivative(expr, tuple(map(self.plain, expr.args)))
        return self.lowered[id(expr)][1]

    def without_derivative(self, expr: Apply, args: tuple[Expr, ...]) -> Expr:
        """An application of what has no derivatives, in marked names."""
        if expr.function not in DERIVATIVES:
            return rebuild(expr, args)
        if expr.function == DIFFERENTIAL:
            return self.differential(args[0])
        by = args[1]
        of_part = isinstance(by, Apply) and by.function == PART
        whole = by.args[0] if isinstance(by, Apply) and of_part else by
        if not isinstance(whole, Name) or whole.id not in self.shapes or (of_part and expr.function == HESSIAN):
            raise ClaimError(f"{expr.function}(formula, name) takes the name of something given as its second")
        found = args[0] if expr.function == JACOBIAN else self.grad(args[0], whole.id)
        found = found if expr.function == GRAD else self.jacobian(found, whole.id)
        if not (isinstance(by, Apply) and of_part):
            return found
        return call(PART, found, **dict(by.params)) if expr.function == GRAD else self.columns(found, by)

    def differential(self, f: Expr) -> Expr:
        """How f changes with the names that vary, each by a change of its own: the Jacobians, times the changes."""
        of = self.define(f)
        changes = [self.change(x) for x in self.varying]
        terms = [
            call("matmul", self.jacobian(Name(of), x), change) for x, change in zip(self.varying, changes, strict=True)
        ]
        return call("unvec", add(*terms), Name(of)) if self.shapes[of] else call("sum", add(*terms))

    def change(self, x: str) -> Expr:
        """A change of a name, as a column: any will do, as both sides are linear in it."""
        name = f"change of {x}"
        if name not in self.constants:
            seed = [1, *map(ord, x)]
            self.constant(name, np.random.default_rng(seed).standard_normal((int(np.prod(self.shapes[x])), 1)))
        return Name(name)

    def columns(self, jacobian: Expr, part: Apply) -> Expr:
        """The columns of a Jacobian for a part of what it is taken by."""
        shape, params = self.shape(part.args[0]), lookup(PART).parameters(part.params)
        places = np.arange(int(np.prod(shape))).reshape(shape, order="F")[region(shape, params)]
        name = f"columns {len(self.constants)}{_OWN}"
        self.constant(name, np.eye(int(np.prod(shape)))[:, places.ravel(order="F")])
        return call("matmul", jacobian, Name(name))

    def grad(self, f: Expr, x: str) -> Expr:
        """The gradient of a number, in the shape of x."""
        name = self.define(f)
        if self.shapes[name] not in ((), (1, 1)):
            shape = spell(self.shapes[name])
            raise ShapeError(f, f"grad is of one number, and this is {shape}: use jacobian, or sum over it,")
        return self.pulled_back(name, ONE, x, f"{name}", f)

    def jacobian(self, f: Expr, x: str) -> Expr:
        """A row for each entry of f, a column for each entry of x; matrices are taken column by column."""
        name = self.define(f)
        shape = self.shapes[name]
        count = int(np.prod(shape))
        if count > MAX_ROWS:
            raise ClaimError(f"a Jacobian with {count} rows is too large for a claim: at most {MAX_ROWS}")
        rows = []
        for i, unit in enumerate(np.eye(count)):
            seed, place = f"{name} seed {i}", f"{name} place {i}"
            self.constant(seed, unit.reshape(shape, order="F"))
            self.constant(place, unit.reshape(count, 1))
            row = call("transpose", call("vec", self.pulled_back(name, Name(seed), x, seed, f)))
            rows.append(call("matmul", Name(place), row))
        return add(*rows)

    def define(self, f: Expr) -> str:
        """Give what is differentiated a name; its kinks, and those of what it rests on, are to be kept off."""
        if f in self.defined:
            return self.defined[f]
        self.differentiated += 1
        name = self.defined[f] = f"f{self.differentiated}{_OWN}"
        self.shapes[name] = self.shape(f)
        self.equations.append(Equation("forward", name, f))
        self.watched.append(f)
        return name

    def constant(self, name: str, value: Array) -> None:
        self.constants[name], self.shapes[name] = value, value.shape

    def pulled_back(self, name: str, start: Expr, x: str, tag: str, f: Expr) -> Expr:
        """The name of the gradient of f by x; its equations are added under names with that tag."""
        self.by.add(x)
        if (tag, x) in self.derived:
            return self.derived[tag, x]
        of, derived = self.rules(name, start, x, f)
        put: dict[str, Expr] = {equation.name: Name(f"{equation.name} from {tag}") for equation in derived}
        put |= {of: Name(name), _seed(of): start}
        for equation in derived:
            new = Equation("forward", f"{equation.name} from {tag}", substitute(equation.expr, put))
            self.shapes[new.name] = self.shape(new.expr)
            self.equations.append(new)
            self.nodes += sum(1 for _ in walk(new.expr))
        if self.nodes > MAX_NODES:
            raise ClaimError("its derivatives take very long formulas: ask for fewer or lower ones, or smaller sizes")
        self.derived[tag, x] = put[gradient_name(x)]
        return self.derived[tag, x]

    def rules(self, name: str, start: Expr, x: str, f: Expr) -> tuple[str, tuple[Equation, ...]]:
        """The equations for that gradient, and what f is called in them.

        Those of the rows of a Jacobian differ in where they start alone, and those of one problem's quantities are the
        same in all claims about it.
        """
        is_of_problem = not (self.within or self.directly) and self.marked.issuperset(names(f))
        found = self.known if is_of_problem else self.derived_here
        key = (f, x, start == ONE, self.along_edges)
        if key not in found:
            seed = start if start == ONE else Name(_seed(name))
            self.shapes[_seed(name)] = self.shapes[name]
            through = self.paths(f, x) if self.along_edges else self.around(name, x)
            through = (self.own_rules(f, name, x) if self.directly else ()) or through
            found[key] = name, backward(through, {name: seed}, (x,), self.shapes, self.axis, self.assumed)
        return found[key]

    def paths(self, f: Expr, x: str) -> Sequence[Equation]:
        """The equations through which x leads to f; along edges those of other vertices are held."""
        vertices = {*_vertices(f.id if isinstance(f, Name) else ""), *_vertices(x)}
        if not (self.along_edges and isinstance(f, Name) and _vertices(f.id) and _vertices(x)):
            return self.equations
        return [each for each in self.equations if vertices.issuperset(_vertices(each.name))]

    def own_rules(self, f: Expr, name: str, x: str) -> Sequence[Equation]:
        """The equations of what f names, if they have x in them, and that of f: all else in them is held.

        Between members of one family all of the family, if these lead from one to the other.
        """
        family = [each for each in self.equations if _family(each.name) == _family(x) and each.name.endswith("]")]
        inside = {used for each in family for used in names(each.expr)}
        if x in inside and isinstance(f, Name) and f.id in {each.name for each in family}:
            return [*family, *(each for each in self.equations if each.name == name)]
        mine = {each.name for each in self.equations if each.name in names(f) and x in names(each.expr)}
        return [each for each in self.equations if each.name in {*mine, name}] if mine else ()

    @cached_property
    def states(self) -> set[str]:
        """The families whose members lead to those of another step, as states do, and the loss of a step doesn't."""
        found = set[str]()
        for equation in reversed(self.equations):
            step = self.within.get(equation.name)
            mine = [used for used in names(equation.expr) if used in self.within] if step is not None else []
            leads = self.leads_on(equation.name, found)
            found |= {_family(used) for used in mine if leads or self.within[used] != step}
        return found

    def leads_on(self, name: str, states: Collection[str] | None = None) -> bool:
        """Whether a name is a member of such a family."""
        return name in self.within and _family(name) in (self.states if states is None else states)

    def around(self, name: str, x: str) -> Sequence[Equation]:
        """The equations through which x is differentiated: all, or those of a member's own step that lead to x."""
        rules = {equation.name: equation.expr for equation in self.equations}
        steps = {self.within[used] for used in names(rules[name]) if used in self.within}
        if len(steps) != 1 or not any(map(self.leads_on, names(rules[name]))):
            return self.equations
        reached, todo = set[str](), [*names(rules[name])]
        while todo:
            each = todo.pop()
            if each not in reached:
                reached.add(each)
                todo += [*names(rules[each])] if each in rules and each != x and self.within.get(each) in steps else []
        if x not in reached:
            return self.equations
        mine = {each for each in reached if self.within.get(each) in steps and each != x} | {name}
        return [equation for equation in self.equations if equation.name in mine]

    def compare(self, left: Expr, right: Expr) -> None:
        """Both sides have one shape, or one of them is a number."""
        shapes = [self.shape(side) for side in (left, right)]
        if shapes[0] != shapes[1] and not any(shape in ((), (1, 1)) for shape in shapes):
            raise Misfit(f"the left side is {spell(shapes[0])}, the right side {spell(shapes[1])}")

    def refuse_single_entries(self, sides: Sequence[Expr]) -> None:
        """A softmax goes over each sample: of a row where samples are columns it is 1, whatever is claimed of it."""
        for node in self.resting_on([*(equation.expr for equation in self.equations), *sides]):
            shape = self.shape(node.args[0]) if lookup(node.function).per_sample else ()
            if shape and shape[self.axis] == 1 < shape[1 - self.axis]:
                lies, other = ("column", "x @ W + b") if self.axis is Axis.COLUMNS else ("row", "W @ x + b")
                where = f"goes over each {lies}, which has one entry here (notation: {other} for the other way),"
                raise ShapeError(node, f"{node.function} {where}")

    def refuse_too_much(self, sides: Sequence[Expr]) -> None:
        """Large arrays, however few the names are, would take minutes at all instances together."""
        cost = self.cost  # which knows all of them
        cost.entries, cost.work = 0, 0.0
        for expr in (*(equation.expr for equation in self.equations), *sides):
            cost.shape(expr)
        if cost.entries > MAX_ENTRIES or cost.work > MAX_WORK:
            raise ClaimError("too large for a claim, which is tried at many instances: take smaller sizes")

    def compiled(self, cases: Sequence[Sequence[Expr]]) -> Sides:
        formulas = [(equation.name, equation.expr) for equation in self.equations]
        inputs = [*self.own, *self.constants]
        named = [(_side(i, case), side) for case, sides in enumerate(cases) for i, side in enumerate(sides)]
        program = compile_formulas([*formulas, *named], inputs, self.axis, [name for name, _ in named], few_runs=True)

        def watching(distances: Iterable[Expr]) -> Compiled:
            close = [(f"distance {i}", distance) for i, distance in enumerate(distances)]
            if not close:
                return NO_DISTANCES
            return compile_formulas([*formulas, *close], inputs, self.axis, [name for name, _ in close], few_runs=True)

        signs = (node for node in self.resting_on([side for _, side in named]) if node.function == "sign")
        ties = watching(dict.fromkeys(node.args[0] for node in signs))
        return Sides(len(cases[0]), len(cases), program, watching(self.distances()), ties, self.constants)

    def distances(self) -> Iterator[Expr]:
        """What must not be zero, for each kink of what is differentiated: not where nothing moves, as in targets."""
        moving = depending_on(self.equations, self.by)
        for node in self.resting_on(self.watched):
            yield from (each for each in distances(node) if not moving.isdisjoint(names(each)))

    def resting_on(self, formulas: Sequence[Expr]) -> Iterator[Apply]:
        """Every application in these formulas, and in the equations behind their names."""
        definitions = {equation.name: equation.expr for equation in self.equations}
        todo, met = list(formulas), dict[int, Expr]()
        seen = set[str]()
        while todo:
            fresh = [*nodes(todo.pop(), met)]
            yield from (node for node in fresh if isinstance(node, Apply))
            used = dict.fromkeys(node.id for node in fresh if isinstance(node, Name))
            new = [name for name in used if name in definitions and name not in seen]
            seen.update(new)
            todo.extend(definitions[name] for name in new)


def _vertices(name: str) -> list[str]:
    """The numbers of a member: 2 and 3 of `w[2,3]`."""
    return name.rpartition("[")[2].rstrip("]").split(",") if name.endswith("]") else []


def _family(name: str) -> str:
    return name.partition("[")[0]


def _seed(name: str) -> str:
    return f"{name} seed"


def _side(number: int, case: int) -> str:
    return f"side {number} of case {case}"
