"""OpenAPI 3.1 read off the route table; the console's types are generated from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args, get_origin

import msgspec

from kernel.web import Route, signature

REF = "#/components/schemas/{name}"


class Problem(msgspec.Struct):
    """The form of every error."""

    code: str
    message: str
    request_id: str
    field: str | None = None
    params: dict[str, str | int] | None = None


class ErrorOut(msgspec.Struct):
    error: Problem


def document(title: str, version: str, routes: Sequence[Route], extra: Sequence[Any] = ()) -> dict[str, Any]:
    """`extra`: types that no route names but clients need, such as live events."""
    kinds = _structs(routes, extra)
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    refs = {_key(k): s for k, s in zip(kinds, schemas, strict=True)}
    paths: dict[str, Any] = {}
    for route in routes:
        path = re.sub(r"<(\w+)(?::\w+)?>", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _structs(routes: Sequence[Route], extra: Sequence[Any]) -> list[Any]:
    found: dict[str, Any] = {_key(ErrorOut): ErrorOut}
    for kind in extra:
        found[_key(kind)] = kind
    for route in routes:
        sign = signature(route.handler)
        for kind in (sign.body, sign.reply):
            if _is_data(kind):
                found[_key(kind)] = kind
    return list(found.values())


def _is_data(kind: Any) -> bool:
    if kind is None or kind is type(None):
        return False
    return get_origin(kind) is not None or (isinstance(kind, type) and issubclass(kind, msgspec.Struct))


def _key(kind: Any) -> str:
    return f"{getattr(kind, '__module__', '')}.{getattr(kind, '__qualname__', kind)}{get_args(kind)}"


def _operation(route: Route, refs: dict[str, Any]) -> dict[str, Any]:
    sign = signature(route.handler)
    doc = (route.handler.__doc__ or "").strip().split("\n", 1)[0]
    answer: dict[str, Any] = {"description": "done"}
    if _is_data(sign.reply):
        answer["content"] = {"application/json": {"schema": refs[_key(sign.reply)]}}
    problem = {"description": "refused", "content": {"application/json": {"schema": refs[_key(ErrorOut)]}}}
    status = 204 if route.status == 200 and not _is_data(sign.reply) else route.status
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "tags": [route.operation.split("_", 1)[0]],
        "parameters": [*_path_parameters(sign.path), *_query_parameters(sign.query)],
        "responses": {str(status): answer, "default": problem},
        "x-role": route.role,
    }
    if doc:
        operation["summary"] = doc
    if sign.body is not None:
        schema = refs[_key(sign.body)]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.role != "public":
        operation["security"] = [{"token": []}]
    return operation


def _path_parameters(path: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": n, "in": "path", "required": True, "schema": msgspec.json.schema(t)} for n, t in path.items()
    ]


def _query_parameters(query: Any) -> list[dict[str, Any]]:
    if query is None:
        return []
    fields = msgspec.structs.fields(query)
    return [
        {"name": f.encode_name, "in": "query", "required": f.required, "schema": msgspec.json.schema(f.type)}
        for f in fields
    ]
