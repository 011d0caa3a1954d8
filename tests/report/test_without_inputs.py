"""`solve --no-inputs`: the gradients of the inputs aren't told, and everything else is."""

from __future__ import annotations

import json

import pytest

from tests.running import run


def told(*more: str) -> list[str]:
    return run("solve", *more, "--format", "plain").stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "count"), [(("hw3",), 1), (("hw3", "--steps", "2"), 2), (("negnevitsky",), 3), (("hw3", "--expand"), 3)]
)
def test_gradients_of_inputs_alone_are_left_out(words, count):
    whole, without = told(*words), told(*words, "--no-inputs")
    left_out = [line for line in whole if line not in without]
    assert [line for line in whole if line in without] == without
    assert len(left_out) >= count
    assert all(line.split(" ")[0].strip(":").startswith(("∇x", "dx")) for line in left_out)


def test_data_for_programs_have_them_in_any_case():
    data = json.loads(run("solve", "hw3", "--no-inputs", "--format", "json").stdout)
    assert "x" in data["values"]["gradients"]
