"""The intent model by itself: right, sure when right, unsure of strangers, the same after storing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu import storage
from bot.nlu.classifier import IntentModel
from bot.nlu.spelling import Spelling

LINES = {
    "hours": [
        "que horas abre",
        "qual o horário",
        "até que horas fica aberto",
        "abrem no domingo",
        "horário de hoje",
    ],
    "order": [
        "cadê meu pedido",
        "onde está a encomenda",
        "meu pacote não chegou",
        "rastrear pedido",
        "status da compra",
    ],
    "human": [
        "falar com atendente",
        "quero uma pessoa",
        "me passa um humano",
        "chama alguém",
        "atendimento humano",
    ],
}


@pytest.fixture(scope="module")
def model() -> IntentModel:
    pairs = [(text, intent) for intent, texts in LINES.items() for text in texts]
    return IntentModel.fit([text for text, _ in pairs], [intent for _, intent in pairs])


def test_other_words_and_other_languages_find_their_intent(model: IntentModel) -> None:
    asked = ["a loja fica aberta até quando?", "¿dónde está mi paquete?", "let me talk to a person"]
    assert [answer.ranking[0][0] for answer in model.predict(asked)] == ["hours", "order", "human"]


def test_strangers_are_doubted(model: IntentModel) -> None:
    known, stranger = model.predict(["qual o horário de vocês", "receita de bolo de cenoura com cobertura"])
    assert known.nearest > stranger.nearest
    assert known.ranking[0][1] > stranger.ranking[0][1]


def test_confidences_are_probabilities_in_order(model: IntentModel) -> None:
    for answer in model.predict(["oi", "pedido", "qual o horário"]):
        chances = [chance for _, chance in answer.ranking]
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) <= 1.0001


def test_a_stored_model_answers_as_before(model: IntentModel, tmp_path: Path) -> None:
    storage.save(tmp_path, model, Spelling.learn(LINES["hours"]))
    again, spelling = storage.load(tmp_path)
    before, after = (
        model.predict(["qual o horário de vocês"])[0],
        again.predict(["qual o horário de vocês"])[0],
    )
    assert [name for name, _ in after.ranking] == [name for name, _ in before.ranking]
    assert after.ranking[0][1] == pytest.approx(before.ranking[0][1], abs=0.01)
    assert spelling.words["horário"] == 2


@pytest.mark.parametrize("intents", [["a", "b"], ["a", "a", "b", "b", "b"]])
def test_very_little_data_still_makes_a_model(intents: list[str]) -> None:
    texts = ["preço", "valor", "horário", "abre", "fecha"][: len(intents)]
    assert IntentModel.fit(texts, intents).predict([texts[0]])[0].ranking[0][0] == "a"
