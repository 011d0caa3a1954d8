"""Whole programs as files in tests/golden, read by a person before they were accepted.

UPDATE_GOLDEN=1 pytest tests/report/test_code_golden.py writes them again; read the difference before committing it.
"""

import os
from pathlib import Path

import pytest
from programs import FORMATS

from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.page import Page

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("form", FORMATS)
def test_a_program_is_as_it_was_accepted(form):
    text = render(solution_report(Request("hw3")), lookup_format(form), Page())
    file = GOLDEN / f"solve-hw3-{form}.py"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
