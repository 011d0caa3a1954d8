"""Put a report where it's asked for, in the format asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gradcalc.commands.output import emit, page_for, say
from gradcalc.errors import UsageError
from gradcalc.report.formats import FORMATS, Format, Report, lookup_format, refuse_fragment, render

if TYPE_CHECKING:
    from gradcalc.report.document import Document

STANDARD_OUTPUT = Path("-")
MOST_DIGITS = 17
"""With so many significant digits a number is told from any other."""


@dataclass(frozen=True)
class Look:
    """How a document is shown, whatever it is about: with so many significant digits in place of decimals.

    `full` shows large matrices whole. Raises UsageError.
    """

    significant: int | None = None
    full: bool = False

    def __post_init__(self) -> None:
        if self.significant is not None and not 1 <= self.significant <= MOST_DIGITS:
            raise UsageError(
                f"--significant {self.significant}: it must be a whole number of digits from 1 to {MOST_DIGITS}"
            )

    def of(self, report: Report) -> Report:
        """The report with a document that looks so; data for programs stay as they are."""
        make = report.document
        if make is None or self == AS_IT_IS:
            return report
        return replace(report, document=lambda: self._shown(make()))

    def _shown(self, document: Document) -> Document:
        from gradcalc.report.numbers import Significant  # and NumPy

        digits = document.digits if self.significant is None else Significant(self.significant)
        return replace(document, digits=digits, full=self.full)


AS_IT_IS = Look()


def show(
    make: Callable[[], Report],
    format: str,
    output: Path | None = None,
    *,
    fragment: bool = False,
    formats: Mapping[str, Format] = FORMATS,
    look: Look = AS_IT_IS,
) -> int:
    """Make a report and put it where it's asked for (`-` is standard output); the exit code. Raises GradcalcError."""
    form = lookup_format(format, formats)
    if fragment:
        refuse_fragment(form)
    output = file_of(output)
    report = look.of(make())
    if report.remark and form.for_programs:
        say(report.remark)
    emit(render(report, form, replace(page_for(output), fragment=fragment)), output, as_file=form.is_file)
    return 0 if report.passes else 1


def file_of(output: Path | None) -> Path | None:
    """The file that is asked for; None for standard output."""
    return None if output == STANDARD_OUTPUT else output
