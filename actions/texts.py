"""Words that actions put together themselves, in the three languages. Whole sentences to customers are responses
in bot/domain.yml; here are button titles (20 characters at most), the agent's summary and an order's small lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.rules import Language, Reason, Turn, path, shorten

TOPICS: Mapping[str, Mapping[Language, str]] = {
    "greet": {"pt": "Saudação", "es": "Saludo", "en": "Greeting"},
    "goodbye": {"pt": "Despedida", "es": "Despedida", "en": "Goodbye"},
    "thank": {"pt": "Agradecimento", "es": "Agradecimiento", "en": "Thanks"},
    "affirm": {"pt": "Sim", "es": "Sí", "en": "Yes"},
    "deny": {"pt": "Não", "es": "No", "en": "No"},
    "ask_hours": {"pt": "Horário", "es": "Horario", "en": "Opening hours"},
    "ask_address": {"pt": "Endereço e contato", "es": "Dirección y contacto", "en": "Address and contact"},
    "order_status": {"pt": "Meu pedido", "es": "Mi pedido", "en": "My order"},
    "prices_plans": {"pt": "Preços e planos", "es": "Precios y planes", "en": "Prices and plans"},
    "bill_copy": {"pt": "Segunda via da conta", "es": "Copia de factura", "en": "Copy of my bill"},
    "delivery": {"pt": "Entrega", "es": "Envío", "en": "Delivery"},
    "exchange_refund": {"pt": "Troca ou devolução", "es": "Cambio o devolución", "en": "Exchange or refund"},
    "complaint": {"pt": "Reclamação", "es": "Reclamo", "en": "Complaint"},
    "opt_out": {"pt": "Parar promoções", "es": "Parar promociones", "en": "Stop offers"},
    "opt_in": {"pt": "Receber promoções", "es": "Recibir promociones", "en": "Get offers"},
    "bot_challenge": {"pt": "Quem está falando", "es": "Quién habla", "en": "Who is speaking"},
    "ask_human": {"pt": "Falar com alguém", "es": "Hablar con alguien", "en": "Talk to someone"},
    "inform_number": {"pt": "Número do pedido", "es": "Número del pedido", "en": "Order number"},
    "out_of_scope": {"pt": "Outro assunto", "es": "Otro tema", "en": "Something else"},
    "customer_event": {"pt": "Arquivo ou áudio", "es": "Archivo o audio", "en": "File or audio"},
    "nlu_fallback": {"pt": "Não entendido", "es": "No entendido", "en": "Not understood"},
}

NONE_OF_THESE: Mapping[Language, str] = {"pt": "Nenhuma delas", "es": "Ninguna", "en": "None of these"}

WHY: Mapping[Reason, Mapping[Language, str]] = {
    "asked": {
        "pt": "O cliente pediu para falar com uma pessoa.",
        "es": "El cliente pidió hablar con una persona.",
        "en": "The customer asked for a person.",
    },
    "fallback": {
        "pt": "O bot não entendeu duas vezes seguidas.",
        "es": "El bot no entendió dos veces seguidas.",
        "en": "The bot did not understand twice in a row.",
    },
    "error": {
        "pt": "Uma consulta do bot falhou.",
        "es": "Una consulta del bot falló.",
        "en": "One of the bot's look-ups failed.",
    },
    "complaint": {
        "pt": "O cliente tem uma reclamação e aceitou falar com uma pessoa.",
        "es": "El cliente tiene un reclamo y aceptó hablar con una persona.",
        "en": "The customer has a complaint and agreed to talk to a person.",
    },
    "rule": {
        "pt": "O bot não encontrou o pedido em duas tentativas.",
        "es": "El bot no encontró el pedido en dos intentos.",
        "en": "The bot could not find the order in two attempts.",
    },
}

_LAST: Mapping[Language, str] = {"pt": "Últimas mensagens", "es": "Últimos mensajes", "en": "Last messages"}
_TOPIC: Mapping[Language, str] = {"pt": "Assuntos", "es": "Temas", "en": "Topics"}
_ORDER: Mapping[Language, str] = {"pt": "Pedido", "es": "Pedido", "en": "Order"}
_UPDATED: Mapping[Language, str] = {"pt": "Atualizado em", "es": "Actualizado el", "en": "Updated on"}
_TRACK: Mapping[Language, str] = {"pt": "Acompanhe", "es": "Sigue el envío", "en": "Track it"}


def topic(intent: str, spoken: Language) -> str:
    return TOPICS[intent][spoken] if intent in TOPICS else intent.replace("_", " ")


def summary(
    reason: Reason, said: Sequence[Turn], slots: Mapping[str, Any], spoken: Language, *, last: int = 3
) -> str:
    """What the agent reads before answering, in the customer's language."""
    lines = [WHY[reason][spoken]]
    topics = [topic(intent, spoken) for intent in path(said)]
    if topics:
        lines.append(f"{_TOPIC[spoken]}: {' → '.join(topics)}")
    quotes = [_quote(turn, spoken) for turn in said[-last:] if turn.text]
    if quotes:
        lines.append(f"{_LAST[spoken]}: {' · '.join(quotes)}")
    if slots.get("order_number"):
        lines.append(f"{_ORDER[spoken]}: {slots['order_number']}")
    return "\n".join(lines)


def _quote(turn: Turn, spoken: Language) -> str:
    if turn.text.startswith("/"):  # a pressed button: its payload tells an agent nothing
        return f"[{topic(turn.intent, spoken)}]"
    return f"“{shorten(turn.text)}”"


def order_lines(detail: str, updated: str | None, url: str | None, spoken: Language) -> str:
    """What follows an order's status, each on its own line; empty when nothing is known."""
    lines = [detail.strip()]
    lines.append(f"{_UPDATED[spoken]} {updated}." if updated else "")
    lines.append(f"{_TRACK[spoken]}: {url}" if url else "")
    return "".join(f"\n{line}" for line in lines if line)
