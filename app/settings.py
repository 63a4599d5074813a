"""All settings of all processes, read once at start; what is wrong is said in one list."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kernel.settings import Reader


@dataclass(frozen=True, slots=True)
class Settings:
    environment: str  # development | production
    log_level: str
    database_url: str
    database_pool: int
    redis_url: str
    host: str
    port: int
    proxies: int  # how many trusted proxies stand before us; 0: addresses in headers are not believed
    public_url: str
    data_dir: Path
    internal_secret: str
    encryption_keys: tuple[str, ...]
    meta_graph_url: str
    meta_graph_version: str
    meta_app_id: str
    meta_app_secrets: tuple[str, ...]
    meta_verify_token: str
    bot_url: str
    actions_url: str
    services: Mapping[str, str]  # where each service runs as a process of its own; empty when all are in one

    @property
    def production(self) -> bool:
        return self.environment == "production"


def load(env: Mapping[str, str] = os.environ) -> Settings:
    """Raises kernel.settings.SettingsError with one line a problem."""
    r = Reader(env)
    environment = r.choice("KONECTUS_ENV", "development", ("development", "production"))
    port = r.integer("PORT", 8080, low=1, high=65535)
    settings = Settings(
        environment=environment,
        log_level=r.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        database_url=r.url("DATABASE_URL", schemes=("postgresql", "postgres")),
        database_pool=r.integer("DATABASE_POOL", 8, low=2, high=100),
        redis_url=r.url("REDIS_URL", "", schemes=("redis", "rediss", "unix")),
        host=r.text("HOST", "127.0.0.1"),
        port=port,
        proxies=r.integer("KONECTUS_PROXIES", 0, low=0, high=5),
        public_url=r.url("KONECTUS_PUBLIC_URL", f"http://127.0.0.1:{port}"),
        data_dir=Path(r.text("KONECTUS_DATA_DIR", ".data")),
        internal_secret=r.secret("KONECTUS_INTERNAL_SECRET"),
        encryption_keys=_several(
            r, "KONECTUS_ENCRYPTION_KEY", "KONECTUS_ENCRYPTION_KEY_PREVIOUS", at_least=32
        ),
        meta_graph_url=r.url("META_GRAPH_URL", "https://graph.facebook.com"),
        meta_graph_version=r.text("META_GRAPH_VERSION", "v26.0"),
        meta_app_id=r.text("META_APP_ID", ""),
        meta_app_secrets=_several(
            r, "META_APP_SECRET", "META_APP_SECRET_PREVIOUS", "META_INSTAGRAM_APP_SECRET", at_least=8
        ),
        meta_verify_token=r.secret("META_VERIFY_TOKEN", at_least=8),
        bot_url=r.url("BOT_URL", f"http://127.0.0.1:{port + 1}"),
        actions_url=r.url("ACTIONS_URL", f"http://127.0.0.1:{port + 2}"),
        services=_addresses(r, "KONECTUS_SERVICES"),
    )
    if settings.production and not settings.public_url.startswith("https://"):
        r.problems.append("KONECTUS_PUBLIC_URL: must be https in production")
    r.check()
    return settings


def _several(r: Reader, first: str, *others: str, at_least: int) -> tuple[str, ...]:
    values = [r.secret(first, at_least=at_least)]
    values += [r.secret(name, at_least=at_least, default="") for name in others]
    return tuple(v for v in values if v)


def _addresses(r: Reader, name: str) -> dict[str, str]:
    """`name=http://host:port` pairs, comma-separated."""
    pairs = [word.strip().partition("=") for word in r.text(name, "").split(",") if word.strip()]
    for service, _, url in pairs:
        if not service or not url.startswith(("http://", "https://")):
            r.problems.append(f"{name}: each part must be service=http://host:port, comma-separated")
            break
    return {service: url for service, _, url in pairs}
