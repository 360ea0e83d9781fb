# mypy: disallow-untyped-decorators=False
"""Before the first node runs: are all inputs there, and does every parameter belong to somebody?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog, DatasetError
from kedro.pipeline import Pipeline

from str_pipelines.hooks.parameters import free_inputs, leaves, place_of

RUNTIME_PARAMS = re.compile(r"\$\{\s*runtime_params\s*:\s*([\w.]+)")


class Preflight:
    """Refuses a run that would fail later, or run without what was asked of it. Stands last in HOOKS, so runs first."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember where the configuration lies and which environment is asked for."""
        self.conf, self.env = Path(context.config_loader.conf_source), context.env

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Check parameters, then inputs.

        Raises:
            ValueError: a parameter that no pipeline and no catalog entry reads, with the nearest name that is read.
            FileNotFoundError: every missing input, each with the command that makes it or the place where it belongs.
        """
        from kedro.framework.project import pipelines

        names = runtime_names(self.conf)
        known = read_by(pipelines.values()).union(*(names.pop(layer, ()) for layer in ("base", self.env, "local")))
        if strangers := unread(catalog.load("parameters"), known, names):
            raise ValueError("parameters that nothing reads:\n" + "\n".join(strangers))
        missing = [name for name in free_inputs(pipeline) if not catalog.exists(name)]
        if missing:
            lines = [f"  {name}: {remedy(name, pipelines, catalog, self.env)}" for name in missing]
            raise FileNotFoundError("inputs that are not there yet:\n" + "\n".join(lines))


def read_by(pipelines: Iterable[Pipeline]) -> set[str]:
    """The parameters that some node reads, dotted, without `params:`."""
    inputs = {name for pipeline in pipelines for name in pipeline.inputs() if name.startswith("params:")}
    return {name.removeprefix("params:") for name in inputs}


def runtime_names(conf: Path) -> dict[str, set[str]]:
    """Layer → the names that its files take from the command line, as in `${runtime_params:painter,render}`."""
    names: dict[str, set[str]] = {}
    for file in sorted((*conf.rglob("*.yml"), *conf.rglob("*.yaml"))):
        found = RUNTIME_PARAMS.findall(file.read_text(encoding="utf-8"))
        names.setdefault(file.relative_to(conf).parts[0], set()).update(found)
    return names


def unread(parameters: Mapping[str, Any], known: set[str], elsewhere: Mapping[str, set[str]]) -> list[str]:
    """One line for each parameter that neither is in `known`, nor lies in or around something that is.

    `elsewhere` are the names that the layers of other environments take from the command line.
    """
    return [
        f"  {leaf}{_environment(leaf, elsewhere) or _suggestion(leaf, known)}"
        for leaf, _ in leaves(parameters)
        if not leaf.startswith("_") and not any(_same_branch(leaf, name) for name in known)
    ]


def remedy(name: str, pipelines: Mapping[str, Pipeline], catalog: DataCatalog, env: str | None) -> str:
    """How a missing dataset comes to be: by a command, or by hand at its place."""
    makers = [(len(p.nodes), key, node) for key, p in pipelines.items() for node in p.nodes if name in node.outputs]
    if makers:
        _, pipeline, node = min(makers, key=lambda maker: maker[:2])
        options = f" --namespaces={node.namespace}" if node.namespace else f" --to-outputs={name}"
        return f"kedro run --pipeline={pipeline}{options}" + (f" --env={env}" if env else "")
    if place := place_of(catalog, name):
        return f"belongs at {place}; data/README.md says where it comes from"
    return _complaint(catalog, name) if name in catalog else "no catalog entry has this name"


def _same_branch(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _complaint(catalog: DataCatalog, name: str) -> str:
    """What the dataset itself says, without what Kedro wraps around it."""
    try:
        catalog.load(name)
    except DatasetError as error:
        return str(_root(error))
    return "its catalog entry says that it does not exist"


def _root(error: BaseException) -> BaseException:
    return _root(error.__cause__) if error.__cause__ else error


def _environment(leaf: str, elsewhere: Mapping[str, set[str]]) -> str:
    found = [layer for layer, names in elsewhere.items() if leaf in names]
    return f" (is read with --env={found[0]})" if found else ""


def _suggestion(leaf: str, known: Iterable[str]) -> str:
    """The known name nearest to the beginning of the leaf, with the rest of the leaf put behind it."""
    parts = leaf.split(".")
    nearby = {".".join([name, *parts[name.count(".") + 1 :]]) for name in known}
    nearest = get_close_matches(leaf, nearby, n=1)
    return f" (did you mean {nearest[0]}?)" if nearest else ""
