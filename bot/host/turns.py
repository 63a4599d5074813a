"""One turn: tracker in; tracker, answers, controls and what was understood out. Keeps nothing."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

from bot.host import channels, slots, texts, trackers
from bot.host.context import Turn, current
from bot.host.dialogue import Dialogue
from bot.host.wire import Nlu, TurnRequest, TurnResponse
from bot.nlu.language import detect

FALLBACK = "nlu_fallback"
log = logging.getLogger("konectus.bot.turns")


async def answer(dialogue: Dialogue, request: TurnRequest, timeout: float) -> TurnResponse:
    turn = Turn(str(request.message_id), request.at.timestamp())
    current.set(turn)
    kept = trackers.kept(request.tracker)
    tracker = trackers.restore(kept, str(request.conversation), dialogue.domain)
    output = channels.output(request.channel)
    message = _message(request, output, _language(tracker, request))
    try:
        await asyncio.wait_for(_run(dialogue, tracker, message, request), timeout)
    except Exception as problem:  # whatever happens in a model or an action, the customer is answered
        log.exception("turn %s of tenant %s failed", request.message_id, request.tenant)
        turn.failures.append(type(problem).__name__)
    await _complete(dialogue, tracker, output, turn, request)
    return TurnResponse(
        message_id=request.message_id,
        tracker=trackers.stored(tracker, kept, turn.at),
        answers=output.answers,
        controls=output.controls,
        nlu=_understood(tracker, turn.message_id, message.metadata["language"]),
        model=dialogue.name,
    )


async def _run(
    dialogue: Dialogue, tracker: DialogueStateTracker, message: UserMessage, request: TurnRequest
) -> None:
    await dialogue.begin(tracker, message)
    wanted = slots.wanted(request.profile, message.metadata["language"])
    await dialogue.turn(tracker, message, slots.changes(tracker, wanted))


def _language(tracker: DialogueStateTracker, request: TurnRequest) -> str:
    """Only what the customer typed can change the language; a button keeps the conversation's."""
    said = request.event.message
    spoken = any(event.type_name == "user" for event in tracker.events)
    previous = tracker.get_slot(slots.LANGUAGE) if slots.LANGUAGE in tracker.slots and spoken else None
    typed = said.text if said is not None and said.payload is None else None
    return detect(typed or "", previous, request.locale)


def _message(request: TurnRequest, output: Any, language: str) -> UserMessage:
    metadata = {
        "tenant": str(request.tenant),
        "conversation": str(request.conversation),
        "message_id": str(request.message_id),
        "channel": request.channel,
        "account": request.account,
        "language": language,
    }
    message = channels.user_message(request.event, output, str(request.conversation), metadata)
    message.message_id = str(request.message_id)
    message.metadata = {**(message.metadata or {}), **metadata}
    return message


async def _complete(
    dialogue: Dialogue, tracker: DialogueStateTracker, output: Any, turn: Turn, request: TurnRequest
) -> None:
    """A failed action brings an apology and a human; so does a dialogue that found nothing to say."""
    handed = any(control.get("kind") == "handoff" for control in output.controls)
    if turn.failures and not handed:
        await _say(dialogue, tracker, output, texts.APOLOGY_RESPONSE, texts.APOLOGY, request)
        output.controls.append(_handoff("error", tracker))
    elif not output.answers and not output.controls:
        await _say(dialogue, tracker, output, texts.HANDOFF_RESPONSE, texts.HANDOFF, request)
        output.controls.append(_handoff("fallback", tracker))


async def _say(
    dialogue: Dialogue, tracker: DialogueStateTracker, output: Any, response: str,
    otherwise: dict[str, str], request: TurnRequest,
) -> None:  # fmt: skip
    language = tracker.get_slot(slots.LANGUAGE) if slots.LANGUAGE in tracker.slots else None
    said = await dialogue.nlg.generate(response, tracker, output.name())
    plain = {"text": otherwise.get(language or request.locale, otherwise["pt"])}
    await output.send_response(tracker.sender_id, dict(said or plain))


def _handoff(reason: str, tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        "kind": "handoff",
        "reason": reason,
        "summary": " / ".join(trackers.last_words(tracker)),
        "slots": slots.gathered(tracker),
    }


def _understood(tracker: DialogueStateTracker, message_id: str, language: str) -> Nlu:
    event = trackers.last_message(tracker, message_id)
    if event is None:
        return Nlu(language=language)
    parsed = event.parse_data
    ranking = [
        (intent["name"], round(float(intent["confidence"]), 4))
        for intent in parsed.get("intent_ranking") or []
        if intent.get("name") not in (None, FALLBACK)
    ]
    return Nlu(
        intent=event.intent_name,
        confidence=round(float(event.intent.get("confidence") or 0.0), 4),
        ranking=ranking[: trackers.RANKED],
        entities=[
            {"entity": e.get("entity"), "value": e.get("value")}
            for e in event.entities
            if e.get("entity") != slots.CERTAINTY
        ],
        language=language,
    )
