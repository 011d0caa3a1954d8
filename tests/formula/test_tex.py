"""One reader of TeX: what one lowering understands all do, and what is written again is what was read, and no more."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.formula.symbols import to_unicode
from gradcalc.formula.tex import commands
from gradcalc.formula.tex.read import TexError, read
from gradcalc.formula.tex.tree import is_visible
from gradcalc.formula.tex.write import latex
from gradcalc.report.html.tex import mathml
from gradcalc.report.tex.commonmark import mathematics
from gradcalc.report.tex.metrics import width

KATEX = Path(__file__).parents[1] / "report" / "katex.js"
needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
TALL = {"frac", "tfrac", "dfrac"}
"""What no line of text can show."""
BARE = {name: rf"\{name}" for name in commands.COMMANDS}
USES = (
    BARE
    | {name: rf"\{name}{{x}}" for name in (*commands.ACCENTS, *commands.WORDS, "sqrt")}
    | {name: rf"\{name}{{N}}" for name in commands.FONTS}
    | {name: rf"\{name}{{x}}{{y}}" for name in commands.FRACTIONS}
    | {"left": r"\left(x\right)", "right": r"\left[x\right]"}
)
SPACES = {name for name, entry in commands.COMMANDS.items() if entry.kind == "space"}


def test_every_command_has_a_use_here():
    assert set(commands.names()) == set(USES)


@pytest.mark.parametrize("name", sorted(USES))
def test_every_command_is_understood_by_all(name):
    tex = f"a{USES[name]} b"
    line, markup, wide = to_unicode(tex), mathml(tex), width(tex) - width("ab")
    assert (line is None) == (name in TALL)
    assert line is None or "\\" not in line or name == "backslash"
    element = ET.fromstring(f"<math>{markup}</math>")
    assert "mtext" not in {each.tag for each in element.iter()}, "nothing is left as it is typed"
    assert len("".join(element.itertext())) > 2 or name in SPACES
    assert wide > 0 or name in ("!", "negthinspace")
    assert latex(read(latex(read(tex)))) == latex(read(tex))


@pytest.mark.parametrize(
    ("tex", "line", "written"),
    [
        (r"\widetilde{y}", "ỹ", r"\widetilde{y}"),
        (r"W^\dagger", "W†", r"W^{\dagger}"),
        (r"W^\top", "Wᵀ", r"W^{\top}"),
        (r"\vec x", "x⃗", r"\vec{x}"),
        (r"\text{new value}", "new value", r"\text{new value}"),
        (r"\mathscr{L}", "L", r"\mathcal{L}"),
        (r"\bm w", "w", r"\boldsymbol{w}"),
        (r"\Alpha x", "Αx", r"\mathrm{A}x"),
        (r"\omicron", "ο", "o"),
        (r"f'(x)", "f′(x)", "f'(x)"),
        (r"f'^2_1", "f′₁²", "f'^2_1"),
        (r"f_1'^2", "f′₁²", "f'^2_1"),
        (r"\frac12", None, r"\frac{1}{2}"),
        (r"\sqrt x", "√x", r"\sqrt{x}"),
        (r"\left\|x\right\|", "‖x‖", r"\left\| x \right\| "),
        (r"\left.x\right|_0", "x|₀", r"\left.x \right|_0"),
        (r"x_ 1 ^ 2", "x₁²", "x_1^2"),
        ("x^12", "x¹2", "x^12"),
        ("2.5x", "2.5x", "2.5x"),
        ("a\n\nb", "ab", "ab"),
        (r"\theta x", "θx", r"\theta x"),
        (r"\alpha\beta", "αβ", r"\alpha\beta"),
        (r"\mathrm{data\_loss}", "data_loss", r"\mathrm{data\_loss}"),
        (r"a\%", "a%", r"a\%"),
        (r"\text{a\_b \& 5\%}", "a_b & 5%", r"\text{a\_b \& 5\%}"),
    ],
)
def test_what_is_read_is_shown_and_written_again(tex, line, written):
    assert to_unicode(tex) == line
    assert latex(read(tex)) == written


@pytest.mark.parametrize(
    ("tex", "start", "part"),
    [
        (r"\text{\input{/etc/hostname}}", 6, r"\input"),
        (r"\immediate\write18{ls}", 0, r"\immediate"),
        (r"a\write18{ls}", 1, r"\write"),
        ("P %", 2, "%"),
        ("a$$b", 1, "$"),
        ("`x`", 0, "`"),
        (r"\catcode`\$=11", 0, r"\catcode"),
        ("x^^5cinput", 2, "^"),
        (r"\csname input\endcsname", 0, r"\csname"),
        (r"x}\input{y", 1, "}"),
        ("{x", 0, "{"),
        ("x_a_b", 3, "_"),
        ("x^2'", 3, "'"),
        (r"\text{a_b}", 7, "_"),
        (r"\text{a$x$}", 7, "$"),
        (r"\text{a", 7, ""),
        (r"\href{javascript:alert(1)}{x}", 0, r"\href"),
        (r"\begin{x}", 0, r"\begin"),
        (r"x\\y", 1, r"\\"),
        ("a & b", 2, "&"),
        ("#1", 0, "#"),
        ("x\u202ey", 1, "\u202e"),
        ("x\x1b[31m", 1, "\x1b"),
        (r"\left(x", 7, ""),
        (r"\left x\right)", 6, "x"),
        (r"x\right)", 1, r"\right"),
        ("x^", 2, ""),
        ("\\", 0, "\\"),
        (r"\sqrt[3]{x}", 5, "["),
        ("{" * 5000, 40, "{"),
    ],
)
def test_what_is_not_known_is_refused_where_it_stands(tex, start, part):
    with pytest.raises(TexError) as caught:
        read(tex)
    assert (caught.value.start, caught.value.part) == (start, part)
    assert to_unicode(tex) is None
    assert mathml(tex)
    assert width(tex) >= 0


def test_a_command_nearly_right_gets_a_hint():
    with pytest.raises(TexError, match=r"unknown command '\\widetidle'; did you mean '\\widetilde'\?"):
        read(r"\widetidle{y}")


@pytest.mark.parametrize("tex", ["", " ", "{}", r"\ ", "~", r"\quad{}", r"\text{ }", r"\mathbf{}"])
def test_what_shows_nothing_is_known_for_it(tex):
    assert not is_visible(read(tex))


@pytest.mark.parametrize("tex", ["x", r"\theta", "{x}", r"\text{a}", "x'", r"\hat{y}"])
def test_and_the_rest_is_not(tex):
    assert is_visible(read(tex))


PIECES = st.sampled_from(
    [*(rf"\{name}" for name in commands.names()), *"abW12.+-=()[]{}^_'$%&#~ \\", r"\input", r"\write18", r"\\", "é"]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_is_written_has_only_what_is_known(tex):
    """Written again, any reading is its own reading: braces match, no command but those of the table is in it."""
    try:
        written = latex(read(tex))
    except TexError:
        return
    assert latex(read(written)) == written
    found = set(re.findall(r"\\([A-Za-z]+|.)", written))
    assert found <= {*commands.names(), *"_%&#${} "}
    assert not re.search(r"(?<!\\)[$%&#`\"]", written)


def katex_is_there():
    node = shutil.which("node")
    return node is not None and not subprocess.run([node, "-e", "require('katex')"], capture_output=True).returncode


@pytest.mark.skipif(not katex_is_there(), reason="node or its package katex is not installed (see NODE_PATH)")
def test_katex_knows_every_command(tmp_path):
    """In the words of LaTeX, and in those that Markdown leaves alone."""
    found = []
    for name, tex in USES.items():
        written = latex(read(f"a{tex} b"))
        found += [{"tex": each, "display": True, "where": name} for each in (written, mathematics(written))]
    (tmp_path / "formulas.json").write_text(json.dumps(found), encoding="utf-8")
    done = subprocess.run(["node", KATEX, tmp_path / "formulas.json"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_latex
def test_latex_knows_every_command_and_its_width(tmp_path):
    """TeX takes what is written, and sets it as wide as the table says: never wider than by a thin space."""
    written = {name: latex(read(tex)) for name, tex in USES.items()}
    measures = "".join(
        f"\\setbox0\\hbox{{$a{tex} b$}}\\setbox1\\hbox{{$ab$}}\\dimen0=\\wd0\\advance\\dimen0-\\wd1"
        f"\\typeout{{:: \\the\\dimen0}}\n"
        for tex in written.values()
    )
    text = (
        f"\\documentclass{{article}}\\usepackage{{amsmath,amssymb}}\\begin{{document}}\n{measures}\\end{{document}}\n"
    )
    (tmp_path / "all.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    log = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100).stdout
    widths = [float(found) / 10 for found in re.findall(r"^:: (-?[\d.]+)pt", log, re.MULTILINE)]
    assert len(widths) == len(USES), log[-500:]
    for (name, tex), of_tex in zip(written.items(), widths, strict=True):
        # Signs such as * stand mostly in scripts, where TeX puts no space around them.
        room = 0.46 if name in ("ast", "star", "dots", "ldots", "cdots", "ddots") else 0.19
        assert of_tex - room <= width(f"a{tex} b") - width("ab") <= of_tex + 0.3, name
