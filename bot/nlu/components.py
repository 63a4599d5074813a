"""The components that this project adds to Rasa's pipeline (config.yml names them)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import storage
from bot.nlu.classifier import IntentModel
from bot.nlu.language import LANGUAGES, detect
from bot.nlu.spelling import Spelling, accents
from bot.nlu.text import prepared

LANGUAGE, CERTAINTY, UNSURE = "language", "certainty", "unsure"
RANKED = 5
COMMAND = "/"  # "/intent{…}" is read by Rasa itself


def language_of(message: Message) -> str | None:
    """What a training line's metadata, or whoever sent the message, says about its language."""
    metadata = message.get("metadata") or {}
    stated = metadata.get(LANGUAGE) or (metadata.get("intent") or {}).get(LANGUAGE)
    return stated if stated in LANGUAGES else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class LanguageDetector(GraphComponent):
    """Notes the language on each message, unless the sender of the message has said it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"locale": None}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:  # fmt: skip
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        self.locale = config.get("locale")

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            language = language_of(message) or detect(message.get(TEXT) or "", locale=self.locale)
            message.set(LANGUAGE, language, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceClassifier(GraphComponent, IntentClassifier):
    """The intent model inside Rasa's graph."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"ranking_length": RANKED}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        trained: tuple[IntentModel, Spelling] | None = None,
    ) -> None:  # fmt: skip
        self.ranked = int(config["ranking_length"])
        self.model_storage = model_storage
        self.resource = resource
        self.trained = trained

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceClassifier:  # fmt: skip
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> SentenceClassifier:  # fmt: skip
        accents()  # gathered once a process: not while a customer waits
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, storage.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        if len({example.get(INTENT) for example in examples}) >= 2:
            self.trained = self._fit(examples)
            with self.model_storage.write_to(self.resource) as folder:
                storage.save(folder, *self.trained)
        else:
            raise ValueError("an intent model needs examples of at least two intents")
        return self.resource

    @staticmethod
    def _fit(examples: list[Message]) -> tuple[IntentModel, Spelling]:
        texts = [prepared(example.get(TEXT), language_of(example)) for example in examples]
        spelling = Spelling.learn(texts)
        repaired = [spelling.repair(text) for text in texts]
        # Lines that differ in nothing but case, marks or accents are one line.
        pairs = dict.fromkeys(zip(repaired, (example.get(INTENT) for example in examples), strict=True))
        return IntentModel.fit([text for text, _ in pairs], [intent for _, intent in pairs]), spelling

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if text.startswith(COMMAND) or not text.strip() or self.trained is None:
                ranking: list[tuple[str, float]] = []
            else:
                model, spelling = self.trained
                ranking = model.predict([prepared(text, message.get(LANGUAGE), spelling)])[0].ranking
            _note(message, ranking[: self.ranked])
        return messages


def _note(message: Message, ranking: list[tuple[str, float]]) -> None:
    named = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    message.set(INTENT, named[0] if named else {"name": None, "confidence": 0.0}, add_to_output=True)
    message.set(INTENT_RANKING_KEY, named, add_to_output=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CarefulIntents(GraphComponent, EntityExtractorMixin):
    """Notes where an intent with consequences is believed, but not firmly enough to act without asking."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"floors": {}}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> CarefulIntents:  # fmt: skip
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        self.floors: dict[str, float] = config["floors"]

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text, intent = message.get(TEXT) or "", message.get(INTENT) or {}
            if not text.startswith(COMMAND) and intent.get("confidence", 1.0) < self._floor(intent):
                note = {"entity": CERTAINTY, "value": UNSURE, "start": 0, "end": len(text)}
                message.set(ENTITIES, [*message.get(ENTITIES, []), note], add_to_output=True)
        return messages

    def _floor(self, intent: dict[str, Any]) -> float:
        return self.floors.get(intent.get("name") or "", 0.0)
