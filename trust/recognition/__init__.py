"""Whom we accept for what, decided from bytes alone."""
