"""Row-level security and grants, derived from the metadata; run by migrations.

Roles: `konectus_app` sees one tenant at a time (setting app.tenant, set per transaction);
`konectus_dispatch` sees the tables that say so in their info. Neither owns or bypasses anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import MetaData, Table

APP = "konectus_app"
DISPATCH = "konectus_dispatch"
SEARCH = "konectus_search"  # owns SECURITY DEFINER search functions; nobody logs in as it
ALL = "select,insert,update,delete"
TENANT = "NULLIF(current_setting('app.tenant', true), '')::uuid"


def roles() -> Iterator[str]:
    for role in (APP, DISPATCH, SEARCH):
        yield (
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        yield f"GRANT {role} TO CURRENT_USER"
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {DISPATCH}, {SEARCH}"


def statements(metadata: MetaData) -> Iterator[str]:
    """Policies and grants for every table, in a stable order."""
    for table in metadata.sorted_tables:
        yield from _rights(table, APP, str(table.info.get("app", ALL)))
        yield from _rights(table, DISPATCH, str(table.info.get("dispatch", "")))
        if "tenant_id" in table.c:
            yield from _policies(table)


def _rights(table: Table, role: str, rights: str) -> Iterator[str]:
    for right in re.findall(r"\w+(?:\([^)]*\))?", rights):
        yield f'GRANT {right} ON "{table.name}" TO {role}'


def _policies(table: Table) -> Iterator[str]:
    name = table.name
    yield f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY'
    yield (
        f'CREATE POLICY tenant ON "{name}" TO {APP}, {SEARCH} '
        f"USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
    )
    if table.info.get("dispatch"):
        yield f'CREATE POLICY dispatch ON "{name}" TO {DISPATCH} USING (true) WITH CHECK (true)'
