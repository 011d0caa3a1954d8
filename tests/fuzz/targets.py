"""What is fuzzed, and what must hold whatever the input is: run by `fuzz.py` on new inputs, by a test on kept ones."""

from __future__ import annotations

import ctypes
import json
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from clock import at_best
from latex_check import check_latex

from gradcalc.check.answers.read import read_answer, sheet_from_document
from gradcalc.check.author.own import check_problem
from gradcalc.check.marking.mark import mark
from gradcalc.errors import FormulaError, GradcalcError, InputError
from gradcalc.formula.expr import Expr, names
from gradcalc.formula.names import name_table
from gradcalc.formula.parse import MAX_LENGTH, parse
from gradcalc.formula.write import code, latex, unicode
from gradcalc.problem.load import load, loads
from gradcalc.problem.reading import decode
from gradcalc.problem.source import read_text
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve
from gradcalc.report.formats import FORMATS, Report, render
from gradcalc.report.page import Page
from gradcalc.report.story.marks import marks_data, marks_document
from gradcalc.report.story.own_check import check_document
from gradcalc.report.story.solution import solution_data, solution_document

HERE = Path(__file__).parent
CLEAR, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None) if CLEAR.exists() else None
SECONDS = 1.0
MEGABYTES = 300
PATH = "f"
PAGE = Page()
TEXT_FORMATS = ("table", "markdown", "latex", "html", "numpy", "torch", "jax")
VERDICTS = {"correct", "carried", "imprecise", "wrong", "missing", "unreadable"}
SHEETS_FOR = ("hw3", "cross-entropy-batch", "cross-entropy-row", "ttic-graph-mixed", "ng-network-penalty")
SOLUTIONS = {name: solve(load(name), check=False) for name in SHEETS_FOR}


class TooSlow(BaseException):
    """An input took more than a second of the processor; no `except Exception` on the way may catch it."""


class TooMuch(AssertionError):
    """An input took more memory than it may."""


def loader(content: bytes) -> None:
    """A problem file: an error with a place, or a solution that says of every value that isn't finite."""
    with placed(content):
        problem = loads(decode(content, PATH), PATH)
        assert problem.forward or problem.claims
        if problem.forward:
            solution = solve(problem)
            says_what_is_not_finite(solution)
            read_by_people_and_programs(solution, content)
        if problem.claims or problem.expected:
            checked_against_itself(problem)


def formula(content: bytes) -> None:
    """A formula: an error within it, or what reads the same after it is written; the same text is an answer, too."""
    text = content.decode("utf-8", "surrogateescape")
    try:
        expr = parse(text)
    except FormulaError as error:
        refused_within(error)
    else:
        reads_the_same(code(expr), expr)
        reads_the_same(unicode(expr), expr)
        check_latex(latex(expr, name_table(names(expr), layered=True).latex))
    answer = read_answer("gradients.W1", text, SOLUTIONS["hw3"])
    assert (answer.numbers is not None) + (answer.formula is not None) + bool(answer.unreadable) == bool(text.strip())


def answers(content: bytes) -> None:
    """An answer sheet, to the problem that its first line names (`# hw3`): an error with a place, or marks."""
    first = content.split(b"\n", 1)[0].strip(b"# \r").decode("ascii", "ignore")
    solution = SOLUTIONS.get(first, SOLUTIONS["hw3"])
    with placed(content):
        sheet = sheet_from_document(read_text(decode(content, PATH), PATH, lenient=True), solution)
        for answer in sheet.answers:
            within(content, answer.span.line, answer.span.column)
        marks = mark(solution, sheet)
        for verdict in marks.verdicts:
            assert verdict.verdict in VERDICTS
            assert verdict.message
            assert 0.0 <= verdict.points <= verdict.of
        report = Report(lambda: marks_document(marks, sheet=PATH), lambda: marks_data(marks))
        for name in ("plain", chosen(content, ("table", "markdown", "latex", "html"))):
            printable(render(report, FORMATS[name], PAGE))
        strict_json(render(report, FORMATS["json"], PAGE))


TARGETS: dict[str, Callable[[bytes], None]] = {"loader": loader, "formula": formula, "answers": answers}


