"""Runs a loaded model's graph node by node, in an order worked out once instead of at every message."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from rasa.engine.graph import ExecutionContext, GraphNode, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

from bot.host.sharing import SharedNode


class Step(NamedTuple):
    name: str
    run: Callable[..., Any]  # the component's own function, without the node around it
    needs: list[tuple[str, str]]  # (parameter, the node whose output it takes)


class Sequential(DaskGraphRunner):
    """In the place of Rasa's runner."""

    def __init__(
        self, schema: GraphSchema, storage: ModelStorage, context: ExecutionContext, domain: Domain
    ) -> None:
        self._graph_schema = schema
        self._execution_context = context
        self._instantiated_nodes = {
            name: _node(name, node, storage, context, domain) for name, node in schema.nodes.items()
        }
        self._plans: dict[tuple[str, ...], list[Step]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        done: dict[str, Any] = dict(inputs or {})
        for step in self._planned(wanted):
            done[step.name] = step.run(**{name: done[source] for name, source in step.needs})
        return {name: done[name] for name in wanted}

    def sources(self, target: str) -> set[str]:
        """All that goes into a target: nodes and what is put in from outside."""
        return {source for step in self._planned((target,)) for _, source in step.needs}

    def _planned(self, targets: tuple[str, ...]) -> list[Step]:
        if targets not in self._plans:
            self._plans[targets] = self._plan(targets)
        return self._plans[targets]

    def _plan(self, targets: tuple[str, ...]) -> list[Step]:
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        order = TopologicalSorter({name: set(node.needs.values()) for name, node in nodes.items()})
        return [_step(name, self._instantiated_nodes[name]) for name in order.static_order() if name in nodes]


def _node(
    name: str, schema: SchemaNode, storage: ModelStorage, context: ExecutionContext, domain: Domain
) -> GraphNode:
    """The domain is at hand; reading it again, from the YAML beside it, is most of a model's loading."""
    if schema.uses is not DomainProvider:
        return SharedNode.from_schema_node(name, schema, storage, context)
    node = GraphNode.from_schema_node(name, dataclasses.replace(schema, eager=False), storage, context)
    node._component, node._eager = DomainProvider(storage, schema.resource, domain), True
    return node


def _step(name: str, node: GraphNode) -> Step:
    if node._eager and not node._hooks:
        return Step(name, getattr(node._component, node._fn_name), list(node._inputs.items()))
    providers = list(dict.fromkeys(node._inputs.values()))

    def whole(**outputs: Any) -> Any:
        return node(*outputs.items())[1]

    return Step(name, whole, [(provider, provider) for provider in providers])
