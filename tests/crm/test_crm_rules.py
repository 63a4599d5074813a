from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import rules


@pytest.mark.parametrize(
    "words",
    [
        "não quero cancelar", "quero cancelar meu pedido", "como faço para parar a torneira?", "vou sair agora",
        "stop it please my order", "não pare", "sairam", "cancelar pedido", "", "🙏", "!!!", "pode voltar",
        "start over", "p a r a r", "para", "parar " * 40, "la parada", "baja temporada",
    ],
)  # fmt: skip
def test_words_that_stop_nothing(words):
    assert rules.stop_word(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "PARAR", "parar", "Parar!!!", "  pare. ", "SAIR 🙏", "stop", "STOP.", "Stop ✋", "Cancelar",
        "CANCELAR, por favor",
        "unsubscribe", "UNSUBSCRIBE", "baja", "¡BAJA!", "darme de baja", "Descadastrar-me",
        "não quero mais receber mensagens",
        "Nao quero receber mensagens", "no quiero recibir más mensajes", "opt-out", "Stop, please",
        "parar de receber", "“parar”", "ｓｔｏｐ",
    ],
)  # fmt: skip
def test_words_that_stop(words):
    assert rules.stop_word(words) == "out"


@pytest.mark.parametrize(
    "words", ["VOLTAR", "voltar 😊", "Start", "START!", "alta", "opt-in", "Quero receber"]
)
def test_words_that_resume(words):
    assert rules.stop_word(words) == "in"


@given(st.text(max_size=200))
def test_any_message_is_judged(words):
    assert rules.stop_word(words) in ("out", "in", None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("551187654321", "5511987654321"),
        ("556281234567", "5562981234567"),
        ("5215512345678", "525512345678"),
    ],
)
def test_two_spellings_of_one_telephone_are_one(one, other):
    assert rules.phone_key(one) == rules.phone_key(other)


@pytest.mark.parametrize("digits", ["551133334444", "12025550123", "4915112345678", "5511987654321", "55119"])
def test_other_numbers_stay_as_they_are(digits):
    assert rules.phone_key(digits) == digits


@given(st.from_regex(r"\A[1-9][0-9]{5,14}\Z"))
def test_the_key_of_a_key_is_itself(digits):
    assert rules.phone_key(rules.phone_key(digits)) == rules.phone_key(digits)


def test_a_national_number_gets_the_country_and_others_do_not():
    assert rules.phone_digits("(11) 98765-4321", "55") == "5511987654321"
    assert rules.phone_digits("011 98765-4321", "55") == "5511987654321"
    assert rules.phone_digits("+1 202 555 0123", "55") == "12025550123"
    assert rules.phone_digits("5511987654321", "55") == "5511987654321"
    assert rules.phone_digits("11987654321") == "11987654321"


def test_search_finds_plain_words_and_either_spelling_of_a_number():
    found = rules.search_text("João da Conceição", "551187654321", "Joao@Example.com")
    assert found == "joao da conceicao 551187654321 5511987654321 joao@example.com"
    assert rules.search_patterns("CONCEIÇÃO  joão") == ["%conceicao%", "%joao%"]
    assert rules.search_patterns("(11) 98765-4321") == ["%11987654321%"]
    assert rules.search_patterns("jo") == ["jo%"]
    assert rules.search_patterns("100%_\\x") == [r"%100\%\_\\x%"]
    assert rules.search_patterns("   ") == []
    assert len(rules.search_patterns("a " * 50)) == rules.MAX_WORDS


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("text", 1.0), ("text", ""), ("text", "x" * 2001), ("text", True), ("number", "1"), ("number", True),
        ("boolean", "sim"), ("boolean", 1.0), ("date", "25/11/2026"), ("date", "2026-02-30"), ("date", "20261125"),
        ("choice", "verde"), ("choice", 1.0),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_their_field(type_, value):
    assert rules.field_problem(type_, ["azul"], value)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("text", "x"),
        ("number", 1.5),
        ("number", 2),
        ("boolean", False),
        ("date", "2026-02-28"),
        ("choice", "azul"),
    ],
)
def test_values_that_fit(type_, value):
    assert rules.field_problem(type_, ["azul"], value) is None


def test_null_removes_a_field():
    assert rules.merged_fields({"a": 1.0, "b": "x"}, {"b": None, "c": True}) == {"a": 1.0, "c": True}


def test_order_numbers_are_read_as_people_write_them():
    assert {rules.order_number(n) for n in ("#ab 12", "AB12", " ab12")} == {"AB12"}


def test_only_the_right_signature_counts():
    message = b"GET /internal/crm/orders/1?tenant=x"
    good = "sha256=" + hmac.new(b"secret", message, hashlib.sha256).hexdigest()
    for header in (None, "", "sha256=", good.upper(), good[:-1], good + "0", good[7:], "sha256=é"):
        assert not rules.is_signed(message, header, "secret")
    empty = "sha256=" + hmac.new(b"", message, hashlib.sha256).hexdigest()
    assert not rules.is_signed(message, empty, "")
    assert not rules.is_signed(message + b"y", good, "secret")
    assert rules.is_signed(message, good, "secret")
