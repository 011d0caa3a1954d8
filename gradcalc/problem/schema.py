"""The keys that a problem file may have, as pydantic models; one model for each of the four forms."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

_NUMBER: Final = {"type": "number"}
_ROW: Final = {"type": "array", "items": _NUMBER, "minItems": 1}
_ROWS: Final = {"type": "array", "items": _ROW, "minItems": 1}
_NUMBERS: Final = {"anyOf": [_NUMBER, _ROW, _ROWS]}
_FORMULA: Final = {"type": ["string", "number"]}
_ANSWER: Final = {"anyOf": [_NUMBER, _ROW, _ROWS, {"type": "string"}]}
_NAMED_NUMBERS: Final = {"type": "object", "additionalProperties": _NUMBERS}
_NAMED_ANSWERS: Final = {"type": "object", "additionalProperties": _ANSWER}
_NAME_OR_NAMES: Final = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _name_or_names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _atol_or_both(value: Any) -> Any:
    return {"atol": value} if isinstance(value, int | float) else value


# Numbers and formulas are read by code of our own, entry by entry with their places.
Numbers = Annotated[Any, WithJsonSchema(_NUMBERS)]
Formula = Annotated[Any, WithJsonSchema(_FORMULA)]
NamedNumbers = Annotated[Any, WithJsonSchema(_NAMED_NUMBERS)]
NamedAnswers = Annotated[dict[str, Any], WithJsonSchema(_NAMED_ANSWERS)]
NamedFormulas = Annotated[Any, WithJsonSchema({"type": "object", "additionalProperties": _FORMULA, "minProperties": 1})]
Names = Annotated[list[str], BeforeValidator(_name_or_names), WithJsonSchema(_NAME_OR_NAMES)]
Upstream = Annotated[Any, WithJsonSchema({"anyOf": [*_NUMBERS["anyOf"], _NAMED_NUMBERS]})]
Finite = Annotated[float, Field(allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Keys(BaseModel):
    """What all models share: no unknown keys, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Sheet(Keys):
    """Answers, by the section of the solution in which they stand."""

    forward: NamedAnswers = Field({}, description="Values of the forward pass, by name")
    loss: Annotated[Any, WithJsonSchema(_ANSWER)] = Field(None, description="The loss before the update")
    gradients: NamedAnswers = Field({}, description="Gradients, by the name of what they belong to: W1, h1")
    updated: NamedAnswers = Field({}, description="Parameters after the update")
    after: NamedAnswers = Field({}, description="The forward pass after the update, and its loss")


class Misprint(Keys):
    """A number that is wrong where the problem was published."""

    quantity: str = Field(description="What is misprinted: gradients.W1, after.loss, loss")
    printed: Annotated[Any, WithJsonSchema(_ANSWER)] = Field(description="The value as printed")
    note: str = Field("", description="What went wrong")


class ClaimKeys(Keys):
    """An identity to be tried at many random instances."""

    claim: str = Field(description="LEFT == RIGHT; grad(f, x) and jacobian(f, x) may be used")
    where: dict[str, str] = Field(
        {}, description="What each name is: scalar, vector(n), matrix(n, m), one_hot, probability, sign, positive"
    )
    holds: bool = Field(True, description="false for a claim that is meant to fail")


class Tolerance(Keys):
    """How far an answer may be from the right number."""

    atol: NotNegative | None = Field(None, description="Absolute tolerance")
    rtol: NotNegative | None = Field(None, description="Relative tolerance")


class CommonKeys(Keys):
    """The keys of every form."""

    title: str = Field("", description="What the problem is called")
    source: str = Field("", description="Where the problem was published")
    digits: int = Field(4, ge=0, le=15, description="Decimals shown and asked for")
    symbols: dict[str, str] = Field({}, description="LaTeX for names, as the course writes them: W1: W^1")
    claims: list[ClaimKeys] = Field([], description="Identities to be tried at random instances")


class ClaimsFile(CommonKeys):
    """A file of claims alone."""

    claims: list[ClaimKeys] = Field(min_length=1, description="Identities to be tried at random instances")


