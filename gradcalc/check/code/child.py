"""Run a student's program on several instances, within limits: `python child.py JOB.json RESULT.jsonl`.

This file runs as a script, in a process of its own, and knows nothing of gradcalc; what it finds is written line by
line as JSON, so that what was found stays found if the program ends the process. Limits and the refusal of further
processes keep mistakes from doing harm. They are no sandbox: the program has the rights of whoever runs it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

REFUSED = (
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "os.exec",
    "os.kill",
    "os.killpg",
    "pty.spawn",
    "subprocess.Popen",
)
"""What Python tells of before it does it, and a program that calculates gradients has no use for."""
USUAL = 3
"""How many arguments a function gets that doesn't say how many it takes: x, y, params."""
MOST_ENTRIES = 1_000_000


class Refused(PermissionError):
    """The program tried to start or to end a process."""


class Unusable(Exception):
    """The program doesn't keep to the convention."""


def limit(limits: Mapping[str, int]) -> None:
    """Set what the process may use, by the names that `resource` has, where the system knows them."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; there is the clock of who waits.
        return
    for name, most in limits.items():
        number = getattr(resource, name, None)
        if number is not None:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(number, (most, most + (name == "RLIMIT_CPU")))  # first told, a second later ended


def tasks() -> int:
    """How many processes and threads the user has, which is what the limit of a process counts; 0 if nobody knows."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it is gone
            if process.stat().st_uid == os.getuid():
                found += sum(1 for _ in (process / "task").iterdir())
    return found


def end_after(seconds: int) -> None:
    """End the process by the clock: whoever started it may be gone, and what only waits uses no processor."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def refuse(event: str, details: tuple[Any, ...]) -> None:
    """Stop what the program may not do, as an audit hook of Python."""
    if event in REFUSED:
        raise Refused(event)


def load(path: str) -> Any:
    """The program as a module; others in its folder can be imported by it."""
    if b"\0" in Path(path).read_bytes():  # Python 3.11.3 and before have a ValueError for it, as a program may have
        raise SyntaxError("source code cannot contain null bytes")
    sys.path.insert(0, str(Path(path).parent))
    spec = importlib.util.spec_from_file_location("student", path)
    if spec is None or spec.loader is None:
        raise Unusable("it is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["student"] = module
    spec.loader.exec_module(module)
    return module


def function(module: Any) -> str:
    """The name of the function that is called. Raises Unusable."""
    for name in ("loss_and_grads", "backward"):
        if callable(getattr(module, name, None)):
            return name
    raise Unusable("it defines neither loss_and_grads(x, y, params) nor backward(x, y, params)")


def call(function: Callable[..., Any], by_name: Mapping[str, Any], in_order: tuple[str, ...]) -> Any:
    """Call a function with what its arguments are called; with the usual ones in order, where it calls them otherwise.

    Raises Unusable where it wants more than there is.
    """
    parameters = inspect.signature(function).parameters.values()
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY, p.POSITIONAL_ONLY)]
    needed = [p for p in named if p.default is p.empty]
    if named and all(p.name in by_name and p.kind != p.POSITIONAL_ONLY for p in needed):
        return function(**{p.name: by_name[p.name] for p in named if p.name in by_name})
    count = len(needed) if named else USUAL
    if count > len(in_order):
        unknown = next(p.name for p in needed if p.name not in by_name)
        raise Unusable(f"{function.__name__} has an argument '{unknown}', but there are {', '.join(by_name)}")
    return function(*(by_name[name] for name in in_order[:count]))


class Answers:
    """What the functions return, instance by instance, each called with copies of its own.

    Where `update` fails, which often is for what is wrong with the gradients, these are answers all the same; `failed`
    then is the first error of it.
    """

    def __init__(self, module: Any, name: str) -> None:
        self.module, self.name = module, name
        self.failed: Exception | None = None

    def on(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What they return on one instance. Raises Unusable, and whatever they raise."""
        found: dict[str, Any] = {}
        if callable(getattr(self.module, "forward", None)):
            found["forward"] = call(self.module.forward, arguments(given), ("x", "params", "y"))
        known = {**arguments(given), "cache": found.get("forward")}
        found[self.name] = call(getattr(self.module, self.name), known, ("x", "y", "params", "lr"))
        self._update(found, given)
        return {key: encoded(value) for key, value in found.items()}

    def _update(self, found: dict[str, Any], given: Mapping[str, Any]) -> None:
        if not callable(getattr(self.module, "update", None)) or given["lr"] is None:
            return
        try:
            grads = found[self.name][1] if self.name == "loss_and_grads" else found[self.name]
            found["update"] = call(self.module.update, {**arguments(given), "grads": grads}, ("params", "grads", "lr"))
        except Exception as error:
            self.failed = self.failed or error


def arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments by name, as arrays that nobody else holds: a program may write into them."""
    made = {key: decoded(given[key]) for key in ("x", "y", "params", "lr")}
    return {**decoded(given["names"]), **made}


def decoded(value: Any) -> Any:
    """Numbers as they were sent: a mapping, a matrix, a number."""
    if isinstance(value, dict):
        return {key: decoded(inner) for key, inner in value.items()}
    return np.array(value) if isinstance(value, list) else value


def encoded(value: Any) -> dict[str, Any]:
    """What was returned, as JSON can have it: a mapping, a list, an array with its type; of others the type alone."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {"map": {str(key): encoded(inner) for key, inner in value.items()}}
    if isinstance(value, list | tuple) and any(hasattr(inner, "__array__") or _holds(inner) for inner in value):
        return {"list": [encoded(inner) for inner in value]}
    if value is None:
        return {"none": True}
    return _array(value)


def _holds(value: Any) -> bool:
    return isinstance(value, Mapping) or value is None


def _array(value: Any) -> dict[str, Any]:
    value = value.detach().cpu() if hasattr(value, "detach") else value
    try:
        array = np.asarray(value)
        numbers = array.astype(np.float64)
    except Exception:  # whatever a library says of what is no array of numbers
        return {"type": type(value).__name__}
    if array.size > MOST_ENTRIES or array.dtype.kind in "SUOc":
        return {"type": f"{array.dtype} array of shape {array.shape}"}
    return {"shape": array.shape, "dtype": array.dtype.name, "data": numbers.ravel().tolist()}


def failure(error: BaseException, path: str) -> dict[str, Any]:
    """What went wrong, in which line of the program."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    said = (error.msg if isinstance(error, SyntaxError) else str(error)).strip().splitlines()
    return {"error": type(error).__name__, "message": said[0][:300] if said else "", "line": line or (lines or [0])[-1]}


def main() -> None:
    """Run the program of the job on each of its instances; the last line says that there was an end."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    np.linalg.norm(np.ones((2, 2)) @ np.ones((2, 2)))  # what NumPy sets up when it first calculates
    running = tasks()
    limit({**job["limits"], **({"RLIMIT_NPROC": running + job["threads"]} if running else {})})
    end_after(job["alarm"])
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:

        def tell(line: dict[str, Any]) -> None:
            out.write(json.dumps(line) + "\n")
            out.flush()

        sys.addaudithook(refuse)
        try:
            module = load(job["program"])
            name = function(module)
            tell({"function": name})
            answers = Answers(module, name)
            for given in job["instances"]:
                tell({"answers": answers.on(given)})
            tell({"end": True} if answers.failed is None else failure(answers.failed, job["program"]))
        except BaseException as error:  # sys.exit and Ctrl-C too: whatever it is ends in a verdict
            tell(failure(error, job["program"]))
    os._exit(0)  # threads that the program has started, and what it left for the exit, aren't waited for


if __name__ == "__main__":
    main()
