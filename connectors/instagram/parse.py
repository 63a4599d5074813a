"""Instagram webhook bodies → events, in all three shapes Meta's pages show, alone or in a list.

1. entry.messaging[] (and standby[]), 2. entry.changes[{field, value}], 3. field and value in the entry.
The tenant key is the business's side of the item, else entry.id: that one is at times the Page, or "0".
"""

from __future__ import annotations

from typing import Any

from connectors.events import Parsed
from connectors.shared.reading import (
    EPOCH,
    BadItem,
    Json,
    Sink,
    need_ident,
    need_object,
    obj,
    read_body,
    text,
)
from connectors.shared.thread import Entry, read_item, read_standby


def parse(body: bytes) -> Parsed:
    """Every item of the body as an event of its own, in the order of the body."""
    return read_body(body, _read_object)


def _read_object(top: Json, sink: Sink) -> None:
    if top.get("object") != "instagram":
        entry = Entry("instagram", "", EPOCH)
        sink.events.append(entry.loose("unknown", f"object:{text(top.get('object'))}", top))
    elif isinstance(top.get("entry"), list):
        sink.each(top["entry"], _read_entry, sink)
    else:
        raise BadItem("entry")


def _read_entry(value: Any, sink: Sink) -> None:
    entry = Entry("instagram", need_ident(need_object(value), "id"), value.get("time"))
    before = sink.size
    for name, read in (("messaging", read_item), ("standby", read_standby), ("changes", _read_change)):
        if isinstance(value.get(name), list):
            sink.each(value[name], read, entry, sink)
    if "field" in value:
        _read_change(value, entry, sink)
    if sink.size == before:
        sink.events.append(entry.loose("unknown", "entry", value))


def _read_change(change: Any, entry: Entry, sink: Sink) -> None:
    """A messaging item in a change's clothes, or a comment, mention, …: stored, acted on by nobody here."""
    field, value = text(need_object(change).get("field")), change.get("value")
    if field is None:
        raise BadItem("field")
    if obj(obj(value).get("sender")).get("id") is None:
        sink.events.append(entry.loose("unknown", field, value))
    elif field == "standby":
        read_standby(value, entry, sink)
    else:
        read_item(value, entry, sink)
