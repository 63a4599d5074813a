"""Who works a conversation does not keep news of its messages waiting: the two would wait for each other."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from router import store
from tests.path.house import Shop

USER = "5511955550654"


async def test_news_of_a_message_is_recorded_while_its_conversation_is_locked(shop: Shop) -> None:
    await shop.house.says("whatsapp", USER, text="oi")
    [found] = await shop.conversations()
    answer = next(m for m in await shop.thread(found["id"]) if m["direction"] == "out")
    db, tenant = shop.house.db, shop.tenant_id
    async with db.tenant(tenant) as working:
        assert await store.lock(working, UUID(found["id"])) is not None
        async with db.tenant(tenant) as news:
            await news.run(text("SET LOCAL lock_timeout = '2s'"))
            # Twice: only a row that its own transaction has written before is checked against its parent.
            for status in ("delivered", "read"):
                await store.change_message(news, UUID(answer["id"]), status=status)
    changed = {m["id"]: m["status"] for m in await shop.thread(found["id"])}
    assert changed[answer["id"]] == "read"
