"""The command line, `tocsin up`, the demo, and what they print."""

import sys
from pathlib import Path

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path and sys.path[:1] == [str(Path.cwd())]:
    # `python -m tocsin` looks in the current folder first, and would take somebody's `settings.py` or `worker/` for
    # ours (python -P). So before anything of ours is imported.
    del sys.path[0]
