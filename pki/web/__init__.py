"""What the authority offers over HTTP."""
