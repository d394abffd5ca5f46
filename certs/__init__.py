"""Certificates and the cryptography around them, as pure functions over bytes."""
