"""The commands of the floor: one verb a file, found by the entry-point table `trust.commands`."""
