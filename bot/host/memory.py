"""How much memory this process holds."""

from __future__ import annotations

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
