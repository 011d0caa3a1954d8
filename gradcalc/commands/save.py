"""Write a problem as it stands after some steps, so that these can go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcalc.commands.output import refuse_to_overwrite, say, write_file
from gradcalc.commands.request import EXAMPLE, Request
from gradcalc.errors import GradcalcError, UsageError

if TYPE_CHECKING:
    from gradcalc.program.descent import Descent
    from gradcalc.program.problem import Problem

OPTION = "--save"


def refuse_save(request: Request, path: Path) -> None:
    """Raise UsageError where nothing may be saved: before any step is taken."""
    if str(path) == "-":
        raise UsageError(f"{OPTION} writes a file: name one")
    refuse_to_overwrite(request.problem or EXAMPLE, path, "the problem", OPTION)
    if request.output is not None and request.output.absolute() == path.absolute():
        raise UsageError(f"{OPTION} {path}: the report goes there; name another file")


def save(request: Request, descent: Descent, path: Path) -> None:
    """Write the problem as it stands after the last step, whole or not at all. Raises UsageError."""
    from gradcalc.problem.saved import OUTDATED, saved

    problem = descent.next
    text = saved(problem, _changed(request, problem), path.parent)
    _refuse_what_reads_otherwise(problem, text, path)
    write_file(path, text, OPTION)
    left = [key for key in OUTDATED if (key,) in problem.places]
    if left:
        say(f"{path} goes on from step {problem.first_step:,}; what is under {' and '.join(left)} is left out.")


def _changed(request: Request, problem: Problem) -> dict[str, Any]:
    """What the command line changes in the problem, by the keys of the file."""
    changed: dict[str, Any] = {}
    if request.lr is not None:
        changed["lr"] = problem.lr
    if request.freeze:
        changed["freeze"] = [name for name in problem.parameters if name in problem.frozen]
    if request.batch_size is not None:
        changed["batch_size"] = problem.batch_size
    return changed


def _refuse_what_reads_otherwise(problem: Problem, text: str, path: Path) -> None:
    """The file is read once more before it is written: numbers that aren't the same would go on to other steps."""
    from gradcalc.problem.load import loads

    again = loads(text, str(path), path.parent)
    same = all(value.tobytes() == again.parameters[name].tobytes() for name, value in problem.parameters.items())
    if not (same and again.first_step == problem.first_step):
        raise GradcalcError(f"{OPTION} {path}: this file's form is too unusual to put new numbers into it")
