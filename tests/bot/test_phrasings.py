"""The standard bot understands what was written apart from its training: tests/bot/phrasings and phrasings2.

The second set is the younger one; the first has been measured so often that it flatters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from rasa.core.channels.channel import UserMessage
from ruamel.yaml import YAML

from bot.host.action_server import ActionServer
from bot.host.dialogue import Dialogue
from bot.nlu.language import LANGUAGES, detect

pytestmark = pytest.mark.standard
SETS = ("phrasings", "phrasings2")
GOAL = 0.9
FEWEST_LINES = 15
FEWEST_RIGHT = 0.75  # of one intent in one language: twenty lines leave room for chance
OUT_OF_SCOPE, FALLBACK = "out_of_scope", "nlu_fallback"


class Result(NamedTuple):
    right: dict[str, int]
    total: dict[str, int]
    mistaken: Counter[tuple[str, str]]
    language_right: int

    @property
    def accuracy(self) -> float:
        return sum(self.right.values()) / sum(self.total.values())


def lines(source: str, language: str) -> dict[str, list[str]]:
    file = Path(__file__).parent / source / f"{language}.yml"
    content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return {intent: [str(text) for text in texts] for intent, texts in content.items()}


@pytest.fixture(scope="module")
def dialogue(standard_model: Path) -> Dialogue:
    return Dialogue(standard_model, ActionServer("http://127.0.0.1:9", 1.0), "standard")


async def measure(dialogue: Dialogue, source: str, language: str) -> Result:
    right: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    mistaken: Counter[tuple[str, str]] = Counter()
    languages = 0
    for intent, texts in lines(source, language).items():
        for text in texts:
            detected = detect(text, None, language)
            parsed = await dialogue.parse_message(UserMessage(text, metadata={"language": detected}))
            found = parsed["intent"]["name"]
            good = found == intent or (intent == OUT_OF_SCOPE and found == FALLBACK)
            total[intent] += 1
            right[intent] += good
            languages += detected == language
            if not good:
                mistaken[(intent, found)] += 1
    return Result(right, total, mistaken, languages)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", SETS)
def test_there_are_enough_lines_of_each_intent(source: str, language: str) -> None:
    counted = {intent: len(texts) for intent, texts in lines(source, language).items()}
    few = {intent: count for intent, count in counted.items() if count < FEWEST_LINES}
    assert few == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", SETS)
async def test_nine_of_ten_messages_are_understood(
    dialogue: Dialogue, source: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = await measure(dialogue, source, language)
    with capsys.disabled():
        print(f"\n{source}/{language}: {result.accuracy:.1%} of {sum(result.total.values())} right")
        for intent in sorted(result.total, key=lambda name: result.right[name] / result.total[name]):
            share = result.right[intent] / result.total[intent]
            mark = "" if share >= GOAL else "  below the goal"
            print(f"  {intent:16} {result.right[intent]:3}/{result.total[intent]:3} {share:6.1%}{mark}")
        print("  taken for: " + ", ".join(f"{a}→{b} {n}" for (a, b), n in result.mistaken.most_common(10)))
    assert result.accuracy >= GOAL
    weak = {name for name, count in result.right.items() if count / result.total[name] < FEWEST_RIGHT}
    assert weak == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", SETS)
async def test_the_language_is_told(dialogue: Dialogue, source: str, language: str) -> None:
    result = await measure(dialogue, source, language)
    assert result.language_right / sum(result.total.values()) >= 0.95


# Words about leaving, deleting and cancelling that take back no consent.
NO_OPTING_OUT = {
    "pt": (
        "apaguei o comentário sem querer",
        "quero cancelar o pedido 4471 de ontem",
        "cancela a minha reserva de sábado",
        "essa frase eu vou apagar daqui a pouco",
        "tira o brinde da minha compra",
        "a minha tv parou de funcionar",
    ),
    "es": (
        "borré el comentario sin querer",
        "quiero cancelar el pedido 4471 de ayer",
        "cancela mi reserva del sábado",
        "esta frase la voy a borrar en un rato",
        "saca el regalo de mi compra",
        "mi tele dejó de funcionar",
    ),
    "en": (
        "i deleted the comment by accident",
        "i want to cancel order 4471 from yesterday",
        "cancel my booking on saturday",
        "i'll delete this sentence in a minute",
        "take the gift out of my purchase",
        "my tv stopped working",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_ordinary_words_of_deleting_opt_nobody_out(dialogue: Dialogue, language: str) -> None:
    for text in NO_OPTING_OUT[language]:
        parsed = await dialogue.parse_message(UserMessage(text, metadata={"language": language}))
        unsure = any(entity["entity"] == "certainty" for entity in parsed["entities"])
        assert parsed["intent"]["name"] != "opt_out" or unsure, text
