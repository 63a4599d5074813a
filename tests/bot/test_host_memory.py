"""Many models in little memory: the least recently used leaves, what is alike is kept once, nothing lingers."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from rasa.core.processor import MessageProcessor

from bot.host import sharing
from bot.host.action_server import ActionServer
from bot.host.dialogue import Dialogue
from bot.host.models import SHARED, Models
from tests.bot.hosting import give

TENANTS = [UUID(int=number, version=4) for number in range(12)]
NOWHERE = ActionServer("http://127.0.0.1:1", 1.0)


async def filled(folder: Path, small_model: Path, most_megabytes: int) -> Models[str]:
    """All tenants' models loaded in turn; the first is asked for again before each."""
    give(small_model, folder / "default.tar.gz")
    models: Models[str] = Models(folder, lambda path, name: name, most=100, most_megabytes=most_megabytes)
    await models.get(None)
    for tenant in TENANTS:
        give(small_model, folder / str(tenant) / "current.tar.gz")
        await models.get(TENANTS[0])
        await models.get(tenant)
    return models


async def test_over_the_memory_cap_the_least_recently_used_leave(tmp_path: Path, small_model: Path) -> None:
    models = await filled(tmp_path, small_model, most_megabytes=0)
    assert models.loaded() == [SHARED, str(TENANTS[-1])]


async def test_a_dropped_model_is_loaded_again_when_asked_for(tmp_path: Path, small_model: Path) -> None:
    models = await filled(tmp_path, small_model, most_megabytes=0)
    assert (await models.get(TENANTS[3])).startswith(str(TENANTS[3]))
    assert models.loaded()[-1] == str(TENANTS[3])


async def test_within_the_cap_nobody_leaves(tmp_path: Path, small_model: Path) -> None:
    models = await filled(tmp_path, small_model, most_megabytes=100_000)
    assert len(models.loaded()) == 1 + len(TENANTS)


def nodes(dialogue: Dialogue) -> dict[str, Any]:
    return {name: node._component for name, node in dialogue.graph_runner._instantiated_nodes.items()}


def parts(dialogue: Dialogue) -> dict[str, Any]:
    """All but what gives the domain, which is nothing beside the domain."""
    return {name: part for name, part in nodes(dialogue).items() if name != "domain_provider"}


def test_models_that_are_alike_share_their_parts_and_their_domain(small_model: Path) -> None:
    one, other = Dialogue(small_model, NOWHERE, "one"), Dialogue(small_model, NOWHERE, "other")
    assert one.domain is other.domain
    assert parts(one)
    assert all(part is parts(other)[name] for name, part in parts(one).items())


@pytest.mark.standard
def test_the_domain_that_policies_get_is_the_one_rasa_would_read_for_them(standard_model: Path) -> None:
    dialogue = Dialogue(standard_model, NOWHERE, "a")
    plain = MessageProcessor(str(standard_model), None, None, None)
    theirs = plain.graph_runner._instantiated_nodes["domain_provider"]._component.provide_inference()
    ours = nodes(dialogue)["domain_provider"].provide_inference()
    assert ours is dialogue.domain
    assert ours.as_dict() == theirs.as_dict()
    assert ours.fingerprint() == theirs.fingerprint()
    assert ours.action_names_or_texts == theirs.action_names_or_texts
    assert ours.input_states == theirs.input_states


@pytest.mark.standard
def test_parts_that_differ_in_what_they_learnt_are_not_shared(
    small_model: Path, standard_model: Path
) -> None:
    small, standard = Dialogue(small_model, NOWHERE, "a"), Dialogue(standard_model, NOWHERE, "b")
    assert small.domain is not standard.domain
    for kind in ("SentenceClassifier", "IndexedRulePolicy", "RegexEntityExtractor"):
        found = [
            {id(part) for part in parts(dialogue).values() if type(part).__name__ == kind}
            for dialogue in (small, standard)
        ]
        assert all(found)
        assert not found[0] & found[1]


def test_a_dropped_model_goes_without_the_collector(small_model: Path) -> None:
    """It is told to leave loaded models alone (memory.settle), so none may wait for it."""
    sharing._parts.clear()  # other tests' hosts may hold parts of this model
    gc.collect()
    dialogue = Dialogue(small_model, NOWHERE, "one")
    watched = [weakref.ref(part) for part in (dialogue, dialogue.domain, *nodes(dialogue).values())]
    gc.collect()
    gc.disable()
    try:
        del dialogue
        assert [part() for part in watched] == [None] * len(watched)
    finally:
        gc.enable()


def test_a_part_is_made_anew_once_nobody_holds_it() -> None:
    class Part:
        pass

    held = sharing.once("contents", Part)
    assert sharing.once("contents", Part) is held
    first = id(held), weakref.ref(held)
    del held
    assert first[1]() is None
    assert isinstance(sharing.once("contents", Part), Part)
