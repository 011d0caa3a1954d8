"""Write a solution as a PyTorch program: the forward pass, which PyTorch differentiates by itself."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.program.dependence import differentiable_in, passing_to
from gradcalc.program.naming import gradient_name
from gradcalc.program.solution import Solution
from gradcalc.report.code.backends import TORCH
from gradcalc.report.code.notes import kinks
from gradcalc.report.code.script import Script
from gradcalc.report.code.tidy import STEP, tidy
from gradcalc.report.page import Page


def render(solution: Solution, page: Page) -> str:
    """The program: given values, forward pass, `backward()`, every gradient, update, the pass after it.

    Raises UsageError where a function has no definition that could be written.
    """
    script = Script(solution, TORCH)
    script.refuse_turns()
    wanted = [name for name in solution.gradients if name not in solution.problem.upstream]
    blocks = [
        ["# Given", *_given(script)],
        ["# Forward pass", *_forward(script, wanted)],
        ["# Backward pass", *_backward(script, wanted)] if wanted else [],
        _update(script),
        ["# What came out", *script.prints(_names(solution, wanted))],
    ]
    said = ["The forward pass in PyTorch, which differentiates it by itself."] if wanted else []
    return script.program(blocks, [*(said or ["The forward pass in PyTorch."]), *kinks(solution)])


def _names(solution: Solution, wanted: list[str]) -> list[str]:
    later = [eq.name for eq in solution.equations if eq.section in ("update", "after")]
    return [*solution.forward, *map(gradient_name, wanted), *later]


def _given(script: Script) -> Iterator[str]:
    problem = script.problem
    leaves = problem.leaves if script.solution.gradients else {}
    for name, value in problem.given.items():
        yield from script.given(name, value, ", requires_grad=True" if name in leaves else "")


def _forward(script: Script, wanted: list[str]) -> Iterator[str]:
    for equation in script.solution.forward_equations:
        if script.is_alias(equation.expr) and wanted:
            # Another name for the same tensor would get the same gradient.
            yield from tidy(f"{script.variables[equation.name]} = {script.rule(equation)}.clone()")
        else:
            yield from script.equation(equation)
    connected = _connected(script.solution)
    kept = [script.variables[name] for name in wanted if name in script.solution.forward and name in connected]
    if len(kept) == 1:
        yield from tidy(f"{kept[0]}.retain_grad()")
    elif kept:
        yield from tidy(f"for quantity in ({', '.join(kept)}):")
        yield f"{STEP}quantity.retain_grad()"


def _backward(script: Script, wanted: list[str]) -> Iterator[str]:
    problem, variables = script.problem, script.variables
    connected = _connected(script.solution)
    outputs = [name for name in (problem.objective, *problem.upstream) if name in connected]
    if outputs == [problem.objective]:
        yield f"{variables[outputs[0]]}.backward()"
    elif len(outputs) == 1:
        yield f"{variables[outputs[0]]}.backward({variables[gradient_name(outputs[0])]})"
    elif outputs:
        ends = ", ".join(variables[name] for name in outputs)
        from_above = ", ".join(variables[gradient_name(name)] for name in outputs)
        yield from tidy(f"torch.autograd.backward([{ends}], [{from_above}])")
    for name in wanted:
        constant = "ones_like" if name == problem.objective else "zeros_like"
        value = f"{variables[name]}.grad" if name in connected else f"torch.{constant}({variables[name]})"
        yield from tidy(f"{variables[gradient_name(name)]} = {value}")


def _connected(solution: Solution) -> set[str]:
    """Every name between the leaves and what is differentiated: the others have no gradient for PyTorch."""
    problem = solution.problem
    moving = differentiable_in(solution.forward_equations, problem.leaves)
    ends = {name for name in (*problem.upstream, problem.objective) if name is not None and name in moving}
    between = passing_to(solution.forward_equations, ends)
    return {*ends, *(name for equation in between for name in equation.passes_to)} & moving


def _update(script: Script) -> list[str]:
    """The update and the pass after it, of which PyTorch needn't keep track."""
    update = script.section("Update", "update", indent=STEP)
    if not update:
        return []
    return [update[0].strip(), "with torch.no_grad():", *update[1:], "", *script.section(*_AFTER, indent=STEP)]


_AFTER = ("After the update", "after")
