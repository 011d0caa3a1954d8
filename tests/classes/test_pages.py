"""Questions and keys of variants: a question holds no right number, and a class is printed student by student."""

import os
import re
import shutil
import subprocess
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest
import running

import gradcalc
from gradcalc.classes.variants.numbers import with_numbers
from gradcalc.classes.variants.pages import Pages, formats_of
from gradcalc.classes.variants.search import Search
from gradcalc.errors import UsageError

ALL = ("html", "latex", "markdown")
STUDENTS = ("17", '../x<b> & "y" \\end{document} $#_% `z` *w*', "Łukasz \x07")
SHORT = """\
title: One unit
equations:
  a: w * x
  y: sigmoid(a)
inputs: {x: 2}
parameters: {w: 0.3}
"""


def pages_of(problem, students, together=False, formats=ALL):
    """What is written for these students: {student: {ending: text}}, of all together, and the variants."""
    search, pages = Search(problem, 0), Pages(problem, formats, together)
    variants = [search.variant(student) for student in students]
    return {v.student: dict(pages.of(v)) for v in variants}, dict(pages.all()), variants


@pytest.fixture(scope="module")
def written():
    return pages_of(gradcalc.load("hw3"), STUDENTS, together=True)


def right_numbers(solution):
    """Numbers of the solution, as they are shown, that nobody gives away by giving the problem."""
    given = {f"{entry:.4f}" for value in solution.problem.data.values() for entry in np.abs(np.ravel(value))}
    found = {f"{abs(entry):.4f}" for value in solution.values.values() for entry in np.ravel(value)}
    return {each for each in found - given if not each.endswith("00")}


def test_a_question_holds_no_right_number_and_a_key_has_all(written):
    each, together, variants = written
    problem = gradcalc.load("hw3")
    for variant in variants:
        numbers = right_numbers(gradcalc.solve(with_numbers(problem, variant.numbers), check=False))
        assert len(numbers) > 15
        texts = each[variant.student]
        assert sorted(texts) == sorted(
            f".{kind}.{end}" for kind in ("question", "key") for end in ("html", "md", "tex")
        )
        for name, text in [*texts.items(), *((f".{name}", text) for name, text in together.items())]:
            held = {number for number in numbers if number in text}
            assert held == (numbers if "key" in name else set()), name


def test_a_page_says_whose_it_is_whatever_the_name(written):
    each, together, _ = written
    for student in STUDENTS[:2]:
        notes = re.findall(r"<p[^>]*>([^<]*)</p>", each[student][".question.html"])
        assert f"Variant of {student}" in map(unescape, notes)
    assert "Variant of Łukasz \\x07" in each[STUDENTS[2]][".key.html"]
    assert "\x07" not in "".join(together.values())


def test_all_students_together_are_one_page_of_html_with_a_title_each(written):
    _, together, _ = written
    for name in ("questions.html", "keys.html"):
        text = re.sub(r"<!DOCTYPE html>|<script>.*?</script>|<style>.*?</style>", "", together[name], flags=re.DOTALL)
        page = ElementTree.fromstring(text)
        assert len([*page.iter("h1")]) == len(STUDENTS)
        ids = [each.get("id") for each in page.iter() if each.get("id")]
        assert len(ids) == len({*ids})
        assert not [*page.iter("input")]
        assert "h1{break-before:page}" in re.sub(r"[\s;]", "", together[name])


def short(count):
    """So many students of a problem whose question fits on half a page."""
    return pages_of(gradcalc.loads(SHORT), [f"{n}" for n in range(count)], together=True, formats=("html", "latex"))[1]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_each_student_begins_a_page_in_latex(written, tmp_path):
    def set_by_tex(text):
        (tmp_path / "all.tex").write_text(text, encoding="utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
        fonts = os.environ | {"TEXMFVAR": str(tmp_path)}  # those that it makes: others make the same just now, too
        subprocess.run(command, cwd=tmp_path, env=fonts, capture_output=True, timeout=300)
        return (tmp_path / "all.log").read_text(encoding="utf-8", errors="replace")

    assert "(3 pages" in set_by_tex(short(3)["questions.tex"])
    assert "Output written" in set_by_tex(written[1]["keys.tex"])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_each_student_begins_a_page_in_the_browser(tmp_path):
    (tmp_path / "all.html").write_text(short(3)["questions.html"], encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--print-to-pdf=all.pdf")
    subprocess.run(["chromium", *options, "all.html"], cwd=tmp_path, capture_output=True, timeout=120)
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "all.pdf").read_bytes())) == 3


def test_formats_of_pages():
    assert formats_of("html, latex,html") == ("html", "latex")
    with pytest.raises(UsageError, match="--pages pdf: the formats are html, latex, markdown"):
        formats_of("html,pdf")


def test_the_command_writes_pages_beside_the_variants(tmp_path):
    (tmp_path / "class.csv").write_text('id\n17\n"../a/b"\n', encoding="utf-8")
    options = ("vary", "hw3", "--students", "class.csv", "--output", "out")
    assert running.run(*options, "--pages", "markdown", "--together", cwd=tmp_path).returncode == 0
    ends = ("yaml", "certificate.json", "question.md", "key.md")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *(f"{name}.{end}" for name in ("17", "%2E.%2Fa%2Fb") for end in ends),
        *("questions.md", "keys.md"),
    }
    assert {path.name for path in tmp_path.iterdir()} == {"class.csv", "out"}
    done = running.run(*options, "--together", cwd=tmp_path)
    assert done.returncode == 2
    assert "--together goes with --pages" in done.stderr
    assert running.run(*options, "--pages", "pdf", cwd=tmp_path).returncode == 2
