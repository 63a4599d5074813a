"""Rasa's rule policy with an index over its rules: same decisions, without trying every rule each time."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation import Conversation, State, walked_states

ANY_ACTION = ""  # the state before names no action, only a text


class Rule(NamedTuple):
    key: str
    states: list[State]  # latest first


def _signature(state: State) -> tuple[str | None, str | None]:
    """(what the bot did before, or None at the very start; the intent, where one matters)."""
    before = state.get("prev_action")
    action = before.get("action_name", ANY_ACTION) if before else None
    return action, (state.get("user") or {}).get("intent")


class Index:
    def __init__(self, lookup: dict[str, str]) -> None:
        self.lookup = lookup
        self.buckets: dict[tuple[str | None, str | None], list[Rule]] = {}
        for key in lookup:
            rule = Rule(key, list(reversed(json.loads(key))))
            self.buckets.setdefault(_signature(rule.states[0]), []).append(rule)
        self.longest = max((len(rule.states) for rules in self.buckets.values() for rule in rules), default=0)

    def reads_text(self) -> bool:
        """Whether a rule may apply to a message by its words, or whatever the message is."""
        return any(self.buckets.get((action, None)) for action in (ACTION_LISTEN_NAME, ANY_ACTION))

    def candidates(self, state: State) -> list[Rule]:
        action, intent = _signature(state)
        if action is None:  # at the start only rules of the start can apply, whatever they ask for
            return [rule for place, rules in self.buckets.items() if place[0] is None for rule in rules]
        places = {(a, i) for a in (action, ANY_ACTION) for i in (intent, None)}
        return [rule for place in places for rule in self.buckets.get(place, ())]


class Recent:
    """A tracker of which only the latest states are asked: no rule looks back further."""

    def __init__(self, tracker: DialogueStateTracker, most: int) -> None:
        self.tracker = tracker
        self.most = most

    def past_states(self, domain: Domain, **_: Any) -> list[State]:
        if isinstance(self.tracker, Conversation):
            return self.tracker.recent_states(domain, self.most)
        return walked_states(self.tracker, domain, self.most)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRulePolicy(RulePolicy):
    """Training is Rasa's own, contradictions and all; the index serves loaded models only."""

    def __init__(self, *args: Any, lookup: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, lookup=lookup, **kwargs)
        self._indexes = [Index(rules) for rules in (lookup or {}).values() if isinstance(rules, dict)]
        self._longest = max((index.longest for index in self._indexes), default=0)
        self._reads_text = not self._indexes or any(index.reads_text() for index in self._indexes)

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        """Rasa looks twice after each message: for rules on its words, then for those on its intent."""
        if use_text_for_last_user_input and not self._reads_text:
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
            tracker, domain, use_text_for_last_user_input
        )
        return found

    @staticmethod
    def format_tracker_states(states: list[State]) -> str:
        """For a debug line only."""
        return f"{len(states)} states"

    def _prediction_states(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:  # fmt: skip
        known = Recent(tracker, self._longest + 1) if self._indexes else tracker
        states: list[State] = super()._prediction_states(
            known, domain, use_text_for_last_user_input, rule_only_data
        )
        return states

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        index = next((index for index in self._indexes if index.lookup is lookup), None)
        if index is None or not states:
            possible: set[str] = super()._get_possible_keys(lookup, states)
            return possible
        return {rule.key for rule in index.candidates(states[-1]) if self._applies(rule, states)}

    def _applies(self, rule: Rule, states: list[State]) -> bool:
        for wanted, state in zip(rule.states, reversed(states)):  # noqa: B905 - the shorter one decides
            begins, began = not wanted.get("prev_action"), not state.get("prev_action")
            if begins != began or (not begins and not self._does_rule_match_state(wanted, state)):
                return False
        return True
