"""What people and lists are shown of an incident."""
