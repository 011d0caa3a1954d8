"""Read where the steps start: the first one's number, and what the rule remembers of those before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import spell
from gradcalc.optimizers.rule import STEP, Rule
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import WorkedKeys
from gradcalc.problem.gradients import parameter
from gradcalc.problem.matrices import in_shape
from gradcalc.problem.objective import Parts
from gradcalc.program.quantities import Quantities
from gradcalc.program.state import LineMisfit, at_zero
from gradcalc.words import near, shorten

_FORMS: Final = "write a mapping from a line's name to parameters, such as {v: {W1: [[1, 2]]}}"


class Start:
    """Reads where the steps start: the first one's number, and what the rule remembers."""

    def __init__(
        self, draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities, frozen: Collection[str]
    ) -> None:
        self.draft, self.parts, self.quantities = draft, parts, quantities
        self.moved = [name for name in parts.parameters if name not in frozen]
        self.written = {} if model.start is None else model.start
        self.own = model.update is not None

    def read(self, rule: Rule | None) -> dict[str, Any]:
        """The fields of a Problem that say it; faults at what doesn't fit. Without a rule, the number alone."""
        draft = self.draft
        if not isinstance(self.written, dict):
            draft.fault(("start",), f": {_FORMS}")
            return {}
        first = self._first(self.written.get(STEP, 1))
        if rule is None:
            return {}
        zeros = {} if draft.faults else self._zeros(rule)
        for raw, value in self.written.items():
            if raw == STEP:
                continue
            if raw not in rule.remembered:
                draft.key_fault(("start", raw), f": {rule.name} keeps no '{shorten(raw)}'{near(raw, rule.remembered)}")
            elif raw in zeros:
                zeros[raw] = {**zeros[raw], **self._state(raw, value, zeros[raw])}
        return {"first_step": first, "start": zeros}

    def _first(self, k: Any) -> int:
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            self.draft.fault(("start", STEP), f"is {shorten(str(k))}: it must be a whole number from 1")
            return 1
        return k

    def _zeros(self, rule: Rule) -> dict[str, dict[str, Array]]:
        parts, draft = self.parts, self.draft
        shapes = draft.shapes(parts.given, parts.forward, parts.axis)
        try:
            return {} if draft.faults else at_zero(rule, self.moved, shapes, parts.axis)
        except LineMisfit as misfit:
            self._misfit(misfit)
            return {}

    def _misfit(self, misfit: LineMisfit) -> None:
        path = ("update", misfit.line) if self.own else ("optimizer",)
        error = misfit.error
        if misfit.shape is not None:
            own = spell(np.shape(self.parts.parameters[misfit.parameter]))
            self.draft.fault(path, f": {misfit.parameter} is {own}, and this makes it {spell(misfit.shape)}")
        elif error is None:
            self.draft.fault(path, f": its shape changes from step to step, for {misfit.parameter}")
        else:
            place = self.draft.document.inside(error.at[0], *path)
            self.draft.fault_at(place, path, f": for {misfit.parameter}, {error.message} in {error.part}")

    def _state(self, line: str, value: Any, zeros: Mapping[str, Array]) -> dict[str, Array]:
        """A line's values by parameter: those given, each in the shape that the rule makes."""
        if not isinstance(value, dict):
            self.draft.fault(("start", line), f": {_FORMS}")
            return {}
        found: dict[str, Array] = {}
        for raw, inner in value.items():
            path = ("start", line, raw)
            name = parameter(self.draft, path, raw, self.parts, self.quantities)
            array = self.draft.array(path, inner, self.parts.axis)
            if name is not None and name in zeros and array is not None:
                fitted = in_shape(array, zeros[name].shape)
                if fitted is not None:
                    found[name] = fitted
                else:
                    self.draft.fault(path, f"is {spell(array.shape)}, but it is {spell(zeros[name].shape)} here")
        return found
