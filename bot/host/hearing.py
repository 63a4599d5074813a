"""What was understood of recent messages: "oi" and "obrigada" are said all day, to every tenant.

Rests on this: what a model understands depends on the model, the text and the language that the host states,
and on nothing else; `Dialogue` sees to it that the pipeline is not given the tracker.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import msgspec

MOST = 4000  # of all models together, about 5 MB
LONGEST = 80  # longer messages are hardly said twice

Key = tuple[object, str, str | None]  # whose hearing (each model has its own), the text, the language
Parsed = dict[str, Any]


class Heard:
    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = Lock()  # models are tried out in threads

    def understood(self, key: Key, parse: Callable[[], Parsed]) -> Parsed:
        """Kept as JSON: read anew each time, so that nobody changes another's, and nothing to collect."""
        if len(key[1]) > LONGEST:
            return parse()
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
        if known is None:
            parsed = parse()
            self._keep(key, parsed)
            return parsed
        found: Parsed = msgspec.json.decode(known)
        return found

    def _keep(self, key: Key, parsed: Parsed) -> None:
        try:
            written = msgspec.json.encode(parsed)
        except TypeError:  # a component of somebody's own said more than JSON can
            return
        if msgspec.json.decode(written) != parsed:
            return
        with self._lock:
            self._known[key] = written
            if len(self._known) > self._most:
                self._known.popitem(last=False)


heard = Heard()
