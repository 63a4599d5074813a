from __future__ import annotations

import asyncio

import pytest
from asyncpg import InsufficientPrivilegeError
from sqlalchemy import text

from accounts import store as accounts
from billing import service as billing
from crm import service, store
from crm.errors import FieldType, PhoneTaken, WrongValue
from crm.schemas import ContactIn, ContactPatchIn, ContactQuery, FieldDefinitionIn, OrderIn
from kernel import live
from kernel.errors import Invalid, NotFound, PaymentRequired
from kernel.ids import new_id
from tests.crm.conftest import NOW


async def create(db, tenant, name="Ana Torres", **given):
    async with db.tenant(tenant) as tx:
        return await service.create_contact(tx, ContactIn(name, **given))


async def find(db, tenant, q="", **given):
    async with db.tenant(tenant) as tx:
        return await service.list_contacts(tx, ContactQuery(q, **given))


async def names(db, tenant, q):
    return [row.name for row in (await find(db, tenant, q)).items]


async def test_a_full_plan_refuses_what_the_business_adds(db, shop):
    async with db.tenant(shop) as tx:
        await billing.count_over(tx, "contacts", 1000)
    with pytest.raises(PaymentRequired) as refusal:
        await create(db, shop)
    assert refusal.value.code == "plan_limit"
    assert (await find(db, shop)).items == []


async def test_one_number_belongs_to_one_contact(db, shop):
    ana = await create(db, shop, phone="+55 11 8765-4321")
    with pytest.raises(PhoneTaken):
        await create(db, shop, "Bia", phone="(11) 98765-4321")
    bia = await create(db, shop, "Bia")
    async with db.tenant(shop) as tx:
        with pytest.raises(PhoneTaken):
            await service.patch_contact(tx, bia.id, ContactPatchIn(phone="5511987654321"))
        changed = await service.patch_contact(tx, ana.id, ContactPatchIn(phone="+55 11 98765 4321"))
    assert changed.phone == "+5511987654321"


async def test_one_number_added_at_once_makes_one_contact(db, shop):
    tries = (create(db, shop, f"Ana {n}", phone="+5511987654321") for n in range(6))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(r, PhoneTaken) for r in results) == 5


@pytest.mark.parametrize("phone", ["123456", "()()()()", "1234567890123456"])
async def test_what_is_no_number_is_refused(db, shop, phone):
    with pytest.raises(Invalid) as refusal:
        await create(db, shop, phone=phone)
    assert refusal.value.field == "phone"


async def test_a_stranger_finds_nothing(db, shop, stranger):
    ana = await create(db, shop, phone="+5511987654321")
    async with db.tenant(shop) as tx:
        await service.put_order(tx, "1", OrderIn("a caminho"))
    async with db.tenant(stranger) as tx:
        for attempt in (
            service.get_contact(tx, ana.id),
            service.patch_contact(tx, ana.id, ContactPatchIn(name="X")),
            service.add_note(tx, ana.id, new_id(), "x"),
            service.record_consent(tx, ana.id, "marketing", "out", "x", {}),
            service.consent_state(tx, ana.id, "marketing"),
            service.get_order(tx, "1"),
        ):
            with pytest.raises(NotFound):
                await attempt
        assert (await service.list_orders(tx)).items == []
    assert await names(db, stranger, "ana") == []
    assert (await find(db, stranger)).items == []
    await create(db, stranger, phone="+5511987654321")


async def test_a_patch_changes_what_is_given_and_null_empties(db, shop):
    ana = await create(db, shop, phone="+5511987654321", email="Ana@Example.com", tags=("vip", "a", "vip"))
    assert (ana.email, ana.tags) == ("ana@example.com", ["a", "vip"])
    async with db.tenant(shop) as tx:
        before = await live.head(tx)
        changed = await service.patch_contact(tx, ana.id, ContactPatchIn(email=None, tags=[]))
    assert (changed.name, changed.phone, changed.email, changed.tags) == (
        "Ana Torres",
        "+5511987654321",
        None,
        [],
    )
    async with db.tenant(shop) as tx:
        events = await live.after(tx, before)
    assert [(e.type, e.data) for e in events] == [("contact.changed", {"contact_id": str(ana.id)})]


async def test_fields_are_defined_before_they_are_filled(db, shop):
    ana = await create(db, shop)
    async with db.tenant(shop) as tx:
        with pytest.raises(WrongValue) as refusal:
            await service.patch_contact(tx, ana.id, ContactPatchIn(fields={"cor": "azul"}))
        assert refusal.value.field == "fields.cor"
        for wrong in (FieldDefinitionIn("cor", "Cor", "choice"), FieldDefinitionIn("x", "X", "text", ("a",))):
            with pytest.raises(Invalid):
                await service.put_field(tx, wrong)
        await service.put_field(tx, FieldDefinitionIn("cor", "Cor", "choice", ("azul", "azul", "verde")))
        with pytest.raises(FieldType):
            await service.put_field(tx, FieldDefinitionIn("cor", "Cor", "text"))
        with pytest.raises(WrongValue):
            await service.patch_contact(tx, ana.id, ContactPatchIn(fields={"cor": "preto"}))
        found = await service.patch_contact(tx, ana.id, ContactPatchIn(fields={"cor": "azul"}))
        assert found.fields == {"cor": "azul"}
        relabelled = await service.put_field(
            tx, FieldDefinitionIn("cor", "Cor favorita", "choice", ("azul",))
        )
        assert (await service.list_fields(tx)).items == [relabelled]
        assert (await service.patch_contact(tx, ana.id, ContactPatchIn(fields={"cor": None}))).fields == {}


