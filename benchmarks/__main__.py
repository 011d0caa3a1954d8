"""`python -m benchmarks [GROUP...] [--rounds N] [--write]`: measure, print the table, keep it in README.md."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

README = Path(__file__).parent / "README.md"
THREADS = str(os.cpu_count() or 1)

# Before NumPy or PyTorch is loaded: both get the same number of threads.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, THREADS)

from benchmarks import checking, classes, graphs, images, loading, networks, processes, sequences, writeups  # noqa: E402
from benchmarks.agreement import DisagreementError  # noqa: E402
from benchmarks.table import Row, machine, markdown  # noqa: E402

GROUPS: dict[str, Callable[..., Iterator[Row]]] = {
    "processes": processes.measure,
    "loading": loading.measure,
    "small": networks.small,
    "large": networks.large,
    "lstm": sequences.lstm,
    "images": images.measure,
    "graphs": graphs.measure,
    "checking": checking.measure,
    "writeups": writeups.measure,
    "classes": classes.measure,
    "memory": classes.memory,
}


def main() -> int:
    """Run the groups asked for; 1 where a peer's gradients differ from gradcalc's."""
    options = _options()
    found: list[Row] = []
    for group in options.groups or GROUPS:
        print(f"{group} …", file=sys.stderr, flush=True)
        try:
            found += GROUPS[group](**({"rounds": options.rounds} if options.rounds else {}))
        except DisagreementError as error:
            print(f"{group}: {error}", file=sys.stderr)
            return 1
    report = f"{machine()}\n\n{markdown(found)}"
    print(report)
    if options.write:
        _keep(report)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--rounds", type=int, help="how often each way is timed (default: 15 to 30)")
    parser.add_argument("--write", action="store_true", help="put the table in benchmarks/README.md")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no group {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    return options


def _keep(report: str) -> None:
    text = README.read_text(encoding="utf-8")
    kept = re.sub(r"(<!-- last run -->\n).*(<!-- end -->)", lambda m: f"{m[1]}\n{report}\n\n{m[2]}", text, flags=re.S)
    README.write_text(kept, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
