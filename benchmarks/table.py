"""The rows of the report, and the report as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.timing import Timing

PACKAGES = ("numpy", "pyyaml", "pydantic", "typer", "rich", "torch", "jax", "autograd", "micrograd")


@dataclass(frozen=True)
class Row:
    """One comparison: seconds of both, their ratio, the ratio allowed; or why there is nothing to compare."""

    what: str
    against: str
    ours: float | None = None
    peer: float | None = None
    ratio: float | None = None
    bound: float | None = None
    limit: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the ratio or the time is within what is allowed, or the note; empty where nothing is asked."""
        if self.note:
            return self.note
        if self.bound is not None and self.ratio is not None:
            return "within" if self.ratio <= self.bound else "**over**"
        if self.limit is not None and self.ours is not None:
            return "within" if self.ours <= self.limit else "**over**"
        return ""

    def cells(self) -> tuple[str, ...]:
        """The row's texts in the order of the columns: times in s, ms or µs, ratios as `1.20 ×`."""
        allowed = _times(self.bound) if self.bound is not None else _seconds(self.limit)
        measured = (_seconds(self.ours), _seconds(self.peer), _times(self.ratio))
        return (self.what, self.against, *measured, allowed, self.verdict)


def rows(
    what: str, timing: Timing, bounds: Mapping[str, float | None], missing: Mapping[str, str] | None = None
) -> list[Row]:
    """A row for each peer in `bounds`; `missing` says why a peer wasn't measured."""
    ours = next(iter(timing.seconds.values()))
    return [
        Row(what, peer, ours, timing.seconds[peer], timing.ratios[peer], bound)
        if peer in timing.ratios
        else Row(what, peer, bound=bound, note=(missing or {}).get(peer, "not installed: skipped"))
        for peer, bound in bounds.items()
    ]


def markdown(lines: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    head = ("what", "against", "gradcalc", "peer", "ratio", "at most", "")
    out = [head, ("---", "---", "---:", "---:", "---:", "---:", "---"), *(row.cells() for row in lines)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in out)


def machine() -> str:
    """What the run was made on: processor, cores, Python, packages; nothing that names the computer."""
    found = [f"{name} {_version(name)}" for name in PACKAGES if _version(name)]
    cores = f"{os.cpu_count()} cores, {_processor()}, {platform.system()}"
    return f"{cores}; Python {platform.python_version()}; {', '.join(found)}."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f} ×"


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"
