"""What happened, kept so that a later edit shows."""
