"""What becomes of an alert before its incident: grouped, ignored, silenced, batched, forwarded."""
