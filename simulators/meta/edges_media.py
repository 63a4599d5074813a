"""Files over the Graph API: upload, look up, fetch, delete; attachments of Messenger and Instagram."""

from __future__ import annotations

from sanic import Request
from sanic.request import File
from sanic.response import HTTPResponse, raw

from simulators.meta.errors import GraphError, whatsapp_error
from simulators.meta.graph import Call, answer, no_such_object
from simulators.meta.media import MIB, WHATSAPP_TYPES
from simulators.meta.sim import Simulator

INLINE = (
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "audio/wav",
    "audio/ogg",
    "audio/mpeg",
    "video/mp4",
)


async def upload(call: Call) -> HTTPResponse:
    account = call.account("whatsapp")
    if call.body.get("messaging_product") != "whatsapp":
        raise whatsapp_error(100, "The parameter messaging_product is required.")
    file = _uploaded(call, "file")
    if file is None:
        raise whatsapp_error(100, "The parameter file is required.")
    given = call.body.get("type") or file.type
    mime_type = str(given).partition(";")[0].strip().lower()
    limits = [size for size, types in WHATSAPP_TYPES.values() if mime_type in types]
    if not limits:
        raise whatsapp_error(
            100, f"Param file must be a file with one of the supported types, not {mime_type[:80]}"
        )
    if not file.body or len(file.body) > max(limits):
        raise whatsapp_error(131053, "The file is empty or too large")
    kept = call.sim.media.put(account.account_id, file.body, str(given)[:100], file.name)
    return answer({"id": kept.id})


def _uploaded(call: Call, name: str) -> File | None:
    files = call.request.files
    found = files.get(name) if files else None
    return found if isinstance(found, File) else None


async def attachment(call: Call) -> HTTPResponse:
    """POST /{page}/message_attachments, by file or by address."""
    account = call.account("messenger", "instagram")
    message = call.body.get("message")
    held = message.get("attachment") if isinstance(message, dict) else None
    kind = held.get("type") if isinstance(held, dict) else None
    if kind not in ("image", "audio", "video", "file"):
        raise GraphError(100, "message[attachment] is not valid")
    file = _uploaded(call, "filedata")
    if file is None:
        payload = held.get("payload") if isinstance(held, dict) else None
        url = payload.get("url") if isinstance(payload, dict) else None
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise GraphError(100, "Upload attachment failure.", subcode=2018047)
        kept = call.sim.media.put(account.account_id, url.encode(), "text/uri-list")
    else:
        if len(file.body) > (8 if kind == "image" else 25) * MIB:
            raise GraphError(100, "Attachment size exceeds allowable limit", subcode=2018109)
        kept = call.sim.media.put(account.account_id, file.body, file.type, file.name)
    return answer({"attachment_id": kept.id})


async def delete(call: Call) -> HTTPResponse:
    """DELETE /{id}: only files can be deleted this way."""
    file = call.sim.media.get(call.node)
    if file is None or file.account not in {account.account_id for account in call.accounts}:
        raise no_such_object(call.node)
    return answer({"success": call.sim.media.remove(call.node)})


def fetch(sim: Simulator, request: Request) -> HTTPResponse:
    """The address of a file. WhatsApp's also want the token; elsewhere the signature is enough."""
    file = sim.media.open_address(
        request.args.get("mid", ""), request.args.get("ext", ""), request.args.get("hash", "")
    )
    if file is None:
        return answer({"error": {"message": "URL signature expired or unknown", "code": 404}}, 404)
    account = next((a for a in sim.world.by_node.get(file.account, []) if a.account_id == file.account), None)
    if account is not None and account.kind == "whatsapp":
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token.strip() != account.token:
            return answer(GraphError(190).body(), 401)
    return raw(file.data, content_type=file.mime_type, headers={"x-content-type-options": "nosniff"})


def show(sim: Simulator, media_id: str) -> HTTPResponse:
    """For the phone's own screen: only kinds a browser shows as such, anything else as a download."""
    file = sim.media.get(media_id)
    if file is None:
        return answer({"error": {"code": "not_found", "message": "no such file"}}, 404)
    inline = file.mime_type.partition(";")[0] in INLINE
    headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'"}
    headers["content-disposition"] = "inline" if inline else "attachment"
    return raw(
        file.data, content_type=file.mime_type if inline else "application/octet-stream", headers=headers
    )
