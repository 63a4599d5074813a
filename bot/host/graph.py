"""Runs a loaded model's graph node by node, in an order worked out once instead of at every message."""

from __future__ import annotations

from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from rasa.engine.graph import ExecutionContext, GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelStorage

from bot.host.sharing import SharedNode


class Step(NamedTuple):
    name: str
    run: Callable[..., Any]  # the component's own function, without the node around it
    needs: list[tuple[str, str]]  # (parameter, the node whose output it takes)


class Sequential(DaskGraphRunner):  # type: ignore[misc]
    """In the place of Rasa's runner."""

    def __init__(self, schema: GraphSchema, *rest: Any, **named: Any) -> None:
        super().__init__(schema, *rest, **named)
        self._plans: dict[tuple[str, ...], list[Step]] = {}

    @staticmethod
    def _instantiate_nodes(
        schema: GraphSchema, storage: ModelStorage, context: ExecutionContext, hooks: Any = None
    ) -> dict[str, GraphNode]:
        return {
            name: SharedNode.from_schema_node(name, node, storage, context, hooks)
            for name, node in schema.nodes.items()
        }

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


def _step(name: str, node: GraphNode) -> Step:
    if node._eager and not node._hooks:
        return Step(name, getattr(node._component, node._fn_name), list(node._inputs.items()))
    providers = list(dict.fromkeys(node._inputs.values()))

    def whole(**outputs: Any) -> Any:
        return node(*outputs.items())[1]

    return Step(name, whole, [(provider, provider) for provider in providers])
