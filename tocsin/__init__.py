"""The command line, `tocsin up`, the demo, and what they print."""
