"""The commands of the seal service: one verb a file."""
