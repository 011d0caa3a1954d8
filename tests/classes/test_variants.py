"""Variants: other numbers for each student, round, readable, and such that mistakes show and differ."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import running
from on_variants import PROBLEMS as PLANTED_ON
from on_variants import found, measured

import gradcalc
from gradcalc.check.answers.blank import filled_sheet
from gradcalc.check.author.lint import lint
from gradcalc.classes.contents import Given
from gradcalc.classes.marking import Desk, Job
from gradcalc.classes.model import Submission
from gradcalc.classes.variants.certify import UNLUCKY, certificate, own
from gradcalc.classes.variants.numbers import Numbers, with_numbers
from gradcalc.classes.variants.roster import numbered, students
from gradcalc.classes.variants.search import CLIMBS, DRAWS, Search
from gradcalc.classes.variants.written import Writer, file_name, student_of
from gradcalc.errors import InputError, UsageError

PROBLEMS = ("hw3", "cross-entropy-batch", "ttic-graph-mixed")
GATED = """\
# gates
inputs: [[1, 0, -2], [2, 3, 1]]   # a sample a column
targets: [2, 0, 1]
layers:
  - weights:
      - [1, -2]
      - [0.5, 1.5]
    activation: relu
  - {weights: [[1, -1, 2], [0.5, 1, -1]], biases: 0.5, activation: softmax}
