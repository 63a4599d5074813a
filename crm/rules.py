"""Decisions of the CRM: plain forms of words, phones and order numbers; stop words; values of fields."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from crm.schemas import FieldValue

MAX_WORDS = 6  # of a search; more would only cost time
MAX_FIELDS = 100
MAX_TEXT = 2000

OUT = frozenset(
    {
        "parar", "pare", "parar mensagens", "parar de receber", "parar de receber mensagens", "sair",
        "sair da lista", "quero sair", "cancelar", "cancele", "cancelar inscricao", "cancelar mensagens",
        "descadastrar", "descadastre", "descadastrar me", "me descadastre", "remover", "remova", "me remova",
        "remover meu numero", "nao quero receber", "nao quero receber mensagens", "nao quero mais receber",
        "nao quero mais receber mensagens", "nao me mande mais mensagens", "nao envie mais mensagens",
        "baja", "alto", "dar de baja", "darme de baja", "dame de baja", "detener", "cancelar suscripcion",
        "no quiero recibir", "no quiero recibir mensajes", "no quiero recibir mas mensajes",
        "no quiero mas mensajes", "no me envien mas mensajes",
        "stop", "stop all", "stopall", "stop messages", "stop promotions", "unsubscribe", "unsubscribe me",
        "opt out", "optout", "cancel", "end", "quit", "revoke",
    }
)  # fmt: skip
IN = frozenset(
    {
        "voltar", "voltar a receber", "quero voltar a receber", "quero receber", "quero receber mensagens",
        "reativar", "inscrever", "me inscreva", "alta", "volver", "quiero recibir", "quiero recibir mensajes",
        "suscribir", "suscribirme", "reanudar", "start", "unstop", "resume", "subscribe", "opt in", "optin",
    }
)  # fmt: skip


def plain(words: str) -> str:
    """Lower case without accents; what a search compares."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.split())


def stop_word(words: str) -> Literal["out", "in"] | None:
    """Does the whole message ask to stop (out) or resume (in)? Case, accents, signs and emoji do not matter."""
    if len(words) > 100:
        return None
    bare = " ".join(re.findall(r"[a-z0-9]+", plain(words)))
    bare = re.sub(r"\b(por favor|please)\b", "", bare).strip()
    return "out" if bare in OUT else "in" if bare in IN else None


def phone_digits(phone: str, country: str = "") -> str:
    """Digits with country code. `country` completes a national number of ten or eleven digits."""
    digits = "".join(c for c in phone if c in "0123456789")
    if phone.strip().startswith("+"):
        return digits
    digits = digits.lstrip("0")
    return country + digits if country and len(digits) in (10, 11) else digits


def phone_key(digits: str) -> str:
    """One spelling of each number. Brazil's mobiles exist with and without a ninth digit, and Mexico's with
    and without a 1 after the country code, for the same telephone."""
    if re.fullmatch(r"55[1-9]\d[6-9]\d{7}", digits):
        return f"{digits[:4]}9{digits[4:]}"
    if re.fullmatch(r"521\d{10}", digits):
        return f"52{digits[3:]}"
    return digits


def search_text(name: str | None, phone: str | None, email: str | None) -> str:
    """What contacts are found by. The phone stands there in both spellings, where there are two."""
    key = phone_key(phone) if phone else None
    parts = [plain(name) if name else None, phone, key if key != phone else None, plain(email or "")]
    return " ".join(part for part in parts if part)


def search_patterns(query: str) -> list[str]:
    """LIKE patterns of which each must match. Words of one or two letters match the beginning only."""
    words = plain(query[:200]).split()
    if re.fullmatch(r"[+\d\s().-]+", query) and any(c.isdigit() for c in query):
        words = ["".join(c for c in query if c.isdigit())]
    escaped = [re.sub(r"([\\%_])", r"\\\1", word) for word in words[:MAX_WORDS]]
    return [f"%{word}%" if len(word) > 2 else f"{word}%" for word in escaped]


def order_number(number: str) -> str:
    """How people write it does not matter: "#ab 12" is AB12."""
    return "".join(number.split()).lstrip("#").upper()


def field_problem(type_: str, choices: Sequence[str], value: FieldValue) -> str | None:
    """Why a value does not fit, None when it does."""
    if type_ == "boolean":
        return None if isinstance(value, bool) else "must be true or false"
    if type_ == "number":
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        return None if fits else "must be a number"
    if not isinstance(value, str) or not value or len(value) > MAX_TEXT:
        return f"must be a text of 1 to {MAX_TEXT} characters"
    if type_ == "choice":
        return None if value in choices else "must be one of the choices"
    return _date_problem(value) if type_ == "date" else None


def _date_problem(value: str) -> str | None:
    try:
        fits = len(value) == 10 and date.fromisoformat(value) is not None
    except ValueError:
        fits = False
    return None if fits else "must be a date like 2026-11-25"


def merged_fields(old: Mapping[str, FieldValue], new: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Given values replace old ones; null removes."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}


def is_signed(message: bytes, header: str | None, secret: str) -> bool:
    """Is the header `sha256=<HMAC of the message>`? Never without a secret."""
    if not secret or not header:
        return False
    expected = "sha256=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode())
