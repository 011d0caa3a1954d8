"""Numbers in files beside a problem: as if they stood in it; and nothing else of the disk, however it is asked for."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from clock import within
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from jsonschema import Draft202012Validator
from running import run

from gradcalc.check.author.own import check_problem
from gradcalc.errors import InputError
from gradcalc.problem.csv_files import csv
from gradcalc.problem.load import load, loads
from gradcalc.problem.numpy_files import npy, npz
from gradcalc.problem.schema import json_schema
from gradcalc.problem.stored import NotStored
from gradcalc.program.descent import take_steps
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve

ANY = Draft202012Validator(json_schema())
X, W = np.array([[0.1, 0.2], [0.3, 1 / 3]]), np.array([1.5, -2.0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    np.save(home / "x.npy", X)
    np.savez(home / "two.npz", X=X, W=W)
    np.savez_compressed(home / "one.npz", W=W)
    (home / "t.csv").write_text("a,b\n0.10,2\n# a comment\n\n0.3,-4e-1\n", "utf-8")
    np.savetxt(home / "plain.csv", X, delimiter=",")
    (home / "row.csv").write_text("1, 2, 3\n", "utf-8")
    return home


def worked(folder: Path, text: str) -> Problem:
    path = folder / "problem.yaml"
    path.write_text(text, "utf-8")
    return load(path)


def given_x(folder: Path, reference: str, more: str = "") -> np.ndarray:
    return worked(folder, f"inputs: {{x: {reference}}}\nequations: {{q: 2 * x}}\n{more}").inputs["x"]


def faults(folder: Path, reference: str) -> list[str]:
    with pytest.raises(InputError) as told:
        given_x(folder, reference)
    return [str(fault).removeprefix(f"{folder}/problem.yaml:") for fault in told.value.faults]


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("{file: x.npy}", X),
        ("{file: two.npz, name: X}", X),
        ("{file: two.npz, name: W}", W[:, None]),
        ("{file: one.npz}", W[:, None]),
        ("{file: t.csv}", [[0.1, 2], [0.3, -0.4]]),
        ("{file: t.csv, name: b}", [[2], [-0.4]]),
        ("{file: plain.csv}", X),
        ("{file: row.csv}", [[1], [2], [3]]),
        ("{file: ./x.npy}", X),
    ],
)
def test_a_file_is_as_if_its_numbers_stood_in_the_problem(folder: Path, reference: str, value: Any) -> None:
    found = given_x(folder, reference)
    assert found.dtype == np.float64
    assert found.tolist() == np.asarray(value).tolist()


def test_a_row_in_a_file_lies_as_the_notation_has_samples(folder: Path) -> None:
    assert given_x(folder, "{file: row.csv}", "notation: x @ W + b").shape == (1, 3)
    assert given_x(folder, "{file: one.npz}", "notation: x @ W + b").shape == (1, 2)


@given(
    hnp.arrays(
        st.sampled_from([np.dtype(t) for t in ("<f8", ">f8", "<f4", "<f2", "<i8", ">i4", "<u2", "|i1", "|u1", "|b1")]),
        hnp.array_shapes(min_dims=0, max_dims=2, max_side=4),
        elements={"allow_nan": False, "allow_infinity": False},
    ),
    st.booleans(),
)
def test_what_numpy_saves_is_read_whole(array: np.ndarray, by_columns: bool) -> None:
    array = np.asfortranarray(array) if by_columns else array
    file = io.BytesIO()
    np.save(file, array)
    archive = io.BytesIO()
    np.savez_compressed(archive, A=array, B=array)
    for found in (npy(file.getvalue(), None), npz(archive.getvalue(), "A")):
        assert np.asarray(found.data, dtype=np.float64).tolist() == array.astype(np.float64).tolist()
        if array.dtype in ("<f8", ">f8"):
            assert all(float(found.written(at)) == array[at] for at in np.ndindex(array.shape))


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.floats(-1e300, 1e300)))
def test_what_numpy_writes_as_csv_is_read_whole(array: np.ndarray) -> None:
    file = io.StringIO()
    np.savetxt(file, array, delimiter=",", header="of a test")
    found = csv(file.getvalue().encode(), None)
    assert np.asarray(found.data).reshape(array.shape).tolist() == array.tolist()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 10**6), st.sampled_from(["npz", "npy", "csv"]))
def test_in_a_file_or_in_the_problem_is_the_same(tmp_path: Path, inputs: int, units: int, seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    arrays = {"x": random.normal(size=inputs), "W": random.normal(size=(inputs, units)), "b": random.normal(size=units)}
    arrays |= {"y": random.normal(size=units)}
    np.savez(tmp_path / "all.npz", **arrays)
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
        rows = array.tolist() if array.ndim == 2 else [array.tolist()]
        (tmp_path / f"{name}.csv").write_text("\n".join(",".join(map(repr, row)) for row in rows), "utf-8")

    def text(shown: Callable[[str], str]) -> str:
        return (
            f"inputs: {shown('x')}\ntargets: {shown('y')}\nloss: half_squared_error\nlr: 0.1\n"
            f"layers: [{{weights: {shown('W')}, biases: {shown('b')}, activation: tanh}}]"
        )

    def named(name: str) -> str:
        # One row of a table is a flat list; a matrix of one row is none.
        if kind == "csv" and not (name == "W" and inputs == 1):
            return f"{{file: {name}.csv}}"
        return f"{{file: {name}.npy}}" if kind == "npy" else f"{{file: all.npz, name: {name}}}"

    there, beside = loads(text(lambda name: str(arrays[name].tolist()))), worked(tmp_path, text(named))
    for name, value in solve(there, check=False).values.items():
        assert value.tobytes() == solve(beside, check=False).values[name].tobytes()


def test_in_every_place_for_numbers(folder: Path) -> None:
    np.savez(folder / "net.npz", x=[1, 0], y=[0, 1], W1=np.eye(2), b1=[0.5, 0.25], labels=[1], up=[1, 2], s=3.0)
    net = worked(
        folder,
        "inputs: {file: net.npz, name: x}\ntargets: {file: net.npz, name: y}\nloss: cross_entropy\n"
        "layers: [{weights: {file: net.npz, name: W1}, biases: {file: net.npz, name: b1}, activation: softmax}]",
    )
    assert [v.ravel().tolist() for v in net.given.values()] == [[1, 0], [0, 1], [1, 0, 0, 1], [0.5, 0.25]]
    classes = worked(
        folder,
        "inputs: [1, 0]\ntargets: {file: net.npz, name: labels}\nloss: cross_entropy\n"
        "layers: [{weights: {file: net.npz, name: W1}, activation: softmax}]",
    )
    assert classes.targets["y"].tolist() == [[0], [1]]
    above = worked(folder, "inputs: {x: [1, 2]}\nequations: {q: 2 * x}\nupstream: {q: {file: net.npz, name: up}}")
    assert above.upstream["q"].tolist() == [[1], [2]]
    above = worked(folder, "inputs: [1, 2]\nlayers: [{weights: eye(2)}]\nupstream: {file: net.npz, name: up}")
    assert above.upstream["yhat"].tolist() == [[1], [2]]
    graph = worked(
        folder,
        "inputs: {x: {file: net.npz, name: s}}\n"
        "vertices: {h: {weights: {x: {file: net.npz, name: s}}, bias: {file: net.npz, name: s}}}",
    )
    assert [float(value) for value in graph.given.values()] == [3, 3, 3]


def test_in_what_an_update_starts_from(folder: Path) -> None:
    np.savez(folder / "up.npz", v=[0.5, 0.25], g=[1, 2], each=[[1, 2], [3, 4]])
    text = "parameters: {w: [1/2, 1/4]}\nlr: 0.1\n"
    loss = "equations: {L: sum(w * w)}\nof: L\noptimizer: momentum\n"
    started = worked(folder, text + loss + "start: {v: {w: {file: up.npz, name: v}}}")
    assert started.start["v"]["w"].tolist() == [[0.5], [0.25]]
    alone = worked(folder, text + "gradients: {w: {file: up.npz, name: g}}")
    assert solve(alone).updated["w"].ravel() == pytest.approx([0.4, 0.05])
    each = worked(folder, text + 'steps: 2\ngradients: {"w[k]": {file: up.npz, name: each}}')
    assert take_steps(each).parameters["w"].ravel() == pytest.approx([0.1, -0.35])
    expected = "expected: {state: {v: {w: {file: up.npz, name: %s}}}}"
    assert not check_problem(worked(folder, text + loss + expected % "v")).passes
    np.save(folder / "twice.npy", [1, 0.5])
    assert check_problem(worked(folder, text + loss + "expected: {state: {v: {w: {file: twice.npy}}}}")).passes


def test_expected_numbers_have_the_digits_of_their_file(folder: Path) -> None:
    text = "inputs: {x: [0.1, 0.2]}\nequations: {q: x / 3}\nexpected: {forward: {q: {file: %s}}}"
    right = np.array([0.1, 0.2]) / 3
    for slip, kind, agrees in [
        (0, np.float64, True),
        (1e-15, np.float64, False),
        (0, np.float32, True),
        (1e-7, np.float32, True),
        (1e-5, np.float32, False),
        (0, np.float16, True),
        (1e-2, np.float16, False),
    ]:
        np.save(folder / "e.npy", (right * (1 + slip)).astype(kind))
        assert check_problem(worked(folder, text % "e.npy")).passes == agrees, (slip, kind)
    for digits, agrees in [("0.0333,0.0667", True), ("0.0333,0.0666", False), ("0.03,0.07", True)]:
        (folder / "e.csv").write_text(digits, "utf-8")
        assert check_problem(worked(folder, text % "e.csv")).passes == agrees, digits


def test_a_table_of_steps_may_stand_in_a_file(folder: Path) -> None:
    """Of w = 8, 4, 2, 1: each step of E = w² halves it."""
    columns = "step: {file: s.csv, name: step}, updated.w: {file: s.csv, name: w}, after.E: {file: s.csv, name: E}"
    text = "parameters: {w: 8}\nequations: {E: w ** 2}\nof: E\nlr: 0.25\nsteps: 3\n"
    (folder / "s.csv").write_text("step,w,E\n1,4.0,16.0\n2,2.0,4.0\n3,1.5,1.0\n", "utf-8")
    problem = worked(folder, f"{text}expected: {{table: {{{columns}}}}}\n")
    assert ANY.is_valid(yaml.safe_load((folder / "problem.yaml").read_text("utf-8")))
    found = {each.quantity: each for each in check_problem(problem).expected}
    assert [name for name, each in found.items() if not each.agrees] == ["steps.3.updated.w"]
    wrong = found["steps.3.updated.w"]
    assert wrong.message == "1.5 comes out as 1.000"
    assert wrong.answer is not None
    assert (wrong.answer.span.line, wrong.answer.span.column) == (6, 64)


@pytest.mark.parametrize(
    ("reference", "fault"),
    [
        ("{file: z.npy}", "1:20: inputs.x.file: z.npy isn't there; did you mean 'x.npy'?"),
        (
            "{file: two.npz}",
            "1:20: inputs.x.file: two.npz holds 2 arrays: say which with 'name', one of X",
        ),
        ("{file: two.npz, name: V}", "1:35: inputs.x.name: two.npz has no array 'V'"),
        ("{file: two.npz, name: 3}", "1:35: inputs.x.name must be text"),
        ("{file: two.npz, nam: X}", "1:29: inputs.x.nam: unknown key; a file is given by file and name"),
        ("{file: x.npy, name: X}", "1:33: inputs.x.name: x.npy is a .npy file, which holds one array"),
        ("{file: t.csv, name: c}", "1:33: inputs.x.name: t.csv has no column 'c'"),
        ("{file: row.csv, name: c}", "1:35: inputs.x.name: row.csv has no line of names over its"),
        ("{file: x.txt}", "1:20: inputs.x.file: x.txt ends neither in .npy nor in .npz or .csv"),
        ("{file: ../x.npy}", "1:20: inputs.x.file: ../x.npy must lie in the problem's own folder"),
        ("{file: a/../../x.npy}", "1:20: inputs.x.file: a/../../x.npy must lie in the problem's own"),
        ("{file: /etc/x.npy}", "1:20: inputs.x.file: /etc/x.npy must lie in the problem's own folder"),
        ("{file: 'C:x.npy'}", "1:20: inputs.x.file: C:x.npy must lie in the problem's own folder"),
        ("{file: '..\\x.npy'}", "1:20: inputs.x.file: ..\\x.npy must lie in the problem's own folder"),
        ('{file: "a\\0.npy"}', "1:20: an escape in this text stands for a control character"),
        (f"{{file: {'a' * 300}.npy}}", "1:20: inputs.x.file: aaaaa"),
        ("{file: folder.npy}", "1:20: inputs.x.file: folder.npy can't be read: is a directory"),
        ("{file: pipe.npy}", "1:20: inputs.x.file: pipe.npy is no file to read"),
        (
            "{file: out.npy}",
            "1:20: inputs.x.file: out.npy is a link that leads out of the problem's folder",
        ),
        ("{file: out/x.npy}", "1:20: inputs.x.file: out/x.npy is a link that leads out"),
        ("{file: loop.npy}", "1:20: inputs.x.file: loop.npy can't be read"),
        ("{file: nowhere.npy}", "1:20: inputs.x.file: nowhere.npy isn't there"),
    ],
)
def test_what_can_not_be_had_is_told_at_its_place(folder: Path, reference: str, fault: str) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    np.save(outside / "x.npy", X)
    np.save(folder.parent / "x.npy", X)
    (folder / "folder.npy").mkdir()
    os.mkfifo(folder / "pipe.npy")
    (folder / "out.npy").symlink_to(outside / "x.npy")
    (folder / "out").symlink_to(outside)
    (folder / "loop.npy").symlink_to(folder / "loop.npy")
    (folder / "nowhere.npy").symlink_to(folder / "none")
    found = faults(folder, reference)
    assert len(found) == 1
    assert found[0].startswith(fault)


def test_a_link_within_the_folder_and_a_folder_in_it_are_followed(folder: Path) -> None:
    (folder / "data").mkdir()
    np.save(folder / "data" / "y.npy", W)
    (folder / "link.npy").symlink_to(folder / "data" / "y.npy")
    assert given_x(folder, "{file: link.npy}").ravel().tolist() == W.tolist()
    assert given_x(folder, "{file: data/y.npy}").ravel().tolist() == W.tolist()


@pytest.mark.parametrize("path", ["<string>", "problem.yaml"])
def test_a_text_has_no_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(InputError, match="only a problem in a file has a folder beside it"):
        loads("inputs: {x: {file: x.npy}}\nequations: {q: 2 * x}", path)


def test_a_text_may_be_given_a_folder(folder: Path) -> None:
    text = "inputs: {x: {file: x.npy}}\nequations: {q: 2 * x}"
    assert loads(text, folder=folder).inputs["x"].tolist() == X.tolist()
    with pytest.raises(InputError, match="must lie in the problem's own folder"):
        loads(text.replace("x.npy", "../x.npy"), folder=folder)


def test_standard_input_has_no_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.stdin", io.StringIO("inputs: {x: {file: x.npy}}\nequations: {q: 2 * x}"))
    with pytest.raises(InputError, match="only a problem in a file has a folder beside it"):
        load("-")


def test_an_answer_sheet_reads_no_files(folder: Path) -> None:
    (folder / "sheet.yaml").write_text("forward: {q: {file: x.npy}}\n", "utf-8")
    (folder / "p.yaml").write_text("inputs: {x: [[0.1, 0.2], [0.3, 0.4]]}\nequations: {q: x * 1}\n", "utf-8")
    result = run("check", str(folder / "p.yaml"), str(folder / "sheet.yaml"), "--format", "plain")
    assert result.returncode == 1
    assert "is a mapping" in result.stdout


def test_quantities_may_be_called_file_and_name() -> None:
    found = loads("inputs: {file: 1, name: cos(1.5)}\nequations: {q: file * name}")
    assert float(found.inputs["file"]) == 1
    assert loads("inputs: {file: cos(1.5)}\nequations: {q: 2 * file}").inputs["file"].shape == ()


# Hostile files.


def saved(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def header(text: str, behind: bytes = b"", version: bytes = b"\1\0") -> bytes:
    size = len(text).to_bytes(2 if version == b"\1\0" else 4, "little")
    return b"\x93NUMPY" + version + size + text.encode() + behind


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def refused(read: Callable[[bytes, str | None], Any], content: bytes, name: str | None = None) -> str:
    """Why the content is refused, soon, and within little memory: apart, as what is traced takes many times as long."""
    told = within(5, lambda: _refused(read, content, name))
    tracemalloc.start()
    try:
        assert _refused(read, content, name) == told
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200e6
    return told


def _refused(read: Callable[[bytes, str | None], Any], content: bytes, name: str | None) -> str:
    with pytest.raises(NotStored) as told:
        read(content, name)
    return told.value.message


class Evil:
    ran = False

    def __reduce__(self) -> Any:
        return setattr, (Evil, "ran", True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (saved(np.array([Evil()]), allow_pickle=True), "Python objects"),
        (pickle.dumps(Evil()), "no array as numpy.save writes it"),
        (saved(np.array([1j])), "complex numbers"),
        (saved(np.array(["a"])), "what NumPy calls U1"),
        (saved(np.array([(1, 2)], dtype="i4,i4")), "a header that numpy.save doesn't write"),
        (saved(np.zeros((2, 2, 2, 2, 2))), "5 axes"),
        (saved(np.zeros((0, 3))), "without numbers"),
        (saved(np.array([1, np.nan])), "holds nan at [2]"),
        (saved(np.array([[1, 2], [-np.inf, 3]])), "holds -inf at [2][1]"),
        (saved(np.array(np.nan)), "holds nan, and"),
        (saved(X)[:-1], "is broken"),
        (saved(X) + b"\0", "is broken"),
        (b"", "no array"),
        (b"\x93NUMPY", "no array"),
        (b"\x93NUMPY\1\0\xff\xff", "header"),
        (b"\x93NUMPY\2\0\xff\xff\xff\xff", "header"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"), "holds 1,000,000,000,000"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 99 + ",), }"), "holds 99"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 9000 + ",), }"), "header"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", b"1"), "is broken"),
        (header("{'descr': '<f8', 'fortran_order': __import__('os').system('id'), 'shape': (3,), }"), "header"),
        (header("(" * 5000), "header"),
        (header(" " * 60_000, version=b"\2\0"), "header"),
        (header("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", b"1" * 16), "what NumPy calls f16"),
        (header("{'descr': '|V8', 'fortran_order': False, 'shape': (1,), }", b"1" * 8), "what NumPy calls V8"),
        (header("{'descr': '<f0', 'fortran_order': False, 'shape': (1,), }"), "what NumPy calls f0"),
    ],
)
def test_a_hostile_array_is_refused(content: bytes, words: str) -> None:
    assert words in refused(npy, content)
    assert words in refused(npz, zipped({"a.npy": content}))
    assert not Evil.ran


def lying(content: bytes) -> bytes:
    """An archive whose list says that its first member is small."""
    at = content.rfind(b"PK\1\2")
    return content[: at + 24] + (100).to_bytes(4, "little") + content[at + 28 :]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"a.npy": saved(np.zeros(3_000_000))}), "unpacks to more than 16 MB"),
        (lying(zipped({"a.npy": saved(np.zeros(3_000_000))})), "no archive"),
        (zipped({"a.npy": saved(np.zeros(1_500_000))}), "holds 1,500,000 numbers"),
        (zipped({"a.npy": saved(X)}, zipfile.ZIP_LZMA), "packed in another way"),
        (zipped({"a.npy": saved(X)}, zipfile.ZIP_BZIP2), "packed in another way"),
        (zipped({f"a{i}.npy": b"" for i in range(5_000)}), "too many arrays"),
        (zipped({}), "holds 0 arrays"),
        (zipped({"a.npy": zipped({"a.npy": saved(X)})}), "no array as numpy.save writes it"),
        (zipped({"../../a.npy": saved(X), "b.npy": saved(X)}), "holds 2 arrays"),
        (zipped({"a.npy": saved(X)})[:-30], "no archive"),
        (zipped({"a.npy": saved(X)})[30:], "no archive"),
        (b"PK\5\6" + b"\xff" * 18, "too many arrays"),
        (b"PK\5\6", "no archive"),
        (b"", "no archive"),
    ],
)
def test_a_hostile_archive_is_refused(content: bytes, words: str) -> None:
    assert words in refused(npz, content)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no numbers"),
        ("# nothing\n\n", "holds no numbers"),
        ("a,b\n", "holds no numbers"),
        ("1,2\n3\n", "has 1 number in line 2, where 2 are needed"),
        ("a,b\n1,2\n3,x\n", "has 'x' in line 3, which is no number"),
        ("1,2\nnan,3\n", "has 'nan' in line 2"),
        ("nan,inf\n1,2\n", "has 'nan' in line 1"),
        ("1,2\n1e999,3\n", "has '1e999' in line 2"),
        ("1;2\n3;4\n", "which is no number: commas stand between numbers"),
        ("1,,2\n", "has '' in line 1"),
        ("1," * 500_000 + "\n" + "1," * 500_000, "holds more than 1,000,000 numbers"),
        ("1\n" * 1_100_000, "holds more than 1,000,000 numbers"),
        ("\n" * 1_000_000, "holds no numbers"),
        ("9" * 400, "which is no number"),
    ],
)
def test_a_table_that_is_none_is_refused(text: str, words: str) -> None:
    assert words in refused(csv, text.encode())


def test_text_that_is_not_utf_8_is_refused() -> None:
    assert "not UTF-8" in refused(csv, b"1,2\n\xff,3\n")
    assert "UTF-16" in refused(csv, "1,2".encode("utf-16"))


@settings(max_examples=300)
@given(st.data())
def test_no_change_of_bytes_ends_in_another_error(data: st.DataObject) -> None:
    """Whatever is changed, cut or put in: numbers or a reason."""
    reader, content = data.draw(
        st.sampled_from([(npy, saved(X)), (npz, zipped({"a.npy": saved(W)})), (csv, b"a,b\n1,2\n3,4\n")])
    )
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed)))
        changed[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    try:
        found = reader(bytes(changed), data.draw(st.sampled_from([None, "a", "b"])))
    except NotStored:
        return
    assert np.isfinite(np.asarray(found.data, dtype=np.float64)).all()


def test_random_bytes_in_an_archive() -> None:
    rng = random.Random(1)
    good = zipped({"a.npy": saved(W), "b.npy": saved(X)})
    for _ in range(2_000):
        changed = bytearray(good)
        for _ in range(rng.randint(1, 3)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        with contextlib.suppress(NotStored):  # a few do no harm
            npz(bytes(changed), "a")


def test_one_problem_takes_no_more_than_a_million_numbers(folder: Path) -> None:
    np.save(folder / "big.npy", np.zeros((600, 1000)))
    names = "\n".join(f"  x{i}: {{file: big.npy}}" for i in range(3))
    with pytest.raises(InputError) as told:
        worked(folder, f"inputs:\n{names}\nequations: {{q: sum(x0 + x1 + x2)}}")
    assert [fault.span.line for fault in told.value.faults] == [3, 4]
    assert "at most 1,000,000 numbers from files" in told.value.faults[0].message


def test_files_may_be_named_so_often(folder: Path) -> None:
    np.save(folder / "one.npy", np.array(1.0))
    names = "\n".join(f"  x{i}: {{file: one.npy}}" for i in range(1_002))
    with pytest.raises(InputError, match="named more than 1,000 times") as told:
        worked(folder, f"inputs:\n{names}\nequations: {{q: x0}}")
    assert [fault.span.line for fault in told.value.faults] == [1002, 1003]


def test_a_file_of_more_than_16_mb_is_not_read(folder: Path) -> None:
    with (folder / "huge.csv").open("wb") as file:
        file.truncate(10**12)
    assert "is larger than 16 MB" in within(2, lambda: faults(folder, "{file: huge.csv}"))[0]


def test_what_is_written_is_listed_without_what_stands_elsewhere(tmp_path: Path) -> None:
    """Every path that is listed can be asked for, as of any mapping."""
    (tmp_path / "w.csv").write_text("W\n0.5\n")
    text = "inputs: {x: 1}\nparameters: {W: {file: w.csv, name: W}}\nequations: {f: x * W}\n"
    written = loads(text, folder=tmp_path).written
    assert dict(written) == {("inputs", "x"): "1", ("equations", "f"): "x * W"}
    assert written["parameters", "W", 0] == "0.5"


def test_a_problem_of_files_goes_to_other_processes(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("W\n0.50\n")
    np.savez(tmp_path / "x.npz", x=np.array([2.5]))
    text = "inputs: {x: {file: x.npz}}\nparameters: {W: {file: w.csv, name: W}}\nequations: {f: x * W}\n"
    there = pickle.loads(pickle.dumps(loads(text, folder=tmp_path)))
    assert there.written["parameters", "W", 0] == "0.50"
    assert float(there.written["inputs", "x", 0]) == 2.5
    assert solve(there).values["f"].item() == 1.25
