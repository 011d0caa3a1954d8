"""Files that are made to fill the memory, or to take for ever: one clear message, or an answer, within 300 MB."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from clock import TooLong, at_best, within_bound
from slow import mostly_slow

MEGABYTES = 300
SECONDS = 4.0  # of the processor; about one on a machine of today, and that of a loaded one seems slower
MEASURED = """
import sys, time
from gradcalc.__main__ import main
try:
    code = main()
except SystemExit as end:
    code = end.code
sys.stdout.flush()
with open("/proc/self/status") as status:
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print(int(peak) / 1024, time.process_time(), file=sys.stderr)
sys.exit(code)
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak memory there")


class Ended(NamedTuple):
    code: int
    out: str
    message: str


def ended(folder: Path, command: str, text: str, *before: str) -> Ended:
    """Run a command on a file of that text; fail where it takes too much memory, or each time too long."""
    file = folder / "hostile.yaml"
    file.write_text(text, "utf-8")
    return at_best(lambda: _ended([command, *before, str(file)]), TooLong)


def _ended(arguments: list[str]) -> Ended:
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments, "--format", "plain"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env={"PATH": "", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"},
    )
    *message, measured = run.stderr.splitlines()
    megabytes, seconds = map(float, measured.split())
    assert megabytes < MEGABYTES, f"{megabytes:.0f} MB"
    within_bound(seconds, SECONDS)
    assert "Traceback" not in run.stderr
    return Ended(run.returncode, run.stdout, "\n".join(message))


def equations(given: str, **each: str) -> str:
    lines = [f"  {name}: '{formula}'\n" for name, formula in each.items()]
    return f"inputs: {{x: {given}}}\nequations:\n{''.join(lines)}of: {list(each)[-1]}\n"


def column(entries: int) -> str:
    return f"[{', '.join(['1'] * entries)}]"


BOMB = "a: &a [x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
)
TWENTY = {f"q{i}": "sigmoid(x @ x.T)" for i in range(20)}
SOFTMAXES = {f"q{i}": f"softmax(softmax({f'q{i - 1}' if i else 'x'}))" for i in range(100)}
BIG = "ones(rows=3000, columns=3000)"


@pytest.mark.parametrize(
    ("text", "words"),
    mostly_slow(
        [
            (BOMB, "anchors are not used here"),
            ("inputs: " + "[" * 5_000_000, "levels of nesting"),
            ("inputs: " + "{a: " * 2_000_000, "levels of nesting"),
            (f"inputs: [{', '.join(['0.12345'] * 1_000_000)}]\nlayers: []", "more than 300,000 values"),
            ("inputs:\n" + "".join(f"  x{i}: 1\n" for i in range(500_000)), "more than 75,000 keys"),
            ("x: 1\nequations:\n" + "".join(f"  x{i}: x + {i}\n" for i in range(500_000)), "more than 75,000 keys"),
            (equations("1e999999", f="x"), "1e999999 is too large"),
            (equations("9" * 100_000, f="x"), "99999999999999999999… is too large"),
            (equations("1", f="x * " + "9" * 1_900), "this number is too large"),
            (equations("1", f="x * sum(ones(rows=100000, columns=100000))"), "too large"),
            (equations(column(10_000), f="sum(x @ x.T)"), "10000×10000 is too large"),
            (equations(column(3_000), **TWENTY, f="sum(q19)"), "too much to work out: all values together have"),
            (equations("1", f=f"x * sum({BIG} @ {BIG} @ {BIG})"), "too much to work out"),
            (equations("1", f="x + " * 5_000 + "x"), "at most 2,000 characters"),
            (equations("1", f="-" * 500 + "x"), "nested more than 100 levels deep"),
        ],
        "anchors are not used here",
        "levels of nesting",
        "at most 2,000 characters",
    ),
    ids=lambda value: value[:20] if len(value) < 100 else "",
)
def test_a_problem_that_is_too_much_says_so_at_its_place(tmp_path: Path, text: str, words: str) -> None:
    code, _, message = ended(tmp_path, "solve", text)
    assert code == 2
    assert words in message
    assert message.startswith(f"{tmp_path}/hostile.yaml:")
    assert message.count("\n") <= 100


