"""The chain rule: from forward equations to the equations of the backward pass.

Symbolic reverse-mode differentiation (Griewank & Walther, Evaluating Derivatives, 2008, chapter 3), source to
source. The equations are walked from the last to the first; each application passes its upstream gradient on
to its arguments by the rule that the functions table holds for it; what reaches a name from all its uses is summed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, mul, substitute, walk
from gradcalc.formula.faults import NoGradientError, ShapeError
from gradcalc.formula.parse import parse
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Axis, Function, Pair, Shape, lookup, pair, pairs
from gradcalc.program.alike import Example, Received, pattern
from gradcalc.program.broadcasting import Around, Shapes
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.vjp import local_product

DEEP, LARGE = 12, 60
"""An upstream gradient nested deeper than this, or with more nodes, gets a name of its own."""


def backward(
    forward: Sequence[Equation],
    start: Mapping[str, Expr],
    wrt: Iterable[str],
    shapes: Mapping[str, Shape],
    axis: Axis = Axis.COLUMNS,
    assumed: frozenset[str] = frozenset(),
    rules: Mapping[tuple[str, str], str] | None = None,
) -> tuple[Equation, ...]:
    """The equations that compute the gradient with respect to `wrt` and every quantity on the way.

    `start` gives the gradient to start from: the number 1 for the scalar that is differentiated, or the name
    of a given upstream gradient. `shapes` has the shape of every name. `rules` replaces rules of the table, by
    function and argument: to see what comes of a mistaken one. Raises NoGradientError.
    """
    return _Backward(forward, start, tuple(wrt), shapes, axis, assumed, rules or {}).derive()


class _Backward:
    def __init__(
        self,
        forward: Sequence[Equation],
        start: Mapping[str, Expr],
        wrt: tuple[str, ...],
        shapes: Mapping[str, Shape],
        axis: Axis,
        assumed: frozenset[str],
        rules: Mapping[tuple[str, str], str],
    ) -> None:
        self.start, self.wrt, self.assumed, self.rules = start, wrt, assumed, rules
        self.rank = {name: position for position, name in enumerate(wrt)}
        self.shapes = Shapes(shapes, axis)
        self.definitions = {equation.name: equation.expr for equation in forward}
        active = depending_on(forward, wrt)
        self.path = [eq for eq in _leading_to(forward, start) if eq.name in active]
        self.uses = Counter(n for eq in self.path for n in _occurrences(eq.expr) if n in active)
        self.waiting = Counter(n for eq in self.path for n in eq.uses if n in active)
        self.contributions: dict[str, list[Expr]] = {name: [] for name in self.waiting}
        self.in_shape = dict.fromkeys(self.waiting, True)
        self.shortcuts: dict[str, list[tuple[Expr, Expr]]] = {}
        self.equations: list[Equation] = []
        self.examples: dict[Hashable, Example] = {}
        self.current = ""

    def derive(self) -> tuple[Equation, ...]:
        for equation in reversed(self.path):
            self.current = equation.name
            upstream = self.start.get(equation.name, Name(gradient_name(equation.name)))
            for name, product, shape in self.received(equation, upstream):
                self.contributions[name].append(product)
                self.in_shape[name] &= shape == self.shapes.known[name]
            self.emit_complete(equation)
        for name in self.wrt:
            if name not in self.waiting and name not in self.start:
                self.emit(name, call("mul", Num(0.0), Name(name)))
        return tuple(self.equations)

    def received(self, equation: Equation, upstream: Expr) -> Received:
        """What the names of an equation receive from it: worked out, or as from one that differs in names alone."""
        if not isinstance(upstream, Name) or equation.name in self.shortcuts:
            return self.passed_on(equation, upstream)
        known = tuple((self.shapes.known[name], name in self.contributions) for name in equation.uses)
        key = (pattern(equation.expr, equation.uses), known)
        if key in self.examples:
            return self.examples[key].renamed(equation, upstream.id)
        equations_before = len(self.equations)
        received = self.passed_on(equation, upstream)
        if len(self.equations) == equations_before and not self.may_take_shortcuts(equation):
            self.examples[key] = Example(equation, upstream.id, received)
        return received

    def passed_on(self, equation: Equation, upstream: Expr) -> Received:
        """From the gradient of an equation's value to what its names receive from it."""
        received: list[tuple[str, Expr, Shape]] = []
        todo = self.shortcuts.pop(equation.name, [(equation.expr, upstream)])
        while todo:
            node, g = todo.pop()
            if isinstance(node, Name) and node.id in self.contributions:
                received.append((node.id, g, self.shapes.of(g)))
            elif isinstance(node, Apply) and self.is_active(node):
                out = Name(equation.name) if node is equation.expr else node
                todo.extend(self.to_arguments(node, self.named(g, node), out))
        return tuple(received)

    def to_arguments(self, node: Apply, g: Expr, out: Expr) -> list[tuple[Expr, Expr]]:
        """The vector-Jacobian product of one application, for each argument that needs it."""
        if lookup(node.function).group == "count":
            return []  # it depends on shapes alone
        around = self.shapes.around(node)
        shortcut = self.shortcut(node)
        passed: list[tuple[Expr, Expr]] = []
        for position, arg in enumerate(node.args):
            if not self.is_active(arg):
                continue
            if shortcut is not None and lookup(node.function).args[position] == shortcut.through:
                self.take_shortcut(shortcut, node, arg, g, around.full, passed)
                if not isinstance(arg, Name):
                    continue
            passed.append((arg, self.to_argument(node, position, g, out, around)))
        return passed

    def to_argument(self, node: Apply, position: int, g: Expr, out: Expr, around: Around) -> Expr:
        entry = lookup(node.function)
        argument = entry.args[0] if entry.variadic else entry.args[position]
        rule = self.rule(entry, argument)
        if rule is None:
            raise NoGradientError(node, entry.no_gradient or "no rule is known for it", self.current)
        put: dict[str, Expr] = {} if entry.variadic else dict(zip(entry.args, node.args, strict=True))
        params = {key: Num(value) for key, value in {**entry.params, **dict(node.params)}.items()}
        put |= {"out": out, "g": g}
        return local_product(substitute(rule, params), put, around, around.args[position], self.shapes)

    def rule(self, entry: Function, argument: str) -> Expr | None:
        text = self.rules.get((entry.name, argument), entry.gradient.get(argument))
        return None if text is None else parse(text)

    # Shortcuts through two functions at once.

    def may_take_shortcuts(self, equation: Equation) -> bool:
        """Whether what is passed on depends on how its names are defined."""
        outer = {shortcut.outer for shortcut in pairs()}
        return any(isinstance(node, Apply) and node.function in outer for node in walk(equation.expr))

    def shortcut(self, node: Apply) -> Pair | None:
        """The pair rule for this application, if its inner function is used here and nowhere else."""
        entry = lookup(node.function)
        for argument, arg in () if self.rules else zip(entry.args, node.args, strict=False):
            inner = self.definitions.get(arg.id) if isinstance(arg, Name) else arg
            found = pair(entry.name, inner.function) if isinstance(inner, Apply) else None
            if found is None or found.through != argument or not self.is_active(arg):
                continue
            if isinstance(arg, Name) and (self.uses[arg.id] > 1 or arg.id in self.start):
                continue
            if found.requires is None or self.is_assumed(node.args[entry.args.index(found.requires)], arg):
                return found
        return None

    def is_assumed(self, required: Expr, arg: Expr) -> bool:
        """Whether the samples of `required` sum to 1, each over the entries of a sample of `arg`."""
        known = isinstance(required, Name) and required.id in self.assumed
        return known and self.shapes.features(required) == self.shapes.features(arg)

    def take_shortcut(
        self, found: Pair, node: Apply, arg: Expr, g: Expr, full: Shape | None, passed: list[tuple[Expr, Expr]]
    ) -> None:
        inner = self.definitions[arg.id] if isinstance(arg, Name) else arg
        assert isinstance(inner, Apply)
        values = dict(zip(lookup(inner.function).args, inner.args, strict=True))
        values |= dict(zip(lookup(node.function).args, node.args, strict=True))
        contribution = substitute(parse(found.rule), {**values, "g": g, "out": arg})
        step = (inner.args[0], self.shapes.reduced(contribution, self.shapes.of(inner.args[0]), full))
        if isinstance(arg, Name):
            self.shortcuts[arg.id] = [step]
        else:
            passed.append(step)

    # Names and equations.

    def is_active(self, expr: Expr) -> bool:
        if isinstance(expr, Name):
            return expr.id in self.contributions
        return isinstance(expr, Apply) and any(self.is_active(arg) for arg in expr.args)

    def named(self, g: Expr, node: Apply) -> Expr:
        """`g`, or a new name for it where it would otherwise be written out too often or too deep."""
        if not isinstance(g, Apply) or (self.mentions(node) < 2 and _depth(g) <= DEEP and _size(g) <= LARGE):
            return g
        number = 1
        while f"g{number}" in self.shapes.known:
            number += 1
        self.shapes.known[f"g{number}"] = self.shapes.of(g)
        self.equations.append(Equation("backward", f"g{number}", simplify(g)))
        return Name(f"g{number}")

    def mentions(self, node: Apply) -> int:
        """How often the rules of this application write out their upstream gradient."""
        entry = lookup(node.function)
        active = [a for a, arg in zip(entry.args, node.args, strict=False) if self.is_active(arg)]
        rules = [self.rule(entry, arg) for arg in active]
        each = [_occurrences(rule).count("g") for rule in rules if rule is not None]
        return max(each, default=0)

    def emit_complete(self, equation: Equation) -> None:
        """Write down the gradients that have received everything: first the leaves, then the way back."""
        done = []
        for name in equation.uses:
            if name in self.waiting:
                self.waiting[name] -= 1
                if self.waiting[name] == 0 and name not in self.start:
                    done.append(name)
        for name in sorted(done, key=self.order):
            self.emit(name, self.total(name))

    def total(self, name: str) -> Expr:
        """The sum of what has reached a name, in its shape."""
        parts = self.contributions[name]
        if not parts:
            return call("mul", Num(0.0), Name(name))
        total = parts[0] if len(parts) == 1 else simplify(add(*parts))
        if self.in_shape[name]:
            return total
        try:
            shape = self.shapes.of(total)
        except ShapeError:
            # A column and a row, each the same along the other's axis.
            return simplify(add(*(mul(part, call("ones_like", Name(name))) for part in parts)))
        return total if shape == self.shapes.known[name] else simplify(mul(total, call("ones_like", Name(name))))

    def order(self, name: str) -> int:
        """Parameters before inputs, and the quantities on the way back last."""
        return self.rank.get(name, len(self.rank))

    def emit(self, name: str, total: Expr) -> None:
        self.shapes.known[gradient_name(name)] = self.shapes.known[name]
        self.equations.append(Equation("backward", gradient_name(name), total, kind="gradient", quantity=name))


def _occurrences(expr: Expr) -> list[str]:
    return [node.id for node in walk(expr) if isinstance(node, Name)]


def _depth(expr: Expr) -> int:
    depth, level = 0, [expr]
    while level:
        level = [arg for node in level if isinstance(node, Apply) for arg in node.args]
        depth += 1
    return depth


def _size(expr: Expr) -> int:
    return sum(1 for _ in walk(expr))


def depending_on(forward: Sequence[Equation], leaves: Iterable[str]) -> set[str]:
    """The leaves, and every quantity that is computed from them."""
    active = set(leaves)
    for equation in forward:
        if not active.isdisjoint(equation.uses):
            active.add(equation.name)
    return active


def _leading_to(forward: Sequence[Equation], ends: Iterable[str]) -> list[Equation]:
    needed = set(ends)
    path = []
    for equation in reversed(forward):
        if equation.name in needed:
            needed.update(equation.uses)
            path.append(equation)
    return path[::-1]
