"""SM2, SM3 and SM4 behind our own types."""
