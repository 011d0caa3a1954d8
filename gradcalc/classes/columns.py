"""Which columns of a table are quantities of the problem."""

from __future__ import annotations

from collections.abc import Callable

from gradcalc.check.answers.names import Names
from gradcalc.program.sections import SECTIONS, STEPS, WHOLE
from gradcalc.program.solution import Solution


def is_quantity(solution: Solution) -> Callable[[str], bool]:
    """What tells whether a column holds answers: to a label (`gradients.W1`, `loss`), or a name (`dW1`, `W1[1,2]`).

    One in a section is taken for an answer in any case, so that a slip in its name is said.
    """
    names = Names(solution)

    def found(label: str) -> bool:
        section, dot, _ = label.partition(".")
        if (dot and section in (*SECTIONS, STEPS)) or section in WHOLE:
            return True
        whole = label.partition("[")[0] if label.endswith("]") else label
        return names.at_top(label) is not None or names.at_top(whole) is not None

    return found
