"""What the thread shows of messages that carry no text of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.whatsapp.parse import parse
from router.rules import shown_text

PAYLOADS = Path(__file__).resolve().parents[1] / "payloads" / "whatsapp"


@pytest.mark.parametrize(
    ("name", "shown"), [("contacts", "Bia +55 11 95555-0999"), ("order", "2 × "), ("text", "")]
)
def test_a_shared_contact_and_an_order_say_what_they_are(name: str, shown: str) -> None:
    [event] = parse((PAYLOADS / f"{name}.json").read_bytes()).events
    assert shown in shown_text(event)
    assert shown_text(event)
