"""The running authority: issues, revokes, stamps time."""
