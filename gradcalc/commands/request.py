"""Which problem a command is about, and what the command line changes in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gradcalc.commands.output import refuse_to_overwrite
from gradcalc.errors import Fault, InputError, UsageError
from gradcalc.formula.faults import EquationError

if TYPE_CHECKING:
    from gradcalc.program.problem import Problem
    from gradcalc.program.solution import Solution

T = TypeVar("T")
EXAMPLE = "hw3"
REMARK = f"No problem was named, so this is {EXAMPLE}, the example that comes with gradcalc."


@dataclass(frozen=True)
class Request:
    """A problem, and what the command line changes in it."""

    problem: str | None = None
    lr: float | None = None
    freeze: Sequence[str] = ()
    digits: int | None = None
    batch_size: int | None = None
    output: Path | None = None
    """Where the report goes, which must not be what is read."""

    @property
    def remark(self) -> str:
        """What a report says where no problem was named; empty where one was."""
        return REMARK if self.problem is None else ""


def solved(request: Request) -> Solution:
    """The problem's solution, its gradients unchecked. Raises UsageError, InputError."""
    from gradcalc.program.solve import solve

    problem = worked(request)
    return placed(problem, lambda: solve(problem, check=False))


def worked(request: Request) -> Problem:
    """A problem with equations, of an update at least. Raises UsageError where there are claims alone."""
    problem = loaded(request)
    if problem.form == "claims":
        raise UsageError(f"{problem.path}: there are no equations to solve, only claims")
    return problem


def loaded(request: Request) -> Problem:
    """The problem that is asked for. Raises UsageError, InputError."""
    from gradcalc.problem.load import load, override

    if request.problem == "":
        raise UsageError("the name of the problem is empty: name a file, '-', or a problem that comes with gradcalc")
    name = EXAMPLE if request.problem is None else request.problem
    refuse_to_overwrite(name, request.output, "the problem")
    return override(load(name), request.lr, request.freeze, request.digits, request.batch_size)


def placed(problem: Problem, work: Callable[[], T]) -> T:
    """Do something with a problem; what is wrong with one of its equations gets its place in the file.

    Raises InputError in the place of EquationError.
    """
    try:
        return work()
    except EquationError as error:
        origin = problem.origins.get(error.equation or "", ())
        span = problem.inside(error.at[0], *origin) if problem.inside else problem.place(*origin)
        raise InputError([Fault(span, str(error))]) from None
