"""Messenger and Instagram, which share all but limits and what they leave out."""

import pytest

from connectors.channels import CHANNEL
from connectors.events import Accepted, Choice, Content, ContentError, Location, Media, SendError
from connectors.instagram import send as instagram
from connectors.messenger import send as messenger

BOTH = pytest.mark.parametrize("send", [messenger, instagram], ids=["messenger", "instagram"])
LONG = "Uma frase que não acaba nunca, ção. " * 100
FAMILY = "👨‍👩‍👧‍👦"


def choices(count, title="Opção {}", payload="/pick{}"):
    return tuple(Choice(title.format(n), payload.format(n)) for n in range(count))


@BOTH
@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content(), "text"),
        (Content(text=" \n"), "text"),
        (Content(choices=choices(2)), "text"),
        (Content(text="a", choices=(Choice("", "p"),)), "choices"),
        (Content(media=Media("image")), "media"),
        (Content(media=Media("image", url="ftp://x")), "media.url"),
        (Content(location=Location(0, 200)), "location"),
    ],
)
def test_what_cannot_be_said_is_named(send, content, field):
    with pytest.raises(ContentError) as caught:
        send.render(content)
    assert caught.value.field == field


def test_instagram_has_no_templates():
    with pytest.raises(ContentError):
        instagram.render(Content(template={"name": "x", "language": {"code": "pt_BR"}}))


@pytest.mark.parametrize(
    "template", [{}, {"name": "x"}, {"name": "x", "language": {"code": "pt_BR"}, "components": 1}]
)
def test_a_utility_template_out_of_shape_is_refused(template):
    with pytest.raises(ContentError):
        messenger.render(Content(template=template))


@BOTH
def test_a_text_is_one_message(send):
    assert send.render(Content(text="Olá", reply_to="m1")) == [
        {"message": {"text": "Olá"}, "reply_to": {"mid": "m1"}}
    ]


def test_messenger_counts_characters():
    texts = [native["message"]["text"] for native in messenger.render(Content(text=LONG))]
    assert len(texts) == 2
    assert all(len(text) <= 2000 and text.endswith(".") for text in texts)


@pytest.mark.parametrize("text", [LONG, "ç" * 1800, FAMILY * 120, "😀" * 600])
def test_instagram_counts_bytes_and_parts_no_character(text):
    texts = [native["message"]["text"] for native in instagram.render(Content(text=text))]
    assert all(len(part.encode()) <= 1000 for part in texts)
    assert "".join("".join(texts).split()) == "".join(text.split())
    assert all(part.count("👨") == part.count("👦") for part in texts)


def test_instagram_takes_exactly_a_thousand_bytes():
    assert len(instagram.render(Content(text="ç" * 500))) == 1
    assert len(instagram.render(Content(text="ç" * 500 + "a"))) == 2


@BOTH
def test_up_to_three_choices_are_buttons(send):
    (native,) = send.render(
        Content(text="Qual?", choices=(Choice("Um título longo demais aqui", "/a"), Choice("B", "https://x")))
    )
    assert native["message"]["attachment"]["payload"] == {
        "template_type": "button",
        "text": "Qual?",
        "buttons": [
            {"type": "postback", "title": "Um título longo dem…", "payload": "/a"},
            {"type": "web_url", "title": "B", "url": "https://x"},
        ],
    }


@BOTH
@pytest.mark.parametrize("count", [4, 13])
def test_up_to_thirteen_choices_are_quick_replies(send, count):
    (native,) = send.render(Content(text="Qual?", choices=choices(count)))
    assert native["message"]["text"] == "Qual?"
    assert native["message"]["quick_replies"] == [
        {"content_type": "text", "title": f"Opção {n}", "payload": f"/pick{n}"} for n in range(count)
    ]


@BOTH
def test_links_among_quick_replies_are_written_out(send):
    (native,) = send.render(Content(text="Veja", choices=(*choices(4), Choice("Loja", "https://x/2"))))
    assert native["message"]["text"] == "Veja\n\nLoja: https://x/2"
    assert len(native["message"]["quick_replies"]) == 4


@BOTH
@pytest.mark.parametrize("many", [choices(14), choices(2, payload="x" * 1001)])
def test_what_no_button_can_hold_is_a_numbered_text(send, many):
    natives = send.render(Content(text="Qual?", choices=many))
    assert natives[0]["message"]["text"].startswith("Qual?\n\n1. Opção 0\n2. Opção 1")


