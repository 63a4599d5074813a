"""WhatsApp events that are no customer's message: statuses, echoes, standby, account news, the unknown."""

from datetime import UTC, datetime

import msgspec
import pytest

from connectors.whatsapp.parse import parse

NUMBER, WABA = "500000000000202", "400000000000101"
PHONE, BSUID = "5511955550123", "BR.9f3kExample01"


@pytest.fixture
def read(event):
    return lambda name: event("whatsapp", name)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("read", "read"),
        ("played", "read"),
        ("deleted", "deleted"),
    ],
)
def test_statuses(read, name, state):
    event = read(f"status_{name}")
    assert (event.kind, event.key) == ("status", f"status:wamid.OUT1:{name}")
    assert (event.status.state, event.status.message_id, event.status.reference) == (
        state,
        "wamid.OUT1",
        "job:77",
    )
    assert (event.sender.user, event.sender.phone) == (BSUID, PHONE)


def test_a_price_is_kept(read):
    assert read("status_sent").status.pricing["category"] == "marketing"


def test_a_failure_names_its_code(read):
    status = read("status_failed").status
    assert (status.error_code, status.error_detail) == ("131047", "More than 24 hours have passed")


def test_a_groups_status_is_one_per_participant(read):
    assert read("status_group").key == f"status:wamid.OUT1:read:{PHONE}"


def test_an_echo_belongs_to_the_customer(read):
    event = read("echo")
    assert (event.kind, event.sender.user, event.message.text) == ("echo", BSUID, "já verifico")


# --- not ours to answer ----------------------------------------------------------------------


def test_standby_is_kept_apart_from_the_real_copy(body):
    parsed = parse(body("whatsapp", "standby"))
    assert {event.kind for event in parsed.events} == {"standby"}
    assert [event.key for event in parsed.events] == [
        "standby:wamid.IN1",
        "standby:wamid.E9",
        "standby:status:wamid.OUT1:delivered",
    ]
    assert [event.field for event in parsed.events] == ["standby.message", "standby.echo", "standby.status"]


@pytest.mark.parametrize("move", ["passed", "taken"])
def test_thread_control_moves(read, move):
    event = read(f"handover_{move}")
    assert (event.kind, event.account, event.message.payload) == ("handover", NUMBER, f"control_{move}")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("group_text", "messages.group"),
        ("request_welcome", "messages.request_welcome"),
        ("type_of_tomorrow", "messages.hologram"),
        ("status_of_tomorrow", "statuses.teleported"),
        ("history", "history"),
        ("unknown_calls", "calls"),
        ("unknown_flows", "flows"),
        ("unknown_field_of_tomorrow", "field_of_tomorrow"),
        ("object_of_another_product", "object:permissions"),
    ],
)
def test_what_we_do_not_know_is_kept_as_unknown(read, name, field):
    event = read(name)
    assert (event.kind, event.field) == ("unknown", field)
    assert len(event.raw) > 2


def test_account_news_go_to_the_business_account(body):
    for name in (
        "message_template_status_update",
        "message_template_quality_update",
        "template_category_update",
        "phone_number_quality_update",
        "business_capability_update",
        "account_update",
        "security",
    ):
        (event,) = parse(body("whatsapp", f"account_{name}")).events
        assert (event.kind, event.account, event.field) == ("account", WABA, name)
        assert event.at == datetime(2026, 9, 21, 14, 14, 59, tzinfo=UTC)


def test_the_same_news_twice_has_one_key_and_later_news_another(body):
    first = body("whatsapp", "account_account_update")
    key = parse(first).events[0].key
    assert parse(first).events[0].key == key
    assert parse(first.replace(b"1790000099", b"1790000100")).events[0].key != key


def test_errors_without_a_message_are_news_of_the_account(read):
    event = read("errors_without_message")
    assert (event.kind, event.field, event.account) == ("account", "errors", NUMBER)


def test_one_broken_item_stops_no_other(body):
    parsed = parse(body("whatsapp", "batch_with_a_broken_item"))
    assert [(event.kind, event.key, event.sender and event.sender.user) for event in parsed.events[:3]] == [
        ("message", "wamid.A", BSUID),
        ("message", "wamid.C", "BR.bia1"),
        ("status", "status:wamid.OUT1:delivered", BSUID),
    ]
    assert [event.kind for event in parsed.events[3:]] == ["account", "message"]
    (rejected,) = parsed.rejected
    assert rejected.reason == "text"
    assert msgspec.json.decode(rejected.raw)["id"] == "wamid.BROKEN"
