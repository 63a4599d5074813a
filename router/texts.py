"""The few sentences the platform itself says to a customer, when no bot could."""

from __future__ import annotations

from typing import Literal

Language = Literal["pt", "es", "en"]

APOLOGY: dict[str, str] = {
    "pt": "Desculpe, tive um problema aqui. Já estou chamando uma pessoa da equipe para continuar com você.",
    "es": "Disculpa, tuve un problema. Ya estoy llamando a una persona del equipo para seguir contigo.",
    "en": "Sorry, something went wrong on my side. I am calling a person from the team to go on with you.",
}


def language_of(locale: str | None) -> Language:
    """pt-BR → pt; what we do not speak becomes Portuguese."""
    short = (locale or "pt")[:2].lower()
    return "es" if short == "es" else "en" if short == "en" else "pt"
