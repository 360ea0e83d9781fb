"""The published systems, one a folder; none knows another."""
