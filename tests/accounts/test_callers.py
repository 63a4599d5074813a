"""Sessions and API tokens: who is calling."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from accounts import service
from accounts.access.service import credential
from accounts.schemas import TokenIn
from kernel.errors import Forbidden, Invalid, NotFound
from kernel.ids import new_id
from tests.accounts.conftest import NOW, operator

NOBODY: dict[str, str] = {}


def bearer(secret):
    return {"authorization": f"Bearer {secret}"}


async def whoever(db, *, headers=NOBODY, cookies=NOBODY, now=NOW, known=None):
    return await service.authenticate(db, headers, cookies, now, known or service.Known())


async def make(db, me, body, **given):
    async with db.tenant(me.tenant.id) as tx:
        return await service.create_token(tx, operator(me, **given), body, NOW)


async def test_nobody_and_nonsense_are_nobody(db):
    assert await whoever(db) is None
    for cookie in ("x", "x" * 5000, "' OR 1=1"):
        assert await whoever(db, cookies={"konectus_session": cookie}) is None
    for header in ("Basic eDp5", "Bearer", "Bearer kt_", "Bearer kt_ab_cd", "kt_ab_cd"):
        assert await whoever(db, headers={"authorization": header}) is None


def test_a_wrong_token_does_not_fall_back_to_the_cookie():
    assert credential({"authorization": "Bearer nope"}, {"konectus_session": "s"}) is None
    assert credential(NOBODY, {"konectus_session": "s"}) == ("s", False)


async def test_a_session_ends_after_two_weeks_without_use_and_slides_with_it(desk, db):
    _, secret = await desk.sign_up()
    cookies = {"konectus_session": secret}
    used = NOW + timedelta(days=13)
    assert await whoever(db, cookies=cookies, now=used)
    assert await whoever(db, cookies=cookies, now=used + timedelta(days=13, hours=23))
    assert await whoever(db, cookies=cookies, now=used + timedelta(days=28)) is None


async def test_signing_out_ends_the_session(desk, db):
    _, secret = await desk.sign_up()
    await service.log_out(db, secret)
    await service.log_out(db, secret)
    await service.log_out(db, None)
    assert await whoever(db, cookies={"konectus_session": secret}) is None


async def test_expired_sessions_are_purged_and_others_stay(desk, db):
    _, secret = await desk.sign_up()
    await service.purge_sessions(db, NOW + timedelta(days=13))
    assert await whoever(db, cookies={"konectus_session": secret})
    assert await service.purge_sessions(db, NOW + timedelta(days=15)) >= 1


async def test_a_caller_is_asked_for_once_in_five_seconds(desk, db):
    me, secret = await desk.sign_up()
    known, cookies = service.Known(), {"konectus_session": secret}
    assert await whoever(db, cookies=cookies, known=known)
    async with db.tenant(me.tenant.id) as tx:
        await tx.run(text("DELETE FROM session"))
    assert await whoever(db, cookies=cookies, known=known, now=NOW + timedelta(seconds=4))
    assert await whoever(db, cookies=cookies, known=known, now=NOW + timedelta(seconds=5)) is None


async def test_strangers_are_not_remembered_and_the_forgotten_are_asked_again(desk, db):
    me, secret = await desk.sign_up()
    known, cookies = service.Known(size=2), {"konectus_session": secret}
    await whoever(db, cookies={"konectus_session": "nobody"}, known=known)
    assert not known.seen
    await whoever(db, cookies=cookies, known=known)
    known.forget(me.user.id)
    assert not known.seen
    await whoever(db, cookies=cookies, known=known)
    known.forget_secret(secret)
    assert not known.seen


async def test_a_token_may_not_exceed_its_maker_nor_be_made_by_a_token(desk, db):
    me, _ = await desk.sign_up()
    with pytest.raises(Forbidden):
        await make(db, me, TokenIn("ERP", role="owner"), role="admin")
    with pytest.raises(Forbidden):
        await make(db, me, TokenIn("ERP"), via="token")
    with pytest.raises(Invalid) as refusal:
        await make(db, me, TokenIn("ERP", expires_at=NOW))
    assert refusal.value.field == "expires_at"


async def test_a_token_works_within_its_scopes_until_it_expires(desk, db):
    me, _ = await desk.sign_up()
    expires = NOW + timedelta(days=1)
    made = await make(db, me, TokenIn("ERP", "supervisor", ["orders", "contacts", "orders"], expires))
    assert made.secret.startswith(f"kt_{made.token.prefix}_")
    found = await whoever(db, headers=bearer(made.secret))
    assert found is not None
    assert (found.tenant_id, found.role, found.via, found.scopes, found.name) == (
        me.tenant.id, "supervisor", "token", ("contacts", "orders"), "ERP",
    )  # fmt: skip
    assert await whoever(db, headers=bearer(made.secret), now=expires) is None
    assert await whoever(db, headers=bearer(made.secret[:-1] + "x")) is None
    async with db.tenant(me.tenant.id) as tx:
        (listed,) = (await service.tokens(tx)).items
        dump = await tx.scalar(text("SELECT to_jsonb(t)::text FROM api_token t"))
    assert listed.last_used_at == NOW
    assert made.secret not in dump


async def test_a_revoked_token_is_gone_and_a_stranger_cannot_revoke_it(desk, db):
    me, _ = await desk.sign_up()
    stranger, _ = await desk.sign_up()
    made = await make(db, me, TokenIn("ERP"))
    for who, token_id in ((stranger, made.token.id), (me, new_id())):
        async with db.tenant(who.tenant.id) as tx:
            with pytest.raises(NotFound):
                await service.revoke_token(tx, operator(who), token_id)
    assert await whoever(db, headers=bearer(made.secret))
    async with db.tenant(me.tenant.id) as tx:
        assert await service.revoke_token(tx, operator(me), made.token.id) == me.user.id
        assert (await service.tokens(tx)).items == []
    assert await whoever(db, headers=bearer(made.secret)) is None


async def test_an_admin_cannot_revoke_an_owners_token(desk, db):
    me, _ = await desk.sign_up()
    made = await make(db, me, TokenIn("ERP", role="owner"))
    async with db.tenant(me.tenant.id) as tx:
        with pytest.raises(Forbidden):
            await service.revoke_token(tx, operator(me, role="admin"), made.token.id)
