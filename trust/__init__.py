"""The floor: whom we accept for what, what we remember, how a service is hosted."""
