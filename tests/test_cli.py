"""The command line as a user meets it, with its exit codes and its two streams; what is a process's own in one."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import run
from test_interrupts import STARTED

ROOT = Path(__file__).parent.parent


def fails(result, *words):
    """Exit code 2, nothing on standard output, one message without a traceback."""
    assert result.returncode == 2, result
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr
    return True


def test_solve_shows_the_whole_solution():
    result = run("solve", "hw3")
    assert result.returncode == 0
    assert result.stderr == ""
    for heading in ("Given", "Forward pass", "Backward pass (backpropagation)", "Update", "After the update", "Check"):
        assert f"\n{heading}\n" in result.stdout
    assert "The loss fell from 0.3927 to 0.2146." in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("command", ["solve", "step"])
def test_without_a_problem_it_is_the_example_and_says_so(command):
    text = run(command)
    assert "No problem was named, so this is hw3" in text.stdout
    data = run(command, "--format", "json")
    assert "No problem was named, so this is hw3" in data.stderr
    assert json.loads(data.stdout)["title"].startswith("HW 3")
    named = run(command, "hw3", "--format", "json")
    assert named.stderr == ""
    assert named.stdout == data.stdout


def test_json_holds_the_numbers_of_the_course():
    values = json.loads(run("solve", "hw3", "--format", "json").stdout)["values"]
    assert values["gradients"]["b2"] == pytest.approx([0.29323, -0.29323], abs=5e-6)
    assert values["after"]["yhat"] == pytest.approx([0.4633, 0.5367], abs=5e-5)


def test_frozen_parameters_stay_as_case_2_of_the_example_has_it():
    result = run("solve", "hw3", "--format", "json", "--freeze", "W1", "--freeze", "b1")
    values = json.loads(result.stdout)["values"]
    assert values["updated"]["W1"] == [[3, 6], [4, 5]]
    assert values["after"]["yhat"] == pytest.approx([0.4672, 0.5328], abs=5e-5)
    assert values["after"]["loss"] == pytest.approx(0.2183, abs=5e-5)


def test_learning_rate_digits_and_steps():
    assert "0.39272375" in run("solve", "hw3", "--digits", "8").stdout
    small = json.loads(run("step", "hw3", "--lr", "1e-3", "-f", "json").stdout)
    assert small["lr"] == 0.001
    many = run("step", "hw3", "--steps", "4")
    assert "Parameters after 4 steps" in many.stdout
    assert "\n4     0.0722       0.0509\n" in many.stdout


def test_a_problem_on_standard_input():
    text = "inputs: {x: -2, y: 5, z: -4}\nequations: {q: x + y, f: q * z}\nof: f\n"
    result = run("solve", "-", stdin=text)
    assert "∇x = ∇q = -4" in result.stdout


def test_what_overflows_is_told_in_the_report_alone():
    text = "inputs: {x: [0, 1000]}\nequations: {h: relu(x), f: sum(exp(h))}\nof: f\n"
    result = run("solve", "-", stdin=text)
    assert result.returncode == 0
    assert "Warning: f is not finite" in result.stdout
    assert result.stderr == ""
    json.loads(run("solve", "-", "-f", "json", stdin=text).stdout, parse_constant=pytest.fail)


def test_functions_and_problems_are_listed():
    listed = run("functions").stdout
    assert "softmax(a)" in listed
    assert "half_squared_error(yhat, y)" in listed
    one = run("functions", "sigmoid").stdout
    assert "σ(a) = 1 / (1 + exp(-a))" in one
    assert "missing-activation-derivative" in one
    assert json.loads(run("functions", "relu", "-f", "json").stdout)[0]["gradient"] == {"a": "g * step(a)"}


def test_optimizers():
    listed = run("optimizers").stdout
    assert "momentum_average" in listed
    assert "beta1=0.9, beta2=0.999" in listed
    assert "v = β · v_old + (1 - β) · g" in listed
    one = run("optimizers", "AdaMax").stdout
    assert "algorithm 2" in one
    assert "epsilon (1e-8" in one
    data = json.loads(run("optimizers", "nesterov", "-f", "json").stdout)
    assert data[0]["lines"] == {"v": "beta * v + g", "theta": "theta - lr * (g + beta * v)"}
    problems = run("problems")
    assert "hw3" in problems.stdout
    names = [each["name"] for each in json.loads(run("problems", "-f", "json").stdout)]
    assert set(names) == {file.stem for file in (ROOT / "problems").glob("*.yaml")}


def test_the_schema_is_json():
    assert "properties" in json.dumps(json.loads(run("schema").stdout))


def test_output_goes_to_a_file(tmp_path):
    result = run("solve", "hw3", "--output", str(tmp_path / "hw3.txt"))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "hw3.txt").read_text(encoding="utf-8") == run("solve", "hw3").stdout
    assert run("solve", "hw3", "-o", "-").stdout == run("solve", "hw3").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("solve", "hw3", "--lr", "abc"), ("'--lr'", "'abc' is not a number")),
        (("solve", "hw3", "--lr", "-1"), ("positive",)),
        (("solve", "hw3", "--lr", "nan"), ("positive",)),
        (("solve", "hw3", "--digits", "many"), ("'--digits'", "'many' is not a whole number")),
        (("solve", "hw3", "--digits", "99"), ("from 0 to 15",)),
        (("step", "hw3", "--steps", "2.5"), ("'2.5' is not a whole number",)),
        (("step", "hw3", "--steps", "0"), ("from 1 to",)),
        (("step", "cs231n-circuit"), ("learning rate", "--lr 0.1")),
        (("step", "cs231n-circuit", "--lr", "1"), ("no parameters",)),
        (("solve", "hw3", "--freeze", "W3"), ("W3", "W1, b1, W2, b2")),
        (("solve", "hw3", "--format", "jsno"), ("table, plain", "did you mean 'json'?")),
        (("solve", "hw33"), ("hw33",)),
        (("solve", "."), ()),
        (("solve", "identities"), ("only claims",)),
        (("functions", "sigmiod"), ("did you mean 'sigmoid'?",)),
        (("optimizers", "adm"), ("unknown optimizer 'adm'; did you mean 'adam'?",)),
        (("optimizers", "lbfgs"), ("unknown optimizer 'lbfgs'; known are sgd, momentum,",)),
        (("slove",), ("slove",)),
        (("solve", "--frezee", "W1"), ("--frezee",)),
        (("solve", "hw3", "-o", "missing/folder/file"), ("--output", "No such file")),
    ],
)
def test_what_cannot_be_done_is_said_in_one_message(arguments, words):
    assert fails(run(*arguments), *words)


def test_faults_of_a_file_have_their_places(tmp_path):
    (tmp_path / "bad.yaml").write_text(
        "inputs: [1, 0]\nlayers:\n  - {weights: [[1], [2]], activaton: sigmoid}\nlr: fast\n"
    )
    result = run("solve", "bad.yaml", cwd=tmp_path)
    assert fails(result, "bad.yaml:3:27: ", "did you mean 'activation'?", "bad.yaml:4:")
    assert all(line.startswith("bad.yaml:") for line in result.stderr.splitlines())


@pytest.mark.parametrize("command", ["", "solve", "step", "functions", "optimizers", "schema"])
def test_help_shows_examples(command):
    result = run(*command.split(), "--help")
    assert result.returncode == 0
    assert "Examples:\n" in result.stdout
    assert "    gradcalc " in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "\x1b" not in result.stdout


def test_help_offers_the_formats_that_exist():
    from gradcalc.report.formats import FORMATS

    assert f"--format {'|'.join(FORMATS)}" in run("solve", "--help").stdout
    assert " [default: table]\n" in run("solve", "--help", COLUMNS="120").stdout


def loaded_by(*arguments):
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gradcalc", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=True,
    )
    return {line.rsplit("|", 1)[-1].strip() for line in result.stderr.splitlines() if line.startswith("import time:")}


def test_nothing_is_loaded_before_it_is_needed():
    assert not loaded_by("--version") & {"typer", "numpy", "rich", "yaml", "pydantic"}
    assert not loaded_by("--help") & {"numpy", "rich", "yaml"}
    assert not loaded_by("solve", "--help") & {"numpy", "rich", "yaml"}
    assert "rich" not in loaded_by("solve", "hw3")


def test_version():
    from gradcalc import __version__

    assert run("--version").stdout == f"gradcalc {__version__}\n"
    assert run("--version", "solve").stdout == f"gradcalc {__version__}\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize(
    "arguments", [("solve", "hw3"), ("solve", "hw3", "-f", "json"), ("step", "--steps", "21"), ("functions",)]
)
def test_where_unicode_cannot_be_shown_the_formulas_are_as_typed(encoding, arguments):
    result = run(*arguments, PYTHONIOENCODING=encoding)
    assert result.returncode == 0
    assert result.stdout.isascii()
    assert "UnicodeEncodeError" not in result.stderr


def test_colour_is_asked_for_with_force_color():
    painted = run("solve", "hw3", FORCE_COLOR="1").stdout
    assert "\x1b[1m" in painted
    assert "\x1b" not in run("solve", "hw3", FORCE_COLOR="1", NO_COLOR="1").stdout


def test_columns_sets_the_width():
    assert max(map(len, run("solve", "hw3", COLUMNS="60").stdout.splitlines())) <= 60
    assert max(map(len, run("solve", "hw3", COLUMNS="120").stdout.splitlines())) > 80


def heed_ctrl_c():
    """What nohup starts, or a script in the background, inherits a deaf ear for it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


HEED = None if sys.platform == "win32" else heed_ctrl_c


def start(*arguments, program=("-m", "gradcalc"), **streams):
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        preexec_fn=HEED,
        **streams,
    )


def test_a_reader_who_has_seen_enough_is_no_error():
    process = start("solve", "hw3", "--expand", stdout=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0
    process.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_ctrl_c_ends_quietly():
    process = start("solve", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE, program=("-c", STARTED))
    assert process.stdout.readline() == b"started\n"
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (out, err) == (b"", b"")
    assert process.returncode == 130


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_message():
    with Path("/dev/full").open("w") as full:
        process = start("solve", "hw3", stdout=full)
        message = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 2
    assert message == "Error: the output can't be written: No space left on device\n"
