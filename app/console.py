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
    "default-src 'self'; img-src 'self' data: blob: https: {files}; media-src 'self' blob: https: {files}; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
MISSING = (
    "<!doctype html><html lang=pt-BR><meta charset=utf-8><title>Konectus</title>"
    "<h1>Konectus</h1><p>A API está no ar, mas o console não foi compilado. "
    "Rode <code>make install</code> e veja a mensagem do passo <em>console</em>.</p>"
)


def mount(app: Sanic[Any, Any], dist: Path = DIST, *, files: str = "") -> None:
    """`files`: another place that customers' pictures come from; a simulator has no https."""
    page = {
        "cache-control": "no-cache",
        "content-security-policy": CSP.format(files=files).replace(" ;", ";"),
        "x-frame-options": "DENY",
    }
    for path, name in (("/", "console_root"), ("/<path:path>", "console")):
        app.add_route(partial(_serve, dist.resolve(), page), path, methods=["GET", "HEAD"], name=name)


async def _serve(
    dist: Path, page: dict[str, str], request: Request[Any, Any], path: str = ""
) -> HTTPResponse:
    if path.startswith(("api/", "webhooks/", "internal/")):
        raise NotFound(f"no such route: /{path}")
    file = _inside(dist, path)
    if file is not None and file.name != "index.html":
        return _file(file, request, lasting=path.startswith("assets/"))
    if path.startswith("assets/"):
        raise NotFound("the console has been built anew: reload the page")
    index = dist / "index.html"
    if not index.is_file():
        return html(MISSING, 503)
    return html(index.read_text(encoding="utf-8"), headers=page)


def _inside(dist: Path, path: str) -> Path | None:
    """The file of that name, if it lies in the bundle: nothing above it, whatever the path says."""
    try:
        file = (dist / path).resolve()
        return file if file.is_relative_to(dist) and file.is_file() else None
    except (OSError, ValueError):  # too long, or a NUL in it
        return None


def _file(file: Path, request: Request[Any, Any], *, lasting: bool) -> HTTPResponse:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {
        "cache-control": "public, max-age=31536000, immutable" if lasting else "no-cache",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    squeezed = file.with_name(f"{file.name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and squeezed.is_file():
        headers["content-encoding"] = "gzip"
        return raw(squeezed.read_bytes(), headers=headers, content_type=kind)
    return raw(file.read_bytes(), headers=headers, content_type=kind)
