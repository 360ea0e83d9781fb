"""A Kedro project in miniature: two pipelines, a handle, a report."""
