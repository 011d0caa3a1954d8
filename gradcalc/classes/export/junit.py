"""Results as JUnit's XML, in which servers that run tests show them: a suite a student, a test an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gradcalc.classes.model import Result
from gradcalc.report.html.markup import tag
from gradcalc.words import visible

_FINE = ("correct", "imprecise")


def junit(results: Iterable[Result]) -> Iterator[str]:
    """The file, in parts: a wrong answer is a failure, a missing one is skipped, a sheet without marks an error."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gradcalc">\n'
    for result in results:
        yield f"{_suite(result)}\n"
    yield "</testsuites>\n"


def _suite(result: Result) -> str:
    student = visible(result.student)
    verdicts = result.marks.get("verdicts", ())
    cases = [_case(student, verdict) for verdict in verdicts] if result.is_marked else [_error(student, result)]
    failed = sum(each["verdict"] not in (*_FINE, "missing") for each in verdicts)
    missing = sum(each["verdict"] == "missing" for each in verdicts)
    counts = {"tests": len(cases), "failures": failed, "errors": int(not result.is_marked), "skipped": missing}
    return tag("testsuite", *cases, name_=student, **{key: str(count) for key, count in counts.items()})


def _case(student: str, verdict: dict[str, Any]) -> str:
    word, said = verdict["verdict"], visible(verdict["message"])
    inner = ""
    if word == "missing":
        inner = tag("skipped", message=said)
    elif word not in _FINE:
        inner = tag("failure", message=said, type=word)
    return tag("testcase", inner, name_=visible(verdict["quantity"]), classname=student)


def _error(student: str, result: Result) -> str:
    return tag(
        "testcase",
        tag("error", message=visible(result.message), type=result.status),
        name_=visible(result.file),
        classname=student,
    )
