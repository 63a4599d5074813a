"""Is it really Meta that calls the Messenger webhook?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.meta import verify_challenge, verify_signature


def verify(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """`header` is X-Hub-Signature-256; `secrets` the app secret, and the previous one during a rotation."""
    return verify_signature(body, header, secrets)


def challenge(query: Mapping[str, str], token: str) -> str | None:
    return verify_challenge(query, token)
