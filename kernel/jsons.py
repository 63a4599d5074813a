"""JSON as text, by msgspec: structs, datetimes and UUIDs included."""

from __future__ import annotations

from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def dumps(value: Any) -> str:
    # PostgreSQL's jsonb refuses U+0000, which a hostile body may carry.
    text = _encoder.encode(value).decode()
    return text.replace("\\u0000", "") if "\\u0000" in text else text


def loads(text: str | bytes) -> Any:
    return _decoder.decode(text)


def plain(value: Any) -> Any:
    """Structs to dicts and lists, the form that JSON columns take."""
    return msgspec.to_builtins(value)
