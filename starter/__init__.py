"""Everything that starts and signals workflows: the gateway, and what the command line shares with it."""
