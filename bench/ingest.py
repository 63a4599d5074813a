"""make bench-ingest: durable receiving of webhooks against peers, one server process and one generator each.

Peers: pywa on FastAPI (stores nothing), one SQLAlchemy insert a request, bare Sanic (stores nothing).
Then an open loop, and kill -9 of the web process under load: what was acknowledged must be in the database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import asyncpg

from app.embedded import EmbeddedError, EmbeddedPostgres
from bench import bodies, kills
from bench.processes import NotMeasured, Server, free_port, ours, peer, running
from bench.report import Metric, closing, median, opening, say, table
from kernel import migrate

TARGET = "bench-ingest"
OPEN_RATE = 4000
TABLES = """
CREATE TABLE IF NOT EXISTS bench_body
(hash bytea PRIMARY KEY, channel text NOT NULL, body bytea NOT NULL, received_at timestamptz NOT NULL)
"""
CLEAR = "TRUNCATE webhook_body, webhook_new, bench_body RESTART IDENTITY"
Result = dict[str, float]


class Bench:
    def __init__(self, asked: argparse.Namespace, url: str, folder: Path) -> None:
        self.asked, self.url, self.folder = asked, url, folder
        self.runs = 0
        self.port = asked.port or free_port()
        self.servers: dict[str, Callable[[], Server]] = {
            "konectus": self.web,
            "pywa": lambda: self._peer("pywa", "pywa_app"),
            "sqlalchemy insert": lambda: self._peer("sqlalchemy insert", "sanic_app", "insert"),
            "bare sanic": lambda: self._peer("bare sanic", "sanic_app", "bare"),
        }

    def web(self) -> Server:
        command = ours("web", "--services", "connectors", "--port", str(self.port))
        return self._server("konectus", command, environment(self.url, self.port))

    def _peer(self, name: str, module: str, *words: str) -> Server:
        environ = {**os.environ, "DATABASE_URL": self.url}
        return self._server(name, peer(module, *words, str(self.port)), environ)

    def _server(self, name: str, command: list[str], environ: Mapping[str, str]) -> Server:
        log = self.folder / f"{name.replace(' ', '-')}.log"
        return Server(name, command, environ, f"http://127.0.0.1:{self.port}/", log)

    # --- one run ---

    def generator(self, *words: str) -> list[str]:
        self.runs += 1
        run = f"{self.asked.seed:x}-{self.runs}"
        return [sys.executable, "-m", "bench.load", "--port", str(self.port), "--run", run, *words]

    def measure(self, name: str, *words: str) -> Result:
        """Starts the server, loads it, stops it; its CPU and the database's table begin at nothing, and the
        database's log has files to use again, as in a server that is not new."""
        asyncio.run(execute(self.url, TABLES, CLEAR, "CHECKPOINT"))
        with running(self.servers[name]()) as server:
            before = server.cpu()
            command = self.generator("--seconds", str(self.asked.seconds), *words)
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            spent = server.cpu() - before
            if done.returncode:
                raise NotMeasured(f"the load generator failed: {done.stderr}")
            result: Result = json.loads(done.stdout)
            if result["refused"] or result["lost"] or not result["answers"]:
                raise NotMeasured(f"{name} did not answer all with 200: {result}\n{server.last_words()}")
        result["cpu_s_per_1000"] = spent * 1000 / result["answers"]
        return result


def environment(url: str, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "PORT": str(port),
        "KONECTUS_ENV": "production",
        "KONECTUS_PUBLIC_URL": "https://konectus.example",
        "KONECTUS_INTERNAL_SECRET": secrets.token_hex(32),
        "KONECTUS_ENCRYPTION_KEY": secrets.token_hex(32),
        "META_APP_SECRET": bodies.SECRET,
        "META_VERIFY_TOKEN": bodies.VERIFY,
        "META_APP_ID": "100000000000001",
    }


async def execute(url: str, *statements: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        for statement in statements:
            await conn.execute(statement)
    finally:
        await conn.close()


def rounds(bench: Bench) -> dict[str, list[Result]]:
    """Interleaved: each round visits every server once, in turning order."""
    found: dict[str, list[Result]] = {name: [] for name in bench.servers}
    names = list(bench.servers)
    for n in range(bench.asked.rounds):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            result = bench.measure(name)
            found[name].append(result)
            say(f"round {n + 1}  {name:<18}{result['per_s']:>9,.0f}/s   p99 {result['p99_ms']:.1f} ms")
    return found


def ratio(found: Mapping[str, list[Result]], peer_name: str) -> float:
    """The median of the rounds' ratios: only what ran in the same minute is compared."""
    pairs = zip(found["konectus"], found[peer_name], strict=True)
    return median([mine["per_s"] / theirs["per_s"] for mine, theirs in pairs])


def metrics(found: Mapping[str, list[Result]], open_p99: float, lost: int) -> list[Metric]:
    peers = {
        "ratio_pywa": ("pywa", "≥ 2.2", "pywa on FastAPI, stores nothing"),
        "ratio_sqlalchemy_insert": ("sqlalchemy insert", "≥ 6", "one SQLAlchemy insert a request on Sanic"),
        "ratio_bare_sanic": ("bare sanic", "≥ 0.62", "bare Sanic, stores nothing"),
    }
    rows = [
        Metric(name, round(ratio(found, key), 3), "×", goal, words)
        for name, (key, goal, words) in peers.items()
    ]
    rows.append(Metric(f"open_loop_{OPEN_RATE}_p99_ms", round(open_p99, 2), "ms", "≤ 15"))
    rows.append(Metric("lost_after_kill", lost, "messages", "0"))
    return rows


def details(found: Mapping[str, list[Result]]) -> str:
    names = ("per_s", "p50_ms", "p99_ms", "cpu_s_per_1000")
    rows = [(key, *(median([r[n] for r in results]) for n in names)) for key, results in found.items()]
    return table(("server", "answers/s", "p50 ms", "p99 ms", "CPU s per 1,000"), rows)


def measure_all(asked: argparse.Namespace, url: str, folder: Path) -> int:
    migrate.upgrade(url)
    bench = Bench(asked, url, folder)
    found = rounds(bench)
    print("\n" + details(found) + "\n", flush=True)
    paced = [bench.measure("konectus", "--rate", str(OPEN_RATE)) for _ in range(asked.rounds)]
    for result in paced:
        say(f"open loop {OPEN_RATE}/s: {result['per_s']:,.0f}/s answered, p99 {result['p99_ms']:.1f} ms")
    outcome = kills.run(bench, asked.kills, asked.seed)
    say(f"{outcome.kills} kills, {outcome.acknowledged:,} acknowledged, {outcome.lost} of them lost")
    return closing(TARGET, metrics(found, median([r["p99_ms"] for r in paced]), outcome.lost))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="of one run, the first is not counted")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--port", type=int, default=0, help="of the servers; default: a free one")
    asked = parser.parse_args()
    opening("Receiving webhooks: 64 connections, signed WhatsApp texts", ("seed", asked.seed))
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="konectus-bench-"))
        folder.chmod(0o711)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            database = EmbeddedPostgres(folder)
            stack.callback(database.stop)
            return measure_all(asked, database.start(), folder)
        except (NotMeasured, EmbeddedError) as error:
            print(f"\n{error}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
