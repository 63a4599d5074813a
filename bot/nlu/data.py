"""Labelled sentences from files: what the intent model is measured with.

CSV with a text and an intent column (and, if it likes, one of split); JSON of [[text, intent], …], of objects,
or of the CLINC kind, {"train": [[text, intent], …], "test": …, "oos_test": …}. Of several files, or of a
folder's, those called train… are learnt from and those called test… are asked.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

Pairs = list[tuple[str, str]]
TEXTS, INTENTS = ("text", "sentence", "utterance", "message"), ("intent", "label", "category")
STRANGERS = {"oos", "out_of_scope"}
TEST_SHARE = 5  # one line in five where the data has no split of its own


class Wrong(Exception):
    """What is missing in the data."""


class Data(NamedTuple):
    train: Pairs
    tests: dict[str, Pairs]  # by the file's name
    strangers: list[str]  # texts of none of the intents


def read(paths: Sequence[Path]) -> Data:
    files = [file for path in paths for file in (_within(path) if path.is_dir() else [path])]
    train: Pairs = []
    tests: dict[str, Pairs] = {}
    for file in files:
        parts = _parts(file)
        train += parts["train"]
        if parts["test"]:
            tests[file.stem] = parts["test"]
    known = {intent for _, intent in train} - STRANGERS
    asked = {name: [pair for pair in pairs if pair[1] not in STRANGERS] for name, pairs in tests.items()}
    strangers = [text for pairs in tests.values() for text, intent in pairs if intent in STRANGERS]
    if len(known) < 2 or not any(asked.values()):
        raise Wrong("no lines of two intents to learn from, or none to ask")
    learnt = [pair for pair in train if pair[1] not in STRANGERS]
    return Data(learnt, {name: pairs for name, pairs in asked.items() if pairs}, strangers)


def _within(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in {".csv", ".json"})


def _parts(file: Path) -> dict[str, Pairs]:
    rows = _json(file) if file.suffix == ".json" else _csv(file)
    if isinstance(rows, dict):
        return {"train": rows["train"], "test": rows["test"]}
    for part, other in (("train", "test"), ("test", "train")):
        if file.stem.startswith(part):
            return {part: rows, other: []}
    shuffled = random.Random(0).sample(rows, len(rows))  # noqa: S311 - the same draw each time, no secret
    cut = len(rows) // TEST_SHARE
    return {"test": shuffled[:cut], "train": shuffled[cut:]}


def _json(file: Path) -> Pairs | dict[str, Pairs]:
    content = json.loads(file.read_text(encoding="utf-8"))
    if isinstance(content, dict):
        asked = _pairs(content.get("test", [])) + _pairs(content.get("oos_test", []))
        return {"train": _pairs(content.get("train", [])), "test": asked}
    return _pairs(content)


def _pairs(rows: list[Any]) -> Pairs:
    if rows and isinstance(rows[0], dict):
        text, intent = _columns(list(rows[0]))
        return [(str(row[text]), str(row[intent])) for row in rows]
    return [(str(text), str(intent)) for text, intent in rows]


def _csv(file: Path) -> Pairs | dict[str, Pairs]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows:
        return []
    text, intent = _columns(list(rows[0]))
    if "split" not in rows[0]:
        return [(row[text], row[intent]) for row in rows]
    parts = ("train", "test")
    return {part: [(r[text], r[intent]) for r in rows if r["split"].startswith(part)] for part in parts}


def _columns(names: list[str]) -> tuple[str, str]:
    text = next((name for name in names if name.lower() in TEXTS), names[0])
    intent = next((name for name in names if name.lower() in INTENTS), names[-1])
    return text, intent
