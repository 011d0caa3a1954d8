"""Where problems come from: files, standard input, text, and the ones that come with gradcalc."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from pathlib import Path

import pytest
from clock import within

from gradcalc.errors import GradcalcError, InputError, UsageError
from gradcalc.problem.bundled import bundled_names, bundled_path
from gradcalc.problem.forms import FORMS
from gradcalc.problem.load import load, loads, override
from gradcalc.problem.schema import json_schema

NETWORK = "title: mine\ninputs: [1]\nlayers: [{weights: 2, biases: 1}]\nupstream: 1\n"


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_bytes(b"\xef\xbb\xbf" + NETWORK.replace("\n", "\r\n").encode())
    assert load(tmp_path / "net.yaml").title == "mine"
    assert load(str(tmp_path / "net.yaml")).path == str(tmp_path / "net.yaml")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NETWORK.encode())))
    problem = load("-")
    assert (problem.title, problem.path) == ("mine", "<stdin>")


def test_bundled_problems_are_loaded_by_name_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load("hw3").title.startswith("HW 3")
    assert {"hw3", "hw3-case2"} <= set(bundled_names())
    (tmp_path / "hw3").mkdir()
    assert load("hw3").path == str(bundled_path("hw3"))


def test_a_file_comes_before_a_bundled_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hw3").write_text(NETWORK)
    assert load("hw3").title == "mine"


@pytest.mark.parametrize("name", [name for name in bundled_names() if not name.startswith("_")])
def test_every_bundled_problem_loads(name: str) -> None:
    problem = load(name)
    assert problem.title
    assert problem.source
    assert problem.forward or problem.claims


def test_what_is_neither_file_nor_bundled_names_the_nearest_of_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "homework.yaml").write_text(NETWORK)
    with pytest.raises(UsageError, match=r"there is no file 'hw33'; did you mean 'hw3'\?"):
        load("hw33")
    with pytest.raises(UsageError, match=r"there is no file 'homewrk.yaml'; did you mean 'homework.yaml'\?"):
        load("homewrk.yaml")
    with pytest.raises(UsageError, match=r"there is no file 'hw3.yaml'; did you mean 'hw3'\?"):
        load("hw3.yaml")
    with pytest.raises(UsageError, match=r"there is no folder 'problems' .*; did you mean 'hw3'\?"):
        load("problems/hw3.yaml")


@pytest.mark.parametrize("name", [".", "a\x00b", "x" * 5000, "nowhere/at/all.yaml", ""])
def test_what_is_no_file_is_refused_without_a_traceback(name: str) -> None:
    with pytest.raises(UsageError):
        load(name)


def test_text_is_loaded_under_the_name_that_it_is_given() -> None:
    with pytest.raises(InputError, match=r"^mine:1:1: "):
        loads("nothing: 1", "mine")


def test_the_command_line_overrides_a_problem() -> None:
    problem = override(loads(NETWORK), lr=0.1, freeze=["b1"], digits=6)
    assert (problem.lr, problem.frozen, problem.digits) == (0.1, {"b1"}, 6)
    assert override(loads(NETWORK + "freeze: W1"), freeze=["b1"]).frozen == {"W1", "b1"}
    assert (override(problem).lr, override(problem).frozen, override(problem).digits) == (0.1, {"b1"}, 6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"freeze": ["W11"]}, r"unknown parameter 'W11'; did you mean 'W1'\?"),
        ({"freeze": ["x"]}, r"unknown parameter 'x'; known are W1, b1"),
        ({"lr": 0.0}, "the learning rate is 0: it must be a positive number"),
        ({"lr": float("nan")}, "it must be a positive number"),
        ({"digits": 16}, "digits is 16: it must be a whole number from 0 to 15"),
    ],
)
def test_overrides_that_make_no_sense_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        override(loads(NETWORK), **options)  # type: ignore[arg-type]


def test_the_json_schema_describes_every_key_of_every_form() -> None:
    schema = json_schema()
    assert len(schema["anyOf"]) == len(FORMS)
    for name, part in schema["$defs"].items():
        assert part["additionalProperties"] is False, name
        for key, value in part["properties"].items():
            assert value["description"], f"{name}.{key}"
            assert value.get("default", 0) is not None
    assert schema["$defs"]["LayersFile"]["required"] == ["inputs", "layers"]
    assert set(schema["$defs"]["Layer"]["properties"]) == {"weights", "biases", "activation"}


def test_errors_of_every_kind_have_one_base() -> None:
    assert issubclass(InputError, GradcalcError)
    assert issubclass(UsageError, GradcalcError)


def test_loading_is_quick() -> None:
    load("hw3")
    within(20 * 0.05, lambda: [load("hw3") for _ in range(20)])


def modules_after(script: str) -> list[str]:
    """Which of the slow libraries a script has loaded at its end."""
    script += "\nimport sys; print([name for name in ('numpy', 'pydantic', 'yaml') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    shown: list[str] = ast.literal_eval(done.stdout)
    return shown


def test_problems_are_read_without_libraries_that_they_do_not_need() -> None:
    assert modules_after("import gradcalc, gradcalc.problem") == []
    names = [*bundled_names()]
    assert modules_after(f"import gradcalc\nfor name in {names}: gradcalc.load(name)") == ["numpy", "yaml"]
    wrong = "import gradcalc\ntry: gradcalc.loads('layers: 1')\nexcept gradcalc.InputError: pass"
    assert modules_after(wrong) == ["numpy", "yaml"]
