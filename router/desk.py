"""One table: what a customer's event sets off here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from connectors.inbox.worker import LaneWork
from kernel.db import Database, Tx
from router import aftermath
from router.bot import BotClient
from router.turn import answer_message

log = structlog.get_logger("desk")

# Each is worked and recorded in one transaction; a message alone needs two (the bot is asked between).
REACTIONS: dict[str, Callable[[Tx, LaneWork], Awaitable[None]]] = {
    "reaction": aftermath.touch,
    "edit": aftermath.touch,
    "delete": aftermath.touch,
    "echo": aftermath.echo,
    "identity": aftermath.identity,
    "preference": aftermath.preference,
}


class Desk:
    """Handles what InboxWorker hands over, one event at a time in its customer's order."""

    def __init__(self, db: Database, bot: BotClient) -> None:
        self.db = db
        self.bot = bot

    async def handle(self, work: LaneWork) -> None:
        kind = work.event.kind
        if kind == "message" and work.event.message is not None and work.event.sender is not None:
            await answer_message(self.db, self.bot, work)
            return
        react = REACTIONS.get(kind)
        if react is None:  # no effect to record: the lane does that by itself
            log.info("event_kept", kind=kind, field=work.event.field)
            return
        async with self.db.tenant(work.claim.tenant_id) as tx:
            await work.done(tx)
            await react(tx, work)