loss: cross_entropy
reduction: mean
lr: 0.1
expected: {loss: 1}
vary: {W1: [-3, 3, 0.5], b2: keep}
points: {gradients.W1: 3}
"""


@pytest.mark.parametrize("name", PROBLEMS)
def test_variants_tell_apart_whatever_can_be(name):
    search, variants = found(gradcalc.load(name), 6)
    for variant in variants:
        assert not own(search, variant)
        assert variant.seen.holds[search.reach.conditions].all()
    # All but a handful can be; what is equal by algebra was looked at by hand.
    assert (~search.reach.pairs).sum() <= 0.02 * len(search.judge.pairs)


def test_where_not_all_can_be_had_together_the_search_doesn_t_go_on_for_each_student():
    """Gradients of an input are apart from those with a path left out, or something else is: never both."""
    search, variants = found(gradcalc.load("hw3-problem1"), 10)
    assert search.enough > (0, 0)
    for variant in variants:
        missed = own(search, variant)
        assert 0 < len(missed) <= search.enough[1]
        assert [each.why for each in missed] == [UNLUCKY] * len(missed)
    assert np.median([variant.draws for variant in variants]) < CLIMBS * DRAWS / 4


@pytest.mark.parametrize("name", PROBLEMS)
def test_lint_finds_no_mistake_hidden_or_alike_in_a_variant_but_those_that_are_told(name):
    """`lint` compares by itself, formula by formula, what the search compares in one table."""
    search, variants = found(gradcalc.load(name), 3)
    told = certificate(search, variants[0])["not_told_apart"]
    names = {frozenset(each["mistakes"]) for each in told}
    for variant in variants:
        problem = with_numbers(replace(search.problem, expected={}, misprints=()), variant.numbers)
        findings = [each for each in lint(gradcalc.solve(problem)) if each.kind in ("hidden", "alike", "kink")]
        for finding in findings:
            assert any(all(each in finding.said for each in known) for known in names), finding


def test_the_same_seed_and_student_give_the_same_numbers_whoever_else_there_is():
    problem = gradcalc.load("hw3")
    one, another = Search(problem, 5), Search(problem, 5)
    another.variant("somebody else")
    first, again = one.variant("Ada").numbers, another.variant("Ada").numbers
    assert all(np.array_equal(first[name], again[name]) for name in first)
    others = (Search(problem, 6).variant("Ada").numbers, one.variant("Alan").numbers)
    assert all(any(not np.array_equal(first[name], other[name]) for name in first) for other in others)


def test_numbers_are_round_and_keep_the_kind_of_those_of_the_problem():
    problem = gradcalc.load("cross-entropy-batch")
    draw, random = Numbers(problem), np.random.default_rng(0)
    for _ in range(50):
        new = draw.anew(random)
        assert {name: value.shape for name, value in new.items()} == {k: v.shape for k, v in problem.data.items()}
        assert (new["y"].sum(axis=1) == 1).all()
        assert np.isin(new["y"], (0, 1)).all()
        for name in ("x", "W1", "b1", "W2", "b2"):
            decimals = 0 if name == "x" else 1
            assert (np.round(new[name], decimals) == new[name]).all()
            assert ((new[name] == 0) == (problem.data[name] == 0)).all()
        assert np.abs(new["x"]).max() <= 4
        assert (new["b1"] > 0).all()


def test_a_variant_is_the_file_with_other_numbers_and_everything_else_as_it_was():
    problem = gradcalc.loads(GATED)
    _search, (variant, *_) = found(problem, 1)
    text = Writer(problem).text(variant)
    assert "expected" not in text
    assert "vary" not in text
    assert "# gates" in text
    assert "# a sample a column" in text
    assert "points: {gradients.W1: 3}" in text
    assert re.search(r"^targets: \[[012], [012], [012]\]$", text, re.MULTILINE)
    again = gradcalc.loads(text)
    assert all(np.array_equal(again.given[name], value) for name, value in variant.numbers.items())
    assert again.parameters["b2"] == 0.5
    assert again.inputs["x"][0, 1] == 0
    assert np.isin(again.parameters["W1"] * 2, np.arange(-6, 7)).all()


def test_no_variant_is_within_rounding_of_a_kink():
    problem = gradcalc.loads(GATED)
    _, variants = found(problem, 10)
    for variant in variants:
        solution = gradcalc.solve(with_numbers(problem, variant.numbers))
        assert (np.abs(solution.forward["a1"]) > 1e-3).all()
        assert solution.forward["h1"].any()


def test_zeros_may_be_let_go():
    text = (gradcalc.load("hw3").text) + "vary: {zeros: free}\n"
    _, variants = found(gradcalc.loads(text), 3)
    assert all((variant.numbers["x"] != 0).all() for variant in variants)


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ("[1]", "vary: it must be a mapping"),
        ("{W1: [3, 1]}", "vary.W1: write [from, to]"),
        ("{W1: [1, 3, 0]}", "vary.W1: write [from, to]"),
        ("{W1: [1, .inf]}", "vary.W1: write [from, to]"),
        ("{W9: keep}", "vary.W9: unknown name 'W9'"),
        ("{zeros: no}", "vary.zeros: write keep, or free"),
    ],
)
def test_a_range_that_is_none_is_refused(vary, said):
    text = gradcalc.load("hw3").text + f"vary: {vary}\n"
    with pytest.raises(InputError, match=re.escape(said)):
        gradcalc.loads(text)


def test_nothing_to_vary():
    keep = ", ".join(f"{name}: keep" for name in ("x", "y", "W1", "b1", "W2", "b2", "lr"))
    with pytest.raises(UsageError, match="nothing to vary"):
        Numbers(gradcalc.loads(gradcalc.load("hw3").text + f"vary: {{{keep}}}\n"))


@pytest.mark.parametrize("student", ["Ada", "../../etc/passwd", ".hidden", "a/b", "Łukasz Ż", "..", "C:\\x", "x.yaml"])
def test_a_file_name_leads_nowhere_and_says_whose_it_is(tmp_path, student):
    path = tmp_path / f"{file_name(student)}.yaml"
    assert path.resolve().parent == tmp_path.resolve()
    assert not path.name.startswith(".")
    assert student_of(path) == student


def test_the_students_of_a_class(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("Name;ID;e\nAda;17;\nAlan;4;\nAda;17;\n", encoding="utf-8")
    assert students(str(roster)) == ["17", "4"]
    assert students(str(roster), "Name") == ["Ada", "Alan"]
    with pytest.raises(UsageError, match="no such column"):
        students(str(roster), "Nam")
    roster.write_text("first,last\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="which column"):
        students(str(roster))
    roster.write_text("id\nx\nX\n", encoding="utf-8")
    with pytest.raises(UsageError, match="one file on some machines"):
        students(str(roster))
    assert numbered(2) == ["001", "002"]


SIZES = [(name, 25) for name in PLANTED_ON]
LARGE = [pytest.param(name, 1000, marks=pytest.mark.slow) for name in PLANTED_ON]


@pytest.mark.parametrize(("name", "count"), [*SIZES, *LARGE])
def test_variants_are_separating_and_a_mistake_that_is_made_on_one_is_named(name, count):
    result = measured(name, count)
    assert result["separating"] == count
    assert result["told"] >= 0.9 * count
    assert result["told"] - result["named"] <= 0.005 * result["told"], result["missed"]


def test_the_command_writes_a_problem_and_a_certificate_for_each_student(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\n17,Ada\n4,Alan\n", encoding="utf-8")
    result = running.run("vary", "hw3", "--students", str(roster), "--output", str(tmp_path / "out"))
    assert result.returncode == 0
    assert "2 variants" in result.stdout
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["17.certificate.json", "17.yaml", "4.certificate.json", "4.yaml"]
    said = json.loads((tmp_path / "out/17.certificate.json").read_text())
    assert said["student"] == "17"
    assert said["separating"]
    assert said["least_difference"] >= said["visible"]


def handed_in_by(problem, variants, owners):
    """Right sheets of these variants, handed in by these students."""
    for variant, owner in zip(variants, owners, strict=True):
        text = filled_sheet(gradcalc.solve(with_numbers(problem, variant.numbers), check=False))
        yield Submission(owner, f"{owner}.yaml", Given(text), sure=True)


def test_each_sheet_is_marked_by_its_own_variant_and_another_student_s_is_noticed():
    problem = gradcalc.load("hw3")
    _, variants = found(problem, 3)
    writer, names = Writer(problem), [variant.student for variant in variants]
    job = Job(problem, variants={variant.student: writer.text(variant) for variant in variants})
    desk = Desk(job)
    mine = [desk.result(1, each) for each in handed_in_by(problem, variants, names)]
    assert [result.student for result in mine] == names
    assert all(result.all_right and not result.message for result in mine)
    swapped = [desk.result(1, each) for each in handed_in_by(problem, variants, [*names[1:], names[0]])]
    desk.close()
    for result, name in zip(swapped, names, strict=True):
        assert not result.all_right
        assert f"fits the variant of {name} better" in result.message


def test_who_has_no_variant_gets_a_verdict_of_his_own():
    problem = gradcalc.load("hw3")
    _, (variant,) = found(problem, 1)
    texts = {"Ada": Writer(problem).text(variant), "Alan": "inputs: [", "Emmy": gradcalc.load("mazur").text}
    desk = Desk(Job(problem, variants=texts))
    sheet = Given("loss: 0.5")
    said = {
        who: desk.result(1, Submission(who, f"{who}.yaml", sheet, sure=True)) for who in ("Ada", "Alan", "Emmy", "Max")
    }
    desk.close()
    assert {who: result.status for who, result in said.items()} == {
        "Ada": "marked",
        "Alan": "unreadable",
        "Emmy": "unreadable",
        "Max": "unreadable",
    }
    assert "no variant for Max" in said["Max"].message
    assert "is none of this problem" in said["Emmy"].message


def test_the_command_marks_by_variants(tmp_path):
    done = running.run("vary", "hw3", "--count", "2", "--output", "variants", cwd=tmp_path)
    assert done.returncode == 0
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    for student in ("001", "002"):
        solution = gradcalc.solve(gradcalc.load(tmp_path / f"variants/{student}.yaml"))
        (sheets / f"{student}.yaml").write_text(filled_sheet(solution), encoding="utf-8")
    options = ("grade", "hw3", "sheets", "--variants", "variants")
    assert running.run(*options, cwd=tmp_path).returncode == 0
    assert running.run("grade", "hw3", "sheets", cwd=tmp_path).returncode == 1
    assert running.run("grade", "hw3", "sheets", "--variants", "sheets/none", cwd=tmp_path).returncode == 2


def numbers_in(page):
    """The numbers of a page as it is read, without those of its formulas' source."""
    text = re.sub(r"<(style|script|annotation)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {float(each) for each in re.findall(r"\d+(?:\.\d+)?", re.sub(r"<[^>]*>", " ", text))}


def test_what_was_marked_by_variants_gets_pages_of_these(tmp_path):
    """The problem's own key is no student's: a result carries whose variant it was marked by, through shards too."""
    assert running.run("vary", "hw3", "--count", "2", "--output", "variants", cwd=tmp_path).returncode == 0
    (tmp_path / "sheets.jsonl").write_text('{"id": "001", "loss": 77}\n{"id": "002", "loss": 77}\n')
    for shard in ("1", "2"):
        options = ("--variants", "variants", "--shard", f"{shard}/2", "--output", f"part-{shard}.jsonl")
        running.run("grade", "hw3", "sheets.jsonl", *options, cwd=tmp_path)
    merge = ("merge", "part-1.jsonl", "part-2.jsonl", "--output", "all.jsonl", "--problem", "hw3")
    done = running.run(*merge, "--csv", "table.csv", "--feedback", "pages", cwd=tmp_path)
    assert done.returncode == 2
    assert "--feedback shows each student's own numbers: name the variants by --variants" in done.stderr
    assert not (tmp_path / "pages").exists()
    assert running.run(*merge, "--feedback", "pages", "--variants", "variants", cwd=tmp_path).returncode == 1
    results = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert [each["variant"] for each in results] == ["001", "002"]
    (tmp_path / "sheets.jsonl").write_text('{"id": "001", "loss": 77}\n{"id": "002", "loss": 77}\n{"id": "who"}\n')
    of_all = ("grade", "hw3", "sheets.jsonl", "--variants", "variants", "--feedback")
    assert running.run(*of_all, "again", cwd=tmp_path).returncode == 1
    assert running.run(*of_all, "hidden", "--hide-key", cwd=tmp_path).returncode == 1
    for student in ("001", "002"):
        mine = gradcalc.solve(gradcalc.load(tmp_path / f"variants/{student}.yaml"))
        shown, hidden = (numbers_in(tmp_path / folder / f"{student}.html") for folder in ("pages", "hidden"))
        assert (tmp_path / f"again/{student}.html").read_bytes() == (tmp_path / f"pages/{student}.html").read_bytes()
        for page in (shown, hidden):
            assert {abs(number) for number in mine.problem.parameters["W1"].flat} <= page
            assert 0.3927 not in page
        assert {round(mine.loss, 4), *(abs(round(each, 4)) for each in mine.gradients["W2"].flat)} <= shown
        assert round(mine.loss, 4) not in hidden
    (other,) = (path for path in (tmp_path / "again").iterdir() if path.name[:3] not in ("001", "002"))
    assert "there is no variant for who" in other.read_text(encoding="utf-8")
    assert not {6.0, 0.3927} & numbers_in(other)
