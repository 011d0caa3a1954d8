"""The same problems in other people's programs, each written as its documentation would have it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

Gradients = Mapping[str, Any]


def peers(*names: str) -> dict[str, ModuleType]:
    """The modules of this package by name, those left out whose program isn't installed."""
    found = {}
    for name in names:
        try:
            found[name] = import_module(f"benchmarks.peers.{name}")
        except ModuleNotFoundError:
            continue
    return found
