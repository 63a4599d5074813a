"""What the business tells about its orders."""

from __future__ import annotations

import re

from crm import rules
from crm.orders import store
from crm.schemas import Order, OrderIn, Orders
from kernel.db import Row, Tx
from kernel.errors import Invalid, NotFound

NUMBER = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,63}")
SHOWN = 100


async def put_order(tx: Tx, number: str, body: OrderIn) -> Order:
    plain = rules.order_number(number)
    if not NUMBER.fullmatch(plain):
        raise Invalid("must be 1 to 64 letters, digits or . _ / -", field="number")
    await store.put(tx, plain, body.status, body.detail, body.tracking_url)
    return await get_order(tx, plain)


async def get_order(tx: Tx, number: str) -> Order:
    row = await store.order(tx, rules.order_number(number))
    if row is None:
        raise NotFound("there is no such order")
    return _order(row)


async def list_orders(tx: Tx) -> Orders:
    """The latest hundred."""
    return Orders([_order(row) for row in await store.latest(tx, SHOWN)])


def _order(row: Row) -> Order:
    return Order(row.number, row.status, row.detail, row.tracking_url, row.updated_at)
