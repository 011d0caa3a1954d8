"""Programs as sheets: the usual mistakes named, and whatever a program does ends in a verdict."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
import running
from clock import at_best

from gradcalc import loads, solve
from gradcalc.check.code.child import tasks
from gradcalc.check.code.convention import blank_program, given
from gradcalc.check.code.judge import CodeMarks
from gradcalc.check.code.run import run
from gradcalc.check.code.trial import check_program

PROBLEM = """
title: A small batch
notation: x @ W + b
inputs: [[1, -0.5, 2], [0.3, 1.2, -1], [-0.7, 0.4, 0.9], [2, 1, 0.1]]
targets: [[1, 0], [0, 1], [0, 1], [1, 0]]
layers:
  - {weights: [[0.2, -0.4, 0.7], [0.5, 0.1, -0.3], [-0.6, 0.8, 0.4]], biases: [0.1, 0.2, -0.3], activation: relu}
  - {weights: [[0.3, -0.2], [0.6, 0.5], [-0.1, 0.9]], biases: [0.05, -0.15], activation: softmax}
loss: cross_entropy
reduction: mean
lr: 0.1
"""
RIGHT = """
import numpy as np

def loss_and_grads(x, y, params):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    N = len(x)
    a = x @ W1 + b1
    h = np.maximum(a, 0)
    z = h @ W2 + b2
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    loss = -(y * np.log(p)).sum() / N
    d2 = (p - y) / N
    dW2 = h.T @ d2
    db2 = d2.sum(0)
    dh = d2 @ W2.T
    d1 = dh * (a > 0)
    return loss, {"W1": x.T @ d1, "b1": d1.sum(0), "W2": dW2, "b2": db2}
"""
SOLUTION = solve(loads(PROBLEM))


def marks_of(tmp_path: Path, source: str, seconds: float = 10) -> CodeMarks:
    program = tmp_path / "student.py"
    program.write_text(source, encoding="utf-8")
    return check_program(SOLUTION, program, seconds)


def changed(*changes: tuple[str, str]) -> str:
    source = RIGHT
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return source


def test_a_right_program(tmp_path: Path) -> None:
    marks = marks_of(tmp_path, RIGHT)
    assert marks.passes
    assert marks.first is None
    assert len(marks.each) == 11
    assert [(row.quantity, row.told) for row in marks.rows] == [
        (name, "right") for name in ("loss", "gradients.W2", "gradients.b2", "gradients.W1", "gradients.b1")
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "mistake"),
    [
        ("db2 = d2.sum(0)", "db2 = d2.sum(1)", "gradients.b2", "wrong-axis"),
        ('"b1": d1.sum(0)', '"b1": d1.sum(1)', "gradients.b1", "wrong-axis"),
        ("dh * (a > 0)", "dh * (dh > 0)", "gradients.W1", "activation-on-gradient"),
        ("(p - y) / N", "p - y", "gradients.W2", "sum-not-mean"),
        ("    dh =", "    W2 = W2 - 0.1 * dW2\n    dh =", "gradients.W1", "updated-weights-in-backprop"),
        ("dW2 = h.T @ d2", "dW2 = d2.T @ h", "gradients.W2", "answer-transposed"),
        ("x.T @ d1", "d1.T @ x", "gradients.W1", "answer-transposed"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, at: str, mistake: str) -> None:
    marks = marks_of(tmp_path, changed((old, new)))
    assert not marks.passes
    assert marks.first is not None
    assert marks.first.quantity == at
    assert [each.id for each in marks.first.mistakes] == [mistake]
    assert all(row.told == "right" for row in marks.rows[: [row.quantity for row in marks.rows].index(at)])


def test_float32_is_no_mistake(tmp_path: Path) -> None:
    single = "    x, y, W1, b1, W2, b2 = (np.float32(value) for value in (x, y, W1, b1, W2, b2))\n"
    # Before NumPy 2 a float32 number times one of Python's is a float64.
    returned = ("return loss,", "return np.float32(loss),")
    marks = marks_of(tmp_path, changed(("    N = len(x)\n", f"{single}    N = len(x)\n"), returned))
    assert marks.passes
    assert {row.told for row in marks.rows} == {"precision"}
    assert {row.precision for row in marks.rows} == {"float32"}
    assert all(row.error is not None and 1e-9 < row.error < 1e-4 for row in marks.rows)


def test_another_derivative_at_a_kink_is_no_mistake(tmp_path: Path) -> None:
    """The first unit's sum is 0 here on the only sample, and the program takes ReLU'(0) to be 1."""
    problem = "inputs: [1, 2]\ntargets: [3]\nlayers:\n  - {weights: [[2, 1], [-1, 1]], activation: relu}\n"
    solution = solve(loads(f"{problem}  - {{weights: [[1], [2]]}}\nloss: half_squared_error\n"))
    source = """
