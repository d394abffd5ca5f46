"""Pure: accounts, clients, sessions, grants and the five levels."""
