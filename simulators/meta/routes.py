"""The Graph API's paths: (method, edge) → handler, whatever the version in front."""

from __future__ import annotations

import re

import msgspec
from sanic import Request
from sanic.response import HTTPResponse

from simulators.meta import edges_account, edges_block, edges_media, edges_messages, tokens
from simulators.meta.errors import GraphError
from simulators.meta.graph import Handler, answer, open_call
from simulators.meta.sim import Simulator

_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,2}")

EDGES: dict[tuple[str, str], Handler] = {
    ("POST", "messages"): edges_messages.messages,
    ("POST", "marketing_messages"): edges_messages.marketing_messages,
    ("POST", "subscribed_apps"): edges_account.subscribe,
    ("GET", "subscribed_apps"): edges_account.subscriptions,
    ("DELETE", "subscribed_apps"): edges_account.unsubscribe,
    ("POST", "media"): edges_media.upload,
    ("POST", "message_attachments"): edges_media.attachment,
    ("GET", "message_templates"): edges_account.list_templates,
    ("POST", "message_templates"): edges_account.create_template,
    ("DELETE", "message_templates"): edges_account.delete_template,
    ("GET", "phone_numbers"): edges_account.phone_numbers,
    ("GET", "accounts"): edges_account.pages,
    ("GET", "messenger_profile"): edges_account.messenger_profile,
    ("POST", "messenger_profile"): edges_account.messenger_profile,
    ("DELETE", "messenger_profile"): edges_account.messenger_profile,
    ("POST", "pass_thread_control"): edges_account.thread_control,
    ("POST", "take_thread_control"): edges_account.thread_control,
    ("POST", "release_thread_control"): edges_account.thread_control,
    ("POST", "request_thread_control"): edges_account.thread_control,
    ("GET", "block_users"): edges_block.blocked,
    ("POST", "block_users"): edges_block.change,
    ("DELETE", "block_users"): edges_block.change,
    ("GET", "thread_owner"): edges_account.thread_owner,
    # the node itself
    ("GET", ""): edges_account.node,
    ("DELETE", ""): edges_media.delete,
}


async def graph(request: Request, version: str, rest: str = "") -> HTTPResponse:
    """Any version, or none, which means the oldest."""
    sim: Simulator = request.app.ctx.sim
    try:
        path = rest if _VERSION.fullmatch(version) else f"{version}/{rest}"
        return await _dispatch(sim, request, path.strip("/").split("/"))
    except GraphError as error:
        return answer(error.body(), error.status)


async def _dispatch(sim: Simulator, request: Request, parts: list[str]) -> HTTPResponse:
    path = "/".join(parts)
    if request.method == "GET" and path in tokens.OPEN:
        return answer(tokens.OPEN[path](sim, request))
    edge = parts[1] if len(parts) == 2 else ""
    handler = EDGES.get((request.method, edge)) if len(parts) <= 2 else None
    if handler is None or not parts[0]:
        raise GraphError(2500, "Unknown path components: /" + path[:64])
    try:
        answered: HTTPResponse = await handler(open_call(sim, request, parts[0]))
        return answered
    except (msgspec.DecodeError, UnicodeError):
        raise GraphError(100, "A value could not be read") from None
