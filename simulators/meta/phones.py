"""The page with the phones: plain files, no build, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, raw, redirect

blueprint = Blueprint("phones")
STATIC = Path(__file__).parent / "static"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https: http:; "
    "media-src 'self' https: http:; base-uri 'none'; form-action 'none'"
)


@blueprint.get("/phones")
async def page(request: Request) -> HTTPResponse:
    return _file("phones.html")


@blueprint.get("/phones/static/<name:str>")
async def static(request: Request, name: str) -> HTTPResponse:
    return _file(name)


@blueprint.get("/")
async def home(request: Request) -> HTTPResponse:
    return redirect("/phones")


def _file(name: str) -> HTTPResponse:
    path = STATIC / name
    if path.parent != STATIC or path.suffix not in TYPES or not path.is_file():
        return raw(b"not found", 404, content_type="text/plain")
    headers = {
        "cache-control": "no-cache",
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    return raw(path.read_bytes(), content_type=f"{TYPES[path.suffix]}; charset=utf-8", headers=headers)
