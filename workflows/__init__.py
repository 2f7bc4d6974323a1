"""The deterministic world: each workflow, and below it what its plan, its words and its decisions need."""
