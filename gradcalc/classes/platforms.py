"""Whose a file is, by its path: as Moodle, Canvas and Gradescope name it, or by folder and file name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import yaml

_MOODLE = re.compile(r"(?P<name>[^/]*)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_[^/]*)?")
"""`First Last_12345_assignsubmission_file_`: a folder a student, or with the file's name behind it a file a student.

What was typed into Moodle itself is `onlinetext`.
"""
_CANVAS = re.compile(r"(?P<name>[^\W_]+(?:-[^\W_]+)*)_(?P<late>LATE_)?(?P<id>\d+)_\d+_.+")
"""`lastfirst_12345_67890_x.yaml`: the student's number, then that of what was handed in."""
_MOODLE_FILE = re.compile(r".*?_\d+_assignsubmission_(?:file|onlinetext)_(?P<own>.+)")
_CANVAS_FILE = re.compile(r"[^\W_]+(?:-[^\W_]+)*_(?:LATE_)?\d+_\d+_(?P<own>.+?)(?:-\d+)?(?P<ending>\.[^.]*)?")
"""Behind the name Canvas counts how often it was handed in."""
_GRADESCOPE = re.compile(r"submission_\d+")
METADATA: Final = "submission_metadata.yml"
_LARGEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Owner:
    """A student, by the id that a gradebook knows, or else by a file's name; `sure` where a platform says it."""

    student: str
    name: str = ""
    sure: bool = False
    late: bool = False


def owners(path: str, base: str, metadata: Mapping[str, tuple[Owner, ...]]) -> tuple[Owner, ...]:
    """Whose the file is: of what a group handed in at Gradescope, all of them.

    `base` is the folder that all sheets lie in; below it a folder is a student's.
    """
    for part in reversed(path.split("/")[:-1]):
        if part in metadata:
            return metadata[part]
        moodle = _MOODLE.fullmatch(part)
        if moodle:
            return (Owner(moodle["id"], moodle["name"], sure=True),)
        canvas = _CANVAS.fullmatch(part) if part.lower().endswith(".zip") else None
        if canvas:
            return (_by_canvas(canvas),)
        if _GRADESCOPE.fullmatch(part):
            return (Owner(part),)
    file = PurePosixPath(path).name
    moodle, canvas = _MOODLE.fullmatch(file), _CANVAS.fullmatch(file)
    if moodle:
        return (Owner(moodle["id"], moodle["name"], sure=True),)
    if canvas:
        return (_by_canvas(canvas),)
    below = path.removeprefix(f"{base}/") if base else path
    folder, _, rest = below.partition("/")
    return (Owner(folder if rest else PurePosixPath(file).stem),)


def _by_canvas(found: re.Match[str]) -> Owner:
    return Owner(found["id"], found["name"], sure=True, late=bool(found["late"]))


def own_name(path: str) -> str:
    """What a student called the file, which platforms put more in front of."""
    file = PurePosixPath(path).name
    moodle, canvas = _MOODLE_FILE.fullmatch(file), _CANVAS_FILE.fullmatch(file)
    if moodle:
        return moodle["own"]
    return canvas["own"] + (canvas["ending"] or "") if canvas else file


def base_of(paths: list[str]) -> str:
    """The folder that all of several sheets lie in, itself no student's; empty where it is the root."""
    if len(paths) < 2:
        return ""
    first, last = (path.split("/")[:-1] for path in (min(paths), max(paths)))
    shared = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return "/".join(first[:shared])


def gradescope_owners(text: bytes) -> dict[str, tuple[Owner, ...]]:
    """The students of each submission, as Gradescope's `submission_metadata.yml` has them. Raises ValueError."""
    if len(text) > _LARGEST:
        raise ValueError(f"is larger than {_LARGEST >> 20} MB")
    try:
        data = yaml.load(text, Loader=_Ruby)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"can't be read as YAML: {str(error).splitlines()[0]}") from None
    found = data.items() if isinstance(data, dict) else ()
    return {str(key): mine for key, value in found if (mine := tuple(_submitters(value)))}


def _submitters(value: Any) -> list[Owner]:
    people = value.get(":submitters") if isinstance(value, dict) else None
    named = [each for each in people if isinstance(each, dict)] if isinstance(people, list) else []
    return [_submitter(each) for each in named if each.get(":sid") or each.get(":email") or each.get(":name")]


def _submitter(person: Mapping[str, Any]) -> Owner:
    name = str(person.get(":name") or "")
    return Owner(str(person.get(":sid") or person.get(":email") or name), name, sure=True)


class _Ruby(yaml.SafeLoader):
    """Reads what Ruby wrote: an object with a tag of its own is the mapping or the text that stands there."""


def _untagged(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else str(node.value)


_Ruby.add_multi_constructor("!", _untagged)
for _tag in ("timestamp", "int", "float"):  # a student's number keeps its zeros in front
    _Ruby.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda _, node: str(node.value))
