"""Answers as people read them on a terminal. Whatever an alert or a person wrote goes through `plain`."""
