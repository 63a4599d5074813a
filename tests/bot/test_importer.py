"""What is read from a project's files, and what is refused with the file's name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.importer import WholeProject, WrongData
from bot.train import TrainingFailed, train
from tests.bot.hosting import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT, tmp_path / "project")
    return tmp_path / "project"


def with_nlu(project: Path, content: str) -> Path:
    (project / "data" / "more.yml").write_text(f'version: "3.1"\n{content}', encoding="utf-8")
    return project


@pytest.mark.parametrize(
    "content",
    [
        "nlu: [scribble]",
        "nlu: [{examples: '- a'}]",
        "nlu: [{intent: x}]",
        "nlu: [{intent: x, examples: 3}]",
        "nlu: {",
    ],
)
def test_items_that_are_no_examples_are_refused_by_file(project: Path, content: str) -> None:
    with pytest.raises(WrongData, match=r"more\.yml"):
        WholeProject(with_nlu(project, content))


def test_a_project_with_wrong_data_leaves_the_old_model(project: Path, small_model: Path) -> None:
    before = small_model.read_bytes()
    with pytest.raises(TrainingFailed, match=r"more\.yml"):
        train(with_nlu(project, "nlu: [scribble]"), small_model)
    assert small_model.read_bytes() == before
    assert {path.name for path in small_model.parent.iterdir()} == {"default.tar.gz", "default.json"}


def test_a_line_said_twice_is_one_line(project: Path) -> None:
    once = WholeProject(project).get_nlu_data()
    twice = WholeProject(with_nlu(project, "nlu: [{intent: greet, examples: '- oi'}]")).get_nlu_data()
    assert len(twice.training_examples) == len(once.training_examples)


def test_lookups_synonyms_and_regexes_are_read(project: Path) -> None:
    content = "nlu: [{lookup: city, examples: '- Lima'}, {synonym: SP, examples: '- sampa'}]"
    data = WholeProject(with_nlu(project, content)).get_nlu_data()
    assert data.entity_synonyms == {"sampa": "SP"}
    assert [table["name"] for table in data.lookup_tables] == ["city"]
    assert data.regex_features[0]["name"] == "order_number"
