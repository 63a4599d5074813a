"""One person stays one contact, in whatever order, however often and under whatever names they write."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

import pytest
from sqlalchemy import text

from billing import service as billing
from connectors.events import Sender
from crm import service
from crm.schemas import ContactIn, ContactPatchIn
from kernel import live
from kernel.ids import new_id
from tests.crm.conftest import NOW, open_shop

NEW, OLD = "BR.new0001", "BR.9f3kExample01"
PHONE, SHORT = "5511987654321", "551187654321"  # the same mobile with and without its ninth digit
NAMES = [
    Sender(user=NEW, bsuid=NEW, name="Ana"),
    Sender(user=PHONE, phone=PHONE),
    Sender(user=NEW, bsuid=NEW, phone=SHORT, username="ana.t"),
    Sender(user=SHORT, phone=SHORT, name="Ana T."),
]
CHANNEL = new_id()


async def see(db, tenant, sender, *, channel="whatsapp", channel_id=CHANNEL, minutes=0):
    async with db.tenant(tenant) as tx:
        return await service.resolve(
            tx, channel=channel, channel_id=channel_id, account="1", sender=sender,
            at=NOW + timedelta(minutes=minutes), reserve=billing.count_over,
        )  # fmt: skip


async def change(db, tenant, sender, *, minutes=0):
    async with db.tenant(tenant) as tx:
        return await service.change_identity(
            tx, channel="whatsapp", channel_id=CHANNEL, account="1", sender=sender,
            at=NOW + timedelta(minutes=minutes),
        )  # fmt: skip


async def count(db, tenant, table="contact"):
    async with db.tenant(tenant) as tx:
        return await tx.scalar(text(f"SELECT count(*) FROM {table} WHERE merged_into IS NULL"))


async def contacts_used(db, tenant):
    async with db.tenant(tenant) as tx:
        return {u.key: u.used for u in (await billing.overview(tx)).usage}["contacts"]


async def alone(db, tenant):
    return (
        await count(db, tenant),
        await count(db, tenant, "identity"),
        await contacts_used(db, tenant),
    ) == (1, 1, 1)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
async def test_names_in_any_order_are_one_person(db, shop, order):
    for n in order:
        await see(db, shop, NAMES[n])
    again = {(await see(db, shop, sender)).identity_id for sender in NAMES}
    assert len(again) == 1
    assert await alone(db, shop)


@pytest.mark.parametrize("seed", range(8))
async def test_names_at_once_are_one_person(db, shop, seed):
    senders = NAMES[seed % 4 :] + NAMES[: seed % 4]
    await asyncio.gather(*(see(db, shop, sender) for sender in senders * 3))
    await see(db, shop, NAMES[2])
    assert await alone(db, shop)


async def test_ten_first_messages_at_once_make_one_contact(db, shop):
    results = await asyncio.gather(*(see(db, shop, NAMES[2]) for _ in range(10)))
    assert {(r.contact_id, r.identity_id) for r in results} == {
        (results[0].contact_id, results[0].identity_id)
    }
    assert sum(r.created for r in results) == 1
    assert await alone(db, shop)


async def test_the_same_names_of_another_tenant_are_a_stranger(db, shop, stranger):
    mine, theirs = await see(db, shop, NAMES[2]), await see(db, stranger, NAMES[2])
    assert mine.contact_id != theirs.contact_id
    async with db.tenant(stranger) as tx:
        assert await service.contact_refs(tx, [mine.contact_id]) == {}


async def test_the_id_of_another_channel_or_page_means_somebody_else(db, shop):
    user, page = "7001", new_id()
    seen = [
        await see(db, shop, Sender(user=user), channel="messenger", channel_id=page),
        await see(db, shop, Sender(user=user), channel="messenger", channel_id=new_id()),
        await see(db, shop, Sender(user=user), channel="instagram", channel_id=new_id()),
    ]
    assert len({s.contact_id for s in seen}) == 3


async def test_a_username_joins_nobody(db, shop):
    one = await see(db, shop, Sender(user="BR.a", bsuid="BR.a", username="ana"))
    two = await see(db, shop, Sender(user="BR.b", bsuid="BR.b", username="ana"))
    assert one.contact_id != two.contact_id


async def test_one_telephone_on_two_accounts_is_one_contact_with_two_identities(db, shop):
    one = await see(db, shop, Sender(user="BR.a", bsuid="BR.a", phone=PHONE), channel_id=new_id())
    two = await see(db, shop, Sender(user=SHORT, phone=SHORT), channel_id=new_id())
    assert one.contact_id == two.contact_id
    assert one.identity_id != two.identity_id


async def test_a_known_person_costs_no_event_and_news_cost_one(db, shop):
    await see(db, shop, NAMES[2])
    async with db.tenant(shop) as tx:
        before = await live.head(tx)
    await see(db, shop, NAMES[2])
    async with db.tenant(shop) as tx:
        assert await live.head(tx) == before
    await see(db, shop, NAMES[0])  # tells the name
    async with db.tenant(shop) as tx:
        assert await live.head(tx) == before + 1


async def test_the_name_is_kept_and_a_name_given_by_the_business_wins(db, shop):
    seen = await see(db, shop, NAMES[1])
    assert (seen.contact_name, seen.contact_phone, seen.created) == (None, PHONE, True)
    seen = await see(db, shop, NAMES[3])
    assert (seen.contact_name, seen.created) == ("Ana T.", False)
    async with db.tenant(shop) as tx:
        await service.patch_contact(tx, seen.contact_id, ContactPatchIn(name="Dona Ana"))
    assert (await see(db, shop, NAMES[3])).contact_name == "Dona Ana"


async def test_a_contact_that_the_business_knew_by_phone_is_the_one_who_writes(db, shop):
    async with db.tenant(shop) as tx:
        known = await service.create_contact(tx, ContactIn("Ana Torres", phone="(11) 8765-4321"))
    seen = await see(db, shop, NAMES[2])
    assert (seen.contact_id, seen.contact_name, seen.created) == (known.id, "Ana Torres", False)


async def test_over_the_plan_a_customer_is_kept_and_marked(db, shop):
    async with db.tenant(shop) as tx:
        await billing.count_over(tx, "contacts", 1000)
    seen = await see(db, shop, NAMES[0])
    async with db.tenant(shop) as tx:
        assert await tx.scalar(text("SELECT over_limit FROM contact WHERE id = :id"), {"id": seen.contact_id})


async def test_a_changed_number_of_nobody_known_changes_nothing(db, shop):
    assert await change(db, shop, Sender(user=NEW, bsuid=NEW, previous=(OLD,))) is None
    assert await count(db, shop) == 0


@pytest.mark.parametrize("new_first", [False, True])
async def test_a_changed_number_is_the_same_person_also_when_both_wrote_before(db, shop, new_first):
    old = await see(db, shop, Sender(user=OLD, bsuid=OLD, phone=PHONE, name="Ana"))
    if new_first:
        await see(db, shop, Sender(user=NEW, bsuid=NEW, phone="5511955550456"), minutes=1)
    news = Sender(user=NEW, bsuid=NEW, phone="5511955550456", previous=(OLD, PHONE))
    for _ in range(2):
        changed = await change(db, shop, news, minutes=2)
        assert changed is not None
        assert (changed.contact_id, changed.identity_id) == (old.contact_id, old.identity_id)
        assert (changed.contact_name, changed.contact_phone) == ("Ana", "5511955550456")
    later = await see(db, shop, Sender(user=NEW, bsuid=NEW), minutes=3)
    assert later.identity_id == old.identity_id
    assert await alone(db, shop)
    async with db.tenant(shop) as tx:
        assert [i.user for i in (await service.get_contact(tx, old.contact_id)).identities] == [NEW]


async def test_a_change_told_by_the_old_number_alone_finds_the_person(db, shop):
    old = await see(db, shop, Sender(user=OLD, bsuid=OLD, phone=PHONE, name="Ana"))
    news = Sender(user=NEW, bsuid=NEW, phone="5511955550456", previous=(SHORT,))
    changed = await change(db, shop, news, minutes=1)
    assert changed is not None
    assert (changed.identity_id, changed.contact_phone) == (old.identity_id, "5511955550456")


async def test_who_gets_a_number_given_up_is_not_its_former_owner(db, shop):
    ana = await see(db, shop, Sender(user=OLD, bsuid=OLD, phone=PHONE, name="Ana"))
    news = Sender(user=NEW, bsuid=NEW, phone="5511955550456", previous=(OLD, PHONE))
    await change(db, shop, news, minutes=1)
    bia = await see(db, shop, Sender(user=SHORT, phone=SHORT, name="Bia"), minutes=60)
    assert bia.contact_id != ana.contact_id
    again = await change(db, shop, news, minutes=1)  # the news comes twice, and late
    assert again is not None
    assert again.contact_id == ana.contact_id
    assert (await see(db, shop, Sender(user=SHORT, phone=SHORT), minutes=61)).contact_id == bia.contact_id


async def test_another_id_on_a_known_number_is_somebody_else_and_takes_the_number(db, shop):
    ana = await see(db, shop, Sender(user="BR.ana", bsuid="BR.ana", phone=PHONE, name="Ana"))
    bia = await see(db, shop, Sender(user="BR.bia", bsuid="BR.bia", phone=PHONE, name="Bia"), minutes=1)
    assert bia.contact_id != ana.contact_id
    async with db.tenant(shop) as tx:
        refs = await service.contact_refs(tx, [ana.contact_id, bia.contact_id])
    assert (refs[ana.contact_id].phone, refs[bia.contact_id].phone) == (None, f"+{PHONE}")
    late = await see(db, shop, Sender(user="BR.ana", bsuid="BR.ana", phone=PHONE), minutes=-5)
    assert late.contact_id == ana.contact_id
    assert (await see(db, shop, Sender(user=PHONE, phone=PHONE), minutes=2)).contact_id == bia.contact_id


async def test_what_was_written_about_both_counts_for_the_merged_contact(db, shop):
    one = await see(db, shop, NAMES[0])
    two = await see(db, shop, NAMES[1])
    async with db.tenant(shop) as tx:
        await service.record_consent(tx, two.contact_id, "marketing", "out", "api", {})
        await service.add_note(tx, two.contact_id, new_id(), "prefere tarde")
        await service.patch_contact(tx, two.contact_id, ContactPatchIn(tags=["vip"]))
    await see(db, shop, NAMES[2])
    async with db.tenant(shop) as tx:
        for contact_id in (one.contact_id, two.contact_id):
            found = await service.get_contact(tx, contact_id)
            assert (found.id, found.phone, found.tags) == (one.contact_id, f"+{PHONE}", ["vip"])
            assert [n.text for n in found.notes] == ["prefere tarde"]
            assert await service.consent_state(tx, contact_id, "marketing") == "out"
        refs = await service.contact_refs(tx, [one.contact_id, two.contact_id])
    assert refs[two.contact_id].name == refs[one.contact_id].name == "Ana"


async def test_chains_of_merges_at_once_end_in_one_contact(db):
    """Four telephones' worth of names, linked in a ring by sightings on three accounts."""
    for _ in range(5):
        tenant = await open_shop(db)
        a, b = new_id(), new_id()
        links = [
            (a, Sender(user="BR.x", bsuid="BR.x")),
            (a, Sender(user=PHONE, phone=PHONE)),
            (b, Sender(user="BR.x", bsuid="BR.x")),
            (b, Sender(user=SHORT, phone=SHORT)),
            (a, Sender(user="BR.x", bsuid="BR.x", phone=PHONE)),
            (b, Sender(user="BR.x", bsuid="BR.x", phone=SHORT)),
        ]
        await asyncio.gather(*(see(db, tenant, s, channel_id=c) for c, s in links))
        for channel_id, sender in links[-2:]:
            await see(db, tenant, sender, channel_id=channel_id)
        assert (await count(db, tenant), await count(db, tenant, "identity")) == (1, 2)
        assert await contacts_used(db, tenant) == 1
        async with db.tenant(tenant) as tx:
            join = "identity i JOIN contact c ON c.id = i.contact_id AND c.merged_into IS NOT NULL"
            assert await tx.scalar(text(f"SELECT count(*) FROM {join}")) == 0
