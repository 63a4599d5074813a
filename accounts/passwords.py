"""Secrets: passwords (slow hashes, in threads), random tokens (fast hashes), and how often one may guess."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from accounts.errors import Busy, Locked
from accounts.rules import PER_ACCOUNT, PER_NETWORK, Policy, after_failure, network, plain_password


class Passwords:
    """Argon2id off the event loop, a few at a time: each costs memory and a core."""

    def __init__(
        self, *, time_cost: int = 2, memory_kib: int = 19_456, workers: int = 2, waiting: int = 100
    ) -> None:
        """`waiting`: how many may stand in line before the next is sent away."""
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="passwords")
        self._free = asyncio.Semaphore(workers)
        self._line = 0
        self._longest = waiting + workers
        self._nobody = self._hasher.hash(secrets.token_urlsafe())  # checked when there is no account

    @classmethod
    def cheap(cls) -> Passwords:
        """For tests and demos of many accounts: the same code at a hundredth of the cost."""
        return cls(time_cost=1, memory_kib=8)

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._hasher.hash(plain_password(password)))

    async def verify(self, known: str | None, password: str) -> bool:
        """`known` None (no account, or no password yet) takes as long as a wrong password."""
        right = await self._run(lambda: self._matches(known or self._nobody, password))
        return right and known is not None

    def outdated(self, known: str) -> bool:
        return self._hasher.check_needs_rehash(known)

    def close(self) -> None:
        self._pool.shutdown(wait=False)

    def _matches(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, plain_password(password))
        except (Argon2Error, InvalidHashError):
            return False

    async def _run[T](self, work: Callable[[], T]) -> T:
        if self._line >= self._longest:
            raise Busy()
        self._line += 1
        try:
            async with self._free:
                return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._line -= 1


class Throttle:
    """Failures by key, in this process's memory."""

    def __init__(self, policy: Policy, size: int = 20_000) -> None:
        self._policy = policy
        self._size = size
        self._failures: dict[str, tuple[int, datetime, datetime | None]] = {}

    def require(self, key: str, now: datetime) -> None:
        _, _, until = self._failures.get(key, (0, now, None))
        if until is not None and until > now:
            raise Locked((until - now).total_seconds())

    def failed(self, key: str, now: datetime) -> None:
        count, at, _ = self._failures.pop(key, (0, now, None))
        count, until = after_failure(self._policy, count, at, now)
        self._failures[key] = (count, now, until)
        while len(self._failures) > self._size:
            del self._failures[next(iter(self._failures))]  # the one that failed longest ago


class Guard:
    """Who guesses from one network, or at addresses without an account, meets the same locks as at a real one."""

    def __init__(self) -> None:
        self._networks = Throttle(PER_NETWORK)
        self._addresses = Throttle(PER_ACCOUNT)

    def require(self, ip: str, now: datetime, email: str = "") -> None:
        self._networks.require(network(ip), now)
        if email:
            self._addresses.require(fingerprint(email), now)

    def failed(self, ip: str, now: datetime) -> None:
        self._networks.failed(network(ip), now)

    def unknown(self, email: str, now: datetime) -> None:
        self._addresses.failed(fingerprint(email), now)


def new_secret() -> str:
    """256 bits from the system, in 43 characters for URLs and cookies."""
    return secrets.token_urlsafe(32)


def new_token() -> tuple[str, str]:
    """An API token and its prefix, by which people tell tokens apart."""
    prefix = secrets.token_hex(4)
    return f"kt_{prefix}_{secrets.token_hex(32)}", prefix


def fingerprint(secret: str) -> str:
    """How a random secret is stored. It cannot be guessed, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
