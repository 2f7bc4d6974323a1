"""Tocsin's own status page: what was let out for the public, as HTML, as a feed, and for programs."""
