"""Outbound calls: one client with limits on time and size, and a guard that says whom it may reach."""
