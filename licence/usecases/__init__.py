"""What the licence service does, one action a file."""
