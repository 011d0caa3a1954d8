"""Whatever the documentation shows, the program prints.

In every Markdown page: a `yaml` block whose first line is `# NAME.yaml` is a file, and so is a `python` block with
`# NAME.py`; a `console` block runs each line after `$` in a folder with the page's files and compares what follows,
where a line `…` stands for any lines left out; the `python` blocks of a page run one after the other, with `>>>` as
doctests.
"""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import running

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LEFT_OUT = "…"
NOISE = re.compile(r"\b\d(\.\d+)?e-(0[89]|1\d)\b")
"""What differences leave of nothing: another machine rounds it otherwise."""


@dataclass(frozen=True)
class Shown:
    """A command in the documentation, and what is printed under it there."""

    page: Path
    line: int
    command: str
    output: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, language: str) -> Iterator[tuple[int, str]]:
    """The line number and the text of each fenced block in a language."""
    text = page.read_text(encoding="utf-8")
    for match in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, match.start()) + 2, match[1]


def shown(page: Path) -> Iterator[Shown]:
    for line, text in blocks(page, "console"):
        for match in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
            yield Shown(page, line + text.count("\n", 0, match.start()), match[1], match[2])


def files(page: Path) -> dict[str, str]:
    texts = [text for language in ("yaml", "python", "latex") for _, text in blocks(page, language)]
    named = (re.match(r"[#%] (\S+\.(?:yaml|py|tex))\n", text) for text in texts)
    return {match[1]: match.string for match in named if match}


SHOWN = [each for page in PAGES for each in shown(page)]


def run(command: str, folder: Path) -> str:
    program, *arguments = shlex.split(command)
    assert program == "gradcalc", f"only gradcalc's own commands are run, not {program}"
    return running.run(*arguments, cwd=folder, merged=True, COLUMNS="80").stdout


def stripped(text: str) -> list[str]:
    lines = [NOISE.sub("1e-10", line.rstrip()) for line in text.split("\n")]
    return [line for line in lines if line]


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether the lines are the same, blank ones aside, where `…` stands for any number of lines."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == LEFT_OUT else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


@pytest.mark.parametrize("example", SHOWN, ids=str)
def test_shown_output_is_what_is_printed(example: Shown, tmp_path: Path) -> None:
    for name, text in files(example.page).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    printed = stripped(run(example.command, tmp_path))
    expected = stripped(example.output)
    assert expected, f"{example}: no output is shown"
    if not matches(expected, printed):
        assert expected == printed, f"{example}: $ {example.command}"


@pytest.mark.parametrize("page", [page for page in PAGES if files(page)], ids=lambda page: page.name)
def test_every_file_shown_is_used(page: Path) -> None:
    commands = " ".join(each.command for each in shown(page))
    assert [name for name in files(page) if name not in commands] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_examples(page: Path) -> None:
    names: dict[str, object] = {}
    for line, text in blocks(page, "python"):
        if ">>> " not in text:
            exec(compile("\n" * (line - 1) + text, str(page), "exec"), names)
            continue
        example = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), line - 1)
        result = doctest.DocTestRunner(verbose=False).run(example, clear_globs=False)
        names = example.globs
        assert result.attempted > 0
        assert result.failed == 0


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        # In code, as in `y[k](1 - y)`, there are no links.
        text = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)[^)]*\)", text):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_the_readme_shows_what_it_should() -> None:
    readme = ROOT / "README.md"
    assert len(list(shown(readme))) >= 4
    assert files(readme)
    assert len(re.findall(r"^python3 -m venv .*$", readme.read_text(encoding="utf-8"), re.MULTILINE)) == 2


def test_a_wrong_digit_in_the_documentation_is_found() -> None:
    assert matches(["a = 1", LEFT_OUT, "c = 3"], ["a = 1", "b = 2", "c = 3"])
    assert matches(["a = 1", LEFT_OUT, "b = 2"], ["a = 1", "b = 2"])
    assert not matches(["a = 1", LEFT_OUT, "c = 4"], ["a = 1", "b = 2", "c = 3"])
    assert not matches(["a = 1"], ["a = 1", "b = 2"])
    assert not matches([LEFT_OUT, "a = 1"], ["b = 2"])
