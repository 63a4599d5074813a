"""A trained intent model on disk: plain arrays and JSON, nothing that runs code when it is read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bot.nlu.classifier import IntentModel
from bot.nlu.ngrams import Ngrams
from bot.nlu.spelling import Spelling
from bot.nlu.trust import Trust

ARRAYS, WORDS = "arrays.npz", "words.json"
WEIGHTS = ("dense", "sparse", "bias", "known", "aspects")


def save(folder: Path, model: IntentModel, spelling: Spelling) -> None:
    np.savez(
        folder / ARRAYS,
        grams=model.ngrams.weights.astype(np.float32),
        dense=model.dense.astype(np.float32),
        sparse=model.sparse.astype(np.float16),
        bias=model.bias,
        known=model.known.astype(np.float16),
        aspects=model.aspects.astype(np.float16),
    )
    words = {
        "intents": model.intents,
        "grams": model.ngrams.vocabulary,
        "trust": list(model.trust),
        "spelling": spelling.words,
    }
    (folder / WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


def load(folder: Path) -> tuple[IntentModel, Spelling]:
    words = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
        weights = {name: arrays[name].astype(np.float32) for name in WEIGHTS}
        ngrams = Ngrams(words["grams"], arrays["grams"])
    model = IntentModel(words["intents"], ngrams, weights, Trust(*words["trust"]))
    return model, Spelling(words["spelling"])
