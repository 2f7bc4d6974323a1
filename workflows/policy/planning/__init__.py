"""What a demand waits for, when an incident closes, and in which words it is planned."""
