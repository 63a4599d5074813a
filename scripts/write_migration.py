"""Writes migrations/sql/0001.sql anew from the models. Only while no release has run it."""

from __future__ import annotations

from pathlib import Path

from app import schema

TARGET = Path(__file__).resolve().parent.parent / "migrations" / "sql" / "0001.sql"
# A statement may hold semicolons (function bodies), so statements are parted by a line of their own.
PART = "\n-- ;;\n"


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(PART.join(s.rstrip().rstrip(";") for s in schema.statements()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
