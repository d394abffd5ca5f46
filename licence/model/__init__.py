"""Licences as values: types, orders, issuances, and the rules they keep. Pure."""
