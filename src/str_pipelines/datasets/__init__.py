"""Kedro datasets for what passes between nodes: a handle is saved by linking its work folder into place."""
