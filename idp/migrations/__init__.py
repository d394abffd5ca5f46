"""The history of the seal service's tables."""
