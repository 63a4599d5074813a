"""Work for humans: handoff → queue → offer → accept → active → done, each move checked and logged.

Lock order, everywhere: conversation row, work item, offer, capacity, session. Callers hold the conversation;
a transaction holds one only, and what sets others in motion leaves a job.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from kernel import jobs
from kernel.db import Row, Tx
from kernel.errors import Conflict, NotFound
from kernel.ids import new_id
from router import store as threads
from router import views
from router.errors import AlreadyTaken, CapacityFull
from router.rules import Policy, next_work_state
from router.work import store

OFFER_EXPIRED = "router.offer_expired"
DRAIN = "router.drain"


async def policy(tx: Tx) -> Policy:
    found = await store.policy(tx)
    return msgspec.convert(found, Policy) if found else Policy()


async def create_default_queue(tx: Tx, name: str) -> None:
    await store.add_default_queue(tx, name)


async def hand_off(tx: Tx, conversation: Row, reason: str, packet: dict[str, Any]) -> UUID:
    """The bot steps back: the epoch moves, a work item waits, and an agent is looked for at once."""
    queue = await store.default_queue(tx)
    if queue is None:
        raise NotFound("this tenant has no queue")
    item_id = new_id()
    episode = await threads.episode(tx, conversation.id, new_id())
    row = {"id": item_id, "conversation": conversation.id, "episode": episode, "queue": queue}
    await store.add_item(tx, {**row, "state": "queued", "reason": reason, "packet": packet})
    await store.log(tx, item_id, "handoff", None, "queued", None, {"reason": reason})
    await own(tx, conversation, "queue", None)
    if await store.older_waiting(tx, item_id) or not await offer_item(tx, item_id, conversation.id):
        await _give_out(tx)
    return item_id


async def _give_out(tx: Tx) -> None:
    """Waiting work is offered once we have committed. No unique key: a job that is just being run may have
    looked before our commit, and whoever finds no room now may miss what is freed at this moment."""
    await jobs.enqueue(tx, DRAIN, {})


async def own(tx: Tx, conversation: Row, owner: str, user: UUID | None, **more: Any) -> None:
    """Changes who owns the conversation; whatever was said for the old epoch is void."""
    await threads.change(
        tx, conversation.id, owner=owner, assignee_id=user, epoch=conversation.epoch + 1, **more
    )


async def offer_item(tx: Tx, item_id: UUID, conversation_id: UUID) -> bool:
    """Offers a waiting item to the longest idle agent with room; False when nobody can take it."""
    rules = await policy(tx)
    item = await store.item(tx, item_id)
    if item is None or next_work_state(item.state, "offer") is None:
        return False
    best = await store.pick(tx, tx.now - timedelta(seconds=rules.reachable_seconds), list(item.excluded))
    if best is None and item.excluded:
        # Everyone refused once: the next ring asks all again rather than letting the customer wait.
        await store.move_item(tx, item_id, "queued", excluded=[])
        best = await store.pick(tx, tx.now - timedelta(seconds=rules.reachable_seconds), [])
    if best is None:
        return False
    expires = tx.now + timedelta(seconds=rules.offer_seconds)
    offer_id = new_id()
    await store.add_offer(tx, offer_id, item_id, best.user_id, best.epoch, expires)
    await store.move_item(tx, item_id, "offered")
    await store.log(tx, item_id, "offer", "queued", "offered", best.user_id, {"expires": expires.isoformat()})
    await jobs.enqueue(tx, OFFER_EXPIRED, {"offer": str(offer_id)}, run_at=expires)
    conversation = await threads.lock(tx, conversation_id)
    assert conversation is not None
    await own(tx, conversation, "offered", best.user_id)
    return True


async def accept(tx: Tx, conversation: Row, user: UUID) -> None:
    """Turns my pending offer into an assignment; anybody else's is already taken."""
    item = await store.open_item(tx, conversation.id)
    offer = await store.pending_offer(tx, item.id) if item is not None else None
    if item is None or offer is None or offer.user_id != user:
        raise AlreadyTaken("this conversation is no longer offered to you")
    session = await store.session(tx, user)
    if session is None or session.epoch != offer.session_epoch:
        raise AlreadyTaken("the offer was made to an earlier session of yours")
    await store.end_offer(tx, offer.id, "accepted")
    await _activate(tx, conversation, item, user, "accept")


async def take(tx: Tx, conversation: Row, user: UUID) -> None:
    """Takes the conversation by hand, whoever has it: bot, queue, an offer, another agent."""
    item = await store.open_item(tx, conversation.id)
    if item is None:
        item = await _new_item(tx, conversation)
        await _ensure_room(tx, user)
        await _activate(tx, conversation, item, user, "take", "new")
        return
    if not await _clear(tx, item, user):
        await _ensure_room(tx, user)
    await _activate(tx, conversation, item, user, "take")


async def _new_item(tx: Tx, conversation: Row) -> Row:
    queue = await store.default_queue(tx)
    if queue is None:
        raise NotFound("this tenant has no queue")
    episode = await threads.episode(tx, conversation.id, new_id())
    item_id = new_id()
    row = {"id": item_id, "conversation": conversation.id, "episode": episode, "queue": queue}
    await store.add_item(tx, {**row, "state": "queued", "reason": "agent", "packet": {}})
    item = await store.item(tx, item_id)
    assert item is not None
    return item


