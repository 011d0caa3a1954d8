"""`functions`, `optimizers`, `problems` and `schema`: what there is."""

from __future__ import annotations

from pathlib import Path

from gradcalc.commands.output import emit, page_for
from gradcalc.commands.show import file_of
from gradcalc.report.formats import Report


def functions_report(name: str | None = None) -> Report:
    """The functions table; one entry in full. Raises UnknownFunction."""
    from gradcalc.report.story.listings import function_document, functions_data, functions_document, in_table

    entries = in_table(name)
    document = (lambda: functions_document(entries)) if name is None else (lambda: function_document(entries[0]))
    return Report(document, lambda: functions_data(entries))


def optimizers_report(name: str | None = None) -> Report:
    """The table of optimizers; one entry in full. Raises UnknownOptimizer."""
    from gradcalc.report.story.optimizers import in_table, optimizer_document, optimizers_data, optimizers_document

    entries = in_table(name)
    document = (lambda: optimizers_document(entries)) if name is None else (lambda: optimizer_document(entries[0]))
    return Report(document, lambda: optimizers_data(entries))


def problems_report() -> Report:
    """The problems that come with gradcalc."""
    from gradcalc.report.story.listings import bundled, problems_document

    problems = bundled()
    return Report(lambda: problems_document(problems), lambda: problems)


def write_schema(output: Path | None = None) -> None:
    """The JSON Schema of problem files, with which editors complete and check."""
    from gradcalc.problem.schema import json_schema
    from gradcalc.report.as_json import render as as_json

    output = file_of(output)
    emit(as_json(json_schema(), page_for(output)), output)
