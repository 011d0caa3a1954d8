"""Locales without UTF-8: what people read says everything in the letters there are, what programs read is UTF-8."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from slow import mostly_slow

ROOT = Path(__file__).parent.parent
PROBLEM = 'title: "Übung № 1: дом 𝐀"\ninputs: {ж: 3, α: 2}\nequations: {q: ж * α, f: q + 1}\nof: f\n'
LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "cp437": {"PYTHONIOENCODING": "cp437"},
}
EVERY = pytest.mark.parametrize("locale", mostly_slow(LOCALES, "cp1252"))
ON_SCREEN = ("solve", "solve -f plain", "solve --expand", "graph", "explain", "lint", "check")
AS_FILES = (
    *(f"solve -f {form}" for form in ("markdown", "latex", "html", "numpy", "torch", "jax")),
    *(f"graph -f {form}" for form in ("svg", "mermaid", "dot")),
    "sheet",
)


def gradcalc(folder, locale, command, *more):
    name, *options = command.split()
    what = ["dq"] if name == "explain" else []
    return subprocess.run(
        [sys.executable, "-m", "gradcalc", name, "p.yaml", *what, *options, *more],
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **LOCALES.get(locale, {"PYTHONIOENCODING": "utf-8"})},
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.yaml").write_text(PROBLEM, encoding="utf-8")
    return tmp_path


@EVERY
@pytest.mark.parametrize("command", ON_SCREEN)
def test_a_screen_gets_letters_that_it_has(folder, locale, command):
    done = gradcalc(folder, locale, command)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("ascii" if locale == "C" else locale)
    assert "\\u0434\\u043e\\u043c \\U0001d400" in text or command == "explain"


@pytest.mark.parametrize("locale", mostly_slow(["C", "cp1252"], "C"))
@pytest.mark.parametrize("command", mostly_slow(AS_FILES, "solve -f html", "graph -f dot", "sheet"))
def test_a_file_of_a_known_kind_is_utf_8_in_a_pipe_too(folder, locale, command):
    there = gradcalc(folder, locale, command)
    assert (there.returncode, there.stderr) == (0, b"")
    text = there.stdout.decode("utf-8")
    assert text == gradcalc(folder, "", command).stdout.decode("utf-8")
    assert "дом" in text


@EVERY
@pytest.mark.parametrize("command", ["solve", "solve -f json", "solve -f html", "sheet", "graph"])
def test_output_is_utf_8_with_plain_line_ends(folder, locale, command):
    assert gradcalc(folder, locale, command, "--output", "out").returncode == 0
    content = (folder / "out").read_bytes()
    assert "Übung № 1: дом 𝐀" in content.decode("utf-8")
    assert b"\r" not in content


@EVERY
def test_json_is_json_everywhere(folder, locale):
    data = json.loads(gradcalc(folder, locale, "solve -f json").stdout)
    assert data["title"] == "Übung № 1: дом 𝐀"
    assert data["values"]["gradients"] == {"f": 1, "q": 1, "ж": 2, "α": 3}


@EVERY
def test_messages_quote_what_was_written(folder, locale):
    (folder / "p.yaml").write_text("inputs: {a: 1}\nслои: 3\nequations: {f: a + ü}\nof: f\n", encoding="utf-8")
    done = gradcalc(folder, locale, "solve")
    assert (done.returncode, done.stdout) == (2, b"")
    message = done.stderr.decode("ascii" if locale == "C" else locale)
    assert "p.yaml:2:1: \\u0441\\u043b\\u043e\\u0438: unknown key" in message
    assert "p.yaml:3:20: " in message
    assert ("ü" if locale in ("latin-1", "cp1252", "cp437") else "\\xfc") in message


@EVERY
def test_answers_are_quoted_too(folder, locale):
    (folder / "a.yaml").write_text("gradients: {ж: 'q ⊙ дом', q: 1}\n", encoding="utf-8")
    done = gradcalc(folder, locale, "check", "a.yaml")
    assert (done.returncode, done.stderr) == (1, b"")
    assert "\\u0434\\u043e\\u043c" in done.stdout.decode("ascii" if locale == "C" else locale)
