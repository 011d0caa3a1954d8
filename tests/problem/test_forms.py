"""One description of the keys, two readers: the fast one and pydantic's take the same files, and read the same."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from gradcalc.problem.fit import Misfit, fitted
from gradcalc.problem.forms import FORMS
from gradcalc.problem.schema import misfits, model

COMMON = {
    "title": "a title",
    "source": "a book",
    "digits": 3,
    "symbols": {"W1": "W^1"},
    "claims": [{"claim": "v == v", "where": {"v": "vector"}, "holds": False}, {"claim": "1 == 1"}],
}
WORKED = {
    **COMMON,
    "of": "yhat",
    "upstream": [1, 0],
    "lr": 0.5,
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
        "assumed": ["y"],
    },
    "claims": COMMON,
}
"""Of each form a file with every key."""
SHORT = {"freeze": "W1", "tolerance": 0.1, "lr": 1}
ODD = [None, True, -1, 0, 1, 15, 16, 10**299, 0.5, -0.0, 1e308, "", "sum", "x", [], [1], ["x"], [None], [[1]], {}]
ODD += [{"x": 1}, {"x": "y"}, {"x": None}, [{}], [{"x": 1}], {"x": {}}]
LEFT_OUT, BESIDE = object(), object()


def paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(inner for step, value in steps for inner in paths(value, (*path, step)))]


def changed(form: str) -> Iterator[dict[str, Any]]:
    """The good file with each of its values in turn left out, or another, or beside one of an unknown key."""
    for *above, last in paths(GOOD[form])[1:]:
        for new in (*ODD, LEFT_OUT, BESIDE):
            data = copy.deepcopy(GOOD[form])
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


def plain(read: Any) -> Any:
    """What was read, by either reader, as dicts and lists with the defaults put in."""
    if isinstance(read, list):
        return [plain(item) for item in read]
    if isinstance(read, dict):
        return {key: plain(value) for key, value in read.items()}
    return plain(vars(read)) if hasattr(read, "__dict__") else (type(read), read)


@pytest.mark.parametrize("form", FORMS)
def test_a_good_file_has_every_key_and_fits(form: str) -> None:
    assert set(GOOD[form]) == {key.name for key in fields(FORMS[form])}
    assert misfits(FORMS[form], GOOD[form]) == []
    fitted(FORMS[form], GOOD[form])


@pytest.mark.parametrize("form", FORMS)
def test_both_readers_take_the_same_files(form: str) -> None:
    taken = refused = 0
    for file in changed(form):
        wrong = misfits(FORMS[form], file)
        try:
            read = fitted(FORMS[form], file)
        except Misfit:
            assert wrong, file
            refused += 1
        else:
            assert wrong == [], file
            assert plain(read) == plain(model(FORMS[form]).model_validate(file)), file
            taken += 1
    assert taken > 30
    assert refused > 300


def test_short_ways_are_read_as_what_they_mean() -> None:
    read = fitted(FORMS["layers"], {**GOOD["layers"], **SHORT})
    shown = plain(read)
    assert (shown["freeze"], shown["lr"]) == ([(str, "W1")], (float, 1.0))
    assert shown["tolerance"] == {"atol": (float, 0.1), "rtol": (type(None), None)}
