"""Fuzz gradcalc with coverage guidance: `python tests/fuzz/fuzz.py loader|formula|answers [--minutes 10]`.

Needs atheris (`pip install -e '.[test,fuzz]'`). New inputs that reach new code, and those that fail (`failed-*`),
go to a folder outside the tree (`--work`), from which `--merge` takes the smallest into the corpus that is kept.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

# One thread: the processor's time is what is limited, and several threads would add theirs up.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WORK = Path(tempfile.gettempdir(), "gradcalc-fuzz")
SLOWER = 3.0
"""How much longer an input may take while it is watched which code it reaches."""
LONGEST = {"loader": 4096, "formula": 1024, "answers": 2048}
LONGEST_KEPT = 1024

sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(HERE)]


def main() -> None:
    options, handed_on = arguments()
    if handed_on:
        # Merging, libFuzzer starts this script again, with options of its own.
        run(options.target, options.work, handed_on)
    grown = options.work / options.target
    seeds = options.work / f"{options.target}-seeds"
    for folder in (grown, seeds, kept(options.target)):
        folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(beginnings(options.target)):
        (seeds / f"{number:04}").write_bytes(content)
    if options.merge:
        run(
            options.target,
            options.work,
            [f"-max_len={LONGEST_KEPT}", "-merge=1", "-use_counters=0", kept(options.target), grown, seeds],
        )
    else:
        limits = [f"-max_total_time={options.minutes * 60:.0f}", f"-max_len={LONGEST[options.target]}"]
        run(options.target, options.work, [*limits, grown, kept(options.target), seeds])


def arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("target", choices=LONGEST)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to go on (10)")
    parser.add_argument("--work", type=Path, default=WORK, help=f"where new inputs go ({WORK})")
    parser.add_argument("--merge", action="store_true", help="take what reaches more code into the kept corpus")
    return parser.parse_known_args()


def run(target: str, work: Path, options: Sequence[object]) -> NoReturn:
    """Hand over to libFuzzer, which ends the process."""
    import atheris

    with atheris.instrument_imports(include=["gradcalc"]):
        import targets

    def one(content: bytes) -> None:
        targets.bounded(targets.TARGETS[target], content, SLOWER * targets.SECONDS)

    # The tracing itself takes some memory with each input; what an input takes is measured by `bounded`.
    always = ["-timeout=60", "-rss_limit_mb=4096", f"-dict={HERE / 'tokens.dict'}", "-print_final_stats=1"]
    where = f"-artifact_prefix={work / f'failed-{target}-'}"
    again = f"{sys.executable} {HERE / 'fuzz.py'} {target}"
    atheris.Setup([again, *always, where, *map(str, options)], one)
    atheris.Fuzz()
    raise SystemExit


def kept(target: str) -> Path:
    """The folder of inputs that are kept."""
    return HERE / "corpus" / target


def beginnings(target: str) -> Iterator[bytes]:
    """Inputs to begin with: the problems, sheets and formulas that the project has."""
    texts = [file.read_text("utf-8") for file in (*(ROOT / "problems").glob("*.yaml"), *(ROOT / "docs").glob("*.md"))]
    blocks = [block for text in texts for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    problems = [text for text in texts if "```" not in text]
    if target == "loader":
        yield from (text.encode() for text in [*problems, *blocks])
    elif target == "answers":
        yield from (text.encode() for text in [*blocks, *sheets(problems)])
    else:
        found = (formula for text in [*problems, *texts] for formula in formulas(text))
        yield from (formula.encode("utf-8", "surrogatepass") for formula in dict.fromkeys([*spellings(), *found]))


def sheets(problems: list[str]) -> Iterator[str]:
    """What the problems expect is a sheet; sheets with mistakes are among the documents."""
    for text in problems:
        _, found, rest = text.partition("\nexpected:\n")
        if found:
            yield re.split(r"\n\S", rest)[0].replace("\n  ", "\n").removeprefix("  ")
    for file in (ROOT / "docs" / "seed-mistakes").glob("*.yaml"):
        yield f"# {file.stem}\n{file.read_text('utf-8')}"


def spellings() -> Iterator[str]:
    """Formulas in all notations, from the tests of the parser and of the writers."""
    for name in ("test_parse.py", "test_write.py", "test_simplify.py"):
        text = (ROOT / "tests" / "formula" / name).read_text("utf-8")
        for quoted in re.findall(r'"((?:[^"\\\n]|\\u\w{4})+)"', text):
            yield re.sub(r"\\u(\w{4})", lambda found: chr(int(found[1], 16)), quoted)


def formulas(text: str) -> Iterator[str]:
    """What stands behind a colon or an equals sign and isn't a list."""
    for line in text.splitlines():
        found = re.search(r"[:=] +\"?([^\[{\"#|>]*[-+*/@(][^\"#]*)", line)
        if found:
            yield found[1].strip()


if __name__ == "__main__":
    main()
