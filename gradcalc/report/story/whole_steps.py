"""Tell steps whole: of each all that a solution has, and then where they led."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gradcalc.program.descent import Descent
from gradcalc.program.differences import verified
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.program.verify import Verification
from gradcalc.program.walk import State
from gradcalc.report.as_json import lost
from gradcalc.report.document import QUIET, Block, Document, Heading
from gradcalc.report.sequences import members_told
from gradcalc.report.story.course import course, curve_data, ending, ending_data, exact_names, in_full, overflow
from gradcalc.report.story.given import divided, given, used_by
from gradcalc.report.story.glossary import glossary
from gradcalc.report.story.rule import rule_shapes
from gradcalc.report.story.solution import Telling, closing, opening, sections, solution_data, values_by_section

IN_FULL = 10
"""So many steps are shown whole; of more only the first and the last."""


def whole_steps_document(
    descent: Descent, *, expand: bool = False, curve: bool | None = None, remark: str = ""
) -> Document:
    """Steps whole, each under a heading of its own with the names as they are within it."""
    problem, first = descent.problem, descent.first
    shown = {state.k: descent.solution(state) for state in in_full(descent, IN_FULL, last=True)}
    told = Telling(expand, QUIET)
    blocks = [
        *opening(problem, remark),
        *given(problem),
        *divided(problem),
        *glossary(first),
        *(block for k, solution in shown.items() for block in _step(descent, k, solution, shown, told)),
        *ending(descent),
        *course(descent, curve),
        *closing(_together(first, [*shown.values()]), first),
    ]
    shapes = {**rule_shapes(problem), **first.shapes}
    names, members = shown_names(problem, shapes), members_told(first)
    return Document(tuple(blocks), names, problem.digits, shapes, problem.axis, members)


def _step(descent: Descent, k: int, solution: Solution, shown: dict[int, Solution], told: Telling) -> Iterator[Block]:
    yield Heading(f"Step {k:,}")
    yield from used_by(descent.problem, k)
    aliases = _aliases(descent, k, solution, shown)
    first, exact = solution is descent.first, exact_names(descent, k)
    yield from sections(solution, replace(told, first=first, exact=exact, aliases=aliases))


def _aliases(descent: Descent, k: int, solution: Solution, shown: dict[int, Solution]) -> dict[str, str]:
    """What a step takes over from one that is shown is called what it is called there; the first has plain names."""
    start = descent.problem.first_step

    def alias(name: str, of: int) -> str:
        return name if of == start else f"{name}@{of}"

    carry = descent.walk.program(k).carry if k > start else {}
    here = {name: alias(name, k) for name in (*solution.by_name, *carry)}
    return here | ({name: alias(source, k - 1) for name, source in carry.items()} if k - 1 in shown else {})


def _together(first: Solution, shown: Sequence[Solution]) -> Verification | None:
    """How well the gradients of all steps that are shown agree with differences: that of the worst."""
    if first.verification is None:
        return None
    others = (verified(each) for each in shown if each is not first)
    known = [first.verification, *(each for each in others if each is not None)]
    worst = max(known, key=lambda each: (each.max_relative_error != each.max_relative_error, each.max_relative_error))
    return replace(worst, on_kinks=tuple(dict.fromkeys(kink for each in known for kink in each.on_kinks)))


def whole_steps_data(descent: Descent, *, curve: bool | None = None) -> dict[str, Any]:
    """The first step as a solution has it, and the values of each step that is kept."""
    steps, warnings = [], dict.fromkeys([*descent.first.warnings, *overflow(descent)])
    for state in descent.states:
        solution = descent.solution(state)
        steps.append(_step_data(descent, state, solution))
        warnings |= dict.fromkeys(lost(solution.values.values()))
    return {
        **solution_data(descent.first),
        "warnings": [*warnings],
        "steps": steps,
        **ending_data(descent),
        **curve_data(descent, curve),
    }


def _step_data(descent: Descent, state: State, solution: Solution) -> dict[str, Any]:
    samples = descent.walk.samples(state.k)
    return {
        "step": state.k,
        **({"samples": list(samples)} if samples else {}),
        "values": values_by_section(solution),
    }
