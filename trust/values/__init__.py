"""Domain words as types: each is parsed once at the border, and then passed as a value."""
