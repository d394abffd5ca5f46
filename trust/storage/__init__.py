"""The floor's memory: relational tables and content-addressed objects."""