import numpy as np
def backward(x, y, W1, W2):
    a = W1.T @ x
    h = np.maximum(a, 0)
    d = W2.T @ h - y
    return {"W2": h @ d.T, "W1": x @ (W2 @ d * (a SIGN 0)).T}
"""
    for sign, told in ((">", "right"), (">=", "kink")):
        program = tmp_path / "student.py"
        program.write_text(source.replace("SIGN", sign), encoding="utf-8")
        marks = check_program(solution, program)
        assert marks.passes
        assert {row.quantity: row.told for row in marks.rows} == {"gradients.W2": "right", "gradients.W1": told}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("while True: pass", "not done after 1 seconds"),
        ("import time; time.sleep(100)", "not done after 1 seconds"),
        ("import os\n    while True: os.fork()", "start or end a process (os.fork)"),
        ("import subprocess; subprocess.run(['true'])", "process (subprocess.Popen)"),
        ("import os; os.system('true')", "process (os.system)"),
        ("import os; os.kill(os.getppid(), 9)", "process (os.kill)"),
        ("np.ones(20 << 27)", "more memory than"),
        ("import sys; sys.exit(0)", "ended itself (sys.exit)"),
        ("import os; os._exit(0)", "ended itself (exit code 0)"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("while True: print('x' * 100_000)", "wrote more than"),
        ("open('big', 'wb').write(bytes(64 << 20))", "wrote more than"),
        ("input()", "EOFError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("return loss_and_grads(x, y, params)", "RecursionError"),
    ],
)
def test_whatever_a_program_does_ends_in_a_verdict(tmp_path: Path, line: str, said: str) -> None:
    source = changed(("    N = len(x)\n", f"    {line}\n    N = len(x)\n"))
    (tmp_path / "student.py").write_text(source, encoding="utf-8")
    outcome = run(tmp_path / "student.py", [given(SOLUTION.problem)], 1 if "1 seconds" in said else 20)
    assert outcome.returned == ()
    assert said in outcome.failure


def test_the_line_of_a_fault_is_told(tmp_path: Path) -> None:
    marks = marks_of(tmp_path, changed(("N = len(x)", "N = nothing")))
    assert (marks.outcome.line, marks.outcome.failure) == (6, "NameError: name 'nothing' is not defined")
    assert not marks.passes
    assert marks_of(tmp_path, "def backward(:").outcome.line == 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "defines neither loss_and_grads"),
        ("def backward(x, y, params, weather, clouds): ...", "an argument 'weather'"),
    ],
)
def test_the_convention(tmp_path: Path, source: str, said: str) -> None:
    assert said in marks_of(tmp_path, source).outcome.failure


def test_what_is_returned_may_be_given_in_several_ways(tmp_path: Path) -> None:
    body = RIGHT.replace("loss_and_grads(", "everything(")
    ways = [
        "def backward(X, Y, parameters): return everything(X, Y, parameters)[1]",
        "def backward(x, y, params):\n    g = everything(x, y, params)[1]\n    return {'d' + n: g[n] for n in g}",
        "def backward(*all): g = everything(*all)[1]; return [g[n] for n in ('W1', 'b1', 'W2', 'b2')]",
        "def loss_and_grads(y, *, params, x): return everything(x, y, params)",
        "def forward(x, params): return {'h1': np.maximum(x @ params['W1'] + params['b1'], 0), 'other': 3}\n"
        "def backward(x, y, params, cache): assert cache['other'] == 3; return everything(x, y, params)[1]\n"
        "def update(params, grads, lr): return {n: params[n] - lr * grads[n] for n in params}",
        "def backward(x, y, params):\n    g = everything(x, y, params)[1]\n"
        "    for n in params: params[n] -= g[n]\n    return g",
    ]
    for way in ways:
        marks = marks_of(tmp_path, f"{body}\n{way}\n")
        assert marks.passes, (way, marks.outcome, marks.first)
        assert len(marks.rows) == {3: 5, 4: 9}.get(ways.index(way), 4)


@pytest.mark.parametrize("returned", ["None", "3", "'text'", "{'W1': None}", "{'W1': object()}", "[[1], 2]", "{}, {}"])
def test_what_is_no_answer_is_none(tmp_path: Path, returned: str) -> None:
    for name in ("loss_and_grads", "backward"):
        marks = marks_of(tmp_path, f"def {name}(x, y, params): return {returned}")
        assert not marks.passes
        assert marks.outcome.failure == ""
        assert marks.first is not None


def test_a_number_that_is_none_is_told(tmp_path: Path) -> None:
    marks = marks_of(tmp_path, changed(('"W2": dW2', '"W2": dW2 * np.nan')))
    assert marks.first is not None
    assert "nan at [1,1]" in marks.first.message


def test_the_blank_program_runs_and_answers_nothing(tmp_path: Path) -> None:
    marks = marks_of(tmp_path, blank_program(SOLUTION))
    assert marks.outcome.failure == ""
    assert {row.told for row in marks.rows} == {"missing"}
    filled = blank_program(SOLUTION).replace("    loss = None\n", RIGHT.split("params[name] for")[1].partition("\n")[2]
                                             .partition("    return")[0])  # fmt: skip
    filled = filled.replace("dW1 = None", "dW1 = x.T @ d1").replace("db1 = None", "db1 = d1.sum(0)")
    filled = filled.replace("    dW2 = None", "").replace("    db2 = None", "")
    assert marks_of(tmp_path, filled).passes


def test_a_program_is_run_only_where_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PROBLEM, encoding="utf-8")
    (tmp_path / "student.py").write_text("open('met', 'w')\n" + RIGHT, encoding="utf-8")
    refused = running.run("check", "p.yaml", "student.py", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--run-code" in refused.stderr
    assert running.run("check", "p.yaml", "student.py", "--run-code", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "met").exists()  # it runs in a folder of its own
    wrong = changed(("(p - y) / N", "p - y"))
    (tmp_path / "student.py").write_text(wrong, encoding="utf-8")
    done = running.run("check", "p.yaml", "student.py", "--run-code", "--format", "json", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert (data["first_error"], data["mistakes"][0]["id"]) == ("gradients.W2", "sum-not-mean")
    told = running.run("check", "p.yaml", "student.py", "--run-code", "--hide-key", cwd=tmp_path).stdout
    assert "the mean over the samples" in told
    assert "Gradient check" in told
    assert "np.ones" not in told


def test_what_cancels_to_nothing_is_off_by_its_precision(tmp_path: Path) -> None:
    """The gradient through a softmax whose outputs all count alike is 0, and programs get 1e-17."""
    solution = solve(loads("inputs: {x: [1, 2]}\nparameters: {W: [[1, 2], [3, 2]]}\nequations: {p: softmax(W @ x)}\n"
                           "loss: 2 * sum(p)\n"))  # fmt: skip
    program = tmp_path / "student.py"
    program.write_text("import numpy as np\ndef backward(x, y, params): return np.full((2, 2), 1e-17)")
    (row,) = check_program(solution, program).rows
    assert (row.told, row.error) == ("precision", 1.0)


def test_a_given_gradient_is_given(tmp_path: Path) -> None:
    solution = solve(loads("inputs: {x: [1, 2]}\nparameters: {W: [[1, 2], [3, 2]]}\nequations: {z: W @ x}\n"
                           "upstream: {z: [5, 6]}\n"))  # fmt: skip
    program = tmp_path / "student.py"
    program.write_text("def backward(x, dz): return {'W': dz @ x.T}")
    marks = check_program(solution, program)
    assert marks.passes
    assert len(marks.rows) == 1


def test_random_instances_show_what_the_numbers_hide(tmp_path: Path) -> None:
    """The weights of the problem are symmetric, so that a transpose too many doesn't show on them."""
    solution = solve(loads("inputs: [1, 2]\ntargets: [0.5, 0.3]\nloss: half_squared_error\nlayers:\n"
                           "  - {weights: [[1, 0.5], [-0.5, 1]], activation: sigmoid}\n"
                           "  - {weights: [[2, 3], [3, 1]]}\n"))  # fmt: skip
    program = tmp_path / "student.py"
    program.write_text(
        "import numpy as np\ndef backward(x, y, W1, W2):\n    h = 1 / (1 + np.exp(-W1.T @ x))\n"
        "    d = W2.T @ h - y\n    return {'W2': h @ d.T, 'W1': x @ (W2.T @ d * h * (1 - h)).T}\n"
    )
    marks = check_program(solution, program)
    assert {row.quantity: (row.told, row.wrong_on) for row in marks.rows} == {
        "gradients.W2": ("right", 0),
        "gradients.W1": ("wrong", 10),
    }
    assert marks.first is not None
    assert [mistake.id for mistake in marks.first.mistakes] == ["weights-transposed"]


