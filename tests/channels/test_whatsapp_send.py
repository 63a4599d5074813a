import json

import pytest

from connectors.events import Accepted, Choice, Content, ContentError, Location, Media, SendError
from connectors.whatsapp.parse import parse
from connectors.whatsapp.send import accepted, envelope, mark_read, path, render

LONG = "Uma frase que se repete. " * 400  # 10,000 characters


def choices(count, title="Opção {}", payload="/pick{}"):
    return tuple(Choice(title.format(n), payload.format(n)) for n in range(count))


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content(), "text"),
        (Content(text="  "), "text"),
        (Content(choices=choices(2)), "text"),
        (Content(text="a", choices=(Choice(" ", "p"),)), "choices"),
        (Content(text="a", choices=(Choice("t", ""),)), "choices"),
        (Content(media=Media("image")), "media"),
        (Content(media=Media("image", url="file:///etc/passwd")), "media.url"),
        (Content(media=Media("image", url="javascript:x")), "media.url"),
        (Content(location=Location(91, 0)), "location"),
        (Content(location=Location(float("nan"), 0)), "location"),
        (Content(template={"name": "Não", "language": {"code": "pt_BR"}}), "template.name"),
        (Content(template={"name": "ok", "language": "pt_BR"}), "template.language"),
        (
            Content(template={"name": "ok", "language": {"code": "pt_BR"}, "components": {}}),
            "template.components",
        ),
    ],
)
def test_what_cannot_be_said_is_named(content, field):
    with pytest.raises(ContentError) as caught:
        render(content)
    assert caught.value.field == field


def test_a_text_is_one_message():
    assert render(Content(text="Olá")) == [{"type": "text", "text": {"body": "Olá", "preview_url": False}}]


def test_a_long_text_is_split_at_sentences():
    bodies = [native["text"]["body"] for native in render(Content(text=LONG))]
    assert len(bodies) == 3
    assert all(len(body) <= 4096 and body.endswith(".") for body in bodies)


def test_a_reply_quotes_in_the_first_part_only():
    natives = render(Content(text=LONG, reply_to="wamid.IN1"))
    assert natives[0]["context"] == {"message_id": "wamid.IN1"}
    assert not any("context" in native for native in natives[1:])


def test_three_choices_are_buttons():
    (native,) = render(Content(text="Qual?", choices=choices(3)))
    assert native["interactive"] == {
        "type": "button",
        "body": {"text": "Qual?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": f"/pick{n}", "title": f"Opção {n}"}} for n in range(3)
            ]
        },
    }


@pytest.mark.parametrize("count", [4, 10])
def test_up_to_ten_choices_are_a_list(count):
    (native,) = render(Content(text="Qual?", choices=choices(count)))
    (section,) = native["interactive"]["action"]["sections"]
    assert native["interactive"]["type"] == "list"
    assert [row["id"] for row in section["rows"]] == [f"/pick{n}" for n in range(count)]
    assert len(native["interactive"]["action"]["button"]) <= 20


def test_more_than_ten_choices_are_a_numbered_text():
    (native,) = render(Content(text="Qual?", choices=choices(11)))
    assert native["text"]["body"].startswith("Qual?\n\n1. Opção 0\n2. Opção 1\n")


def test_a_payload_no_button_can_hold_is_a_numbered_text():
    (native,) = render(Content(text="Qual?", choices=choices(2, payload="/x{}" + "y" * 300)))
    assert native["type"] == "text"


def test_choices_with_a_description_are_a_list():
    (native,) = render(Content(text="Qual?", choices=(Choice("A", "a", "o primeiro"), Choice("B", "b"))))
    assert native["interactive"]["action"]["sections"][0]["rows"] == [
        {"id": "a", "title": "A", "description": "o primeiro"},
        {"id": "b", "title": "B"},
    ]


def test_titles_are_cut_and_stay_unique():
    (native,) = render(Content(text="Qual?", choices=choices(3, title="Falar com o setor de cobrança {}")))
    titles = [button["reply"]["title"] for button in native["interactive"]["action"]["buttons"]]
    assert len(set(titles)) == 3
    assert all(len(title) <= 20 for title in titles)


def test_a_cut_row_title_is_told_in_full_below():
    (native,) = render(Content(text="Qual?", choices=choices(4, title="Falar com o setor de cobrança {}")))
    rows = native["interactive"]["action"]["sections"][0]["rows"]
    assert all(len(row["title"]) <= 24 for row in rows)
    assert [row["description"] for row in rows] == [f"Falar com o setor de cobrança {n}" for n in range(4)]


@pytest.mark.parametrize("count", [2, 5])
def test_one_payload_twice_gets_two_ids_and_comes_back_as_one(count, body):
    (native,) = render(Content(text="Qual?", choices=choices(count, payload="/affirm")))
    action = native["interactive"]["action"]
    named = [button["reply"] for button in action["buttons"]] if count == 2 else action["sections"][0]["rows"]
    assert len({one["id"] for one in named}) == count
    pressed = json.loads(body("whatsapp", "button_reply"))
    reply = pressed["entry"][0]["changes"][0]["value"]["messages"][0]["interactive"]["button_reply"]
    for one in named:
        reply["id"] = one["id"]
        (event,) = parse(json.dumps(pressed).encode()).events
        assert event.message is not None
        assert event.message.payload == "/affirm"


def test_one_link_is_a_button_that_opens_it():
    (native,) = render(Content(text="Veja", choices=(Choice("Rastrear meu pedido agora", "https://x/1"),)))
    assert native["interactive"] == {
        "type": "cta_url",
        "body": {"text": "Veja"},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "Rastrear meu pedido…", "url": "https://x/1"},
        },
    }


