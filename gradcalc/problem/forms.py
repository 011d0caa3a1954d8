"""The keys that a problem file may have: one form for each of the four kinds of problem, and the parts they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Annotated, Any, Final, Literal, NamedTuple


class Limits(NamedTuple):
    """What a number, or how many items, must at least or at most be."""

    gt: float | None = None
    ge: float | None = None
    le: float | None = None
    min_length: int | None = None


class Written(NamedTuple):
    """How a value may be written: as JSON Schema says it, and, where there is a short way, what it stands for."""

    schema: Mapping[str, Any] | None = None
    meant: Callable[[Any], Any] | None = None


def _names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _atol_or_both(value: Any) -> Any:
    return {"atol": value} if isinstance(value, int | float) else value


_NUMBER: Final = {"type": "number"}
_ROW: Final = {"type": "array", "items": _NUMBER, "minItems": 1}
_ROWS: Final = {"type": "array", "items": _ROW, "minItems": 1}
_NUMBERS: Final = {"anyOf": [_NUMBER, _ROW, _ROWS]}
_FORMULA: Final = {"type": ["string", "number"]}
_FORMULAS: Final = {"type": "object", "additionalProperties": _FORMULA, "minProperties": 1}
_ANSWER: Final = {"anyOf": [_NUMBER, _ROW, _ROWS, {"type": "string"}]}
_NAMED_NUMBERS: Final = {"type": "object", "additionalProperties": _NUMBERS}
_NAMED_ANSWERS: Final = {"type": "object", "additionalProperties": _ANSWER}
_NAME_OR_NAMES: Final = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_UPSTREAM: Final = {"anyOf": [_NUMBER, _ROW, _ROWS, _NAMED_NUMBERS]}

# Numbers and formulas are read by code of our own, entry by entry with their places.
Numbers = Annotated[Any, Written(_NUMBERS)]
NamedNumbers = Annotated[Any, Written(_NAMED_NUMBERS)]
Upstream = Annotated[Any, Written(_UPSTREAM)]
Formula = Annotated[Any, Written(_FORMULA)]
NamedFormulas = Annotated[Any, Written(_FORMULAS)]
Answer = Annotated[Any, Written(_ANSWER)]
NamedAnswers = Annotated[dict[str, Any], Written(_NAMED_ANSWERS)]
Names = Annotated[list[str], Written(_NAME_OR_NAMES, _names)]
Positive = Annotated[float, Limits(gt=0)]
NotNegative = Annotated[float, Limits(ge=0)]


def key(description: str, default: Any = MISSING) -> Any:
    """A key of a form, and what it is where a file leaves it out; without a default, no file may."""
    about = {"description": description}
    if isinstance(default, list | dict):
        return field(default_factory=default.copy, metadata=about)
    return field(default=default, metadata=about)


class Keys:
    """What a file gives, key by key; a key that it leaves out has its default. Raises TypeError where it may not."""

    def __init__(self, **given: Any) -> None:
        for each in fields(self):  # type: ignore[arg-type]
            setattr(self, each.name, given[each.name] if each.name in given else default(each))


def default(key: Field[Any]) -> Any:
    """The value of a key that is left out. Raises TypeError for one that must not be."""
    if key.default_factory is not MISSING:
        return key.default_factory()
    if key.default is MISSING:
        raise TypeError(f"'{key.name}' is missing")
    return key.default


# What a dataclass would have written is written above once: a dozen forms would take longer than reading a file.
form = dataclass(init=False, repr=False, eq=False, match_args=False)


def is_form(kind: Any) -> bool:
    """Whether a kind of value is a form, so that it has keys of its own."""
    return isinstance(kind, type) and issubclass(kind, Keys)


@form
class Sheet(Keys):
    """Answers, by the section of the solution in which they stand."""

    forward: NamedAnswers = key("Values of the forward pass, by name", {})
    loss: Answer = key("The loss before the update", None)
    gradients: NamedAnswers = key("Gradients, by the name of what they belong to: W1, h1", {})
    updated: NamedAnswers = key("Parameters after the update", {})
    after: NamedAnswers = key("The forward pass after the update, and its loss", {})


@form
class Misprint(Keys):
    """A number that is wrong where the problem was published."""

    quantity: str = key("What is misprinted: gradients.W1, after.loss, loss")
    printed: Answer = key("The value as printed")
    note: str = key("What went wrong", "")


@form
class ClaimKeys(Keys):
    """An identity to be tried at many random instances."""

    claim: str = key("LEFT == RIGHT; grad(f, x) and jacobian(f, x) may be used")
    where: dict[str, str] = key(
        "What each name is: scalar, vector(n), matrix(n, m), one_hot, probability, sign, positive", {}
    )
    holds: bool = key("false for a claim that is meant to fail", True)


@form
class Tolerance(Keys):
    """How far an answer may be from the right number."""

    atol: NotNegative | None = key("Absolute tolerance", None)
    rtol: NotNegative | None = key("Relative tolerance", None)


@form
class CommonKeys(Keys):
    """The keys of every form."""

    title: str = key("What the problem is called", "")
    source: str = key("Where the problem was published", "")
    digits: Annotated[int, Limits(ge=0, le=15)] = key("Decimals shown and asked for", 4)
    symbols: dict[str, str] = key("LaTeX for names, as the course writes them: W1: W^1", {})
    claims: list[ClaimKeys] = key("Identities to be tried at random instances", [])


@form
class ClaimsFile(CommonKeys):
    """A file of claims alone."""

    claims: Annotated[list[ClaimKeys], Limits(min_length=1)] = key("Identities to be tried at random instances")


@form
class WorkedKeys(CommonKeys):
    """The keys of every form with something to calculate."""

    of: str | None = key("The quantity (one number) that is differentiated, in place of a loss", None)
    upstream: Upstream = key("A given gradient to start from, in place of a loss", None)
    lr: Positive | None = key("Learning rate; with it there is an update and a pass after it", None)
    freeze: Names = key("Parameters that the update leaves as they are", [])
    expected: Sheet | None = key("The published numbers, as an answer sheet", None)
    points: dict[str, NotNegative] = key("Points for each quantity: gradients.W1: 2", {})
    misprints: list[Misprint] = key("Published numbers that are wrong; `expected` has the right ones", [])
    tolerance: Annotated[Tolerance | None, Written(meant=_atol_or_both)] = key(
        "How far answers may be from the right numbers, where digits are not enough", None
    )
    loss: Formula = key("A loss of the functions table, or a formula", None)
    penalty: Formula = key("A formula added to the loss: 0.05 * sum(W1 ** 2)", None)


@form
class Layer(Keys):
    """One layer of units."""

    weights: Numbers = key("The weight matrix, as it stands in the equation")
    biases: Numbers = key("One number for each unit, or one for all; none where left out", None)
    activation: str | None = key("A function of the table: sigmoid, relu, leaky_relu(alpha=0.1)", None)


@form
class LayersFile(WorkedKeys):
    """A layered network."""

    notation: str = key(
        "How a layer combines: W.T @ x + b, W @ x + b (columns), x @ W + b or x @ W.T + b (rows)", "W.T @ x + b"
    )
    inputs: Numbers = key("One sample as a list, or a matrix of samples in the notation's layout")
    targets: Numbers = key("The right outputs, in the outputs' layout; or classes from 0", None)
    layers: Annotated[list[Layer], Limits(min_length=1)] = key("From the inputs to the output")
    reduction: Literal["sum", "mean"] | None = key("How the samples' losses become one", None)


@form
class Vertex(Keys):
    """One vertex of a graph: a weighted sum, and its activation."""

    weights: NamedNumbers = key("A weight for each edge, by where it comes from; lists for vector activations")
    bias: Numbers = key("Added to the weighted sum; none where left out", None)
    activation: str | None = key("A function of the table, such as sigmoid", None)


@form
class VerticesFile(WorkedKeys):
    """A network as a directed acyclic graph of vertices."""

    inputs: NamedNumbers = key("The inputs' numbers, by name")
    targets: NamedNumbers = key("The right outputs, by vertex", {})
    vertices: Annotated[dict[str, Vertex], Limits(min_length=1)] = key("The vertices by name, in any order")


@form
class EquationsFile(WorkedKeys):
    """Equations of one's own."""

    notation: str = key("x @ W + b (or x @ W.T + b) where samples are rows", "W.T @ x + b")
    inputs: NamedNumbers = key("What is given, by name", {})
    targets: NamedNumbers = key("What is given and gets no gradient, by name", {})
    parameters: NamedNumbers = key("What a step updates, by name", {})
    equations: NamedFormulas = key("Name: formula, in any order")
    assumed: Names = key("Inputs whose samples are known to sum to 1", [])


FORMS: Final[dict[str, type[CommonKeys]]] = {
    "layers": LayersFile,
    "vertices": VerticesFile,
    "equations": EquationsFile,
    "claims": ClaimsFile,
}


def given(part: Sheet | Tolerance) -> dict[str, Any]:
    """The keys of a part that a file gives, as a mapping again."""
    return {name: value for name, value in vars(part).items() if value not in ({}, None)}