@pytest.mark.parametrize(("derivative", "mistake"), [("h", "factor-left-out"), ("h * h", "derivative-misremembered")])
def test_of_two_mistakes_the_one_is_named_that_fits_all_instances(
    tmp_path: Path, derivative: str, mistake: str
) -> None:
    """With weights of 0 every h is 1/2: there h in the place of h(1 - h) is twice as much, and h² is right."""
    solution = solve(loads("inputs: [1, 2]\ntargets: [0.7]\nloss: half_squared_error\nlayers:\n"
                           "  - {weights: [[0, 0], [0, 0]], activation: sigmoid}\n"
                           "  - {weights: [[2], [3]]}\n"))  # fmt: skip
    program = tmp_path / "student.py"
    program.write_text(
        "import numpy as np\ndef backward(x, y, W1, W2):\n    h = 1 / (1 + np.exp(-W1.T @ x))\n"
        f"    d = W2.T @ h - y\n    return {{'W2': h @ d.T, 'W1': x @ (W2 @ d * {derivative}).T}}\n"
    )
    marks = check_program(solution, program)
    assert marks.first is not None
    assert [each.id for each in marks.first.mistakes] == [mistake]
    assert "numbers of a random instance" in marks.to_markdown()


def test_names_that_nothing_has(tmp_path: Path) -> None:
    """Beside all that is asked they are the program's own affair; else they may be what is asked, misspelt."""
    beside = marks_of(tmp_path, changed(('{"W1"', '{"cache": 3, "h1": dh, "W1"')))
    assert beside.passes
    assert len(beside.rows) == 6
    misspelt = marks_of(tmp_path, changed(('"W2": dW2', '"w_2_grad": dW2')))
    assert {row.quantity: row.told for row in misspelt.rows if row.told != "right"} == {
        "gradients.W2": "missing",
        "gradients.w_2_grad": "unreadable",
    }


