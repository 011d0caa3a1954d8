"""The inputs that fuzzing kept, those that once failed among them, pass through what it holds them to."""

from __future__ import annotations

import pytest
from targets import HERE, TARGETS, TRIM, TooSlow, bounded, limited

KEPT = [(target, file) for target in TARGETS for file in sorted((HERE / "corpus" / target).iterdir())]


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_kept_still_holds(target: str) -> None:
    for file in (file for each, file in KEPT if each == target):
        try:
            bounded(TARGETS[target], file.read_bytes())
        except (Exception, TooSlow) as error:
            pytest.fail(f"{file.relative_to(HERE)}: {error!r}")


def test_something_is_kept_of_each_and_it_is_small() -> None:
    sizes = {target: [file.stat().st_size for each, file in KEPT if each == target] for target in TARGETS}
    assert all(100 <= len(found) <= 400 for found in sizes.values())
    assert sum(map(sum, sizes.values())) < 500_000


def test_what_never_ends_is_ended() -> None:
    def forever(content: bytes) -> None:
        while True:
            try:
                len(content)
            except Exception:
                continue

    with pytest.raises(TooSlow):
        bounded(forever, b"", seconds=0.05)


@pytest.mark.skipif(TRIM is None, reason="Linux tells the peak memory, glibc gives back what is free")
def test_what_takes_much_memory_is_seen_wherever_the_process_finds_it() -> None:
    kept = [bytes(1000) for _ in range(500_000)]
    del kept[:-1]
    with pytest.raises(AssertionError, match="MB of memory"):
        bounded(lambda content: bytearray(b"x" * 200_000_000).clear(), b"")


def test_the_limit_is_lifted_afterwards() -> None:
    with limited(0.05):
        pass
    for _ in range(300_000):
        pass
