"""The parts of one simulator, joined."""

from __future__ import annotations

from typing import Any

from simulators.meta.clock import Clock
from simulators.meta.config import Config
from simulators.meta.delivery import Delivery
from simulators.meta.envelopes import Event
from simulators.meta.faults import Faults, Knobs
from simulators.meta.media import Shelf
from simulators.meta.state import Account, Customer, Message, World
from simulators.meta.streams import Streams
from simulators.meta.view import shown


class Simulator:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.clock = Clock()
        self.faults = Faults()
        self.world = World(self.clock, config.history)
        self.delivery = Delivery(config, self.faults)
        self.streams = Streams()
        self.media = Shelf(config.media_bytes, self.clock)

    def knobs(self, account: Account) -> Knobs:
        return self.faults.of(account.account_id)

    def tell(self, customer: Customer, field: str, kind: str, item: dict[str, Any],
             contact: dict[str, Any] | None = None) -> None:  # fmt: skip
        """Queue a webhook event about this customer."""
        account = customer.account
        self.delivery.put(Event(account, customer.user, field, kind, item, self.clock.now(), contact))

    def show(self, message: Message) -> None:
        """To whoever looks at the phone. A message ends typing."""
        message.customer.typing_until = 0.0
        if self.streams.watched(message.customer):
            self.streams.tell(message.customer, "message", shown(message))

    def type(self, customer: Customer, seconds: float) -> None:
        customer.typing_until = self.clock.now() + seconds
        self.streams.tell(customer, "typing", {"on": seconds > 0, "seconds": seconds})

    def state(self, customer: Customer) -> list[tuple[str, Any]]:
        """All that a phone must know when it is switched on."""
        found: list[tuple[str, Any]] = [("snapshot", [shown(message) for message in customer.thread])]
        if customer.inbound_seen:
            found.append(("seen", {"until": customer.inbound_seen}))
        left = customer.typing_until - self.clock.now()
        if left > 0:
            found.append(("typing", {"on": True, "seconds": left}))
        return found

    def react(self, target: Message, who: str, emoji: str | None) -> None:
        if emoji:
            target.reactions[who] = emoji
        else:
            target.reactions.pop(who, None)
        told = {"message_id": target.id, "reactions": dict(target.reactions)}
        self.streams.tell(target.customer, "reaction", told)

    def reset(self) -> None:
        """Forget everything but the listeners."""
        self.delivery.clear()
        self.faults.clear()
        self.world.clear()
        self.media.clear()
        self.clock.offset = 0.0
