from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from accounts import service
from accounts.errors import Busy, EmailTaken, Locked, WeakPassword, WrongLogin, WrongTerms
from accounts.passwords import Guard, Passwords
from kernel.ids import new_id
from tests.accounts.conftest import NOW, PASSWORD


async def count(db, query):
    async with db.dispatch() as tx:
        return await tx.scalar(text(query))


async def test_sign_up_with_other_terms_is_refused(desk):
    with pytest.raises(WrongTerms) as refusal:
        await desk.sign_up(terms_version="2001-01-01")
    assert refusal.value.code == "terms_version"


async def test_sign_up_with_a_weak_password_is_refused(desk):
    with pytest.raises(WeakPassword):
        await desk.sign_up(password="senha123")


async def test_an_address_can_sign_up_once_however_it_is_written(desk):
    email = f"{new_id()}@example.com"
    me, _ = await desk.sign_up(email.upper())
    assert me.user.email == email
    with pytest.raises(EmailTaken) as refusal:
        await desk.sign_up(email)
    assert refusal.value.field == "email"


async def test_two_sign_ups_at_once_with_one_address_make_one_tenant(desk):
    email = f"{new_id()}@example.com"
    results = await asyncio.gather(*(desk.sign_up(email) for _ in range(4)), return_exceptions=True)
    assert sorted(type(r).__name__ for r in results) == ["EmailTaken"] * 3 + ["tuple"]


async def test_a_refusal_in_the_first_transaction_leaves_nothing(desk, db):
    email = f"{new_id()}@example.com"

    async def refuse(tx, tenant_id):
        raise EmailTaken()

    desk.created = refuse
    with pytest.raises(EmailTaken):
        await desk.sign_up(email)
    assert await count(db, f"SELECT count(*) FROM login WHERE email = '{email}'") == 0


async def test_sign_up_gives_an_owner_with_terms_and_a_session(desk, db):
    me, secret = await desk.sign_up(locale="es")
    assert (me.user.role, me.user.active, me.user.invited) == ("owner", True, False)
    assert (me.tenant.name, me.tenant.profile.name, me.tenant.locale) == ("Padaria Sol", "Padaria Sol", "es")
    assert desk.counted == [("agents", 1)]
    found = await service.authenticate(db, {}, {"konectus_session": secret}, NOW, service.Known())
    assert found is not None
    assert (found.tenant_id, found.user_id, found.role, found.name) == (
        me.tenant.id, me.user.id, "owner", "Olívia",
    )  # fmt: skip
    async with db.tenant(me.tenant.id) as tx:
        row = await tx.one(text("SELECT version, ip, user_agent FROM terms_acceptance"))
    assert tuple(row) == ("2026-11-25", "192.0.2.1", "test")


async def test_unknown_address_and_wrong_password_look_the_same(desk):
    me, _ = await desk.sign_up()
    refusals = []
    for email, password in ((f"{new_id()}@example.com", PASSWORD), (me.user.email, "errada-errada")):
        with pytest.raises(WrongLogin) as refusal:
            await desk.log_in(email, password)
        refusals.append((refusal.value.status, refusal.value.code, refusal.value.message))
    assert refusals[0] == refusals[1]


async def test_the_fifth_wrong_password_locks_even_the_right_one_for_a_while(desk):
    me, _ = await desk.sign_up()
    for _ in range(5):
        with pytest.raises(WrongLogin):
            await desk.log_in(me.user.email, "errada-errada")
    with pytest.raises(Locked) as refusal:
        await desk.log_in(me.user.email)
    assert refusal.value.retry_after == 30
    again, _ = await desk.log_in(me.user.email, now=NOW + timedelta(seconds=31))
    assert again.user == me.user


async def test_an_address_without_account_locks_alike(desk):
    email = f"{new_id()}@example.com"
    for _ in range(5):
        with pytest.raises(WrongLogin):
            await desk.log_in(email, "errada-errada")
    with pytest.raises(Locked) as refusal:
        await desk.log_in(email)
    assert refusal.value.retry_after == 30


async def test_guesses_at_once_cannot_outrun_the_lock(desk):
    me, _ = await desk.sign_up()
    guesses = (desk.log_in(me.user.email, f"errada-{n}-errada") for n in range(20))
    results = [type(r) for r in await asyncio.gather(*guesses, return_exceptions=True)]
    assert results.count(WrongLogin) == 5
    assert results.count(Locked) == 15


async def test_the_lock_outlives_the_process(desk):
    me, _ = await desk.sign_up()
    for _ in range(5):
        with pytest.raises(WrongLogin):
            await desk.log_in(me.user.email, "errada-errada")
    desk.guard = Guard()
    with pytest.raises(Locked):
        await desk.log_in(me.user.email)


async def test_one_network_cannot_try_one_address_after_another(desk):
    for n in range(30):
        with pytest.raises(WrongLogin):
            await desk.log_in(f"{n}-{new_id()}@example.com")
    me, _ = await desk.sign_up()
    with pytest.raises(Locked):
        await desk.log_in(me.user.email)
    await desk.log_in(me.user.email, ip="198.51.100.4")


async def test_success_forgets_earlier_failures(desk):
    me, _ = await desk.sign_up()
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongLogin):
                await desk.log_in(me.user.email, "errada-errada")
        await desk.log_in(me.user.email)


async def test_signing_in_replaces_the_session_that_the_browser_held(desk, db):
    me, first = await desk.sign_up()
    _, second = await desk.log_in(me.user.email, replaces=first)
    assert first != second
    assert await service.authenticate(db, {}, {"konectus_session": first}, NOW, service.Known()) is None
    assert await service.authenticate(db, {}, {"konectus_session": second}, NOW, service.Known())


async def test_an_outdated_hash_is_renewed_at_sign_in(desk, db):
    me, _ = await desk.sign_up()
    query = f"SELECT password_hash FROM login WHERE email = '{me.user.email}'"
    before = await count(db, query)
    desk.passwords = Passwords(time_cost=2, memory_kib=16)
    await desk.log_in(me.user.email)
    after = await count(db, query)
    assert before != after
    await desk.log_in(me.user.email)
    assert await count(db, query) == after


async def test_no_secret_lies_in_the_database(desk, db):
    me, secret = await desk.sign_up()
    async with db.tenant(me.tenant.id) as tx:
        rows = await tx.all(
            text("SELECT to_jsonb(s)::text || to_jsonb(l)::text AS dump FROM session s, login l")
        )
    assert rows
    assert all(secret not in r.dump and PASSWORD not in r.dump for r in rows)


async def test_without_an_account_the_check_takes_as_long():
    passwords = Passwords(time_cost=2, memory_kib=8_192)
    known = await passwords.hash(PASSWORD)

    async def cost(given):
        times = []
        for _ in range(7):
            start = time.perf_counter()
            assert not await passwords.verify(given, "errada-errada")
            times.append(time.perf_counter() - start)
        return sorted(times)[3]

    assert 0.5 < await cost(None) / await cost(known) < 2
    passwords.close()


async def test_a_line_that_is_too_long_is_sent_away():
    passwords = Passwords(time_cost=1, memory_kib=8, workers=1, waiting=3)
    results = await asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(r, Busy) for r in results) == 4
    assert await passwords.verify(str(results[0]), PASSWORD)
    passwords.close()
