"""Decisions of the actions: values in, value out.

Reads the tracker's events as plain dicts, so that nothing here knows rasa-sdk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

Language = Literal["pt", "es", "en"]
Reason = Literal["asked", "fallback", "error", "complaint", "rule"]
Event = Mapping[str, Any]

MAX_ATTEMPTS = 2
SUGGESTIONS = 2
SUGGESTED_FROM = 0.1  # confidence; below it a topic on a button would be a guess
SUMMARY_TURNS = 5
SUMMARY_TEXT = 160

COMPLAINED = frozenset({"utter_complaint", "utter_complaint_channel"})
NOT_UNDERSTOOD = frozenset(
    {"action_ask_affirmation", "utter_out_of_scope", "utter_rephrase", "utter_pick_one"},
)
# What a customer can be asked about; small talk makes no sense on a button.
SUGGESTIBLE = frozenset({
    "ask_hours", "ask_address", "order_status", "prices_plans", "bill_copy", "delivery",
    "exchange_refund", "complaint", "opt_out", "opt_in", "ask_human",
})  # fmt: skip
TELLING_SLOTS = ("language", "order_number")

ORDER_NUMBER = re.compile(r"(?<![\w./:$@-])#?((?:[A-Za-z]{1,4}-?)?\d{3,12})(?![\w/:@-]|[.,]\d)")
SPACED_DIGITS = re.compile(r"(?<=\d)[ .](?=\d)")


class Turn(NamedTuple):
    """One thing the customer said and what it was taken for."""

    text: str
    intent: str


def language(slots: Mapping[str, Any]) -> Language:
    value = slots.get("language")
    return cast("Language", value) if value in ("pt", "es", "en") else "pt"


def order_number(text: object) -> str | None:
    """The order number in what the customer answered, as the business writes it; None if there is none."""
    words = str(text or "").strip()
    found = ORDER_NUMBER.search(words) or ORDER_NUMBER.search(SPACED_DIGITS.sub("", words))
    return found.group(1).upper() if found else None


def attempts(slots: Mapping[str, Any]) -> int:
    try:
        return int(slots.get("order_attempts") or 0)
    except (TypeError, ValueError):
        return 0


def turns(events: Iterable[Event]) -> list[Turn]:
    said = [event for event in events if event.get("event") == "user"]
    return [Turn(str(event.get("text") or ""), _intent(event)) for event in said]


def _intent(event: Event) -> str:
    parsed = event.get("parse_data") or {}
    return str((parsed.get("intent") or {}).get("name") or "")


def said_before(events: Sequence[Event]) -> str | None:
    """The bot's last action before the customer's latest message."""
    latest = _latest_user(events)
    names = [event.get("name") for event in events[:latest] if event.get("event") == "action"]
    return next((str(name) for name in reversed(names) if name != "action_listen"), None)


def already_ran(action: str, events: Sequence[Event]) -> bool:
    """Whether the action has run since the customer's latest message."""
    later = events[_latest_user(events) :]
    return any(event.get("event") == "action" and event.get("name") == action for event in later)


def step(events: Sequence[Event]) -> int:
    """Which action of this turn is running, from 1: the same number when the turn is run again."""
    later = events[_latest_user(events) :]
    return 1 + sum(1 for event in later if event.get("event") == "action")


def _latest_user(events: Sequence[Event]) -> int:
    places = [place for place, event in enumerate(events) if event.get("event") == "user"]
    return places[-1] if places else 0


def handoff_reason(intent: str | None, before: str | None) -> Reason:
    if before in COMPLAINED and intent in ("affirm", "complaint", "ask_human"):
        return "complaint"
    if intent == "ask_human" or (intent == "affirm" and before not in NOT_UNDERSTOOD):
        return "asked"
    return "fallback"


def suggestions(ranking: Iterable[Mapping[str, Any]]) -> list[str]:
    """The likeliest intents that a button can offer, best first; a single one comes with a human."""
    likely = (entry for entry in ranking if float(entry.get("confidence") or 0) >= SUGGESTED_FROM)
    names = (str(entry.get("name") or "") for entry in likely)
    offered = list(dict.fromkeys(name for name in names if name in SUGGESTIBLE))[:SUGGESTIONS]
    return offered if len(offered) != 1 or "ask_human" in offered else [*offered, "ask_human"]


def telling_slots(slots: Mapping[str, Any]) -> dict[str, Any]:
    """The slots worth showing to the agent who takes over."""
    return {name: slots[name] for name in TELLING_SLOTS if slots.get(name)}


def path(said: Sequence[Turn]) -> list[str]:
    """Intents in the order in which they first mattered: neighbours that repeat are one."""
    names: list[str] = []
    for turn in said:
        if turn.intent and (not names or names[-1] != turn.intent):
            names.append(turn.intent)
    return names[-SUMMARY_TURNS:]


def shorten(text: str, limit: int = SUMMARY_TEXT) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def day(moment: object, spoken: Language, zone: ZoneInfo) -> str | None:
    """The date as a customer reads it; None for what is no time with a zone."""
    try:
        parsed = datetime.fromisoformat(str(moment))
    except ValueError:
        return None
    if parsed.tzinfo is None:
        return None
    local = parsed.astimezone(zone)
    return local.strftime("%Y-%m-%d" if spoken == "en" else "%d/%m/%Y")
