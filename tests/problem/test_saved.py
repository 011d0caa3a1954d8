"""A saved problem goes on with the same bits, and is the same file but for its numbers."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gradcalc
from gradcalc.commands.request import Request
from gradcalc.commands.steps import Way, step_report
from gradcalc.errors import UsageError
from gradcalc.optimizers.table import optimizers
from gradcalc.problem.saved import saved
from gradcalc.program.descent import take_steps

NETWORK = """\
# a network
title: two layers   # of units
inputs: [1.5, -0.25]
targets: [0, 1]
layers:
  - {weights: [[0.3, 0.6], [0.4, -0.5]], biases: [0.1, -0.6], activation: sigmoid}  # the first
  - weights:
      - [0.2, 0.3]   # a row
      - [0.4, 0.3]
    biases: -0.5
    activation: softmax
loss: cross_entropy
"""
LINE = """\
inputs: {x: [[1, 2, 3, 4, 5]]}
targets: {t: [[2, 3, 5, 4, 6]]}
parameters:
  w: 1/3
  b: 0
equations: {yhat: w * x + b}
samples: [x, t]
loss: mean((yhat - t) ** 2)
"""
GRAPH = """\
inputs: {x1: 1, x2: 0.5}
vertices:
  h: {weights: {x1: 0.2, x2: -0.3}, bias: 0.1, activation: sigmoid}
  o: {weights: {h: 0.4}, activation: sigmoid}
