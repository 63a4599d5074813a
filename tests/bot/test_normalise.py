"""What customers type, and what is made of it before it is understood."""

from __future__ import annotations

import pytest

from bot.nlu.normalise import clean, squeezed
from bot.nlu.spelling import Spelling, distance


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("vc sabe qdo chega?", "pt", "você sabe quando chega?"),
        ("blz, obg", "pt", "beleza, obrigado"),
        ("oiiiiii", "pt", "oi"),
        ("p/ mim", "pt", "para mim"),
        ("cadê meu pedido kkkkkk 😂😂", "pt", "cadê meu pedido"),
        ("xfa dnd estan", "es", "por favor dónde estan"),
        ("pls tell me whr u are", "en", "please tell me where you are"),
        ("👍", "pt", "sim"),
        ("👍🏽", "en", "yes"),
        ("🙏", "es", "gracias"),
        ("quero trocar!!!!???", "pt", "quero trocar"),
        ("olha isso https://exemplo.example/x?y=1 chegou quebrado", "pt", "olha isso chegou quebrado"),
    ],
)
def test_chat_is_written_out(typed: str, language: str, meant: str) -> None:
    assert clean(typed, language) == meant


def test_numbers_are_never_squeezed() -> None:
    assert squeezed("pedido 1000555") == "pedido 1000555"


@pytest.mark.parametrize("nothing", ["", "   ", "🤷‍♂️", "\u200b", "..."])
def test_nothing_stays_nothing(nothing: str) -> None:
    assert clean(nothing, "pt").strip(" .") in ("", "🤷‍♂️")


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [("pedido", "pedido", 0), ("pedido", "peddio", 1), ("entrega", "etrga", 2), ("", "ab", 2)],
)
def test_a_swap_of_neighbours_is_one_slip(left: str, right: str, edits: int) -> None:
    assert distance(left, right) == edits


def test_mistyped_words_become_words_of_the_training_data() -> None:
    spelling = Spelling.learn(["qual o prazo de entrega", "quero o reembolso", "meu endereço"])
    assert spelling.repair("prazo de entregga") == "prazo de entrega"
    assert spelling.repair("quero o rembolço") == "quero o reembolso"
    assert spelling.repair("meu endereco") == "meu endereço"


def test_real_words_names_and_numbers_are_left_alone() -> None:
    spelling = Spelling.learn(["qual o prazo de entrega", "troca"])
    assert spelling.repair("placa barata 12345 troco") == "placa barata 12345 troco"
