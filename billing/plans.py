"""The plans on offer, as data. A changed price or limit is a new version; versions never change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

SPACE = UUID("5f0a7a53-5b0e-4a0b-9a53-0d7f6a1c2e44")  # plan ids are equal on every installation


@dataclass(frozen=True, slots=True)
class PlanData:
    code: str
    version: int
    name: str
    price_minor: int
    limits: tuple[tuple[str, int], ...]
    currency: str = "BRL"

    @property
    def id(self) -> UUID:
        return uuid5(SPACE, f"{self.code}:{self.version}")


PLANS = (
    PlanData("essencial", 1, "Essencial", 14_900, (("agents", 3), ("channels", 2), ("contacts", 1_000))),
    PlanData(
        "profissional", 1, "Profissional", 39_900, (("agents", 10), ("channels", 6), ("contacts", 10_000))
    ),
    PlanData("empresa", 1, "Empresa", 99_900, (("agents", 50), ("channels", 20), ("contacts", 100_000))),
)


def _seed(plan: PlanData) -> list[str]:
    limits = ", ".join(f"('{plan.id}', '{key}', 'limit', {value})" for key, value in plan.limits)
    return [
        "INSERT INTO plan (id, code, version, name, currency, price_minor) VALUES "  # noqa: S608 - from constants above
        f"('{plan.id}', '{plan.code}', {plan.version}, '{plan.name}', '{plan.currency}', {plan.price_minor}) "
        "ON CONFLICT DO NOTHING",
        f"INSERT INTO entitlement (plan_id, key, kind, value) VALUES {limits} ON CONFLICT DO NOTHING",  # noqa: S608 - from constants above
    ]


# Run by migrations as the owner of the tables; may be run again.
SEED: list[str] = [statement for plan in PLANS for statement in _seed(plan)]
