"""Electronic seals: made, used on documents, verified."""
