"""The figures of what has closed."""
