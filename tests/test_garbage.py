"""The garbage collector waits while problems and programs are made, and only then."""

from __future__ import annotations

import gc

import pytest

import gradcalc
from gradcalc.errors import InputError
from gradcalc.garbage import uncollected
from gradcalc.problem.bundled import bundled_names, bundled_path
from gradcalc.program import build as building
from gradcalc.program.build import build


@pytest.fixture(autouse=True)
def collected():
    assert gc.isenabled()
    yield
    gc.enable()


def test_the_collector_waits_and_goes_on():
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error():
    with pytest.raises(InputError):
        gradcalc.loads("inputs: [")
    assert gc.isenabled()


def test_who_has_put_it_off_finds_it_put_off():
    gc.disable()
    gradcalc.load("hw3")
    assert not gc.isenabled()


def test_it_waits_while_equations_are_derived(monkeypatch):
    seen = []
    backward = building.backward
    monkeypatch.setattr(building, "backward", lambda *args: seen.append(gc.isenabled()) or backward(*args))
    build(gradcalc.load("hw3"))
    assert seen == [False]


@pytest.mark.parametrize("name", bundled_names())
def test_there_is_no_garbage_to_look_for(name):
    """What is made while the collector waits holds no cycles, so that all of it goes when its last user does."""
    made_before(name)
    gc.freeze()  # What other tests left is none of this one's, and takes long to look through.
    gc.disable()
    made_before(name)
    found = gc.collect()
    gc.unfreeze()
    assert found == 0


def made_before(name):
    """A problem, and its program where it has one, made and left."""
    problem = gradcalc.load(bundled_path(name))
    if problem.forward:
        build(problem)