class WorkedKeys(CommonKeys):
    """The keys of every form with something to calculate."""

    of: str | None = Field(None, description="The quantity (one number) that is differentiated, in place of a loss")
    upstream: Upstream = Field(None, description="A given gradient to start from, in place of a loss")
    lr: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None, description="Learning rate; with it there is an update and a pass after it"
    )
    freeze: Names = Field([], description="Parameters that the update leaves as they are")
    expected: Sheet | None = Field(None, description="The published numbers, as an answer sheet")
    points: dict[str, NotNegative] = Field({}, description="Points for each quantity: gradients.W1: 2")
    misprints: list[Misprint] = Field([], description="Published numbers that are wrong; `expected` has the right ones")
    tolerance: Annotated[Tolerance | None, BeforeValidator(_atol_or_both)] = Field(
        None, description="How far answers may be from the right numbers, where digits are not enough"
    )
    loss: Formula = Field(None, description="A loss of the functions table, or a formula")
    penalty: Formula = Field(None, description="A formula added to the loss: 0.05 * sum(W1 ** 2)")


class Layer(Keys):
    """One layer of units."""

    weights: Numbers = Field(description="The weight matrix, as it stands in the equation")
    biases: Numbers = Field(None, description="One number for each unit, or one for all; none where left out")
    activation: str | None = Field(None, description="A function of the table: sigmoid, relu, leaky_relu(alpha=0.1)")


class LayersFile(WorkedKeys):
    """A layered network."""

    notation: str = Field(
        "W.T @ x + b", description="How a layer combines: W.T @ x + b, W @ x + b (columns) or x @ W + b (rows)"
    )
    inputs: Numbers = Field(description="One sample as a list, or a matrix of samples in the notation's layout")
    targets: Numbers = Field(None, description="The right outputs, in the outputs' layout; or classes from 0")
    layers: list[Layer] = Field(min_length=1, description="From the inputs to the output")
    reduction: Literal["sum", "mean"] | None = Field(None, description="How the samples' losses become one")


class Vertex(Keys):
    """One vertex of a graph: a weighted sum, and its activation."""

    weights: NamedNumbers = Field(
        description="A weight for each edge, by where it comes from; lists for vector activations"
    )
    bias: Numbers = Field(None, description="Added to the weighted sum; none where left out")
    activation: str | None = Field(None, description="A function of the table, such as sigmoid")


class VerticesFile(WorkedKeys):
    """A network as a directed acyclic graph of vertices."""

    inputs: NamedNumbers = Field(description="The inputs' numbers, by name")
    targets: NamedNumbers = Field({}, description="The right outputs, by vertex")
    vertices: dict[str, Vertex] = Field(min_length=1, description="The vertices by name, in any order")


class EquationsFile(WorkedKeys):
    """Equations of one's own."""

    notation: str = Field("W.T @ x + b", description="x @ W + b where samples are rows")
    inputs: NamedNumbers = Field({}, description="What is given, by name")
    targets: NamedNumbers = Field({}, description="What is given and gets no gradient, by name")
    parameters: NamedNumbers = Field({}, description="What a step updates, by name")
    equations: NamedFormulas = Field(description="Name: formula, in any order")
    assumed: Names = Field([], description="Inputs whose samples are known to sum to 1")


FORMS: Final[dict[str, type[CommonKeys]]] = {
    "layers": LayersFile,
    "vertices": VerticesFile,
    "equations": EquationsFile,
    "claims": ClaimsFile,
}


def json_schema() -> dict[str, Any]:
    """The JSON schema of problem files, by which editors complete and check them."""
    from pydantic import TypeAdapter

    any_form: Any = LayersFile | VerticesFile | EquationsFile | ClaimsFile
    schema = _plain(TypeAdapter(any_form).json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gradcalc problem",
        "description": "A worked problem in backpropagation, for gradcalc",
        **schema,
    }


def _plain(schema: Any) -> Any:
    """A schema without what only pydantic needs: null for keys left out, and titles made from names."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _plain(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    if kept.get("default", 0) is None:
        del kept["default"]
    choices = [choice for choice in kept.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **{key: value for key, value in kept.items() if key != "anyOf"}}
    return {**kept, "anyOf": choices} if choices else kept
