"""The few sentences the host itself says, where a model has no response of its own for them."""

from __future__ import annotations

APOLOGY = {
    "pt": "Desculpe, tive um problema aqui. Já estou chamando alguém da equipe para continuar.",
    "es": "Disculpa, tuve un problema. Ya estoy llamando a alguien del equipo para continuar.",
    "en": "Sorry, I ran into a problem. I'm getting someone from the team to continue.",
}

HANDOFF = {
    "pt": "Vou chamar alguém da equipe para ajudar você por aqui.",
    "es": "Voy a llamar a alguien del equipo para que te ayude por aquí.",
    "en": "I'm getting someone from the team to help you here.",
}

# Responses of the domain that are preferred to the above.
APOLOGY_RESPONSE = "utter_error"
HANDOFF_RESPONSE = "utter_handoff_fallback"