async def _clear(tx: Tx, item: Row, user: UUID) -> bool:
    """Ends whatever holds the item. True when the room it reserved was this user's and is kept."""
    offer = await store.pending_offer(tx, item.id)
    holder = offer.user_id if offer is not None else await store.assignee(tx, item.id)
    await store.lock_rooms(tx, {user, holder} if holder is not None else {user})
    if offer is not None:
        await store.end_offer(tx, offer.id, "accepted" if holder == user else "withdrawn")
    else:
        await store.end_assignment(tx, item.id, "taken")
    if holder is not None and holder != user:
        await store.give_room(tx, holder)
        await _give_out(tx)
    return bool(holder == user)


async def _ensure_room(tx: Tx, user: UUID) -> None:
    if await store.session(tx, user) is None:
        rules = await policy(tx)
        await store.set_presence(tx, user, "offline", rules.capacity)
    if not await store.take_room(tx, user):
        raise CapacityFull("you already hold as many conversations as the limit allows")


async def _activate(
    tx: Tx, conversation: Row, item: Row, user: UUID, event: str, was: str | None = None
) -> None:
    """`was`: "new" for an item made just now."""
    state = _move(was or item.state, event)
    await store.move_item(tx, item.id, state)
    await store.add_assignment(tx, item.id, conversation.id, user)
    await store.log(tx, item.id, event, None if was == "new" else item.state, state, user, {})
    await own(tx, conversation, "agent", user, unread=0)


async def release(tx: Tx, conversation: Row, event: str, actor: UUID | None) -> None:
    """Ends the open work item (`event`: resolve or return), if there is one, and gives its room back."""
    item = await store.open_item(tx, conversation.id)
    if item is None:
        return
    state = _move(item.state, event)
    offer = await store.pending_offer(tx, item.id)
    if offer is not None:
        await store.end_offer(tx, offer.id, "withdrawn")
        await store.give_room(tx, offer.user_id)
    user = await store.end_assignment(tx, item.id, event)
    if user is not None:
        await store.give_room(tx, user)
    await store.move_item(tx, item.id, state, reason=event)
    await store.log(tx, item.id, event, item.state, state, actor, {})
    await _give_out(tx)


async def withdraw_offer(tx: Tx, offer_id: UUID, event: str = "expire") -> None:
    """An offer ran out (`expire`) or its agent left (`gone`): the item goes to the next agent."""
    conversation_id = await store.conversation_of_offer(tx, offer_id)
    if conversation_id is None:
        return
    conversation = await threads.lock(tx, conversation_id)
    item = await store.open_item(tx, conversation_id)
    pending = await store.pending_offer(tx, item.id) if item is not None else None
    if conversation is None or item is None or pending is None or pending.id != offer_id:
        return
    await _requeue(tx, conversation, item, pending, event, "withdrawn" if event == "gone" else "expired")


async def set_presence(tx: Tx, user: UUID, state: str) -> None:
    """What the agent wants. Leaving gives pending offers to others; coming back fetches waiting work."""
    await store.set_presence(tx, user, state, (await policy(tx)).capacity)
    if state == "ready":
        await _give_out(tx)
        return
    for offer_id in await store.offers_to(tx, user):
        await jobs.enqueue(tx, OFFER_EXPIRED, {"offer": str(offer_id), "event": "gone"})


async def seen(tx: Tx, user: UUID) -> None:
    """The agent is there. One who was out of reach and comes back fetches waiting work."""
    was = await store.seen(tx, user)
    if was is not None and was.state == "ready":
        reach = timedelta(seconds=(await policy(tx)).reachable_seconds)
        if tx.now - was.seen_at >= reach:
            await _give_out(tx)


async def reject(tx: Tx, conversation: Row, user: UUID) -> None:
    item = await store.open_item(tx, conversation.id)
    offer = await store.pending_offer(tx, item.id) if item is not None else None
    if item is None or offer is None or offer.user_id != user:
        raise AlreadyTaken("this conversation is no longer offered to you")
    await _requeue(tx, conversation, item, offer, "reject", "rejected")


async def _requeue(tx: Tx, conversation: Row, item: Row, offer: Row, event: str, ended: str) -> None:
    """Back to the queue at the original time; who let it pass is not asked again in this ring."""
    state = _move(item.state, event)
    await store.end_offer(tx, offer.id, ended)
    await store.give_room(tx, offer.user_id)
    await store.move_item(tx, item.id, state, excluded=[*item.excluded, offer.user_id])
    await store.log(tx, item.id, event, item.state, state, offer.user_id, {})
    await own(tx, conversation, "queue", None)
    await views.say_conversation(tx, conversation.id)
    await _give_out(tx)


async def offer_waiting(tx: Tx, item_id: UUID, conversation_id: UUID) -> bool:
    """Offers an item that waited when it was looked up. False when nobody has room: not for others, either."""
    await threads.lock(tx, conversation_id)
    item = await store.item(tx, item_id)
    if item is None or item.state != "queued":
        return True
    if not await offer_item(tx, item_id, conversation_id):
        return False
    await views.say_conversation(tx, conversation_id)
    return True


def _move(state: str, event: str) -> str:
    to = next_work_state(state, event)
    if to is None:
        raise Conflict(f"work that is {state} cannot {event}", code="stale")
    return to
