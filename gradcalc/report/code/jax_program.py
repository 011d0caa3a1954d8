"""Write a solution as a JAX program: the forward pass as a function, which JAX differentiates by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution
from gradcalc.report.code.backends import JAX
from gradcalc.report.code.notes import kinks
from gradcalc.report.code.script import Script, docstring
from gradcalc.report.code.tidy import STEP, tidy
from gradcalc.report.page import Page


def render(solution: Solution, page: Page) -> str:
    """The program: given values, the forward pass as a function, every gradient, update, the pass after it.

    Raises UsageError where a function has no definition that could be written.
    """
    script = Script(solution, JAX)
    script.refuse_turns()
    if not solution.gradients or solution.problem.has_given_gradients:
        return _by_equations(script)
    blocks = _Blocks(script)
    return script.program(
        [
            blocks.given(),
            ["", "# Forward pass", *blocks.forward()],
            ["", *blocks.objective()],
            ["", *blocks.values()],
            ["# Backward pass", *blocks.backward()],
            blocks.update(),
            ["# What came out", *blocks.prints()],
        ],
        ["The forward pass in JAX, which differentiates it by itself.", *kinks(solution)],
    )


def _by_equations(script: Script) -> str:
    """Where there is nothing to differentiate."""
    given = [line for name, value in script.problem.given.items() for line in script.given(name, value)]
    names = [equation.name for equation in script.solution.equations]
    blocks = [
        ["# Given", *given],
        script.section("Forward pass", "forward"),
        script.section("Update", "update"),
        script.section("After the update", "after"),
        ["# What came out", *script.prints(names)],
    ]
    said = "The update in JAX." if script.problem.has_given_gradients else "The forward pass in JAX."
    return script.program(blocks, [said])


class _Blocks:
    """The parts of a program that differentiates."""

    def __init__(self, script: Script) -> None:
        self.script, self.problem, self.solution = script, script.problem, script.solution
        self.leaves = self.problem.leaves
        self.wanted = [name for name in self.solution.gradients if name not in self.problem.upstream]
        self.shifted = [name for name in self.solution.forward if name in self.wanted]
        self.arguments = "leaves, shifts" if self.shifted else "leaves"

    @property
    def _updates(self) -> list[Equation]:
        return [eq for eq in self.solution.equations if eq.section == "update"]

    def given(self) -> list[str]:
        """The leaves, on which the gradient is wanted, in a dict; the rest by name."""
        given = {name: value for name, value in self.problem.given.items() if name in self.leaves}
        items = [f'"{name}": {self.script.array(value, 2 * len(STEP) + len(name))}' for name, value in given.items()]
        rest = [(name, value) for name, value in self.problem.given.items() if name not in self.leaves]
        lines = [line for name, value in rest for line in self.script.given(name, value)]
        return ["# Given", *tidy(f"leaves = {{{', '.join(items)},}}"), *lines]

    def forward(self) -> Iterator[str]:
        script, variables = self.script, self.script.variables
        yield f"def forward({self.arguments}):"
        said = ", each with its shift added" if self.shifted else ""
        yield from docstring([f"Every quantity of the forward pass{said}."], STEP)
        used = {name for equation in self.solution.forward_equations for name in equation.uses}
        for name in self.problem.given:
            if name in self.leaves and name in used:
                yield from tidy(f'{variables[name]} = leaves["{name}"]', STEP)
        for equation in self.solution.forward_equations:
            shift = f' + shifts["{equation.name}"]' if equation.name in self.shifted else ""
            yield from tidy(f"{variables[equation.name]} = {script.rule(equation)}{shift}", STEP)
        items = ", ".join(f'"{name}": {variables[name]}' for name in self.solution.forward)
        yield from tidy(f"return {{{items}}}", STEP)

    def objective(self) -> Iterator[str]:
        problem, variables = self.problem, self.script.variables
        yield f"def objective({self.arguments}):"
        if problem.objective is not None:
            yield from docstring(["The number that is differentiated."], STEP)
            number = f'forward({self.arguments})["{problem.objective}"]'
            yield from tidy(f"return {f'jnp.squeeze({number})' if self._shape(problem.objective) else number}", STEP)
            return
        yield from docstring(["A number whose gradients on the outputs are the given ones."], STEP)
        yield f"{STEP}quantities = forward({self.arguments})"
        terms = [f'jnp.sum({variables[gradient_name(n)]} * quantities["{n}"])' for n in problem.upstream]
        yield from tidy(f"return {' + '.join(terms)}", STEP)

    def _shape(self, name: str) -> tuple[int, ...]:
        return tuple(self.solution.shapes[name])

    def values(self) -> Iterator[str]:
        if self.shifted:
            yield "# Zeros, added to each quantity: the gradient on what is added is that on the quantity."
            zeros = (f'"{name}": {self._zeros(name)}' for name in self.shifted)
            yield from tidy(f"shifts = {{{', '.join(zeros)},}}")
        yield f"quantities = forward({self.arguments})"

    def _zeros(self, name: str) -> str:
        return f"jnp.zeros({self._shape(name)})"

    def backward(self) -> Iterator[str]:
        if not self.shifted:
            yield "gradients = jax.grad(objective)(leaves)"
            return
        yield "of_leaves, of_shifts = jax.grad(objective, argnums=(0, 1))(leaves, shifts)"
        yield "gradients = of_leaves | of_shifts"

    def update(self) -> list[str]:
        if not self.solution.has_update:
            return []
        if not self._is_plain():
            return self._by_rule()
        moved = [name for name in self.problem.parameters if name not in self.problem.frozen]
        lines = ["# Update", "updated = dict(leaves)"]
        if moved:
            lines += tidy(f"for name in {_tuple(moved)}:")
            lines.append(f"{STEP}updated[name] = leaves[name] - lr * gradients[name]")
        return [*lines, *self._after()]

    def _is_plain(self) -> bool:
        problem = self.problem
        return problem.optimizer is None and problem.rate is None and problem.direction == "descent"

    def _by_rule(self) -> list[str]:
        """Every equation of the update by itself, after the names that they use."""
        script, variables = self.script, self.script.variables
        equations = self._updates
        used = dict.fromkeys(name for eq in equations for name in eq.uses)
        named = [line for name in used for line in self._named(name)]
        items = (f'"{name}": {variables[new_name(name)]}' for name in self.problem.parameters)
        updated = tidy(f"updated = leaves | {{{', '.join(items)}}}")
        return [
            "# Update",
            *named,
            *(line for eq in equations for line in script.equation(eq)),
            *updated,
            *self._after(),
        ]

    def _named(self, name: str) -> list[str]:
        """The value of a name, from where the program keeps it; nothing for what has a name of its own."""
        equation, variable = self.solution.by_name.get(name), self.script.variables[name]
        if name in self.leaves:
            return tidy(f'{variable} = leaves["{name}"]')
        if equation is not None and equation.section == "forward":
            return tidy(f'{variable} = quantities["{name}"]')
        if equation is not None and equation.kind == "gradient":
            return tidy(f'{variable} = gradients["{equation.quantity}"]')
        return []

    def _after(self) -> list[str]:
        shifts = ", shifts" if self.shifted else ""
        return ["", "# After the update", f"after = forward(updated{shifts})"]

    def prints(self) -> Iterator[str]:
        yield "for name, value in quantities.items():"
        yield f'{STEP}print(name, "=", value.tolist())'
        yield from self._loop(self.wanted, _label(gradient_name), "gradients")
        if self.solution.has_update:
            kept = [eq.name for eq in self._updates if eq.kind != "new value"]
            yield from self.script.prints(kept)
            members = any("[" in name for name in (*self.problem.parameters, *self.solution.forward))
            before, label = (_OF_MEMBERS, 'new, "="') if members else ((), _label(new_name))
            yield from self._loop(self.problem.parameters, label, "updated", before)
            yield "for name, value in after.items():"
            yield from before
            yield f"{STEP}print({label}, value.tolist())"

    def _loop(self, names: Iterable[str], label: str, values: str, before: Iterable[str] = ()) -> Iterator[str]:
        yield from tidy(f"for name in {_tuple(list(names))}:")
        yield from before
        yield f"{STEP}print({label}, {values}[name].tolist())"


_NEW, _NAMED = new_name(""), new_name("{name}")
_OF_MEMBERS = (f'{STEP}new = name.replace("[", "{_NEW}[") if "[" in name else f"{_NAMED}"',)
"""What a new value is called where names have members: `W_new[1]`."""


def _label(named: Callable[[str], str]) -> str:
    """What the program prints before the value of the gradient or the new value of `name`."""
    return f'f"{named("{name}")} ="'


def _tuple(names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"({quoted}{',' if len(names) == 1 else ''})"
