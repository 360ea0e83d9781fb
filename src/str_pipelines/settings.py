"""What Kedro asks of a project: its hooks, and how it reads its configuration. Every `kedro` command imports it."""

from __future__ import annotations

import os
import warnings

from str_pipelines.config_loader import ConfigLoader, env
from str_pipelines.hooks.farewell import Farewell
from str_pipelines.hooks.preflight import Preflight
from str_pipelines.hooks.run_record import RunRecord

for message in (
    "Option '--pipeline' is deprecated",  # `kedro run --pipeline=synthesize` stays a command of this project
    "One or more dataset names contain '.'",  # `textssr.vae.checkpoint` is named outside its namespace on purpose
    "Accessing the 'model_fields' attribute on the instance",  # Kedro's own, under pydantic 2.11 and later
):
    warnings.filterwarnings("ignore", message=message)
# kedro viz's server is a process of its own, which meets its own deprecation before it reads this file
os.environ.setdefault("PYTHONWARNINGS", "ignore:ORJSONResponse is deprecated")

RECORD = RunRecord()
HOOKS = (Farewell(RECORD), RECORD, Preflight())  # the last is called first: checks, record, then the last words
CONFIG_LOADER_CLASS = ConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "config_patterns": {"mlflow": ["mlflow.yml"]},
    "custom_resolvers": {"env": env},
    "merge_strategy": {"parameters": "soft", "mlflow": "soft"},
}
