"""`tocsin demo`: the whole life of one SEV-1 on the real parts, with time compressed and nobody to answer at first."""
