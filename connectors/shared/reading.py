"""Reading what a stranger wrote: JSON that may hold any type anywhere becomes plain, clean values or None.

Nothing here raises but Unparsable (the body is no JSON object) and BadItem (one item lacks what it needs).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from connectors.events import Event, Parsed, Rejected, Unparsable

Json = dict[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LATEST = 4_102_444_800_000  # the year 2100, in milliseconds
MILLISECONDS_FROM = 100_000_000_000  # a smaller number of seconds ends in the year 5138
ID_LIMIT = 1024
KEY_LIMIT = 400  # keys live in a unique index
SURROGATE = re.compile("[\ud800-\udfff]")

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_encode_sorted = msgspec.json.Encoder(order="sorted").encode
_utf8 = str.encode


class BadItem(ValueError):
    """One item cannot be read; the message says which field is at fault."""


# --- bodies ----------------------------------------------------------------------------------


def read_body(body: bytes, read_object: Callable[[Json, Sink], None]) -> Parsed:
    """Give every object of the body to `read_object`: one, or (Instagram) a list of them."""
    sink = Sink()
    try:
        top = _loads(body)
        sink.each(top if isinstance(top, list) else [top], _read_if_object, read_object, sink)
    except RecursionError as problem:
        raise Unparsable("nested too deeply") from problem
    return Parsed(events=tuple(sink.events), rejected=tuple(sink.rejected))


class Sink:
    """Collects events, and rejects what cannot be read without losing its neighbours."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.rejected: list[Rejected] = []

    def each(self, items: list[Any], read: Callable[..., Any], *args: Any) -> None:
        """Call `read` for each item, apart from the others."""
        for item in items:
            try:
                read(item, *args)
            except BadItem as problem:
                self.rejected.append(Rejected(reason=str(problem), raw=raw(item)))

    def collect(self, items: list[Any], read: Callable[..., Event], *args: Any) -> None:
        """As `each`, for a `read` that returns the event of an object."""
        for item in items:
            try:
                self.events.append(read(need_object(item), *args))
            except BadItem as problem:
                self.rejected.append(Rejected(reason=str(problem), raw=raw(item)))

    @property
    def size(self) -> int:
        return len(self.events) + len(self.rejected)


def need_object(item: Any) -> Json:
    if not isinstance(item, dict):
        raise BadItem("not an object")
    return item


def _read_if_object(item: Any, read: Callable[[Json, Sink], None], sink: Sink) -> None:
    read(need_object(item), sink)


def _loads(body: bytes) -> Json | list[Any]:
    top: Any
    try:
        # PostgreSQL stores no NUL in text, so a body that spells one takes the cleaning path.
        top = _decode(body) if b"\\u0000" not in body else _loads_strange(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        top = _loads_strange(body)
    if not isinstance(top, (dict, list)):
        raise Unparsable("not an object or a list")
    return top


def _loads_strange(body: bytes) -> Any:
    """Lone surrogates, NaN, numbers beyond all bounds: one such value must not cost a batch of a thousand."""
    text = bytes(body).decode("utf-8", "replace")
    try:
        return _clean(json.loads(text, parse_int=_int, parse_float=_float, parse_constant=lambda _: None))
    except ValueError as problem:
        raise Unparsable(str(problem)[:200]) from problem


def _int(digits: str) -> int | None:
    return int(digits) if len(digits) <= 40 else None


def _float(digits: str) -> float | None:
    value = float(digits)
    return value if -1e308 < value < 1e308 else None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value).replace("\x00", "")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


# --- values ----------------------------------------------------------------------------------


def raw(item: Any) -> msgspec.Raw:
    return msgspec.Raw(_encode(item))


def obj(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def maybe_obj(value: Any) -> Json | None:
    return value if isinstance(value, dict) and value else None


def need_obj(parent: Json, name: str) -> Json:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise BadItem(name)
    return value


def items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def objects(value: Any) -> Iterator[Json]:
    return (item for item in items(value) if isinstance(item, dict))


def text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def ident(value: Any) -> str | None:
    """An id: Meta mostly sends strings, sometimes the bare number."""
    if isinstance(value, str):
        return value if 0 < len(value) <= ID_LIMIT else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**40:
        return str(value)
    return None


def need_ident(parent: Json, name: str) -> str:
    value = ident(parent.get(name))
    if value is None:
        raise BadItem(name)
    return value


def number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if -1e15 < value < 1e15 else None


def flag(value: Any) -> bool:
    return value is True


def when(value: Any) -> datetime | None:
    """Seconds (WhatsApp, as text or number) or milliseconds (Messenger, Instagram) since 1970."""
    if isinstance(value, str) and 0 < len(value) <= 15 and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < LATEST:
        return None
    if value >= MILLISECONDS_FROM:
        return EPOCH + timedelta(milliseconds=value)
    return EPOCH + timedelta(seconds=value) if value * 1000 < LATEST else None


def need_when(*values: Any) -> datetime:
    for value in values:
        moment = when(value)
        if moment is not None:
            return moment
    raise BadItem("timestamp")


# --- keys ------------------------------------------------------------------------------------


def key(*parts: str) -> str:
    """Parts joined by colons; what an index could not hold becomes its hash."""
    joined = ":".join(parts)
    return joined if len(joined) <= KEY_LIMIT else f"{parts[0][:20]}:{_sha(_utf8(joined))}"


def digest(*parts: Any) -> str:
    """A key made of content, the same for the same JSON whatever the order of its members."""
    return _sha(_encode_sorted(parts))


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:40]
