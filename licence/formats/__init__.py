"""Licence formats: identifier, metadata, the licence inside an OFD, the signed code. Pure."""
