"""A log as a Merkle tree over SM3: pure functions over bytes."""
