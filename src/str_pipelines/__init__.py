"""Kedro pipelines for scene text recognition: make data, train, restore, read and compare, tracked in MLflow."""

__version__ = "0.1.0"
