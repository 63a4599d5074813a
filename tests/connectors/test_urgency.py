"""What customers do is told of at once, news of our own messages a moment later."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from connectors.channels import CHANNEL
from connectors.events import CHANNELS
from connectors.meta import sign
from connectors.webhooks.receive import is_urgent
from tests.connectors.world import SECRET, World

BODIES = sorted(
    path for path in (Path(__file__).parents[1] / "payloads").glob("*/*.json") if path.parent.name in CHANNELS
)
CALM = b'{"object":"whatsapp_business_account","entry":[{"id":"%d","statuses":[]}]}'
BODY = b'{"object":"whatsapp_business_account","entry":[]}'


@pytest.mark.parametrize("path", BODIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_a_customer_did_is_urgent_and_news_of_our_messages_is_not(path: Path) -> None:
    body = json.dumps(json.loads(path.read_text()), separators=(",", ":")).encode()  # as Meta writes it
    events = CHANNEL[path.parent.name].parse.parse(body).events  # type: ignore[index]  # the folders bear the channels' names
    acts = [event.kind for event in events if event.kind in ("message", "echo")]
    if acts:
        assert is_urgent(body)
    elif events and all(event.kind == "status" for event in events):
        assert not is_urgent(body)


async def test_news_are_told_of_a_moment_later_in_one_word(world: World) -> None:
    with world.db.wakes.listen("raw") as told:
        for n in range(3):
            await world.receiver.receive("whatsapp", body := CALM % n, sign(body, SECRET))
        assert not told.is_set()
        await asyncio.wait_for(told.wait(), 5)
        told.clear()
        await world.receiver.receive("whatsapp", BODY, sign(BODY, SECRET))
        assert told.is_set()
