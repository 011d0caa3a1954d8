"""Read how far the steps go, and which samples each of them uses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradcalc.errors import FormulaError, UsageError
from gradcalc.formula.spelling import canonical
from gradcalc.problem.document import UNREADABLE, is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import WorkedKeys
from gradcalc.problem.objective import Parts
from gradcalc.problem.symbols import by_name
from gradcalc.program.batches import Batches, sample_count
from gradcalc.program.problem import Path, Problem
from gradcalc.program.until import FORM, Condition, condition
from gradcalc.words import shorten

NEEDS_SAMPLES = "name what holds these, a sample a column, under 'samples:' (a sample a row, under x @ W + b)"


def going(draft: Draft, model: WorkedKeys, parts: Parts) -> dict[str, Any]:
    """The fields of a Problem that say how far its steps go and what they use; faults at what can't be used."""
    samples = _samples(draft, model, parts)
    if model.steps is not None and model.epochs is not None:
        draft.key_fault(("epochs",), ": the file has 'steps' already; give one of the two")
    _batches(draft, model, parts, samples)
    parts.last = _last(model, parts, samples)
    return {
        "steps": model.steps,
        "epochs": model.epochs,
        "until": _until(draft, model, parts),
        "batch_size": model.batch_size,
        "shuffle": model.shuffle,
        "samples": samples,
    }


def _last(model: WorkedKeys, parts: Parts, samples: tuple[str, ...]) -> int | None:
    """The number of the last step, where steps or epochs say it."""
    if model.epochs is None:
        return model.steps
    count = (_count(parts, samples[0]) if samples else None) or 1
    return model.epochs * Batches(count, model.batch_size or count).in_epoch


def _samples(draft: Draft, model: WorkedKeys, parts: Parts) -> tuple[str, ...]:
    """What holds samples: of a layered network the inputs and all that has as many, else what the file names."""
    if parts.form == "layers":
        data = {**parts.inputs, **parts.targets}
        count = _count(parts, next(iter(data), ""))
        return tuple(name for name in data if count is not None and _count(parts, name) == count)
    found: list[str] = []
    for i, raw in enumerate(getattr(model, "samples", ())):
        path: Path = ("samples", i) if isinstance(draft.value(("samples",)), list) else ("samples",)
        if is_read(raw) and _holds_samples(draft, path, raw, parts, found):
            found.append(canonical(raw))
    return tuple(found)


def _holds_samples(draft: Draft, path: Path, raw: str, parts: Parts, others: list[str]) -> bool:
    name, data = canonical(raw), {**parts.inputs, **parts.targets}
    if name not in data:
        if name not in draft.unread:
            draft.fault(path, f": unknown input '{shorten(raw)}'{draft.near(name, data)}")
        return False
    count, along = _count(parts, name), "rows" if parts.axis else "columns"
    if count is None:
        draft.fault(path, f": '{name}' is one number, and has no {along}")
        return False
    first = _count(parts, others[0]) if others else count
    if count != first:
        draft.fault(path, f": '{name}' has {count} {along}, but '{others[0]}' has {first}")
    return count == first


def _count(parts: Parts, name: str) -> int | None:
    """How many samples a value would hold."""
    value = {**parts.inputs, **parts.targets}.get(name)
    return None if value is None or value.ndim == 0 else int(value.shape[1 - parts.axis])


def _batches(draft: Draft, model: WorkedKeys, parts: Parts, samples: tuple[str, ...]) -> None:
    known = parts.form == "vertices" or bool(samples) or bool(draft.faults)
    for key in ("epochs", "batch_size", "shuffle"):
        if getattr(model, key) is not None and not known:
            draft.key_fault((key,), f": the samples aren't known: {NEEDS_SAMPLES}")
            return
    count = (_count(parts, samples[0]) if samples else None) or 1
    if model.batch_size is not None and model.batch_size > count and not draft.faults:
        has = "there is 1 sample" if count == 1 else f"there are {count} samples"
        draft.fault(("batch_size",), f"is {model.batch_size}, but {has}")
    if model.batch_size is not None and parts.upstream:
        draft.key_fault(("batch_size",), ": a gradient given by 'upstream' isn't divided among batches")
    if model.shuffle is not None and model.batch_size is None:
        draft.warnings.append("shuffle changes nothing without batch_size: each step uses all samples")


def in_batches(problem: Problem, size: int) -> Problem:
    """The problem with so many samples in each step. Raises UsageError."""
    samples = sample_count(problem)
    if not problem.samples and problem.form == "equations":
        raise UsageError(f"batches are cut from samples: {NEEDS_SAMPLES}")
    if not 1 <= size <= samples:
        raise UsageError(f"the batch size is {size}: it must be from 1 to {samples}, the number of samples")
    if problem.upstream:
        raise UsageError("a gradient given by 'upstream' isn't divided among batches")
    return replace(problem, batch_size=size)


def _until(draft: Draft, model: WorkedKeys, parts: Parts) -> Condition | None:
    written, path = model.until, ("until",)
    if written is None or written is UNREADABLE:
        return None
    if not isinstance(written, str):
        draft.fault(path, f": {FORM}")
        return None
    try:
        found = condition(written, draft.indices)
    except FormulaError as error:
        draft.fault_at(draft.document.inside(error.start, *path), path, f": {error.message}")
        return None
    quantities = parts.quantities(by_name(model.symbols), draft.unread)
    for name in found.uses:
        if quantities.alone(name) is None:
            draft.fault(path, f": unknown name '{shorten(name)}'{draft.near(name, parts.computed)}")
    return found
