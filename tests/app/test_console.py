"""The bundle is served as it lies on disk; paths cannot leave it; what is not a file is the app's own route."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sanic import Sanic

from app import console
from kernel.ids import new_id
from tests.path.house import serve


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Path]]:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>K</title>")
    (dist / "assets" / "a.js").write_text("let a")
    (dist / "assets" / "a.js.gz").write_bytes(gzip.compress(b"let a"))
    (tmp_path / "secret").write_text("secret")
    app = Sanic(f"console-{new_id().hex}")
    app.config.TOUCHUP = False
    console.mount(app, dist, files="http://127.0.0.1:9100")
    async with serve(app) as base, httpx.AsyncClient(base_url=base) as client:
        yield client, dist


async def test_nothing_outside_the_bundle_is_served(site: tuple[httpx.AsyncClient, Path]) -> None:
    client, _ = site
    for path in (
        "/..%2fsecret",
        "/assets/..%2f..%2fsecret",
        "/%2e%2e/secret",
        "/assets/%00",
        "/" + "x" * 5000,
    ):
        answer = await client.get(path)
        assert "secret" not in answer.text, path
        assert answer.status_code < 500, path


async def test_an_asset_that_is_gone_is_not_the_page(site: tuple[httpx.AsyncClient, Path]) -> None:
    client, _ = site
    assert (await client.get("/assets/old.js")).status_code == 404
    assert (await client.get("/api/none")).status_code == 404


async def test_assets_last_and_are_squeezed_and_the_page_is_fresh(
    site: tuple[httpx.AsyncClient, Path],
) -> None:
    client, dist = site
    asset = await client.get("/assets/a.js")
    assert (asset.text, asset.headers["content-encoding"]) == ("let a", "gzip")
    assert "immutable" in asset.headers["cache-control"]
    page = await client.get("/c/123?filter=mine")
    assert (
        "img-src 'self' data: blob: https: http://127.0.0.1:9100;" in page.headers["content-security-policy"]
    )
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    (dist / "assets" / "b.js").write_text("let b")
    assert (await client.get("/assets/b.js")).text == "let b", "a new build is served without a restart"


async def test_without_a_bundle_a_page_says_why(site: tuple[httpx.AsyncClient, Path]) -> None:
    client, dist = site
    (dist / "index.html").unlink()
    answer = await client.get("/")
    assert answer.status_code == 503
    assert "make install" in answer.text
