"""What the provider does, one action a file."""
