"""What pages and pictures have in common: which characters print, and how templates are read."""