def test_links_among_choices_are_written_out():
    links = (Choice("Rastrear", "https://x/1"), Choice("Loja", "https://x/2"))
    (native,) = render(Content(text="Veja", choices=(*links, Choice("Sim", "/affirm"))))
    assert native["interactive"]["body"]["text"] == "Veja\n\nRastrear: https://x/1\nLoja: https://x/2"
    assert len(native["interactive"]["action"]["buttons"]) == 1
    (native,) = render(Content(text="Veja", choices=links))
    assert native["text"] == {"body": "Veja\n\nRastrear: https://x/1\nLoja: https://x/2", "preview_url": True}


@pytest.mark.parametrize(("count", "limit"), [(2, 1024), (5, 4096)])
def test_a_long_text_goes_before_its_buttons(count, limit):
    *before, last = render(Content(text=LONG, choices=choices(count)))
    assert before
    assert all(native["type"] == "text" for native in before)
    assert len(last["interactive"]["body"]["text"]) <= limit
    bodies = [native["text"]["body"] for native in before]
    assert " ".join([*bodies, last["interactive"]["body"]["text"]]) == LONG.strip()


@pytest.mark.parametrize(
    ("media", "native"),
    [
        (
            Media("image", url="https://x/1.png"),
            {"type": "image", "image": {"link": "https://x/1.png", "caption": "Veja"}},
        ),
        (
            Media("document", id="7", filename="boleto.pdf"),
            {"type": "document", "document": {"id": "7", "caption": "Veja", "filename": "boleto.pdf"}},
        ),
        (Media("other", id="7"), {"type": "document", "document": {"id": "7", "caption": "Veja"}}),
    ],
)
def test_media_take_the_text_as_caption(media, native):
    assert render(Content(text="Veja", media=media)) == [native]


@pytest.mark.parametrize("kind", ["audio", "sticker"])
def test_what_has_no_caption_gets_a_text_after_it(kind):
    first, second = render(Content(text="Veja", media=Media(kind, id="7")))
    assert (first, second["text"]["body"]) == ({"type": kind, kind: {"id": "7"}}, "Veja")


def test_a_caption_too_long_becomes_a_text():
    first, second = render(Content(text="Veja. " * 200, media=Media("image", id="7")))
    assert first == {"type": "image", "image": {"id": "7"}}
    assert second["type"] == "text"


def test_a_voice_note_says_so():
    assert render(Content(media=Media("audio", id="7", voice=True)))[0]["audio"] == {"id": "7", "voice": True}


def test_a_place():
    (native,) = render(Content(location=Location(-23.5, -46.6, name="Loja")))
    assert native["location"] == {"latitude": -23.5, "longitude": -46.6, "name": "Loja"}


def test_a_template():
    template = {"name": "pedido_enviado", "language": {"code": "pt_BR"}, "components": []}
    assert render(Content(template=template)) == [{"type": "template", "template": template}]


# --- the call --------------------------------------------------------------------------------

TEXT = {"type": "text", "text": {"body": "oi"}}


@pytest.mark.parametrize(
    ("user", "phone", "to"),
    [
        ("BR.9f3k", "5511955550123", {"to": "+5511955550123", "recipient": "BR.9f3k"}),
        ("BR.9f3k", None, {"recipient": "BR.9f3k"}),
        ("BR.ENT.9f3k", None, {"recipient": "BR.ENT.9f3k"}),
        ("5511955550123", None, {"to": "+5511955550123"}),
        ("5511955550123", "+55 11 95555-0123", {"to": "+5511955550123"}),
    ],
)
def test_the_envelope_addresses_by_phone_and_id(user, phone, to):
    body = envelope(TEXT, user=user, phone=phone, reference="job:77")
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "biz_opaque_callback_data": "job:77",
        **to,
        **TEXT,
    }


def test_the_native_message_cannot_choose_its_recipient():
    body = envelope({**TEXT, "to": "+1", "messaging_product": "x"}, user="551199", phone=None, reference="")
    assert (body["to"], body["messaging_product"]) == ("+551199", "whatsapp")


@pytest.mark.parametrize("account", ["5000", "../me", "a/b", "a?b#c"])
def test_an_account_stays_one_segment_of_the_path(account):
    assert path(account).count("/") == 2
    assert ".." not in path(account) and "?" not in path(account)


@pytest.mark.parametrize(
    "answer", [{}, {"messages": []}, {"messages": [{}]}, {"messages": "x"}, {"messages": [{"id": 1}]}]
)
def test_an_answer_without_an_id_may_have_been_sent(answer):
    with pytest.raises(SendError) as caught:
        accepted(answer)
    assert caught.value.maybe_sent


def test_what_was_accepted():
    by_phone = {"contacts": [{"input": "+55", "wa_id": "5511"}], "messages": [{"id": "wamid.OUT1"}]}
    by_id = {"contacts": [{"input": "BR.x", "user_id": "BR.x"}], "messages": [{"id": "wamid.OUT1"}]}
    assert accepted(by_phone) == Accepted("wamid.OUT1", user="5511")
    assert accepted(by_id) == Accepted("wamid.OUT1", user="BR.x")


def test_reading_and_typing_are_one_call():
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "w"}
    assert mark_read("w", "BR.x") == [read]
    assert mark_read("w", "BR.x", typing=True) == [{**read, "typing_indicator": {"type": "text"}}]
