"""Programs of a class: each has a line like any other, whichever way they are marked, and whatever they do."""

import json
import os
import zipfile

import pytest
from clock import alone
from running import run
from test_grade import cluster

import gradcalc
from gradcalc.classes.journal import read_results
from gradcalc.classes.marking import Way, results
from gradcalc.classes.sources import handed_in

RIGHT = """
import numpy as np

def loss_and_grads(x, y, params):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    h = 1 / (1 + np.exp(-(W1.T @ x + b1)))
    p = np.exp(W2.T @ h + b2)
    p /= p.sum()
    dp = p - y
    da2 = p * (dp - (dp * p).sum())
    da1 = (W2 @ da2) * h * (1 - h)
    return (dp**2).sum() / 2, {"W1": x @ da1.T, "b1": da1, "W2": h @ da2.T, "b2": da2}
"""
LOOP = "while True: pass\n"
CLASS = {
    "ada/student.py": RIGHT,
    "bob/student.py": RIGHT.replace("h * (1 - h)", "(h > 0)"),
    "carl/student.py": LOOP,
    "dora/student.py": "import sys\nsys.exit()\n",
    "emmy/student.py": "import os\nwhile True:\n    os.fork()\n",
    "fritz/student.py": "import numpy as np\na = np.ones(20 << 27)\n",
    "gina/student.py": "from helper import loss_and_grads\n",
    "gina/helper.py": RIGHT,
    "hans/main.py": RIGHT,
    "hans/util.py": "x = 1\n",
    "ida/one.py": RIGHT,
    "ida/two.py": RIGHT,
    "jan/student.py": "def backward(x, y, params):\n",
    "kim/answers.yaml": "loss: 0.3927\n",
    "lea/student.py": "import os\nos._exit(0)\n",
}
STATUSES = {
    "ada": ("marked", ""),
    "bob": ("marked", ""),
    "carl": ("too slow", "not done after 2 seconds"),
    "dora": ("crashed", "line 2: it ended itself (sys.exit)"),
    "emmy": ("crashed", "line 3: it tried to start or end a process (os.fork)"),
    "fritz": ("crashed", "line 2: it asked for more memory"),
    "gina": ("marked", ""),
    "hans": ("marked", ""),
    "ida": ("unreadable", "several define loss_and_grads or backward? Call it student.py"),
    "jan": ("unreadable", "IndentationError: expected an indented block"),
    "kim": ("marked", ""),
    "lea": ("crashed", "exit code 0"),
}


def put(place, files):
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (10**9, 10**9))
    return place


