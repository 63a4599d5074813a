"""Which processes a run consists of."""

from pathlib import Path

import pytest

from app import topology
from app.runstate import PORTS_OF_A_RUN
from app.topology import Plan, children, environment

PORTS = {name: 9200 + n for n, name in enumerate(PORTS_OF_A_RUN)}
ABSENT = Path("/nowhere/python")


def names(plan: Plan) -> list[str]:
    environ = environment(plan, {}, "postgresql://x/y", Path("/data"))
    return [child.name for child in children(plan, environ, Path("/data"))]


def test_without_a_bot_the_rest_runs() -> None:
    assert names(Plan(PORTS, {}, bot_python=ABSENT)) == ["web", "scheduler", "worker"]


def test_one_machine_runs_one_web_process_and_the_bot(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.touch()
    assert names(Plan(PORTS, {}, demo=True, bot_python=python)) == [
        *("web", "scheduler", "worker", "bot", "actions", "simulator"),
    ]


def test_a_cluster_runs_each_service_apart_behind_the_proxy() -> None:
    plan = Plan(PORTS, {}, cluster=True, bot_python=ABSENT)
    assert names(plan) == ["proxy", *topology.SERVICES, "scheduler", "worker", "redis"]


def test_a_given_redis_is_used() -> None:
    plan = Plan(PORTS, {"REDIS_URL": "redis://elsewhere"}, cluster=True, bot_python=ABSENT)
    assert "redis" not in names(plan)
    assert environment(plan, {}, "postgresql://x/y", Path("/data"))["REDIS_URL"] == "redis://elsewhere"


@pytest.mark.parametrize("cluster", [False, True])
def test_every_child_knows_the_others_addresses(cluster: bool) -> None:
    plan = Plan(PORTS, {"META_GRAPH_URL": "https://graph.example"}, demo=True, cluster=cluster)
    environ = environment(plan, {"META_APP_SECRET": "s"}, "postgresql://x/y", Path("/data"))
    assert environ["BOT_URL"] == "http://127.0.0.1:9201"
    assert environ["ACTIONS_URL"] == "http://127.0.0.1:9202"
    assert environ["META_GRAPH_URL"] == "http://127.0.0.1:9203"  # the demo never reaches Meta
    assert ("CRM_URL" in environ) is cluster


def test_outside_the_demo_the_graph_address_is_the_callers() -> None:
    plan = Plan(PORTS, {"META_GRAPH_URL": "https://graph.example"})
    environ = environment(plan, {}, "postgresql://x/y", Path("/data"))
    assert environ["META_GRAPH_URL"] == "https://graph.example"
