"""Whatever is wrong with a sheet, it has a result of its own, and the others have theirs."""

import contextlib
import json
import time
from dataclasses import replace
from functools import partial

import pytest
from clock import TooLong, at_best
from sheets import Deadly, changed, folder, right, sheets

import gradcalc
from gradcalc.check.answers import build, plain
from gradcalc.check.answers.read import read_sheet
from gradcalc.check.marking import against_key
from gradcalc.check.marking.mark import mark
from gradcalc.classes.contents import Given
from gradcalc.classes.journal import line
from gradcalc.classes.marking import Job, Way, results
from gradcalc.classes.model import Submission
from gradcalc.classes.sources import handed_in
from gradcalc.classes.watch import TooSlow, Watch
from gradcalc.classes.workers import in_processes
from gradcalc.problem import usual
from gradcalc.report.story.marks import marks_data


@pytest.fixture(scope="module")
def problem():
    return gradcalc.load("hw3")


def none_too_slow(found, but):
    """What was found; raises TooLong where any other sheet than that of one number took too long."""
    if late := [each.number for each in found if each.status == "too slow" and each.number != but]:
        raise TooLong(f"too slow: {late}")
    return found


def submission(load, name="a"):
    return Submission(name, f"{name}.yaml", load if callable(load) else Given(load))


def test_each_is_marked_as_check_marks_it(problem, tmp_path):
    found = list(results(problem, handed_in([str(folder(tmp_path / "class", 60))])))
    assert [result.number for result in found] == list(range(1, 61))
    solution = gradcalc.solve(problem)
    assert {"marked", "unreadable"} == {result.status for result in found}
    for result in found:
        if result.is_marked:
            marks = marks_data(mark(solution, read_sheet(result.file, solution)), answers=True)
            marks.pop("name", None)
            assert result.marks == json.loads(json.dumps(marks)) | {"title": problem.title}
        else:
            with pytest.raises(gradcalc.GradcalcError):
                read_sheet(result.file, solution)


@pytest.mark.parametrize(
    ("sheet", "sure", "student", "name"),
    [
        ("loss: 0.4", False, "a", ""),
        ("name: Ada\nloss: 0.4", False, "Ada", "Ada"),
        ("id: 0017\nname: Ada\nloss: 0.4", False, "0017", "Ada"),
        ("id: 17\nloss: 0.4", True, "a", ""),
    ],
)
def test_the_student_is_who_the_sheet_says_unless_a_platform_knows(problem, sheet, sure, student, name):
    (found,) = results(problem, [replace(submission(sheet), sure=sure)])
    assert (found.student.lstrip("0"), found.name) == (student.lstrip("0"), name)


def test_a_key_of_the_sheet_says_whose_it_is(problem):
    sheet = 'Matriculation no.: "0042"\nid: 3\n' + right()
    (found,) = results(problem, [submission(sheet)], Way(student="Matriculation no."))
    assert found.student == "0042"
    assert found.all_right


def test_an_error_of_ours_is_one_sheets_alone(problem):
    found = list(results(problem, [submission(Deadly("fails")), submission(right())]))
    assert [result.status for result in found] == ["crashed", "marked"]
    assert "ZeroDivisionError" in found[0].message


def test_what_takes_too_long_is_ended(problem):
    def marked():
        began = time.monotonic()
        handed = [submission(right()), submission(Deadly("loops")), submission(right())]
        found = list(results(problem, handed, Way(timeout=0.3)))
        if time.monotonic() - began >= 10:
            raise TooLong("not ended")
        return none_too_slow(found, but=2)

    found = at_best(marked, TooLong)
    assert [result.status for result in found] == ["marked", "too slow", "marked"]
    assert found[0].marks == found[2].marks


def test_the_watch_ends_nothing_but_the_work_it_watches():
    watch, until = Watch(0.02), time.monotonic() + 1.5
    while time.monotonic() < until:
        with contextlib.suppress(TooSlow):  # an alarm outside would end the test
            watch.run(lambda: [None for _ in range(200_000)] and time.sleep(0.015))
        [None for _ in range(100_000)]
    watch.close()


def test_a_machine_with_much_to_do_is_no_fault_of_the_work():
    """What counts is the processor's time; what only waits is ended by the clock, later."""
    if not hasattr(time, "pthread_getcpuclockid"):
        pytest.skip("this system doesn't tell")
    watch = Watch(0.1)
    assert at_best(lambda: watch.run(lambda: time.sleep(0.25) or "done"), TooSlow) == "done"
    for work in (lambda: time.sleep(0.6), lambda: burn(0.4)):
        at_best(partial(is_ended, watch, work), pytest.fail.Exception)
    watch.close()


def burn(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def is_ended(watch, work):
    with pytest.raises(TooSlow):
        watch.run(work)


def test_work_that_holds_the_alarm_up_is_too_slow_all_the_same():
    watch = Watch(0.1)

    def stubborn():
        try:
            while True:
                pass
        except BaseException:
            return "done"

    with pytest.raises(TooSlow):
        watch.run(stubborn)
    assert watch.run(lambda: "next") == "next"
    watch.close()


@pytest.mark.parametrize("how", ["dies", "sleeps", "loops", "fails"])
def test_a_sheet_that_takes_its_process_along(problem, how):
    handed = [submission(text, f"s{i}") for i, text in enumerate(sheets(12))]
    handed[5] = submission(Deadly(how), "s5")
    job = Job(problem, Way(timeout=0.4))
    in_two = partial(in_processes, job, jobs=2, total=12)
    status = "crashed" if how in ("dies", "fails") else "too slow"
    slow = 6 if status == "too slow" else None
    found = at_best(lambda: none_too_slow([*in_two(enumerate(handed, 1))], but=slow), TooLong)
    assert [result.number for result in found] == list(range(1, 13))
    assert found[5].status == status
    alone = list(results(problem, [*handed[:5], *handed[6:]]))
    assert [r.to_data() | {"number": 0} for r in found[:5] + found[6:]] == [r.to_data() | {"number": 0} for r in alone]


def test_results_of_many_steps_and_further_quantities_dont_depend_on_the_sheets_before(problem):
    texts = [changed("a2", "[3, 4]"), "changes: {W1: [[0, 0], [0, 0]]}\n", "steps: {2: {loss: 0.2}}\n", right()]
    forward = [result.marks for result in results(problem, map(submission, texts))]
    backward = [result.marks for result in results(problem, map(submission, texts[::-1]))]
    assert forward == backward[::-1]


def test_what_was_marked_before_changes_nothing(problem, monkeypatch):
    """Each sheet by itself, with nothing remembered, and all one after the other, forwards and backwards."""
    texts = [
        *dict.fromkeys(sheets(60, seed=4)),
        changed("W1", "[[0x3, 5.9633], [4, 5]]"),
        changed("a2", "2.9640 2.4460"),
    ]
    submissions = [submission(text) for text in texts]
    alone = []
    for each in submissions:
        for remembered in (usual._remembered, plain._usual_row, plain._usual_rows, build.scalar):
            remembered.cache_clear()
        alone.append(line(next(results(problem, [each]))))
    for most in (against_key._MOST, 3):
        monkeypatch.setattr(against_key, "_MOST", most)
        together = [line(replace(each, number=1)) for each in results(problem, submissions)]
        backwards = [line(replace(each, number=1)) for each in results(problem, submissions[::-1])]
        assert together == alone == backwards[::-1]
