"""What can be done with seals, one action a file."""
