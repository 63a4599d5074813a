"""The pure decisions: lanes, windows, the gate's table, retries, the limiter, Meta's figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from connectors.events import Channel, Event, Message, Sender, SendError
from connectors.outbox.limiter import LONGEST_WAIT, Limiter
from connectors.outbox.rules import MOVES, mark_of_echo, mark_of_native, retry_in
from connectors.policy import Figure, Policy
from connectors.rules import in_lane, lane_of, opens_window, own_echo, status_lane, verdict
from tests.connectors.world import TEMPLATE, TEXT

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CHANNEL = UUID(int=7)
UTILITY = {"messaging_type": "UTILITY", "message": {"template": {"name": "aviso"}}}


def event(kind: Any = "message", channel: Channel = "whatsapp", **values: Any) -> Event:
    values = {"sender": Sender("BR.abc", phone="5511")} | values
    return Event(channel=channel, account="1", key="k", kind=kind, at=NOW, **values)


# --- lanes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "lane"),
    [
        (event(), in_lane(CHANNEL, "BR.abc", "5511")),
        (event(sender=Sender("5511", phone="5511")), in_lane(CHANNEL, "BR.abc", "5511")),
        (event(sender=Sender("BR.abc")), in_lane(CHANNEL, "BR.abc")),
        (event("status"), status_lane(CHANNEL)),
        (event("account", sender=None), status_lane(CHANNEL)),
        (event("unknown"), status_lane(CHANNEL)),
        (event("preference"), in_lane(CHANNEL, "BR.abc", "5511")),
        (event("echo", "messenger"), in_lane(CHANNEL, "BR.abc", "5511")),
        (event("echo", "messenger", app_id="900"), status_lane(CHANNEL)),
        (event("echo", "messenger", reference=str(CHANNEL)), status_lane(CHANNEL)),
        (event("echo", "messenger", app_id="901", reference="job:1"), in_lane(CHANNEL, "BR.abc", "5511")),
        (event("echo", "instagram", app_id="900"), in_lane(CHANNEL, "BR.abc", "5511")),
    ],
)
def test_the_lane_of_an_event(given: Event, lane: str) -> None:
    assert lane_of(given, CHANNEL, "900") == lane


def test_without_an_app_of_ours_no_echo_is_ours_by_its_app() -> None:
    assert not own_echo(event("echo", "messenger", app_id=None), "")


@pytest.mark.parametrize("kind", ["status", "echo", "edit", "delete", "identity", "preference", "handover"])
def test_these_open_no_window(kind: str) -> None:
    assert not opens_window(event(kind))


def test_customers_acts_open_a_window_also_in_standby() -> None:
    assert opens_window(event("message"))
    assert opens_window(event("reaction"))
    assert opens_window(event("standby", field="standby.message"))
    assert not opens_window(event("standby", field="standby.echo"))


# --- the gate's table ------------------------------------------------------------------------

BOT, AGENT, CAMPAIGN = ("bot", False), ("agent", True), ("campaign", False)


@pytest.mark.parametrize(
    ("channel", "hours", "who", "native", "ok"),
    [
        ("whatsapp", None, BOT, TEXT["whatsapp"], False),
        ("whatsapp", None, BOT, TEMPLATE, True),
        ("whatsapp", 1, BOT, TEXT["whatsapp"], True),
        ("whatsapp", 23.98, AGENT, TEXT["whatsapp"], True),
        ("whatsapp", 23.99, AGENT, TEXT["whatsapp"], False),  # a minute of margin
        ("whatsapp", 30, AGENT, TEXT["whatsapp"], False),
        ("whatsapp", 30, AGENT, TEMPLATE, True),
        ("messenger", None, AGENT, TEXT["messenger"], False),
        ("messenger", 1, BOT, TEXT["messenger"], True),
        ("messenger", 30, BOT, TEXT["messenger"], False),
        ("messenger", 30, ("bot", True), TEXT["messenger"], False),
        ("messenger", 30, ("agent", False), TEXT["messenger"], False),
        ("messenger", 30, BOT, UTILITY, True),
        ("messenger", 30, AGENT, TEXT["messenger"], "human"),
        ("messenger", 24 * 7 - 0.1, AGENT, TEXT["messenger"], "human"),
        ("messenger", 24 * 7, AGENT, TEXT["messenger"], False),
        ("instagram", 1, BOT, TEXT["instagram"], True),
        ("instagram", 30, BOT, TEXT["instagram"], False),
        ("instagram", 30, BOT, UTILITY, False),
        ("instagram", 30, AGENT, TEXT["instagram"], "human"),
        ("instagram", 24 * 8, AGENT, TEXT["instagram"], False),
    ],
)
def test_the_gate(channel: Channel, hours: float | None, who: Any, native: Any, ok: Any) -> None:
    opened = None if hours is None else NOW - timedelta(hours=hours)
    given = verdict(channel, NOW, opened, who[0], who[1], native, "service", Policy())
    assert (given.ok, given.human_agent) == (bool(ok), ok == "human")
    assert given.ok or given.code == "window_closed"


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "instagram"])
def test_marketing_goes_as_a_template_only(channel: Channel) -> None:
    given = verdict(channel, NOW, NOW, "campaign", False, TEXT[channel], "marketing", Policy())
    assert (given.ok, given.code) == (False, "template_needed")


# --- figures ---------------------------------------------------------------------------------


def test_a_figure_holds_from_its_day_on() -> None:
    policy = Policy([Figure("whatsapp", "window_hours", NOW, 48)])
    assert policy.figure("whatsapp", "window_hours", NOW - timedelta(seconds=1)) == 24
    assert policy.figure("whatsapp", "window_hours", NOW) == 48
    assert policy.figure("whatsapp", "nothing", NOW) == 0


def test_a_row_of_the_same_day_wins_over_the_built_in_figure() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    assert (
        Policy([Figure("whatsapp", "per_second", start, 1000)]).figure("whatsapp", "per_second", NOW) == 1000
    )


# --- retries ---------------------------------------------------------------------------------


def refused(
    kind: Any, *, permanent: bool = False, maybe: bool = False, after: float | None = None
) -> SendError:
    return SendError(kind, "1", "", permanent=permanent, maybe_sent=maybe, retry_after=after)


@pytest.mark.parametrize(
    ("error", "attempts", "wait"),
    [
        (refused("window", permanent=True), 1, None),
        (refused("unknown", maybe=True), 1, None),
        (refused("auth"), 9, 60.0),
        (refused("billing"), 9, 60.0),
        (refused("throttle", after=5.0), 1, 5.0),
        (refused("throttle"), 10, 60.0),
        (refused("pair", after=4.0), 1, 4.0),
        (refused("pair", after=4.0), 3, 64.0),
        (refused("pair", after=4.0), 7, None),
        (refused("media"), 1, 2.0),
        (refused("media"), 2, None),
        (refused("template", after=600.0), 1, 600.0),
        (refused("consent", after=86_400.0), 1, None),  # would hold up the whole customer for a day
        (refused("unknown"), 2, 4.0),
    ],
)
def test_when_a_refused_row_is_tried_again(error: SendError, attempts: int, wait: float | None) -> None:
    assert retry_in(error, attempts) == wait


def test_a_row_never_goes_back_to_be_sent_once_it_may_have_been() -> None:
    reachable, todo = set(), {"unknown"}
    while todo:
        state = todo.pop()
        reachable.add(state)
        todo |= MOVES[state] - reachable  # type: ignore[index]  # states by name
    assert reachable == {"unknown", "unconfirmed", "sent", "failed"}


@pytest.mark.parametrize(
    ("native", "message"),
    [
        ({"message": {"text": " Olá "}}, Message("m", "text", text="Olá")),
        ({"message": {"attachment": {"type": "image", "payload": {}}}}, Message("m", "image")),
        ({"message": {"attachment": {"type": "file", "payload": {}}}}, Message("m", "document")),
        (
            {"message": {"attachment": {"type": "template", "payload": {"text": "Sim?"}}}},
            Message("m", "share", text="Sim?"),
        ),
        (
            {"message": {"attachment": {"type": "template", "payload": {"elements": [{"title": "A"}]}}}},
            Message("m", "share", text="A"),
        ),
    ],
)
def test_equal_content_is_known_again(native: Any, message: Message) -> None:
    assert mark_of_native(native) == mark_of_echo(message)
    assert mark_of_native(native) != mark_of_echo(Message("m", "text", text="outra"))


# --- limiter ---------------------------------------------------------------------------------


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def takes(limiter: Limiter, priority: int, channel: Channel = "whatsapp") -> int:
    """How many go before one must wait."""
    count = 0
    while limiter.take(CHANNEL, channel, priority, NOW) == 0.0:
        count += 1
    return count


def test_a_campaign_leaves_a_fifth_for_answers_and_the_bot_leaves_some_for_agents() -> None:
    limiter = Limiter(Policy(), monotonic=Seconds())
    assert (takes(limiter, 0), takes(limiter, 20), takes(limiter, 30)) == (64, 12, 4)


def test_a_second_later_there_is_room_for_the_figure_again() -> None:
    seconds = Seconds()
    limiter = Limiter(Policy(), monotonic=seconds)
    takes(limiter, 30)
    seconds.now += 0.5
    assert takes(limiter, 30) == 40
    seconds.now += 10
    assert takes(limiter, 30) == 80


def test_the_refused_get_times_one_after_the_other() -> None:
    limiter = Limiter(Policy(), monotonic=Seconds())
    takes(limiter, 0)
    waits = [limiter.take(CHANNEL, "whatsapp", 0, NOW) for _ in range(10_000)]
    assert waits == sorted(waits)
    assert waits[79] - waits[39] == pytest.approx(0.5)
    assert waits[-1] == LONGEST_WAIT


def test_too_fast_halves_the_rate_once_however_many_say_so_and_it_recovers() -> None:
    seconds = Seconds()
    limiter = Limiter(Policy(), monotonic=seconds)
    for _ in range(50):
        limiter.slow(CHANNEL, "whatsapp", NOW)
    assert takes(limiter, 30) == 0
    seconds.now += 1
    assert 30 <= takes(limiter, 30) <= 50
    seconds.now += 60
    assert takes(limiter, 30) == 80


def test_several_workers_share_the_figure() -> None:
    assert takes(Limiter(Policy(), workers=4, monotonic=Seconds()), 30) == 20