@pytest.mark.parametrize(
    ("text", "words"),
    mostly_slow(
        [
            (equations("2", f="x" + "^2" * 90), "not finite"),
            (equations("2", f="9 ** 9 ** 9 * x"), "not finite"),
            (equations(column(1_000), f="sum(x @ x.T)"), "f = 1000000"),
            (equations("[1, 2]", f=f"sum({'softmax(' * 90}x{')' * 90})"), "Check"),
            (
                equations("[1, 2]", **SOFTMAXES, f="sum(q99)"),
                "Check",
            ),
            (equations("2", f="x" + " / x" * 90), "f = 1.6156e-27"),
            (equations("2", f=f"sum({' + '.join(['x'] * 450)})"), "f = 900"),
        ],
        "not finite",
        "f = 1.6156e-27",
    ),
    ids=["powers", "nines", "outer", "softmax", "softmaxes", "fractions", "sum"],
)
def test_what_can_be_worked_out_is_and_what_overflows_is_told(tmp_path: Path, text: str, words: str) -> None:
    code, out, _ = ended(tmp_path, "solve", text)
    assert code == 0
    assert words in out


@pytest.mark.parametrize(
    ("text", "code", "words"),
    mostly_slow(
        [
            (f"loss: &a 1\n{BOMB}", 1, "anchors are not used here"),
            (f"gradients: {{W1: [{', '.join(['0.12345'] * 1_000_000)}]}}", 2, "more than 300,000 values"),
            (f"gradients: {{W1: [{', '.join(['[1, 2]'] * 90_000)}]}}", 1, "W1"),
            (f"gradients: {{W1: '{'1;' * 5_000_000}'}}", 1, "10,000,000 characters"),
            (f"gradients: {{W1: '{'x' * 10_000_000}'}}", 1, "characters"),
            ("gradients:\n" + "".join(f"  W{i}: [1, 2]\n" for i in range(500_000)), 2, "more than 75,000 keys"),
            ("a: &a [1]\n" + "b: *a\n" * 500_000, 2, "more than"),
            ("loss: 1" + "\n" * 8_000_000, 1, "loss"),
            (f"loss: {'9' * 10_000_000}", 1, "is too large"),
            ("gradients: {W1: 'ones(rows=100000, columns=100000)'}", 1, "makes a large array"),
        ],
        "anchors are not used here",
        "is too large",
        "makes a large array",
    ),
    ids=["aliases", "list", "rows", "semicolons", "letters", "keys", "alias", "lines", "digits", "ones"],
)
def test_a_sheet_that_is_too_much_says_so(tmp_path: Path, text: str, code: int, words: str) -> None:
    end = ended(tmp_path, "check", text, "hw3")
    assert end.code == code
    assert words in end.out + end.message
    assert len(end.out + end.message) < 1_000_000


@pytest.mark.parametrize(
    "claim",
    mostly_slow(
        [
            "grad(" * 30 + "tanh(A)" + ", A)" * 30 + " == 0",
            "kron(A, A) == 0 * kron(A, A)",
            "kron(kron(A, A), kron(A, A)) == 0",
            "jacobian(sigmoid(A @ A), A) == 0",
            f"sum(A) * sum({BIG} @ {BIG}) == 0",
        ],
        f"sum(A) * sum({BIG} @ {BIG}) == 0",
    ),
    ids=["grad", "kron", "krons", "jacobian", "ones"],
)
def test_a_claim_that_is_too_much_says_so(tmp_path: Path, claim: str) -> None:
    end = ended(tmp_path, "check", f"claims: [{{claim: '{claim}', where: {{A: 'matrix(90, 90)'}}}}]")
    assert end.code == 1
    assert "large" in end.out or "one number" in end.out


@pytest.mark.parametrize(
    ("name", "entries", "code", "words"),
    [
        ("numbers.npz", 1_000_000, 0, "Check"),
        ("bomb.npz", 1_900_000, 2, "holds 1,900,000 numbers: a problem takes at most 1,000,000 from files"),
        ("bomb.npz", 5_000_000, 2, "unpacks to more than 16 MB"),
        ("header.npy", 10**15, 2, "holds 1,000,000,000,000,000 numbers"),
    ],
)
def test_files_beside_a_problem_stay_within_bounds(
    tmp_path: Path, name: str, entries: int, code: int, words: str
) -> None:
    """What is small on the disk and large when it is read is refused before it is made."""
    if name.endswith(".npz"):
        np.savez_compressed(tmp_path / name, X=np.zeros((entries // 1_000, 1_000)))
    else:
        header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({entries},), }}".encode()
        (tmp_path / name).write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    end = ended(tmp_path, "solve", f"inputs: {{x: {{file: {name}}}}}\nequations: {{q: sum(x)}}\nof: q\n")
    assert end.code == code
    assert words in end.out + end.message
