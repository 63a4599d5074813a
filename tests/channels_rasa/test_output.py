"""The output channels as the host uses them: nothing leaves, all is kept."""

import pytest
from rasa.core.channels.channel import OutputChannel, UserMessage

from connectors.instagram import rasa as instagram
from connectors.messenger import rasa as messenger
from connectors.whatsapp import rasa as whatsapp

OUTPUTS = {
    "whatsapp": whatsapp.WhatsAppOutput,
    "messenger": messenger.MessengerOutput,
    "instagram": instagram.InstagramOutput,
}
ALL = pytest.mark.parametrize("channel", sorted(OUTPUTS))
BUTTONS = [{"title": "Sim", "payload": "/affirm"}, {"title": "Não", "payload": "/deny"}]


@ALL
async def test_a_response_the_channel_cannot_say_leaves_its_words(channel, caplog):
    output = OUTPUTS[channel].collecting()
    await output.send_response("ana", {"text": "Olá", "image": "not an address"})
    await output.send_response("ana", {"custom": {"hologram": 1}})
    await output.send_response("ana", {"text": "Oi", "buttons": ["wrong"]})
    assert [str(native).count("Olá") + str(native).count("Oi") for native in output.natives] == [1, 1]
    assert len(caplog.records) == 3


@ALL
async def test_a_control_is_for_the_platform_and_not_for_the_customer(channel):
    output = OUTPUTS[channel].collecting()
    handoff = {"kind": "handoff", "reason": "asked", "summary": "", "slots": {}}
    await output.send_response("ana", {"text": "Já chamo alguém.", "custom": {"konectus": handoff}})
    await output.send_custom_json(
        "ana", {"konectus": {"kind": "consent", "purpose": "marketing", "state": "out"}}
    )
    await output.send_custom_json("ana", {"konectus": "nonsense"})
    assert output.controls == [handoff, {"kind": "consent", "purpose": "marketing", "state": "out"}]
    assert len(output.natives) == 1
    assert output.answers is output.natives


@ALL
async def test_everything_rasa_can_send_is_collected(channel):
    output = OUTPUTS[channel].collecting()
    await output.send_text_message("ana", "Olá")
    await output.send_image_url("ana", "https://x/1.png")
    await output.send_attachment("ana", "https://x/1.pdf")
    await output.send_text_with_buttons("ana", "Quer?", BUTTONS)
    await output.send_quick_replies("ana", "Quer?", BUTTONS)
    await output.send_elements("ana", [{"title": "Camisa", "subtitle": "R$ 50"}])
    await output.send_custom_json("ana", {"text": "em nossas palavras"})
    assert len(output.natives) == 7
    assert isinstance(output, OutputChannel)
    assert output.name() == channel


async def test_each_channel_draws_buttons_its_own_way():
    drawn = {}
    for channel, kind in OUTPUTS.items():
        output = kind.collecting()
        await output.send_response("ana", {"text": "Quer?", "buttons": BUTTONS})
        (drawn[channel],) = output.natives
    assert drawn["whatsapp"]["interactive"]["type"] == "button"
    assert drawn["messenger"]["message"]["attachment"]["payload"]["template_type"] == "button"
    assert drawn["instagram"] == drawn["messenger"]


@ALL
def test_two_turns_share_nothing(channel):
    one, other = OUTPUTS[channel].collecting(), OUTPUTS[channel].collecting()
    one.natives.append({})
    one.controls.append({})
    assert (other.natives, other.controls) == ([], [])


def test_a_user_message_carries_words_and_what_is_beside_them(event):
    output = OUTPUTS["whatsapp"].collecting()
    message = whatsapp.user_message(
        event("whatsapp", "button_reply"), output, "conversation-1", {"tenant": "t"}
    )
    assert isinstance(message, UserMessage)
    assert (message.text, message.sender_id, message.input_channel) == (
        "/affirm",
        "conversation-1",
        "whatsapp",
    )
    assert message.message_id == "wamid.IN1"
    assert message.output_channel is output
    assert message.metadata["tenant"] == "t"
    assert message.metadata["type"] == "button"


@pytest.mark.parametrize(
    ("channel", "module"), [("whatsapp", whatsapp), ("messenger", messenger), ("instagram", instagram)]
)
def test_a_picture_without_words_is_a_named_event(event, channel, module):
    name = "video"
    message = module.user_message(event(channel, name), OUTPUTS[channel].collecting(), "c", {})
    assert message.text == '/customer_event{"event": "video"}'
