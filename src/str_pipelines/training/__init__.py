"""Training: the order of samples, loading, and the one loop with what it needs. See each module."""
