"""The pages that people look at in a browser: what stands on them, and how they look."""
