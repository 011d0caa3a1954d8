"""A problem file as the problem stands after some steps: new numbers in the old text, everything else left as it is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path as File
from typing import Any, Final, TypeAlias

import numpy as np
import yaml

from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis
from gradcalc.problem.document import describe
from gradcalc.problem.source import LOADER, read_text
from gradcalc.program.problem import Path, Problem

OUTDATED: Final = ("expected", "misprints")
"""Keys with published numbers, which are of the steps that are made by now."""
_Edit: TypeAlias = tuple[int, int, str]
"""From where to where, and what takes the place."""


def saved(problem: Problem, changed: Mapping[str, Any], folder: File) -> str:
    """The text of a file from which the steps go on: `problem` as it stands now, and top-level keys that are changed.

    Comments and all other keys stay, but for published numbers. Of a file in flow style (or JSON) only the data is
    kept. Raises UsageError for numbers that aren't finite, and where files beside the problem would not be found.
    """
    _refuse_what_is_lost(problem, folder)
    new: dict[Path, Any] = {problem.origins[name]: _plain(value, problem.axis) for name, value in _moved(problem)}
    top = {**changed, "start": _start(problem)}
    return Rewriter(problem.text).rewritten(new, top)


def _moved(problem: Problem) -> Iterator[tuple[str, Array]]:
    return ((name, value) for name, value in problem.parameters.items() if name not in problem.frozen)


def _refuse_what_is_lost(problem: Problem, folder: File) -> None:
    states = (value for values in problem.start.values() for value in values.values())
    if not all(np.isfinite(value).all() for value in (*problem.parameters.values(), *states)):
        raise UsageError("the steps end in numbers that aren't finite: there is nothing to go on from")
    named = next((path for path in problem.places if path and path[-1] == "file"), None)
    if named is not None and folder.resolve() != File(problem.path).parent.resolve():
        raise UsageError(f"{describe(named)} names a file beside the problem: save in the same folder")


def _plain(value: Array, axis: Axis) -> Any:
    """A number, a flat list for a single sample, or a list of rows, as files have them."""
    flat = value.ndim == 2 and value.shape[1 - axis] == 1
    return (value.reshape(-1) if flat else value).tolist()


def _start(problem: Problem) -> dict[str, Any]:
    states = {
        line: {name: _plain(value, problem.axis) for name, value in values.items() if name not in problem.frozen}
        for line, values in problem.start.items()
    }
    return {"k": problem.first_step, **states}


class Rewriter:
    """A problem file of which stretches are replaced; it is read once, however many texts are made of it."""

    def __init__(self, text: str, outdated: Collection[str] = OUTDATED) -> None:
        self.text, self.outdated = text, outdated
        root: Any = yaml.compose(text, Loader=LOADER)
        self.root = root
        self.indent = " " * root.start_mark.column

    def rewritten(self, new: Mapping[Path, Any], top: Mapping[str, Any]) -> str:
        """The text with new values at their paths and new top-level keys; in flow style, only the data is kept."""
        return _as_json(self.text, new, top, self.outdated) if self.root.flow_style else self.edited(new, top)

    def edited(self, new: Mapping[Path, Any], top: Mapping[str, Any]) -> str:
        """The text with new values at their paths, new top-level keys, and without those that are outdated."""
        edits = [*self.replaced(new), *self.set(top), *self.removed()]
        text = self.text
        for start, end, written in sorted(edits, reverse=True):
            text = text[:start] + written + text[end:]
        return text

    def replaced(self, new: Mapping[Path, Any]) -> Iterator[_Edit]:
        """New values at their paths."""
        for path, value in new.items():
            node = _at(self.root, path)
            yield node.start_mark.index, self.end(node), _written(value)

    def set(self, top: Mapping[str, Any]) -> Iterator[_Edit]:
        """A top-level key's new value; a key that isn't there yet comes last."""
        there = {key.value: (key, value) for key, value in self.root.value}
        added = ""
        for name, value in top.items():
            line = self.line(name, value)
            if name in there:
                key, node = there[name]
                yield key.start_mark.index, self.end(node), line
            else:
                added += f"{self.indent}{line}\n"
        last = self.end(self.root)
        rest = self.text[last:]
        behind = last + (rest.index("\n") + 1 if "\n" in rest else len(rest))
        yield behind, behind, added if self.text[:behind].endswith("\n") or not added else f"\n{added}"

    def removed(self) -> Iterator[_Edit]:
        """Nothing in the place of what is outdated."""
        for key, node in self.root.value:
            if key.value in self.outdated:
                end = self.text.find("\n", self.end(node))
                yield key.start_mark.index - len(self.indent), len(self.text) if end < 0 else end + 1, ""

    def line(self, name: str, value: Any) -> str:
        """`start:` with a line for each of its parts; another key in one line."""
        if isinstance(value, dict):
            parts = (f"{self.indent}  {inner}: {_written(each)}" for inner, each in value.items())
            return "\n".join([f"{name}:", *parts])
        return f"{name}: {_written(value)}"

    def end(self, node: Any) -> int:
        """Behind the last character of a value; to YAML a block ends only where the next thing begins."""
        if isinstance(node, yaml.ScalarNode) or node.flow_style:
            return len(self.text[: node.end_mark.index].rstrip())
        last = node.value[-1]
        return self.end(last[1] if isinstance(last, tuple) else last)


def _written(value: Any) -> str:
    """In flow style, each number by its shortest digits that mean exactly it; whole ones without a point."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)}: {_written(each)}" for name, each in value.items()) + "}"
    return json.dumps(value)


def _key(name: str) -> str:
    """A name; in quotes where YAML would take its bracket for a list."""
    return json.dumps(name) if "[" in name else name


def _at(root: Any, path: Path) -> Any:
    node = root
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next(value for key, value in node.value if key.value == str(step))
        else:
            node = node.value[step]
    return node


def _as_json(text: str, new: Mapping[Path, Any], top: Mapping[str, Any], outdated: Collection[str]) -> str:
    """JSON, and YAML in flow style: the data is written anew."""
    data = read_text(text).data
    for path, value in new.items():
        inner = data
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
    kept = {key: value for key, value in data.items() if key not in outdated}
    return json.dumps({**kept, **top}, indent=2, ensure_ascii=False) + "\n"
