"""The keys that a problem file may have: one form for each of the four kinds of problem, and the parts they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Final, Literal

from gradcalc.problem.keys import Keys, Limits, Must, OneOf, Or, Short, Written, default, form, key


def _names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _atol_or_both(value: Any) -> Any:
    return {"atol": value} if isinstance(value, int | float) else value


_NUMBER: Final = {"type": "number"}
_ENTRY: Final = {"type": ["number", "string"]}
_ROW: Final = {"type": "array", "items": _ENTRY, "minItems": 1}
_ROWS: Final = {"type": "array", "items": _ROW, "minItems": 1}
_FILE: Final = {
    "type": "object",
    "description": "Numbers in a .npy, .npz or .csv file of the problem's own folder",
    "properties": {"file": {"type": "string"}, "name": {"type": "string"}},
    "required": ["file"],
    "additionalProperties": False,
}
_EACH: Final = {"type": "array", "items": {"anyOf": [_ENTRY, _ROW, _ROWS]}, "minItems": 1}
"""A value for each member of a family."""
_BY_TWO: Final = {"type": "array", "items": _EACH, "minItems": 1}
"""Of a family with two indices."""
_NUMBERS: Final = {"anyOf": [_ENTRY, _ROW, _ROWS, _EACH, _BY_TWO, _FILE]}
_FORMULA: Final = {"type": ["string", "number"]}
_FORMULAS: Final = {"type": "object", "additionalProperties": _FORMULA, "minProperties": 1}
_ENTRIES: Final = {"type": "array", "items": {"type": ["number", "string", "null"]}}
_GAPPED: Final = {"type": "array", "items": {"anyOf": [_ENTRIES, {"type": "null"}]}}
_PRINTED: Final = {"anyOf": [_NUMBERS, _ENTRIES, _GAPPED]}
_NAMED_NUMBERS: Final = {"type": "object", "additionalProperties": _NUMBERS}
_NAMED_PRINTED: Final = {"type": "object", "additionalProperties": _PRINTED}
_UPSTREAM: Final = {"anyOf": [_ENTRY, _ROW, _ROWS, _FILE, _NAMED_NUMBERS]}
_SEQUENCE: Final = {"anyOf": [_NUMBERS, _NAMED_NUMBERS]}
_LOSSES: Final = {"anyOf": [_PRINTED, _NAMED_PRINTED]}
_NAMED_STATE: Final = {"type": "object", "additionalProperties": {"anyOf": [_PRINTED, _NAMED_PRINTED]}}
_COLUMNS: Final = {"type": "object", "additionalProperties": {"anyOf": [{"type": "array"}, _FILE]}}
_LIST_OR_FORMULA: Final = {"type": ["array", "string"]}
_STATE: Final = {"type": "object", "additionalProperties": {"anyOf": [_ENTRY, _NAMED_NUMBERS]}}
_RANGE: Final = {
    "anyOf": [
        {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 3},
        {"enum": ["keep", "free"]},
    ]
}
_RANGES: Final = {"type": "object", "additionalProperties": _RANGE}
_INDICES: Final = {"type": "object", "additionalProperties": {"type": ["integer", "string"]}, "minProperties": 1}
_IN_TURN: Final = {"type": "array"}

# Numbers and formulas are read by code of our own, entry by entry with their places.
Numbers = Annotated[Any, Written(_NUMBERS)]
Sequence = Annotated[Any, Written(_SEQUENCE)]
NamedNumbers = Annotated[Any, Written(_NAMED_NUMBERS)]
Upstream = Annotated[Any, Written(_UPSTREAM)]
Formula = Annotated[Any, Written(_FORMULA)]
NamedFormulas = Annotated[Any, Written(_FORMULAS)]
Printed = Annotated[Any, Written(_PRINTED, gaps=True)]
NamedAnswers = Annotated[dict[str, Printed], Written(_NAMED_PRINTED)]
Losses = Annotated[Any, Written(_LOSSES, gaps=True)]
StateAnswers = Annotated[Any, Written(_NAMED_STATE, gaps=True)]
Columns = Annotated[Any, Written(_COLUMNS, gaps=True)]
Names = Annotated[list[str], Short({"type": "string"}, _names)]
Positive = Annotated[float, Limits(gt=0)]
NotNegative = Annotated[float, Limits(ge=0)]
Count = Annotated[int, Limits(ge=1, le=10**9)]
Rate = Annotated[Positive | None, Or(_LIST_OR_FORMULA, (list, str))]
State = Annotated[Any, Written(_STATE)]
Ranges = Annotated[Any, Written(_RANGES)]
Indices = Annotated[Any, Written(_INDICES)]

_TEXT: Final = Must("text")
_COUNT: Final = Must("a whole number from 1 to 1,000,000,000")
_NOT_NEGATIVE: Final = Must("a number that is not negative")
_FUNCTION: Final = Must("the name of a function", "sigmoid")
_NOTATION: Final = Must("W.T @ x + b, W @ x + b, x @ W + b or x @ W.T + b")
_MAPPING: Final = Must("a mapping", "{slope: 0.25}")
_MATRICES: Final = Must("a mapping", "{W1: [[1, 2], [3, 4]]}")
_CLAIMS: Final = Must("a list of claims, each with 'claim:'")
_CLAIM: Final = Must("a mapping", "{claim: softmax(v + c) == softmax(v), where: {v: vector, c: scalar}}")


@form
class StepSheet(Keys):
    """Answers of one step, by the section of the solution in which they stand."""

    forward: NamedAnswers = key("Values of the forward pass, by name", {}, must=Must("a mapping", "{h1: [0.982, 0.5]}"))
    loss: Numbers = key("The loss before the update", None)
    losses: Losses = key("The losses one by one: of each sample, else of each output", None)
    deltas: NamedAnswers = key(
        "Gradients on weighted sums, or at vertices, with the sign of `signs`", {}, must=Must("a mapping", "{a2: 0.5}")
    )
    gradients: NamedAnswers = key("Gradients, by the name of what they belong to: W1, h1", {}, must=_MATRICES)
    hessians: NamedAnswers = key(
        "Second derivatives: by w twice (w), by two quantities (x/y), by several together (x, y)",
        {},
        must=Must("a mapping", "{w: [[2, 0], [0, 2]]}"),
    )
    state: StateAnswers = key("What the optimizer remembers, by line and parameter: {v: {W1: [[1, 2]]}}", None)
    changes: NamedAnswers = key("What quantities change by in the step: new minus old", {}, must=_MATRICES)
    updated: NamedAnswers = key("Parameters after the update", {}, must=_MATRICES)
    after: NamedAnswers = key(
        "The forward pass after the update, and its loss", {}, must=Must("a mapping", "{h1: [0.982, 0.5], loss: 0.2}")
    )
    let: NamedAnswers = key("Abbreviations and further quantities of the problem", {}, must=_MAPPING)
    jacobians: NamedAnswers = key(
        "Derivatives of one quantity by another, a row for each entry of the first: {yhat/a2: [[1, 2], [3, 4]]}",
        {},
        must=Must("a mapping", "{yhat/a2: [[1, 2], [3, 4]]}"),
    )
    shapes: NamedAnswers = key(
        "Rows and columns of quantities: {W1: [2, 3]}", {}, must=Must("a mapping", "{W1: [2, 3]}")
    )
    count: Numbers = key("The number of parameters", None)


@form
class Sheet(StepSheet):
    """Answers, by section; those of later steps by the number of the step."""

    steps: dict[str, StepSheet] = key(
        "The same by step, from 1; what stands outside is of the first",
        {},
        must=Must("a mapping from steps to their sections", '{"2": {loss: 0.5}}'),
        each=Must("a mapping with forward, loss, gradients, updated or after"),
    )
    table: Columns = key("The same by columns, each row a step: {step: [1, 2], updated.u: [0.1, 0.2]}", None)
    made: Count | None = key("How many steps are made until the condition of `until` holds", None, must=_COUNT)


@form
class Misprint(Keys):
    """A number that is wrong where the problem was published."""

    whole = True

    quantity: str = key("What is misprinted: gradients.W1, after.loss, loss", must=Must("text", "gradients.W1"))
    printed: Printed = key("The value as printed; null for entries that are right", must=Must("the value as printed"))
    note: str = key("What went wrong", "", must=_TEXT)


@form
class ClaimKeys(Keys):
    """An identity to be tried at many random instances."""

    whole = True

    claim: str = key(
        "LEFT == RIGHT, a chain of more of them, or >= and <=; grad(f, x), jacobian(f, x), hessian(f, x) may be used",
        must=Must("text", "softmax(v + c) == softmax(v)"),
    )
    where: dict[str, str] = key(
        "What each name is: scalar, vector(n), matrix(n, m) or n×m, symmetric, one_hot, probability, sign, bit, "
        "binary, positive, function",
        {},
        must=Must("a mapping", "{v: vector, c: scalar}"),
        each=Must("a kind such as scalar, vector(n) or matrix(n, m)"),
    )
    let: dict[str, str] = key(
        "Abbreviations for formulas; each may use those before it",
        {},
        must=Must("a mapping", "{s: softmax(v)}"),
        each=Must("a formula"),
    )
    holds: bool = key("false for a claim that is meant to fail", True, must=Must("true or false"))


@form
class Tolerance(Keys):
    """How far an answer may be from the right number."""

    atol: NotNegative | None = key("Absolute tolerance", None, must=_NOT_NEGATIVE)
    rtol: NotNegative | None = key("Relative tolerance", None, must=_NOT_NEGATIVE)


@form
class CommonKeys(Keys):
    """The keys of every form."""

    title: str = key("What the problem is called", "", must=_TEXT)
    source: str = key("Where the problem was published", "", must=_TEXT)
    digits: Annotated[int, Limits(ge=0, le=15)] = key(
        "Decimals shown and asked for", 4, must=Must("a whole number from 0 to 15")
    )
    symbols: dict[str, str] = key(
        "LaTeX for names, as the course writes them: W1: W^1",
        {},
        must=Must("a mapping", "{W1: W^1}"),
        each=Must("LaTeX in quotes"),
    )
    style: Literal["signs", "course"] = key(
        "course: products as on paper (W x, and uᵀ v for an inner product), losses by their formulas; signs: W @ x",
        "signs",
        must=Must("signs or course"),
    )
    claims: list[ClaimKeys] = key(
        "Identities to be tried at random instances",
        [],
        must=_CLAIMS,
        each=_CLAIM,
    )


@form
class ClaimsFile(CommonKeys):
    """A file of claims alone."""

    notation: str = key("x @ W + b (or x @ W.T + b) where vectors are rows", "W.T @ x + b", must=_NOTATION)
    claims: Annotated[list[ClaimKeys], Limits(min_length=1)] = key(
        "Identities to be tried at random instances",
        must=_CLAIMS,
        each=_CLAIM,
    )


@form
class WorkedKeys(CommonKeys):
    """The keys of every form with something to calculate."""

    of: str | None = key(
        "The quantity (one number) that is differentiated, in place of a loss",
        None,
        must=Must("the name of a quantity"),
    )
    upstream: Upstream = key("A given gradient to start from, in place of a loss", None)
    gradients: NamedNumbers = key(
        "Given gradients of parameters, in place of a loss; w[k] has a list of them, one a step", None
    )
    lr: Rate = key(
        "Learning rate, with which there is an update and a pass after it; a list has one a step, a formula is over k",
        None,
        must=Must("a positive number"),
    )
    optimizer: str | None = key(
        "The update rule, such as momentum(beta=0.9); sgd if left out",
        None,
        must=Must("the name of an optimizer", "adam"),
    )
    update: NamedFormulas = key("A rule of one's own: lines over theta, g, lr, k, in order; theta is set by one", None)
    start: State = key("The first step's number k, and what the optimizer remembers before it, by parameter", None)
    direction: Literal["descent", "ascent"] = key(
        "ascent: go up, the rule sees minus the gradient", "descent", must=Must("descent or ascent")
    )
    order: Annotated[Literal["simultaneous", "sequential"], Or(_IN_TURN, (list,))] = key(
        "sequential: layer by layer from the last, the new values used on the way back; a list: a step of each in turn",
        "simultaneous",
        must=Must("simultaneous, sequential or a list of parameters"),
    )
    steps: Count | None = key("How many steps to take", None, must=_COUNT)
    epochs: Count | None = key("How many passes over all samples to make", None, must=_COUNT)
    until: Formula = key("A condition at which the steps end: loss < 0.01", None)
    batch_size: Count | None = key("Samples for each step; all if left out", None, must=_COUNT)
    shuffle: Annotated[int | None, Limits(ge=0, le=10**9)] = key(
        "A seed by which the samples are shuffled", None, must=Must("a whole number from 0 to 1,000,000,000")
    )
    signs: dict[str, str] = key(
        "The other sign of a section: deltas: -gradient, changes: old - new",
        {},
        must=Must("a mapping", "{changes: old - new}"),
        each=Must("gradient or -gradient, new - old or old - new"),
    )
    let: NamedFormulas = key("Abbreviations and further quantities, on which nothing depends", None)
    show: Literal["inputs", "parameters"] = key(
        "parameters: the gradients of the inputs are neither shown nor asked for",
        "inputs",
        must=Must("inputs or parameters"),
    )
    freeze: Names = key(
        "Parameters that the update leaves as they are",
        [],
        must=Must("the name of a parameter, or a list of names"),
        each=Must("the name of a parameter"),
    )
    expected: Sheet | None = key(
        "The published numbers, as an answer sheet",
        None,
        must=Must("a mapping with forward, loss, gradients, updated or after"),
    )
    points: dict[str, NotNegative] = key(
        "Points for each quantity: gradients.W1: 2",
        {},
        must=Must("a mapping", "{gradients.W1: 2}"),
        each=_NOT_NEGATIVE,
    )
    misprints: list[Misprint] = key(
        "Published numbers that are wrong; `expected` has the right ones",
        [],
        must=Must("a list", "[{quantity: gradients.W1, printed: 0.5, note: the sign is lost}]"),
        each=Must("a mapping", "{quantity: gradients.W1, printed: 0.5}"),
    )
    tolerance: Annotated[Tolerance | None, Short({"type": "number", "minimum": 0}, _atol_or_both)] = key(
        "How far answers may be from the right numbers, where digits are not enough",
        None,
        must=Must("a number, or a mapping", "{atol: 0.001, rtol: 0}"),
    )
    vary: Ranges = key(
        "How variants differ: W1: [from, to, step], b1: keep, zeros: free (else zeros stay)",
        None,
    )
    over: Indices = key("How far each index counts: {t: 3} from 1 to 3, {t: 0..2} from 0 to 2", None)
    loss: Formula = key("A loss of the functions table, or a formula", None)
    penalty: Formula = key("A formula added to the loss: 0.05 * sum(W1 ** 2)", None)


@form
class Layer(Keys):
    """One layer of units."""

    weights: Numbers = key(
        "The weight matrix, as it stands in the equation", must=Must("given as numbers,", "[[1, 2], [3, 4]]")
    )
    biases: Numbers = key("One number for each unit, or one for all; none where left out", None)
    activation: str | None = key(
        "A function of the table: sigmoid, relu, leaky_relu(alpha=0.1)",
        None,
        must=_FUNCTION,
    )


def _form_of_layer(value: Any) -> type[Keys]:
    from gradcalc.problem.networks.table import form_of  # whose forms are made of this file's keys

    return form_of(value)


def _forms_of_layers() -> dict[str, type[Keys]]:
    from gradcalc.problem.networks.table import forms

    return forms()


AnyLayer = Annotated[Layer, OneOf(_form_of_layer, _forms_of_layers)]


@form
class LayersFile(WorkedKeys):
    """A layered network."""

    notation: str = key(
        "How a layer combines: W.T @ x + b, W @ x + b (columns), x @ W + b or x @ W.T + b (rows)",
        "W.T @ x + b",
        must=_NOTATION,
    )
    inputs: Sequence = key(
        "One sample as a list, or a matrix of samples in the notation's layout; by step, {x[t]: [[1, 0], [0, 1]]}",
        must=Must("given as numbers,", "[1, 0]"),
    )
    targets: Sequence = key("The right outputs, in the outputs' layout; or classes from 0; by step, {y[t]: …}", None)
    layers: Annotated[list[AnyLayer], Limits(min_length=1)] = key(
        "From the inputs to the output",
        must=Must("a list of layers, each with weights"),
        each=Must("a mapping", "{weights: [[1, 2], [3, 4]], biases: [0, 0], activation: sigmoid}"),
    )
    reduction: Literal["sum", "mean"] | None = key("How the samples' losses become one", None, must=Must("sum or mean"))


@form
class Vertex(Keys):
    """One vertex of a graph: a weighted sum, and its activation."""

    weights: NamedNumbers = key(
        "A weight for each edge, by where it comes from; lists for vector activations",
        must=Must("a mapping from where edges start,", "{x1: 0.2, x2: -0.5}"),
    )
    bias: Numbers = key("Added to the weighted sum; none where left out", None)
    activation: str | None = key("A function of the table, such as sigmoid", None, must=_FUNCTION)


@form
class VerticesFile(WorkedKeys):
    """A network as a directed acyclic graph of vertices."""

    inputs: NamedNumbers = key(
        "The inputs' numbers, by name", must=Must("a mapping from names to numbers,", "{x1: 1, x2: 0}")
    )
    targets: NamedNumbers = key("The right outputs, by vertex", {})
    vertices: Annotated[dict[str, Vertex], Limits(min_length=1)] = key(
        "The vertices by name, in any order",
        must=Must("a mapping", "{h4: {weights: {x1: 0.2}, activation: sigmoid}}"),
        each=Must("a mapping", "{weights: {x1: 0.2}, bias: 0.1, activation: sigmoid}"),
    )


@form
class EquationsFile(WorkedKeys):
    """Equations of one's own."""

    notation: str = key("x @ W + b (or x @ W.T + b) where samples are rows", "W.T @ x + b", must=_NOTATION)
    inputs: NamedNumbers = key("What is given, by name", {})
    targets: NamedNumbers = key("What is given and gets no gradient, by name", {})
    parameters: NamedNumbers = key("What a step updates, by name", {})
    equations: NamedFormulas = key(
        "Name: formula, in any order; may be left out where gradients or the loss are given",
        None,
        must=Must("a mapping from names to formulas,", "{q: x + y}"),
    )
    samples: Names = key(
        "What holds a sample in each column (row, under x @ W + b), where batches are cut",
        [],
        must=Must("the name of an input, or a list of names"),
        each=Must("the name of an input"),
    )
    assumed: Names = key(
        "Inputs whose samples are known to sum to 1",
        [],
        must=Must("the name of an input, or a list of names"),
        each=Must("the name of an input"),
    )


FORMS: Final[dict[str, type[CommonKeys]]] = {
    "layers": LayersFile,
    "vertices": VerticesFile,
    "equations": EquationsFile,
    "claims": ClaimsFile,
}


def is_loss_alone(data: Mapping[str, Any]) -> bool:
    """Whether the loss is a file's one equation: a formula over values by name, with no key of another form."""
    loss, named = data.get("loss"), any(isinstance(data.get(key), dict) for key in ("parameters", "inputs"))
    is_formula = isinstance(loss, str) and not loss.strip().isidentifier()
    return named and is_formula and not {"layers", "vertices", "equations"} & {*data}


def given(part: StepSheet | Tolerance) -> dict[str, Any]:
    """The keys of a part that a file gives, as a mapping again."""
    keys = {key.name: key for key in fields(type(part))}  # type: ignore[arg-type]
    return {name: value for name, value in vars(part).items() if value != default(keys[name])}


def is_updated(model: WorkedKeys) -> bool:
    """Whether a file says that there is an update: by a learning rate, an optimizer or a rule of its own."""
    return not (model.lr is None and model.optimizer is None and model.update is None)
