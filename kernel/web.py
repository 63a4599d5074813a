"""The web shell: typed routes, who may call them, one transaction each, errors in one form.

A handler declares what it takes by annotation: `body` and `query` (msgspec Structs), path
parameters by name, and the reply as its return type. OpenAPI is read off the same annotations.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog
from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, raw

from kernel import errors
from kernel.db import Database, Tx
from kernel.ids import new_id

Role = Literal["public", "agent", "supervisor", "admin", "owner"]
RANK: dict[str, int] = {"public": 0, "agent": 1, "supervisor": 2, "admin": 3, "owner": 4}
log = structlog.get_logger("web")


class Operator(msgspec.Struct, frozen=True):
    """Who calls: a user in the browser or an API token. `scopes` None = all that the role may."""

    tenant_id: UUID
    user_id: UUID
    role: Role
    via: Literal["session", "token"] = "session"
    scopes: tuple[str, ...] | None = None
    name: str = ""
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets. `tx` is the operator's tenant transaction, absent where the route says so."""

    request: Request[Any, Any]
    db: Database
    now: datetime
    _operator: Operator | None = None
    _tx: Tx | None = None
    cookies: list[tuple[str, str | None, int]] = field(default_factory=list)

    @property
    def operator(self) -> Operator:
        if self._operator is None:
            raise errors.Unauthenticated("sign in first")
        return self._operator

    @property
    def tx(self) -> Tx:
        if self._tx is None:
            raise RuntimeError("this route opens its own transactions")
        return self._tx

    def set_cookie(self, name: str, value: str | None, max_age: int) -> None:
        """Sets (or with None deletes) an HttpOnly cookie on the answer."""
        self.cookies.append((name, value, max_age))


