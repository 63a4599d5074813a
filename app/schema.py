"""All tables of all services on one metadata, and the SQL that makes them."""

from __future__ import annotations

from collections.abc import Iterator

import accounts.model
import billing.model
import connectors.model
import crm.model
import kernel.model
import router.model
from billing.plans import SEED
from crm.store import FUNCTIONS
from kernel import ddl
from kernel.schema import metadata

MODELS = (accounts.model, billing.model, connectors.model, crm.model, kernel.model, router.model)


def statements() -> Iterator[str]:
    yield from ddl.statements(metadata, [*FUNCTIONS, *SEED])
