"""Settings say all that is wrong at once; sealed secrets open only where they belong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import settings
from kernel import logs
from kernel.crypto import SealBroken, Vault
from kernel.settings import SettingsError

GOOD = {
    "DATABASE_URL": "postgresql://u:p@h/db",
    "KONECTUS_INTERNAL_SECRET": "i" * 32,
    "KONECTUS_ENCRYPTION_KEY": "e" * 32,
    "META_APP_SECRET": "s" * 32,
    "META_VERIFY_TOKEN": "v" * 12,
}


def test_everything_wrong_is_said_in_one_list() -> None:
    env = {"DATABASE_URL": "mysql://x/y", "PORT": "web", "META_APP_SECRET": "short", "LOG_LEVEL": "LOUD"}
    with pytest.raises(SettingsError) as error:
        settings.load(env)
    for name in (
        "DATABASE_URL", "PORT", "META_APP_SECRET", "LOG_LEVEL", "KONECTUS_INTERNAL_SECRET",
        "KONECTUS_ENCRYPTION_KEY", "META_VERIFY_TOKEN",
    ):  # fmt: skip
        assert f"- {name}:" in str(error.value)


def test_production_refuses_plain_http() -> None:
    with pytest.raises(SettingsError, match="https"):
        settings.load({**GOOD, "KONECTUS_ENV": "production"})
    settings.load({**GOOD, "KONECTUS_ENV": "production", "KONECTUS_PUBLIC_URL": "https://k.example"})


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("f" * 40 + "\n")
    env = {k: v for k, v in GOOD.items() if k != "META_APP_SECRET"}
    loaded = settings.load({**env, "META_APP_SECRET_FILE": str(tmp_path / "secret")})
    assert loaded.meta_app_secrets == ("f" * 40,)
    with pytest.raises(SettingsError, match="META_APP_SECRET_FILE"):
        settings.load({**env, "META_APP_SECRET_FILE": str(tmp_path / "absent")})


def test_a_sealed_secret_does_not_open_elsewhere_or_under_other_keys() -> None:
    vault = Vault(["k" * 32])
    sealed = vault.seal("token", "tenant:channel")
    assert "token" not in sealed
    with pytest.raises(SealBroken):
        vault.open(sealed, "other:channel")
    with pytest.raises(SealBroken):
        Vault(["x" * 32]).open(sealed, "tenant:channel")
    with pytest.raises(SealBroken):
        vault.open("nonsense", "tenant:channel")
    assert vault.open(sealed, "tenant:channel") == "token"


def test_keys_are_changed_without_losing_what_is_sealed() -> None:
    sealed = Vault(["old" * 12]).seal("token", "p")
    both = Vault(["new" * 12, "old" * 12])
    assert both.open(sealed, "p") == "token"
    assert Vault(["new" * 12]).open(both.rotate(sealed), "p") == "token"


@pytest.mark.parametrize(
    ("event", "hidden"),
    [
        ({"text": "meu cpf"}, "cpf"),
        ({"detail": "to +55 11 95555-0123 failed"}, "95555"),
        ({"error": "mail ana@loja.example refused"}, "ana@"),
        ({"nested": {"phone": "5511", "deep": {"token": "kt_1"}}}, "kt_1"),
    ],
)
def test_logs_carry_no_customers_data(event: dict[str, Any], hidden: str) -> None:
    assert hidden not in str(logs.redact(None, "info", dict(event)))
