"""What people do to incidents and ask about them: the same behind the command line and the HTTP API."""
