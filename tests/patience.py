"""How long a test waits for what must come: it fails if it hangs, not because the machine is slow."""

HANGS_AFTER_S = 120
