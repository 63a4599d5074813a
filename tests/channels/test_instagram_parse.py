import pytest

from connectors.events import Media
from connectors.instagram.parse import parse

ACCOUNT, ANA = "17800000000000001", "900000000000011"


@pytest.fixture
def read(event):
    return lambda name: event("instagram", name)


def test_a_text_is_read_whole(read):
    event = read("text")
    assert (event.channel, event.account, event.kind) == ("instagram", ACCOUNT, "message")
    assert event.key == event.message.id
    assert len(event.key) > 150
    assert (event.sender.user, event.message.text) == (ANA, "oi 😀 ação")


@pytest.mark.parametrize(
    "name", ["text", "dm_as_change", "entry_id_zero", "entry_id_of_customer", "entry_id_of_page"]
)
def test_every_envelope_leads_to_the_same_account_customer_and_key(read, name):
    event = read(name)
    assert (event.account, event.kind, event.sender.user) == (ACCOUNT, "message", ANA)
    assert event.key == read("text").key


def test_a_list_of_bodies_is_read(body):
    parsed = parse(body("instagram", "list_of_objects"))
    assert [event.kind for event in parsed.events] == ["message", "unknown"]


@pytest.mark.parametrize("name", ["comment", "comment_in_entry"])
def test_a_comment_is_kept_in_either_shape(read, name):
    event = read(name)
    assert (event.kind, event.field, event.account) == ("unknown", "comments", ACCOUNT)
    assert event.key == read("comment").key


@pytest.mark.parametrize(("name", "field"), [("live_comment", "live_comments"), ("mention", "mentions")])
def test_other_fields_are_kept(read, name, field):
    event = read(name)
    assert (event.kind, event.field) == ("unknown", field)


@pytest.mark.parametrize(
    ("name", "type", "kind"),
    [
        ("story_reply", "text", "reply"),
        ("story_mention", "story", "mention"),
        ("story_shared", "story", "shared"),
    ],
)
def test_stories(read, name, type, kind):
    message = read(name).message
    assert (message.type, message.detail["story"]["kind"]) == (type, kind)
    assert message.detail["story"]["url"].startswith("https://cdn.example/")


@pytest.mark.parametrize(
    ("name", "kind"), [("image", "image"), ("audio", "audio"), ("video", "video"), ("file", "document")]
)
def test_media(read, name, kind):
    message = read(name).message
    assert (message.type, message.media) == (kind, (Media(kind, url=f"https://cdn.example/{name}"),))


def test_a_heart_is_a_sticker(read):
    assert read("like_heart").message.media == (Media("sticker", id="like_heart"),)


def test_a_post_that_came_twice_is_shown_once(read):
    message = read("shared_post").message
    assert [share["type"] for share in message.detail["shares"]] == ["ig_post"]


def test_a_reel(read):
    assert read("shared_reel").message.detail["shares"][0]["id"] == "1801"


@pytest.mark.parametrize(("name", "reason"), [("view_once", "ephemeral"), ("unsupported", "is_unsupported")])
def test_what_cannot_be_shown_is_a_message_all_the_same(read, name, reason):
    event = read(name)
    assert (event.kind, event.message.type) == ("message", "unsupported")
    assert event.message.detail["reason"] == reason


def test_product_and_ad_keep_their_referral(read):
    assert read("product_inquiry").message.referral == {"product": {"id": "P1"}}
    assert read("text_from_ad").message.referral["ads_context_data"]["ad_title"] == "Promo"


def test_an_unsent_message_is_a_deletion_with_a_key_of_its_own(read):
    event = read("unsent")
    assert (event.kind, event.target, event.message) == ("delete", read("text").key, None)
    assert event.key != read("text").key


@pytest.mark.parametrize("name", ["self_message", "self_echo"])
def test_the_account_writing_to_itself_is_nobodys_message(read, name):
    event = read(name)
    assert (event.kind, event.field) == ("unknown", "self")


def test_the_two_copies_of_a_message_to_oneself_do_not_swallow_each_other(read):
    assert read("self_message").key != read("self_echo").key


@pytest.mark.parametrize(("name", "text"), [("echo", "Olá"), ("echo_template", "Camisa")])
def test_an_echo_belongs_to_the_customer(read, name, text):
    event = read(name)
    assert (event.kind, event.account, event.sender.user) == ("echo", ACCOUNT, ANA)
    assert event.message.text == text


@pytest.mark.parametrize("name", ["read", "seen_as_change"])
def test_a_read_receipt_names_its_message(read, name):
    event = read(name)
    assert (event.kind, event.status.state, event.status.message_id) == ("status", "read", "aWdfOUT1")
    assert event.status.watermark is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("reaction", "reaction"),
        ("reaction_removed", "reaction"),
        ("edit", "edit"),
        ("optin", "preference"),
        ("take_thread_control", "handover"),
        ("standby_text", "standby"),
        ("postback", "message"),
        ("quick_reply", "message"),
        ("referral", "message"),
        ("object_of_another_product", "unknown"),
    ],
)
def test_kinds(read, name, kind):
    assert read(name).kind == kind


def test_one_broken_item_stops_no_other(body):
    parsed = parse(body("instagram", "batch_with_a_broken_item"))
    assert [event.key for event in parsed.events] == ["A", "C"]
    assert [rejected.reason for rejected in parsed.rejected] == ["mid"]
