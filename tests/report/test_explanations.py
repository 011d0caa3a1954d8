"""Explanations in every format."""

import json
import re

import pytest

from gradcalc.commands.explain import explain_report
from gradcalc.commands.request import Request
from gradcalc.errors import UsageError
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.page import Page
from gradcalc.report.terminal.trees import drawn_branches


def explained(what, form="table", page=None, problem="hw3"):
    return render(explain_report(Request(problem), what), lookup_format(form), page or Page(80))


def test_the_tree_hangs_each_factor_under_the_entry_that_uses_it():
    lines = explained("dW1[1,2]").splitlines()
    assert "(1) ∇W¹[1,2] = x[1] · ∇a¹[2] = 1 · 0.0733 = 0.0733" in lines
    start = lines.index("(1) ∇W¹[1,2] = x[1] · ∇a¹[2] = 1 · 0.0733 = 0.0733")
    depths = {re.search(r"\((\d+)\)", line)[1]: line.index("(") for line in lines[start:] if re.search(r"─ \(\d", line)}
    assert (depths["2"], depths["3"], depths["4"], depths["14"]) == (3, 6, 9, 6)
    assert any(line.startswith("└─ (2) ∇a¹[2] = ∇H[2] · H[2] · (1 - H[2])") for line in lines)


def test_the_derivative_is_named():
    assert "∇W¹[1,2] = ∂loss/∂W¹[1,2] says how fast the loss changes with W¹[1,2]." in explained("dW1[1,2]")
    assert r"$\partial \mathrm{loss} / \partial W^1[1,2]$ says" in explained("dW1[1,2]", "markdown")
    assert "dW1[1,2] = dloss/dW1[1,2] says how fast the loss changes with W1[1,2]." in explained("dW1[1,2]", "plain")
    assert "says how fast" not in explained("h1[2]")


@pytest.mark.parametrize("form", ["table", "plain", "markdown", "latex"])
def test_every_entry_of_a_matrix(form):
    text = explained("dW1", form)
    for index in ("[1,1]", "[1,2]", "[2,1]", "[2,2]"):
        assert re.search(rf"{re.escape(index)} &?=", text)
    assert "-0.0052" in text


def test_spellings_of_the_report_are_understood():
    for what in ("∇W¹[1,2]", "gradients.W1[1,2]", "dW1[1,2]", r"\nabla W^1[1,2]"):
        assert explained(what) == explained("dW1[1,2]")
    assert "Where H[2] comes from" in explained("H[2]")
    assert "Where W₀¹[1] comes from" in explained("W₀¹[1]")


def test_a_slash_asks_for_a_jacobian():
    assert "The Jacobian ŷ/a²" in explained("yhat/a2")


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 120])
def test_no_line_is_too_long(width):
    for what in ("dW1[1,2]", "after.loss"):
        assert max(map(len, explained(what, page=Page(width)).splitlines())) <= width


def test_ascii():
    text = explained("dW1[1,2]", page=Page(80, ascii_only=True))
    assert text.isascii()
    assert "'- (2) da1[2]" in text


def test_data_for_programs():
    data = json.loads(explained("dW1[1,2]", "json"))
    assert (data["quantity"], data["entry"]) == ("dW1", "dW1[1,2]")
    assert data["steps"][0]["formula"] == "x[1] * da1[2]"
    assert data["steps"][0]["uses"] == [2]
    assert data["given"]["W2[2,1]"] == 4
    whole = json.loads(explained("dW1", "json"))
    assert whole["entry"] is None
    assert [entry["name"] for entry in whole["entries"]] == ["dW1[1,1]", "dW1[1,2]", "dW1[2,1]", "dW1[2,2]"]
    assert [rule["name"] for rule in whole["from"]] == ["dyhat", "da2", "dh1", "da1"]
    given = json.loads(explained("W1", "json"))
    assert (given["formula"], given["value"]) == (None, [[3, 6], [4, 5]])


def test_branches():
    drawn = [branch.first for branch in drawn_branches([0, 1, 2, 2, 1, 2], 80)]
    assert drawn == ["", "├─ ", "│  ├─ ", "│  └─ ", "└─ ", "   └─ "]
    assert all(not branch.first for branch in drawn_branches([0, 1, 2], 30))
    deep = drawn_branches([*range(20)], 80)
    assert len(deep[-1].first) == 19


@pytest.mark.parametrize(("what", "depth"), [("dW1", 1), ("yhat/a2", 1), ("dW1[1,2]", -1)])
def test_only_an_entry_has_levels(what, depth):
    with pytest.raises(UsageError, match="--depth"):
        explain_report(Request("hw3"), what, depth)
