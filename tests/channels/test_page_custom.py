"""Messages that a tenant wrote in Messenger's or Instagram's own JSON."""

import pytest

from connectors.events import Content, ContentError
from connectors.instagram import send as instagram
from connectors.messenger import send as messenger

BOTH = pytest.mark.parametrize("send", [messenger, instagram], ids=["messenger", "instagram"])


def template(kind, **payload):
    return {"message": {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}}


URL = {"type": "web_url", "title": "Ver", "url": "https://x"}
CARD = {"title": "Camisa", "subtitle": "R$ 50", "buttons": [URL]}


@BOTH
@pytest.mark.parametrize(
    "custom",
    [
        {},
        {"message": {}},
        {"message": {"metadata": "x"}},
        {"message": {"text": "oi"}, "recipient": {"id": "1"}},
        {"message": {"text": "oi"}, "tag": "HUMAN_AGENT"},
        {"message": {"text": "oi"}, "messaging_type": "UTILITY"},
        {"message": {"text": "x" * 2001}},
        {"message": {"text": 5}},
        {"message": {"text": "oi", "attachment": {"type": "image", "payload": {"url": "https://x"}}}},
        {"message": {"text": "oi", "quick_replies": []}},
        {
            "message": {
                "text": "oi",
                "quick_replies": [{"content_type": "text", "title": "a", "payload": "b"}] * 14,
            }
        },
        {
            "message": {
                "text": "oi",
                "quick_replies": [{"content_type": "text", "title": "x" * 21, "payload": "b"}],
            }
        },
        {"message": {"attachment": {"type": "hologram", "payload": {"url": "https://x"}}}},
        {"message": {"attachment": {"type": "image", "payload": {}}}},
        {"message": {"attachment": []}},
        template("poll"),
        template("button", text="x" * 641, buttons=[URL]),
        template("button", text="x", buttons=[]),
        template("button", text="x", buttons=[URL] * 4),
        template("button", text="x", buttons=[{"type": "postback", "title": "a"}]),
        template("generic", elements=[]),
        template("generic", elements=[CARD] * 11),
        template("generic", elements=[{"title": "só"}]),
        template("generic", elements=[{**CARD, "title": "x" * 81}]),
        template("generic", elements=[None]),
    ],
)
def test_a_custom_message_out_of_bounds_is_refused(send, custom):
    with pytest.raises(ContentError):
        send.render(Content(custom=custom))


@pytest.mark.parametrize(
    "custom",
    [
        template("receipt", recipient_name="Ana", order_number="1"),
        {"message": {"text": "tel?", "quick_replies": [{"content_type": "user_phone_number"}]}},
        {"message": {"text": "oi"}, "persona_id": "1"},
        {"message": {"text": "x" * 1500}},
    ],
)
def test_what_messenger_takes_and_instagram_does_not(custom):
    assert messenger.render(Content(custom=custom)) == [custom]
    with pytest.raises(ContentError):
        instagram.render(Content(custom=custom))


def test_what_instagram_takes_and_messenger_does_not():
    custom = {"message": {"attachment": {"type": "like_heart"}}}
    assert instagram.render(Content(custom=custom)) == [custom]
    with pytest.raises(ContentError):
        messenger.render(Content(custom=custom))


@BOTH
@pytest.mark.parametrize(
    "custom",
    [
        template("generic", elements=[CARD] * 10),
        template("button", text="x", buttons=[URL]),
        {
            "message": {"attachment": {"type": "image", "payload": {"url": "https://x"}}},
            "reply_to": {"mid": "m"},
        },
    ],
)
def test_a_custom_message_within_bounds_passes_as_it_is(send, custom):
    assert send.render(Content(custom=custom)) == [custom]
