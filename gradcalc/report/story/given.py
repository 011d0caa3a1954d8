"""Tell what a problem gives, and which of its samples a step uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gradcalc.formula.arrays import Array
from gradcalc.program.batches import batches_of
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Problem
from gradcalc.report.document import Block, Given, Group, Heading, Paragraph, Quantity
from gradcalc.report.story.parameter_count import counted
from gradcalc.report.story.rule import state_groups


def given(problem: Problem, expand: bool = False) -> Iterator[Block]:
    """What the problem gives; with `expand` also by which formula it comes to so many parameters."""
    upstream = {gradient_name(name): value for name, value in problem.upstream.items()}
    lr = {"lr": problem.given["lr"]} if problem.lr is not None else {}
    above = "" if problem.has_given_gradients else " from above"
    groups = [
        _group("input", problem.inputs),
        _group("constant", {name: value for name, value in problem.targets.items() if name in problem.fixed}),
        _group("target", {name: value for name, value in problem.targets.items() if name not in problem.fixed}),
        _group(f"gradient{above}", upstream, f"gradients{above}"),
        _parameter_group(problem.parameters),
        _group("function", {name: value for name, value in problem.functions.items() if value.shape}),
        *state_groups(problem),
        _group("learning rate", lr),
    ]
    yield Heading("Given")
    yield Given(tuple(group for group in groups if group.quantities))
    count = counted(problem) if expand else ""
    if count:
        yield Paragraph((count,), "note")


def _group(caption: str, values: Mapping[str, Array], plural: str = "") -> Group:
    """Quantities under a caption, in the plural where there are more of them."""
    quantities = tuple(Quantity(name, value, section="given") for name, value in values.items())
    return Group(caption if len(values) == 1 else plural or caption + "s", quantities)


def _parameter_group(parameters: Mapping[str, Array]) -> Group:
    """The parameters, and how many numbers they hold."""
    count = sum(value.size for value in parameters.values())
    return _group(f"{count:,} parameters" if count > 1 else "1 parameter", parameters, f"{count:,} parameters")


def divided(problem: Problem) -> Iterator[Block]:
    """How the samples are divided among the steps, where each doesn't use all of them."""
    batches = batches_of(problem)
    if batches is not None:
        uses = "1 sample" if batches.size == 1 else f"{batches.size} samples"
        order = "in the file's order" if batches.seed is None else f"shuffled anew in each epoch (seed {batches.seed})"
        yield Paragraph((f"Each step uses {uses} of {batches.samples}, {order}.",))


def used_by(problem: Problem | None, k: int) -> Iterator[Block]:
    """The samples of a step, where the problem's are divided among its steps."""
    batches = None if problem is None else batches_of(problem)
    if batches is not None:
        samples = batches.of_step(k)
        yield Paragraph((f"{'Sample' if len(samples) == 1 else 'Samples'} {ranges(samples)}.",))


def ranges(samples: Sequence[int]) -> str:
    """`1–4`, or `3, 1, 2` where they aren't in order."""
    first, last = samples[0], samples[-1]
    in_order = [*samples] == [*range(first, last + 1)]
    return f"{first}–{last}" if in_order and len(samples) > 2 else ", ".join(map(str, samples))
