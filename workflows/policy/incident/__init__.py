"""The facts of an incident, its events, and questions to them."""
