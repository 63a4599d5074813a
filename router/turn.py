"""The bot's turn: ask with no transaction open, record answer, tracker and sends in one.

Under the lane's token and the ownership epoch, or not at all: a superseded worker leaves no trace,
a repeated message gets the recorded answer, and after a handoff the bot is not heard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import structlog

from connectors.channels import CHANNEL
from connectors.describe import describe
from connectors.events import Content, ContentError, Native
from connectors.inbox.worker import LaneWork
from connectors.outbox import service as outbox
from connectors.rules import ChannelRef
from crm import service as crm
from kernel.db import Database, Row, Tx
from kernel.ids import new_id
from router import intake, rules, schemas, store, views
from router.bot import Answer, BotClient, BotUnavailable, Control, Nlu, Question
from router.texts import APOLOGY, language_of
from router.turns import store as turns
from router.work import service as work_items

log = structlog.get_logger("turn")


async def answer_message(db: Database, bot: BotClient, work: LaneWork) -> None:
    """Two transactions around one question; see the module's docstring. The first needs no proof that the lane
    is still ours: a message that another worker has handled meanwhile is known, and changes nothing."""
    async with db.tenant(work.claim.tenant_id) as tx:
        arrival = await intake.arrive(tx, work)
        question = await _question(tx, work, arrival) if arrival.speaker == "bot" else None
        if question is None:
            await work.done(tx)
            return
    answer = await _ask(bot, question)
    async with db.tenant(work.claim.tenant_id) as tx:
        await work.done(tx)
        await record(tx, arrival, answer)


async def _ask(bot: BotClient, question: Question) -> Answer:
    try:
        return await bot.turn(question)
    except BotUnavailable as error:
        log.warning("bot_unavailable", detail=str(error), conversation=str(question.conversation))
        return apology(question)


async def _question(tx: Tx, work: LaneWork, arrival: intake.Arrival) -> Question | None:
    """None when the bot has answered this message before."""
    conversation = arrival.conversation
    tracker, answered = await turns.memory(tx, conversation.id, arrival.message_id)
    if answered:
        return None
    profile, locale = await intake.business(tx, conversation)
    return Question(
        tenant=tx.tenant_id,
        conversation=conversation.id,
        message_id=arrival.message_id,
        epoch=conversation.epoch,
        channel=conversation.channel,
        account=work.channel.external_id,
        user=conversation.user_key,
        event=work.event,
        tracker=tracker,
        profile=profile,
        locale=locale,
    )


def apology(question: Question) -> Answer:
    """What the platform says when the bot cannot: sorry, and a human is coming."""
    language = language_of(question.locale)
    channel = question.channel
    natives = CHANNEL[channel].send.render(Content(text=APOLOGY[language]))  # type: ignore[index]  # a conversation's channel is one of ours
    summary = rules.shown_text(question.event)
    control = Control(kind="handoff", reason="error", summary=summary)
    return Answer(question.message_id, question.tracker, natives, [control], Nlu(language=language), "none")


async def record(tx: Tx, arrival: intake.Arrival, answer: Answer) -> None:
    """Writes the turn, or nothing when somebody else owns the conversation by now."""
    conversation = await store.lock(tx, arrival.conversation.id)
    assert conversation is not None
    if conversation.epoch != arrival.conversation.epoch or conversation.owner != "bot":
        log.info("turn_superseded", conversation=str(conversation.id))
        return
    await _keep(tx, conversation, answer)
    handoff = next((c for c in answer.controls if c.kind == "handoff"), None)
    # The closing line of a handoff is the bot's last word: it may leave although the epoch moves on.
    epoch = None if handoff is not None else conversation.epoch
    mark = {"intent": answer.nlu.intent, "confidence": answer.nlu.confidence}
    known = {"unread": 0, "owed": False, "language": answer.nlu.language or conversation.language}
    said = Saying(arrival.channel, answer.answers, "bot", epoch=epoch, bot=mark)
    await say(tx, conversation, said, also=known)
    if handoff is not None:
        await _step_back(tx, conversation, answer, handoff)
    elif not answer.answers:
        await views.say_conversation(tx, conversation.id)  # read, though nothing was said


async def _keep(tx: Tx, conversation: Row, answer: Answer) -> None:
    row = {
        "message": answer.message_id,
        "conversation": conversation.id,
        "epoch": conversation.epoch,
        "answers": answer.answers,
        "controls": answer.controls,
        "nlu": answer.nlu,
        "model": answer.model,
    }
    await turns.keep_turn(tx, row, answer.tracker)
    for control in answer.controls:
        contact = await store.contact_of_message(tx, answer.message_id) if control.kind == "consent" else None
        if contact is not None:
            evidence = {"message": str(answer.message_id)}
            await crm.record_consent(tx, contact, control.purpose, control.state, "bot", evidence)


async def _step_back(tx: Tx, conversation: Row, answer: Answer, handoff: Control) -> None:
    packet = {
        "summary": handoff.summary or rules.summary_without_bot(await store.last_texts(tx, conversation.id)),
        "slots": {k: v for k, v in handoff.slots.items() if v is not None and k != "language"},
        "intents": [answer.nlu.intent] if answer.nlu.intent else [],
        "language": answer.nlu.language,
    }
    reason = (
        handoff.reason if handoff.reason in ("asked", "fallback", "error", "complaint", "rule") else "rule"
    )
    await store.change(tx, conversation.id, unread=1)
    await work_items.hand_off(tx, conversation, reason, packet)
    await note_event(tx, conversation.id, "handoff", reason)
    await views.say_conversation(tx, conversation.id)


async def note_event(
    tx: Tx, conversation_id: UUID, kind: str, text: str = "", author: UUID | None = None
) -> None:
    """A line in the thread about what happened: handed over, taken, resolved."""
    id_ = new_id()
    place = await store.take_place(tx, conversation_id)
    row = {
        "id": id_,
        "conversation": conversation_id,
        "seq": place.seq,
        "at": place.at,
        "direction": "system",
        "origin": "system",
        "author": author,
        "kind": kind,
        "text": text,
        "status": "received",
    }
    written = await store.add_message(tx, row)
    assert written is not None
    await views.say_messages(tx, [written])


@dataclass(frozen=True, slots=True)
class Saying:
    """What leaves, and as whom. `first`: columns of the first part alone (author, client_id, reply_to)."""

    channel: ChannelRef
    natives: Sequence[Native]
    origin: Literal["bot", "agent"]
    epoch: int | None = None
    bot: dict[str, Any] | None = None
    first: Mapping[str, Any] = field(default_factory=dict)


async def say(tx: Tx, conversation: Row, said: Saying, *, also: Mapping[str, Any]) -> list[schemas.Message]:
    """Puts each native message into the thread and into the outbox, in order: the thread shows what the
    customer gets, part by part. `conversation`: locked. `also`: its further changes."""
    at = rules.shown_at(conversation.channel, tx.now)
    episode = conversation.episode_id or await store.episode(tx, conversation.id, new_id())
    base = {"conversation": conversation.id, "episode": episode, "at": at, "direction": "out"}
    rows = []
    for n, native in enumerate(said.natives):
        row = base | {"seq": conversation.next_seq + n} | _part(conversation, said, native)
        written = await store.add_message(tx, row | (dict(said.first) if n == 0 else {}))
        assert written is not None
        await outbox.send(
            tx, said.channel, conversation.user_key, conversation.phone, [native], origin=said.origin,
            message_id=written.id, epoch=said.epoch, human=said.origin == "agent",
        )  # fmt: skip
        rows.append(written)
    changes = {**also, "next_seq": conversation.next_seq + len(rows)}
    if rows:
        preview = rules.preview(rows[-1].text, "out", rows[-1].kind, at)
        changes |= {"preview": preview, "last_at": tx.now}
    now = await store.change(tx, conversation.id, **changes)
    return await views.say_messages(tx, rows, views.conversation(now, beside=conversation)) if rows else []


def _part(conversation: Row, said: Saying, native: Native) -> dict[str, Any]:
    shown = describe(conversation.channel, native)
    what = {"kind": shown.kind, "text": shown.text, "content": shown.content}
    return {"id": new_id(), "origin": said.origin, "status": "pending", "bot": said.bot, **what}


def render(channel: str, content: Content) -> list[Native]:
    """ContentError names the field that the channel cannot carry."""
    natives: list[Native] = CHANNEL[channel].send.render(content)  # type: ignore[index]  # a conversation's channel is one of ours
    if not natives:
        raise ContentError("text", "nothing to send")
    return natives
