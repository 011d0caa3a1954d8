"""`grade` and `merge`: the same results whichever way, none lost, none twice."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from running import run
from sheets import changed, folder, right
from slow import mostly_slow

from gradcalc.classes.journal import read_results

FEW = 120
MANY = 10_000
SIZES = [FEW, pytest.param(MANY, marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=SIZES)
def size(request):
    return request.param


@pytest.fixture(scope="module")
def graded(tmp_path_factory, size):
    """A folder of sheets, and their results by one process."""
    place = tmp_path_factory.mktemp("class")
    sheets = folder(place / "sheets", size)
    # The last three are newer sheets of the first students.
    for number in range(3):
        (sheets / f"x{number}.yaml").write_text(f"name: Student {number}\n" + right(), encoding="utf-8")
    output = place / "one.jsonl"
    done = run("grade", "hw3", str(sheets), "--output", str(output))
    assert done.returncode == 1, done.stderr
    return place, sheets, output, done.stdout


def test_every_sheet_has_one_result(graded, size):
    _, sheets, output, said = graded
    found = list(read_results(output))
    assert [result.file for result in found] == [str(each) for each in sorted(sheets.iterdir())]
    assert [result.number for result in found] == list(range(1, size + 4))
    counts = Counter(result.status for result in found)
    assert counts["marked"] > size * 0.7
    assert counts["unreadable"] > size * 0.05
    assert set(counts) == {"marked", "unreadable", "duplicate"}
    assert all(f"{count:,} {status}" in said for status, count in counts.items())
    assert not output.with_name("one.jsonl.part").exists()


def test_two_processes_come_to_the_same(graded):
    place, sheets, output, _ = graded
    assert run("grade", "hw3", str(sheets), "-o", str(place / "two.jsonl"), "--jobs", "2").returncode == 1
    assert (place / "two.jsonl").read_bytes() == output.read_bytes()


def test_three_shards_come_to_the_same(graded):
    place, sheets, output, _ = graded
    parts = [str(place / f"part-{k}.jsonl") for k in (1, 2, 3)]
    for k, part in enumerate(parts, 1):
        run("grade", "hw3", str(sheets), "--output", part, "--shard", f"{k}/3")
    done = run("merge", *parts[::-1], "--output", str(place / "merged.jsonl"))
    assert done.returncode == 1, done.stderr
    assert (place / "merged.jsonl").read_bytes() == output.read_bytes()
    lacking = run("merge", *parts[:2], "--output", str(place / "lacking.jsonl"))
    assert lacking.returncode == 2
    assert "results 3, 6, 9, 12, 15, … are in none of these files" in lacking.stderr
    twice = run("merge", *parts, parts[0], "--output", str(place / "lacking.jsonl"))
    assert "result 1 (" in twice.stderr
    assert not (place / "lacking.jsonl").exists()


def test_a_cluster_comes_to_the_same(graded):
    pytest.importorskip("distributed", reason="distributed isn't installed")
    place, sheets, output, _ = graded
    with cluster() as address:
        done = run("grade", "hw3", str(sheets), "--output", str(place / "dask.jsonl"), "--dask", address)
    assert done.returncode == 1, done.stderr
    assert (place / "dask.jsonl").read_bytes() == output.read_bytes()


@contextlib.contextmanager
def cluster():
    """A scheduler and two workers in processes of their own, on loopback."""
    start = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    scheduler = subprocess.Popen([*start, "--no-dashboard"], stderr=subprocess.PIPE, text=True)
    workers = []
    try:
        address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
        paths = os.pathsep.join(each for each in sys.path if each)
        for _ in range(2):
            workers.append(
                subprocess.Popen(
                    [*worker, "--host", "127.0.0.1", "--death-timeout", "60"],
                    stderr=subprocess.DEVNULL,
                    env=os.environ | {"PYTHONPATH": paths},
                )
            )
        from distributed import Client

        with Client(address, timeout="60s", set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        yield address
    finally:
        for each in (*workers, scheduler):
            each.terminate()
        for each in (*workers, scheduler):
            each.wait(30)


KILLED = """
import os, signal, sys
from gradcalc.__main__ import main
from gradcalc.classes import journal

