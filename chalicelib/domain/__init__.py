"""Words, arithmetic and decisions; the standard library only, no clock, no network."""
