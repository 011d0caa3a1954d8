"""A problem in letters: its derivation, and a sheet of formulas marked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from gradcalc.commands.request import Request, placed
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.check.answers.model import Answer, Line, Sheet
    from gradcalc.check.marking.verdicts import LineVerdict, Marks, Verdict
    from gradcalc.check.mistakes.diagnose import NamedMistake
    from gradcalc.check.mistakes.model import Working
    from gradcalc.check.writeup.model import WriteUp
    from gradcalc.commands.check import Marking
    from gradcalc.problem.document import Document
    from gradcalc.program.letters import InLetters
    from gradcalc.program.problem import Problem
    from gradcalc.program.solution import Solution

T = TypeVar("T", "Verdict", "NamedMistake", "LineVerdict")
CHOICES = 6
"""At how many choices of sizes gradients are checked."""
MARKED_AT = 3
"""At how many choices of sizes a sheet is marked: one that is right at some of them alone isn't right."""
WRITE_UP_AT = 2
"""At how many a write-up is, whose chains hold each other."""
UNEQUAL = "it isn't equal to what it should be"
"""In place of the entries that are wrong, of numbers that nobody sees."""
_AT = re.compile(r"\bwrong at \[.*", re.DOTALL)
_EXAMPLE = re.compile(r"\bat [^\W\d]\w* = ")
"""With what a counterexample begins, whose numbers are none of these sizes."""
_LETTERED = re.compile(r"\[[^\]\d]*[A-Za-z]|\b(?:grad|jacobian|hessian)\(")
NUMBERS = "the problem is in letters: answer with a formula"


def derivation_report(request: Request, problem: Problem, told: InLetters) -> Report:
    """Every rule in letters, with its shape, and where the gradients were checked. Raises InputError."""
    from gradcalc.problem.sizes import checked
    from gradcalc.program.solve import solve
    from gradcalc.report.story.letters import Checked, Lettered, letters_data, letters_document

    letters = replace(told.apart, show=problem.show)
    apart = placed(letters, lambda: solve(letters, check=False))
    at = [Checked(sizes, error) for sizes, error in checked(problem, apart, CHOICES)]
    work = Lettered(apart, told, at, problem.warnings)
    return Report(lambda: letters_document(work, request.remark), lambda: letters_data(work), request.remark)


def marks_in_letters(
    problem: Problem, told: InLetters, answers: Document | WriteUp, marking: Marking
) -> tuple[Marks, Sheet]:
    """A sheet of formulas, marked at several choices of sizes; what is said is of those at which it does worst.

    Raises InputError.
    """
    from gradcalc.check.marking.mark import mark, tolerance_of
    from gradcalc.check.marking.statements import Statements
    from gradcalc.check.writeup.read import sheet_of
    from gradcalc.problem.document import Document
    from gradcalc.problem.sizes import at_sizes
    from gradcalc.program.letters import smallest, telling
    from gradcalc.program.solve import solve

    found = []
    statements = Statements([at_sizes(problem, sizes, seed) for seed, sizes in enumerate(smallest(told))], problem)
    count = MARKED_AT if isinstance(answers, Document) else WRITE_UP_AT
    for seed, sizes in enumerate(telling(told, count, small=_by_entry(answers))):
        solution = solve(at_sizes(problem, sizes, seed), check=False)
        sheet = _formulas_alone(sheet_of(answers, solution))
        tolerance = marking.tolerance(tolerance_of(solution))
        marks = mark(solution, sheet, tolerance, marking.credit, None, marking.complete, statements)
        found.append((_in_letters(marks, sizes), sheet))
    return min(found, key=lambda each: each[0].score)


def _by_entry(answers: Document | WriteUp) -> bool:
    """Whether formulas on a sheet have letters for indices, or derivatives: these take long at large sizes."""
    return _LETTERED.search(answers.text) is not None


def in_letters_listed(problem: Problem, told: InLetters, answers: Document | WriteUp) -> tuple[Solution, Sheet]:
    """What was read of a sheet in letters, at one choice of sizes."""
    from gradcalc.check.writeup.read import sheet_of
    from gradcalc.problem.sizes import at_sizes
    from gradcalc.program.letters import in_letters, telling
    from gradcalc.program.solve import solve

    sizes = next(telling(told, 1, small=_by_entry(answers)))
    solution = solve(at_sizes(problem, sizes, 0), check=False)

    def lettered(line: Line) -> Line:
        return line if line.formula is None else replace(line, formula=in_letters(line.formula, sizes))

    sheet = sheet_of(answers, solution)
    return solution, replace(
        sheet, answers=tuple(replace(a, lines=tuple(map(lettered, a.lines))) for a in sheet.answers)
    )


def _formulas_alone(sheet: Sheet) -> Sheet:
    return replace(sheet, answers=tuple(map(_formula_alone, sheet.answers)))


def _formula_alone(answer: Answer) -> Answer:
    """The answer, if it has no numbers: nobody sees those of a problem in letters."""
    lines = tuple(replace(line, numbers=None, refused=NUMBERS) if line.numbers else line for line in answer.lines)
    if answer.numbers is None:
        return replace(answer, lines=lines)
    end = next((line.formula for line in reversed(lines) if line.formula is not None), None)
    return replace(answer, numbers=None, formula=end, lines=lines, unreadable="" if end is not None else NUMBERS)


def _in_letters(marks: Marks, sizes: dict[str, int]) -> Marks:
    """The marks with letters in the place of their sizes, in all that is said and shown."""
    from gradcalc.program.letters import in_letters, shapes_in_letters, text_in_letters

    def told(each: T) -> T:
        said = _AT.sub(UNEQUAL, each.said)
        found = _EXAMPLE.search(said)
        end = len(said) if found is None else found.start()
        return replace(each, said=text_in_letters(said[:end], sizes) + said[end:])

    def shown(each: Working | None) -> Working | None:
        return None if each is None else replace(each, formula=in_letters(each.formula, sizes))

    def lettered(each: Verdict) -> Verdict:
        mistakes = tuple(map(told, each.mistakes))
        lines = tuple(map(told, each.lines))
        return replace(told(each), mistakes=mistakes, lines=lines, taken=shown(each.taken), due=shown(each.due))

    unread = tuple(replace(each, reason=shapes_in_letters(each.reason, sizes)) for each in marks.unread)
    return replace(marks, verdicts=tuple(map(lettered, marks.verdicts)), unread=unread)
