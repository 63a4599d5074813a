"""Measures the intent model on any data: `python -m bot.nlu.bench DATA [--shots 10 30 0]`.

DATA is a CSV with text and intent (and, if it likes, a split of train and test), or a JSON of the
CLINC kind: {"train": [[text, intent], …], "test": …, "oos_test": …}. 0 shots means all lines.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from bot.nlu.classifier import IntentModel
from bot.nlu.language import detect
from bot.nlu.spelling import Spelling
from bot.nlu.text import prepared

Pairs = list[tuple[str, str]]
TEXTS, INTENTS = ("text", "sentence", "utterance", "message"), ("intent", "label", "category")
STRANGERS = {"oos", "out_of_scope"}
TEST_SHARE = 5  # one line in five where the data has no split of its own


class Data(NamedTuple):
    train: Pairs
    test: Pairs
    strangers: list[str]


def read(path: Path) -> Data:
    return _read_json(path) if path.suffix == ".json" else _read_csv(path)


def _read_json(path: Path) -> Data:
    content = json.loads(path.read_text(encoding="utf-8"))
    pairs = {name: [(text, intent) for text, intent in content.get(name, [])] for name in ("train", "test")}
    return Data(pairs["train"], pairs["test"], [text for text, _ in content.get("oos_test", [])])


def _read_csv(path: Path) -> Data:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    text = next((name for name in columns if name.lower() in TEXTS), columns[0])
    intent = next((name for name in columns if name.lower() in INTENTS), columns[1])
    known = [row for row in rows if row[intent] not in STRANGERS]
    strangers = [row[text] for row in rows if row[intent] in STRANGERS]
    if "split" in columns:
        parts = {part: [r for r in known if r["split"].startswith(part)] for part in ("train", "test")}
    else:
        random.Random(0).shuffle(known)  # noqa: S311
        cut = len(known) // TEST_SHARE
        parts = {"test": known[:cut], "train": known[cut:]}
    pairs = {part: [(row[text], row[intent]) for row in chosen] for part, chosen in parts.items()}
    return Data(pairs["train"], pairs["test"], strangers)


def few(pairs: Pairs, shots: int) -> Pairs:
    shuffled = random.Random(1).sample(pairs, len(pairs))  # noqa: S311
    taken: dict[str, int] = defaultdict(int)
    out = []
    for text, intent in shuffled:
        taken[intent] += 1
        if not shots or taken[intent] <= shots:
            out.append((text, intent))
    return out


def calibration_error(confidence: npt.NDArray[Any], right: npt.NDArray[Any]) -> float:
    """Expected calibration error over ten bins."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [
        abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)
    ]
    return float(sum(gaps))


def measure(data: Data, shots: int) -> str:
    train = few(data.train, shots)
    began = time.monotonic()
    texts = [prepared(text, detect(text)) for text, _ in train]
    spelling = Spelling.learn(texts)
    model = IntentModel.fit(texts, [intent for _, intent in train])
    took = time.monotonic() - began
    answers = model.predict([prepared(text, detect(text), spelling) for text, _ in data.test])
    right = np.array([a.ranking[0][0] == intent for a, (_, intent) in zip(answers, data.test, strict=True)])
    sure = np.array([answer.ranking[0][1] for answer in answers])
    line = f"{shots or 'all':>4} shots: accuracy {right.mean():.4f}, ECE {calibration_error(sure, right):.3f}"
    if data.strangers:
        strange = model.predict([prepared(text, detect(text), spelling) for text in data.strangers])
        doubt = np.array([answer.ranking[0][1] for answer in strange])
        known = np.concatenate([np.ones(len(sure)), np.zeros(len(doubt))])
        line += f", out-of-scope AUROC {roc_auc_score(known, np.concatenate([sure, doubt])):.4f}"
    return f"{line}, {len(train)} lines fitted in {took:.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.bench")
    parser.add_argument("data", type=Path)
    parser.add_argument("--shots", type=int, nargs="+", default=[10, 30, 0])
    options = parser.parse_args()
    data = read(options.data)
    print(f"{len(data.train)} training lines, {len(data.test)} test lines, {len(data.strangers)} strangers")
    for shots in options.shots:
        print(measure(data, shots), flush=True)


if __name__ == "__main__":
    main()
