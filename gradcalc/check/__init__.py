"""Mark answers: which is wrong first, which only carries an error on, and what mistake was made.

`gradcalc.check(problem, answers)` calls this room: as a function of that name the package has
`gradcalc.api.marking.check`, which the room hands its calls on to, since Python puts a room that was imported in the
place of anything else of its name.

answers   sheets: read, written, and compared with right numbers
ledger    the student's own values, by which later answers are judged
rounding  what rounding on the way may have made of a value
mistakes  mistaken equations, and which of them explains an answer
marking   a verdict on each answer, and the marks of a sheet
claims    identities, tried at many instances
code      a program of the student's own, run and marked as a sheet
author    a problem held against what its own file says
wording   how quantities are called in messages
writeup   homework in LaTeX or Markdown as a sheet
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """A room that can be called. (Python lets a module have a class of its own; the package has its function.)"""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return sys.modules["gradcalc"].__getattr__("check")(*args, **options)


sys.modules[__name__].__class__ = _Room
