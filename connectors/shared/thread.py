"""One item of `messaging[]` or `standby[]` → events. Messenger and Instagram speak alike here.

`preference` carries message.payload stop|resume|optin, `handover` the name of the move; what remains of
the item is in message.detail. The customer is `sender`, in an echo `recipient`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from connectors.events import Channel, Event, EventKind, Message, Sender, Status, StatusState
from connectors.shared.attachments import read_content
from connectors.shared.reading import (
    EPOCH,
    BadItem,
    Json,
    Sink,
    digest,
    flag,
    ident,
    items,
    key,
    maybe_obj,
    need_ident,
    need_object,
    need_when,
    obj,
    raw,
    text,
    when,
)


class Entry(NamedTuple):
    channel: Channel
    id: str
    time: Any

    def loose(self, kind: EventKind, field: str, value: Any) -> Event:
        """An event that is no messaging item: a comment, news of the account, something new."""
        at = when(self.time) or EPOCH
        return Event(
            channel=self.channel,
            account=self.id,
            key=digest(self.id, field, at.isoformat(), value),
            kind=kind,
            at=at,
            field=field[:100],
            raw=raw(value),
        )


class Item(NamedTuple):
    """What every reader needs: the item's own JSON, whose it is, when it was, and who the customer is."""

    entry: Entry
    body: Json
    account: str
    user: str | None
    at: datetime
    ours: bool  # said by the business
    itself: bool  # the account wrote to itself: a test aid of Instagram's

    def event(self, kind: EventKind, name: str, **values: Any) -> Event:
        if self.itself:
            kind, values["field"] = "unknown", "self"
        return Event(
            channel=self.entry.channel,
            account=self.account,
            key=name,
            kind=kind,
            at=self.at,
            sender=Sender(user=self.user) if self.user else None,
            raw=raw(self.body),
            **values,
        )

    def need_user(self) -> str:
        if self.user is None:
            raise BadItem("sender.id")
        return self.user

    def millis(self) -> str:
        return str(round((self.at - EPOCH).total_seconds() * 1000))


def read_item(body: Any, entry: Entry, sink: Sink) -> None:
    item = _open(need_object(body), entry)
    for name, read in READERS.items():
        if name in body:
            if not isinstance(body[name], dict):
                raise BadItem(name)
            sink.events.extend(read(item, body[name], name))
            return
    name = next((name for name in body if name not in ("sender", "recipient", "timestamp")), "none")
    sink.events.append(item.event("unknown", digest(name, body), field=name[:100]))


def read_standby(body: Any, entry: Entry, sink: Sink) -> None:
    """Somebody else owns the thread. The key is another one, so that the real copy still counts later."""
    aside = Sink()
    read_item(body, entry, aside)
    sink.events.extend(
        msgspec.structs.replace(
            event, kind="standby", key=key("standby", event.key), field=f"standby.{event.kind}"
        )
        for event in aside.events
    )


def _open(body: Json, entry: Entry) -> Item:
    sender, recipient = ident(obj(body.get("sender")).get("id")), ident(obj(body.get("recipient")).get("id"))
    message, page = obj(body.get("message")), entry.channel == "messenger"
    ours = flag(message.get("is_echo")) or (page and sender == entry.id)
    business, user = (sender, recipient) if ours else (recipient, sender)
    # Instagram has been seen to put the Page, the customer or "0" into entry.id: the item knows better.
    account = entry.id if page or business is None else business
    at = need_when(body.get("timestamp"), entry.time)
    itself = flag(message.get("is_self")) or (user is not None and user == account)
    return Item(entry, body, account, user, at, ours, itself)


# --- messages --------------------------------------------------------------------------------


def _message(item: Item, message: Json, _: str) -> list[Event]:
    mid = need_ident(message, "mid")
    item.need_user()
    if flag(message.get("is_deleted")):
        return [item.event("delete", key("delete", mid), target=mid)]
    content = read_content(message, mid)
    if item.ours:
        app_id, reference = ident(message.get("app_id")), text(message.get("metadata"))
        return [item.event("echo", key("echo", mid), message=content, app_id=app_id, reference=reference)]
    return [item.event("message", key(mid), message=content)]


