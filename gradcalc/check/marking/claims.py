"""Judge what a sheet says of claims, by trying them at the problem's numbers and at random ones."""

from __future__ import annotations

from gradcalc.check.answers.stated import Statement
from gradcalc.check.claims.of_letters import smallest_against
from gradcalc.check.claims.told import against
from gradcalc.check.claims.try_out import ClaimResult, check_claim
from gradcalc.check.marking.own_letters import chosen
from gradcalc.check.marking.statements import LAID_OUT
from gradcalc.check.marking.verdicts import LineVerdict, Verdict, Word
from gradcalc.problem.claims import Claim, at
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution

INSTANCES = 60
"""At how many instances of its names a claim is tried at most; beside these at 20 of its problem."""


class ClaimJudge:
    """Judges statements against one solution; `sizes` are those of the letters of the problem that is `in_letters`."""

    def __init__(self, solution: Solution, sizes: dict[str, int], in_letters: Problem | None = None) -> None:
        self.problem, self.sizes, self.in_letters = solution.problem, sizes, in_letters

    def judge(self, statement: Statement) -> Verdict:
        """The verdict on one statement."""
        label = statement.label
        own = chosen(statement.readings, self.problem.axis) if statement.readings else None
        if own is not None:
            return Verdict(label, own.lines[0].verdict, own.lines[0].said)
        if statement.refused or statement.claim is None:
            return Verdict(label, "unreadable", statement.refused)
        if statement.lines:
            return self.chain(statement)
        result = self.tried(statement.claim)
        if statement.says is None:
            is_turned = not result.holds and statement.turned is not None and self.tried(statement.turned).holds
            return Verdict(label, *(("imprecise", LAID_OUT) if is_turned else self.of_equation(result)))
        if result.problem and not result.misfit:
            return Verdict(label, "unreadable", f"this claim can't be tried: {result.problem}")
        if result.holds == statement.says:
            return Verdict(label, "correct", "right")
        why = "it holds wherever it was tried" if result.holds else self.where(result)
        return Verdict(label, "wrong", f"the claim is {'true' if result.holds else 'false'}: {why}")

    def of_equation(self, result: ClaimResult) -> tuple[Word, str]:
        """The word for an equation, and why."""
        if result.holds:
            return "correct", "right"
        if result.problem and not result.misfit:
            return "unreadable", f"this can't be tried: {result.problem}"
        return "wrong", self.where(result)

    def where(self, result: ClaimResult) -> str:
        """Where a claim fails."""
        if result.problem:
            return result.problem
        if not self.sizes:
            return against(result)
        whole = self.in_letters
        smallest = (
            None if whole is None or whole.letters is None else smallest_against(result.claim, whole, whole.letters)
        )
        return "the two sides differ" if smallest is None else against(smallest)

    def tried(self, claim: Claim) -> ClaimResult:
        """What comes of trying a claim."""
        return check_claim(at(claim, self.sizes) if self.sizes else claim, INSTANCES, self.problem)

    def chain(self, statement: Statement) -> Verdict:
        """The verdict on a chain from one side of a claim to the other: its first wrong sign."""
        found = [LineVerdict("correct", "right", statement.lines[0][0])]
        for text, claim, refused in statement.lines[1:]:
            found.append(self.line(text, claim, refused))
        number = next((i for i, line in enumerate(found, 1) if line.verdict != "correct"), 0)
        lines = tuple(found)
        if number:
            first = found[number - 1]
            return Verdict(statement.label, first.verdict, f"line {number}: {first.said}", line=number, lines=lines)
        right = statement.claim.text.rpartition("==")[2] if statement.claim else ""
        if "".join(found[-1].text.split()) != "".join(right.split()):
            return Verdict(
                statement.label, "imprecise", f"the chain stops before the other side, {right.strip()}", lines=lines
            )
        return Verdict(statement.label, "correct", "right", lines=lines)

    def line(self, text: str, claim: Claim | None, refused: str) -> LineVerdict:
        """The verdict on one line, by the one before it."""
        if claim is None:
            return LineVerdict("unreadable", refused, text)
        return LineVerdict(*self.of_equation(self.tried(claim)), text)
