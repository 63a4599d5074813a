"""HTTP handlers of the connectors: a tenant's channels, and Meta's check of the webhook address."""

from __future__ import annotations

from uuid import UUID

from sanic.response import HTTPResponse, text

from connectors import schemas, service
from connectors.meta import Graph
from connectors.service import Reserve
from connectors.webhooks.receive import Receiver
from kernel.crypto import Vault
from kernel.web import Call


class Api:
    """`reserve` and `release` count the tenant's channels against its plan."""

    def __init__(
        self,
        receiver: Receiver,
        graph: Graph,
        vault: Vault,
        *,
        reserve: Reserve,
        release: Reserve,
        public_url: str,
    ) -> None:
        self.receiver = receiver
        self.graph = graph
        self.vault = vault
        self.reserve = reserve
        self.release = release
        self.public_url = public_url

    async def channels(self, call: Call) -> schemas.ChannelsOut:
        return await service.list_channels(call.tx, self.public_url)

    async def connect(self, call: Call, body: schemas.ConnectIn) -> schemas.ChannelOut:
        tenant_id = call.operator.tenant_id
        id_ = await service.connect(
            call.db, tenant_id, body, graph=self.graph, vault=self.vault, reserve=self.reserve
        )
        return await self._show(call, id_)

    async def patch_channel(
        self, call: Call, channel_id: UUID, body: schemas.ChannelPatchIn
    ) -> schemas.ChannelOut:
        tenant_id = call.operator.tenant_id
        await service.change(call.db, tenant_id, channel_id, body, graph=self.graph, vault=self.vault)
        return await self._show(call, channel_id)

    async def delete_channel(self, call: Call, channel_id: UUID) -> None:
        tenant_id = call.operator.tenant_id
        await service.disconnect(
            call.db, tenant_id, channel_id, graph=self.graph, vault=self.vault, release=self.release
        )

    async def webhook_challenge(self, call: Call, channel: str) -> HTTPResponse:
        query = {name: values[0] for name, values in call.request.args.items()}
        return text(self.receiver.challenge(channel, query))

    async def webhook(self, call: Call, channel: str) -> HTTPResponse:
        """Answered after the commit: 200 says that it will never be lost."""
        signature = call.request.headers.get("x-hub-signature-256")
        await self.receiver.receive(channel, call.request.body, signature)
        return HTTPResponse(status=200)

    async def _show(self, call: Call, channel_id: UUID) -> schemas.ChannelOut:
        async with call.db.tenant(call.operator.tenant_id) as tx:
            return await service.show_channel(tx, channel_id, self.public_url)
