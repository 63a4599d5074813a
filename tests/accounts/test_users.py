from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from accounts import service
from accounts.errors import EmailTaken, InviteGone, LastOwner, WeakPassword, WrongLogin
from accounts.schemas import AcceptInviteIn, BusinessProfile, InviteIn, TenantPatchIn, TokenIn, UserPatchIn
from kernel.errors import Forbidden, Invalid, NotFound, PaymentRequired
from kernel.ids import new_id
from tests.accounts.conftest import NOW, PASSWORD, operator

SITE = "https://konectus.example"


def address():
    return f"{new_id()}@example.com"


async def invite(desk, me, role="agent", email=None, by=None):
    body = InviteIn("Alice", email or address(), role)
    async with desk.db.tenant(me.tenant.id) as tx:
        return await service.invite(
            tx, operator(me, role=by or me.user.role), body, reserve=desk.reserve, now=NOW, site=SITE
        )


async def accept(desk, invited, password=PASSWORD, now=NOW):
    token = invited.invite_url.rpartition("=")[2]
    return await service.accept_invite(
        desk.db, AcceptInviteIn(token, password), passwords=desk.passwords, now=now, ip="", agent=""
    )


async def join(desk, me, role="agent"):
    found, secret = await accept(desk, await invite(desk, me, role))
    return found, secret


async def patch(desk, me, user_id, body, **given):
    async with desk.db.tenant(me.tenant.id) as tx:
        return await service.patch_user(
            tx, operator(me, **given), user_id, body, reserve=desk.reserve, release=desk.release
        )


@pytest.fixture
async def owner(desk):
    me, _ = await desk.sign_up()
    desk.counted.clear()
    return me


async def test_an_admin_cannot_invite_an_owner_nor_an_agent_anybody(desk, owner):
    for by, wanted in (("admin", "owner"), ("supervisor", "agent"), ("agent", "agent")):
        with pytest.raises(Forbidden):
            await invite(desk, owner, wanted, by=by)
    assert desk.counted == []


async def test_an_address_of_another_tenant_cannot_be_invited(desk, owner):
    other, _ = await desk.sign_up()
    with pytest.raises(EmailTaken):
        await invite(desk, owner, email=other.user.email.upper())


async def test_a_full_plan_refuses_the_invitation(desk, owner):
    async def full(tx, key, n):
        raise PaymentRequired("full", code="plan_limit")

    desk.reserve = full
    with pytest.raises(PaymentRequired):
        await invite(desk, owner)
    async with desk.db.tenant(owner.tenant.id) as tx:
        assert len((await service.list_users(tx)).items) == 1


async def test_an_invitation_works_once_within_a_week_with_a_good_password(desk, owner):
    invited = await invite(desk, owner)
    assert invited.invite_url.startswith(f"{SITE}/invite?token=")
    assert (invited.user.invited, desk.counted) == (True, [("agents", 1)])
    with pytest.raises(WrongLogin):
        await desk.log_in(invited.user.email)
    with pytest.raises(InviteGone):
        await accept(desk, invited, now=NOW + timedelta(days=7))
    with pytest.raises(WeakPassword):
        await accept(desk, invited, password="12345678")
    me, _ = await accept(desk, invited)
    assert (me.user.id, me.user.role, me.user.invited) == (invited.user.id, "agent", False)
    with pytest.raises(InviteGone):
        await accept(desk, invited)
    assert (await desk.log_in(invited.user.email))[0] == me


