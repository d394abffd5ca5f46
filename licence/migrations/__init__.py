"""The schema of licences, step by step."""
