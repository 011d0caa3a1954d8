"""Embeddings: the inputs are the numbers of words, and a table has a sample for each word."""

from __future__ import annotations

import numpy as np

from gradcalc.formula.expr import Name, call
from gradcalc.formula.shapes import spell
from gradcalc.problem.forms import Numbers
from gradcalc.problem.indices import check_indices
from gradcalc.problem.keys import Keys, Must, form, key
from gradcalc.problem.networks.stage import Stage
from gradcalc.problem.networks.table import Kind


@form
class Embedding(Keys):
    """A table of which the inputs, numbers of words counted from 1, choose samples."""

    embedding: Numbers = key(
        "The table: a row for each word, a column where samples are columns",
        must=Must("given as numbers,", "[[1, 0], [0, 1], [1, 1]]"),
    )


def embedding(stage: Stage, layer: Embedding) -> None:
    """`h1 = lookup(E1, x)`: for each number in x the sample that the table has there."""
    table = stage.parameter("E", layer.embedding, "embedding")
    if table is not None:
        name = stage.name("E")
        stage.parts.parameters[name] = table = np.atleast_2d(table)
        stage.flow.shapes[name] = table.shape
    if stage.number > 1:
        message = f": {stage.source} is computed: a table's indices are the inputs, so it is the first layer"
        stage.fault(message, "embedding")
    for index, source in stage.sources.items():
        if table is not None and stage.number == 1:
            _read_indices(stage, source.id, int(table.shape[1 - stage.axis]))
        stage.put_out(index, call("lookup", Name(stage.name("E")), source), "embedding")


def _read_indices(stage: Stage, source: str, count: int) -> None:
    """Lay the inputs out with one number for each sample; a fault where one isn't that of a word."""
    value = stage.parts.inputs.get(source)
    if value is None:
        return
    if 1 not in value.shape:
        message = f"is {spell(value.shape)}: a table takes one index for each sample, in a list"
        stage.draft.fault(stage.draft.origins[source], message)
        return
    check_indices(stage.draft, stage.parts, source, count)
    stage.parts.kept.add(source)
    shape = stage.notation.sample_shape(1, value.size)
    stage.parts.targets[source] = stage.parts.inputs.pop(source).reshape(shape)  # an index has no gradient
    stage.flow.shapes[source] = shape


KINDS = {"embedding": Kind(Embedding, embedding)}
