import pytest

from gradcalc.errors import UsageError
from gradcalc.report import formats
from gradcalc.report.formats import FORMATS, Format, Report, lookup_format, render
from gradcalc.report.page import Page


def shout(document, page):
    return f"{document}! ({page.width})"


def test_a_new_format_is_one_entry(monkeypatch):
    monkeypatch.setitem(FORMATS, "shout", Format("shout", "for the hard of hearing", f"{__name__}:shout"))
    report = Report(document=lambda: "the solution", data=lambda: pytest.fail("not asked for"))
    assert render(report, lookup_format("shout"), Page(33)) == "the solution! (33)"


def test_a_format_gets_only_what_it_asks_for():
    report = Report(document=lambda: pytest.fail("not asked for"), data=lambda: {"a": 1})
    assert render(report, lookup_format("json"), Page()) == '{\n  "a": 1\n}\n'


def test_an_unknown_format_is_answered_with_those_that_exist():
    with pytest.raises(UsageError, match=r"table, plain, .*json.*; did you mean 'plain'"):
        lookup_format("plian")


def test_every_renderer_exists():
    from importlib import import_module

    for form in formats.FORMATS.values():
        module, function = form.renderer.split(":")
        assert callable(getattr(import_module(module), function))
