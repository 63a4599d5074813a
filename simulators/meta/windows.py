"""When may the business write? Pure: ages in, verdict out."""

from __future__ import annotations

from typing import Literal

DAY = 86_400.0
HUMAN_AGENT = 7 * DAY

Verdict = Literal["open", "human_agent", "closed"]


def verdict(last_inbound: float | None, now: float) -> Verdict:
    if last_inbound is None:
        return "closed"
    age = now - last_inbound
    if age < DAY:
        return "open"
    return "human_agent" if age < HUMAN_AGENT else "closed"