async def test_notes_tell_their_author(db, shop):
    ana, author = await create(db, shop), new_id()
    async with db.tenant(shop) as tx:
        row = {
            "id": author,
            "name": "Olívia",
            "email": f"{author}@example.com",
            "role": "agent",
            "locale": "en",
        }
        await accounts.create_user(tx, row | {"now": NOW}, None)
        note = await service.add_note(tx, ana.id, author, "prefere tarde")
        assert (note.text, note.author_name) == ("prefere tarde", "Olívia")
        assert (await service.get_contact(tx, ana.id)).notes == [note]


async def test_consent_is_a_ledger_whose_latest_line_counts(db, shop):
    ana = await create(db, shop)

    async def say(state, source="api"):
        async with db.tenant(shop) as tx:
            await service.record_consent(tx, ana.id, "marketing", state, source, {"message": "m1"})
            return await service.consent_state(tx, ana.id, "marketing")

    assert await say("in", "customer_message") == "unknown"  # "START" by somebody who never agreed
    assert [await say("in"), await say("out", "customer_message")] == ["in", "out"]
    assert await say("in", "customer_message") == "in"
    async with db.tenant(shop) as tx:
        assert await tx.scalar(text("SELECT count(*) FROM consent")) == 3
        assert await service.consent_state(tx, ana.id, "service") == "unknown"
    for statement in ("UPDATE consent SET state = 'in'", "DELETE FROM consent"):
        with pytest.raises(InsufficientPrivilegeError, match="permission denied"):
            async with db.tenant(shop) as tx:
                await tx.run(text(statement))


async def test_orders_are_found_as_people_write_their_numbers(db, shop):
    async with db.tenant(shop) as tx:
        for number in ("", "#", "a b c!", "x" * 65):
            with pytest.raises(Invalid):
                await service.put_order(tx, number, OrderIn("a caminho"))
        await service.put_order(tx, "ab 12", OrderIn("em separação"))
        put = await service.put_order(tx, "#AB12", OrderIn("a caminho", "Sai hoje", "https://x.example/r"))
        assert await service.get_order(tx, "#ab12") == put
        assert (await service.list_orders(tx)).items == [put]


async def test_search_finds_parts_of_names_numbers_and_addresses(db, shop):
    await create(db, shop, "João da Conceição", phone="+551187654321")
    await create(db, shop, "Maria 100%", email="maria@example.com")
    for q in ("conceicao", "JOAO conc", "98765-4321", "(11) 8765-4321", "jo"):
        assert await names(db, shop, q) == ["João da Conceição"]
    assert await names(db, shop, "maria@exa") == await names(db, shop, "0%") == ["Maria 100%"]
    for q in ("joão maria", "100_", "' OR '1'='1", "%", "\\", "conceicao'; DROP TABLE contact; --"):
        assert await names(db, shop, q) == []


async def test_a_list_is_read_page_by_page(db, shop):
    made = [(await create(db, shop, f"Ana {n}")).id for n in range(5)]
    for q in ("", "ana"):
        page = await find(db, shop, q, limit=2)
        seen = [row.id for row in page.items]
        while page.next:
            page = await find(db, shop, q, cursor=page.next, limit=2)
            seen += [row.id for row in page.items]
        assert seen == made[::-1]
    with pytest.raises(Invalid):
        await find(db, shop, cursor="x")


async def test_search_in_a_large_book_uses_the_trigram_index(db, shop, stranger):
    fill = text(
        "INSERT INTO contact (tenant_id, id, name, search) SELECT CAST(:tenant AS uuid), gen_random_uuid(), n, n "
        "FROM (SELECT md5(i::text) || ' ' || md5((i + 1)::text) AS n FROM generate_series(1, 20000) i) s"
    )
    async with db.tenant(shop) as tx:
        await tx.run(fill, {"tenant": shop})
    await create(db, shop, "Zuleika Quintanilha")
    await create(db, stranger, "Zuleika Quintanilha")
    async with db.tenant(shop) as tx:
        await tx.run(text("SET ROLE NONE"))
        await tx.run(text("ANALYZE contact"))
        await tx.run(text("SET ROLE konectus_search"))
        plan = "\n".join(row[0] for row in await tx.all(text(f"EXPLAIN {_query(shop)}")))
        await tx.run(text("SET ROLE konectus_app"))
        behind_policy = "\n".join(row[0] for row in await tx.all(text(f"EXPLAIN {_query(shop)}")))
        assert len((await service.list_contacts(tx, ContactQuery("quintanilha"))).items) == 1
        await tx.run(text("SET ROLE NONE"))
        await tx.run(text("DELETE FROM contact WHERE tenant_id = :tenant"), {"tenant": shop})
        await tx.run(text("SET ROLE konectus_app"))
    assert "ix_contact_search" in plan
    assert "ix_contact_search " not in behind_policy  # why the function exists


def _query(tenant):
    return (
        f"SELECT * FROM contact WHERE tenant_id = '{tenant}' AND merged_into IS NULL "
        "AND search LIKE '%quintanilha%' ORDER BY id DESC LIMIT 50"
    )


async def test_without_a_tenant_the_search_finds_nobody(db, shop):
    await create(db, shop, "Zuleika")
    async with db.tenant(shop) as tx:
        await tx.run(text("SELECT set_config('app.tenant', '', true)"))
        assert (
            await tx.all(text("SELECT id FROM crm_search(ARRAY['%zuleika%'], :max, 5)"), {"max": store.LAST})
            == []
        )