PASSES = """
import numpy as np

def forward(x, params):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    a = x @ W1 + b1
    z = np.maximum(a, 0) @ W2 + b2
    p = np.exp(z - z.max(1, keepdims=True))
    return {"a1": a, "h1": np.maximum(a, 0), "yhat": p / p.sum(1, keepdims=True)}

def backward(x, y, params, cache):
    d2 = (cache["yhat"] - y) / len(x)
    dW2 = cache["h1"].T @ d2
    db2 = d2.sum(0)
    d1 = d2 @ params["W2"].T * (cache["a1"] > 0)
    return {"W1": x.T @ d1, "b1": d1.sum(0), "W2": dW2, "b2": db2}

def update(params, grads, lr):
    return {name: params[name] - lr * grads[name] for name in params}
"""


@pytest.mark.parametrize(
    ("old", "new", "at", "mistake"),
    [
        ("db2 = d2.sum(0)", "db2 = d2.sum(1)", "gradients.b2", "wrong-axis"),
        ('cache["h1"].T @ d2', 'd2.T @ cache["h1"]', "gradients.W2", "answer-transposed"),
        ("params[name] - lr", "params[name] + lr", "updated.W1", "ascent-not-descent"),
    ],
)
def test_gradients_are_marked_though_the_update_fails_of_them(
    tmp_path: Path, old: str, new: str, at: str, mistake: str
) -> None:
    assert marks_of(tmp_path, PASSES).passes
    assert old in PASSES
    marks = marks_of(tmp_path, PASSES.replace(old, new))
    assert not marks.passes
    assert len(marks.each) == 11
    assert marks.first is not None
    assert (marks.first.quantity, [each.id for each in marks.first.mistakes]) == (at, [mistake])
    assert ("ValueError" in marks.outcome.failure) == (at != "updated.W1")


