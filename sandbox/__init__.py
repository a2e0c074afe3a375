"""Stand-ins for the outside world: practice marketplaces, and a cloud on one machine."""
