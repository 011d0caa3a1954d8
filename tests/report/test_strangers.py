"""What strangers wrote (titles, sources, notes) is text in every format: it ends nothing, and nothing of it runs."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib import import_module

import pytest
from markdown_it import MarkdownIt

from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.problem.load import load
from gradcalc.program.graph import graph_of
from gradcalc.program.solve import solve
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.page import Page

WORDS = (
    r"\input{/etc/hostname}",
    r"\immediate\write18{touch pwned}",
    "$x$ $$ % {x} ^^5c",
    "a `code` b",
    "``<script>alert(1)</script>`",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &#35; &amp;",
    "a | b | c",
    "> quoted",
    ">quoted",
    "---",
    "1. one",
    "[a]: http://b.c",
    "[a](http://b.c) ![i](http://b.c/i.png) [x][y]",
    "<http://b.c> ~~no~~ *no* _no_ __no__",
    "one\n\n# two\n- three\n\n```\nfour",
    "one\n===\ntwo\n---\nthree",
    '""" + __import__("os").system("x") + """',
    'ends in "',
    "ends in #",
    "ends in \\",
)


def problem(path, words: str) -> str:
    """A problem whose title, source and note are these words."""
    said = json.dumps(words)
    path.write_text(
        f"title: {said}\nsource: {said}\ninputs: {{x: 1}}\nparameters: {{W: 2}}\nequations: {{f: x * W}}\nof: f\n"
        f"misprints: [{{quantity: gradients.W, printed: 3, note: {said}}}]\n"
    )
    return str(path)


def shown(form: str, path: str) -> str:
    return render(solution_report(Request(path)), lookup_format(form), Page())


@pytest.fixture(params=WORDS)
def words(request):
    return request.param


@pytest.fixture
def file(tmp_path, words):
    return problem(tmp_path / "p.yaml", words)


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_markdown_hands_on_every_word(file, words, tmp_path):
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(shown("markdown", file))
    inline = [token for token in tokens if token.type == "inline"]
    for token in inline:
        assert {child.type for child in token.children} <= {"text", "softbreak", "code_inline"}, token.content
    read = ["".join(child.content for child in token.children) for token in inline]
    plain = spaced(words) if words != "a `code` b" else "a code b"
    assert read[0] == plain
    assert any(text == f"Source: {plain}" for text in read)
    quiet = parser.parse(shown("markdown", problem(tmp_path / "q.yaml", "quiet")))
    assert [token.type for token in tokens] == [token.type for token in quiet], "the blocks are the same"


def test_the_web_page_has_no_more_elements(file, tmp_path):
    def elements(text: str) -> list[str]:
        found: list[str] = []
        parser = HTMLParser()
        parser.handle_starttag = lambda tag, attrs: found.append(tag)
        parser.feed(text)
        return [tag for tag in found if tag != "code"]

    assert elements(shown("html", file)) == elements(shown("html", problem(tmp_path / "q.yaml", "quiet")))


def test_plain_text_has_no_more_lines(file, tmp_path):
    quiet = shown("plain", problem(tmp_path / "q.yaml", "quiet"))
    assert len(shown("plain", file).splitlines()) == len(quiet.splitlines())


@pytest.mark.parametrize("form", ["numpy", "torch", "jax"])
def test_programs_have_it_in_their_docstring(file, words, form):
    module = ast.parse(shown(form, file))
    assert spaced(words) in spaced(ast.get_docstring(module))
    assert not [node for node in ast.walk(module) if isinstance(node, ast.Name) and node.id == "__import__"]


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_graphs_have_it_in_one_line(file, words, form):
    graph = graph_of(solve(load(file), check=False))
    text = import_module(f"gradcalc.report.graph.{form}").render(graph, Page())
    line = next(line for line in text.splitlines() if "label=" in line or line.startswith("title:"))
    said = json.loads(line.partition("title: ")[2]) if form == "mermaid" else line
    assert spaced(words).replace("\\", "\\\\").replace('"', '\\"') in said if form == "dot" else said == spaced(words)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_sets_every_word_and_runs_none(tmp_path):
    """All in one document, with the right to run commands: nothing is read, nothing is written."""
    bodies = []
    for i, words in enumerate(WORDS):
        text = shown("latex", problem(tmp_path / f"{i}.yaml", words))
        preamble, _, rest = text.partition("\\begin{document}")
        bodies.append(rest.rpartition("\\end{document}")[0])
    (tmp_path / "all.tex").write_text(preamble + "\\begin{document}" + "\n".join(bodies) + "\\end{document}\n", "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-shell-escape", "-recorder", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=200)
    assert not re.findall(r"^! .*", done.stdout, re.MULTILINE), done.stdout[-800:]
    assert not (tmp_path / "pwned").exists()
    assert "/etc/hostname" not in (tmp_path / "all.fls").read_text("utf-8")
