"""Steps whole: each is what solving the problem as it stands there gives, and a page can tell one from the next."""

import json
import re
from dataclasses import replace

import gradcalc
from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.commands.steps import Way, step_report
from gradcalc.program.course import Keep
from gradcalc.program.descent import take_steps
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.page import Page
from gradcalc.report.story.whole_steps import whole_steps_document

QUANTITY = re.compile(r'class="quantity"[^>]*data-name="([^"]*)" data-uses="([^"]*)"')
PARTS = re.compile(r"^Step (\d+)\n", re.MULTILINE)


def told(form: str, way: Way, problem: str = "hw3") -> str:
    return render(solution_report(Request(problem), way=way), lookup_format(form), Page())


def test_each_step_is_what_solving_the_problem_as_it_stands_gives():
    problem = current = gradcalc.load("hw3")
    descent = take_steps(problem, 4)
    for state in descent.states:
        here, there = descent.solution(state), gradcalc.solve(current)
        assert here.equations == there.equations
        for name, value in there.values.items():
            assert here.values[name].tobytes() == value.tobytes()
        current = replace(current, parameters=there.updated)


def test_within_a_step_names_are_plain():
    text = told("plain", Way(steps=3))
    _, *parts = PARTS.split(text)
    assert parts[::2] == ["1", "2", "3"]
    rules = [re.findall(r"^(\w+) = ([a-zA-Z(].*)$", part, re.MULTILINE) for part in parts[1::2]]
    lines = [[line for line in of_step if line[0] != "W1"] for of_step in rules]
    assert lines[0][:15] == lines[1][:15] == lines[2][:15]
    assert lines[0][0] == ("a1", "W1.T @ x + b1")


def test_a_page_knows_the_steps_apart_and_leads_from_one_to_the_next():
    page = told("html", Way(steps=3))
    quantities = dict(QUANTITY.findall(page))
    names = [name for name, _ in QUANTITY.findall(page)]
    course = page.index("Parameters after 3 steps")
    worked = [name for name, _ in QUANTITY.findall(page[:course])]
    assert len(worked) == len(set(worked)), "no two have one name"
    assert quantities["a1@2"] == "W1_new x b1_new", "what the first step led to"
    assert quantities["a1@3"] == "W1_new@2 x b1_new@2"
    assert quantities["dW1@3"].split() == ["x", "da1@3"]
    assert "W1" in names


def test_of_many_steps_the_first_and_the_last_are_shown_and_with_every_those():
    assert PARTS.findall(told("plain", Way(steps=10))) == [str(n) for n in range(1, 11)]
    assert PARTS.findall(told("plain", Way(steps=300))) == ["1", "300"]
    assert PARTS.findall(told("plain", Way(steps=100, every=40))) == ["1", "40", "80", "100"]


def test_every_step_that_is_shown_is_checked_against_differences():
    problem = gradcalc.load("hw3")
    descent = take_steps(problem, 3, keep=Keep(first=10))
    document = whole_steps_document(descent)
    said = [block for block in document.blocks if "Gradients checked" in str(getattr(block, "text", ""))]
    assert len(said) == 1
    # A gradient that is wrong in the second step alone is told of.
    wrong = replace(descent, first=descent.first)
    walk = wrong.walk
    solution = walk.solution

    def planted(state):
        found = solution(state)
        return replace(found, values={**found.values, "dW2": found.values["dW2"] + 1}) if state.k == 2 else found

    walk.solution = planted
    text = str([getattr(block, "text", "") for block in whole_steps_document(wrong).blocks])
    assert "Gradients don't agree well" in text


def test_data_has_each_steps_values():
    data = json.loads(told("json", Way(steps=3, form="json")))
    assert [step["step"] for step in data["steps"]] == [1, 2, 3]
    assert data["steps"][0]["values"] == data["values"]
    assert data["steps"][1]["values"]["after"]["loss"] == data["steps"][2]["values"]["loss"]
    assert data["steps"][1]["values"]["updated"]["W1"] != data["values"]["updated"]["W1"]


def test_what_the_file_asks_is_shown_whole(tmp_path):
    file = tmp_path / "p.yaml"
    text = gradcalc.load("hw3").text
    file.write_text(f"{text}\nsteps: 2\n")
    assert PARTS.findall(told("plain", Way(), str(file))) == ["1", "2"]
    file.write_text(f"{text}\nsteps: 1\n")
    assert PARTS.findall(told("plain", Way(), str(file))) == []


def test_the_learning_rate_and_the_rule_are_told_once():
    text = told("plain", Way(steps=3), "aio-adam")
    assert text.count("The update goes by adam") == 1


def test_an_overflow_is_told_in_every_kind_of_report(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("inputs: {}\nparameters: {w: 1}\nequations: {f: w * w}\nof: f\nlr: 10\n")
    said = "tep 122 is the last: there f overflows float64"
    for report in (
        solution_report(Request(str(file)), way=Way(steps=500)),
        step_report(Request(str(file)), Way(steps=500)),
    ):
        assert said in render(report, lookup_format("plain"), Page())
        assert any(said in warning for warning in json.loads(render(report, lookup_format("json"), Page()))["warnings"])
