"""Pages for sellers and staff."""
