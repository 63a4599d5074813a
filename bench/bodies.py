"""Signed WhatsApp texts: the n-th of a run is always the same bytes, no two are equal."""

from __future__ import annotations

import hashlib
import hmac
import json

SECRET = "app-secret-of-the-bench"
VERIFY = "verify-token-of-the-bench"
ACCOUNT = "500000000000202"
BUSINESS = "400000000000101"
PATH = "/webhooks/whatsapp"
TEXTS = (
    "oi",
    "bom dia, tudo bem? 😀",
    "qual o horário de vocês no sábado?",
    "cadê meu pedido 48213? comprei faz uma semana e até agora nada",
    "quero a segunda via do boleto, por favor",
    "vcs entregam em Niterói? qual o prazo e quanto fica o frete pra lá?",
)


def message(user: str, id_: str, text: str, at: int) -> bytes:
    """A webhook body as Meta writes it: compact, everything outside ASCII escaped."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5511955500001", "phone_number_id": ACCOUNT},
        "contacts": [{"profile": {"name": "Ana Teste"}, "wa_id": user}],
        "messages": [{"from": user, "id": id_, "timestamp": str(at), "type": "text", "text": {"body": text}}],
    }
    change = {"field": "messages", "value": value}
    body = {"object": "whatsapp_business_account", "entry": [{"id": BUSINESS, "changes": [change]}]}
    return json.dumps(body, separators=(",", ":")).encode()


class Mix:
    """The bodies of one run, made from ready halves: signing is all that is left to do for each."""

    def __init__(self, run: str, at: int = 1_790_000_000) -> None:
        self._key = SECRET.encode()
        self._halves = [
            tuple(message("5511955550123", f"wamid.{run}.@@", text, at).split(b"@@")) for text in TEXTS
        ]

    def body(self, n: int) -> bytes:
        before, after = self._halves[n % len(self._halves)]
        return b"%b%010d%b" % (before, n, after)

    def request(self, n: int, host: str) -> bytes:
        return post(self.body(n), host, self._key)


def post(body: bytes, host: str, key: bytes) -> bytes:
    """A signed webhook as it goes over the wire."""
    return (
        b"POST %b HTTP/1.1\r\nHost: %b\r\nContent-Type: application/json\r\n"
        b"User-Agent: facebookexternalua\r\nX-Hub-Signature-256: sha256=%b\r\nContent-Length: %d\r\n\r\n%b"
    ) % (PATH.encode(), host.encode(), signature(body, key).encode(), len(body), body)


def signature(body: bytes, key: bytes) -> str:
    return hmac.digest(key, body, "sha256").hex()


def mark(body: bytes) -> bytes:
    """By this hash the platform knows a body again."""
    return hashlib.sha256(b"whatsapp\0" + body).digest()
