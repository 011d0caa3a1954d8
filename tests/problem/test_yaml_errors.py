"""Advice on text that isn't YAML is decided by marks and the text, for both parsers of PyYAML."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.errors import InputError
from gradcalc.problem import source
from gradcalc.problem.source import read_text
from gradcalc.problem.yaml_errors import explain

PARSERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]
QUOTE = "a quote is opened and never closed"
BACKSLASH = "this backslash sequence is unknown"
COLON = "a ':' is out of place"
KEY = "a ':' is missing after the key"
LIST = "this doesn't fit the list around it: check the indentation"
LINES = "this doesn't fit the lines around it: check the indentation and the quotes"
DEEP = "more than 50 levels of nesting: write this flatter"


@pytest.fixture(params=PARSERS, ids=lambda parser: parser.__name__)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    monkeypatch.setattr(source, "LOADER", request.param)
    return request.param


def faults(text: str, *, lenient: bool = False) -> list[str]:
    try:
        found = read_text(text, "f", lenient=lenient).faults
    except InputError as error:
        found = list(error.faults)
    return [str(fault) for fault in found]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [1, 2\nb: 3\n", "2:2: a list in [ ] is not closed, or a comma is missing (it was opened in line 1, col"),
        ("a:\n  {b: 1\n", "3:1: a mapping in { } is not closed, or a comma is missing (it was opened in line 2, col"),
        ("a: [[1 2], [3, 4\nb: 1", "2:2: a list in [ ] is not closed, or a comma is missing (it was opened in line 1"),
        ("a: ['[', \"]\", [1] # ]\nb: 1", "2:1: a list in [ ] is not closed"),
        ("a: {W1[1,2]: 0.5}", '1:5: within { } a name with brackets must stand in quotes: "W1[1,2]": …'),
        ("a: {b: 1,\n  x[t]: [1, 2]}", '2:3: within { } a name with brackets must stand in quotes: "x[t]": …'),
        ("a: 'x\n", f"1:4: {QUOTE}"),
        ("a: [b, 'c]\nd: 1", f"1:8: {QUOTE}"),
        ('a: "x \\" y', f"1:4: {QUOTE}"),
        ('a: "\n---\nb: 1"', f"1:4: {QUOTE}"),
        ('a: "\\q"', f"1:{{}}: {BACKSLASH}"),
        ('a: "\\xzz"', f"1:7: {BACKSLASH}"),
        ("a: b: c", f"1:5: {COLON}: check the indentation, or quote the text"),
        ("a: 1\n b: 2", f"2:3: {COLON}: check the indentation"),
        ("title: He said: yes", f"1:15: {COLON}"),
        ("a: 1\nb\nc: 2", f"2:1: {KEY}"),
        ("a: 1\n'b'\nc: 2", f"2:1: {KEY}"),
        ("a: 1\n\"b\\\\\"\nc: 2", f"2:1: {KEY}"),
        ("a:\n\tb: 1", "2:1: indent with spaces, not with a tab"),
        ("a: |\n\tx", "2:1: indent with spaces, not with a tab"),
        ("a:\n  b: 1\n\tc: 2", "3:1: indent with spaces, not with a tab"),
        ("a: @x", "1:4: a value can't start with '@': put it into quotes"),
        ("a: `x`", "1:4: a value can't start with '`'"),
        ("a: [%x]", "1:5: a value can't start with '%'"),
        ("a: *", "1:5: a '*' can't start a value: put the text into quotes"),
        ("a: & b", "1:5: a '&' can't start a value"),
        ("a: !<x", "1:7: a '!' can't start a value"),
        ("a: !a!b c", "1:4: a '!' can't start a value"),
        ("a: - b", "1:4: a '-' is out of place: a list item starts a line of its own"),
        ("a: ? b", "1:4: a '?' is out of place"),
        ("a: |x\n y", "1:5: after '|' or '>' the text starts on the next line"),
        ("%a: 1", "1:3: a line can't start with '%'"),
        ("%YAML 2.0\n---\na: 1", "1:1: leave the %YAML line out"),
        ("{a: 1} b", "1:8: more follows where the problem has ended: check the brackets and the indentation"),
        ("a: [1, ,2]", "1:8: a value is missing here"),
        ("a: ]", "1:4: a value is missing here"),
        ("a:\n - 1\n b: 2", f"3:2: {LIST}"),
        ("- a\nb: 1", f"2:1: {LIST}"),
        ("a: 1\n- b", f"2:1: {LINES}"),
        ("a: 'x' y", f"1:8: {LINES}"),
        ("a: [1, 2]]", f"1:10: {LINES}"),
        ("[a]: 1\n- b", f"2:1: {LINES}"),
    ],
)  # fmt: skip
def test_advice(text: str, fault: str, parser: type) -> None:
    place, advice = fault.split(": ", 1)
    place = place.format(5 if parser is not yaml.SafeLoader else 6)  # the sequence's start, or its second sign
    assert faults(text)[-1].startswith(f"f:{place}: not valid YAML: {advice}")


@given(
    st.lists(st.sampled_from([*"[]{}:,-?&*!|>'\"%@` \n\t#~1a\\", ": ", "- ", "\na: ", "---\n"]), max_size=30).map(
        "".join
    )
)
def test_what_the_library_says_is_not_read(text: str) -> None:
    for parser in PARSERS:
        try:
            for _ in yaml.parse(text, Loader=parser):
                pass
        except yaml.MarkedYAMLError as error:
            reworded = type(error)("ceci", error.context_mark, "cela", error.problem_mark, "et cetera")
            offset, advice = explain(error, text)
            assert explain(reworded, text) == (offset, advice)
            assert 0 <= offset <= len(text)
            assert "can't be read" not in advice


@pytest.mark.parametrize("depth", [51, 999, 1000, 1001, 1500])
@pytest.mark.parametrize(
    ("opener", "column"),
    [("[", 51), ("[ ", 101), ("{a: ", 201), ("- ", 101), ("? ", 101), ("['[', ", 301), ("[don't, ", 401)],
)
def test_depth_is_counted_before_the_library_does(depth: int, opener: str, column: int, parser: type) -> None:
    assert faults(opener * depth) == [f"f:1:{column}: {DEEP}"]


@pytest.mark.parametrize("depth", [60, 1001])
@pytest.mark.parametrize(("opener", "closer"), [("[", "]"), ("{a: ", "}"), ("[1, '[', ", "] # ]\n ")])
def test_of_a_sheet_what_is_not_too_deep_is_read(depth: int, opener: str, closer: str, parser: type) -> None:
    deep = opener * depth + "1" + closer * depth
    text = f"a: [2, {deep}, 3]\nb: *x\nc: {deep}\nd: 4\n"
    document = read_text(text, "f", lenient=True)
    assert document.data["d"] == 4
    assert (document.data["a"][0], document.data["a"][2]) == (2, 3)
    messages = [fault.message.split(":")[0] for fault in document.faults]
    assert messages == ["more than 50 levels of nesting", "alias *x", "more than 50 levels of nesting"]
    first = text.index(deep) + len(opener) * 48  # inside a mapping and a list
    assert document.faults[0].span == document.at(first)


def test_a_sheet_that_is_too_deep_and_never_closed_is_refused(parser: type) -> None:
    assert faults("a: 1\nb: " + "[" * 1001, lenient=True) == [f"f:2:53: {DEEP}"]
    assert faults("a: 1\nb:\n  " + "- " * 1001, lenient=True) == [f"f:3:101: {DEEP}"]