targets: {o: 1}
loss: half_squared_error
"""


def after(problem: gradcalc.Problem, **changed) -> str:
    return saved(problem, changed, Path(problem.path).parent)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([NETWORK, LINE, GRAPH]),
    st.sampled_from([entry.name for entry in optimizers()]),
    st.floats(1e-6, 0.5),
    st.integers(1, 5),
    st.integers(1, 5),
    st.sampled_from(["", "batch_size: 2\nshuffle: 4\n", "order: sequential\n"]),
)
def test_going_on_from_a_file_gives_the_same_bits(text, rule, lr, first, more, extra):
    if (extra.startswith("batch") and text is not LINE) or (extra.startswith("order") and text is not NETWORK):
        extra = ""
    problem = gradcalc.loads(f"{text}lr: {lr!r}\noptimizer: {rule}\n{extra}")
    half = take_steps(problem, first)
    again = gradcalc.loads(after(half.next))
    assert again.first_step == first + 1
    whole, rest = take_steps(problem, first + more), take_steps(again, more)
    for name, value in whole.end.carried.items():
        assert np.asarray(value).tobytes() == np.asarray(rest.end.carried[name]).tobytes(), name
    assert whole.curve.columns["loss"][first:] == rest.curve.columns["loss"]
    assert whole.curve.steps[first:] == rest.curve.steps


@pytest.mark.parametrize("name", ["hw3", "mazur", "ng-network-penalty", "schiendorfer-batch", "negnevitsky"])
def test_bundled_problems_go_on(name):
    problem = gradcalc.load(name)
    problem = gradcalc.loads(problem.text + ("" if problem.lr else "\nlr: 0.1\n"))
    half = take_steps(problem, 2)
    again = gradcalc.loads(after(half.next))
    for parameter, value in take_steps(problem, 5).parameters.items():
        assert value.tobytes() == take_steps(again, 3).parameters[parameter].tobytes()


def test_all_else_stays_as_it_is():
    text = f"{NETWORK}lr: 0.1\noptimizer: momentum\ndigits: 5  # decimals\n"
    new = after(take_steps(gradcalc.loads(text), 1).next)
    kept = [line for line in text.splitlines() if "weights" not in line and "biases" not in line and "[0." not in line]
    assert [line for line in new.splitlines() if line in kept] == kept
    assert "# the first" in new
    assert new.splitlines()[-3:-1] == ["start:", "  k: 2"]
    assert new.splitlines()[-1].startswith("  v: {W1: [[")


def test_published_numbers_are_left_out_and_a_start_is_replaced():
    text = f"{LINE}expected:\n  loss: 12   # printed\n  updated: {{w: 0.3}}\nlr: 0.01\nstart: {{k: 4}}  # here\n"
    new = after(take_steps(gradcalc.loads(text), 2).next)
    assert "expected" not in new
    assert "updated" not in new
    assert new.count("start") == 1
    assert "  k: 6  # here" in new
    assert gradcalc.loads(new).first_step == 6


def test_keys_that_the_command_line_changes_are_in_the_file():
    problem = gradcalc.loads(f"{LINE}lr: 0.01\n")
    again = gradcalc.loads(after(take_steps(problem, 1).next, lr=0.25, freeze=["b"], batch_size=2))
    assert (again.lr, again.frozen, again.batch_size) == (0.25, {"b"}, 2)


def test_json_stays_json():
    data = {"inputs": {}, "parameters": {"w": 1e-5}, "equations": {"f": "w * w"}, "of": "f", "lr": 1e-1}
    new = after(take_steps(gradcalc.loads(json.dumps(data)), 3).next)
    read = json.loads(new)
    assert {key: read[key] for key in ("inputs", "equations", "of", "lr")} == {
        key: data[key] for key in ("inputs", "equations", "of", "lr")
    }
    assert read["start"] == {"k": 4}
    np.testing.assert_allclose(read["parameters"]["w"], 1e-5 * 0.8**3)


@pytest.mark.parametrize("end", ["", "\n", "\n# the end\n", "\n\n"])
def test_whatever_the_file_ends_with(end):
    text = f"{LINE}lr: 0.01{end}"
    again = gradcalc.loads(after(take_steps(gradcalc.loads(text), 1).next))
    assert again.first_step == 2


def test_a_file_that_is_indented():
    text = "".join(f"  {line}\n" for line in f"{LINE}lr: 0.01".splitlines())
    assert gradcalc.loads(after(take_steps(gradcalc.loads(text), 1).next)).first_step == 2


def test_numbers_that_overflow_are_not_saved():
    problem = gradcalc.loads("inputs: {}\nparameters: {w: 1}\nequations: {f: w ** 4}\nof: f\nlr: 1000\n")
    with pytest.raises(UsageError, match="aren't finite"):
        after(take_steps(problem, 50).next)


def test_files_beside_the_problem_are_found_again(tmp_path):
    np.save(tmp_path / "x.npy", np.array([[1.0, 2.0, 3.0]]))
    text = LINE.replace("[[1, 2, 3, 4, 5]]", "{file: x.npy}").replace("[[2, 3, 5, 4, 6]]", "[[2, 3, 5]]")
    (tmp_path / "p.yaml").write_text(f"{text}lr: 0.01\n")
    end = take_steps(gradcalc.load(tmp_path / "p.yaml"), 1).next
    assert "x.npy" in saved(end, {}, tmp_path)
    with pytest.raises(UsageError, match=r"inputs.x.file names a file beside the problem"):
        saved(end, {}, tmp_path / "elsewhere")


def test_the_command_writes_whole_files_and_never_over_the_problem(tmp_path):
    file, new = tmp_path / "p.yaml", tmp_path / "next.yaml"
    file.write_text(f"{LINE}lr: 0.01\n")
    step_report(Request(str(file), lr=0.02), Way(steps=3, save=new))
    straight = take_steps(gradcalc.loads(f"{LINE}lr: 0.02\n"), 5).parameters
    for name, value in take_steps(gradcalc.load(new), 2).parameters.items():
        assert value.tobytes() == straight[name].tobytes()
    for path, message in ((file, "the problem itself stands there"), (Path("-"), "writes a file")):
        with pytest.raises(UsageError, match=message):
            step_report(Request(str(file)), Way(save=path))
    with pytest.raises(UsageError, match="the report goes there"):
        step_report(Request(str(file), output=new), Way(save=new))
    assert file.read_text() == f"{LINE}lr: 0.01\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["next.yaml", "p.yaml"]


def test_the_command_saves_beside_the_files_that_a_problem_names(tmp_path):
    np.savez(tmp_path / "d.npz", x=[1, 2], w=[0.5, 0.25])
    text = "inputs: {x: {file: d.npz, name: x}}\nparameters: {w: {file: d.npz, name: w}, b: cos(1)}\n"
    (tmp_path / "p.yaml").write_text(f"{text}equations: {{y: sum(w * x) + b, L: y ** 2}}\nof: L\nlr: 1/50\n")
    step_report(Request(str(tmp_path / "p.yaml")), Way(steps=3, save=tmp_path / "next.yaml"))
    straight = take_steps(gradcalc.load(tmp_path / "p.yaml"), 5).parameters
    for name, value in take_steps(gradcalc.load(tmp_path / "next.yaml"), 2).parameters.items():
        assert value.tobytes() == straight[name].tobytes()


def test_what_is_interrupted_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    file, new = tmp_path / "p.yaml", tmp_path / "next.yaml"
    file.write_text(f"{LINE}lr: 0.01\n")
    new.write_text("as it was")
    from gradcalc.program import walk

    take = walk.Walk.take

    def interrupted(self, state):
        if state.k == 50:
            raise KeyboardInterrupt
        return take(self, state)

    monkeypatch.setattr(walk.Walk, "take", interrupted)
    with pytest.raises(KeyboardInterrupt):
        step_report(Request(str(file)), Way(steps=100, save=new))
    assert new.read_text() == "as it was"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["next.yaml", "p.yaml"]
