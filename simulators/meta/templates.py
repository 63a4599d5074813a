"""Message templates: the ones a new account has, what may be created, and whether a send fits one. Pure."""

from __future__ import annotations

import re
from typing import Any

from simulators.meta import ids
from simulators.meta.check import Checker
from simulators.meta.errors import GraphError, whatsapp_error

Template = dict[str, Any]
check = Checker(whatsapp_error, missing=100, invalid=100)
_PLACE = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")
_BAD_TEXT = re.compile(r"[\n\t]| {5,}")


def made(name: str, language: str, category: str, components: list[Template], status: str = "APPROVED",
         parameter_format: str = "POSITIONAL") -> Template:  # fmt: skip
    return {
        "id": ids.numeric(),
        "name": name,
        "language": language,
        "category": category,
        "status": status,
        "parameter_format": parameter_format,
        "components": components,
        "quality_score": {"score": "UNKNOWN"},
        "rejected_reason": "NONE",
    }


def defaults() -> dict[tuple[str, str], Template]:
    """What one finds on a fresh account, plus three a shop would have."""
    welcome = _body("Welcome and congratulations!! This message demonstrates your ability to send a message.")
    shipped = _body("Oi {{1}}, o pedido {{2}} saiu para entrega hoje.")
    track = _buttons({"type": "URL", "text": "Rastrear", "url": "https://loja.example/r/{{1}}"})
    offer = _body("Oi {{1}}, esta semana tem oferta para você. Quer ver?")
    quick = _buttons({"type": "QUICK_REPLY", "text": "Quero ver"}, {"type": "QUICK_REPLY", "text": "Parar"})
    resume = _body("Oi {{nome}}, podemos continuar seu atendimento?")
    found = [
        made("hello_world", "en_US", "UTILITY", [welcome]),
        made("pedido_enviado", "pt_BR", "UTILITY", [shipped, track]),
        made("promocao_semana", "pt_BR", "MARKETING", [offer, quick]),
        made("retomar_conversa", "pt_BR", "UTILITY", [resume], parameter_format="NAMED"),
    ]
    return {(template["name"], template["language"]): template for template in found}


def _buttons(*buttons: Template) -> Template:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def _body(text: str) -> Template:
    return {"type": "BODY", "text": text}


def create(body: Template) -> Template:
    name = check.text(body, "name", 512)
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise check.fail("name may hold a-z, 0-9 and _ only")
    language, category = check.text(body, "language", 16), check.text(body, "category", 32)
    if category not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
        raise check.fail("category is not valid")
    components = check.items(body, "components", 1, 20)
    for component in components:
        kind = check.text(component, "type", 32).upper()
        if kind == "BODY" and category != "AUTHENTICATION":
            _check_body(check.text(component, "text", 1024, 2388072))
        elif kind == "FOOTER" and component.get("text") is not None:
            check.text(component, "text", 60, 2388073)
        elif kind == "BUTTONS":
            check.items(component, "buttons", 1, 10)
    form = str(body.get("parameter_format", "POSITIONAL")).upper()
    return made(name, language, category, components, "PENDING", form)


def _check_body(text: str) -> None:
    stripped = text.strip()
    if _PLACE.match(stripped) or stripped.endswith("}}"):
        raise whatsapp_error(2388299, "Variables can't be at the start or end of the template.")


def find(templates: dict[tuple[str, str], Template], sent: Template) -> Template:
    """The template meant, if it may be sent now."""
    name, language = str(sent["name"]), str(sent["language"]["code"])
    found = templates.get((name, language))
    if found is None or found["status"] in ("PENDING", "REJECTED", "DELETED"):
        raise whatsapp_error(132001, f"template name ({name}) does not exist in {language}")
    if found["status"] == "PAUSED":
        raise whatsapp_error(132015, f"template ({name}) is paused")
    if found["status"] == "DISABLED":
        raise whatsapp_error(132016, f"template ({name}) is disabled")
    return found


