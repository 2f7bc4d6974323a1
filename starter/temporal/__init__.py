"""The only door to Temporal for everything that is no worker."""
