"""The pure core that decides: no Temporal, no clock, no I/O."""
