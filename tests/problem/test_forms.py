"""One description of the keys, two ways to use it: our validator, and the schema in the hands of another program."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import fields
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
import yaml
from jsonschema import Draft202012Validator
from slow import mostly_slow

from gradcalc.errors import InputError
from gradcalc.problem.bundled import bundled_names, bundled_path
from gradcalc.problem.document import UNREADABLE
from gradcalc.problem.fit import fitted, kinds
from gradcalc.problem.forms import FORMS
from gradcalc.problem.keys import Or, is_form
from gradcalc.problem.load import loads
from gradcalc.problem.schema import json_schema

COMMON = {
    "title": "a title",
    "source": "a book",
    "digits": 3,
    "style": "course",
    "symbols": {"W1": "W^1"},
    "claims": [{"claim": "v == v", "where": {"v": "vector"}, "holds": False}, {"claim": "1 == 1"}],
}
WORKED = {
    **COMMON,
    "of": "yhat",
    "upstream": [1, 0],
    "gradients": {"W1": 1},
    "lr": 0.5,
    "optimizer": "momentum(beta=0.5)",
    "update": {"theta": "theta - g"},
    "start": {"k": 2, "v": {"W1": 1}},
    "direction": "ascent",
    "order": "sequential",
    "steps": 2,
    "epochs": 2,
    "until": "loss < 0.1",
    "batch_size": 1,
    "shuffle": 7,
    "signs": {"changes": "old - new"},
    "let": {"slope": "yhat * 2"},
    "show": "parameters",
    "freeze": ["W1"],
    "expected": {
        "forward": {"h1": [1, 2]},
        "loss": 0.5,
        "gradients": {},
        "updated": {"W1": "W1"},
        "after": {"loss": 1},
    },
    "points": {"gradients.W1": 2, "loss": 0.5},
    "misprints": [{"quantity": "loss", "printed": 1, "note": "wrong"}, {"quantity": "loss", "printed": "2 * x"}],
    "tolerance": {"atol": 0.1, "rtol": 0},
    "vary": {"zeros": "free"},
    "over": {"t": 3, "s": "0..2"},
    "loss": "half_squared_error",
    "penalty": 1,
}
GOOD: dict[str, dict[str, Any]] = {
    "layers": {
        **WORKED,
        "notation": "W @ x + b",
        "inputs": [1, 0],
        "targets": [0, 1],
        "layers": [{"weights": [[1]], "biases": 0, "activation": "relu"}, {"weights": 1}],
        "reduction": "mean",
    },
    "vertices": {
        **WORKED,
        "inputs": {"x1": 1},
        "targets": {"h4": 1},
        "vertices": {"h4": {"weights": {"x1": 1}, "bias": 1, "activation": "sigmoid"}, "h5": {"weights": {"h4": 1}}},
    },
    "equations": {
        **WORKED,
        "notation": "x @ W + b",
        "inputs": {"x": 1},
        "targets": {"y": 1},
        "parameters": {"W": 1},
        "equations": {"f": "x * y"},
        "samples": ["x"],
        "assumed": ["y"],
    },
    "claims": {**COMMON, "notation": "x @ W + b"},
}
"""Of each form a file with every key."""
SHORT = {"freeze": "W1", "tolerance": 0.1, "lr": 1}
OTHERWISE = ({"lr": [0.5, 0.1]}, {"lr": "1 / k"}, {"order": ["u", "v"]})
"""Of another type than is usual, and read elsewhere."""
# No 3.0: to JSON Schema it is an integer, to us a number with a point.
ODD = [None, True, -1, 0, 1, 15, 16, 10**299, 0.5, -0.5, 1e308, "", "sum", "x", [], [1], ["x"], [None], [[1]], {}]
ODD += [{"x": 1}, {"x": "y"}, {"x": None}, [{}], [{"x": 1}], {"x": {}}]
LEFT_OUT, BESIDE = object(), object()
SCHEMA = json_schema()
ANY = Draft202012Validator(SCHEMA)
BY_FORM = {
    name: Draft202012Validator({"$ref": f"#/$defs/{form.__name__}", "$defs": SCHEMA["$defs"]})
    for name, form in FORMS.items()
}


def paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(inner for step, value in steps for inner in paths(value, (*path, step)))]


def changed(form: str) -> Iterator[dict[str, Any]]:
    """The good file of a form, changed."""
    return changed_from(GOOD[form])


def changed_from(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A file with each of its values in turn left out, or another, or beside one of an unknown key."""
    for *above, last in paths(good)[1:]:
        for new in (*ODD, LEFT_OUT, BESIDE):
            data = copy.deepcopy(good)
            place = data
            for step in above:
                place = place[step]
            if new is LEFT_OUT:
                del place[last]
            elif new is not BESIDE:
                place[last] = copy.deepcopy(new)
            elif isinstance(place, dict):
                place["unknown"] = 1
            yield data


