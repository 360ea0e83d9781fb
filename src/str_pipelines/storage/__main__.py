"""`python -m str_pipelines.storage`: verify, merge, split, filter, subset and convert sets of words."""

from __future__ import annotations

import sys

from str_pipelines.curation.arguments import main

if __name__ == "__main__":
    sys.exit(main())
