"""Bases of wire types: what comes in forbids unknown fields, what goes out has no defaults."""

from __future__ import annotations

from typing import Annotated

import msgspec


class In(msgspec.Struct, forbid_unknown_fields=True):
    """A request body or query."""


class Out(msgspec.Struct):
    """A reply. Fields have no defaults, so that clients may rely on each."""


Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
LongText = Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]
Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
