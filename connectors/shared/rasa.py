"""Rasa's side of a channel, the same for all three. Runs in the bot's environment only.

Output: renders responses; either collects the native messages (hosted) or sends them (direct).
Input, for direct mode: any `rasa run` names it in credentials.yml and points Meta's webhook at it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, NoReturn

import httpx
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sanic.response import text as text_response

from connectors.channels import CHANNEL
from connectors.events import Channel, Content, ContentError, Event, Native, Unparsable
from connectors.meta import Graph
from connectors.shared.heard import about, words_of
from connectors.shared.inbox import Full, Inbox
from connectors.shared.outlet import Outlet
from connectors.shared.utterance import CONTROL, contents_of

BODY_LIMIT = 4 * 1024 * 1024
Deliver = Callable[[str, Native], Awaitable[Any]]

log = logging.getLogger("konectus.channels")


# --- in --------------------------------------------------------------------------------------


def user_message(
    event: Event, output: OutputChannel, sender_id: str, metadata: dict[str, Any] | None = None
) -> UserMessage:
    """What the customer did, as words or, where there are none, as /customer_event{"event": what}."""
    return UserMessage(
        text=words_of(event),
        output_channel=output,
        sender_id=sender_id,
        input_channel=event.channel,
        message_id=event.message.id if event.message else event.key,
        metadata={**about(event), **(metadata or {})},
    )


# --- out -------------------------------------------------------------------------------------


class ChannelOutput(OutputChannel):
    """`natives` holds what was said in this turn, `controls` what the dialogue told the platform."""

    channel: ClassVar[Channel]

    def __init__(self, deliver: Deliver | None = None) -> None:
        self.natives: list[Native] = []
        self.controls: list[dict[str, Any]] = []
        self._deliver = deliver

    @classmethod
    def name(cls) -> str:
        return cls.channel

    @classmethod
    def collecting(cls) -> ChannelOutput:
        """For the host: nothing leaves, everything is kept."""
        return cls()

    @property
    def answers(self) -> list[Native]:
        return self.natives

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        custom = message.get("custom")
        if isinstance(custom, dict) and CONTROL in custom:
            self._control(custom[CONTROL])
            message = {name: value for name, value in message.items() if name != "custom"}
        await self._respond(recipient_id, message)

    async def _respond(self, recipient_id: str, response: dict[str, Any]) -> None:
        try:
            contents = contents_of(response, self.channel)
        except ContentError as problem:
            log.error("response left out on %s: %s", self.channel, problem)
            contents = [Content(text=response["text"])] if isinstance(response.get("text"), str) else []
        for content in contents:
            await self._say(recipient_id, content)

    async def _say(self, recipient_id: str, content: Content) -> None:
        for native in self._render(content):
            self.natives.append(native)
            if self._deliver is not None:
                await self._deliver(recipient_id, native)

    def _render(self, content: Content) -> list[Native]:
        """A response that the channel cannot say is said as far as words go, and the log tells why."""
        send = CHANNEL[self.channel].send
        try:
            return send.render(content)
        except ContentError as problem:
            log.error("response left out on %s: %s", self.channel, problem)
        try:
            return send.render(Content(text=content.text)) if content.text else []
        except ContentError:
            return []

    def _control(self, control: Any) -> None:
        if isinstance(control, dict):
            self.controls.append(control)
        else:
            log.error("a control that is no object: %r", control)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        await self._respond(recipient_id, {"text": text})

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        await self._respond(recipient_id, {"image": image})

    async def send_attachment(self, recipient_id: str, attachment: Any, **kwargs: Any) -> None:
        await self._respond(recipient_id, {"attachment": attachment})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        await self._respond(recipient_id, {"text": text, "buttons": buttons})

    async def send_quick_replies(
        self, recipient_id: str, text: str, quick_replies: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        await self._respond(recipient_id, {"text": text, "quick_replies": quick_replies})

    async def send_elements(self, recipient_id: str, elements: Any, **kwargs: Any) -> None:
        await self._respond(recipient_id, {"elements": list(elements)})

    async def send_custom_json(self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any) -> None:
        await self.send_response(recipient_id, {"custom": json_message})


# --- direct mode -----------------------------------------------------------------------------


class ChannelInput(InputChannel):
    """Verifies, takes every item of the body, answers 200, and works each customer's messages in order."""

    output: ClassVar[type[ChannelOutput]]
    account_keys: ClassVar[tuple[str, ...]]  # in credentials.yml; the last one given builds the path

    def __init__(self, credentials: dict[str, Any]) -> None:
        self._secrets = _listed(credentials["app_secret"])
        self._verify_token = str(credentials["verify_token"])
        self._token = str(credentials["access_token"])
        self._accounts = [str(credentials[key]) for key in self.account_keys if credentials.get(key)]
        self._graph_url = str(credentials.get("graph_url") or "https://graph.facebook.com")
        self._version = str(credentials.get("graph_version") or "v26.0")
        self._typing = bool(credentials.get("typing", True))
        self._channel = self.output.channel
        self._client: httpx.AsyncClient | None = None
        self._outlet_made: Outlet | None = None
        self._inbox: Inbox | None = None

    @classmethod
    def name(cls) -> str:
        return cls.output.channel

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> ChannelInput:
        given = credentials or {}
        missing = [key for key in ("verify_token", "app_secret", "access_token") if not given.get(key)]
        if not any(given.get(key) for key in cls.account_keys):
            missing.append(" or ".join(cls.account_keys))
        if missing:
            _refuse(cls.name(), missing)
        return cls(given)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint(f"konectus_{self._channel}", __name__)
        modules = CHANNEL[self._channel]

        async def work(event: Event) -> None:
            await self._answer(event, on_new_message)

        @blueprint.listener("before_server_start")
        async def start(app: Sanic, _: Any) -> None:
            self._inbox = Inbox(work)

        @blueprint.listener("before_server_stop")
        async def stop(app: Sanic, _: Any) -> None:
            await self._stop()

        @blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json_response({"status": "ok"})

        @blueprint.get("/webhook")
        async def challenge(request: Request) -> HTTPResponse:
            query = {name: request.args.get(name) for name in request.args}
            answer = modules.verify.challenge(query, self._verify_token)
            return text_response("", 403) if answer is None else text_response(answer)

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if len(request.body) > BODY_LIMIT:
                return text_response("", 413)
            signature = request.headers.get("x-hub-signature-256")
            if not modules.verify.verify(request.body, signature, self._secrets):
                log.warning("a body with a wrong signature on %s", self._channel)
                return text_response("", 401)
            return text_response("", self._take(request.body))

        return blueprint

    def get_output_channel(self) -> OutputChannel:
        return self.output(self._deliver(None))

    def _take(self, body: bytes) -> int:
        """The status to answer. What will never parse is taken too: refusing it would bring it back for days."""
        try:
            parsed = CHANNEL[self._channel].parse.parse(body)
        except Unparsable as problem:
            log.error("an unreadable body on %s: %s", self._channel, problem)
            return 200
        for rejected in parsed.rejected:
            log.error("an unreadable item on %s: %s", self._channel, rejected.reason)
        assert self._inbox is not None
        try:
            self._inbox.put(event for event in parsed.events if self._is_mine(event))
        except Full:
            return 503
        return 200

    def _is_mine(self, event: Event) -> bool:
        if event.kind != "message" or event.sender is None:
            return False
        if event.account not in self._accounts:
            log.warning("a message for %s, whose token is not here", event.account)
            return False
        return True

    async def _answer(self, event: Event, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> None:
        sender, message = event.sender, event.message
        assert sender is not None
        assert message is not None
        await self._outlet().mark_read(message.id, sender.user, typing=self._typing)
        output = self.output(self._deliver(sender.phone))
        await on_new_message(user_message(event, output, sender.user))

    def _deliver(self, phone: str | None) -> Deliver:
        async def deliver(recipient_id: str, native: Native) -> None:
            await self._outlet().say(native, user=recipient_id, phone=phone)

        return deliver

    def _outlet(self) -> Outlet:
        if self._outlet_made is None:
            self._client = httpx.AsyncClient(timeout=10.0)
            graph = Graph(self._client, self._graph_url, self._version, self._secrets[0])
            send = CHANNEL[self._channel].send
            self._outlet_made = Outlet(
                graph, send, channel=self._channel, account=self._accounts[-1], token=self._token
            )
        return self._outlet_made

    async def _stop(self) -> None:
        if self._inbox is not None:
            await self._inbox.drain()
        if self._client is not None:
            await self._client.aclose()


def _listed(value: Any) -> list[str]:
    """One secret, or several during a rotation (Instagram: of both apps)."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _refuse(channel: str, missing: list[str]) -> NoReturn:
    raise RasaException(f"credentials.yml names no {', no '.join(missing)} for the {channel} channel")