def bounded(target: Callable[[bytes], None], content: bytes, seconds: float = SECONDS) -> None:
    """Run a target; fail where it takes more than a second of the processor, or 300 MB more memory than before.

    Three times, that is: a pause of the process is no fault of the input.
    """
    at_best(lambda: _once(target, content, seconds), TooSlow, TooMuch)


def _once(target: Callable[[bytes], None], content: bytes, seconds: float) -> None:
    before = peak(anew=True)
    with limited(seconds):
        target(content)
    grown = peak() - before
    if grown >= MEGABYTES:
        raise TooMuch(f"{grown:.0f} MB of memory")


def peak(anew: bool = False) -> float:
    """The most memory that this process has had, in MB; `anew`, from now on. 0 where the system doesn't tell.

    What others had and freed goes back to the system first: what is taken from that would be no growth.
    """
    if TRIM is None:
        return 0.0
    if anew:
        TRIM(0)
        CLEAR.write_text("5")
    found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    # The processor's time, so that a busy machine makes nothing slow; again and again, as a callback may swallow one.
    signal.signal(signal.SIGPROF, _too_slow)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_slow(*_: Any) -> None:
    raise TooSlow


@contextmanager
def placed(content: bytes) -> Iterator[None]:
    """gradcalc's own errors end an input well; those that have places have them within the input."""
    try:
        yield
    except InputError as error:
        refused_at_places(error, content)
    except GradcalcError as error:
        says_something(str(error))


def refused_at_places(error: InputError, content: bytes) -> None:
    """Fail where an error has no place in the file, or nothing to say."""
    assert error.faults
    for fault in error.faults:
        says_something(fault.message)
        assert fault.span.path == PATH
        within(content, fault.span.line, fault.span.column)


def refused_within(error: FormulaError) -> None:
    """Fail where an error doesn't lie within its formula (or right behind it), or has nothing to say."""
    says_something(error.message)
    assert 0 <= error.start <= len(error.text), (error.start, error.text)
    assert error.start < error.end, (error.start, error.end)


def says_something(message: str) -> None:
    """Fail on a message that is empty, or longer than anybody reads."""
    assert 0 < len(message) < 1000, message


def reads_the_same(written: str, expr: Expr) -> None:
    """Fail where what is written doesn't read as the formula that it was written from."""
    # Spaces and brackets may make it longer than a formula may be.
    assert len(written) > MAX_LENGTH or parse(written) == expr, written


def within(content: bytes, line: int, column: int) -> None:
    """Fail where a place isn't in the file (or right behind its end)."""
    lines = re.split(r"\r\n|\r|\n", content.decode("utf-8", "replace"))
    assert 1 <= line <= len(lines), (line, len(lines))
    assert 1 <= column <= len(lines[line - 1]) + 1, (line, column)


def says_what_is_not_finite(solution: Solution) -> None:
    """Fail where a value is infinite or nan without a word on it."""
    for name, value in solution.values.items():
        assert value.dtype == np.float64
        assert value.shape == solution.shapes[name]
        assert np.isfinite(value).all() or any(text.startswith(f"{name} ") for text in solution.warnings), name


def read_by_people_and_programs(solution: Solution, content: bytes) -> None:
    """Write the solution plainly, as JSON, and, where that isn't long, in one of the other formats."""
    report = Report(lambda: solution_document(solution), lambda: solution_data(solution), solution=lambda: solution)
    plain = render(report, FORMATS["plain"], PAGE)
    printable(plain)
    strict_json(render(report, FORMATS["json"], PAGE))
    if len(plain) < 20_000:
        printable(render(report, FORMATS[chosen(content, TEXT_FORMATS)], PAGE))


def checked_against_itself(problem: Problem) -> None:
    """Check the problem's own numbers and claims."""
    check = check_problem(problem)
    printable(render(Report(lambda: check_document(check), dict), FORMATS["plain"], PAGE))


def chosen(content: bytes, among: tuple[str, ...]) -> str:
    """One of several, always the same one for the same input."""
    return among[sum(content) % len(among)]


def printable(text: str) -> None:
    """Fail where a report holds what no terminal should get, or what can't be written as UTF-8."""
    assert text.endswith("\n")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", text), text
    text.encode("utf-8")


def strict_json(text: str) -> None:
    """Fail where JSON holds what JSON has not."""
    json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} in JSON")
