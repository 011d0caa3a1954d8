"""A variant as a problem file: the numbers replaced in the text, all else as the problem has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as File
from typing import Any, Final
from urllib.parse import quote, unquote

import numpy as np

from gradcalc.classes.variants.numbers import with_numbers
from gradcalc.classes.variants.search import Variant
from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis
from gradcalc.problem.load import loads
from gradcalc.problem.saved import OUTDATED, Rewriter
from gradcalc.problem.source import read_text
from gradcalc.program.problem import Problem

ENDING: Final = ".yaml"
CERTIFICATE: Final = ".certificate.json"


class Writer:
    """Writes variants of a problem. Raises UsageError where numbers aren't written in the file itself."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.rewriter = Rewriter(problem.text, (*OUTDATED, "vary"))
        self.data = read_text(problem.text).data

    def text(self, variant: Variant) -> str:
        """The problem file. It is read once more before it is given out: its numbers must be those of the variant."""
        problem = self.problem
        new = {("lr",) if name == "lr" else problem.origins[name]: value for name, value in variant.numbers.items()}
        forms = {path: as_written(self._at(path), value, problem.axis) for path, value in new.items()}
        text = self.rewriter.rewritten(forms, {})
        self._refuse_what_reads_otherwise(text, variant)
        return text

    def _at(self, path: tuple[str | int, ...]) -> Any:
        value = self.data
        for step in path:
            value = value[step]
        return value

    def _refuse_what_reads_otherwise(self, text: str, variant: Variant) -> None:
        wanted = with_numbers(self.problem, variant.numbers)
        again = loads(text, f"the variant of {variant.student}", File(self.problem.path).parent)
        theirs = again.given
        if not all(name in theirs and np.array_equal(theirs[name], value) for name, value in wanted.given.items()):
            raise UsageError(f"{self.problem.path}: this file's form is too unusual to put new numbers into it")


def as_written(old: Any, value: Array, axis: Axis) -> Any:
    """The numbers in the form in which the old ones are written: a number, a flat list, rows, or classes."""
    numbers = [float(each) for each in np.ravel(value)]
    count = sum(1 for _ in _leaves(old))
    if isinstance(old, dict):
        return np.asarray(value).tolist()
    if count == len(numbers):
        return _filled(old, iter(numbers))
    classes = [float(each) for each in np.argmax(value, axis=axis)]
    return _filled(old, iter(classes))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def _filled(old: Any, numbers: Iterator[float]) -> Any:
    return [_filled(each, numbers) for each in old] if isinstance(old, list) else next(numbers)


def file_name(student: str) -> str:
    """A file's name without its ending, from which the student can be read again; no path outside the folder."""
    quoted = quote(student, safe=" @+,=", encoding="utf-8", errors="replace")
    return f"%2E{quoted[1:]}" if quoted.startswith(".") else quoted


def student_of(path: File) -> str:
    """The student whose variant a file is."""
    return unquote(path.name.removesuffix(ENDING))