def _postback(item: Item, postback: Json, _: str) -> list[Event]:
    user, mid, payload = item.need_user(), ident(postback.get("mid")), text(postback.get("payload"))
    name = key(mid) if mid else digest("postback", user, item.millis(), payload)
    title, referral = text(postback.get("title")), maybe_obj(postback.get("referral"))
    message = Message(id=mid or name, type="postback", text=title, payload=payload, referral=referral)
    return [item.event("message", name, message=message)]


def _referral(item: Item, referral: Json, _: str) -> list[Event]:
    """An m.me or ig.me link, or an ad, opened in a thread that existed before."""
    ref = text(referral.get("ref"))
    name = digest("referral", item.need_user(), item.millis(), ref)
    message = Message(id=name, type="referral", payload=ref, referral=referral or None)
    return [item.event("message", name, message=message)]


def _edit(item: Item, edit: Json, _: str) -> list[Event]:
    mid, number = need_ident(edit, "mid"), ident(edit.get("num_edit")) or item.millis()
    item.need_user()
    message = Message(id=mid, type="text", text=text(edit.get("text")))
    return [item.event("edit", key("edit", mid, number[:20]), target=mid, message=message)]


def _reaction(item: Item, reaction: Json, _: str) -> list[Event]:
    """The time belongs to the key: react, unreact and react again are three events; the last one wins."""
    mid, gone = need_ident(reaction, "mid"), reaction.get("action") == "unreact"
    name = key("reaction", mid, item.need_user(), item.millis())
    emoji = None if gone else text(reaction.get("emoji")) or text(reaction.get("reaction"))
    return [item.event("reaction", f"{name}:off" if gone else name, target=mid, emoji=emoji)]


# --- delivery --------------------------------------------------------------------------------


def _receipt(item: Item, receipt: Json, name: str) -> list[Event]:
    """A watermark (all until then), or Instagram's message id, or a list of ids."""
    state: StatusState = "read" if name == "read" else "delivered"
    user, watermark = item.need_user(), when(receipt.get("watermark"))
    if watermark is not None:
        mark = str(round((watermark - EPOCH).total_seconds() * 1000))
        return [item.event("status", key(state, user, mark), status=Status(state, watermark=watermark))]
    mids = [mid for mid in map(ident, [receipt.get("mid"), *items(receipt.get("mids"))]) if mid]
    if not mids:
        raise BadItem(f"{name}.watermark")
    return [item.event("status", key(state, user, mid), status=Status(state, message_id=mid)) for mid in mids]


# --- all else --------------------------------------------------------------------------------


def _optin(item: Item, optin: Json, _: str) -> list[Event]:
    """Consent to notifications given, stopped, resumed. A plugin's user_ref is no customer yet."""
    name = digest("optin", item.body)
    if item.user is None:
        return [item.event("unknown", name, field="optin")]
    said = (text(optin.get("notification_messages_status")) or "").upper()
    wish = "stop" if said.startswith("STOP") else "resume" if said.startswith("RESUME") else "optin"
    message = Message(id=name, type="event", payload=wish, detail=optin or None)
    return [item.event("preference", name, message=message, field="optin")]


def _handover(item: Item, move: Json, name: str) -> list[Event]:
    identity = digest(name, item.body)
    message = Message(id=identity, type="event", payload=name, detail=move or None)
    new_owner = ident(move.get("new_owner_app_id")) or ident(move.get("requested_owner_app_id"))
    return [item.event("handover", identity, message=message, app_id=new_owner, field=name)]


def _policy(item: Item, _: Json, name: str) -> list[Event]:
    return [item.event("account", digest(name, item.body), field=name)]


READERS: dict[str, Callable[[Item, Json, str], list[Event]]] = {
    "message": _message,
    "postback": _postback,
    "message_edit": _edit,
    "delivery": _receipt,
    "read": _receipt,
    "reaction": _reaction,
    "referral": _referral,
    "optin": _optin,
    **dict.fromkeys(
        ("pass_thread_control", "take_thread_control", "request_thread_control", "app_roles"), _handover
    ),
    "policy_enforcement": _policy,
}
