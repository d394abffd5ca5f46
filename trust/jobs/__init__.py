"""Work that outlives a request, as rows claimed in groups under a lease."""
