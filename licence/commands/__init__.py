"""The commands of licences, one verb a file."""
