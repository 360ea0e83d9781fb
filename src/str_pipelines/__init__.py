"""Kedro pipelines for scene text recognition: data, training, restoration, reading and benchmarks, tracked in MLflow."""

__version__ = "0.1.0"
