"""Who is on call when: turns and shifts, what takes their place, and what is left free."""
