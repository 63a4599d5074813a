"""The console's screens on a real demo: accessible in every dress, and true when the line or a colleague is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, Route, expect

from tests.browser.demo import Demo
from tests.browser.screens import (
    PATIENCE,
    Cable,
    Customer,
    Staff,
    in_every_dress,
    is_live,
    say,
    until,
    violations,
    words,
)

pytestmark = pytest.mark.browser
SETTINGS = ("preferences", "channels", "team", "business", "fields", "orders", "tokens", "plan")
FIRST_LOAD = 250_000  # bytes of JavaScript, as sent, until the list of conversations is there


@pytest.fixture(scope="module")
def staff(demo: Demo, browser: Browser) -> Staff:
    expect.set_options(timeout=PATIENCE)
    return Staff(demo, browser)


@pytest.fixture
def customer(demo: Demo) -> Iterator[Customer]:
    found = Customer(demo)
    yield found
    found.is_done()


@pytest.fixture
def suspended(demo: Demo) -> Iterator[Callable[[], None]]:
    """Suspends the shop when called; afterwards everybody may send again."""
    owner = demo.handles["logins"]["owner"]["email"]
    yield lambda: print(demo.cli("tenant", "suspend", "--tenant", owner))
    demo.cli("tenant", "reactivate", "--tenant", owner)


def assert_accessible(page: Page, name: str) -> None:
    found = [f"{name} {dress}: {line}" for dress in in_every_dress(page) for line in violations(page)]
    assert not found, "\n".join(found)


def arrived(demo: Demo, conversation: str, text: str) -> bool:
    with demo.api("agent") as api:
        messages = api.get(f"/api/conversations/{conversation}/messages").json()["items"]
    return any(message["text"] == text for message in messages)


@pytest.mark.parametrize("path", ["/login", "/signup", "/invite?token=none", "/nowhere"])
def test_screens_before_the_sign_in_are_accessible(demo: Demo, context: BrowserContext, path: str) -> None:
    page = context.new_page()
    page.goto(f"{demo.base}{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    assert_accessible(page, path)


def test_the_inbox_is_accessible(staff: Staff, customer: Customer) -> None:
    customer.writes("quero falar com um atendente")
    conversation = customer.conversation()
    with staff.page("agent") as page:
        expect(page.get_by_test_id("conversation-row").first).to_be_visible()
        assert_accessible(page, "list")
        page.goto(re.sub(r"/c$", f"/c/{conversation}", page.url))
        expect(page.get_by_test_id("handoff-card")).to_be_visible()
        expect(page.get_by_test_id("contact-panel")).to_be_attached()
        assert_accessible(page, "thread")
        page.get_by_test_id("note-toggle").click()
        page.get_by_test_id("composer-input").fill("só para a equipe")
        assert_accessible(page, "note")


def test_contacts_and_settings_are_accessible(demo: Demo, staff: Staff, customer: Customer) -> None:
    customer.writes("oi")
    customer.conversation()
    with staff.context("owner") as context:
        page = context.new_page()
        page.goto(f"{demo.base}/contacts")
        row = page.get_by_role("button", name=customer.name)
        expect(row).to_be_visible()
        assert_accessible(page, "contacts")
        row.click()
        expect(page.get_by_test_id("contact-panel")).to_be_visible()
        assert_accessible(page, "contact")
        for section in SETTINGS:
            page.goto(f"{demo.base}/settings/{section}")
            expect(page.locator("main h1")).to_be_visible()
            page.wait_for_load_state("networkidle")
            assert_accessible(page, section)


def test_the_inbox_comes_with_little(demo: Demo, staff: Staff) -> None:
    sizes: dict[str, int] = {}

    def note(answer: Response) -> None:
        if answer.url.endswith(".js"):
            assert answer.headers["content-encoding"] == "gzip", answer.url
            sizes[answer.url] = int(answer.headers["content-length"])

    with staff.context("agent") as context:
        page = context.new_page()
        page.add_init_script("window.requestIdleCallback = () => 0")  # what may wait, waits
        page.on("response", note)
        page.goto(f"{demo.base}/c")
        expect(
            page.get_by_test_id("conversation-row").or_(page.get_by_text("Nenhuma conversa")).first
        ).to_be_visible()
        assert 100_000 < sum(sizes.values()) <= FIRST_LOAD, sizes


def test_a_command_before_the_palette_is_there_is_not_lost(demo: Demo, staff: Staff) -> None:
    with staff.context("agent") as context:
        page = context.new_page()
        page.goto(f"{demo.base}/c")
        expect(page.get_by_test_id("filter-mine")).to_be_visible()
        page.keyboard.press("Control+k")
        expect(page.get_by_placeholder("O que você quer fazer?")).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        expect(page.get_by_placeholder("O que você quer fazer?")).to_be_focused()


def test_what_is_written_offline_goes_out_once(staff: Staff, customer: Customer) -> None:
    conversation = customer.is_with("agent")
    offline, unanswered = words(), words()
    with staff.page("agent", f"/c/{conversation}") as page:
        expect(page.get_by_test_id("composer-input")).to_be_enabled()
        page.context.set_offline(True)
        say(page, offline)
        mine = page.locator("[data-testid=message][data-origin=agent]").filter(has_text=offline)
        expect(mine).to_have_attribute("data-status", "pending")
        expect(page.get_by_test_id("banner-offline")).to_be_visible()
        page.context.set_offline(False)
        expect(mine).to_have_attribute("data-status", re.compile("sent|delivered|read"), timeout=PATIENCE)

        lost: list[str] = []

        def lose_the_answer(route: Route) -> None:
            route.fetch()
            lost.append(route.request.url)
            route.abort()

        page.route(f"**/{conversation}/messages", lose_the_answer, times=1)
        say(page, unanswered)
        until(lambda: customer.got(unanswered))
        other = page.locator("[data-testid=message][data-origin=agent]").filter(has_text=unanswered)
        expect(other).to_have_attribute("data-status", re.compile("sent|delivered|read"), timeout=PATIENCE)
        assert len(lost) == 1
        expect(mine).to_have_count(1)
        expect(other).to_have_count(1)
    assert (customer.got(offline), customer.got(unanswered)) == (1, 1)


def test_what_was_missed_during_a_cut_comes_without_a_gap(
    demo: Demo, staff: Staff, customer: Customer
) -> None:
    conversation = customer.is_with("agent")
    said = [f"parte {n} de {words()}" for n in range(1, 9)]
    with staff.context("agent") as context:
        page = context.new_page()
        cable = Cable(page)
        page.goto(f"{demo.base}/c/{conversation}")
        is_live(page)
        expect(page.get_by_test_id("message").first).to_be_visible()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        cable.pull()
        expect(page.get_by_test_id("live-light")).not_to_have_attribute("data-state", "live")
        for text in said:
            customer.writes(text)
            until(partial(arrived, demo, conversation, text))
        cable.put_back()
        is_live(page)
        theirs = page.locator("[data-testid=message][data-direction=in]")
        expect(theirs.filter(has_text=said[-1])).to_be_visible()
        shown = [text for text in theirs.all_inner_texts() if "parte" in text]
        assert [text.splitlines()[0] for text in shown] == said
        assert not [url for url in asked if "/messages" in url], "the log was replayed, nothing was read anew"


def test_who_takes_a_conversation_is_seen_by_the_other(staff: Staff, customer: Customer) -> None:
    customer.writes("oi")
    path = f"/c/{customer.conversation()}"
    with staff.page("agent", path) as ana, staff.page("supervisor", path) as sueli:
        ana.get_by_test_id("take").first.click()
        expect(ana.get_by_test_id("composer-input")).to_be_enabled()
        expect(sueli.locator("header")).to_contain_text("Ana Torres")
        ana.get_by_test_id("composer-input").fill("já vou responder")
        sueli.get_by_test_id("take").first.click()
        expect(sueli.get_by_test_id("composer-input")).to_be_enabled()
        expect(ana.locator("header")).to_contain_text("Sueli Ramos")
        expect(ana.get_by_test_id("composer-input")).to_be_disabled()
        expect(ana.get_by_test_id("composer-input")).to_have_value("já vou responder")
        expect(ana.get_by_test_id("composer-take")).to_be_visible()


def test_a_note_stays_inside(staff: Staff, customer: Customer) -> None:
    conversation = customer.is_with("agent")
    note = words()
    with staff.page("agent", f"/c/{conversation}") as page:
        page.keyboard.press("n")
        expect(page.get_by_test_id("note-toggle")).to_have_attribute("aria-pressed", "true")
        say(page, note)
        written = page.locator("[data-testid=message][data-direction=note]").filter(has_text=note)
        expect(written).to_be_visible()
        page.get_by_test_id("note-toggle").click()
        say(page, "isto sim é para você")
        until(lambda: customer.got("isto sim é para você"))
    assert customer.got(note) == 0


def test_a_contact_is_edited_beside_the_thread(staff: Staff, customer: Customer) -> None:
    conversation = customer.is_with("agent")
    with staff.page("agent", f"/c/{conversation}") as page:
        panel = page.get_by_test_id("contact-panel")
        box = panel.get_by_role("textbox", name="Nome")
        box.fill(f"Dona {customer.name}")
        box.press("Enter")
        expect(page.locator("header h2")).to_have_text(f"Dona {customer.name}")
        page.reload()
        expect(page.locator("header h2")).to_have_text(f"Dona {customer.name}")


def test_after_resolving_the_bot_answers_the_next_message(staff: Staff, customer: Customer) -> None:
    conversation = customer.is_with("agent")
    with staff.page("agent", f"/c/{conversation}") as page:
        page.get_by_test_id("resolve").click()
        expect(page.locator("header")).to_contain_text("Resolvida")
        customer.writes("qual é o horário de vocês?")
        expect(page.locator("header")).to_contain_text("Com o robô")
        answers = page.locator("[data-testid=message][data-origin=bot]")
        expect(answers.filter(has_text=re.compile("9h", re.I)).last).to_be_visible(timeout=PATIENCE)
        expect(page.locator("[data-kind=reopened], [data-kind=resolved]").first).to_be_visible()


def test_the_language_changes_at_once_and_stays(staff: Staff) -> None:
    with staff.page("agent") as page:
        for name, lang, inbox in (("Español", "es", "Conversaciones"), ("English", "en", "Conversations")):
            page.get_by_test_id("me-menu").click()
            page.get_by_role("menuitem", name=name).click()
            expect(page.locator("html")).to_have_attribute("lang", lang)
            expect(page.get_by_role("heading", level=2, name=inbox)).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", level=2, name="Conversations")).to_be_visible()


def test_a_suspended_shop_says_so_and_shows_the_way_out(
    staff: Staff, customer: Customer, suspended: Callable[[], None]
) -> None:
    conversation = customer.is_with("agent")
    with staff.page("agent", f"/c/{conversation}") as agent, staff.page("owner", "/c") as owner:
        expect(agent.get_by_test_id("composer-input")).to_be_enabled()
        suspended()
        for page in (agent, owner):
            expect(page.get_by_test_id("banner-suspended")).to_be_visible(timeout=PATIENCE)
        expect(agent.get_by_test_id("composer-input")).to_be_disabled()
        customer.writes("ainda estou aqui")
        expect(agent.get_by_test_id("message").filter(has_text="ainda estou aqui")).to_be_visible()
        owner.get_by_test_id("banner-suspended").get_by_role("link").click()
        expect(owner.get_by_role("heading", level=1, name="Plano e uso")).to_be_visible()
        expect(owner.get_by_text("Suspensa", exact=True)).to_be_visible()
