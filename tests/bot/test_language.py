"""Which language a message is in, and when a conversation keeps its own."""

from __future__ import annotations

import pytest

from bot.nlu.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("qual o horário de vcs?", "pt"),
        ("cade minha encomenda", "pt"),
        ("vcs entregam em Osasco?", "pt"),
        ("obg", "pt"),
        ("¿dónde está mi paquete?", "es"),
        ("kiero hablar con una persona", "es"),
        ("ustedes entregan en Monterrey?", "es"),
        ("gracias", "es"),
        ("wheres my order", "en"),
        ("do u ship to Lisbon?", "en"),
        ("thx", "en"),
    ],
)
def test_the_first_message_tells_its_language(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["12345", "👍", "", "Maria Silva", "?"])
@pytest.mark.parametrize("previous", ["pt", "es", "en"])
def test_words_of_no_language_keep_the_conversations(text: str, previous: str) -> None:
    assert detect(text, previous, "pt") == previous


@pytest.mark.parametrize("text", ["12345", "👍", ""])
@pytest.mark.parametrize("locale", ["pt", "es", "en"])
def test_without_a_conversation_the_accounts_language_is_taken(text: str, locale: str) -> None:
    assert detect(text, None, locale) == locale


def test_one_borrowed_word_does_not_change_the_language() -> None:
    assert detect("meu order é 123", "pt") == "pt"
    assert detect("ok", "es") == "es"


def test_a_whole_sentence_does() -> None:
    assert detect("I would like to talk to a human please", "pt", "pt") == "en"
    assert detect("quiero saber dónde está mi pedido", "pt", "pt") == "es"
