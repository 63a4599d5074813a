"""Through HTTP, with the routes and rights of the real table."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator

import httpx
import pytest

from app.routes import crm_routes
from billing import rules as billing_rules
from billing import service as billing
from crm import service
from crm.api import Api
from crm.schemas import OrderIn
from kernel.ids import new_id
from kernel.web import Operator
from tests.accounts.served import served

SECRET = "between-our-own-processes-only"


async def may_serve(tx):
    return billing_rules.may_send(await billing.state(tx))


@pytest.fixture
async def web(db, shop) -> AsyncIterator[httpx.AsyncClient]:
    """An admin of the shop calls."""
    admin = Operator(shop, new_id(), "admin", via="token")

    async def authenticate(request):
        return admin

    routes = crm_routes(Api(internal_secret=SECRET, may_serve=may_serve))
    async with served(db, authenticate, routes) as client:
        yield client


def signed(path, secret=SECRET):
    digest = hmac.new(secret.encode(), f"GET {path}".encode(), hashlib.sha256).hexdigest()
    return {"x-konectus-signature": f"sha256={digest}"}


@pytest.fixture
async def order(db, shop):
    async with db.tenant(shop) as tx:
        return await service.put_order(tx, "AB-12", OrderIn("a caminho", "Sai hoje"))


async def suspend(db, tenant):
    async with db.tenant(tenant) as tx:
        await billing.set_state(tx, "past_due", "manual")
        await billing.set_state(tx, "suspended", "manual")


async def test_an_internal_call_without_the_right_signature_is_refused(web, shop, order):
    path = f"/internal/crm/orders/AB-12?tenant={shop}"
    nothing: dict[str, str] = {}
    for headers in (nothing, signed(path, "another"), signed(path + "x"), signed(path.replace("12", "13"))):
        assert (await web.get(path, headers=headers)).status_code == 401


async def test_an_internal_call_reads_one_tenants_order(web, shop, stranger, order):
    async def get(number, tenant):
        path = f"/internal/crm/orders/{number}?tenant={tenant}"
        return await web.get(path, headers=signed(path))

    assert (await get("AB-12", shop)).json()["status"] == "a caminho"
    assert (await get("%23ab-12", shop)).json()["number"] == "AB-12"
    assert (await get("99", shop)).status_code == 404
    assert (await get("AB-12", stranger)).status_code == 404
    assert (await get("AB-12", "nobody")).status_code == 400


async def test_a_suspended_tenant_reads_and_lets_customers_opt_out_but_writes_nothing(db, web, shop, order):
    ana = (await web.post("/api/contacts", json={"name": "Ana"})).json()
    await suspend(db, shop)
    one, path = f"/api/contacts/{ana['id']}", f"/internal/crm/orders/AB-12?tenant={shop}"
    refused = [
        await web.post("/api/contacts", json={"name": "Bia"}),
        await web.patch(one, json={"name": "Bia"}),
        await web.post(f"{one}/notes", json={"text": "x"}),
        await web.put("/api/contact-fields", json={"key": "cor", "label": "Cor", "type": "text"}),
        await web.put("/api/orders/1", json={"status": "x"}),
        await web.get(path, headers=signed(path)),
    ]
    assert {(r.status_code, r.json()["error"]["code"]) for r in refused} == {(402, "subscription_suspended")}
    assert (await web.get("/api/contacts", params={"q": "ana"})).json()["items"][0]["id"] == ana["id"]
    said = await web.post(f"{one}/consents", json={"state": "out", "source": "telefone"})
    assert (said.status_code, said.json()["state"]) == (201, "out")


async def test_a_contact_of_nobody_is_not_found_and_a_wrong_id_is_invalid(web):
    assert (await web.get(f"/api/contacts/{new_id()}")).status_code == 404
    response = await web.get("/api/contacts/1")
    assert (response.status_code, response.json()["error"]["field"]) == (400, "contact_id")
    assert (await web.get("/api/contacts", params={"limit": "1000"})).status_code == 400
    assert (await web.get("/api/contacts", params={"cursor": "x"})).status_code == 400


async def test_a_contact_is_made_changed_noted_and_read(web):
    made = await web.post("/api/contacts", json={"name": "Ana", "phone": "(11) 98765-4321", "tags": ["vip"]})
    assert made.status_code == 201
    one = f"/api/contacts/{made.json()['id']}"
    assert (await web.post(f"{one}/notes", json={"text": "prefere tarde"})).status_code == 201
    changed = (await web.patch(one, json={"email": "ana@example.com"})).json()
    assert (changed["phone"], changed["email"], changed["tags"]) == (
        "+5511987654321",
        "ana@example.com",
        ["vip"],
    )
    assert [n["text"] for n in changed["notes"]] == ["prefere tarde"]
    assert [(c["purpose"], c["state"]) for c in changed["consents"]] == [
        ("marketing", "unknown"),
        ("service", "unknown"),
    ]
    rows = (await web.get("/api/contacts", params={"q": "98765"})).json()
    assert [(r["name"], r["channels"]) for r in rows["items"]] == [("Ana", [])]


async def test_orders_are_put_and_read(web):
    put = await web.put(
        "/api/orders/%23ab%2012", json={"status": "a caminho", "tracking_url": "https://x.example"}
    )
    assert put.json()["number"] == "AB12"
    assert (await web.get("/api/orders/AB12")).json() == put.json()
    assert (await web.get("/api/orders")).json()["items"] == [put.json()]
    wrong = await web.put("/api/orders/1", json={"status": "x", "tracking_url": "javascript:alert(1)"})
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "tracking_url")
