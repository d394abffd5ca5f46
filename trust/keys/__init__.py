"""Private keys and secrets, always behind a name."""
