"""What can be done to the outside world, and the demand for it."""
