"""Decisions of accounts: who may grant or change what, how long to lock, which passwords are too weak."""

from __future__ import annotations

import ipaddress
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.schemas import Locale, Role

ORDER: tuple[Role, ...] = ("agent", "supervisor", "admin", "owner")
SESSION_LIFE = timedelta(days=14)  # slides with use
INVITE_LIFE = timedelta(days=7)
TIMEZONES: dict[Locale, str] = {"pt-BR": "America/Sao_Paulo", "es": "America/Mexico_City", "en": "UTC"}

# Of eight characters or more; shorter ones are refused by the wire type.
WORDS = (
    "12345678 123456789 1234567890 87654321 0123456789 123123123 11111111 00000000 12341234 1q2w3e4r "
    "1qaz2wsx q1w2e3r4 qwertyui qwertyuiop qwerty12 qwerty123 asdfghjk asdfghjkl zxcvbnm1 zaq12wsx "
    "password password1 password12 password123 passw0rd p@ssw0rd p@ssword letmein1 welcome1 welcome123 "
    "iloveyou iloveyou1 football baseball superman princess sunshine trustno1 whatever computer internet "
    "abc12345 abcd1234 abcdefgh abc123456 a1b2c3d4 admin123 admin1234 administrator changeme changeme1 "
    "senha123 senha1234 senha12345 minhasenha mudar123 mudarsenha brasil123 brasil10 flamengo "
    "corinthians palmeiras vascodagama gremio123 saopaulo saopaulo1 santos123 botafogo fluminense "
    "jesuscristo jesus123 deusefiel deus1234 familia1 amor1234 teamo123 meuamor1 felicidade estrela1 "
    "contrasena contrasena1 contraseña contraseña1 clave123 clave1234 teamomucho realmadrid barcelona "
    "mexico123 argentina colombia1 hola1234 holahola whatsapp whatsapp1 facebook instagram atendimento"
)
COMMON = frozenset(WORDS.split())


@dataclass(frozen=True, slots=True)
class Policy:
    """The `free`-th failure locks for `first`, each further one twice as long up to `longest`;
    failures are forgotten when none came for `memory`."""

    free: int
    first: timedelta
    longest: timedelta
    memory: timedelta


PER_ACCOUNT = Policy(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(days=1))
PER_NETWORK = Policy(30, timedelta(minutes=1), timedelta(minutes=15), timedelta(minutes=10))


def after_failure(
    policy: Policy, failed: int, failed_at: datetime | None, now: datetime
) -> tuple[int, datetime | None]:
    """Failures counted with one more, and until when the door is locked."""
    if failed_at is None or now - failed_at > policy.memory:
        failed = 0
    failed += 1
    if failed < policy.free:
        return failed, None
    doublings = min(failed - policy.free, 20)
    return failed, now + min(policy.first * 2**doublings, policy.longest)


def network(ip: str) -> str:
    """What one visitor controls: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv4Address):
        return ip
    return str(ipaddress.ip_network((address, 64), strict=False))


def plain_email(email: str) -> str:
    return email.strip().lower()


def plain_password(password: str) -> str:
    """The same characters however the keyboard composed them."""
    return unicodedata.normalize("NFC", password)


def is_weak(password: str, *known: str) -> bool:
    """Common, of two characters only, or what anybody knows of this person (`known`)."""
    plain = plain_password(password).casefold()
    if plain in COMMON or len(set(plain)) < 3:
        return True
    facts = {fact.casefold() for given in known for fact in (given, given.partition("@")[0])}
    return plain in facts


def rank(role: Role) -> int:
    return ORDER.index(role)


def above(role: Role) -> tuple[Role, ...]:
    return ORDER[rank(role) + 1 :]


def may_grant(actor: Role, role: Role) -> bool:
    """Owners grant any role; admins any but owner; others none."""
    return rank(actor) >= rank("admin") and rank(role) <= rank(actor)


def may_change(actor: Role, *, own: bool, target: Role, rights: bool) -> bool:
    """May this actor change a user of role `target`? `rights`: role or activity, not just name or language."""
    if own and not rights:
        return True
    return rank(actor) >= rank("admin") and rank(target) <= rank(actor)
