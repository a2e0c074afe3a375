"""Queue messages and their handlers."""