@BOTH
@pytest.mark.parametrize("count", [2, 5])
def test_a_long_text_goes_before_its_buttons(send, count):
    *before, last = send.render(Content(text=LONG, choices=choices(count)))
    assert before
    assert all(set(native["message"]) == {"text"} for native in before)
    if count == 2:
        assert len(last["message"]["attachment"]["payload"]["text"]) <= 640


@BOTH
@pytest.mark.parametrize(
    ("media", "attachment"),
    [
        (Media("image", url="https://x/1.png"), {"type": "image", "payload": {"url": "https://x/1.png"}}),
        (Media("document", url="https://x/1.pdf"), {"type": "file", "payload": {"url": "https://x/1.pdf"}}),
        (Media("audio", id="77"), {"type": "audio", "payload": {"attachment_id": "77"}}),
        (Media("sticker", url="https://x/1.webp"), {"type": "image", "payload": {"url": "https://x/1.webp"}}),
    ],
)
def test_media_and_text_are_two_messages(send, media, attachment):
    first, second = send.render(Content(text="Veja", media=media))
    assert first == {"message": {"attachment": attachment}}
    assert second == {"message": {"text": "Veja"}}


@BOTH
def test_a_place_is_a_link(send):
    (native,) = send.render(Content(location=Location(-23.5, -46.6, name="Loja", address="Rua A, 1")))
    assert native["message"]["text"] == "Loja\nRua A, 1\nhttps://maps.google.com/?q=-23.5,-46.6"


# --- the call --------------------------------------------------------------------------------

TEXT = {"message": {"text": "oi"}}
ANA = {"recipient": {"id": "71"}}


def test_messenger_sends_a_reference_back_to_us():
    body = messenger.envelope(TEXT, user="71", phone=None, reference="job:77")
    assert body == {**ANA, "messaging_type": "RESPONSE", "message": {"text": "oi", "metadata": "job:77"}}
    assert TEXT == {"message": {"text": "oi"}}


def test_instagram_sends_no_reference():
    assert instagram.envelope(TEXT, user="71", phone=None, reference="job:77") == {**ANA, **TEXT}


@BOTH
def test_only_a_human_uses_the_human_tag(send):
    body = send.envelope(TEXT, user="71", phone=None, reference="", human_agent=True)
    assert body == {**ANA, **TEXT, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    assert "tag" not in send.envelope(TEXT, user="71", phone=None, reference="")


def test_a_utility_template_keeps_its_type():
    wanted = {"name": "pedido", "language": {"code": "pt_BR"}}
    (native,) = messenger.render(Content(template=wanted))
    body = messenger.envelope(native, user="71", phone=None, reference="job:1", human_agent=True)
    assert body == {**ANA, "messaging_type": "UTILITY", "message": {"template": wanted, "metadata": "job:1"}}


@BOTH
def test_the_native_message_cannot_choose_its_recipient(send):
    assert send.envelope({**TEXT, "recipient": {"id": "66"}}, user="71", phone=None, reference="")[
        "recipient"
    ] == {"id": "71"}


@BOTH
@pytest.mark.parametrize("answer", [{}, {"message_id": ""}, {"message_id": 7}, {"recipient_id": "71"}])
def test_an_answer_without_an_id_may_have_been_sent(send, answer):
    with pytest.raises(SendError) as caught:
        send.accepted(answer)
    assert caught.value.maybe_sent


@BOTH
def test_what_was_accepted(send):
    assert send.accepted({"recipient_id": "71", "message_id": "m_1"}) == Accepted("m_1", user="71")
    assert send.accepted({"message_id": "m_1"}) == Accepted("m_1")


@BOTH
def test_reading_and_typing_are_two_calls(send):
    assert send.mark_read("m", "71") == [{**ANA, "sender_action": "mark_seen"}]
    assert [body["sender_action"] for body in send.mark_read("m", "71", typing=True)] == [
        "mark_seen",
        "typing_on",
    ]


def test_the_register_knows_three_channels_and_no_other():
    assert set(CHANNEL) == {"whatsapp", "messenger", "instagram"}
    assert CHANNEL["messenger"].send is messenger
    with pytest.raises(KeyError):
        CHANNEL["telegram"]  # type: ignore[index]  # a wrong channel is what is tested
