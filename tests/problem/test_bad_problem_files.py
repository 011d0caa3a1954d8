"""What is wrong with a problem file is said with its place, and with what would be right."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from clock import within
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcalc.errors import InputError
from gradcalc.problem.load import loads

NETWORK = """\
title: a 2-2-2 network
inputs: [1, 0]
targets: [0, 1]
layers:
  - {weights: [[3, 6], [4, 5]], biases: [1, -6], activation: sigmoid}
  - {weights: [[2, 3], [4, 3]], biases: [-1, -2], activation: softmax}
loss: half_squared_error
"""
BATCH = """\
inputs: [[1, 0, 2], [2, 1, 3]]
targets: [[1, 0, 1], [0, 1, 0]]
reduction: mean
layers:
  - {weights: [[3, 6], [4, 5]], activation: softmax}
loss: cross_entropy
"""


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        loads(text, "f")
    return [str(fault) for fault in caught.value.faults]


def cases(name: str) -> list[tuple[str, ...]]:
    """The lines `old => new => fault` of a file of cases."""
    lines = (Path(__file__).parent / "bad" / f"{name}.txt").read_text("utf-8").splitlines()
    return [tuple(line.replace("\\n", "\n").split(" => ")) for line in lines if line and line[0] != "#"]


def changed(old: str, new: str, text: str = NETWORK) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(("old", "new", "fault"), cases("network"))
def test_each_fault_has_its_place_and_what_would_be_right(old: str, new: str, fault: str) -> None:
    found = faults(changed(old, new))
    assert len(found) == 1
    assert found[0].startswith(f"f:{fault}")


@pytest.mark.parametrize(
    ("notation", "fault"),
    [
        ("W.T @ x + b", "layers[1].weights is 3×2, but x has 2 entries: it must be 2×K"),
        ("x @ W + b", "layers[1].weights is 3×2, but x has 2 entries: it must be 2×K"),
        ("W @ x + b", "layers[1].weights is 2×3, but x has 2 entries: it must be K×2"),
    ],
)
def test_a_matrix_that_does_not_fit_is_told_the_layout_of_its_notation(notation: str, fault: str) -> None:
    weights = "[[1, 2, 3], [1, 2, 3]]" if notation == "W @ x + b" else "[[1, 2], [3, 4], [5, 6]]"
    assert fault in faults(f"inputs: [1, 2]\nnotation: {notation}\nlayers: [{{weights: {weights}}}]")[0]


@pytest.mark.parametrize(("old", "new", "fault"), cases("batch"))
def test_faults_of_batches(old: str, new: str, fault: str) -> None:
    found = faults(changed(old, new, BATCH))
    assert len(found) == 1
    assert found[0].startswith(f"f:{fault}")


def test_targets_are_what_the_loss_takes() -> None:
    one = changed("half_squared_error", "cross_entropy")
    assert "sum to 1.1, but cross_entropy takes probabilities" in faults(changed("[0, 1]", "[0.5, 0.6]", one))[0]
    assert (
        "3:10: targets is 2, but there are 2 classes, which count from 0 to 1" in faults(changed("[0, 1]", "2", one))[0]
    )
    binary = changed("half_squared_error", "binary_cross_entropy")
    assert "3:14: targets[2] is 2, but binary_cross_entropy" in faults(changed("[0, 1]", "[0, 2]", binary))[0]
    hinge = changed("half_squared_error", "hinge")
    assert "3:11: targets[1] is 0, but hinge takes targets that are -1 or 1" in faults(hinge)[0]


def test_all_faults_of_a_file_are_said_at_once_in_its_order() -> None:
    text = (
        "inputs: *x\ntargets: [0, 1]\nlr: fast\nlayers:\n"
        "  - {weights: [[3, 6], [4]], biases: [1, q], activation: sigmiod}\n"
        "  - {weights: [[2, 3], [4, 3]], activation: softmx, bias: 3}\n"
        "loss: cros_entropy\nfreeze: W7\nlr: 2\n"
    )
    assert [fault.split(" ")[0] for fault in faults(text)] == [
        "f:1:9:", "f:3:5:", "f:5:24:", "f:5:42:", "f:5:58:", "f:6:45:", "f:6:53:", "f:7:7:", "f:8:9:", "f:9:1:"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("hello", "f:1:1: the file holds text: a problem is a mapping with keys such as 'inputs:' and 'layers:'"),
        ("- 1", "f:1:1: the file holds a list: a problem is a mapping"),
        ("layer: []", "has none of the keys layers, vertices, equations and claims"),
        ("inputs: [1]\nlayers: []", "f:2:9: layers is an empty list: it must be a list of layers, each with weights"),
        ("inputs: [1]\nlayers: {a: 1}", "f:2:9: layers is a mapping: it must be a list of layers"),
        ("inputs: [1]\nlayers: [5]", "f:2:10: layers[1] is 5: it must be a mapping such as {weights:"),
        ("inputs: [1]\nlayers: [[1]]", "f:2:10: layers[1] is a list: it must be a mapping such as {weights:"),
        ("claims: []", "f:1:9: claims is an empty list: it must be a list of claims"),
    ],
)  # fmt: skip
def test_what_is_no_problem_at_all(text: str, fault: str) -> None:
    found = faults(text)
    assert len(found) == 1
    assert fault in found[0]


WORDS = (
    "title: inputs: targets: layers: weights: biases: activation: loss: lr: of: upstream: penalty: freeze: digits: "
    "symbols: expected: points: claims: notation: reduction: forward: gradients: tolerance: misprints: quantity: "
    "sigmoid softmax cross_entropy mean W1 x yhat 0.5 -1 2 1e-3 .nan null true text sum(W1**2) W1@ [1,2] [[1,2],[3,4]]"
)
SIGNS = ["[", "]", "{", "}", ",", "\n", "\n  ", "\n- ", "\n  - ", "&a ", "*a", "!!x ", "'", '"']
PIECES = st.sampled_from([*WORDS.split(), *SIGNS])


@st.composite
def mutilated(draw: st.DrawFn) -> str:
    """A good file with parts cut out and others put in."""
    text = draw(st.sampled_from([NETWORK, BATCH]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(PIECES) + text[start + draw(st.integers(0, 12)) :]
    return text


@settings(max_examples=400, deadline=None)
@given(st.one_of(mutilated(), st.lists(PIECES, max_size=30).map(" ".join)))
def test_no_text_makes_anything_but_a_problem_or_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        assert loads(text).forward or loads(text).claims


@pytest.mark.parametrize(
    "text", ["[" * 30_000, "layers: " + "[" * 30_000, NETWORK + "a: &a [x]\n" + "b: [*a, *a]\n" * 20_000]
)
def test_hostile_files_are_refused_at_once(text: str) -> None:
    assert within(1, lambda: faults(text))


def test_names_that_are_known_are_said_in_the_order_of_the_problem():
    (told,) = faults(NETWORK + "let: {slope: yhat * q}\n")
    assert "unknown name 'q'; known are x, W1, b1, a1, h1, W2, b2, a2, yhat, loss, y, dx, …" in told


@pytest.mark.parametrize("asked", ["expected: {updated: {Q: [1]}}", "misprints: [{quantity: dQQ, printed: 1}]"])
def test_no_name_that_is_known_is_said_twice(asked: str):
    told = faults(NETWORK + f"lr: 0.5\nfreeze: [V]\n{asked}\n")[-1]
    names = told.partition("known are ")[2].split(", ")
    assert len(names) > 3
    assert len({*names}) == len(names)
