"""Endpoints and pages."""
