"""The OFD container (GB/T 33190), pure: packages, documents, what a reader shows, signatures read and written."""
