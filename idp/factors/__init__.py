"""How people prove who they are when they sign in."""
