"""How each event changes the facts of an incident."""
