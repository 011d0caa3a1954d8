"""What a solution has that can be asked for, by sections: each quantity's name in sheets, and that of its equation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from gradcalc.optimizers.rule import Rule
from gradcalc.program.further import COUNT, HESSIANS, JACOBIANS, LOSSES, MADE, SHAPES, Further, of_problem
from gradcalc.program.naming import at_step, gradient_name, new_name, state_name
from gradcalc.program.solution import Solution
from gradcalc.program.told import as_told

SECTIONS = (
    *("forward", "loss", "losses", "deltas", "gradients", HESSIANS),
    *("state", "changes", "updated", "after", "let", MADE, JACOBIANS, SHAPES, COUNT),
)
EVERY_SHEET = ("forward", "loss", "gradients", "updated", "after")
"""Those that a sheet has whatever the problem; the others are asked for, or come of an optimizer."""
GIVEN = "given"
"""In place of a section: what the problem gives. It can be explained, but no sheet is asked for it."""
PART = "part"
"""The same for a part of a gradient that has a name only to be written once."""
JACOBIAN = "jacobian"
"""The kind of the equation of a Jacobian that was asked for."""
STEPS = "steps"
"""Before a label that is of a later step."""
WHOLE = ("loss", LOSSES, MADE, COUNT)
"""Sections that are the name of their only quantity, if they have but one."""
_NAMES: Mapping[str, Callable[[str], str]] = {"gradients": gradient_name, "updated": new_name, "after": new_name}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that can be asked for: the name in sheets, and the name in the equations."""

    section: str
    name: str
    equation: str
    step: int = 1
    label: str = field(init=False, compare=False, repr=False)
    """`gradients.W1`; for the loss alone `loss`; of a later step `steps.2.gradients.W1`."""

    def __post_init__(self) -> None:
        here = self.section if self.name == self.section in WHOLE else f"{self.section}.{self.name}"
        object.__setattr__(self, "label", here if self.step == 1 else f"{STEPS}.{self.step}.{here}")

    def at(self, step: int) -> Quantity:
        """The same at a later step."""
        return replace(self, equation=at_step(self.equation, step), step=step)


def quantities(solution: Solution) -> tuple[Quantity, ...]:
    """Everything that a sheet can answer, in the order of the solution; each equation once."""
    later = (quantity.at(step.number) for step in solution.later for quantity in of_one_step(step.alone))
    # A gradient that is given is the same at each step, and has its name from the first.
    return (*of_one_step(solution), *(quantity for quantity in later if quantity.equation in solution.values))


def _told(solution: Solution) -> list[str]:
    """What there are gradients of, in the order in which reports tell them."""
    place = {equation.name: i for i, equation in enumerate(as_told(solution.equations, solution.problem))}
    return sorted(solution.gradients, key=lambda name: place.get(gradient_name(name), -1))


def of_one_step(solution: Solution) -> tuple[Quantity, ...]:
    """The same of the first step alone."""
    sections = {
        "forward": solution.forward,
        "gradients": _told(solution),
        "updated": solution.updated,
        "after": solution.after,
    }
    remembered = states(solution.problem.optimizer, solution.problem.parameters)
    kept = (each for each in remembered if each.equation in solution.by_name)
    more = () if solution.without is None else of_problem(solution.problem)
    beside = (of_further(each) for each in more if each.equation in solution.by_name)
    made = (Quantity(JACOBIANS, each.name, each.name) for each in solution.equations if each.kind == JACOBIAN)
    every = (*asked(sections, solution.problem.objective), *kept, *beside, *made)
    return tuple(sorted(every, key=lambda quantity: SECTIONS.index(quantity.section)))


def states(rule: Rule | None, parameters: Iterable[str]) -> Iterator[Quantity]:
    """What an update rule remembers of parameters, line by line: `state.v.W1`."""
    for line in rule.state if rule is not None else ():
        yield from (Quantity("state", f"{line}.{name}", state_name(line, name)) for name in parameters)


def of_further(further: Further) -> Quantity:
    """A quantity beside the solution, as one that can be asked for."""
    return Quantity(further.section, further.name, further.equation)


def asked(sections: Mapping[str, Iterable[str]], objective: str | None) -> Iterator[Quantity]:
    """The quantities by the names in each section; `loss` stands by itself where it is what is differentiated."""
    forward = [*sections["forward"]]
    apart = ["loss"] if objective == "loss" and "loss" in forward else []
    names = {**sections, "forward": [name for name in forward if name not in apart], "loss": apart}
    for section in SECTIONS:
        yield from (Quantity(section, name, equation_name(section, name)) for name in names.get(section, ()))


def equation_name(section: str, name: str) -> str:
    """The name of the equation whose value is meant by a name in a section: `dW1` for `gradients.W1`."""
    return _NAMES.get(section, str)(name)


def later_steps(labels: Iterable[str]) -> set[int]:
    """The steps after the first of which labels are."""
    parts = (label.split(".") for label in labels)
    return {int(number) for first, number, *_ in (each for each in parts if len(each) > 2) if first == STEPS}
