"""How much memory this process holds, and keeping the collector out of what stays."""

from __future__ import annotations

import gc
import os
import resource
import sys

STATM = "/proc/self/statm"


def resident_mb() -> float:
    try:
        with open(STATM, encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:  # no /proc here: the highest so far, in bytes on macOS and kilobytes elsewhere
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1e6 if sys.platform == "darwin" else 1e3)


def settle() -> None:
    """What is there now is not gone through again when garbage is collected: with a hundred models, each time
    that would stop all turns for seconds. A model that is dropped goes by itself, as it has no cycles."""
    gc.collect()
    gc.freeze()
