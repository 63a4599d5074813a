"""What the host reads from its environment, once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    secret: str
    actions_url: str = "http://127.0.0.1:5055"
    models: Path = BOT / "models"
    host: str = "127.0.0.1"
    port: int = 5005
    action_timeout: float = 5.0  # seconds; the action server's own calls end after 3
    turn_timeout: float = 9.0  # the platform waits 15 and expects an answer within 10
    most_models: int = 500
    most_megabytes: int = 2000
    body_limit: int = 1 << 20

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        def number(name: str, default: int) -> int:
            return int(environment.get(name) or default)

        return cls(
            secret=environment.get("KONECTUS_INTERNAL_SECRET", ""),
            actions_url=environment.get("ACTIONS_URL") or cls.actions_url,
            models=Path(environment.get("BOT_MODELS_DIR") or cls.models),
            host=environment.get("BOT_HOST") or cls.host,
            port=number("PORT_BOT", number("BOT_PORT", cls.port)),
            most_models=number("BOT_MOST_MODELS", cls.most_models),
            most_megabytes=number("BOT_MOST_MEGABYTES", cls.most_megabytes),
        )
