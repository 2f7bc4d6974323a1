"""The HTTP server: its routes, its limits, and what it answers."""
