"""The pages in docs/ say all that they should, and nothing that isn't so.

That shown output is what is printed is in test_readme.py, for every Markdown page; here it is that the pages have such
examples, and that what they list (keys, functions, mistakes, commands, formats) is what the program knows.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from test_readme import PAGES, ROOT, blocks, files, run, shown

from gradcalc.check.author.lint import KINDS
from gradcalc.check.mistakes.meanings import MEANINGS
from gradcalc.formula.table import functions
from gradcalc.problem.forms import FORMS, ClaimKeys, Layer, Misprint, Tolerance, Vertex
from gradcalc.problem.networks.table import forms as kinds_of_layers
from gradcalc.report.formats import FORMATS
from gradcalc.report.story.listings import in_table

DOCS = ROOT / "docs"
EXAMPLES = {
    "problem-files.md": ("console", "yaml"),
    "formulas.md": ("console", "yaml"),
    "checking.md": ("console", "yaml", "latex", "sh"),
    "reports.md": ("console", "yaml"),
    "classes.md": ("console", "yaml"),
    "steps.md": ("console", "yaml", "python"),
    "extending.md": ("python",),
    "python.md": ("console", "python"),
}
"""The pages that must have examples, and of which kind."""
RUN = {"console", "yaml", "latex", "python"}
"""Kinds of blocks that are run; others must be said to be something else."""
KEBAB = re.compile(r"[a-z]+(-[a-z]+)+")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kinds in EXAMPLES.items() for kind in kinds])
def test_pages_have_examples(name: str, kind: str) -> None:
    assert DOCS / name in PAGES
    assert list(blocks(DOCS / name, kind))


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_no_block_goes_untested(page: Path) -> None:
    """Each fence opens a block of a kind that is run; each file has a name; each command is found."""
    fences = re.findall(r"^```(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(fences) % 2 == 0
    assert set(fences[1::2]) <= {""}
    kinds = set(fences[::2])
    assert kinds <= RUN | {"commands.md": {"text"}, "checking.md": {"sh"}}.get(page.name, set())
    assert sum(name.endswith(".yaml") for name in files(page)) == sum(1 for _ in blocks(page, "yaml"))
    lines = [line for _, block in blocks(page, "console") for line in block.split("\n") if line.startswith("$ ")]
    assert [each.command for each in shown(page)] == [line[2:] for line in lines]
    assert all(block.startswith("$ ") for _, block in blocks(page, "console"))


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
def test_the_shell_example_marks_a_class(tmp_path: Path) -> None:
    ((_, example),) = blocks(DOCS / "checking.md", "sh")
    for file, content in files(DOCS / "checking.md").items():
        (tmp_path / file).write_text(content, encoding="utf-8")
    program = tmp_path / "gradcalc"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m gradcalc "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["sh", "-uc", example], cwd=tmp_path, env={**os.environ, "PATH": path}, timeout=60, check=False)
    assert json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))["first_error"] == "gradients.h1"


def test_every_page_is_in_the_index() -> None:
    for page in DOCS.glob("*.md"):
        assert page.name == "README.md" or f"]({page.name})" in text("README.md")


# Problem files, functions, formats.


def first_column(page: str) -> set[str]:
    """What stands in the first column of the page's tables, in code."""
    return set(re.findall(r"^\| `([^`]+)`", text(page), re.MULTILINE))


def test_every_key_of_a_problem_file_is_explained() -> None:
    models: list[Any] = [*FORMS.values(), Layer, Vertex, ClaimKeys]
    keys = {key.name for model in models for key in fields(model)}
    assert len(keys) > 25
    assert keys | kinds_of_layers().keys() == first_column("problem-files.md")
    inner = {key.name for model in (Misprint, Tolerance, *kinds_of_layers().values()) for key in fields(model)}
    assert {key for key in inner if f"`{key}`" not in text("problem-files.md")} == set()


def test_every_function_is_listed() -> None:
    listed = {cell.split("(")[0] for cell in first_column("formulas.md")}
    assert {f.name for f in functions() if f.infix is None and f.heading != "operator"} <= listed
    signs = {f.infix.code for f in functions() if f.infix is not None and f.heading == "choice"}
    assert {f"a {sign} b" for sign in signs} <= listed


def test_every_format_is_described() -> None:
    assert set(FORMATS) <= first_column("reports.md")


@pytest.mark.parametrize(
    ("row", "command"),
    [
        ("title", "solve hw3"),
        ("step", "step hw3"),
        ("check PROBLEM", "check hw3"),
        ("explain PROBLEM 'dW1[1,2]'", "explain hw3 dW1[1,2]"),
        ("explain PROBLEM dW1", "explain hw3 dW1"),
        ("explain PROBLEM yhat/a2", "explain hw3 yhat/a2"),
        ("lint", "lint hw3"),
    ],
)
def test_every_key_of_json_is_explained(row: str, command: str, tmp_path: Path) -> None:
    data = json.loads(run(f"gradcalc {command} --format json", tmp_path))
    keys = set(data[0] if isinstance(data, list) else data)
    lines = [line for line in text("reports.md").split("\n") if line.startswith("| `")]
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| `{row}`"))
    told = "\n".join(lines[start : start + 5] if row == "title" else lines[start : start + 1])
    assert keys
    assert {key for key in keys if f"`{key}`" not in told} == set()


# Mistakes.


def reported_ids() -> set[str]:
    """The ids of mistakes that stand in the functions table, and in the code that names mistakes."""
    found = {mistake.id for function in in_table() for mistake in function.mistakes}
    for module in (ROOT / "gradcalc" / "check").rglob("*.py"):
        if module.name == "meanings.py":
            continue  # that is what is compared with them
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and KEBAB.fullmatch(str(node.value)) and node.value not in KINDS:
                found.add(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Mistake", "NamedMistake", "Mutation"):
                found |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return found


def section(heading: str) -> str:
    """A section of the page on checking."""
    return text("checking.md").split(f"\n{heading}\n")[1].split("\n## ")[0]


def test_every_finding_of_lint_is_explained() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \| .+\. \|$", section("## For authors: lint"), re.MULTILINE) == list(KINDS)


def test_every_mistake_is_explained() -> None:
    explained = [id for meanings in MEANINGS.values() for id in meanings]
    assert len(explained) == len(set(explained))
    assert all(meaning.endswith(".") for meanings in MEANINGS.values() for meaning in meanings.values())
    ids = reported_ids()
    assert {"swapped", "weights-transposed", "max-gate", "activation-exchanged", "decimal-point-misplaced"} <= ids
    assert set(explained) == ids


# What is generated.


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_generated_is_up_to_date() -> None:
    outdated = [path.name for path, _ in reference().outdated()]
    assert outdated == [], "run: python docs/make_reference.py"


def test_the_command_reference_has_what_help_lists(tmp_path: Path) -> None:
    pages = text("commands.md").split("\n## ")[1:]
    sections = {page.split("\n")[0]: page for page in pages}
    listed = re.findall(r"^  (\w+)  ", run("gradcalc --help", tmp_path).split("Commands:")[1], re.MULTILINE)
    assert list(sections) == ["gradcalc", *(f"gradcalc {name}" for name in listed)]
    assert len(listed) >= 8
    for name in listed:
        options = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", run(f"gradcalc {name} --help", tmp_path), re.MULTILINE))
        assert options - {"--help"} == set(re.findall(r"^\| `(--[a-z-]+)`", sections[f"gradcalc {name}"], re.MULTILINE))
