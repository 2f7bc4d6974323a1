"""What is done to the outside world, one vendor a file; `perform.py` is what Temporal calls."""
