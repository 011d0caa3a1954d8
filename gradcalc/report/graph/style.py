"""The style sheet of a drawn computation graph, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

KINDS = ("input", "target", "parameter", "quantity")
FAMILY = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
LIGHT = {
    "paper": "#ffffff",
    "ink": "#1a1a1a",
    "faint": "#5f6368",
    "line": "#80868b",
    "gradient": "#b3261e",
    "input": "#e3effc",
    "target": "#e5f4e7",
    "parameter": "#fdf3d8",
    "quantity": "#f6f7f8",
}
DARK = {
    "paper": "#17191c",
    "ink": "#eceff1",
    "faint": "#a5abb1",
    "line": "#8b9299",
    "gradient": "#ff9d94",
    "input": "#1d3550",
    "target": "#1d3d25",
    "parameter": "#473a14",
    "quantity": "#25292d",
}
MARKER = (
    '<defs><marker id="graph-tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7"',
    ' orient="auto"><path class="tip" d="M0 0.8 L8 4 L0 7.2 z"/></marker></defs>',
)
_SHAPES = {
    "text": f"font: 12px {FAMILY}; white-space: pre;",
    ".head": "font-size: 13px;",
    ".title": "font-size: 13px; font-weight: bold;",
    ".edge": "fill: none; stroke-width: 1.2;",
    ".operation": "font-size: 11px; text-anchor: middle; stroke-width: 4; paint-order: stroke;",
    ".box": "stroke-width: 1;",
    ".end .box": "stroke-width: 2.5;",
    ".target .box": "stroke-dasharray: 5 3;",
    ".gradient": "font-style: italic;",
}


def style() -> Iterator[str]:
    """The lines of a `style` element; every rule is for what stands within `.computation-graph`."""
    yield "<style>"
    yield from _rules(_SHAPES)
    yield from _rules(_colours(LIGHT))
    yield "@media (prefers-color-scheme: dark) {"
    yield from _rules(_colours(DARK))
    yield "}"
    yield "</style>"


def _colours(of: dict[str, str]) -> dict[str, str]:
    # Written out, not as CSS variables, which programs that turn SVG into PDF don't know.
    return {
        ".paper": f"fill: {of['paper']};",
        "text": f"fill: {of['ink']};",
        ".edge": f"stroke: {of['line']};",
        ".tip": f"fill: {of['line']};",
        ".operation": f"fill: {of['faint']}; stroke: {of['paper']};",
        ".faint": f"fill: {of['faint']};",
        ".gradient": f"fill: {of['gradient']};",
        ".box": f"stroke: {of['line']};",
        **{f".{kind} .box": f"fill: {of[kind]};" for kind in KINDS},
    }


def _rules(rules: dict[str, str]) -> Iterator[str]:
    for selector, declarations in rules.items():
        yield f".computation-graph {selector} {{ {declarations} }}"
