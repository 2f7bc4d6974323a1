"""`tocsin up`: Temporal's server, the worker, the gateway and the sandbox as one process tree over one state folder."""
