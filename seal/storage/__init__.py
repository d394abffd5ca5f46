"""What the seal service remembers: seals, their maker, stampings."""
