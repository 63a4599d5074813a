"""The foundation: every table, policy and grant of the first release."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).resolve().parent.parent / "sql" / "0001.sql"


def upgrade() -> None:
    connection = op.get_bind()
    for statement in SQL.read_text(encoding="utf-8").split("\n-- ;;\n"):
        connection.exec_driver_sql(statement)
