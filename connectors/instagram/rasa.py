"""Instagram for Rasa. In credentials.yml: verify_token, app_secret, access_token, account_id [, page_id, graph_url].

With Instagram login graph_url is https://graph.instagram.com. With Facebook login page_id is needed as well:
messages are sent through the Page.
"""

from __future__ import annotations

from connectors.shared.rasa import ChannelInput, ChannelOutput, user_message

__all__ = ["InstagramInput", "InstagramOutput", "user_message"]


class InstagramOutput(ChannelOutput):
    channel = "instagram"


class InstagramInput(ChannelInput):
    output = InstagramOutput
    account_keys = ("account_id", "page_id")
