import os
import stat
import subprocess
import sys

import pytest

from gradcalc.commands.output import page_for, write_file
from gradcalc.errors import UsageError


def test_a_file_is_written_whole(tmp_path):
    target = tmp_path / "report.txt"
    target.write_text("what was there before, and longer than the report")
    write_file(target, "∇W² ✓\n")
    assert target.read_text(encoding="utf-8") == "∇W² ✓\n"
    assert list(tmp_path.iterdir()) == [target]


def test_the_permissions_of_a_file_stay(tmp_path):
    target = tmp_path / "report.txt"
    target.write_text("")
    target.chmod(0o640)
    write_file(target, "x")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "other").write_text("")
    write_file(tmp_path / "report", "x")
    assert (tmp_path / "report").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_file(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x"


@pytest.mark.parametrize("name", ["", "missing/report.txt", "file/report.txt"])
def test_what_cannot_be_written_is_said_and_nothing_is_left(tmp_path, name):
    (tmp_path / "file").write_text("kept")
    with pytest.raises(UsageError, match="--output"):
        write_file(tmp_path / name, "x")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "kept"


def test_a_failure_half_way_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "report.txt"
    target.write_text("old")

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fdopen", fail)
    with pytest.raises(UsageError, match="No space left"):
        write_file(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_device_is_written_to_and_not_replaced():
    from pathlib import Path

    with pytest.raises(UsageError, match="No space left"):
        write_file(Path("/dev/full"), "x")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize(("columns", "width"), [("132", 132), ("5", 20), ("", 80), ("wide", 80), ("0", 80)])
def test_the_width_is_that_of_columns_or_eighty(monkeypatch, tmp_path, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    assert page_for(tmp_path / "file").width == width
    assert page_for(None).width == width


@pytest.mark.parametrize(
    ("environment", "terminal", "colour"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_for_terminals_unless_somebody_says_otherwise(monkeypatch, environment, terminal, colour):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert page_for(None).colour == colour


def test_a_read_only_file_is_left_alone(tmp_path):
    target = tmp_path / "report.txt"
    target.write_text("kept")
    target.chmod(0o444)
    if os.access(target, os.W_OK):
        pytest.skip("root may write everywhere")
    with pytest.raises(UsageError, match="Permission denied"):
        write_file(target, "x")
    assert target.read_text() == "kept"


def test_the_owner_of_a_file_stays(tmp_path):
    target = tmp_path / "report.txt"
    target.write_text("")
    try:
        os.chown(target, 1234, 2345)
    except (OSError, AttributeError):
        pytest.skip("only root may give files away")
    if not os.access(target, os.W_OK):
        pytest.skip("it can't be written any more")
    write_file(target, "x")
    assert (target.stat().st_uid, target.stat().st_gid) == (1234, 2345)


def test_links_that_lead_in_a_circle_are_said(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(UsageError, match="in a circle"):
        write_file(tmp_path / "a", "x")


def test_a_link_to_a_file_that_is_still_to_come(tmp_path):
    (tmp_path / "link").symlink_to("real")
    write_file(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x"


def test_the_longest_name_can_be_written(tmp_path):
    write_file(tmp_path / ("a" * 255), "x")
    assert (tmp_path / ("a" * 255)).read_text() == "x"
    with pytest.raises(UsageError, match="too long"):
        write_file(tmp_path / ("a" * 256), "x")


LIMITED = """
import resource, signal, sys
sys.dont_write_bytecode = True  # which Python would write half, and read again
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from gradcalc.__main__ import main
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs file size limits")
@pytest.mark.parametrize("command", ["solve hw3 -f html", "step hw3", "check hw3", "sheet hw3", "graph hw3", "schema"])
def test_a_disk_that_fills_up_half_way_leaves_the_old_file(tmp_path, command):
    target = tmp_path / "report.txt"
    target.write_text("old")
    arguments = [sys.executable, "-c", LIMITED, *command.split(), "--output", str(target)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"Error: --output {target}: File too large\n")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
