"""Which processes a run consists of."""

import sys
from pathlib import Path

import pytest

from app import topology
from app.runstate import PORTS_OF_A_RUN, RunError
from app.topology import Plan, children, environment

PORTS = {name: 9200 + n for n, name in enumerate(PORTS_OF_A_RUN)}
HERE = Path(sys.executable)


def names(plan: Plan) -> list[str]:
    environ = environment(plan, {}, "postgresql://x/y", Path("/data"))
    return [child.name for child in children(plan, environ, Path("/data"))]


def test_a_bot_that_is_not_installed_is_named() -> None:
    with pytest.raises(RunError, match="make install"):
        names(Plan(PORTS, {}, bot_python=Path("/nowhere/python")))


def test_one_machine_runs_one_web_process_and_the_bot() -> None:
    assert names(Plan(PORTS, {}, bot_python=HERE)) == ["web", "scheduler", "worker", "bot", "actions"]
    assert names(Plan(PORTS, {}, demo=True, bot_python=HERE))[-1] == "simulator"


def test_a_cluster_runs_each_service_apart_behind_the_proxy() -> None:
    plan = Plan(PORTS, {}, cluster=True, bot_python=HERE)
    assert names(plan) == ["proxy", *topology.SERVICES, "scheduler", "worker", "bot", "actions", "redis"]


def test_a_given_redis_is_used() -> None:
    plan = Plan(PORTS, {"REDIS_URL": "redis://elsewhere"}, cluster=True, bot_python=HERE)
    assert "redis" not in names(plan)
    assert environment(plan, {}, "postgresql://x/y", Path("/data"))["REDIS_URL"] == "redis://elsewhere"


@pytest.mark.parametrize("cluster", [False, True])
def test_every_child_knows_the_others_addresses(cluster: bool) -> None:
    plan = Plan(
        PORTS, {"META_GRAPH_URL": "https://graph.example"}, demo=True, cluster=cluster, bot_python=HERE
    )
    environ = environment(plan, {"META_APP_SECRET": "s"}, "postgresql://x/y", Path("/data"))
    assert environ["BOT_URL"] == "http://127.0.0.1:9201"
    assert environ["ACTIONS_URL"] == "http://127.0.0.1:9202"
    assert environ["META_GRAPH_URL"] == "http://127.0.0.1:9203"  # the demo never reaches Meta
    assert ("CRM_URL" in environ) is cluster


def test_outside_the_demo_the_graph_address_is_the_callers() -> None:
    plan = Plan(PORTS, {"META_GRAPH_URL": "https://graph.example"})
    environ = environment(plan, {}, "postgresql://x/y", Path("/data"))
    assert environ["META_GRAPH_URL"] == "https://graph.example"
