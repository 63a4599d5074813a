"""Settings of one simulator process, from the environment and the command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Known to all: this process stands in for Meta on a developer's machine and guards nothing.
DEV_SECRET, DEV_TOKEN = "simulated-app-secret", "simulated-verify-token"


@dataclass(frozen=True)
class Config:
    host: str = "127.0.0.1"
    port: int = 9100
    webhook_base: str = ""  # empty: nothing is delivered
    app_secret: str = DEV_SECRET
    instagram_secret: str = ""  # set: Instagram bodies are signed with it, as with Instagram Login
    verify_token: str = DEV_TOKEN
    app_id: str = "100000000000001"
    history: int = 1000  # messages kept per customer, each direction counted
    media_bytes: int = 256 * 1024 * 1024
    public_url: str = ""
    state_file: str = ""  # empty: nothing outlives the process

    @property
    def base_url(self) -> str:
        return self.public_url or f"http://127.0.0.1:{self.port}"

    def secret_for(self, channel: str) -> str:
        return (self.instagram_secret if channel == "instagram" else "") or self.app_secret


def read(argv: Sequence[str], env: Mapping[str, str]) -> Config:
    parser = argparse.ArgumentParser(prog="simulators.meta", description=__doc__)
    parser.add_argument("--host", default=env.get("SIM_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(env.get("PORT", "9100")))
    parser.add_argument("--webhook-base", default=env.get("WEBHOOK_BASE", ""))
    parser.add_argument("--history", type=int, default=int(env.get("SIM_HISTORY", "1000")))
    given = parser.parse_args(argv)
    return Config(
        host=given.host,
        port=given.port,
        webhook_base=given.webhook_base.rstrip("/"),
        app_secret=env.get("META_APP_SECRET") or Config.app_secret,
        instagram_secret=env.get("INSTAGRAM_APP_SECRET", ""),
        verify_token=env.get("META_VERIFY_TOKEN") or Config.verify_token,
        app_id=env.get("META_APP_ID") or Config.app_id,
        history=max(1, given.history),
        public_url=env.get("SIM_PUBLIC_URL", "").rstrip("/"),
        state_file=env.get("SIM_STATE", ""),
    )


def from_process() -> Config:
    import sys

    return read(sys.argv[1:], os.environ)
