"""How long a worker rests between two batches."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kernel.loops import LONGEST_BREATH, Breath


@dataclass
class Watch:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("gap", "took", "rest"),
    [
        (0.0, 0.0, 0.0),
        (0.0, 0.02, 0.01),  # half as long as it worked
        (0.015, 0.002, 0.013),  # or until the gap is over
        (0.015, 0.014, 0.007),
        (0.0, 5.0, LONGEST_BREATH),  # but never for long
        (0.2, 0.0, 0.2),
    ],
)
def test_a_worker_rests_half_as_long_as_it_worked(gap: float, took: float, rest: float) -> None:
    watch = Watch()
    breath = Breath(gap, watch)
    watch.now += took
    breath.work_done()
    assert breath.left == pytest.approx(rest)


def test_who_waited_for_work_has_rested() -> None:
    watch = Watch()
    breath = Breath(0.015, watch)
    watch.now += 0.01
    breath.work_done()
    watch.now += 1.0
    assert breath.left == 0.0
