"""Hypothesis runs the same examples each time; HYPOTHESIS_PROFILE=explore tries many new ones.

The usual run takes a quarter of the examples, as it leaves out slow tests; `pytest -m ''` takes them all.
"""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import gradcalc.functions  # noqa: F401  (fills the table)

sys.path.insert(0, str(Path(__file__).parent))

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=100, suppress_health_check=SLOW)
settings.register_profile("quick", settings.get_profile("steady"), max_examples=25)
settings.register_profile("explore", deadline=None, max_examples=2000, suppress_health_check=SLOW, print_blob=True)


def pytest_configure(config):
    from running import OF_THE_SCREEN

    for name in OF_THE_SCREEN:
        os.environ.pop(name, None)
    profile = "quick" if config.option.markexpr == "not slow" else "steady"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", profile))


@pytest.fixture(scope="module", autouse=True)
def _others_apart():
    """To look through all that the files before have left takes a second, in the midst of whatever is timed."""
    from clock import set_apart

    set_apart()


@pytest.fixture
def table():
    """Adds functions and pairs to the table for one test: `table(Function(...))`."""
    from gradcalc.formula import table

    added = []

    def add(entry):
        table.register_pair(entry) if isinstance(entry, table.Pair) else table.register(entry)
        added.append(entry)
        return entry

    yield add
    for entry in added:
        if isinstance(entry, table.Pair):
            table.unregister_pair(entry)
        else:
            table.unregister(entry.name)