left, line = iter(range(int(sys.argv.pop(1)))), journal.line

def last(result):
    if next(left, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return line(result)

journal.line = last
sys.exit(main())
"""
"""A run that is killed when it has written so many results: who looks on from outside may come too late."""


def killed_after(results, *arguments):
    command = [sys.executable, "-c", KILLED, str(results), *arguments]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, **silent, start_new_session=True, timeout=300).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL")
def test_a_run_that_is_killed_is_gone_on_with(graded, size):
    place, sheets, output, _ = graded
    killed = place / "killed.jsonl"
    part = place / "killed.jsonl.part"
    command = ("grade", "hw3", str(sheets), "--output", str(killed), "--jobs", "2")
    assert killed_after(size // 6, *command) == -signal.SIGKILL
    assert killed_after(size // 3, *command, "--resume") == -signal.SIGKILL
    assert part.read_bytes().count(b"\n") == 1 + size // 6 + size // 3
    assert not killed.exists()
    # As if it had been killed in the midst of a line, too.
    with part.open("ab") as file:
        file.write(b'{"number": 99, "stud')
    again = run("grade", "hw3", str(sheets), "--output", str(killed))
    assert again.returncode == 2
    assert "--resume" in again.stderr
    done = run("grade", "hw3", str(sheets), "--output", str(killed), "--resume", "--jobs", "2")
    assert done.returncode == 1, done.stderr
    assert killed.read_bytes() == output.read_bytes()
    assert not part.exists()


# Smaller matters, on a class of three.


@pytest.fixture
def three(tmp_path):
    place = tmp_path / "three"
    place.mkdir()
    for name, text in {"a": right(), "b": changed("a2", "[3, 4]"), "c": "loss: ["}.items():
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return place


def test_exit_codes(three):
    assert run("grade", "hw3", str(three / "a.yaml")).returncode == 0
    assert run("grade", "hw3", str(three / "b.yaml")).returncode == 1
    assert run("grade", "hw3", str(three / "c.yaml")).returncode == 1
    assert run("grade", "hw3", str(three / "d.yaml")).returncode == 2
    assert run("grade", "no-such-problem", str(three / "a.yaml")).returncode == 2


@pytest.mark.parametrize("newest", ["a", "b", "c"])
def test_of_several_sheets_the_newest_counts(three, newest):
    for number, name in enumerate("abc"):
        (three / f"{name}.yaml").write_text(f"id: 7\nloss: {number}\n", encoding="utf-8")
        os.utime(three / f"{name}.yaml", (1000 + number, 2000 if name == newest else 1000 + number))
    output = three.parent / "r.jsonl"
    said = run("grade", "hw3", str(three), "--output", str(output)).stdout
    assert "3 sheets: 1 marked, 2 duplicate." in said
    for result in read_results(output):
        if result.file.endswith(f"{newest}.yaml"):
            assert (result.status, result.student) == ("marked", "7")
        else:
            assert (result.status, result.marks) == ("duplicate", {})
            assert result.message == f"the newer sheet counts: {three / newest}.yaml"


def test_of_what_was_handed_in_together_the_sheet_counts(three):
    """Beside it there may be what only looks like a sheet: a problem file, a program's settings."""
    files = {"answers.yaml": "loss: 0.3927\n", "package.json": "{}", "problem.yaml": "title: HW\n", "x.yaml": "a: ["}
    for name, text in files.items():
        (three / "ada").mkdir(exist_ok=True)
        (three / "ada" / name).write_text(text, encoding="utf-8")
        os.utime(three / "ada" / name, (2000, 2000))
    output = three.parent / "r.jsonl"
    run("grade", "hw3", str(three), "--output", str(output))
    found = {
        result.file.rpartition("/")[2]: result.status for result in read_results(output) if result.student == "ada"
    }
    assert found == {"answers.yaml": "marked", **dict.fromkeys(["package.json", "problem.yaml", "x.yaml"], "duplicate")}


def test_the_summary_for_programs(three):
    found = json.loads(run("grade", "hw3", str(three), "--format", "json").stdout)
    assert (found["sheets"], found["marked"], found["unreadable"], found["all_right"]) == (3, 2, 1, 1)
    assert found["mean_points"] == 23


def test_a_sheet_with_little_on_it_is_marked_whole_by_complete(three):
    (three / "b.yaml").write_text("loss: 0.3927\n", encoding="utf-8")
    output = three.parent / "r.jsonl"
    run("grade", "hw3", str(three / "b.yaml"), "-o", str(output))
    (result,) = read_results(output)
    assert (result.marks["score"], result.marks["points"]) == (1, 1)
    assert run("grade", "hw3", str(three / "b.yaml"), "-o", str(output), "--complete").returncode == 1
    (result,) = read_results(output)
    assert (result.marks["score"], result.marks["points"]) == (1, 23)


def test_what_changed_since_is_marked_again(three):
    output, part = three.parent / "r.jsonl", three.parent / "r.jsonl.part"
    run("grade", "hw3", str(three), "-o", str(output), "--timeout", "5")
    whole = output.read_bytes()
    part.write_bytes(_journal(three, output))
    (three / "b.yaml").write_text(right(), encoding="utf-8")
    os.utime(three / "b.yaml", (1, 1))
    assert run("grade", "hw3", str(three), "-o", str(output), "--timeout", "5", "--resume").returncode == 1
    first, second, third = read_results(output)
    assert [first.all_right, second.all_right, third.all_right] == [True, True, False]
    assert output.read_bytes().splitlines()[0] == whole.splitlines()[0]
    part.write_bytes(_journal(three, output))
    other = run("grade", "hw3", str(three), "-o", str(output), "--timeout", "5", "--resume", "--complete")
    assert other.returncode == 2
    assert "other options" in other.stderr


@pytest.mark.parametrize("kept", mostly_slow([0, 20, -1, -2], 20, -1))
def test_wherever_a_run_is_broken_off_it_is_gone_on_with(three, kept):
    output, part = three.parent / "r.jsonl", three.parent / "r.jsonl.part"
    run("grade", "hw3", str(three), "-o", str(output), "--timeout", "5")
    whole = output.read_bytes()
    journal = _journal(three, output)
    part.write_bytes(journal[:kept])
    assert run("grade", "hw3", str(three), "-o", str(output), "--timeout", "5", "--resume").returncode == 1
    assert output.read_bytes() == whole


def _journal(three, output):
    """What would be there if the run had been killed at its very end."""
    from gradcalc.check.marking.mark import tolerance_of
    from gradcalc.classes.journal import mark_of
    from gradcalc.classes.marking import Job, Way
    from gradcalc.problem.load import load
    from gradcalc.program.solve import solve

    problem = load("hw3")
    return mark_of(Job(problem, Way(tolerance_of(solve(problem)), timeout=5.0))) + output.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--jobs", "0"), "--jobs 0: from 1 to 256"),
        (("--timeout", "0"), "--timeout 0: from 0.01"),
        (("--timeout", "nan"), "--timeout nan: from 0.01"),
        (("--shard", "4/3"), "--shard 4/3: write which shard of how many, such as 3/10"),
        (("--shard", "x"), "--shard x: write which"),
        (("--resume",), "--resume needs --output"),
        (("--output", "."), "--output .: this is a folder"),
        (("--output", "no/such/folder.jsonl"), "--output no/such/folder.jsonl: No such file or directory"),
        (("--dask", "127.0.0.1:1"), "--dask"),
        (("--carried", "2"), "--carried 2"),
    ],
)
def test_a_run_that_can_t_be(three, arguments, said):
    done = run("grade", "hw3", str(three), *arguments, cwd=three.parent)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_results_that_are_none_can_t_be_merged(three):
    done = run("merge", str(three / "a.yaml"), "--output", str(three / "r.jsonl"))
    assert done.returncode == 2
    assert "a.yaml:1: this is no result of 'gradcalc grade'" in done.stderr
    assert run("merge", "nothing.jsonl", "--output", str(three / "r.jsonl")).returncode == 2
    assert not (three / "r.jsonl").exists()
