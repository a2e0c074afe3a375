"""A practice Shopee: Open Platform v2 as recorded in mid 2026, for many Thai shops at once."""
