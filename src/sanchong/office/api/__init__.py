"""The interface for programs, /api/v1: what its routers share. Each app declares its own operations in its ``api.py``."""
