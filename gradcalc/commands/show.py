"""Put a report where it's asked for, in the format asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from gradcalc.commands.output import emit, page_for, say
from gradcalc.report.formats import FORMATS, Format, Report, lookup_format, refuse_fragment, render

STANDARD_OUTPUT = Path("-")


def show(
    make: Callable[[], Report],
    format: str,
    output: Path | None = None,
    *,
    fragment: bool = False,
    formats: Mapping[str, Format] = FORMATS,
) -> int:
    """Make a report and put it where it's asked for (`-` is standard output); the exit code. Raises GradcalcError."""
    form = lookup_format(format, formats)
    if fragment:
        refuse_fragment(form)
    output = file_of(output)
    report = make()
    if report.remark and form.for_programs:
        say(report.remark)
    emit(render(report, form, replace(page_for(output), fragment=fragment)), output, as_file=form.is_file)
    return 0 if report.passes else 1


def file_of(output: Path | None) -> Path | None:
    """The file that is asked for; None for standard output."""
    return None if output == STANDARD_OUTPUT else output
