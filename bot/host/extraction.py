"""Filling slots from a message: Rasa's action, without asking every slot that no message can fill."""

from __future__ import annotations

import copy
from typing import Any

from rasa.core.actions.action import ActionExtractSlots
from rasa.shared.core.constants import ACTION_VALIDATE_SLOT_MAPPINGS
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slot_mappings import SlotMapping, SlotMappingType
from rasa.shared.core.slots import Slot
from rasa.utils.endpoints import EndpointConfig


class SlotExtraction(ActionExtractSlots):
    """Leaves out mappings that give nothing whatever was said: of unknown entities, and custom ones that name
    no action. Where a project validates slots by an action of its own, everything is Rasa's."""

    def __init__(self, endpoint: EndpointConfig, domain: Domain) -> None:
        super().__init__(endpoint)
        self._domain: Any = domain
        if ACTION_VALIDATE_SLOT_MAPPINGS not in domain.user_actions:
            self._domain = _Fillable(domain)

    async def run(self, output_channel: Any, nlg: Any, tracker: Any, domain: Domain) -> list[Event]:
        events: list[Event] = await super().run(output_channel, nlg, tracker, self._domain)
        return events


class _Fillable:
    """The domain with those slots only that a message can fill, and with those of their mappings."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self.slots = [slot for slot in (_reduced(slot, domain) for slot in domain.slots) if slot.mappings]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._domain, name)


def _reduced(slot: Slot, domain: Domain) -> Slot:
    reduced = copy.copy(slot)
    reduced.mappings = [mapping for mapping in slot.mappings if _fills(slot.name, mapping, domain)]
    return reduced


def _fills(name: str, mapping: dict[str, Any], domain: Domain) -> bool:
    kind = SlotMappingType(mapping.get("type"))
    if kind == SlotMappingType.CUSTOM and not mapping.get("action"):
        return False
    valid: bool = SlotMapping.check_mapping_validity(
        slot_name=name, mapping_type=kind, mapping=mapping, domain=domain
    )
    return valid
