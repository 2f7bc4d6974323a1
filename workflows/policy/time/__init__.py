"""Calendars and durations."""
