"""One customer, one conversation: new numbers, joined names, wishes, and what the panel shows and changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from kernel.db import Database
from kernel.ids import new_id
from kernel.wake import Wakes
from router import intake
from tests.path.house import Shop
from tests.path.test_refusals import post, wa_body
from tests.router.counter import ASK, act, begun, does, now, ready, refused, say
from tests.router.floor import Floor

OLD, NEW, USER = "5511955556001", "5511955556002", "5511955556003"
LURKER = "5511955550888"
SECOND_NAME = text(
    "INSERT INTO identity (tenant_id, id, contact_id, channel, account, channel_id, user_key, created_at) "
    "SELECT tenant_id, :id, contact_id, channel, account, channel_id, 'novo', created_at FROM identity"
)


async def card(shop: Shop, conversation_id: str) -> dict[str, Any]:
    contact = (await now(shop, conversation_id))["contact"]["id"]
    answer = await shop.agent.get(f"/api/contacts/{contact}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def marketing(shop: Shop, conversation_id: str) -> str:
    [state] = [
        c["state"] for c in (await card(shop, conversation_id))["consents"] if c["purpose"] == "marketing"
    ]
    return str(state)


async def test_a_customer_with_a_new_number_goes_on_in_the_same_conversation(shop: Shop) -> None:
    id_ = await begun(shop, OLD)
    await act(shop.agent, id_, "take")
    await does(shop.house, "whatsapp", OLD, "number", new=NEW)
    assert (await now(shop, id_))["contact"]["phone"].lstrip("+") == NEW
    await shop.house.says("whatsapp", NEW, text="mudei de número")
    assert [c["id"] for c in await shop.conversations()] == [id_]
    assert (await say(shop.agent, id_, "Anotado!")).status_code == 201
    await shop.house.settle()
    assert (await shop.house.texts(NEW))[-1] == "Anotado!"
    assert (await now(shop, id_))["owner"] == "agent"


async def writes(shop: Shop, words: str, **sender: str) -> None:
    message = {"id": f"wamid.{new_id().hex}", "timestamp": "1795500000", "type": "text"} | sender
    assert (await post(shop.house, wa_body(message | {"text": {"body": words}}))).status_code == 200
    await shop.house.settle()


async def test_two_names_that_prove_to_be_one_person_go_on_in_the_livelier_conversation(shop: Shop) -> None:
    """First the number alone wrote, then the id alone; then a message names both."""
    await ready(shop.agent)
    await writes(shop, "oi", **{"from": OLD})
    [first] = await shop.conversations()
    await writes(shop, ASK, from_user_id="BR.router0001")
    [second] = [c for c in await shop.conversations() if c["id"] != first["id"]]
    await act(shop.agent, second["id"], "accept")
    await writes(shop, "sou eu mesmo", **{"from": OLD, "from_user_id": "BR.router0001"})
    await writes(shop, "de novo", **{"from": OLD})
    found = await shop.conversations()
    assert {c["id"] for c in found} == {first["id"], second["id"]}, "no third one"
    thread = [m["text"] for m in await shop.thread(second["id"]) if m["direction"] == "in"]
    assert sorted(thread) == sorted([ASK, "sou eu mesmo", "de novo"])
    assert (await now(shop, second["id"]))["owner"] == "agent"
    assert len({c["contact"]["id"] for c in found}) == 1, "both show who survived the merge"
    listed = (await shop.agent.get("/api/contacts")).json()["items"]
    assert [c["id"] for c in listed] == [found[0]["contact"]["id"]]


async def test_a_known_contact_who_writes_shows_the_card_that_the_business_has(shop: Shop) -> None:
    made = await shop.agent.post("/api/contacts", json={"name": "Dona Lúcia", "phone": f"+{OLD}"})
    assert made.status_code == 201, made.text
    await writes(shop, "oi", from_user_id="BR.router0002")
    [one] = await shop.conversations()
    assert one["contact"]["id"] != made.json()["id"]
    await writes(shop, "meu número é este", **{"from": OLD, "from_user_id": "BR.router0002"})
    [one] = await shop.conversations()
    assert (one["contact"]["id"], one["contact"]["name"]) == (made.json()["id"], "Dona Lúcia")


async def test_a_conversation_of_a_joined_name_is_found_and_goes_on_under_the_surviving_one(
    db: Database, wakes: Wakes
) -> None:
    floor = Floor(db, wakes, capacity=1)
    await floor.open(0, 1)
    survivor = new_id()
    async with db.tenant(floor.tenant) as tx:
        await tx.run(SECOND_NAME, {"id": survivor})
        await tx.run(text("UPDATE identity SET merged_into = :id WHERE id <> :id"), {"id": survivor})
        found = await intake.known_conversation(tx, survivor)
        assert found is not None
        assert (found.id, found.identity_id) == (floor.conversations[0], survivor)


async def test_a_wish_for_no_marketing_counts_wherever_it_is_said(shop: Shop) -> None:
    id_ = await begun(shop, USER)
    assert await marketing(shop, id_) == "unknown"
    await shop.house.says("whatsapp", USER, button={"id": "cancel", "title": "Cancelar"})
    assert await marketing(shop, id_) == "unknown", "a pressed button of that name is another matter"
    await does(shop.house, "whatsapp", USER, "preference", value="stop")
    assert await marketing(shop, id_) == "out"
    await does(shop.house, "whatsapp", USER, "preference", value="resume")
    assert await marketing(shop, id_) == "in"
    await shop.house.says("whatsapp", USER, text=" Parar ")
    assert await marketing(shop, id_) == "out"
    assert (await now(shop, id_))["owner"] == "bot", "service goes on"


async def test_who_only_reacts_or_wishes_begins_no_conversation(shop: Shop) -> None:
    # Nobody met before: the same wish of one person in one second is, to the byte, the same webhook.
    reaction = {"message_id": "wamid.of-other-days", "emoji": "👍"}
    message = {
        "id": f"wamid.{new_id().hex}",
        "timestamp": "1795500000",
        "type": "reaction",
        "reaction": reaction,
    }
    body = wa_body(message | {"from": LURKER})  # the simulator knows this person by an id of its own
    assert (await post(shop.house, body)).status_code == 200
    await shop.house.settle()
    assert await shop.conversations() == []
    await does(shop.house, "whatsapp", LURKER, "preference", value="stop")
    assert await shop.conversations() == []
    assert await marketing(shop, await begun(shop, LURKER)) == "out"


async def test_an_agent_keeps_the_customers_card(shop: Shop) -> None:
    field = {"key": "tamanho", "label": "Tamanho", "type": "choice", "choices": ["P", "M"]}
    assert refused(await shop.agent.put("/api/contact-fields", json=field)) == (403, "forbidden")
    assert (await shop.owner.put("/api/contact-fields", json=field)).status_code == 200
    id_ = await begun(shop, USER)
    one = f"/api/contacts/{(await card(shop, id_))['id']}"
    patch = {"name": "Ana Souza", "email": "ana@cliente.example", "tags": ["vip"], "fields": {"tamanho": "M"}}
    assert (await shop.agent.patch(one, json=patch)).status_code == 200
    assert (await shop.agent.patch(one, json={"fields": {"tamanho": "XG"}})).status_code == 400
    assert (await shop.agent.post(f"{one}/notes", json={"text": "prefere manhã"})).status_code == 201
    consent = {"state": "in", "source": "telefone"}
    assert (await shop.agent.post(f"{one}/consents", json=consent)).status_code == 201
    found = await card(shop, id_)
    assert {name: found[name] for name in patch} == patch
    assert [(n["text"], n["author_name"]) for n in found["notes"]] == [("prefere manhã", "Ana")]
    assert await marketing(shop, id_) == "in"
    assert (await now(shop, id_))["contact"]["name"] == "Ana Souza"
    named = await shop.agent.get("/api/conversations", params={"q": "souza"})
    assert [c["id"] for c in named.json()["items"]] == [id_]
