from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from accounts import service, terms
from accounts.passwords import Guard, Passwords
from accounts.schemas import LoginIn, Me, SignUpIn
from kernel.db import Database, Tx
from kernel.ids import new_id
from kernel.web import Operator

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PASSWORD = "um-cavalo-bom-7"


class Desk:
    """Does what the handlers do, and remembers what was counted against the plan."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.passwords = Passwords.cheap()
        self.guard = Guard()
        self.counted: list[tuple[str, int]] = []

    async def reserve(self, tx: Tx, key: str, n: int) -> None:
        self.counted.append((key, n))

    async def release(self, tx: Tx, key: str, n: int) -> None:
        self.counted.append((key, -n))

    async def created(self, tx: Tx, tenant_id: UUID) -> None:
        assert tx.tenant_id == tenant_id

    async def sign_up(self, email: str | None = None, **given: Any) -> tuple[Me, str]:
        body = {
            "company": "Padaria Sol", "name": "Olívia", "email": email or f"{new_id()}@example.com",
            "password": PASSWORD, "terms_version": terms.VERSION,
        } | given  # fmt: skip
        return await service.sign_up(
            self.db, SignUpIn(**body), passwords=self.passwords, now=NOW, ip="192.0.2.1", agent="test",
            on_created=self.created, reserve=self.reserve,
        )  # fmt: skip

    async def log_in(self, email: str, password: str = PASSWORD, now: datetime = NOW, **given: Any):
        given = {"ip": "192.0.2.9", "agent": "test"} | given
        return await service.log_in(
            self.db, LoginIn(email, password), passwords=self.passwords, guard=self.guard, now=now, **given
        )


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(db)


def operator(me: Me, **given: Any) -> Operator:
    values = {"tenant_id": me.tenant.id, "user_id": me.user.id, "role": me.user.role} | given
    return Operator(**values)
