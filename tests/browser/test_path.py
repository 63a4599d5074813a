"""The whole way in a browser: phone → bot → handoff → agent's screen → agent's answer → phone, with ticks."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import SHOTS
from tests.browser.demo import Demo

pytestmark = pytest.mark.browser
PATIENCE = 30_000
PHONES = {
    "whatsapp": ("5511955550123", "Bia"),
    "messenger": ("71000000000000123", "Caio"),
    "instagram": ("90000000000000123", "Duda"),
}


def write(phone: Page, text: str) -> None:
    phone.get_by_test_id("phone-input").fill(text)
    phone.get_by_test_id("phone-send").click()


def got(phone: Page, text: str | re.Pattern[str]) -> Locator:
    """A message of the business on the phone."""
    return phone.locator("[data-testid=phone-message][data-direction=in]").filter(has_text=text)


def sign_in(page: Page, base: str, login: dict[str, str]) -> None:
    page.goto(base)
    page.get_by_test_id("login-email").fill(login["email"])
    page.get_by_test_id("login-password").fill(login["password"])
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_test_id("live-light")).to_have_attribute(
        "data-state", re.compile("live"), timeout=PATIENCE
    )


@pytest.fixture
def customer(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(viewport={"width": 390, "height": 844}, locale="pt-BR")
    yield found
    found.close()


@pytest.mark.parametrize("channel", list(PHONES))
def test_one_message_all_the_way(
    demo: Demo, context: BrowserContext, customer: BrowserContext, channel: str
) -> None:
    user, name = PHONES[channel]
    phone = customer.new_page()
    phone.goto(demo.phone(channel, user, name))
    write(phone, "oi, tudo bem?")
    expect(got(phone, "Loja Aurora").first).to_be_visible(timeout=PATIENCE)

    console = context.new_page()
    sign_in(console, demo.base, demo.handles["logins"]["agent"])
    write(phone, "quero falar com um atendente")
    expect(got(phone, re.compile("equipe|pessoa|alguém|atendente")).last).to_be_visible(timeout=PATIENCE)

    row = console.get_by_test_id("conversation-row").filter(has_text=name)
    expect(row).to_be_visible(timeout=PATIENCE)
    row.click()
    expect(console.get_by_test_id("handoff-card")).to_be_visible(timeout=PATIENCE)
    console.get_by_test_id("take").first.click()
    answer = f"Olá, {name}! Sou a Ana, como posso ajudar?"
    say(console, answer)
    expect(got(phone, answer)).to_be_visible(timeout=PATIENCE)

    said = console.locator("[data-testid=message][data-origin=agent]").filter(has_text=answer)
    expect(said).to_have_attribute("data-status", re.compile("delivered|read"), timeout=PATIENCE)
    SHOTS.mkdir(parents=True, exist_ok=True)
    console.screenshot(path=SHOTS / f"path-{channel}-console.png")
    phone.screenshot(path=SHOTS / f"path-{channel}-phone.png")

    before = len(demo.sent(user))
    write(phone, "obrigada!")
    arrived = console.locator("[data-testid=message][data-direction=in]").filter(has_text="obrigada!")
    expect(arrived).to_be_visible(timeout=PATIENCE)
    assert len(demo.sent(user)) == before, "the bot is silent while a human has the conversation"


def test_from_an_empty_tenant(
    demo: Demo, browser: Browser, context: BrowserContext, customer: BrowserContext
) -> None:
    """Sign up, connect a number, invite an agent; nothing of the demo's data is used."""
    mark = str(time.time_ns())[-9:]
    number = f"500000{mark}"
    account = {"kind": "whatsapp", "account_id": number, "waba_id": f"400000{mark}", "name": "Padaria"}
    httpx.post(f"{demo.graph}/_sim/accounts", json=account | {"token": "padaria-token"}).raise_for_status()

    owner = context.new_page()
    sign_up(owner, demo.base, mark)
    connect(owner, number, f"400000{mark}")
    theirs = browser.new_context(viewport={"width": 1440, "height": 900}, locale="pt-BR")
    rita = theirs.new_page()
    join(rita, invite(owner, demo.base, mark))

    phone = customer.new_page()
    phone.goto(demo.phone("whatsapp", f"5511{mark}", "Nina", number))
    write(phone, "quero falar com uma pessoa")
    row = rita.get_by_test_id("conversation-row").filter(has_text="Nina")
    expect(row).to_be_visible(timeout=PATIENCE)
    row.click()
    rita.get_by_test_id("take").first.click()
    say(rita, "Oi, Nina, aqui é a Rita!")
    expect(got(phone, "Oi, Nina, aqui é a Rita!")).to_be_visible(timeout=PATIENCE)
    theirs.close()


def sign_up(owner: Page, base: str, mark: str) -> None:
    owner.goto(f"{base}/signup")
    fill(
        owner, {"Nome da empresa": "Padaria do Zé", "Seu nome": "Zé", "E-mail": f"ze-{mark}@padaria.example"}
    )
    fill(owner, {"Senha": "Pao-quentinho-7"})
    owner.get_by_role("checkbox").check()
    owner.get_by_role("button", name="Criar conta").click()
    expect(owner.get_by_role("heading", name="Canais")).to_be_visible(timeout=PATIENCE)


def connect(owner: Page, number: str, waba: str) -> None:
    owner.get_by_test_id("channel-connect").first.click()
    fill(owner, {"ID do número de telefone": number, "ID da conta do WhatsApp Business (WABA)": waba})
    fill(owner, {"Token de acesso": "padaria-token"})
    owner.get_by_role("dialog").get_by_role("button", name="Conectar canal").click()
    expect(owner.get_by_text("Padaria", exact=True).first).to_be_visible(timeout=PATIENCE)


def invite(owner: Page, base: str, mark: str) -> str:
    """The link for the new agent."""
    owner.goto(f"{base}/settings/team")
    owner.get_by_test_id("team-invite").first.click()
    drawer = owner.get_by_role("dialog")
    drawer.get_by_label("Nome").fill("Rita")
    drawer.get_by_label("E-mail").fill(f"rita-{mark}@padaria.example")
    drawer.get_by_role("button", name="Criar convite").click()
    link = drawer.get_by_text(re.compile("/invite"))
    expect(link).to_be_visible(timeout=PATIENCE)
    return (link.text_content() or "").strip()


def join(agent: Page, link: str) -> None:
    agent.goto(link)
    fill(agent, {"Senha": "Broa-de-milho-9", "Repita a senha": "Broa-de-milho-9"})
    agent.get_by_role("button", name="Entrar na equipe").click()
    is_live(agent)


def is_live(page: Page) -> None:
    light = page.get_by_test_id("live-light")
    expect(light).to_have_attribute("data-state", re.compile("live"), timeout=PATIENCE)


def say(agent: Page, text: str) -> None:
    box = agent.get_by_test_id("composer-input")
    expect(box).to_be_enabled(timeout=PATIENCE)
    box.fill(text)
    box.press("Enter")


def fill(page: Page, fields: dict[str, str]) -> None:
    """By label; required fields carry a mark behind theirs."""
    for label, value in fields.items():
        page.get_by_role("textbox", name=re.compile(f"^{re.escape(label)}")).fill(value)