Handler = Callable[..., Awaitable[Any]]
Authenticate = Callable[[Request[Any, Any]], Awaitable[Operator | None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the route table. `role`: the least role that may call. `tx` False: the handler
    opens its own transactions (it calls the outside, or has no tenant yet)."""

    method: str
    path: str
    handler: Handler
    role: Role
    scope: str = ""
    status: int = 200
    tx: bool = True

    @property
    def operation(self) -> str:
        owner = getattr(self.handler, "__self__", None)
        service = type(owner).__module__.split(".")[0] if owner is not None else self.handler.__module__
        return f"{service}_{self.handler.__name__}"


@dataclass(frozen=True, slots=True)
class Signature:
    body: Any
    query: Any
    path: dict[str, Any]
    reply: Any


def signature(handler: Handler) -> Signature:
    hints = typing.get_type_hints(handler)
    names = [n for n in inspect.signature(handler).parameters if n not in ("self", "call")]
    path = {n: hints[n] for n in names if n not in ("body", "query")}
    return Signature(hints.get("body"), hints.get("query"), path, hints.get("return"))


def decode(data: bytes, type_: Any) -> Any:
    """A JSON body as a struct; Invalid names the field that is wrong."""
    try:
        return msgspec.json.decode(data or b"{}", type=type_)
    except msgspec.ValidationError as error:
        raise invalid(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.Invalid("the body is not valid JSON", code="not_json") from error


def convert(values: dict[str, Any], type_: Any) -> Any:
    """Query strings and path parameters as typed values."""
    try:
        return msgspec.convert(values, type_, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error) from error


def invalid(error: msgspec.ValidationError) -> errors.Invalid:
    """msgspec says "… - at `$.a.b`", or names the field in backticks; that becomes `field`."""
    message, _, where = str(error).partition(" - at `")
    name = where.rstrip("`").removeprefix("$").removeprefix(".")
    if not name and "`" in message:
        name = message.split("`")[-2]
    elif "field `" in message:
        name = f"{name}.{message.split('`')[1]}".lstrip(".")
    return errors.Invalid(message, field=name or "body")


class Shell:
    """Mounts routes on a Sanic app."""

    def __init__(
        self, app: Sanic[Any, Any], db: Database, authenticate: Authenticate, *, secure: bool
    ) -> None:
        self.app = app
        self.db = db
        self.authenticate = authenticate
        self.secure = secure
        app.exception(Exception)(self._on_error)

    def mount(self, routes: Sequence[Route]) -> None:
        for route in routes:
            name = f"{route.operation}_{route.method.lower()}".replace(".", "_")
            self.app.add_route(self._adapt(route), route.path, methods=[route.method], name=name)

    def _adapt(self, route: Route) -> Callable[..., Coroutine[Any, Any, HTTPResponse]]:
        sign = signature(route.handler)

        async def handle(request: Request[Any, Any], **path: str) -> HTTPResponse:
            request.ctx.operation = route.operation
            call = Call(request, self.db, self.db.clock(), await self._operator(request, route))
            given: dict[str, Any] = {n: _path_value(n, path[n], t) for n, t in sign.path.items()}
            if sign.body is not None:
                given["body"] = decode(request.body, sign.body)
            if sign.query is not None:
                given["query"] = convert({k: v[0] for k, v in request.args.items()}, sign.query)
            return self._answer(route, call, await self._run(route, call, given))

        return handle

    async def _run(self, route: Route, call: Call, given: dict[str, Any]) -> Any:
        if not route.tx or call._operator is None:
            return await route.handler(call, **given)
        async with self.db.tenant(call.operator.tenant_id) as tx:
            inside = Call(call.request, call.db, tx.now, call._operator, tx, call.cookies)
            return await route.handler(inside, **given)

    async def _operator(self, request: Request[Any, Any], route: Route) -> Operator | None:
        if route.role == "public":
            return None
        operator = await self.authenticate(request)
        if operator is None:
            raise errors.Unauthenticated("sign in first")
        structlog.contextvars.bind_contextvars(tenant=str(operator.tenant_id))
        if RANK[operator.role] < RANK[route.role]:
            raise errors.Forbidden(f"this needs the role {route.role}")
        if route.scope and operator.scopes is not None and route.scope not in operator.scopes:
            raise errors.Forbidden(f"this token lacks the scope {route.scope}", code="scope")
        if operator.via == "session" and request.method not in ("GET", "HEAD"):
            same_origin(request)
        return operator

    def _answer(self, route: Route, call: Call, result: Any) -> HTTPResponse:
        if isinstance(result, HTTPResponse):
            response = result
        elif result is None:
            response = HTTPResponse(status=204 if route.status == 200 else route.status)
        else:
            response = raw(msgspec.json.encode(result), status=route.status, content_type="application/json")
        for name, value, max_age in call.cookies:
            response.add_cookie(
                name, value or "", max_age=max_age if value else 0, httponly=True, secure=self.secure,
                samesite="Lax", path="/",
            )  # fmt: skip
        return response

    async def _on_error(self, request: Request[Any, Any], error: Exception) -> HTTPResponse:
        return error_response(request, error)


def same_origin(request: Request[Any, Any]) -> None:
    """Cookies ride along on cross-site requests; the Origin header tells. Refuses what is not ours."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    if site in ("same-origin", "none") or (origin is not None and origin.split("://", 1)[-1] == host):
        return
    raise errors.Forbidden("the request does not come from this site", code="origin")


def error_response(request: Request[Any, Any] | None, error: Exception) -> HTTPResponse:
    fault = _as_known(error)
    request_id = getattr(request.ctx, "request_id", "") if request is not None else ""
    if fault.status >= 500:
        log.error("fault", error=type(error).__name__, detail=str(error)[:300], exc_info=fault.status == 500)
    body: dict[str, Any] = {"code": fault.code, "message": fault.message, "request_id": request_id}
    if fault.field:
        body["field"] = fault.field
    if fault.params:
        body["params"] = fault.params
    headers = {"retry-after": str(int(fault.retry_after) or 1)} if fault.retry_after is not None else None
    return raw(msgspec.json.encode({"error": body}), fault.status, headers, "application/json")


def _as_known(error: Exception) -> errors.KonectusError:
    if isinstance(error, errors.KonectusError):
        return error
    if isinstance(error, SanicException):
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "http")
        known = errors.KonectusError(str(error) or code, code=code)
        known.status = error.status_code
        return known
    return errors.KonectusError("something went wrong on our side")


def _path_value(name: str, value: str, type_: Any) -> Any:
    try:
        return msgspec.convert(value, type_, strict=False)
    except msgspec.ValidationError as error:
        raise errors.Invalid(f"{name} is not valid: {error}", field=name) from error


def request_id(request: Request[Any, Any]) -> str:
    """The caller's id when it is a sane one, else a new one."""
    given = request.headers.get("x-request-id", "")
    return given if 8 <= len(given) <= 64 and given.replace("-", "").isalnum() else str(new_id())
