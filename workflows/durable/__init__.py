"""How a plan is carried out in Temporal: sending, waking, continuing as new."""
