"""What a simulated customer does: writes, presses, sends files, reacts, edits, deletes."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from simulators.meta import ids, inbound_page, inbound_whatsapp, send
from simulators.meta.errors import ControlError
from simulators.meta.media import File, sample
from simulators.meta.sim import Simulator
from simulators.meta.state import Customer, Message

Act = dict[str, Any]

# What opens the 24 h window and makes a message of its own; the rest acts on an older one.
CONTENTS = (
    "text", "button", "list", "quick_reply", "postback", "template_button", "media", "location", "contacts",
    "order", "flow", "unsupported", "story_mention", "story_reply", "system", "raw",
)  # fmt: skip
CHANGES = ("reaction", "edit", "delete")
KINDS = ("image", "video", "audio", "document", "sticker", "file")


def introduce(customer: Customer, act: Act) -> None:
    """Name and username travel with any act."""
    for name in ("name", "username"):
        value = act.get(name)
        if value is not None:
            if not isinstance(value, str) or len(value) > 256:
                raise ControlError(400, "invalid", f"{name} must be text of at most 256 characters", name)
            setattr(customer, name, value)


def write(sim: Simulator, customer: Customer, act: Act) -> str:
    """Do it; the id of the message made or meant."""
    named = [name for name in (*CONTENTS, *CHANGES) if act.get(name) is not None]
    if not named:
        raise ControlError(400, "invalid", "say one of: " + ", ".join((*CONTENTS, *CHANGES)))
    if len(named) > 1:
        raise ControlError(400, "invalid", "say one thing at a time: " + ", ".join(named))
    _well_formed(act, named[0])
    introduce(customer, act)
    if named[0] in CHANGES:
        return _change(sim, customer, named[0], act)
    act = dict(act)
    file = _file(sim, customer, act["media"]) if named[0] == "media" else None
    make = inbound_whatsapp if customer.account.kind == "whatsapp" else inbound_page
    item = make.message(sim, customer, named[0], act, file)
    message = _remember(sim, customer, act, file)
    make.tell(sim, customer, message.id, item)
    return message.id


def _remember(sim: Simulator, customer: Customer, act: Act, file: File | None) -> Message:
    kind = customer.account.kind
    if kind == "whatsapp":
        message_id = ids.wamid(customer.user, False)
    else:
        message_id = ids.messenger_mid() if kind == "messenger" else ids.instagram_mid()
    shown = {name: value for name, value in act.items() if name not in ("name", "username")}
    if file is not None:
        shown["media"] = {
            **act["media"],
            "id": file.id,
            "mime_type": file.mime_type,
            "filename": file.filename,
        }
        shown["media"].pop("data_base64", None)
    message = sim.world.record(customer, message_id, "customer", shown)
    customer.last_inbound = message.at
    send.count_inbound(sim, customer.account)
    sim.show(message)
    return message


def _well_formed(act: Act, name: str) -> None:
    value = act[name]
    if name in ("text", "edit_text", "delete"):
        good = isinstance(value, str) and 0 < len(value) <= 65_536
    elif name == "contacts":
        good = isinstance(value, list) and all(isinstance(each, dict) for each in value)
    elif name in ("unsupported", "story_mention", "postback"):
        good = True
    else:
        good = isinstance(value, dict)
    if not good:
        raise ControlError(400, "invalid", f"{name} has the wrong shape", name)
    if act.get("reply_to") is not None and not isinstance(act["reply_to"], str):
        raise ControlError(400, "invalid", "reply_to must be a message id", "reply_to")


def _file(sim: Simulator, customer: Customer, media: Act) -> File:
    kind = media.get("kind")
    if kind not in KINDS:
        raise ControlError(400, "invalid", "media.kind must be one of " + ", ".join(KINDS), "media")
    if media.get("data_base64") is None:
        data, mime_type, filename = sample(kind)
    else:
        try:
            data = base64.b64decode(str(media["data_base64"]), validate=True)
        except (binascii.Error, ValueError):
            raise ControlError(400, "invalid", "data_base64 is not base64", "media") from None
        mime_type, filename = "application/octet-stream", "file"
    mime_type = str(media.get("mime_type") or mime_type)
    if not mime_type.isascii() or not mime_type.isprintable() or len(mime_type) > 100:
        raise ControlError(400, "invalid", "mime_type is not valid", "media")
    name = media.get("filename") or filename
    return sim.media.put(customer.account.account_id, data, mime_type, str(name)[:240])


# --- acts upon an older message ------------------------------------------------------------------


def _change(sim: Simulator, customer: Customer, name: str, act: Act) -> str:
    value = act[name]
    target_id = value if isinstance(value, str) else value.get("message_id")
    target = sim.world.messages.get(target_id) if isinstance(target_id, str) else None
    if target is None or target.customer is not customer:
        raise ControlError(404, "not_found", "no such message in this thread", name)
    if name != "reaction" and target.origin != "customer":
        raise ControlError(400, "invalid", "only one's own messages can be changed", name)
    make = inbound_whatsapp if customer.account.kind == "whatsapp" else inbound_page
    if name == "reaction":
        emoji = value.get("emoji") or None
        customer.last_inbound = sim.clock.now()
        sim.react(target, "customer", emoji)
        make.reaction(sim, customer, target.id, emoji)
    elif name == "edit":
        text = value.get("text")
        if not isinstance(text, str) or not text:
            raise ControlError(400, "invalid", "edit.text is required", "edit")
        edits = int(target.body.get("edits", 0)) + 1
        target.body = target.body | {"text": text, "edits": edits}
        make.edit(sim, customer, target.id, text, edits)
        sim.show(target)
    else:
        target.state, target.body = "deleted", {"deleted": True}
        make.delete(sim, customer, target.id)
        sim.show(target)
    return target.id
