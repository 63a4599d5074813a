"""Every query is in a store; nobody commits but the kernel's edge; one file knows Stripe."""

import ast
from pathlib import Path

import pytest

from tests.shape import tree

VERBS = {"select", "insert", "update", "delete", "text"}
RUNS = {"execute", "executemany", "exec_driver_sql", "fetch", "fetchrow", "fetchval", "copy_records_to_table"}
EDGES = {"commit", "begin", "rollback", "begin_nested"}
EDGE_FILES = {"kernel/db.py", "kernel/migrate.py"}
HOMES = {"store.py", "model.py"}  # model.py: text( in constraints and defaults


def sqlalchemy_names(module: ast.Module) -> set[str]:
    """What the verbs of SQLAlchemy are called in this module."""
    return {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name in VERBS
    }


def queries(source: str) -> list[str]:
    module = tree.parse(source)
    verbs = sqlalchemy_names(module)
    found = []
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) if name in verbs:
                found.append(f"{node.lineno} {name}(")
            case ast.Attribute(value=ast.Name(id="sa" | "sqlalchemy"), attr=name) if name in VERBS:
                found.append(f"{node.lineno} {name}(")
            case ast.Attribute(attr=name) if name in RUNS:
                found.append(f"{node.lineno} .{name}(")
    return found


def edges(source: str) -> list[str]:
    return [
        f"{node.lineno} .{node.func.attr}("
        for node in ast.walk(tree.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in EDGES
    ]


def imports_stripe(source: str) -> bool:
    names = [
        alias.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(tree.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    return any(name.split(".")[0] == "stripe" for name in names)


def is_home(path: Path) -> bool:
    return path.name in HOMES or path.stem.endswith("_store") or "store" in path.parts[:-1]


def test_queries_are_in_stores_only() -> None:
    files = [path for path in tree.python_files(*tree.SERVICES, "app", "actions") if not is_home(path)]
    found = {str(path): queries(tree.text(path)) for path in files}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_transactions_begin_and_end_at_the_edge_only() -> None:
    files = tree.python_files(*tree.SERVICES, "app", "actions", "kernel")
    found = {str(path): edges(tree.text(path)) for path in files if str(path) not in EDGE_FILES}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_one_file_of_billing_knows_stripe() -> None:
    folders = (*tree.SERVICES, "app", "actions", "kernel")
    found = [str(path) for path in tree.python_files(*folders) if imports_stripe(tree.text(path))]
    assert len(found) <= 1
    assert all(path.startswith("billing/") for path in found)


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import select\nselect(1)",
        "from sqlalchemy import text as sql\nsql('SELECT 1')",
        "import sqlalchemy as sa\nsa.text('SELECT 1')",
        "async def f(conn): await conn.execute('SELECT 1')",
        "async def f(tx): return await tx.raw.fetchval('SELECT 1')",
    ],
)
def test_the_query_check_sees_a_query(source: str) -> None:
    assert queries(source)


def test_the_query_check_leaves_other_words_alone() -> None:
    assert queries("from connectors.shared.reading import text\ntext({}.get('x'))\n{}.update(a=1)") == []


def test_the_edge_and_stripe_checks_see_theirs() -> None:
    assert edges("async def f(tx): await tx.commit()")
    assert imports_stripe("from stripe import Invoice")
    assert imports_stripe("import stripe")