def pack(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def by_student(found):
    return {result.student: result for result in found}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class of programs, and its results by one process."""
    place = tmp_path_factory.mktemp("programs")
    put(place / "class", CLASS)
    with alone():
        done = run("grade", "hw3", "class", "--run-code", "--timeout", "2", "-o", "one.jsonl", cwd=place)
    assert done.returncode == 1, done.stderr
    return place


def test_each_program_has_a_verdict(graded):
    found = by_student(read_results(graded / "one.jsonl"))
    assert found.keys() == STATUSES.keys()
    for student, (status, said) in STATUSES.items():
        assert (found[student].status, said in found[student].message) == (status, True), found[student]
    assert [student for student, each in found.items() if each.all_right] == ["ada", "gina", "hans", "kim"]
    bob = found["bob"].marks
    assert (bob["score"], bob["points"], bob["answered"], bob["asked"]) == (3, 4, 4, 4)
    assert bob["first_error"] == "gradients.W1"
    assert {v["quantity"]: v["verdict"] for v in bob["verdicts"]}["gradients.b1"] == "carried"
    (wrong,) = (verdict for verdict in bob["verdicts"] if verdict["verdict"] == "wrong")
    assert [mistake["id"] for mistake in wrong["mistakes"]] == ["missing-activation-derivative"]


MORE = ("--run-code", "--timeout", "2")


@pytest.mark.slow
def test_whichever_way_they_are_marked(graded):
    one = (graded / "one.jsonl").read_bytes()
    run("grade", "hw3", "class", *MORE, "-o", "two.jsonl", "--jobs", "2", cwd=graded)
    assert (graded / "two.jsonl").read_bytes() == one
    for k in "12":
        run("grade", "hw3", "class", *MORE, "-o", f"part-{k}.jsonl", "--shard", f"{k}/2", cwd=graded)
    run("merge", "part-1.jsonl", "part-2.jsonl", "-o", "merged.jsonl", cwd=graded)
    assert (graded / "merged.jsonl").read_bytes() == one


def test_a_run_that_was_broken_off_is_gone_on_with(graded):
    from gradcalc.check.marking.mark import tolerance_of
    from gradcalc.classes.journal import mark_of
    from gradcalc.classes.marking import Job

    problem = gradcalc.load("hw3")
    way = Way(tolerance_of(gradcalc.solve(problem)), timeout=2.0, run_code=True, seconds=2.0)
    one = (graded / "one.jsonl").read_bytes()
    half = b"".join(one.splitlines(keepends=True)[:5]) + b'{"number": 6, "st'
    (graded / "again.jsonl.part").write_bytes(mark_of(Job(problem, way)) + half)
    run("grade", "hw3", "class", *MORE, "-o", "again.jsonl", "--resume", cwd=graded)
    assert (graded / "again.jsonl").read_bytes() == one
    (graded / "again.jsonl.part").write_bytes(mark_of(Job(problem, way)) + half)
    other = run("grade", "hw3", "class", "--timeout", "2", "-o", "again.jsonl", "--resume", cwd=graded)
    assert "other options" in other.stderr


@pytest.mark.slow
def test_a_cluster_comes_to_the_same(graded):
    pytest.importorskip("distributed", reason="distributed isn't installed")
    with cluster() as address:
        done = run("grade", "hw3", "class", *MORE, "-o", "dask.jsonl", "--dask", address, cwd=graded)
    assert done.returncode == 1, done.stderr
    assert (graded / "dask.jsonl").read_bytes() == (graded / "one.jsonl").read_bytes()


@pytest.mark.slow
def test_the_same_in_a_zip(graded):
    pack(graded / "class.zip", CLASS)
    run("grade", "hw3", "class.zip", *MORE, "-o", "zip.jsonl", cwd=graded)
    found, before = (by_student(read_results(graded / name)) for name in ("zip.jsonl", "one.jsonl"))
    assert {s: (r.status, r.message, r.marks) for s, r in found.items()} == {
        s: (r.status, r.message, r.marks) for s, r in before.items()
    }


def test_without_being_asked_to_nothing_is_run(tmp_path):
    """A program is a fault of its student, the rest are marked; of who has a sheet beside it is passed over."""
    touched = tmp_path / "touched"
    files = {"ada/student.py": f"open({str(touched)!r}, 'w')\n", "kim/answers.yaml": "loss: 0.3927\n"}
    put(tmp_path / "class", {**files, "kim/work.py": LOOP})
    done = run("grade", "hw3", "class", "-o", "r.jsonl", cwd=tmp_path)
    found = by_student(read_results(tmp_path / "r.jsonl"))
    assert (found["ada"].status, found["kim"].status) == ("unreadable", "marked")
    assert "student.py is a program: to be marked it has to be run" in found["ada"].message
    assert "add --run-code" in found["ada"].message
    assert "Passed over, as no sheet and no quantity: kim/work.py." in " ".join(done.stdout.split())
    assert not touched.exists()


PLATFORMS = {
    "moodle": {
        "Ada Lovelace_12345_assignsubmission_file_/student.py": "from mine import loss_and_grads",
        "Ada Lovelace_12345_assignsubmission_file_/mine.py": RIGHT,
        "Alan Turing_77_assignsubmission_file_/hw3.py": RIGHT,
    },
    "moodle without folders": {
        "Ada Lovelace_12345_assignsubmission_file_student.py": "from mine import loss_and_grads",
        "Ada Lovelace_12345_assignsubmission_file_mine.py": RIGHT,
        "Alan Turing_77_assignsubmission_file_hw3.py": RIGHT,
    },
    "canvas": {
        "lovelaceada_12345_67890_student-2.py": "from mine import loss_and_grads",
        "lovelaceada_12345_67891_mine-2.py": RIGHT,
        "turingalan_LATE_77_67892_hw3.py": RIGHT,
    },
    "written on Windows": {
        "12345\\student.py": "from mine import loss_and_grads",
        "12345\\mine.py": RIGHT,
        "77\\hw3.py": RIGHT,
    },
    "files": {"12345.py": RIGHT, "77.py": RIGHT},
}


@pytest.mark.parametrize("kind", PLATFORMS)
def test_as_platforms_give_programs_out(tmp_path, kind):
    handed = handed_in([str(pack(tmp_path / "all.zip", PLATFORMS[kind]))], run_code=True)
    assert len(handed) == 2
    assert not handed.strangers
    found = by_student(results(gradcalc.load("hw3"), handed, Way(run_code=True)))
    assert {student: each.all_right for student, each in found.items()} == {"12345": True, "77": True}
    assert ("late" in found["77"].message) == (kind == "canvas")


@pytest.mark.slow
def test_of_two_programs_the_newest_counts(tmp_path):
    put(tmp_path / "class", {"ada/first/student.py": LOOP, "ada/second/student.py": RIGHT, "bob/student.py": RIGHT})
    os.utime(tmp_path / "class/ada/first/student.py", (1, 1))
    run("grade", "hw3", "class", *MORE, "-o", "r.jsonl", cwd=tmp_path)
    assert [(each.student, each.status) for each in read_results(tmp_path / "r.jsonl")] == [
        ("ada", "duplicate"),
        ("ada", "marked"),
        ("bob", "marked"),
    ]


def test_a_program_of_a_hostile_zip(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada/student.py", RIGHT)
        archive.writestr("bob/../../student.py", RIGHT)
        archive.writestr("carl/student.py", " " * 5_000_000)
        archive.writestr("emmy/student.py", RIGHT.encode("utf-16"))
        archive.writestr("fritz/student.py", "")
        for number in range(201):
            archive.writestr(f"gina/{number}.py", "")
    found = list(results(gradcalc.load("hw3"), handed_in([str(path)], run_code=True), Way(run_code=True)))
    said = {result.file.removeprefix(f"{path}/").partition("/")[0]: result for result in found}
    assert [name for name, result in said.items() if result.is_marked] == ["ada"]
    assert {result.status for name, result in said.items() if name != "ada"} == {"unreadable"}
    reasons = {"bob": "leads out", "carl": "times its size", "emmy": "SyntaxError"}
    reasons |= {"fritz": "defines neither", "gina": "201 Python files"}
    for name, reason in reasons.items():
        assert reason in said[name].message, said[name]
    assert [each.name for each in tmp_path.iterdir()] == ["all.zip"]


@pytest.mark.slow
def test_each_program_on_the_numbers_of_its_own_variant(tmp_path):
    """A program that has the numbers of the problem written into it is right for nobody else."""
    assert run("vary", "hw3", "--count", "2", "--output", "variants", cwd=tmp_path).returncode == 0
    put(tmp_path / "class", {"001/student.py": RIGHT, "002/student.py": RIGHT, "003/student.py": RIGHT})
    options = ("--variants", "variants", "--feedback", "pages", "-o", "r.jsonl")
    run("grade", "hw3", "class", *MORE, *options, cwd=tmp_path)
    found = by_student(read_results(tmp_path / "r.jsonl"))
    assert [found[name].marks.get("variant") for name in ("001", "002")] == ["001", "002"]
    assert [found[name].all_right for name in ("001", "002", "003")] == [True, True, False]
    assert "no variant" in found["003"].message
    assert len([*(tmp_path / "pages").iterdir()]) == 3


def test_gradients_of_which_the_update_fails_are_marked(tmp_path):
    update = (
        "\n\ndef update(params, grads, lr):\n    return {name: params[name] - lr * grads[name] for name in params}\n"
    )
    wrong = RIGHT.replace('"W2": h @ da2.T', '"W2": np.ones((2, 3))') + update
    broken = RIGHT + update.replace("lr *", "lr / 0 *").replace("lr / 0", "lr.x")
    put(tmp_path / "class", {"ada/student.py": wrong, "bob/student.py": broken, "carl/student.py": RIGHT + update})
    found = by_student(
        results(gradcalc.load("hw3"), handed_in([str(tmp_path / "class")], run_code=True), Way(run_code=True))
    )
    assert found["ada"].marks["first_error"] == "gradients.W2"
    assert "update, line 16: ValueError" in found["ada"].message
    assert (found["bob"].status, found["carl"].all_right) == ("crashed", True)
    assert "update, line 16: AttributeError" in found["bob"].message


@pytest.mark.slow
def test_what_a_course_wants_of_programs(tmp_path):
    put(tmp_path / "class", {"bob/student.py": CLASS["bob/student.py"], "carl/student.py": LOOP})
    outs = ("--csv", "t.csv", "--junit", "t.xml", "--feedback", "pages", "--gradescope", "g.json", "--page", "p.html")
    done = run("grade", "hw3", "class", *MORE, *outs, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "bob,,class/bob/student.py,marked,3,4,gradients.W1" in (tmp_path / "t.csv").read_text()
    assert json.loads((tmp_path / "g.json").read_text())["score"] == 3
    page = (tmp_path / "pages/bob.html").read_text()
    assert "left out" in page
    assert "The first error is in" in page
    assert "not done after 2 seconds" in (tmp_path / "pages/carl.html").read_text()


def test_a_problem_without_gradients_has_no_programs(tmp_path):
    (tmp_path / "p.yaml").write_text("inputs: {x: [1]}\nequations: {y: x}\nloss: sum(y)\n")
    put(tmp_path, {"ada.py": RIGHT})
    done = run("grade", "p.yaml", "ada.py", "--run-code", cwd=tmp_path)
    if done.returncode == 2:
        assert "asks for no gradient" in done.stderr
