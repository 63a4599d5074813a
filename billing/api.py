"""Handlers of billing."""

from __future__ import annotations

from billing import service
from billing.schemas import BillingOverview, ChangePlanIn, Plans
from kernel.web import Call


class Api:
    async def overview(self, call: Call) -> BillingOverview:
        return await service.overview(call.tx)

    async def plans(self, call: Call) -> Plans:
        return await service.plans(call.tx)

    async def change_plan(self, call: Call, body: ChangePlanIn) -> BillingOverview:
        """The route asks for an owner: it changes what the business pays."""
        return await service.change_plan(call.tx, body.plan_id)
