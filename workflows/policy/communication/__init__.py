"""What the channel, the status page and the updates are owed."""
