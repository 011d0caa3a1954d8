"""What the programs of frameworks say about themselves."""

from __future__ import annotations

from gradcalc.program.solution import Solution


def kinks(solution: Solution) -> list[str]:
    """Where a value sits on a kink, so that its derivative there is a matter of convention."""
    found = solution.verification.kinks if solution.verification is not None else ()
    if not found:
        return []
    return [f"On a kink, where the derivative jumps and its value is a convention: {'; '.join(found)}."]
