"""A derivation in letters: rules, shapes, how many parameters, and at which sizes it was checked, in all formats."""

import json
import re

import pytest
import running

NETWORK = """
title: A network in letters
notation: x @ W + b
inputs: 1×Dx
targets: one_hot(Dy)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
"""
RULES = {
    "da2": ("yhat - y", ["1", "Dy"]),
    "dW2": ("h1.T @ da2", ["H", "Dy"]),
    "db2": ("da2", ["1", "Dy"]),
    "dh1": ("da2 @ W2.T", ["1", "H"]),
    "da1": ("dh1 * h1 * (1 - h1)", ["1", "H"]),
    "dW1": ("x.T @ da1", ["Dx", "H"]),
    "db1": ("da1", ["1", "H"]),
}


@pytest.fixture
def run(tmp_path):
    def with_text(command, *more, problem=NETWORK):
        (tmp_path / "letters.yaml").write_text(problem, encoding="utf-8")
        found = running.run(command, str(tmp_path / "letters.yaml"), *more, merged=True)
        return found.returncode, found.stdout

    return with_text


def test_the_rules_and_shapes_of_a_network(run):
    code, output = run("solve", "--format", "json")
    data = json.loads(output)
    assert code == 0
    found = {each["name"]: (each["formula"], each["shape"]) for each in data["equations"]}
    assert found.items() >= RULES.items()
    assert data["parameters"] == {"count": "Dx·H + H + H·Dy + Dy", "factored": "H·(Dx + Dy + 1) + Dy"}


def test_it_says_at_how_many_sizes_the_gradients_were_checked(run):
    _, output = run("solve", "--format", "json")
    checked = json.loads(output)["checked"]
    assert len(checked) >= 5
    for each in checked:
        assert len({*each["sizes"].values()}) == 3
        assert each["max_relative_error"] < 1e-6
    _, text = run("solve")
    sizes = re.findall(r"Dx = (\d+), H = (\d+), Dy = (\d+)", " ".join(text.split()))
    assert len({*sizes}) == len(checked)


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("table", ["∇W²       h¹ᵀ @ ∇a²            H×Dy", "H·(Dx + Dy + 1) + Dy parameters"]),
        ("plain", ["quantity dW2, rule h1.T @ da2, shape H×Dy"]),
        ("latex", [r"$\nabla W^{2}$ & $(h^{1})^\top \, \nabla a^{2}$ & H$\times$Dy \\"]),
        ("markdown", ["H×Dy", r"\nabla W^{2}"]),
        ("html", ["H×Dy", "<math"]),
    ],
)
def test_all_formats(run, form, lines):
    code, output = run("solve", "--format", form)
    assert code == 0
    assert all(line in output for line in lines)


def test_a_mean_over_samples_is_divided_by_their_letter(run):
    batch = NETWORK.replace("1×Dx", "N×Dx").replace("one_hot(Dy)", "one_hot(Dy, N)") + "reduction: mean\n"
    _, output = run("solve", "--format", "json", problem=batch)
    found = {each["name"]: each["formula"] for each in json.loads(output)["equations"]}
    assert found["da2"] == "(yhat - y) / N"
    assert found["db2"] == "sum(da2, axis=0)"


@pytest.mark.parametrize(
    "command", [["step"], ["explain", "dW1[1,1]"], ["graph"], ["sheet"], ["solve", "--steps", "2"]]
)
def test_what_needs_numbers_says_how_to_have_them(run, command):
    name, *more = command
    code, output = run(name, *more, problem=NETWORK + "lr: 0.1\n")
    assert code == 2
    assert "the problem is in letters; give sizes for numbers: --at Dx=2,H=3,Dy=4" in " ".join(output.split())


@pytest.mark.parametrize("command", [["solve"], ["step"], ["explain", "dW1[1,1]"], ["graph"]])
def test_sizes_make_numbers(run, command):
    name, *more = command
    code, output = run(name, *more, "--at", "Dx=3,H=2,Dy=4", "--seed", "1", problem=NETWORK + "lr: 0.1\n")
    assert code == 0
    assert output == run(name, *more, "--at", "Dx=3 H=2 Dy=4", "--seed", "1", problem=NETWORK + "lr: 0.1\n")[1]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("Dx", "write a size for each letter"),
        ("Q=2", "no letter 'Q'"),
        ("H=0", "from 1 to 1,000"),
        ("H=-1", "write a size"),
    ],
)
def test_bad_sizes(run, at, words):
    code, output = run("solve", "--at", at)
    assert code == 2
    assert words in " ".join(output.split())
