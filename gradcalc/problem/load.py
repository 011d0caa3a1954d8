"""Load a problem from a file, standard input, text, or the problems that come with gradcalc."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcalc.errors import InputError, UsageError
from gradcalc.garbage import uncollected
from gradcalc.optimizers.rule import RATE
from gradcalc.problem import equations, layers, vertices
from gradcalc.problem.beside import put_in_files
from gradcalc.problem.bundled import bundled_names, bundled_path
from gradcalc.problem.classes import note_classes
from gradcalc.problem.document import Document
from gradcalc.problem.draft import Draft
from gradcalc.problem.finish import claims_alone, unknown_parameter
from gradcalc.problem.given_functions import note_functions
from gradcalc.problem.going import in_batches
from gradcalc.problem.over import write_out
from gradcalc.problem.reading import no_such_file
from gradcalc.problem.source import read, read_text
from gradcalc.problem.validate import checked
from gradcalc.program.problem import Problem
from gradcalc.program.quantities import of_parameters
from gradcalc.program.sections import GIVEN

if TYPE_CHECKING:
    from gradcalc.problem.letters import Letters

_LOWER: dict[str, Callable[[Draft, Any], Problem]] = {
    "layers": layers.lower,
    "vertices": vertices.lower,
    "equations": equations.lower,
    "claims": claims_alone,
}


@uncollected()
def load(source: str | os.PathLike[str], at: Mapping[str, int] | None = None, seed: int | None = None) -> Problem:
    """The problem in a file, on standard input (`-`), or of that name among those that come with gradcalc.

    A file comes before a bundled problem of the same name (`gradcalc problems` lists these). `at` gives sizes for
    letters, which makes numbers of a problem in letters, others for each `seed`. Raises UsageError where there is
    neither or no such letter, InputError with all that is wrong in the file.
    """
    name = os.fspath(source)
    if name != "-" and not _is(Path.is_file, name):
        if name in bundled_names():
            name = str(bundled_path(name))
        elif not _is(Path.exists, name):
            raise no_such_file(name, bundled_names())
    return _lowered(read(name), at, seed)


@uncollected()
def loads(
    text: str,
    path: str = "<string>",
    folder: str | os.PathLike[str] | None = None,
    at: Mapping[str, int] | None = None,
    seed: int | None = None,
) -> Problem:
    """The problem that a text in YAML describes, as a problem file would; `path` is what messages call it.

    Files with numbers that the text names are looked for in `folder`, and nowhere without it; `at` and `seed` are as
    for `load`. Raises InputError with all that is wrong in the text, UsageError for a letter that it hasn't.
    """
    document = read_text(text, path)
    document.folder = None if folder is None else Path(folder)
    return _lowered(document, at, seed)


def override(
    problem: Problem,
    lr: float | None = None,
    freeze: Iterable[str] = (),
    digits: int | None = None,
    batch_size: int | None = None,
) -> Problem:
    """The problem with another learning rate, more frozen parameters, other digits or batches. Raises UsageError."""
    if lr is not None and not (math.isfinite(lr) and lr > 0):
        raise UsageError(f"the learning rate is {lr:g}: it must be a positive number")
    if digits is not None and not 0 <= digits <= 15:
        raise UsageError(f"digits is {digits}: it must be a whole number from 0 to 15")
    if batch_size is not None:
        problem = in_batches(problem, batch_size)
    parameters = of_parameters(problem)
    frozen = {name: parameters.get(GIVEN, name) for name in freeze}
    for name, found in frozen.items():
        if found is None:
            raise UsageError(f"freeze: {unknown_parameter(name, problem.parameters)}")
    return replace(
        problem,
        **({} if lr is None else _at_rate(problem, float(lr))),
        frozen=problem.frozen | {found.name for found in frozen.values() if found is not None},
        digits=problem.digits if digits is None else digits,
    )


def _at_rate(problem: Problem, lr: float) -> dict[str, Any]:
    """The fields by which a problem has one learning rate, whatever the file's schedule says."""
    by_step = {name: values for name, values in problem.by_step.items() if name != RATE}
    return {"lr": lr, "rate": None, "by_step": by_step}


def _lowered(document: Document, at: Mapping[str, int] | None = None, seed: int | None = None) -> Problem:
    draft = Draft(document)
    put_in_files(draft)
    try:
        problem = _by_form(draft)
    except InputError:
        if not draft.is_in_letters:
            raise
        problem = None
    if problem is not None and at is None and seed is None and not draft.is_in_letters:
        return problem
    from gradcalc.problem.lettered import lettered  # which few problems need

    return lettered(draft, problem, partial(read_with, document), at, seed)


def read_with(document: Document, letters: Letters) -> tuple[Draft, Problem]:
    """The problem of a document with these letters for sizes. Raises InputError."""
    if document.written_out is not None:  # at other sizes a family may have other members
        folder, document = document.folder, read_text(document.text, document.path)
        document.folder = folder
        put_in_files(Draft(document))
    draft = Draft(document, letters)
    return draft, _by_form(draft)


def _by_form(draft: Draft) -> Problem:
    write_out(draft)
    note_classes(draft)
    note_functions(draft)
    found = checked(draft)
    if found is None:
        draft.stop()
        raise AssertionError("a file that can't be gone on with has a fault")
    form, model = found
    return _LOWER[form](draft, model)


def _is(question: Callable[[Path], bool], name: str) -> bool:
    """Whether a path is something; True for a name that can't be asked about, so that reading it says why."""
    try:
        return question(Path(name))
    except (OSError, ValueError):
        return True
