import msgspec
import pytest

from connectors.events import Message
from connectors.shared.heard import about, words_of


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("/opt_out", "opt_out"),
        ('  / /greet{"a": 1}', 'greet{"a": 1}'),
        ("//", '/customer_event{"event": "text"}'),
        ("oi / tudo", "oi / tudo"),
        (" oi\n", "oi"),
    ],
)
def test_nobody_chooses_an_intent_by_typing_it(event, typed, heard):
    text = event("whatsapp", "text")
    spoken = msgspec.structs.replace(text, message=msgspec.structs.replace(text.message, text=typed))
    assert words_of(spoken) == heard


@pytest.mark.parametrize("kind", ["referral", "flow", "event", "text"])
def test_only_what_we_gave_out_may_name_an_intent(event, kind):
    message = Message(id="m", type=kind, payload="/opt_out")
    spoken = msgspec.structs.replace(event("messenger", "text"), message=message)
    assert words_of(spoken) == f'/customer_event{{"event": "{kind}"}}'


@pytest.mark.parametrize(
    ("channel", "name", "words"),
    [
        ("whatsapp", "button_reply", "/affirm"),
        ("whatsapp", "list_reply", "Plano B"),
        ("whatsapp", "template_button", "Ok"),
        ("whatsapp", "image", "meu recibo"),
        ("whatsapp", "video", '/customer_event{"event": "video"}'),
        ("whatsapp", "audio_voice", '/customer_event{"event": "audio"}'),
        ("whatsapp", "location", '/customer_event{"event": "location"}'),
        ("whatsapp", "contacts", '/customer_event{"event": "contacts"}'),
        ("whatsapp", "order", "quero estes"),
        ("whatsapp", "unsupported", '/customer_event{"event": "unsupported"}'),
        ("whatsapp", "reaction", '/customer_event{"event": "reaction"}'),
        ("messenger", "postback", "Começar"),
        ("messenger", "postback_without_mid", "Menu"),
        ("messenger", "quick_reply", "Plano B"),
        ("messenger", "referral", '/customer_event{"event": "referral"}'),
        ("messenger", "sticker", '/customer_event{"event": "sticker"}'),
        ("instagram", "story_reply", "que lindo"),
        ("instagram", "story_mention", '/customer_event{"event": "story"}'),
        ("instagram", "shared_post", '/customer_event{"event": "share"}'),
    ],
)
def test_words_for_everything(event, channel, name, words):
    assert words_of(event(channel, name)) == words


def test_what_the_words_do_not_say_is_beside_them(event):
    assert about(event("whatsapp", "location"))["location"] == {"latitude": -23.5, "longitude": -46.6}
    assert about(event("whatsapp", "text_from_ad"))["referral"]["source_type"] == "ad"
    assert about(event("whatsapp", "order"))["detail"]["catalog_id"] == "9001"
    assert about(event("whatsapp", "reaction")) == {
        "channel": "whatsapp",
        "account": "500000000000202",
        "emoji": "👍🏽",
        "target": "wamid.OUT1",
        "type": "event",
        "payload": "reaction",
    }


def test_the_address_of_a_file_stays_out(event):
    told = about(event("whatsapp", "image"))
    assert told["media"] == [{"kind": "image", "id": "710000000000001", "mime_type": "image/jpeg"}]
    assert "https" not in str(told)
