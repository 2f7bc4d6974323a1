"""The keys of duties, effects and vendors: put together and taken apart here alone."""
