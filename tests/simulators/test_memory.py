"""With SIM_STATE the simulated world outlives its process."""

from __future__ import annotations

from pathlib import Path

from simulators.meta import customers, memory, send, statuses
from simulators.meta.config import Config
from simulators.meta.sim import Simulator
from simulators.meta.state import Account


async def test_accounts_windows_and_threads_are_taken_up_again(tmp_path: Path):
    file = tmp_path / "state.json"
    before = Simulator(Config())
    before.world.add(Account("messenger", "61", "Loja", "T", "61", "", "", "loja", 300.0, subscribed=True))
    bia = before.world.customer(before.world.account("messenger", "61"), "7100")
    customers.write(before, bia, {"text": "oi", "name": "Bia"})
    body = {"recipient": {"id": "7100"}, "message": {"text": "Olá", "metadata": "job:1"}}
    sent, _ = send.page(before, bia.account, body)
    assert sent is not None
    statuses.delivered(before, sent)
    memory.save(before.world, file)
    before.reset()

    after = Simulator(Config())
    memory.load(after.world, file)
    account = after.world.by_token["T"][0]
    again = after.world.find(account, "7100")
    assert again is not None
    assert (account.subscribed, again.name, [m.origin for m in again.thread]) == (
        True,
        "Bia",
        ["customer", "business"],
    )
    message, _ = send.page(after, account, body)
    assert message is not None
    assert message.seq > sent.seq
    assert statuses.read(after, again)[0] == sent.id
    after.reset()


def test_a_broken_file_is_ignored(tmp_path: Path):
    for content in (b"", b"{", b'[{"kind": "messenger"}]', b"[1]", b'{"a": 1}'):
        file = tmp_path / "state.json"
        file.write_bytes(content)
        simulator = Simulator(Config())
        memory.load(simulator.world, file)
        assert simulator.world.accounts == {}
        assert file.read_bytes() == content
