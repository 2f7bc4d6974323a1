"""What is going on, for whoever waits: on standard error, beside the table."""

import sys


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
