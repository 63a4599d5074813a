"""Measures the intent model: `python -m bot.nlu.bench DATA… [--shots 10 30 0]`; data.py says what DATA may be.

0 shots means all lines, and only what these give is written to build/measures/bench-nlu.json.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import sys
import time
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score, roc_auc_score

from bot.nlu.classifier import Answer, IntentModel
from bot.nlu.data import Data, Pairs, Wrong, read
from bot.nlu.language import detect
from bot.nlu.spelling import Spelling, accents
from bot.nlu.text import prepared

RESULT = Path(__file__).resolve().parents[2] / "build" / "measures" / "bench-nlu.json"
SEED = 1
TIMED = 500  # texts, each parsed by itself
GOALS = {"accuracy": "≥ 0.945", "oos_auroc": "≥ 0.975", "ece": "≤ 0.05"}
UNITS = {"train_s": "s", "parse_p95_ms": "ms", "rss_mb": "MB"}


class Parser(NamedTuple):
    model: IntentModel
    spelling: Spelling

    @classmethod
    def learn(cls, pairs: Pairs) -> Parser:
        texts = [prepared(text, detect(text)) for text, _ in pairs]
        spelling = Spelling.learn(texts)
        repaired = [spelling.repair(text) for text in texts]
        return cls(IntentModel.fit(repaired, [intent for _, intent in pairs]), spelling)

    def answers(self, texts: list[str]) -> list[Answer]:
        return self.model.predict([prepared(text, detect(text), self.spelling) for text in texts])


def few(pairs: Pairs, shots: int) -> Pairs:
    shuffled = random.Random(SEED).sample(pairs, len(pairs))  # noqa: S311 - the same draw each time, no secret
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


def parse_p95(parser: Parser, texts: list[str]) -> float:
    chosen = random.Random(SEED).sample(texts, min(len(texts), TIMED))  # noqa: S311 - the same draw each time, no secret
    took = []
    for text in chosen:
        began = time.perf_counter()
        parser.answers([text])
        took.append(time.perf_counter() - began)
    return float(np.percentile(took, 95)) * 1000


def measure(data: Data, shots: int) -> dict[str, float]:
    train = few(data.train, shots)
    accents()  # gathered once a process, as the host does before it serves
    began = time.monotonic()
    parser = Parser.learn(train)
    found = {"train_s": time.monotonic() - began}
    asked = [pair for pairs in data.tests.values() for pair in pairs]
    found["parse_p95_ms"] = parse_p95(parser, [text for text, _ in asked])
    names: list[str] = []
    sure: list[float] = []
    for stem, pairs in data.tests.items():
        best = [answer.ranking[0] for answer in parser.answers([text for text, _ in pairs])]
        right = [name == intent for (name, _), (_, intent) in zip(best, pairs, strict=True)]
        found[f"accuracy_{stem}"] = sum(right) / len(right)
        names += [name for name, _ in best]
        sure += [confidence for _, confidence in best]
    wanted, confidence = np.array([intent for _, intent in asked]), np.array(sure)
    hits = np.array(names) == wanted
    found["accuracy"] = float(hits.mean())
    found["macro_f1"] = float(f1_score(wanted, names, average="macro"))
    found["ece"] = calibration_error(confidence, hits)
    if data.strangers:
        doubt = np.array([answer.ranking[0][1] for answer in parser.answers(data.strangers)])
        known = np.concatenate([np.ones(len(sure)), np.zeros(len(doubt))])
        found["oos_auroc"] = float(roc_auc_score(known, np.concatenate([confidence, doubt])))
    found["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def write(found: dict[str, float]) -> None:
    rows = [
        {"metric": name, "value": value, "unit": UNITS.get(name, ""), "goal": GOALS.get(name, ""), "peer": ""}
        for name, value in found.items()
    ]
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.bench")
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--shots", type=int, nargs="+", default=[10, 30, 0])
    options = parser.parse_args()
    try:
        data = read(options.data)
    except (OSError, ValueError, KeyError, Wrong) as problem:
        print(f"the data cannot be measured: {problem}", file=sys.stderr)
        return 1
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scikit-learn"))
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {libraries}, seed {SEED}"
    )
    tests = ", ".join(f"{len(pairs)} of {stem}" for stem, pairs in data.tests.items())
    print(f"{len(data.train)} lines to learn from; to ask: {tests}; {len(data.strangers)} strangers")
    for shots in options.shots:
        found = measure(data, shots)
        print(
            f"{shots or 'all'} shots: " + ", ".join(f"{name} {value:.4g}" for name, value in found.items()),
            flush=True,
        )
        if not shots:
            write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
