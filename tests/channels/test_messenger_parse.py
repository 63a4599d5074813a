from datetime import UTC, datetime

import msgspec
import pytest

from connectors.events import Location, Media, Sender
from connectors.messenger.parse import parse

PAGE, ANA = "610000000000001", "7100000000000011"


@pytest.fixture
def read(event):
    return lambda name: event("messenger", name)


def test_a_text_is_read_whole(read):
    event = read("text")
    assert (event.channel, event.account, event.key, event.kind) == ("messenger", PAGE, "m_IN1", "message")
    assert event.at == datetime(2026, 9, 21, 14, 13, 20, 100_000, tzinfo=UTC)
    assert event.sender.user == ANA
    assert (event.message.id, event.message.type, event.message.text) == ("m_IN1", "text", "oi 😀 ação")
    assert msgspec.json.decode(event.raw)["message"]["mid"] == "m_IN1"


@pytest.mark.parametrize(
    ("name", "type", "text", "payload"),
    [
        ("quick_reply", "quick_reply", "Plano B", "plan:2"),
        ("postback", "postback", "Começar", "GET_STARTED"),
        ("postback_without_mid", "postback", "Menu", "MENU_1"),
        ("referral", "referral", None, "r2"),
    ],
)
def test_what_was_pressed(read, name, type, text, payload):
    event = read(name)
    message = event.message
    assert (event.kind, message.type, message.text, message.payload) == ("message", type, text, payload)


def test_a_reply_and_an_ad_keep_their_context(read):
    assert read("text_reply").message.reply_to == "m_prev"
    assert read("text_from_ad").message.referral["ad_id"] == "6001"
    assert read("postback").message.referral["source"] == "SHORTLINK"


@pytest.mark.parametrize(
    ("name", "kind"), [("image", "image"), ("audio", "audio"), ("video", "video"), ("file", "document")]
)
def test_media(read, name, kind):
    message = read(name).message
    assert (message.type, message.media) == (kind, (Media(kind, url=f"https://cdn.example/{name}"),))


def test_an_album_is_one_message(read):
    assert len(read("album").message.media) == 3


@pytest.mark.parametrize("name", ["sticker", "sticker_as_image"])
def test_a_sticker_in_either_shape(read, name):
    message = read(name).message
    assert message.type == "sticker"
    assert message.media == (Media("sticker", id="369239263222822", url="https://cdn.example/s"),)


@pytest.mark.parametrize(
    ("name", "type", "share"),
    [("reel", "share", "reel"), ("post", "share", "post"), ("shared_link", "share", "fallback")],
)
def test_shares(read, name, type, share):
    message = read(name).message
    assert (message.type, message.detail["shares"][0]["type"]) == (type, share)


def test_text_wins_over_the_preview_of_its_link(read):
    message = read("link_with_preview").message
    assert (message.type, message.text) == ("text", "olha https://loja.example")


def test_a_place(read):
    assert read("location").message.location == Location(-23.5, -46.6, name="Ana's Location")


@pytest.mark.parametrize("name", ["attachment_of_tomorrow", "empty_attachments"])
def test_what_cannot_be_shown_is_a_message_all_the_same(read, name):
    event = read(name)
    assert (event.kind, event.message.type) == ("message", "unsupported")


# --- echoes ----------------------------------------------------------------------------------


def test_our_echo_carries_our_reference(read):
    event = read("echo")
    assert (event.kind, event.key, event.sender.user) == ("echo", "echo:m_OUT1", ANA)
    assert (event.app_id, event.reference, event.message.text) == ("999000111", "job:77", "Olá")


def test_an_echo_of_the_inbox_names_the_foreign_app(read):
    event = read("echo_of_inbox")
    assert (event.kind, event.app_id, event.reference) == ("echo", "263902037430900", None)


def test_the_pages_own_picture_is_an_echo_and_no_customer(read):
    event = read("echo_image")
    assert (event.kind, event.sender.user, event.message.type) == ("echo", ANA, "image")


def test_the_page_is_never_its_own_customer(body):
    unmarked = body("messenger", "echo").replace(b'"is_echo":true,', b"")
    (event,) = parse(unmarked).events
    assert (event.kind, event.sender) == ("echo", Sender(user=ANA))


def test_a_templates_echo_has_its_text(read):
    assert read("echo_template").message.text == "Escolha"


# --- acts and receipts -----------------------------------------------------------------------


def test_an_edit(read):
    event = read("edit")
    assert (event.kind, event.key, event.target) == ("edit", "edit:m_IN1:1", "m_IN1")
    assert event.message.text == "oi corrigido"


def test_a_reaction_and_its_removal_are_two_events(read):
    put, gone = read("reaction"), read("reaction_removed")
    assert (put.kind, put.target, put.emoji) == ("reaction", "m_OUT1", "❤️")
    assert (gone.kind, gone.target, gone.emoji) == ("reaction", "m_OUT1", None)
    assert put.key != gone.key


@pytest.mark.parametrize(
    ("name", "state", "watermark"),
    [("delivery", "delivered", 150), ("delivery_watermark_only", "delivered", 150), ("read", "read", 300)],
)
def test_receipts_are_watermarks(read, name, state, watermark):
    event = read(name)
    assert (event.kind, event.status.state, event.status.message_id) == ("status", state, None)
    assert event.status.watermark == datetime(2026, 9, 21, 14, 13, 20, watermark * 1000, tzinfo=UTC)
    assert event.key == f"{state}:{ANA}:1790000000{watermark}"


@pytest.mark.parametrize(("name", "wish"), [("optin", "optin"), ("optin_stopped", "stop")])
def test_consent_to_notifications(read, name, wish):
    event = read(name)
    assert (event.kind, event.message.payload, event.sender.user) == ("preference", wish, ANA)
    assert event.message.detail["notification_messages_token"] == "TOK1"


@pytest.mark.parametrize(
    ("move", "owner"),
    [("pass_thread_control", "2"), ("take_thread_control", "1"), ("request_thread_control", "3")],
)
def test_thread_control_moves(read, move, owner):
    event = read(move)
    assert (event.kind, event.message.payload, event.app_id) == ("handover", move, owner)
    assert event.sender.user == ANA


@pytest.mark.parametrize(("name", "inner"), [("text", "message"), ("postback", "message"), ("echo", "echo")])
def test_standby_is_kept_apart_from_the_real_copy(read, name, inner):
    event = read(f"standby_{name}")
    assert (event.kind, event.field, event.sender.user) == ("standby", f"standby.{inner}", ANA)
    assert event.key.startswith("standby:")


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("policy_enforcement", "account", "policy_enforcement"),
        ("template_status", "account", "messenger_template_status_update"),
        ("account_linking", "unknown", "account_linking"),
        ("feedback", "unknown", "messaging_feedback"),
        ("optin_user_ref", "unknown", "optin"),
        ("feed_comment", "unknown", "feed"),
        ("object_of_another_product", "unknown", "object:user"),
    ],
)
def test_the_rest_is_kept(read, name, kind, field):
    event = read(name)
    assert (event.kind, event.field) == (kind, field)


def test_one_broken_item_stops_no_other(body):
    parsed = parse(body("messenger", "batch_with_a_broken_item"))
    assert [(event.account, event.key) for event in parsed.events] == [
        (PAGE, "m_A"),
        (PAGE, "m_C"),
        ("610000000000002", "m_D"),
    ]
    assert [rejected.reason for rejected in parsed.rejected] == ["mid"]