def fit(template: Template, sent: Template) -> None:
    """Raise unless the parameters sent are those the template has places for."""
    given = sent.get("components") or []
    for component in template["components"]:
        kind = str(component["type"]).upper()
        if kind == "BODY":
            _fit_text(template, component, _part(given, "body"))
        elif kind == "HEADER":
            _fit_header(template, component, _part(given, "header"))
        elif kind == "BUTTONS":
            _fit_buttons(component, given)


def _part(given: list[Template], kind: str) -> list[Template]:
    parameters: Any = next((c.get("parameters") for c in given if str(c.get("type")).lower() == kind), None)
    if parameters is None:
        return []
    if not isinstance(parameters, list) or not all(isinstance(item, dict) for item in parameters):
        raise whatsapp_error(132012, f"{kind}: parameters must be a list of objects")
    return parameters


def _fit_text(template: Template, component: Template, parameters: list[Template]) -> None:
    places = list(dict.fromkeys(_PLACE.findall(component.get("text", ""))))
    where = str(component["type"]).lower()
    if len(parameters) != len(places):
        raise whatsapp_error(
            132000,
            f"{where}: number of localizable_params ({len(parameters)}) does not match "
            f"the expected number of params ({len(places)})",
        )
    if template["parameter_format"].upper() == "NAMED":
        names = {str(parameter.get("parameter_name")) for parameter in parameters}
        if names != set(places):
            raise whatsapp_error(132012, f"{where}: parameter names must be {', '.join(places)}")
    values = [_value(parameter) for parameter in parameters]
    if len(component.get("text", "")) + sum(map(len, values)) > 4096:
        raise whatsapp_error(132005, f"{where}: text is too long")


def _value(parameter: Template) -> str:
    kind = parameter.get("type")
    if kind in ("currency", "date_time"):
        holder = parameter.get(kind)
        value = holder.get("fallback_value") if isinstance(holder, dict) else None
    elif kind == "text":
        value = parameter.get("text")
    else:
        raise whatsapp_error(132012, f"parameter type {kind} does not fit a text")
    if not isinstance(value, str) or not value:
        raise whatsapp_error(132012, "a text parameter needs a text")
    if _BAD_TEXT.search(value):
        raise whatsapp_error(
            132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        )
    return value


def _fit_header(template: Template, component: Template, parameters: list[Template]) -> None:
    form = str(component.get("format", "TEXT")).upper()
    if form == "TEXT":
        _fit_text(template, component, parameters)
    elif len(parameters) != 1 or str(parameters[0].get("type")).upper() != form:
        raise whatsapp_error(132012, f"header: one parameter of type {form.lower()} is expected")


def _fit_buttons(component: Template, given: list[Template]) -> None:
    sent = {str(c.get("index")): c for c in given if str(c.get("type")).lower() == "button"}
    for index, button in enumerate(component["buttons"]):
        variable = button["type"] == "URL" and "{{" in button.get("url", "")
        if variable and not _part([sent.get(str(index), {"type": "none"})], "button"):
            raise whatsapp_error(131008, f"buttons: Button at index {index} of type Url requires a parameter")
    for name in sent:
        if not (name.isascii() and name.isdigit()) or int(name) >= len(component["buttons"]):
            raise whatsapp_error(132000, f"buttons: there is no button at index {name[:16]}")


def text(template: Template, sent: Template) -> str:
    """The body a customer reads."""
    body = next((c.get("text", "") for c in template["components"] if str(c["type"]).upper() == "BODY"), "")
    parameters = _part(sent.get("components") or [], "body")
    values = {str(p.get("parameter_name") or i + 1): _shown(p) for i, p in enumerate(parameters)}
    return _PLACE.sub(lambda match: values.get(match.group(1), match.group(0)), body)


def _shown(parameter: Template) -> str:
    try:
        return _value(parameter)
    except GraphError:
        return ""
