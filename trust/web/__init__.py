"""The manners every service shares over HTTP."""
