"""A run's lock, ports and secrets."""

import socket
from pathlib import Path

import pytest

from app import runstate
from app.clean_data import clean
from app.runstate import RunError


def test_a_second_run_on_the_same_folder_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    with runstate.only_run(tmp_path):
        runstate.write(tmp_path, {"urls": {"base": "http://127.0.0.1:8080"}})
        with (
            pytest.raises(RunError, match=r"already running at http://127.0.0.1:8080"),
            runstate.only_run(tmp_path),
        ):
            pass


def test_what_a_dead_run_left_is_not_taken_for_a_running_one(tmp_path: Path) -> None:
    with runstate.only_run(tmp_path):
        runstate.write(tmp_path, {"pid": 1})
        assert runstate.running(tmp_path) == {"pid": 1}
    assert runstate.running(tmp_path) is None
    assert runstate.running(tmp_path / "absent") is None


@pytest.mark.parametrize("port", ["", "0", "eighty", "65535", "-1", "٨٠٨٠"])
def test_a_port_that_cannot_serve_is_refused(port: str) -> None:
    if port:
        with pytest.raises(RunError, match="PORT"):
            runstate.ports({"PORT": port})
    else:
        assert runstate.ports({"PORT": ""})["web"] >= runstate.FIRST_PORT


def test_an_asked_port_in_use_is_refused_by_name() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 9237))
        holder.listen()
        with pytest.raises(RunError, match="Port 9237 is in use"):
            runstate.ports({"PORT": "9235"})


def test_the_ports_of_the_contract_follow_each_other() -> None:
    ports = runstate.ports({"PORT": "9220"})
    assert [ports[name] for name in ("web", "bot", "actions", "simulator")] == [9220, 9221, 9222, 9223]
    assert len(set(ports.values())) == len(runstate.PORTS_OF_A_RUN) <= 10


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = runstate.secrets_for(tmp_path, {})
    assert runstate.secrets_for(tmp_path, {}) == first
    assert all(len(secret) >= 24 for secret in first.values())
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_secrets_of_the_environment_come_first(tmp_path: Path) -> None:
    given = runstate.secrets_for(
        tmp_path, {"META_APP_SECRET": "from outside", "META_VERIFY_TOKEN_FILE": "/x"}
    )
    assert given["META_APP_SECRET"] == "from outside"
    assert "META_VERIFY_TOKEN" not in given  # the child reads the file itself


def test_the_data_of_a_run_is_not_forgotten_while_it_runs(tmp_path: Path) -> None:
    with runstate.only_run(tmp_path), pytest.raises(RunError, match="already running"):
        clean(tmp_path)


def test_only_our_own_data_is_forgotten(tmp_path: Path) -> None:
    runstate.secrets_for(tmp_path, {})
    (tmp_path / "logs").mkdir()
    (tmp_path / "somebody's").touch()
    clean(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["somebody's"]
    clean(tmp_path / "absent")
