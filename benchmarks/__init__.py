"""Measures what the documents claim. `make bench`; docs/benchmarks.md says how to read it."""
