"""Charsets, label normalisers and lexicons."""
