"""What our processes do about themselves: children that never outlive us (on Linux the kernel ends them when the
thread that started them dies), and memory that need not be looked through."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
# New objects until the collector looks, and looks deeper: a message makes some thousands, most soon gone.
COLLECT = (10_000, 20, 20)


def die_with_parent(word: signal.Signals) -> Callable[[], None]:
    """What a child calls between fork and exec to be sent `word` when its parent dies, kill -9 included."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork: the child must not allocate
    parent = os.getpid()

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, int(word), 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return arm


def settle() -> None:
    """Once a process has all that it keeps for its life: the collector need not look through it again and
    again, which holds up whoever waits for tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
