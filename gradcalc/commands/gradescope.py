"""`gradescope`: what is uploaded to Gradescope, so that it marks a problem."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gradcalc.commands.check import Marking
from gradcalc.commands.output import say, whole_file
from gradcalc.commands.request import Request, solved
from gradcalc.errors import UsageError

UPLOAD = "autograder.zip"


def write_autograder(request: Request, folder: Path, marking: Marking, *, run_code: bool = False) -> None:
    """Write the zip into a folder. Raises UsageError, InputError, and where the problem can't be solved."""
    from gradcalc.classes.export.container import RUN_CODE, Marked, upload
    from gradcalc.problem.beside import file_names
    from gradcalc.problem.source import read_text

    if request.problem == "-":
        raise UsageError("name the problem's file: what it names beside itself is looked for there")
    path = Path(solved(request).problem.path)
    text = path.read_text(encoding="utf-8")
    files = {name: (path.parent / name).read_bytes() for name in file_names(read_text(text, str(path)).data)}
    target = folder / UPLOAD
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}") from None
    with whole_file(target, "DIR") as file:
        options = (*_options(marking), *((RUN_CODE,) if run_code else ()))
        file.write(upload(Marked(text, files, options)))
    say(f"{target} is written: upload it to Gradescope as the assignment's autograder.")


def _options(marking: Marking) -> Iterator[str]:
    """The options of `grade` that mark so."""
    usual = Marking(complete=True)
    for name in ("rtol", "atol", "carried", "imprecise"):
        if getattr(marking, name) != getattr(usual, name):
            yield f"--{name}={getattr(marking, name)!r}"
    if marking.by_entry:
        yield "--by-entry"
    yield "--complete"
