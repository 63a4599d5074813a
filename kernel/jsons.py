"""JSON as text, by msgspec: structs, datetimes and UUIDs included."""

from __future__ import annotations

import re
from typing import Any

import msgspec

NUL = re.compile(r"(?<!\\)((?:\\\\)*)(?:\\u0000)+")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def dumps(value: Any) -> str:
    # PostgreSQL's jsonb refuses U+0000, which a hostile body may carry. A backslash before the escape
    # makes it six plain characters, which stay.
    text = _encoder.encode(value).decode()
    return NUL.sub(r"\1", text) if "\\u0000" in text else text


def loads(text: str | bytes) -> Any:
    return _decoder.decode(text)


def plain(value: Any) -> Any:
    """Structs to dicts and lists, the form that JSON columns take."""
    return msgspec.to_builtins(value)
