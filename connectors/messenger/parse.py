"""Messenger webhook bodies → events. The tenant key is entry.id, the Page."""

from __future__ import annotations

from typing import Any

from connectors.events import EventKind, Parsed
from connectors.shared.reading import (
    EPOCH,
    BadItem,
    Json,
    Sink,
    need_ident,
    need_object,
    read_body,
    text,
)
from connectors.shared.thread import Entry, read_item, read_standby

ACCOUNT_FIELDS = {"messenger_template_status_update"}


def parse(body: bytes) -> Parsed:
    """Every item of the body as an event of its own, in the order of the body."""
    return read_body(body, _read_object)


def _read_object(top: Json, sink: Sink) -> None:
    if top.get("object") != "page":
        entry = Entry("messenger", "", EPOCH)
        sink.events.append(entry.loose("unknown", f"object:{text(top.get('object'))}", top))
    elif isinstance(top.get("entry"), list):
        sink.each(top["entry"], _read_entry, sink)
    else:
        raise BadItem("entry")


def _read_entry(value: Any, sink: Sink) -> None:
    entry = Entry("messenger", need_ident(need_object(value), "id"), value.get("time"))
    before = sink.size
    for name, read in (("messaging", read_item), ("standby", read_standby), ("changes", _read_change)):
        if isinstance(value.get(name), list):
            sink.each(value[name], read, entry, sink)
    if sink.size == before:
        sink.events.append(entry.loose("unknown", "entry", value))


def _read_change(change: Any, entry: Entry, sink: Sink) -> None:
    """Comments and posts (`feed`) are stored for private replies; nothing acts on them here."""
    field = text(need_object(change).get("field"))
    if field is None:
        raise BadItem("field")
    kind: EventKind = "account" if field in ACCOUNT_FIELDS else "unknown"
    sink.events.append(entry.loose(kind, field, change.get("value")))
