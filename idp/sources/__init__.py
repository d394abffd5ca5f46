"""Registers and carriers that others keep: ports, and a simulator for development."""
