"""Modals: for a verb of which more has to be said, for what it would change, and for an incident that is declared."""
