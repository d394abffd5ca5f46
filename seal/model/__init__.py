"""Seals, permissions, placements and stampings as values with their rules."""
