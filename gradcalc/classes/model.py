"""What was handed in and what became of it, as data that goes from process to process and from file to file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, get_args


@dataclass(frozen=True, slots=True)
class Program:
    """A student's program: the files by their paths, and which of them is run; the others it may import."""

    main: str
    files: Mapping[str, bytes]


Text: TypeAlias = str | Mapping[str, Any]
"""A sheet as text (YAML or JSON), or as plain data."""
Content: TypeAlias = Text | Program
"""A sheet, or a program that gives its answers."""
Status: TypeAlias = Literal["marked", "unreadable", "too slow", "crashed", "duplicate"]
STATUSES: tuple[Status, ...] = get_args(Status)
VARIANT: Final = "variant"
"""The key that says by whose variant a sheet was marked."""
_OWN = ("number", "student", "name", "file", "status", "message", "when")


@dataclass(frozen=True, slots=True)
class Submission:
    """One sheet: whose it is, where it comes from as it is shown (`sheets.zip/student-017.yaml`), how it is read.

    `load` can be pickled; it raises GradcalcError where the sheet can't be had. `when` is when it was handed in, in
    seconds since 1970, and 0 where nobody knows. `sure` says that `student` is more than a file's name (a platform or a
    column says it), so that what stands on the sheet doesn't change it.
    """

    student: str
    source: str
    load: Callable[[], Content]
    when: float = 0.0
    sure: bool = False
    name: str = ""
    """The student's name, where a platform says it."""
    said: str = ""
    """What is to be said of it whatever its marks are."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a submission: a line of `results.jsonl`.

    `number` is its place among all submissions, from 1. `marks` is what `check --format json` gives (`score`, `points`,
    `answered`, `asked`, `verdicts`, `first_error`; `id` and `comment` as far as the sheet has them), the problem's
    `title` and, with variants, whose the sheet was marked by (`variant`); empty unless the status is `marked`. `name`
    is the student's, where a platform or the sheet says it. `message` says what is to be said beside the marks, or why
    there are none.
    """

    student: str
    file: str
    status: Status
    message: str = ""
    marks: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    number: int = 0
    when: float = 0.0

    @property
    def is_marked(self) -> bool:
        """Whether there are marks."""
        return self.status == "marked"

    @property
    def by_variant(self) -> bool:
        """Whether it was marked by a variant, so that the problem's own numbers are not what was asked."""
        return VARIANT in self.marks

    @property
    def by_quantity(self) -> dict[str, Mapping[str, Any]]:
        """The verdict on each quantity; of one that is answered twice that on the answer that counts, the first."""
        found: dict[str, Mapping[str, Any]] = {}
        for each in self.marks.get("verdicts", ()):
            found.setdefault(each["quantity"], each)
        return found

    @property
    def not_marked(self) -> list[tuple[str, str, str]]:
        """Where each equation of a write-up stands that isn't marked, what it is, and why."""
        return [(f"line {each['at'][0]}", each["text"], each["message"]) for each in self.marks.get("not_marked", ())]

    @property
    def all_right(self) -> bool:
        """Whether it is marked, and nothing on it is wrong; too few digits are no error, another layout is one."""
        verdicts = self.marks.get("verdicts", ())
        fine = all(each["verdict"] in ("correct", "imprecise") for each in verdicts)
        return self.is_marked and fine and self.marks.get("first_error") is None

    def to_data(self) -> dict[str, Any]:
        """The result as plain data."""
        return {**{key: getattr(self, key) for key in _OWN}, **self.marks}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Result:
        """The result that such data is of. Raises ValueError where it is no result."""
        if not all(isinstance(data.get(key), str) for key in ("student", "file")) or data.get("status") not in STATUSES:
            raise ValueError("a result has a student, a file and a status")
        own = {key: data[key] for key in _OWN if key in data}
        return cls(marks={key: value for key, value in data.items() if key not in _OWN}, **own)
