"""docker-compose.yml runs the topology of docs/architecture.md, and .env.example explains all it asks for."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.topology import SERVICES
from deploy.alive import answers
from deploy.table import ROUTES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(COMPOSE)["services"]
    return found


def test_every_role_is_a_container_of_its_own(services: dict[str, Any]) -> None:
    roles = {"proxy", "worker", "scheduler", "bot", "actions", "migrate", "simulator", "postgres", "redis"}
    assert set(services) == roles | set(SERVICES)


def test_each_backing_service_serves_itself_alone(services: dict[str, Any]) -> None:
    for name in SERVICES:
        command = services[name]["command"]
        assert command[command.index("--services") + 1] == name


def test_only_the_proxy_is_reached_from_outside(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published.pop("proxy") == ["80:80", "443:443", "443:443/udp"]
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert set(published) == {"simulator"}


def test_the_simulator_is_part_of_the_demo_only(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "profiles" in service] == ["simulator"]


def test_what_compose_asks_for_is_explained() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    explained = set(re.findall(r"^([A-Z_]+)=", ENV_EXAMPLE, re.MULTILINE))
    assert asked == explained


def test_no_secret_has_a_default() -> None:
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", COMPOSE))
    assert not [
        name for name, value in defaults.items() if value and re.search("SECRET|PASSWORD|TOKEN|KEY", name)
    ]
    assert not re.findall(r"^\w*(?:SECRET|PASSWORD|TOKEN|KEY)=.+$", ENV_EXAMPLE, re.MULTILINE)


def test_the_proxy_knows_each_service(services: dict[str, Any]) -> None:
    caddy = (ROOT / "deploy/Caddyfile").read_text()
    upstreams = dict(re.findall(r"reverse_proxy (?:@(\w+) )?(\w+):8080", caddy))
    assert {name for name in upstreams if name} == set(ROUTES.values()) == set(SERVICES)
    assert all(upstreams[name] == name for name in SERVICES)


@pytest.mark.parametrize("package", [*SERVICES, "kernel", "app", "actions", "simulators", "migrations"])
def test_the_image_holds_every_package(package: str) -> None:
    assert f"COPY {package} {package}\n" in (ROOT / "deploy/Dockerfile").read_text()
    assert f"!{package}\n" in (ROOT / ".dockerignore").read_text()


def test_a_container_that_does_not_answer_is_not_alive() -> None:
    assert not answers("http://127.0.0.1:9/health")
