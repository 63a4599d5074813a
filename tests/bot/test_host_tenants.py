"""Many tenants in one process: a broken model stays with its tenant, and a swap loses no turn."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

from bot.host.server import Host
from bot.train import manifest_path
from tests.bot.hosting import Caller, body, give


async def test_a_broken_model_hurts_its_own_tenant_only(
    caller: Caller, models: Path, small_model: Path
) -> None:
    broken, sound = str(uuid4()), str(uuid4())
    give(small_model, models / broken / "current.tar.gz")
    (models / broken / "current.tar.gz").write_bytes(b"no model")
    give(small_model, models / sound / "current.tar.gz")
    refused = await caller.post("/turn", body(tenant=broken))
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "model")
    assert (await caller.turn(tenant=sound))["model"].startswith(sound)
    assert (await caller.turn())["model"].startswith("default@")
    assert list((await caller.http.get("/health")).json()["failing"]) == [broken]


async def test_a_model_that_was_not_trained_here_is_not_loaded(
    caller: Caller, models: Path, small_model: Path
) -> None:
    stranger = str(uuid4())
    give(small_model, models / stranger / "current.tar.gz")
    manifest_path(models / stranger / "current.tar.gz").unlink()
    assert (await caller.post("/turn", body(tenant=stranger))).status_code == 503


async def test_a_swap_under_load_loses_no_turn(caller: Caller, models: Path, small_model: Path) -> None:
    tenant = str(uuid4())
    give(small_model, models / tenant / "current.tar.gz")
    turns = [asyncio.create_task(caller.turn("qual o horário?", tenant=tenant)) for _ in range(30)]
    await turns[0]
    reloaded = await caller.post("/models/reload", b'{"tenant": "%s"}' % tenant.encode())
    answered = await asyncio.gather(*turns)
    assert reloaded.status_code == 200
    assert {len(one["answers"]) for one in answered} == {1}


async def test_a_failed_swap_leaves_the_old_model_in_use(
    caller: Caller, models: Path, small_model: Path
) -> None:
    tenant = str(uuid4())
    give(small_model, models / tenant / "current.tar.gz")
    await caller.turn(tenant=tenant)
    (models / tenant / "current.tar.gz").write_bytes(b"half a model")
    assert (await caller.post("/models/reload", b'{"tenant": "%s"}' % tenant.encode())).status_code == 503
    assert (await caller.turn(tenant=tenant))["answers"]


async def test_the_least_recently_used_model_leaves_first(
    host: Host, models: Path, small_model: Path
) -> None:
    host.models.most = 2
    first, second = uuid4(), uuid4()
    for tenant in (first, second):
        give(small_model, models / str(tenant) / "current.tar.gz")
        await host.models.get(tenant)
    assert host.models.loaded() == ["default", str(second)]
