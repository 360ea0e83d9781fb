"""A saved view of MLflow's charts in which the sheets of several runs stand side by side.

MLflow's own charts put every parameter above every picture. A saved view is a tag of the experiment: its name and, as
deflated JSON, the state of the page; this is how MLflow 3.17 itself writes one ("Views", "Save as new view").
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from typing import Any

NAME = "sheets"
TAG = f"mlflow.sharedViewState.{NAME}"
PACKED = "deflate;"


def show_sheet(client: Any, run_id: str, key: str, at: int) -> None:
    """See that the experiment of a run has a view with the pictures that are logged under `key`.

    Raises:
        ValueError: what the experiment has under this name is no view.
    """
    home = client.get_run(run_id).info.experiment_id
    view = client.get_experiment(home).tags.get(TAG, "")
    if (wanted := with_sheet(view, key, at)) != view:
        client.set_experiment_tag(home, TAG, wanted)


def with_sheet(view: str, key: str, at: int) -> str:
    """The view with a chart for the pictures that are logged under `key`; as it is where one shows them.

    Args:
        view: the value of TAG, empty where there is none yet; what a person changed in it stays.
        at: milliseconds since 1970.

    Raises:
        ValueError: it is no view.
    """
    try:
        saved: dict[str, Any] = json.loads(view) if view else {"name": "Sheets side by side", "createdAt": at}
        state = _unpacked(saved["state"]) if view else _empty()
        if any(key in chart.get("imageKeys", ()) for chart in state["compareRunCharts"]):
            return view
        state["compareRunCharts"].append(_chart(key))
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise ValueError(f"the tag {TAG} holds no view of charts") from error
    return json.dumps({**saved, "updatedAt": at, "state": _packed(state)})


def _empty() -> dict[str, Any]:
    """A page whose first section is as wide as the window; MLflow adds sections for whatever else it finds."""
    section = {"uuid": NAME, "name": NAME, "display": True, "isReordered": True, "columns": 1, "cardHeight": 420}
    return {
        "runsHiddenMode": "FIRST_10_RUNS",
        "hideEmptyCharts": True,
        "isAccordionReordered": True,
        "compareRunSections": [section],
        "compareRunCharts": [],
    }


def _chart(key: str) -> dict[str, Any]:
    return {
        "uuid": key,
        "type": "IMAGE",
        "runsCountToCompare": 10,
        "metricSectionId": NAME,
        "deleted": False,
        "isGenerated": False,
        "displayName": key,
        "imageKeys": [key],
        "step": 0,
        "showRunParams": False,
    }


def _packed(state: dict[str, Any]) -> str:
    return PACKED + b64encode(zlib.compress(json.dumps(state).encode())).decode()


def _unpacked(state: str) -> dict[str, Any]:
    data = zlib.decompress(b64decode(state.removeprefix(PACKED))) if state.startswith(PACKED) else state
    found: dict[str, Any] = json.loads(data)
    return found
