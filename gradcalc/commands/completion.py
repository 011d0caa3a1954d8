"""What a shell completes: problems, quantities, formats. Nothing is loaded until a shell asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcalc.errors import GradcalcError

if TYPE_CHECKING:
    from gradcalc.commands.request import Request

Completion = Callable[[str], list[str]]


def one_of(formats: str) -> Completion:
    """Completes to one of `table|plain|…`."""
    return lambda incomplete: _beginning(formats.split("|"), incomplete)


def problems(incomplete: str) -> list[str]:
    """Problems that come with gradcalc; problem files and folders beside the reader."""
    from gradcalc.problem.bundled import bundled_names

    return _beginning([*bundled_names(), *_files(incomplete)], incomplete)


def parameters(ctx: Any, incomplete: str) -> list[str]:
    """The parameters of the problem that stands on the line, or of the example."""
    return _beginning(_of_problem(ctx.params, _parameters), incomplete)


def quantities(ctx: Any, incomplete: str) -> list[str]:
    """Everything of that problem that can be explained, as its equations name it; behind a `/` by what it's derived."""
    above, slash, _ = incomplete.rpartition("/")
    return _beginning([f"{above}{slash}{name}" for name in _of_problem(ctx.params, _quantities)], incomplete)


def functions(incomplete: str) -> list[str]:
    """The functions that formulas can use."""
    from gradcalc.formula.table import functions

    return _beginning((each.name for each in functions()), incomplete)


def optimizers(incomplete: str) -> list[str]:
    """The update rules that problems can use."""
    from gradcalc.optimizers.table import optimizers

    return _beginning((each.name for each in optimizers()), incomplete)


def _parameters(request: Request) -> Iterable[str]:
    from gradcalc.commands.request import worked

    return worked(request).parameters


def _quantities(request: Request) -> Iterable[str]:
    from gradcalc.commands.request import solved
    from gradcalc.program.quantities import of_solution
    from gradcalc.program.sections import PART

    every = of_solution(solved(request)).every
    # A name with spaces in it (`W1 from a1`) is several words to a shell.
    return dict.fromkeys(each.equation for each in every if each.section != PART and " " not in each.equation)


def _of_problem(typed: Mapping[str, Any], names: Callable[[Request], Iterable[str]]) -> list[str]:
    """Names out of a problem; none where it can't be had: a message would stand in the middle of what is typed."""
    from gradcalc.commands.request import Request

    problem = typed.get("problem")
    if problem == "-":
        return []  # Standard input is the shell's own while it completes.
    try:
        return [*names(Request(problem))]
    except GradcalcError:
        return []


def _files(incomplete: str) -> list[str]:
    folder = incomplete[: incomplete.rfind("/") + 1]
    try:
        there = sorted(each for each in Path(folder or ".").iterdir() if not each.name.startswith("."))
    except OSError:
        return []
    files = [folder + each.name for each in there if each.suffix in (".yaml", ".yml")]
    return files + [f"{folder}{each.name}/" for each in there if each.is_dir()]


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