def test_an_update_that_fails_of_itself_is_no_pass(tmp_path: Path) -> None:
    marks = marks_of(tmp_path, PASSES.replace("    return {name: params", "    1 / 0\n    return {name: params"))
    assert not marks.passes
    assert "ZeroDivisionError" in marks.outcome.failure
    assert marks.first is None


@pytest.mark.parametrize(
    "returned",
    [
        "loss, x.T @ d1, d1.sum(0), dW2, db2",
        "(loss, [x.T @ d1, d1.sum(0), dW2, db2])",
        "[loss, (x.T @ d1, d1.sum(0), dW2, db2)]",
    ],
)
def test_gradients_may_be_returned_one_by_one(tmp_path: Path, returned: str) -> None:
    dictionary = 'loss, {"W1": x.T @ d1, "b1": d1.sum(0), "W2": dW2, "b2": db2}'
    assert marks_of(tmp_path, changed((dictionary, returned))).passes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return loss", "q = loss", "loss_and_grads returns nothing: a 'return' may be missing."),
        ("return loss", "yield loss", "loss_and_grads returns a generator."),
    ],
)
def test_a_function_that_returns_nothing_is_told_so(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said not in " ".join(marks_of(tmp_path, RIGHT).to_markdown().split())
    assert said in marks_of(tmp_path, changed((old, new))).to_markdown().replace("\\", "")


def test_an_empty_program_of_the_command_filled_in_is_right(tmp_path: Path) -> None:
    """What `sheet --format numpy` writes is the convention: its places are filled in, and nothing else."""
    (tmp_path / "p.yaml").write_text(PROBLEM, encoding="utf-8")
    made = running.run("sheet", "p.yaml", "--format", "numpy", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    body = RIGHT.partition("    N = len(x)")[2].partition("    return")[0].rstrip()
    gradients = "    dW1, db1 = x.T @ d1, d1.sum(0)"
    empty = made.stdout.splitlines()
    places = [i for i, line in enumerate(empty) if line.partition("  #")[0].endswith("= None")]
    assert len(places) == 5
    filled = [*empty[: places[0]], f"    N = len(x){body}", gradients, *empty[places[-1] + 1 :]]
    assert marks_of(tmp_path, "\n".join(filled) + "\n").passes


def test_threads_may_be_started_and_not_without_end(tmp_path: Path) -> None:
    """By any user: the limit that the system has counts all that the user has running."""
    lines = """
    import resource, threading
    assert 10 < resource.getrlimit(resource.RLIMIT_NPROC)[0] < 100_000
    started = [threading.Thread(target=np.zeros, args=(3,)) for _ in range(8)]
    for each in started: each.start()
    for each in started: each.join()
"""
    pytest.importorskip("resource")
    assert marks_of(tmp_path, changed(("    N = len(x)\n", f"{lines}    N = len(x)\n"))).passes


def test_threads_count_as_the_processes_do() -> None:
    """What others start and end at the same time counts too: so it is tried again."""

    def counted() -> None:
        stop, before = threading.Event(), tasks()
        for _ in range(20):
            threading.Thread(target=stop.wait).start()
        try:
            assert tasks() >= before + 10 if before else not Path("/proc/self/task").is_dir()
        finally:
            stop.set()

    at_best(counted, AssertionError)
