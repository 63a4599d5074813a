"""WhatsApp for Rasa. In credentials.yml: verify_token, app_secret, access_token, phone_number_id [, graph_url]."""

from __future__ import annotations

from connectors.shared.rasa import ChannelInput, ChannelOutput, user_message

__all__ = ["WhatsAppInput", "WhatsAppOutput", "user_message"]


class WhatsAppOutput(ChannelOutput):
    channel = "whatsapp"


class WhatsAppInput(ChannelInput):
    output = WhatsAppOutput
    account_keys = ("phone_number_id",)
