"""Through HTTP, with the routes and rights of the real table."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from accounts import service, terms
from accounts.api import Api, Authenticator
from app.routes import accounts_routes
from kernel.ids import new_id
from tests.accounts.conftest import PASSWORD, Desk
from tests.accounts.served import served


@pytest.fixture
async def web(db, desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    known = service.Known()
    api = Api(
        passwords=desk.passwords, known=known, on_created=desk.created,
        reserve=desk.reserve, release=desk.release, site="https://console.example/",
    )  # fmt: skip
    async with served(db, Authenticator(db, known), accounts_routes(api)) as client:
        yield client


def sign_up_body(**given):
    return {
        "company": "Padaria Sol", "name": "Olívia", "email": f"{new_id()}@example.com",
        "password": PASSWORD, "terms_version": terms.VERSION,
    } | given  # fmt: skip


async def signed_up(web):
    response = await web.post("/api/auth/signup", json=sign_up_body())
    assert response.status_code == 201, response.text
    return response


async def test_wrong_bodies_name_their_field(web):
    for body, field in (
        (sign_up_body(password="curta"), "password"),
        (sign_up_body(email="not an address"), "email"),
        (sign_up_body(role="owner"), "role"),
        (sign_up_body(company=""), "company"),
    ):
        response = await web.post("/api/auth/signup", json=body)
        assert (response.status_code, response.json()["error"]["field"]) == (400, field)


async def test_a_page_of_another_site_signs_nobody_in(web):
    me = await signed_up(web)
    body = {"email": me.json()["user"]["email"], "password": PASSWORD}
    response = await web.post("/api/auth/login", json=body, headers={"origin": "https://evil.example"})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "origin")
    assert (await web.post("/api/auth/login", json=body)).status_code == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_ends_with_the_session(web):
    response = await signed_up(web)
    cookie = response.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("konectus_session=", "httponly", "samesite=lax", "path=/"))
    assert (await web.get("/api/auth/me")).json() == response.json()
    assert (await web.post("/api/auth/logout")).status_code == 204
    assert (await web.get("/api/auth/me")).status_code == 401


async def test_the_lock_says_when_to_come_back(web):
    email = (await signed_up(web)).json()["user"]["email"]
    wrong = {"email": email, "password": "errada-errada"}
    assert [(await web.post("/api/auth/login", json=wrong)).status_code for _ in range(5)] == [401] * 5
    response = await web.post("/api/auth/login", json=wrong | {"password": PASSWORD})
    assert (response.status_code, response.json()["error"]["code"]) == (429, "locked")
    assert 25 <= int(response.headers["retry-after"]) <= 30


async def test_an_invited_agent_comes_in_and_is_held_to_the_role(web):
    await signed_up(web)
    body = {"name": "Ana", "email": f"{new_id()}@example.com"}
    invited = (await web.post("/api/users", json=body)).json()
    token = httpx.URL(invited["invite_url"]).params["token"]
    accepted = await web.post("/api/auth/accept", json={"token": token, "password": PASSWORD})
    assert accepted.json()["user"]["role"] == "agent"
    assert (await web.post("/api/users", json=body)).status_code == 403
    assert len((await web.get("/api/users")).json()["items"]) == 2


async def test_a_token_shows_once_works_at_once_and_stops_when_deleted(web):
    await signed_up(web)
    made = (await web.post("/api/tokens", json={"name": "ERP", "scopes": ["users"]})).json()
    assert made["secret"] not in (await web.get("/api/tokens")).text
    web.cookies.clear()
    bearer = {"authorization": f"Bearer {made['secret']}"}
    assert (await web.get("/api/users", headers=bearer)).status_code == 200
    naive = {"name": "X", "expires_at": "2030-01-01T00:00:00"}
    assert (await web.post("/api/tokens", json=naive, headers=bearer)).status_code == 403


async def test_a_deleted_token_is_refused_at_once(web):
    await signed_up(web)
    made = (await web.post("/api/tokens", json={"name": "ERP"})).json()
    bearer = {"authorization": f"Bearer {made['secret']}"}
    assert (await web.get("/api/users", headers=bearer)).status_code == 200
    assert (await web.delete(f"/api/tokens/{made['token']['id']}")).status_code == 204
    assert (await web.get("/api/users", headers=bearer)).status_code == 401


async def test_anybody_reads_the_terms(web):
    found = (await web.get("/api/terms")).json()
    assert found["version"] == terms.VERSION
    assert set(found["texts"]) == {"pt-BR", "es", "en"}


async def test_signing_up_does_not_tell_at_will_which_addresses_exist(web):
    taken = (await signed_up(web)).json()["user"]["email"]
    codes = [
        (await web.post("/api/auth/signup", json=sign_up_body(email=taken))).status_code for _ in range(31)
    ]
    assert codes == [409] * 30 + [429]
