"""What happens around a run: checks before it, the MLflow record of it, the last lines after it."""
