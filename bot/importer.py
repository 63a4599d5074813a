"""Reads a bot project for training: the same data as Rasa's own importers give, without copying it.

Rasa copies, checks and hashes every line at each of a dozen merges; with ten thousand lines that takes longer
than learning from them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers import importer as rasa_importer
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

KINDS = ("intent", "synonym", "regex", "lookup")


class WrongData(Exception):
    """What is wrong, and in which file."""


class Lines(TrainingData):
    """Rasa's training data, each line kept once from the start, so that merging need not look again."""

    @staticmethod
    def sanitize_examples(examples: list[Message]) -> list[Message]:
        return examples

    def merge(self, *others: TrainingData | None) -> Lines:
        parts: list[TrainingData] = [self, *(other for other in others if other)]
        return Lines(
            [line for part in parts for line in part.training_examples],
            {text: meant for part in parts for text, meant in part.entity_synonyms.items()},
            [regex for part in parts for regex in part.regex_features],
            [table for part in parts for table in part.lookup_tables],
            {name: said for part in parts for name, said in part.responses.items()},
        )

    def fingerprint(self) -> str:
        digest = hashlib.md5(usedforsecurity=False)
        for line in self.training_examples:
            digest.update(repr(line.data).encode())
        digest.update(repr((self.entity_synonyms, self.regex_features, self.lookup_tables)).encode())
        digest.update(repr(self.responses).encode())
        return digest.hexdigest()


class Project(RasaFileImporter):
    """One bot's files, each read once."""

    def __init__(self, folder: Path) -> None:
        domain = folder / "domain" if (folder / "domain").is_dir() else folder / "domain.yml"
        files = sorted((folder / "data").rglob("*.yml"))
        contents = [(file, _content(file)) for file in files]
        dialogue = [str(file) for file, content in contents if not content.keys() <= {"version", "nlu"}]
        super().__init__(str(folder / "config.yml"), str(domain), dialogue)
        self._lines = _lines(contents)
        self._domain: Domain | None = None
        self._stories: StoryGraph | None = None

    def get_nlu_data(self, language: str | None = "en") -> Lines:
        return self._lines

    def get_domain(self) -> Domain:
        self._domain = self._domain or super().get_domain()
        return self._domain

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        self._stories = self._stories or super().get_stories()
        return self._stories


class WholeProject(rasa_importer.E2EImporter):
    """With what Rasa adds to every project: its own actions, and the words of stories."""

    def __init__(self, folder: Path) -> None:
        super().__init__(rasa_importer.ResponsesSyncImporter(Project(folder)))
        self._lines: Lines | None = None

    def get_nlu_data(self, language: str | None = "en") -> Lines:
        if self._lines is None:
            own: Lines = self.importer.get_nlu_data(language)
            actions = rasa_importer._additional_training_data_from_default_actions()
            self._lines = own.merge(actions, self._additional_training_data_from_stories())
        return self._lines


def _content(file: Path) -> dict[str, Any]:
    try:
        content = YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}
    except YAMLError as problem:
        raise WrongData(f"{file.name}: {problem}") from problem
    if not isinstance(content, dict):
        raise WrongData(f"{file.name} holds no sections")
    return content


def _lines(contents: list[tuple[Path, dict[str, Any]]]) -> Lines:
    reader = RasaYAMLReader()
    responses: dict[str, Any] = {}
    for file, content in contents:
        reader.filename = str(file)
        reader._parse_nlu(_checked(file, content.get("nlu")))
        if content.keys() <= {"version", "nlu", "responses"}:
            responses.update(content.get("responses") or {})
    examples = list(_once(reader.training_examples))
    return Lines(examples, reader.entity_synonyms, reader.regex_features, reader.lookup_tables, responses)


def _checked(file: Path, items: Any) -> list[dict[str, Any]]:
    for place, item in enumerate(items or [], 1):
        kinds = [kind for kind in KINDS if isinstance(item, dict) and item.get(kind)]
        if len(kinds) != 1 or not isinstance(item.get("examples"), (str, list)):
            raise WrongData(f"{file.name}: item {place} of nlu is no {', '.join(KINDS)} with examples")
    return items or []


def _once(examples: list[Message]) -> Iterator[Message]:
    seen: set[str] = set()
    for example in examples:
        key = repr(example.data)
        if key not in seen:
            seen.add(key)
            yield example
