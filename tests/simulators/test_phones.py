"""The phones in a real browser: written, tapped, read; nothing anyone sends becomes markup."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.simulators.conftest import ANA, BIA, INSTAGRAM, NUMBER, PAGE, Meta

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

expect.set_options(timeout=15_000)

EVIL = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
WHERE = {
    "whatsapp": f"channel=whatsapp&account={NUMBER}&user={ANA}&name=Ana",
    "messenger": f"channel=messenger&account={PAGE}&user={BIA}&name=Bia",
    "instagram": f"channel=instagram&account={INSTAGRAM}&user={BIA}&name=Bia",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def page(browser: Browser, base_url: str) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=base_url, viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda note: problems.append(note.text) if note.type == "error" else None)
    yield page
    await context.close()
    assert problems == []


async def phone(page: Page, channel: str) -> Locator:
    await page.goto(f"/phones?{WHERE[channel]}")
    return page.get_by_test_id(f"phone-{channel}")


def shown(phone: Locator, direction: str) -> Locator:
    return phone.locator(f'[data-testid="phone-message"][data-direction="{direction}"]')


async def thread(meta: Meta, channel: str) -> list[dict[str, Any]]:
    account, user = {"whatsapp": (NUMBER, ANA), "messenger": (PAGE, BIA), "instagram": (INSTAGRAM, BIA)}[
        channel
    ]
    return list(await meta.get(f"/_sim/thread/{channel}/{account}/{user}"))


async def test_without_accounts_the_page_says_what_to_do(meta: Meta, page: Page):
    await meta.client.post("/_sim/reset", json={})
    await page.goto("/phones?lang=en")
    await expect(page.get_by_role("heading", name="No account yet")).to_be_visible()


async def test_each_registered_channel_gets_a_phone(meta: Meta, page: Page):
    await page.goto("/phones")
    for channel in WHERE:
        await expect(page.get_by_test_id(f"phone-{channel}")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == "pt-BR"


async def test_a_channel_registered_later_gets_its_phone_too(meta: Meta, page: Page):
    await meta.client.post("/_sim/reset", json={})
    await meta.register("whatsapp", NUMBER)
    await page.goto("/phones")
    await expect(page.get_by_test_id("phone-whatsapp")).to_be_visible()
    await meta.register("instagram", INSTAGRAM)
    await expect(page.get_by_test_id("phone-instagram")).to_be_visible(timeout=10_000)


@pytest.mark.parametrize("channel", list(WHERE))
async def test_what_is_typed_arrives_and_what_is_answered_is_shown(meta: Meta, page: Page, channel: str):
    screen = await phone(page, channel)
    await screen.get_by_test_id("phone-input").fill(EVIL)
    await screen.get_by_test_id("phone-send").click()
    await expect(shown(screen, "out")).to_contain_text(EVIL)
    said = {"text": EVIL}
    answer = await (meta.whatsapp(text={"body": EVIL}) if channel == "whatsapp" else meta.page(channel, said))
    assert answer.status_code == 200
    await expect(shown(screen, "in")).to_contain_text(EVIL)
    await expect(shown(screen, "in")).to_have_attribute("data-status", "read")
    assert await page.title() == "Celulares"
    assert (await thread(meta, channel))[0]["body"]["text"] == EVIL


async def test_a_name_is_never_markup(meta: Meta, page: Page):
    await page.goto(f"/phones?channel=whatsapp&account={NUMBER}&user={ANA}&name={EVIL}")
    await expect(page.get_by_test_id("phone-identity")).to_contain_text("<img")
    assert await page.title() == "Celulares"


async def test_a_tapped_button_answers_its_message_and_is_spent(meta: Meta, page: Page):
    screen = await phone(page, "whatsapp")
    await meta.ana(text="oi")
    reply = {"type": "reply", "reply": {"id": "yes", "title": "Sim"}}
    shape = {"type": "button", "body": {"text": "Quer?"}, "action": {"buttons": [reply]}}
    sent = (await meta.whatsapp(type="interactive", interactive=shape)).json()["messages"][0]["id"]
    await screen.get_by_test_id("phone-choice").click()
    await expect(shown(screen, "out").nth(1)).to_contain_text("Sim")
    await expect(screen.get_by_test_id("phone-choice")).to_be_disabled()
    body = (await thread(meta, "whatsapp"))[-1]["body"]
    assert (body["button"], body["reply_to"]) == ({"id": "yes", "title": "Sim"}, sent)


async def test_a_list_opens_as_a_sheet_and_closes_by_escape(meta: Meta, page: Page):
    screen = await phone(page, "whatsapp")
    await meta.ana(text="oi")
    rows = [{"id": "r1", "title": "Pedido"}, {"id": "r2", "title": "Troca", "description": "Devoluções"}]
    action = {"button": "Ver opções", "sections": [{"rows": rows}]}
    await meta.whatsapp(
        type="interactive", interactive={"type": "list", "body": {"text": "?"}, "action": action}
    )
    await screen.get_by_role("button", name="Ver opções").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(screen.get_by_role("button", name="Ver opções")).to_be_focused()
    await screen.get_by_role("button", name="Ver opções").click()
    await page.get_by_role("dialog").get_by_role("button", name="Troca").click()
    await expect(shown(screen, "out").nth(1)).to_contain_text("Troca")
    assert (await thread(meta, "whatsapp"))[-1]["body"]["list"]["id"] == "r2"


async def test_quick_replies_vanish_once_answered(meta: Meta, page: Page):
    screen = await phone(page, "instagram")
    await meta.says("instagram", INSTAGRAM, BIA, text="oi")
    quick = [{"content_type": "text", "title": title, "payload": title} for title in ("Preços", "Entrega")]
    await meta.page("instagram", {"text": "Escolha:", "quick_replies": quick})
    await expect(screen.get_by_test_id("phone-choice")).to_have_count(2)
    await screen.get_by_test_id("phone-choice").filter(has_text="Entrega").click()
    await expect(screen.get_by_test_id("phone-choice")).to_have_count(0)
    assert (await thread(meta, "instagram"))[-1]["body"]["quick_reply"] == {
        "title": "Entrega",
        "payload": "Entrega",
    }


async def test_a_card_sends_its_postback_and_typing_is_seen(meta: Meta, page: Page):
    screen = await phone(page, "messenger")
    await meta.says("messenger", PAGE, BIA, text="oi")
    typing = {"recipient": {"id": BIA}, "sender_action": "typing_on"}
    await meta.client.post(f"/v26.0/{PAGE}/messages?access_token=T-messenger", json=typing)
    await expect(screen.get_by_role("status")).to_contain_text("digitando")
    button = {"type": "postback", "title": "Quero", "payload": "BUY"}
    element = {"title": "Plano", "subtitle": "R$ 49", "buttons": [button]}
    payload = {"template_type": "generic", "elements": [element]}
    await meta.page("messenger", {"attachment": {"type": "template", "payload": payload}})
    await expect(screen.get_by_role("status")).to_be_empty()
    await screen.get_by_test_id("phone-choice").click()
    await expect(shown(screen, "out").nth(1)).to_contain_text("Quero")
    assert (await thread(meta, "messenger"))[-1]["body"]["postback"]["payload"] == "BUY"


async def test_attachments_are_sent_from_the_menu(meta: Meta, page: Page):
    screen = await phone(page, "whatsapp")
    for label in ("image", "document", "location"):
        await screen.get_by_test_id("phone-attach").click()
        await screen.get_by_test_id(f"phone-attach-{label}").click()
    await expect(shown(screen, "out")).to_have_count(3)
    await expect(screen.locator("img.image")).to_be_visible()
    await meta.drained()
    assert [m["type"] for m in meta.receiver.whatsapp("messages")] == ["image", "document", "location"]


async def test_reading_by_showing_can_be_turned_off(meta: Meta, page: Page):
    screen = await phone(page, "whatsapp")
    await screen.get_by_test_id("phone-identity").click()
    await screen.get_by_role("checkbox").uncheck()
    await screen.get_by_role("button", name="Aplicar").click()
    await meta.ana(text="oi")
    await meta.whatsapp()
    await expect(shown(screen, "in")).to_have_attribute("data-status", "delivered")
    await page.wait_for_timeout(700)
    await expect(shown(screen, "in")).to_have_attribute("data-status", "delivered")