def found(form: str, data: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The path of each misfit, and why it is one."""
    return [(misfit.path, misfit.why) for misfit in fitted(FORMS[form], data)[1]]


def refused(form: str, data: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The paths at which jsonschema, which knows only our schema, says no."""
    return [tuple(error.absolute_path) for error in BY_FORM[form].iter_errors(data)]


def is_read_elsewhere(form: type, path: tuple[Any, ...]) -> bool:
    """Whether numbers or formulas stand at a path: their insides are none of the form's business."""
    kind: Any = form
    for place, step in enumerate(path, 1):
        if is_form(kind) and step not in kinds(kind):
            return False
        kind = kinds(kind)[step][0] if is_form(kind) else get_args(kind)[-1]
        if place < len(path) and any(isinstance(about, Or) for about in get_args(kind)):
            return True
        while get_origin(kind) in (Annotated, Union, UnionType):
            kind = get_args(kind)[0]
        if kind is Any:
            return True
    return False


@pytest.mark.parametrize("form", FORMS)
def test_a_good_file_has_every_key_and_fits(form: str) -> None:
    assert set(GOOD[form]) == {key.name for key in fields(FORMS[form])}
    assert found(form, GOOD[form]) == []
    assert refused(form, GOOD[form]) == []
    assert ANY.is_valid(GOOD[form])


@pytest.mark.parametrize("form", FORMS)
def test_the_validator_and_the_schema_take_the_same_files(form: str) -> None:
    taken = wrong = 0
    for file in changed(form):
        misfits, errors = found(form, file), refused(form, file)
        assert errors or not misfits, (file, misfits)
        # What is wrong inside numbers and formulas is told later, but for what is empty.
        fits = all(why == "empty" and is_read_elsewhere(FORMS[form], path) for path, why in misfits)
        assert fits == all(is_read_elsewhere(FORMS[form], path) for path in errors), (file, misfits, errors)
        taken, wrong = taken + fits, wrong + (not fits)
    assert taken > 30
    assert wrong > 300


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_a_value_of_another_type_fits_both(otherwise: dict[str, Any]) -> None:
    file = {**GOOD["layers"], **otherwise}
    assert found("layers", file) == []
    assert ANY.is_valid(file)


@pytest.mark.parametrize("name", bundled_names())
def test_bundled_problems_fit_the_schema(name: str) -> None:
    assert ANY.is_valid(yaml.safe_load(bundled_path(name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", mostly_slow(["hw3", "mazur", *bundled_names()[::4]], "hw3", "mazur"))
def test_what_the_schema_refuses_of_a_changed_problem_is_refused(name: str) -> None:
    """The numbers and formulas as well; not the other way round, as a schema knows neither shapes nor names."""
    good = yaml.safe_load(bundled_path(name).read_text(encoding="utf-8"))
    for file in random.Random(name).sample(list(changed_from(good)), 150):
        try:
            loads(json.dumps(file))
        except InputError:
            continue
        assert ANY.is_valid(file), file


def examples(schema: Any) -> Iterator[tuple[Any, Any]]:
    """Each part of a schema that has examples, with one of them."""
    if isinstance(schema, dict):
        yield from ((schema, example) for example in schema.get("examples", []) if "description" in schema)
        schema = list(schema.values())
    for inner in schema if isinstance(schema, list) else []:
        yield from examples(inner)


@pytest.mark.parametrize("form", FORMS)
def test_the_examples_of_the_schema_fit_both(form: str) -> None:
    """Each stands in messages too, as what a value must be."""
    given = 0
    for name, key in SCHEMA["$defs"][FORMS[form].__name__]["properties"].items():
        items = [key.get("items", {}), key.get("additionalProperties", {})]
        held = [[example] for inner in items if isinstance(inner, dict) for example in inner.get("examples", [])]
        for example in [*key.get("examples", []), *(held if key.get("type") == "array" else [])]:
            file = {**GOOD[form], name: example}
            assert found(form, file) == [], (name, example)
            assert ANY.is_valid(file), (name, example)
            given += 1
    assert given >= 2


def test_every_example_fits_its_own_part_of_the_schema() -> None:
    held = [*examples(SCHEMA)]
    assert len(held) > 20
    for part, example in held:
        assert Draft202012Validator({**part, "$defs": SCHEMA["$defs"]}).is_valid(example), example


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_everything_that_does_not_fit_is_found_in_one_pass() -> None:
    file = {
        "titel": "mine",
        "source": 5,
        "digits": 16,
        "symbols": {"W1": "W^1", "b1": 1},
        "claims": [{"claim": "v == v", "where": 3}, {"claims": "v == v"}, None],
        "lr": 0,
        "points": {"loss": -1, "gradients.W1": 1},
        "misprints": [{"quantity": 1, "printed": [None]}, 2],
        "tolerance": {"atol": -1, "rtol": "x"},
        "freeze": ["W1", 2],
        "layers": [{"weights": 1}, {"biases": 0, "activation": 1}, 7],
        "reduction": "max",
    }
    assert set(found("layers", file)) == {
        (("titel",), "unknown"),
        (("source",), "wrong"),
        (("digits",), "wrong"),
        (("symbols", "b1"), "wrong"),
        (("claims", 0, "where"), "wrong"),
        (("claims", 1, "claims"), "unknown"),
        (("claims", 1, "claim"), "missing"),
        (("claims", 2), "empty"),
        (("lr",), "wrong"),
        (("points", "loss"), "wrong"),
        (("misprints", 0, "quantity"), "wrong"),
        (("misprints", 1), "wrong"),
        (("tolerance", "atol"), "wrong"),
        (("tolerance", "rtol"), "wrong"),
        (("freeze", 1), "wrong"),
        (("layers", 1, "weights"), "missing"),
        (("layers", 1, "activation"), "wrong"),
        (("layers", 2), "wrong"),
        (("reduction",), "wrong"),
        (("inputs",), "missing"),
    }


def test_what_fits_is_kept_beside_what_does_not() -> None:
    file = {**GOOD["layers"], "lr": -1, "points": {"loss": "x", "gradients.W1": 2}, "claims": [{"claim": 1}, {}, "x"]}
    read, _ = fitted(FORMS["layers"], {**file, "freeze": ["W1", 0], "layers": [5, {"weights": 1, "activation": 2}]})
    kept: Any = read
    assert (kept.lr, kept.points, kept.title) == (None, {"gradients.W1": 2.0}, "a title")
    assert kept.claims == [UNREADABLE] * 3
    assert kept.freeze == ["W1", UNREADABLE]
    assert kept.layers[0] is UNREADABLE
    assert (kept.layers[1].weights, kept.layers[1].activation) == (1, None)


def test_faults_of_every_stage_are_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        loads("inputs: [1, x]\nlayer: 1\nlr: -1\nlayers: [{weights: [[1, 2]], biases: }, 3]\nof: yhat")
    assert [fault.message for fault in told.value.faults] == [
        "inputs[2] is 'x', which is text, not a number",
        "layer: unknown key; did you mean 'layers'?",
        "lr is -1: it must be a positive number",
        "layers[1].biases has no value: give one, or leave the key out",
        "layers[2] is 3: it must be a mapping such as {weights: [[1, 2], [3, 4]], biases: [0, 0], activation: sigmoid}",
    ]


def test_short_ways_are_read_as_what_they_mean() -> None:
    read: Any = fitted(FORMS["layers"], {**GOOD["layers"], **SHORT})[0]
    assert read.freeze == ["W1"]
    assert (read.lr, type(read.lr)) == (1.0, float)
    assert (read.tolerance.atol, read.tolerance.rtol) == (0.1, None)
    wrong = {(("tolerance",), "wrong"), (("freeze",), "wrong")}
    assert set(found("layers", {**GOOD["layers"], "tolerance": -1, "freeze": 1})) == wrong


def test_an_expected_loss_is_a_number() -> None:
    good = "inputs: {x: 1}\nequations: {loss: x * 2}\nof: loss\nexpected: {loss: {}}"
    with pytest.raises(InputError, match=r"expected\.loss is a mapping: a number is needed here"):
        loads(good)
