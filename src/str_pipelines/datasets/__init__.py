"""Kedro datasets for what passes between nodes: handles are saved by linking what lies in the work folder into place."""
