"""The record of a run in MLflow: the only room that knows it, and it is imported only when something is written.

`python -m str_pipelines.tracking replay FILE` hands over what a file kept.
"""

from str_pipelines.tracking.kept import replay
from str_pipelines.tracking.store import close_dead_runs
from str_pipelines.tracking.tracker import Status, Tracker, active_run_id, active_tracker, set_active, start_run

__all__ = [
    "Status",
    "Tracker",
    "active_run_id",
    "active_tracker",
    "close_dead_runs",
    "replay",
    "set_active",
    "start_run",
]
