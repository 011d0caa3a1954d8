"""The curve with matplotlib, where that is installed; what is said where it isn't."""

import sys

import pytest

import gradcalc
from gradcalc.errors import GradcalcError


@pytest.fixture
def descent():
    return gradcalc.take_steps(gradcalc.load("hw3"), 5, watch=["b1", "W1[1,2]"])


def test_without_matplotlib_it_is_said_what_to_install(descent, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(GradcalcError, match=r"pip install 'gradcalc\[plot\]'"):
        descent.plot()


def test_without_a_curve_there_is_nothing_to_draw():
    with pytest.raises(GradcalcError, match="nothing was written down"):
        gradcalc.take_steps(gradcalc.load("hw3"), 2, watch=None).plot()


class Axes:
    """What matplotlib's axes are asked for."""

    def __init__(self):
        self.lines = []

    def plot(self, across, up, label):
        self.lines.append((tuple(across), tuple(up), label))

    def legend(self):
        pass


def test_each_column_is_a_line(descent):
    axes = Axes()
    assert descent.plot(axes) is axes
    assert axes.lines == [(descent.curve.steps, column, name) for name, column in descent.curve.columns.items()]
    assert [name for *_, name in axes.lines] == ["loss", "b1[1]", "b1[2]", "W1[1,2]"]


def test_a_figure_has_a_part_for_each_quantity(descent):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    every = descent.plot()
    assert [[line.get_label() for line in axes.get_lines()] for axes in every] == [
        ["loss"],
        ["b1[1]", "b1[2]"],
        ["W1[1,2]"],
    ]
    assert [*every[0].get_lines()[0].get_ydata()] == [*descent.curve.columns["loss"]]
    alone = gradcalc.take_steps(gradcalc.load("hw3"), 2).plot()
    assert len(alone.get_lines()) == 1
