"""Messages that a tenant wrote in WhatsApp's own JSON."""

import pytest

from connectors.events import Content, ContentError
from connectors.whatsapp.send import render

BUTTON = {"type": "reply", "reply": {"id": "a", "title": "A"}}


def interactive(kind, action, **more):
    return {
        "type": "interactive",
        "interactive": {"type": kind, "body": {"text": "b"}, "action": action, **more},
    }


def rows(count, **more):
    return [{"id": str(n), "title": f"t{n}", **more} for n in range(count)]


@pytest.mark.parametrize(
    ("custom", "field"),
    [
        ({}, "custom.type"),
        ({"type": []}, "custom.type"),
        ({"type": "poll", "poll": {}}, "custom.type"),
        ({"type": "text"}, "custom.text"),
        ({"type": "text", "text": "oi"}, "custom.text"),
        ({"type": "text", "text": {"body": "x" * 4097}}, "custom.text.body"),
        ({"type": "text", "text": {"body": "oi"}, "to": "+55"}, "custom.to"),
        ({"type": "text", "text": {"body": "oi"}, "recipient": "BR.x"}, "custom.recipient"),
        (
            {"type": "text", "text": {"body": "oi"}, "biz_opaque_callback_data": "x"},
            "custom.biz_opaque_callback_data",
        ),
        ({"type": "image", "image": {"id": "1", "link": "https://x"}}, "custom.image"),
        ({"type": "image", "image": {"id": "1", "caption": "x" * 1025}}, "custom.image.caption"),
        ({"type": "contacts", "contacts": {}}, "custom.contacts"),
        ({"type": "location", "location": {"latitude": 0, "longitude": 181}}, "custom.location.longitude"),
        ({"type": "reaction", "reaction": {"message_id": "w"}}, "custom.reaction.emoji"),
        ({"type": "template", "template": {"name": "x"}}, "template.language"),
        (interactive("poll", {}), "custom.interactive.type"),
        (interactive("button", {"buttons": []}), "custom.interactive.action.buttons"),
        (interactive("button", {"buttons": [BUTTON] * 4}), "custom.interactive.action.buttons"),
        (interactive("button", {"buttons": [BUTTON] * 2}), "custom.interactive.action.buttons"),
        (interactive("button", {"buttons": [None]}), "custom.interactive.action.buttons"),
        (
            interactive("button", {"buttons": [BUTTON]}, body={"text": "x" * 1025}),
            "custom.interactive.body.text",
        ),
        (
            interactive("button", {"buttons": [BUTTON]}, footer={"text": "x" * 61}),
            "custom.interactive.footer.text",
        ),
        (
            interactive("list", {"button": "Ver", "sections": [{"rows": rows(11)}]}),
            "custom.interactive.action.sections",
        ),
        (interactive("list", {"button": "x" * 21, "sections": []}), "custom.interactive.action.button"),
        (
            interactive("list", {"button": "Ver", "sections": [{"rows": rows(1)}, {"rows": rows(1)}]}),
            "custom.interactive.action.sections.title",
        ),
        (
            interactive("list", {"button": "Ver", "sections": [{"rows": rows(1, description="x" * 73)}]}),
            "custom.interactive.action.sections.description",
        ),
    ],
)
def test_a_custom_message_out_of_bounds_is_refused(custom, field):
    with pytest.raises(ContentError) as caught:
        render(Content(custom=custom))
    assert caught.value.field == field


@pytest.mark.parametrize(
    "custom",
    [
        {"type": "text", "text": {"body": "oi", "preview_url": True}, "context": {"message_id": "w"}},
        {"type": "image", "image": {"link": "https://x/1.png", "caption": "c"}},
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana", "first_name": "Ana"}}]},
        {"type": "reaction", "reaction": {"message_id": "w", "emoji": ""}},
        interactive(
            "button", {"buttons": [BUTTON]}, header={"type": "text", "text": "h"}, footer={"text": "f"}
        ),
        interactive("list", {"button": "Ver", "sections": [{"rows": rows(10)}]}, body={"text": "x" * 4096}),
        interactive(
            "cta_url", {"name": "cta_url", "parameters": {"display_text": "Ver", "url": "https://x"}}
        ),
        interactive("request_contact_info", {"name": "request_contact_info"}),
    ],
)
def test_a_custom_message_within_bounds_passes_as_it_is(custom):
    assert render(Content(custom=custom)) == [custom]
