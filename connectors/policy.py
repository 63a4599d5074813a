"""Meta's figures by the day they are valid from. Rows of the table channel_policy win over these.

Meta moves such figures several times a year: a new one is a row with a later day, never an edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple


class Figure(NamedTuple):
    channel: str
    key: str
    valid_from: datetime
    value: int


START = datetime(2020, 1, 1, tzinfo=UTC)
FIGURES: tuple[Figure, ...] = (
    Figure("whatsapp", "window_hours", START, 24),
    Figure("messenger", "window_hours", START, 24),
    Figure("instagram", "window_hours", START, 24),
    # WhatsApp has no tag for agents: outside the window only a template goes.
    Figure("whatsapp", "human_agent_hours", START, 0),
    Figure("messenger", "human_agent_hours", START, 7 * 24),
    Figure("instagram", "human_agent_hours", START, 7 * 24),
    # Utility templates outside the window replaced the tags that ended in April 2026.
    Figure("whatsapp", "template_outside", START, 1),
    Figure("messenger", "template_outside", datetime(2026, 4, 27, tzinfo=UTC), 1),
    Figure("whatsapp", "margin_seconds", START, 60),
    Figure("messenger", "margin_seconds", START, 60),
    Figure("instagram", "margin_seconds", START, 60),
    Figure("whatsapp", "per_second", START, 80),
    Figure("messenger", "per_second", START, 300),
    Figure("instagram", "per_second", START, 300),
)


class Policy:
    """`figure(channel, key, now)`: the newest figure already valid; 0 where there is none."""

    def __init__(self, extra: Iterable[Figure] = ()) -> None:
        self._figures: dict[tuple[str, str], list[tuple[datetime, int]]] = {}
        for place, figures in enumerate((FIGURES, tuple(extra))):
            for figure in figures:
                self._add(figure, override=place == 1)

    def _add(self, figure: Figure, *, override: bool) -> None:
        history = self._figures.setdefault((figure.channel, figure.key), [])
        if override:
            history[:] = [entry for entry in history if entry[0] != figure.valid_from]
        history.append((figure.valid_from, figure.value))
        history.sort()

    def figure(self, channel: str, key: str, now: datetime) -> int:
        value = 0
        for valid_from, figure in self._figures.get((channel, key), ()):
            if valid_from <= now:
                value = figure
        return value
