import pytest

from connectors.channels import CHANNEL
from connectors.events import CHANNELS, Choice, Content, ContentError, Location, Media
from connectors.shared.utterance import contents_of

CARD = {
    "title": "Camisa",
    "subtitle": "R$ 50",
    "image_url": "https://x/1.png",
    "buttons": [{"title": "Quero", "payload": "/want"}],
}


@pytest.mark.parametrize(
    "response",
    [
        {"text": "a", "buttons": [{"payload": "/x"}]},
        {"text": "a", "buttons": ["x"]},
        {"attachment": {"type": "image"}},
        {"attachment": 7},
        {"elements": ["x"]},
        {"custom": "x"},
        {"custom": ["x"]},
        {"custom": {"location": {"latitude": "x"}}},
    ],
)
def test_a_response_out_of_shape_is_named(response):
    with pytest.raises(ContentError):
        contents_of(response, "whatsapp")


def test_an_empty_response_says_nothing():
    assert contents_of({"text": "", "buttons": [], "custom": {}, "elements": []}, "whatsapp") == []


def test_text_and_buttons():
    response = {"text": "Quer?", "buttons": [{"title": "Sim", "payload": "/affirm"}, {"title": "Não"}]}
    choices = (Choice("Sim", "/affirm"), Choice("Não", "Não"))
    assert contents_of(response, "whatsapp") == [Content(text="Quer?", choices=choices)]


def test_a_link_button_keeps_its_address():
    (content,) = contents_of(
        {"text": "a", "buttons": [{"title": "Ver", "type": "web_url", "url": "https://x"}]}, "messenger"
    )
    assert content.choices == (Choice("Ver", "https://x"),)


def test_a_picture_takes_the_text_as_its_caption_unless_buttons_need_it():
    picture = Media(kind="image", url="https://x/1.png")
    assert contents_of({"text": "Veja", "image": "https://x/1.png"}, "whatsapp") == [
        Content(text="Veja", media=picture)
    ]
    buttons = [{"title": "Sim", "payload": "/affirm"}]
    assert contents_of({"text": "Veja", "image": "https://x/1.png", "buttons": buttons}, "whatsapp") == [
        Content(media=picture),
        Content(text="Veja", choices=(Choice("Sim", "/affirm"),)),
    ]


@pytest.mark.parametrize(
    ("attachment", "media"),
    [
        (
            "https://x/boleto.pdf?t=1",
            Media("document", url="https://x/boleto.pdf?t=1", filename="boleto.pdf"),
        ),
        ("https://x/a.MP3", Media("audio", url="https://x/a.MP3", filename="a.MP3")),
        (
            {"type": "video", "payload": {"src": "https://x/v"}},
            Media("video", url="https://x/v", filename="v"),
        ),
        (
            {"type": "file", "payload": {"url": "https://x/i.png"}},
            Media("image", url="https://x/i.png", filename="i.png"),
        ),
    ],
)
def test_attachments(attachment, media):
    assert contents_of({"attachment": attachment}, "whatsapp") == [Content(media=media)]


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
def test_cards_are_a_carousel(channel):
    (content,) = contents_of({"elements": [CARD] * 12}, channel)
    (native,) = CHANNEL[channel].send.render(content)
    payload = native["message"]["attachment"]["payload"]
    assert payload["template_type"] == "generic"
    assert len(payload["elements"]) == 10
    assert payload["elements"][0]["buttons"] == [{"type": "postback", "title": "Quero", "payload": "/want"}]


def test_cards_are_one_below_the_other_on_whatsapp():
    picture, words = contents_of({"elements": [CARD]}, "whatsapp")
    assert picture == Content(media=Media(kind="image", url="https://x/1.png"))
    assert words == Content(text="Camisa\nR$ 50", choices=(Choice("Quero", "/want"),))


def test_a_card_with_a_title_only_is_a_text():
    assert contents_of({"elements": [{"title": "Só"}]}, "messenger") == [Content(text="Só")]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_custom_payload_for_several_channels(channel):
    custom = {"whatsapp": {"text": "w"}, "messenger": {"text": "m"}}
    said = [content.text for content in contents_of({"custom": custom}, channel)]
    assert said == {"whatsapp": ["w"], "messenger": ["m"], "instagram": []}[channel]


def test_a_custom_payload_in_our_own_words():
    custom = {"location": {"latitude": -23.5, "longitude": -46.6, "name": "Loja"}}
    assert contents_of({"custom": custom}, "whatsapp") == [
        Content(location=Location(-23.5, -46.6, name="Loja"))
    ]


def test_a_native_custom_payload_is_left_to_the_channel():
    custom = {"type": "text", "text": {"body": "oi"}}
    assert contents_of({"custom": custom}, "whatsapp") == [Content(custom=custom)]
