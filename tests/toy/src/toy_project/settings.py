"""The settings of the real project."""

from str_pipelines.settings import *  # noqa: F403
