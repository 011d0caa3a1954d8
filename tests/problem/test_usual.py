"""What is read without YAML's events is what they give: data, places and spellings, or nothing at all."""

import random
from pathlib import Path

import pytest
import yaml
from clock import within
from slow import mostly_slow

import gradcalc
from gradcalc.check.answers.blank import blank_sheet, filled_sheet
from gradcalc.errors import InputError
from gradcalc.problem import source
from gradcalc.problem.document import Document
from gradcalc.problem.reading import refuse_characters
from gradcalc.problem.usual import LONGEST, usual

HW3 = gradcalc.solve(gradcalc.load("hw3"))
SHEETS = (filled_sheet(HW3), blank_sheet(HW3), f"name: Al B. Carter\nid: s17\n{filled_sheet(HW3, digits=6)}")
SMALL = (
    "forward:\n  a1: [4.0, 0]  # x\n  h1:\nloss: 0.39\nname: Al B.\n",
    "a:\n b: [[1, 2], [3,4 ]]\n c: x + y\n",
    "loss: 1\ngradients:\n   W1: [ 1.5e3 , -2 ]   # ∇ŷ\n\n# c\n   b1:  -.5\nupdated:\nid: s1",
    "a: null\nb: true\nc:\n  yes: 12\n",
)
SIGNS = [
    *" \n\t\r#:-[]{},&*!|>'\"%@`?~<=+()x_.0123eEa\u2028\ufeff\x85\u00a0ŷé𝟙",
    *("  ", "\n ", "\n  ", "# ", ": ", "- ", "---\n", "...\n", "null", "<<", "1.", "e5", "\n\n", ", ", "1e400", "0x1"),
]
CASES = Path(__file__).parents[1] / "check" / "cases"


def by_events(text):
    """What YAML's events give; None where they give a fault."""
    try:
        document = source._read(text, "sheet.yaml", True)
    except InputError:
        return None
    return None if document.faults else document


def told(document):
    """Everything that is read, with the types of numbers and the order of names."""
    return document, repr(document.data), repr(document.root)


def edited(text, by_chance):
    """A text with some signs put in, left out, put in the place of others, or repeated."""
    for _ in range(by_chance.choice((1, 1, 1, 2, 3, 5))):
        place, other = by_chance.randrange(len(text) + 1), by_chance.randrange(len(text) + 1)
        sign, rest = by_chance.choice(SIGNS), text[place:]
        again = text[other : other + by_chance.randrange(12)]
        text = text[:place] + by_chance.choice((sign + rest, rest[1:], sign + rest[1:], again + rest))
    return text


@pytest.mark.parametrize("text", [*SHEETS, *SMALL])
def test_sheets_in_the_usual_form_are_read(text):
    found = usual("sheet.yaml", text)
    assert found is not None
    assert told(found) == told(by_events(text))
    assert [str(found.span(*path)) for path in found.paths()] == [
        str(by_events(text).span(*path)) for path in found.paths()
    ]


@pytest.mark.parametrize("seed", mostly_slow(range(40), 0))
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_whatever_is_read_is_what_yaml_gives(monkeypatch, seed, loader):
    monkeypatch.setattr(source, "LOADER", getattr(yaml, loader))
    by_chance, read = random.Random(seed), 0
    for _ in range(4000 if loader == "CSafeLoader" else 1500):
        text = edited(by_chance.choice(SMALL), by_chance)
        try:
            refuse_characters(text, "sheet.yaml")
        except InputError:
            continue
        found = usual("sheet.yaml", text)
        if found is not None:
            read += 1
            assert told(found) == told(by_events(text) or Document("", "")), repr(text)
    assert read > 200


def test_sheets_that_people_wrote():
    read = 0
    for path in sorted(CASES.glob("*.yaml")):
        text = yaml.safe_load(path.read_text(encoding="utf-8"))["answers"]
        found = usual("sheet.yaml", text)
        if found is not None:
            read += 1
            assert told(found) == told(by_events(text)), path.stem
    assert read > 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "[1, 2]",
        "a: 1\na: 2\n",
        "a: 1\n  b: 2\n",
        "a:\n  b: 1\n c: 2\n",
        "a:\n  - 1\n",
        "null: 1\n",
        "a: 1e400\n",
        "a: &x 1\n",
        "a: *x\n",
        "a: !!int 1\n",
        "a: 1\n---\nb: 2\n",
        "a: [1, 2\n",
        "a: 0.5 # x\u2028b: 1\n",
        "a: " + " " * LONGEST + "1\n",
    ],
)
def test_all_else_is_left_to_yaml(text):
    assert usual("sheet.yaml", text) is None


@pytest.mark.parametrize("part", [" ", "1", "[", "[1", "a ", "1, ", "#", "a: 1\n", "[1, 2],", "+", ".", "1e"])
@pytest.mark.parametrize("start", ["", "a: ", "a: [", "a: [[1, 2],", "a:\n  b: "])
def test_no_text_takes_long(part, start):
    """Each is gone over once or twice."""
    text = (start + part * LONGEST)[: LONGEST - 1]
    within(0.5, lambda: usual("sheet.yaml", text))


def test_what_two_sheets_have_alike_belongs_to_each():
    first, second = (
        usual("sheet.yaml", f"{about}\nforward:\n  W: [[1, 2], [3, 4]]\n  h: [5]\n") for about in ("a: 1", "")
    )
    first.data["forward"]["h"].append(6)
    first.data["forward"]["W"][1][0] = 7
    first.root.items["forward"].items["h"].items.append(0)
    assert second.data == {"forward": {"W": [[1, 2], [3, 4]], "h": [5]}}
    assert [second.written("forward", "W", 1, 0), second.written("forward", "h", 0)] == ["3", "5"]
    assert len(second.place(("forward", "h")).items) == 1
