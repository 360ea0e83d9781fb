"""One package a pipeline; each has `create_pipeline()` and nodes that are plain functions."""
