"""The standard bot's own test stories (bot/tests), walked end to end: words in, actions out."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.test import test as walk

from bot.train import HERE

pytestmark = pytest.mark.standard
STORIES = sorted((HERE / "tests").glob("test_*.yml"))


@pytest.fixture(scope="module")
def agent(standard_model: Path) -> Agent:
    return Agent.load(str(standard_model))


def test_there_are_stories() -> None:
    assert STORIES


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
async def test_the_stories_go_as_written(path: Path, agent: Agent, tmp_path: Path) -> None:
    report = await walk(str(path), agent, out_directory=str(tmp_path), e2e=True, disable_plotting=True)
    failed = tmp_path / "failed_test_stories.yml"
    wrong = failed.read_text(encoding="utf-8") if failed.exists() else ""
    assert report["report"]["conversation_accuracy"]["accuracy"] == 1.0, wrong[:4000]
