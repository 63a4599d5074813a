"""Serves the built console: hashed assets for ever, index.html fresh, every other path to the app."""

from __future__ import annotations

import mimetypes
from functools import partial
from pathlib import Path
from typing import Any

from sanic import Request, Sanic
from sanic.exceptions import NotFound
from sanic.response import HTTPResponse, html, raw

from app.places import PROJECT

DIST = PROJECT / "console" / "dist"
CSP = (
    "default-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob: https:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
MISSING = (
    "<!doctype html><html lang=pt-BR><meta charset=utf-8><title>Konectus</title>"
    "<h1>Konectus</h1><p>A API está no ar, mas o console não foi compilado. "
    "Rode <code>make install</code> e veja a mensagem do passo <em>console</em>.</p>"
)


def mount(app: Sanic[Any, Any], dist: Path = DIST) -> None:
    files = {str(p.relative_to(dist)): p for p in dist.rglob("*") if p.is_file()} if dist.exists() else {}
    app.add_route(partial(_serve, files), "/", name="console_root")
    app.add_route(partial(_serve, files), "/<path:path>", name="console")


async def _serve(files: dict[str, Path], request: Request[Any, Any], path: str = "") -> HTTPResponse:
    if path.startswith(("api/", "webhooks/", "internal/")):
        raise NotFound(f"no such route: /{path}")
    if path in files and path != "index.html":
        return _file(files, path, request)
    if "index.html" not in files:
        return html(MISSING, 503)
    headers = {"cache-control": "no-cache", "content-security-policy": CSP, "x-frame-options": "DENY"}
    return html(files["index.html"].read_text(encoding="utf-8"), headers=headers)


def _file(files: dict[str, Path], path: str, request: Request[Any, Any]) -> HTTPResponse:
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    lasting = path.startswith("assets/")
    headers = {
        "cache-control": "public, max-age=31536000, immutable" if lasting else "no-cache",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    squeezed = files.get(f"{path}.gz")
    if squeezed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return raw(squeezed.read_bytes(), headers=headers, content_type=kind)
    return raw(files[path].read_bytes(), headers=headers, content_type=kind)