async def test_two_who_accept_at_once_are_one(desk, owner):
    invited = await invite(desk, owner)
    results = await asyncio.gather(*(accept(desk, invited) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(r, InviteGone) for r in results) == 3


async def test_inviting_again_replaces_the_link_and_counts_nobody_twice(desk, owner):
    first = await invite(desk, owner)
    second = await invite(desk, owner, email=first.user.email)
    assert (second.user.id, desk.counted) == (first.user.id, [("agents", 1)])
    with pytest.raises(InviteGone):
        await accept(desk, first)
    await accept(desk, second)
    with pytest.raises(EmailTaken):
        await invite(desk, owner, email=first.user.email)


async def test_the_last_owner_who_can_sign_in_stays(desk, owner):
    await invite(desk, owner, "owner")
    for body in (UserPatchIn(role="admin"), UserPatchIn(active=False)):
        with pytest.raises(LastOwner):
            await patch(desk, owner, owner.user.id, body)
    second, _ = await join(desk, owner, "owner")
    changed = await patch(desk, second, owner.user.id, UserPatchIn(role="admin"))
    assert changed.role == "admin"


async def test_two_owners_who_demote_each_other_at_once_leave_one(desk, owner):
    second, _ = await join(desk, owner, "owner")
    results = await asyncio.gather(
        patch(desk, owner, second.user.id, UserPatchIn(role="agent")),
        patch(desk, second, owner.user.id, UserPatchIn(role="agent")),
        return_exceptions=True,
    )
    assert sum(isinstance(r, LastOwner) for r in results) == 1


async def test_rights_are_given_only_from_above(desk, owner):
    admin, _ = await join(desk, owner, "admin")
    agent, _ = await join(desk, owner)
    refused = [
        (admin, owner.user.id, UserPatchIn(name="X")),
        (admin, agent.user.id, UserPatchIn(role="owner")),
        (admin, admin.user.id, UserPatchIn(role="owner")),
        (agent, agent.user.id, UserPatchIn(role="admin")),
        (agent, admin.user.id, UserPatchIn(name="X")),
    ]
    for who, target, body in refused:
        with pytest.raises(Forbidden):
            await patch(desk, who, target, body)
    assert (await patch(desk, agent, agent.user.id, UserPatchIn(name="Bia", locale="en"))).name == "Bia"
    assert (await patch(desk, admin, agent.user.id, UserPatchIn(role="supervisor"))).role == "supervisor"


async def test_a_stranger_finds_nobody(desk, owner):
    stranger, _ = await desk.sign_up()
    with pytest.raises(NotFound):
        await patch(desk, stranger, owner.user.id, UserPatchIn(name="X"))
    async with desk.db.tenant(stranger.tenant.id) as tx:
        assert [u.id for u in (await service.list_users(tx)).items] == [stranger.user.id]
        assert await service.users_by_id(tx, [owner.user.id]) == {}
        with pytest.raises(NotFound):
            await service.get_user(tx, owner.user.id)


async def test_deactivation_ends_sessions_and_tokens_and_gives_the_place_back(desk, owner):
    agent, secret = await join(desk, owner)
    async with desk.db.tenant(owner.tenant.id) as tx:
        token = await service.create_token(tx, operator(agent), TokenIn("ERP"), NOW)
    desk.counted.clear()
    await patch(desk, owner, agent.user.id, UserPatchIn(active=False))
    assert desk.counted == [("agents", -1)]
    for headers, cookies in (
        ({}, {"konectus_session": secret}),
        ({"authorization": f"Bearer {token.secret}"}, {}),
    ):
        assert await service.authenticate(desk.db, headers, cookies, NOW, service.Known()) is None
    with pytest.raises(WrongLogin):
        await desk.log_in(agent.user.email)
    await patch(desk, owner, agent.user.id, UserPatchIn(active=True))
    assert desk.counted == [("agents", -1), ("agents", 1)]
    await desk.log_in(agent.user.email)


async def test_sessions_and_tokens_follow_a_new_role_and_name(desk, owner):
    admin, secret = await join(desk, owner, "admin")
    async with desk.db.tenant(owner.tenant.id) as tx:
        token = await service.create_token(tx, operator(admin), TokenIn("ERP", "admin"), NOW)
    await patch(desk, owner, admin.user.id, UserPatchIn(role="agent", name="Ana"))
    caller = await service.authenticate(desk.db, {}, {"konectus_session": secret}, NOW, service.Known())
    assert caller is not None
    assert (caller.role, caller.name) == ("agent", "Ana")
    header = {"authorization": f"Bearer {token.secret}"}
    machine = await service.authenticate(desk.db, header, {}, NOW, service.Known())
    assert machine is not None
    assert machine.role == "agent"


async def test_a_deactivated_invitation_is_gone(desk, owner):
    invited = await invite(desk, owner)
    await patch(desk, owner, invited.user.id, UserPatchIn(active=False))
    with pytest.raises(InviteGone):
        await accept(desk, invited)


async def test_a_tenant_changes_only_what_is_given(desk, owner):
    async with desk.db.tenant(owner.tenant.id) as tx:
        for zone in ("Mars/Olympus", "../etc/passwd", "America", ""):
            with pytest.raises(Invalid):
                await service.patch_tenant(tx, TenantPatchIn(timezone=zone))
        profile = BusinessProfile(name="Sol", hours="8h às 18h")
        changed = await service.patch_tenant(tx, TenantPatchIn(timezone="America/Manaus", profile=profile))
        assert (changed.name, changed.timezone, changed.profile) == ("Padaria Sol", "America/Manaus", profile)
        assert await service.patch_tenant(tx, TenantPatchIn()) == changed
