"""LMDBs as handles that read themselves, written in shards and committed whole; digests, tables, checkpoint folders."""
