"""Taking webhooks in: what is refused, what is kept, what is answered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from typing import Any
from uuid import UUID

import pytest
from asyncpg import InsufficientPrivilegeError
from sqlalchemy import text

from connectors.errors import BadSignature, BadVerifyToken, UnknownChannel
from connectors.inbox import service as inbox
from connectors.meta import sign
from connectors.webhooks.receive import BODY_LIMIT, Receiver
from kernel.db import Database
from kernel.errors import TooLarge, Unavailable
from kernel.wake import Wakes
from tests.connectors.bodies import item, messaging, wa_message, wa_messages, wa_value
from tests.connectors.world import SECRET, World

BODY = b'{"object":"whatsapp_business_account","entry":[]}'


@pytest.mark.parametrize(
    "query", [{}, {"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1"}]
)
async def test_a_wrong_verify_token_is_refused(world: World, query: dict[str, str]) -> None:
    with pytest.raises(BadVerifyToken) as caught:
        world.receiver.challenge("whatsapp", query)
    assert caught.value.status == 403


async def test_the_right_verify_token_gets_the_challenge_back(world: World) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "open sesame", "hub.challenge": "1158201444"}
    assert world.receiver.challenge("messenger", query) == "1158201444"


def digest(name: str, body: bytes) -> str:
    return f"{name}=" + hmac.new(SECRET.encode(), body, getattr(hashlib, name)).hexdigest()


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "sha256=xyz",
        sign(BODY, SECRET).upper(),
        sign(BODY, SECRET)[7:],
        sign(BODY, SECRET) + "0",
        sign(BODY, "somebody else's"),
        sign(BODY + b" ", SECRET),
        digest("md5", BODY),
        digest("sha1", BODY),
    ],
)
async def test_a_wrong_signature_stores_nothing(world: World, signature: str | None) -> None:
    with pytest.raises(BadSignature) as caught:
        await world.receiver.receive("whatsapp", BODY, signature)
    assert caught.value.status == 401
    assert await world.count("webhook_body") == 0
    assert world.receiver.counters["refused"] == 1


async def test_without_a_secret_nothing_is_accepted(world: World) -> None:
    receiver = Receiver(world.db, world.db.wakes, secrets=[""], verify_token="x")
    with pytest.raises(BadSignature):
        await receiver.receive("whatsapp", BODY, sign(BODY, ""))


async def test_an_unknown_channel_is_not_found(world: World) -> None:
    with pytest.raises(UnknownChannel) as caught:
        await world.receive("telegram", BODY)
    assert caught.value.status == 404


async def test_more_than_four_mebibytes_are_too_large(world: World) -> None:
    body = b"x" * (BODY_LIMIT + 1)
    with pytest.raises(TooLarge):
        await world.receive("whatsapp", body)
    assert await world.count("webhook_body") == 0


async def test_four_mebibytes_are_taken(world: World) -> None:
    await world.receive("whatsapp", b"x" * BODY_LIMIT)
    assert await world.count("webhook_body") == 1


async def test_the_previous_secret_still_signs_during_a_change(world: World) -> None:
    receiver = Receiver(world.db, world.db.wakes, secrets=["new-secret", SECRET], verify_token="x")
    await receiver.receive("whatsapp", BODY, sign(BODY, SECRET))
    assert await world.count("webhook_body") == 1


async def test_the_same_body_twice_is_stored_once_and_answered_twice(world: World) -> None:
    await asyncio.gather(*(world.receive("whatsapp", BODY) for _ in range(8)))
    assert await world.count("webhook_body") == 1
    assert world.receiver.counters == {"stored": 1, "duplicates": 7, "refused": 0, "failed": 0}


async def test_equal_bytes_on_two_channels_are_two_bodies(world: World) -> None:
    await world.receive("messenger", BODY)
    await world.receive("instagram", BODY)
    assert await world.count("webhook_body") == 2


async def test_a_body_is_never_answered_when_it_cannot_be_stored(world: World, own_url: str) -> None:
    db = Database(own_url, Wakes(own_url))
    await db.open()
    receiver = Receiver(db, db.wakes, secrets=[SECRET], verify_token="x")
    await db.close()
    with pytest.raises(Unavailable) as caught:
        await receiver.receive("whatsapp", BODY, sign(BODY, SECRET))
    assert caught.value.status == 503
    assert receiver.counters["failed"] == 1


# --- splitting -------------------------------------------------------------------------------


async def body_states(world: World) -> list[tuple[str, str | None]]:
    rows = await world.sql(
        "SELECT CASE WHEN n.body_id IS NOT NULL THEN 'new' WHEN problem IS NULL THEN 'split' ELSE 'unparsable' END "
        "AS state, problem FROM webhook_body b LEFT JOIN webhook_new n ON n.body_id = b.id ORDER BY id"
    )
    return [(row["state"], row["problem"]) for row in rows]


@pytest.mark.parametrize(
    "body", [b"", b"not json", b'"text"', b"12", b"\xff\xfe", b'{"object":', b"[" * 100_000]
)
async def test_what_is_signed_but_not_json_is_kept_as_unparsable(world: World, body: bytes) -> None:
    await world.customer_writes(body)
    ((state, problem),) = await body_states(world)
    assert state == "unparsable"
    assert problem
    assert await world.count("inbox_event") == 0


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"object":"something_new","entry":[{"id":"1"}]}',
        wa_value({"news_of_tomorrow": [{"id": "1"}]}),
        wa_messages(wa_message("wamid.1", at=1790000000), account="999999999999999"),
        wa_messages({"id": "wamid.2", "from": "55119", "timestamp": "1790000000", "type": "hologram"}),
        b'{"object":"whatsapp_business_account","entry":"none"}',
    ],
)
async def test_what_nobody_understands_is_kept_and_counted(world: World, body: bytes) -> None:
    await world.customer_writes(body)
    await world.statuses.once()
    assert (await body_states(world)) == [("split", None)]
    assert await world.inbox.once() == 0


async def test_messages_of_an_account_that_nobody_connected_are_orphans(world: World) -> None:
    await world.customer_writes(wa_messages(wa_message("wamid.1", at=1790000000), account="999999999999999"))
    (orphan,) = await world.sql("SELECT * FROM webhook_orphan")
    assert (orphan["channel"], orphan["account"], orphan["reason"]) == (
        "whatsapp", "999999999999999", "unknown_account",
    )  # fmt: skip
    assert await world.count("inbox_event") == 0


async def test_one_broken_message_among_three_costs_only_itself(world: World) -> None:
    good = [wa_message(f"wamid.{n}", at=1790000000 + n) for n in (1, 3)]
    await world.customer_writes(wa_messages(good[0], {"id": "wamid.2", "type": "text"}, good[1]))
    rows = await world.sql("SELECT key FROM inbox_event ORDER BY lane_seq")
    assert [row["key"] for row in rows] == ["wamid.1", "wamid.3"]
    (orphan,) = await world.sql("SELECT reason FROM webhook_orphan")
    assert orphan["reason"] == "rejected"


async def test_a_stranger_neither_sees_nor_replays_what_another_tenant_got(world: World) -> None:
    await world.customer_writes(wa_messages(wa_message("wamid.1", at=1790000000)))
    (row,) = await world.sql("UPDATE inbox_waiting SET state = 'dead' RETURNING tenant_id, event_id AS id")
    assert row["tenant_id"] == world.tenant
    async with world.db.tenant(UUID(int=world.tenant.int + 1)) as tx:
        assert await inbox.dead_events(tx) == []
        assert not await inbox.replay(tx, row["id"])
    async with world.db.tenant(world.tenant) as tx:
        assert await inbox.replay(tx, row["id"])


async def test_the_dispatching_role_cannot_read_what_customers_wrote(world: World) -> None:
    await world.customer_writes(wa_messages(wa_message("wamid.1", at=1790000000)))
    for column, table in (("data", "inbox_event"), ("native", "outbox"), ("token_sealed", "channel_account")):
        with pytest.raises(InsufficientPrivilegeError, match="permission denied"):
            async with world.db.dispatch() as tx:
                await tx.all(text(f"SELECT {column} FROM {table}"))


async def test_each_message_three_times_shuffled_by_eight_senders_is_stored_once_in_order(
    world: World,
) -> None:
    bodies = [wa_messages(wa_message(f"wamid.{n:03}", str(n), at=1790000000 + n)) for n in range(40)]
    copies = [body.replace(b'"oi"', b'"oi"') + b" " * spaces for body in bodies for spaces in range(3)]
    random.Random(7).shuffle(copies)

    async def sender(part: int) -> None:
        for body in copies[part::8]:
            await world.receive("whatsapp", body)

    async def splitter() -> None:
        for _ in range(6):
            await world.splitter.once(limit=10)
            await asyncio.sleep(0.002)

    await asyncio.gather(*(sender(part) for part in range(8)), splitter(), splitter())
    while await world.splitter.once():
        pass
    rows = await world.sql("SELECT key, lane, lane_seq FROM inbox_event ORDER BY lane_seq")
    assert sorted(row["key"] for row in rows) == [f"wamid.{n:03}" for n in range(40)]
    assert len({row["lane_seq"] for row in rows}) == 40
    assert len({row["lane"] for row in rows}) == 1


async def test_what_comes_shuffled_in_one_batch_is_put_in_the_order_of_its_writing(world: World) -> None:
    bodies = [wa_messages(wa_message(f"wamid.{n}", at=1790000000 + n)) for n in (3, 1, 2)]
    await world.customer_writes(*bodies)
    await world.inbox.once()
    assert [event.key for event in world.handled] == ["wamid.1", "wamid.2", "wamid.3"]


async def test_instagram_is_found_by_its_page_or_by_who_was_written_to(world: World) -> None:
    at = world.clock.now
    first = item("instagram", "771", at, message={"mid": "m1", "text": "oi"})
    second = item("instagram", "772", at, message={"mid": "m2", "text": "oi"})
    await world.customer_writes(
        messaging("instagram", first, entry_id="610000000000009"),
        messaging("instagram", second, entry_id="0"),
        channel="instagram",
    )
    await world.inbox.once()
    assert {event.sender.user for event in world.handled if event.sender} == {"771", "772"}


async def test_a_body_that_breaks_the_batch_is_put_aside_and_the_rest_goes_on(world: World) -> None:
    await world.sql(
        "ALTER TABLE inbox_event ADD CONSTRAINT poison CHECK (data->'message'->>'text' <> 'poison')"
    )
    try:
        texts = ["um", "poison", "dois"]
        bodies = [wa_messages(wa_message(f"wamid.{t}", t, at=1790000000)) for t in texts]
        await world.customer_writes(*bodies)
        while await world.splitter.once():
            pass
    finally:
        await world.sql("ALTER TABLE inbox_event DROP CONSTRAINT poison")
    assert [state for state, _ in await body_states(world)] == ["split", "unparsable", "split"]
    assert await world.count("inbox_event") == 2


@pytest.mark.parametrize(
    "words", ["nul \x00 inside", r"written \u0000 out", "\\\x00", "\ud83d alone", "\u2028 ação 😀"]
)
async def test_strange_characters_reach_the_router_without_nul(world: World, words: str) -> None:
    message = {**wa_message("wamid.1", at=1790000000), "text": {"body": words}}
    await world.customer_writes(json.dumps(wrapped(message)).encode())
    await world.inbox.once()
    (event,) = world.handled
    assert event.message is not None
    assert event.message.text == words.replace("\x00", "").replace("\ud83d", "\ufffd")


def wrapped(message: dict[str, Any]) -> dict[str, Any]:
    """As Meta writes it: all but ASCII escaped, which msgspec would not do."""
    body: dict[str, Any] = json.loads(wa_messages())
    body["entry"][0]["changes"][0]["value"]["messages"] = [message]
    return body
