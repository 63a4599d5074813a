"""Messenger for Rasa. In credentials.yml: verify_token, app_secret, access_token, page_id [, graph_url]."""

from __future__ import annotations

from connectors.shared.rasa import ChannelInput, ChannelOutput, user_message

__all__ = ["MessengerInput", "MessengerOutput", "user_message"]


class MessengerOutput(ChannelOutput):
    channel = "messenger"


class MessengerInput(ChannelInput):
    output = MessengerOutput
    account_keys = ("page_id",)
