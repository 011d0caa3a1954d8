"""Tell how a problem agrees with itself: a line for each expected value, misprint and claim, and a summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcalc.check.author.expected import ExpectedResult
from gradcalc.check.author.misprints import MisprintResult
from gradcalc.check.author.own import OwnCheck
from gradcalc.check.claims.told import values_of
from gradcalc.check.claims.try_out import ClaimResult
from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis
from gradcalc.report.as_json import plain_value
from gradcalc.report.document import Block, Document, Heading, Judgement, Paragraph, Table, Text
from gradcalc.report.numbers import bracketed, given
from gradcalc.report.story.labels import Named, by_label
from gradcalc.report.story.solution import document_of, opening

RIGHT, WRONG = "✓", "✗"
FEW = 6
"""Of a larger value a message shows the entry that differs most."""


def check_document(check: OwnCheck) -> Document:
    """What a problem says of itself, and whether it is so."""
    problem = check.problem
    shapes = check.solution.shapes if check.solution else {}
    named = by_label(check.solution)
    blocks = [
        *opening(problem),
        *_table("Expected", "quantity", [_agreement(each, named) for each in check.expected]),
        *_table("Misprints", "quantity", [_misprint(each, named) for each in check.misprints]),
        *_table("Claims", "claim", [_claim(i, each, problem.digits) for i, each in enumerate(check.claims, 1)]),
        Paragraph((_summary(check),)),
        *(Paragraph((warning + ".",), "warning") for warning in problem.warnings),
    ]
    return document_of(problem, shapes, blocks)


def _table(title: str, of: str, rows: list[tuple[Text, ...]]) -> Iterator[Block]:
    if rows:
        yield Heading(title)
        yield Table(("verdict", of, "why"), tuple(rows))


def _verdict(fine: bool, word: str, otherwise: str) -> Text:
    return (Judgement(f"{RIGHT} {word}", "correct") if fine else Judgement(f"{WRONG} {otherwise}", "wrong"),)


def _agreement(agreement: ExpectedResult, named: Named) -> tuple[Text, ...]:
    verdict = _verdict(agreement.agrees, "agrees", "disagrees")
    return verdict, (named(agreement.quantity),), (_why(agreement),)


def _why(agreement: ExpectedResult) -> str:
    answer = agreement.answer
    if not agreement.agrees:
        return f"{answer.span}: {agreement.message}" if answer else agreement.message
    if answer and answer.formula is not None:
        return "as a formula, at random numbers too"
    return f"to all digits printed{agreement.message and f', {agreement.message}'}"


def _misprint(result: MisprintResult, named: Named) -> tuple[Text, ...]:
    verdict = _verdict(result.differs, "misprint", "no misprint")
    said = "; ".join(part for part in (result.message, result.misprint.note) if part)
    return verdict, (named(result.misprint.quantity),), (said,)


def _claim(number: int, result: ClaimResult, digits: int) -> tuple[Text, ...]:
    if result.problem:
        return _verdict(False, "", "can't be tried"), (f"{number}. {result.claim.text}",), (result.problem,)
    word = "true" if result.holds else "false"
    meant = "" if result.passes else f", but 'holds' says {'true' if result.claim.holds else 'false'}"
    why = _everywhere(result) if result.holds else _against(result, digits)
    verdict = _verdict(result.passes, f"{word}, as stated", word)
    return verdict, (f"{number}. {result.claim.text}",), (why + meant,)


def _everywhere(result: ClaimResult) -> str:
    """At how many instances a claim was found true; at all there are, where its names have few values."""
    if result.but_for_ties:
        return f"at all {result.tried} instances tried, but for signs of 0, which are 0 here and ±1 in some books"
    if not result.whole:
        return f"at all {result.tried} instances tried"
    largest = max((size for sizes in result.whole for size in sizes.values()), default=0)
    return f"at all {result.tried} there are{f', for sizes up to {largest}' if largest else ''}"


def _against(result: ClaimResult, digits: int) -> str:
    """A counterexample in words: the values, and what the sides come to."""
    assert result.counterexample is not None
    assert result.left is not None
    assert result.right is not None
    at = values_of(result, lambda value: _listed(value, digits))
    if result.claim.of_problem:
        at.append("the problem's own numbers" if result.at_own else "other numbers of the problem")
    where = ", ".join(at)
    (one, other), (left, right) = _pair(result), np.broadcast_arrays(result.left, result.right)
    if left.size > FEW:
        place = np.unravel_index(int(np.argmax(np.abs(left - right))), left.shape)
        index = ",".join(str(int(i) + 1) for i in place)
        sides = f"has {_one(left[place], digits)} at [{index}], {other} {_one(right[place], digits)}"
    else:
        sides = f"is {_listed(result.left, digits)}, {other} {_listed(result.right, digits)}"
    return f"at {where} {one} {sides}"


def _pair(result: ClaimResult) -> tuple[str, str]:
    """What two neighbours in a chain are called."""
    if len(result.claim.sides) == 2:
        return "the left side", "the right"
    return f"side {result.link + 1} of the chain", f"side {result.link + 2}"


def _listed(value: Array, digits: int) -> str:
    """`2`, `[1, 0]` for a column, `[[1, 0], [0, 1]]`."""
    rows = [[_one(entry, digits) for entry in row] for row in np.atleast_2d(value)]
    return bracketed(rows, value.shape, Axis.COLUMNS)


def _one(value: Any, digits: int) -> str:
    return given(float(value), digits)


def _summary(check: OwnCheck) -> str:
    counts = [
        _counted([each.agrees for each in check.expected], "expected value agrees", "expected values agree"),
        _counted(
            [each.differs for each in check.misprints], "misprint is a wrong number", "misprints are wrong numbers"
        ),
        _counted([each.passes for each in check.claims], "claim is as stated", "claims are as stated"),
    ]
    said = ", ".join(count for count in counts if count)
    return f"{said}." if said else "The file has no expected values and no claims: there is nothing to check."


def _counted(fine: list[bool], one: str, many: str) -> str:
    if not fine:
        return ""
    return f"{sum(fine)} of {len(fine)} {one if len(fine) == 1 else many}"


def check_data(check: OwnCheck) -> dict[str, Any]:
    """The same for programs."""
    axis = check.problem.axis
    return {
        "title": check.problem.title,
        "passes": check.passes,
        "expected": [_agreement_data(each) for each in check.expected],
        "misprints": [_misprint_data(each, axis) for each in check.misprints],
        "claims": [_claim_data(each) for each in check.claims],
        "warnings": list(check.problem.warnings),
    }


def _agreement_data(agreement: ExpectedResult) -> dict[str, Any]:
    entries = np.zeros((0,)) if agreement.entries is None else np.atleast_2d(agreement.entries)
    return {
        "quantity": agreement.quantity,
        "agrees": agreement.agrees,
        "message": agreement.message,
        "entries": entries.tolist(),
    }


def _misprint_data(result: MisprintResult, axis: Axis) -> dict[str, Any]:
    return {
        "quantity": result.misprint.quantity,
        "printed": result.misprint.printed,
        "right": None if result.right is None else plain_value(result.right, axis),
        "differs": result.differs,
        "message": result.message,
        "note": result.misprint.note,
    }


def _claim_data(result: ClaimResult) -> dict[str, Any]:
    sides = {"left": result.left, "right": result.right}
    return {
        "claim": result.claim.text,
        "holds": result.holds,
        "passes": result.passes,
        "tried": result.tried,
        "counterexample": result.counterexample
        and {name: plain_value(value, Axis.COLUMNS) for name, value in result.counterexample.items()},
        **{side: None if value is None else plain_value(value, Axis.COLUMNS) for side, value in sides.items()},
        "link": result.link + 1,
        "problem": result.problem,
    }
