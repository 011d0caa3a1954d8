"""Which problem a command is about, and what the command line changes in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gradcalc.commands.output import refuse_to_overwrite
from gradcalc.errors import Fault, InputError, UsageError
from gradcalc.formula.faults import EquationError
from gradcalc.words import shorten

if TYPE_CHECKING:
    from gradcalc.program.letters import InLetters
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
    at: str | None = None
    """Sizes for letters, which make numbers of a problem in letters: `Dx=3,H=2`."""
    seed: int | None = None

    @property
    def remark(self) -> str:
        """What a report says where no problem was named; empty where one was."""
        return REMARK if self.problem is None else ""


def solved(request: Request) -> Solution:
    """The problem's solution, its gradients unchecked. Raises UsageError, InputError."""
    from gradcalc.program.solve import solve

    problem = worked(request)
    return placed(problem, lambda: solve(problem, check=False))


def worked(request: Request, letters: bool = False) -> Problem:
    """A problem with equations, of an update at least.

    Raises UsageError where there are claims alone, and unless `letters` may stay, where it is in letters.
    """
    problem = loaded(request)
    if problem.form == "claims":
        raise only_claims(problem)
    return problem if letters else in_numbers(problem)


def only_claims(problem: Problem) -> UsageError:
    """What is said where a file of claims has to have equations."""
    tried = f"'gradcalc check {problem.path}' tries them"
    return UsageError(f"{problem.path}: there are no equations to solve, only claims; {tried}")


def in_numbers(problem: Problem) -> Problem:
    """The problem, if it has numbers. Raises UsageError where it is in letters."""
    if problem.letters is not None:
        raise needs_numbers(problem, problem.letters)
    return problem


def needs_numbers(problem: Problem, told: InLetters) -> UsageError:
    """What is said where a problem in letters has to have numbers."""
    sizes = ",".join(f"{letter}={size}" for letter, size in told.sizes.items())
    return UsageError(f"{problem.path}: the problem is in letters; give sizes for numbers: --at {sizes or 'n=2'}")


def loaded(request: Request) -> Problem:
    """The problem that is asked for. Raises UsageError, InputError."""
    from gradcalc.problem.load import load, override

    if request.problem == "":
        raise UsageError("the name of the problem is empty: name a file, '-', or a problem that comes with gradcalc")
    name = EXAMPLE if request.problem is None else request.problem
    refuse_to_overwrite(name, request.output, "the problem")
    problem = load(name, None if request.at is None else sizes(request.at), request.seed)
    return override(problem, request.lr, request.freeze, request.digits, request.batch_size)


def sizes(text: str) -> dict[str, int]:
    """`Dx=3,H=2` as sizes by letter. Raises UsageError."""
    pairs = [each.partition("=") for each in text.replace(" ", ",").split(",") if each]
    if not pairs or not all(letter and size.isdecimal() and len(size) < 10 for letter, _, size in pairs):
        raise UsageError(f"--at {shorten(text)}: write a size for each letter, such as --at Dx=3,H=2,Dy=4")
    return {letter: int(size) for letter, _, size in pairs}


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
