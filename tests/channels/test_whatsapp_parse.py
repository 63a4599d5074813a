from datetime import UTC, datetime

import msgspec
import pytest

from connectors.events import Location, Media

NUMBER, WABA = "500000000000202", "400000000000101"
PHONE, BSUID = "5511955550123", "BR.9f3kExample01"


@pytest.fixture
def read(event):
    return lambda name: event("whatsapp", name)


def test_a_text_is_read_whole(read):
    event = read("text")
    assert (event.channel, event.account, event.key, event.kind) == (
        "whatsapp",
        NUMBER,
        "wamid.IN1",
        "message",
    )
    assert event.at == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    sender = event.sender
    assert (sender.user, sender.phone, sender.bsuid) == (BSUID, PHONE, BSUID)
    assert (sender.username, sender.name, sender.previous) == ("ana.teste", "Ana Teste", ())
    assert (event.message.id, event.message.type) == ("wamid.IN1", "text")
    assert event.message.text == "oi, tudo bem? 😀 ação"
    assert msgspec.json.decode(event.raw)["text"] == {"body": "oi, tudo bem? 😀 ação"}


def test_a_user_without_a_phone_is_known_by_id(read):
    sender = read("text_username_only").sender
    assert (sender.user, sender.phone, sender.username) == (BSUID, None, "ana.teste")


def test_a_user_without_an_id_is_known_by_phone(read):
    sender = read("text_phone_only").sender
    assert (sender.user, sender.phone, sender.bsuid) == (PHONE, PHONE, None)


def test_a_contact_request_answered_tells_the_phone(read):
    event = read("contacts_requested")
    assert (event.sender.user, event.sender.phone) == (BSUID, PHONE)
    assert event.message.detail["origin"] == "contact_request"


def test_somebody_elses_card_is_not_the_senders_phone(read):
    event = read("contacts")
    assert event.sender.phone == PHONE
    assert event.message.detail["contacts"][0]["name"] == {"formatted_name": "Bia"}


def test_replies_forwards_products_and_ads_keep_their_context(read):
    assert read("text_reply").message.reply_to == "wamid.OUT1"
    assert read("text_forwarded").message.detail == {"forwarded": True}
    assert read("text_product").message.detail["referred_product"]["product_retailer_id"] == "SKU-7"
    assert read("text_from_ad").message.referral["ctwa_clid"] == "ARTest123"


@pytest.mark.parametrize(
    ("name", "file", "caption"),
    [
        (
            "image",
            Media("image", "710000000000001", "https://lookaside.example/1", "image/jpeg", None, "q2w="),
            "meu recibo",
        ),
        ("video", Media("video", "710000000000002", None, "video/mp4", None, "q2w="), None),
        (
            "audio_voice",
            Media("audio", "710000000000003", None, "audio/ogg; codecs=opus", None, "q2w=", True),
            None,
        ),
        (
            "document",
            Media("document", "710000000000004", None, "application/pdf", "boleto.pdf", "q2w="),
            "paguei",
        ),
        ("sticker", Media("sticker", "710000000000005", None, "image/webp", None, "q2w="), None),
    ],
)
def test_media_come_with_their_caption(read, name, file, caption):
    message = read(name).message
    assert (message.type, message.media, message.text) == (file.kind, (file,), caption)


def test_a_file_too_large_arrives_as_unsupported(read):
    message = read("media_too_large").message
    assert (message.type, message.detail["reason"]) == ("unsupported", "131052")


def test_a_place_has_its_name(read):
    message = read("location").message
    assert (message.type, message.location) == ("location", Location(-23.5, -46.6, "Praça", "Rua A, 1"))


@pytest.mark.parametrize(
    ("name", "type", "payload", "text"),
    [
        ("button_reply", "button", "/affirm", "Sim"),
        ("button_reply_twin", "button", "/affirm", "Claro"),
        ("list_reply", "list", "plan:2", "Plano B"),
        ("template_button", "button", "OK_77", "Ok"),
        ("call_permission_reply", "event", "accept", None),
        ("flow_reply", "flow", "flow", "Sent"),
    ],
)
def test_what_was_pressed(read, name, type, payload, text):
    event = read(name)
    message = event.message
    assert (event.kind, message.type, message.payload, message.text) == ("message", type, payload, text)
    assert message.reply_to == "wamid.OUT1"


def test_a_flows_answer_is_unpacked(read):
    assert read("flow_reply").message.detail == {"response": {"flow_token": "t1", "nota": 5}}


def test_an_order_keeps_its_items(read):
    message = read("order").message
    assert (message.type, message.text, message.detail["catalog_id"]) == ("order", "quero estes", "9001")
    assert [item["quantity"] for item in message.detail["items"]] == [2, "1"]


@pytest.mark.parametrize(
    ("name", "reason"), [("unsupported", "131051"), ("unsupported_poll", "poll_creation")]
)
def test_the_unsupported_is_a_message_all_the_same(read, name, reason):
    event = read(name)
    assert (event.kind, event.message.type, event.message.detail["reason"]) == (
        "message",
        "unsupported",
        reason,
    )


@pytest.mark.parametrize(
    ("name", "kind", "target", "emoji"),
    [
        ("reaction", "reaction", "wamid.OUT1", "👍🏽"),
        ("reaction_removed", "reaction", "wamid.OUT1", None),
        ("edit", "edit", "wamid.IN0", None),
        ("revoke", "delete", "wamid.IN0", None),
    ],
)
def test_acts_on_earlier_messages(read, name, kind, target, emoji):
    event = read(name)
    assert (event.kind, event.target, event.emoji) == (kind, target, emoji)
    assert event.sender.user == BSUID


def test_an_edit_carries_the_new_text(read):
    assert read("edit").message.text == "oi corrigido"


# --- who they are ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change", "user", "phone", "previous"),
    [
        ("number_changed", "user_changed_number", "BR.new0001", "5511955550456", (BSUID, PHONE)),
        ("number_changed_bare", "user_changed_number", "5511955550456", "5511955550456", (PHONE,)),
        ("user_id_changed", "user_changed_user_id", "BR.new0001", None, (BSUID,)),
    ],
)
def test_a_changed_identity_names_the_old_ones(read, name, change, user, phone, previous):
    event = read(name)
    assert (event.kind, event.message.payload) == ("identity", change)
    assert (event.sender.user, event.sender.phone, event.sender.previous) == (user, phone, previous)


def test_a_new_identity_hash_is_told(read):
    event = read("identity_hash_changed")
    assert (event.kind, event.sender.user) == ("identity", BSUID)
    assert event.message.detail["identity"]["hash"] == "DF2lS5"


@pytest.mark.parametrize("wish", ["stop", "resume", "signup"])
def test_marketing_wishes(read, wish):
    event = read(f"preference_{wish}")
    assert (event.kind, event.message.payload, event.sender.user) == ("preference", wish, BSUID)
    assert event.message.detail["category"] == "marketing_messages"
