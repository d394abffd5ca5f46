"""Seal data and signature data of GM/T 0031 and GB/T 38540: bytes in, values out."""
