"""The vendors on loopback, for demos, drills and tests: the real client libraries talk to it.

It behaves as the vendors do for the calls that Tocsin makes, and keeps everything in memory. It imports nothing of
Tocsin, and can be run alone: `python -m sandbox --port 8099`, then open the address in a browser.
"""
